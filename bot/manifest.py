"""The Slack app manifest, made from what the bot really uses."""

from __future__ import annotations

import json

from bot.server import EVENTS as EVENTS_PATH
from handlers.slack import ids

SCOPES: dict[str, str] = {
    "commands": "the command /complaint and the shortcuts",
    "chat:write": "cards, threads, pings and answers",
    "im:write": "opening the direct messages that pings go to",
    "im:history": "messages to the bot, and looking for a ping whose delivery is uncertain",
    "channels:history": "replies to a card, and looking for a card whose posting is uncertain",
    "groups:history": "the same in private channels",
    "groups:read": "who is in the managers' channel: not whom a complaint is about",
    "usergroups:read": "who is on duty, where that is a user group",
    "users:read": "names, languages, zones, and who is a guest",
    "reactions:read": "the eyes and the check mark on a card",
    "dnd:read": "whether a severe ping falls into somebody's do-not-disturb",
}
"""Every bot scope with what it is for."""

EVENTS = (
    "app_home_opened",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
)


def manifest(url: str | None = None) -> str:
    """The app manifest as JSON, for *Create an app from a manifest*.

    With the `url` under which the bot is reached, Slack sends its requests there; else the app
    uses Socket Mode.
    """
    requests = None if url is None else f"{url.rstrip('/')}{EVENTS_PATH}"
    at_url = {} if requests is None else {"request_url": requests}
    shape = {
        "_metadata": {"major_version": 1},
        "display_information": {
            "name": "Amends",
            "description": "Recover well from client complaints",
            "background_color": "#2f4f4f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Amends", "always_online": True},
            "shortcuts": [
                {
                    "name": "File a complaint",
                    "type": "global",
                    "callback_id": ids.FILE_COMPLAINT,
                    "description": "Write down what a client complains about",
                },
                {
                    "name": "File as complaint",
                    "type": "message",
                    "callback_id": ids.FILE_FROM_MESSAGE,
                    "description": "Make a complaint of this message",
                },
            ],
            "slash_commands": [
                {
                    "command": ids.COMMAND,
                    "description": "File a complaint, or work on one",
                    "usage_hint": "what the client says | list | mine | show C-1042 | help",
                    "should_escape": True,
                    **({} if requests is None else {"url": requests}),
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**at_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **at_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": requests is None,
            "token_rotation_enabled": False,
        },
    }
    return json.dumps(shape, indent=2)
