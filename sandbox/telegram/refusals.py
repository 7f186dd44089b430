"""How the Bot API says no."""

from __future__ import annotations

from typing import Any


class BotRefusal(Exception):
    """The Bot API's `{"ok": false, "error_code": …, "description": …}`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(why: str) -> BotRefusal:
    """What is wrong with a call, in Telegram's words."""
    return BotRefusal(400, f"Bad Request: {why}")


def forbidden(why: str) -> BotRefusal:
    """The person, or the chat, does not want to hear from the bot."""
    return BotRefusal(403, f"Forbidden: {why}")
