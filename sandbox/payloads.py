"""The payloads of commands and interactions, shaped as Slack sends them."""

from __future__ import annotations

from sandbox.forms import State
from sandbox.views import View
from sandbox.workspace import APP_ID, TEAM_DOMAIN, TEAM_ID, Channel, Json, Member, Message


def _common(kind: str, member: Member) -> Json:
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {
            "id": member.id,
            "username": member.handle,
            "name": member.handle,
            "team_id": member.team_id,
        },
        "api_app_id": APP_ID,
        "token": "sandbox-verification",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.shown_name}


def command(
    member: Member, channel: Channel, name: str, text: str, trigger_id: str, response_url: str
) -> Json:
    """A slash command."""
    return {
        "token": "sandbox-verification",
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.shown_name,
        "user_id": member.id,
        "user_name": member.handle,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def shortcut(member: Member, callback_id: str, trigger_id: str, action_ts: str) -> Json:
    """A global shortcut."""
    return _common("shortcut", member) | {
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "action_ts": action_ts,
    }


def message_action(
    member: Member,
    callback_id: str,
    channel: Channel,
    message: Message,
    trigger_id: str,
    response_url: str,
    action_ts: str,
) -> Json:
    """A shortcut on a message."""
    return shortcut(member, callback_id, trigger_id, action_ts) | {
        "type": "message_action",
        "channel": _channel(channel),
        "message": message.as_slack(with_metadata=True),
        "message_ts": message.ts,
        "response_url": response_url,
    }


def message_click(
    member: Member,
    action: Json,
    channel: Channel,
    message: Message,
    state: State,
    trigger_id: str,
    response_url: str,
) -> Json:
    """An action on an element of a message; Slack leaves an ephemeral message out of it."""
    ephemeral = message.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    payload = _common("block_actions", member) | {
        "container": container,
        "channel": _channel(channel),
        "state": {"values": state},
        "actions": [action],
        "trigger_id": trigger_id,
        "response_url": response_url,
    }
    return payload if ephemeral else payload | {"message": message.as_slack(with_metadata=True)}


def view_click(member: Member, action: Json, view: View, trigger_id: str) -> Json:
    """An action on an element of a modal or Home tab."""
    return _common("block_actions", member) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_slack(),
        "actions": [action],
        "trigger_id": trigger_id,
    }


def submission(member: Member, view: View, trigger_id: str) -> Json:
    """A submitted modal."""
    return _common("view_submission", member) | {
        "view": view.as_slack(),
        "trigger_id": trigger_id,
        "response_urls": [],
    }


def closing(member: Member, view: View, *, is_cleared: bool) -> Json:
    """A closed modal that asked to be told."""
    return _common("view_closed", member) | {"view": view.as_slack(), "is_cleared": is_cleared}
