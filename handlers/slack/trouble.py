"""What a failed call to Slack means: wait, give up on the recipient, or look for our mistake."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError

from handlers.trouble import NotNow, Undeliverable

CONNECTION = (aiohttp.ClientError, TimeoutError, OSError)
"""No answer came."""

NOT_NOW = frozenset(
    {
        "account_inactive",
        "accesslimited",
        "fatal_error",
        "internal_error",
        "invalid_auth",
        "message_limit_exceeded",
        "missing_scope",
        "not_authed",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
    }
)
"""Errors that say nothing about the recipient: an outage, or our own token."""

NEVER = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)
"""Errors of a recipient who can't be reached by any further try."""


def error_of(problem: SlackApiError) -> str:
    """Slack's error name; `unreadable` for an answer that is not Slack's JSON."""
    data = getattr(problem.response, "data", problem.response)
    return str(data.get("error", "unknown")) if isinstance(data, dict) else "unreadable"


def goes_by(problem: Exception) -> bool:
    """Whether this trouble is over when Slack can be reached again."""
    if isinstance(problem, SlackApiError):
        problem = meaning_of(problem)
    return isinstance(problem, (NotNow, *CONNECTION))


def meaning_of(problem: SlackApiError) -> Exception:
    """What to raise for it: NotNow, Undeliverable, or the problem itself when it is unknown.

    An unknown error may be our own mistake; it is neither repeated for ever nor blamed on the
    recipient.
    """
    error = error_of(problem)
    status = getattr(problem.response, "status_code", getattr(problem.response, "status", 200))
    if status == 429 or error in ("ratelimited", "rate_limited"):
        headers = getattr(problem.response, "headers", {})
        return NotNow("ratelimited", float(headers.get("Retry-After", 1)))
    if status >= 500 or error == "unreadable":
        return NotNow(f"answer_{status}", uncertain=True)
    if error in NOT_NOW:
        return NotNow(error)
    if error in NEVER:
        return Undeliverable(error)
    return problem
