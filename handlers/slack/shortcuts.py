"""The two shortcuts: file from anywhere, and file a message that somebody wrote."""

from __future__ import annotations

from datetime import UTC, datetime

from slack_sdk.errors import SlackApiError

from flows.standing import Refused
from handlers.slack import forms, ids
from handlers.slack.calls import Call
from handlers.slack.grammar import as_typed
from handlers.slack.pictures import filing_form
from handlers.slack.trouble import CONNECTION


async def file_complaint(call: Call) -> None:
    """The global shortcut: an empty form."""
    await forms.open_filing(call, filing_form.Prefill())


async def file_from_message(call: Call) -> None:
    """*File as complaint* on a message: its text, its time as the receipt, and its link."""
    message = call.body["message"]
    if message.get("app_id") == call.body.get("api_app_id") or message.get("metadata", {}).get(
        "event_type", ""
    ).startswith(ids.EVENT_PREFIX):
        raise Refused("refused.own_message")
    received = datetime.fromtimestamp(float(message["ts"]), UTC)
    prefill = filing_form.Prefill(
        story=as_typed(message.get("text") or ""),
        received_at=received,
        source_channel=call.channel,
        source_ts=message["ts"],
    )
    await forms.open_filing(call, prefill)


async def permalink(call: Call, channel: str, ts: str) -> str | None:
    """The link to the message a complaint was filed from; None when Slack gives none."""
    try:
        answer = await call.doors.client.chat_getPermalink(channel=channel, message_ts=ts)
    except (SlackApiError, *CONNECTION):
        return None
    return str(answer["permalink"])
