"""The methods by which a bot says what it is for and what can be typed to it."""

from __future__ import annotations

import re
from functools import partial

from sandbox.telegram.backend import TelegramBackend
from sandbox.telegram.calls import Arguments, Method
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.texts import length
from sandbox.workspace import Json

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_LONGEST_COMMAND_DESCRIPTION = 256
_LONGEST = {"name": 64, "description": 512, "short_description": 120}
_MENU_BUTTONS = frozenset({"commands", "default", "web_app"})


def _scope_of(arguments: Arguments) -> str:
    scope = arguments.json("scope") or {"type": "default"}
    chat = scope.get("chat_id", "")
    return f"{scope['type']} {chat} {arguments.text('language_code')}".strip()


def _set_commands(backend: TelegramBackend, arguments: Arguments) -> bool:
    commands = arguments.json("commands") or []
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= length(command.get("description", "")) <= _LONGEST_COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    backend.cloud.commands[_scope_of(arguments)] = commands
    return True


def _get_commands(backend: TelegramBackend, arguments: Arguments) -> list[Json]:
    return backend.cloud.commands.get(_scope_of(arguments), [])


def _delete_commands(backend: TelegramBackend, arguments: Arguments) -> bool:
    backend.cloud.commands.pop(_scope_of(arguments), None)
    return True


def _describe(what: str, backend: TelegramBackend, arguments: Arguments) -> bool:
    words = arguments.text(what)
    if length(words) > _LONGEST[what]:
        raise bad_request(f"bot {what.replace('_', ' ')} is too long")
    backend.cloud.descriptions[f"{what} {arguments.text('language_code')}".strip()] = words
    return True


def _get_description(what: str, backend: TelegramBackend, arguments: Arguments) -> Json:
    key = f"{what} {arguments.text('language_code')}".strip()
    return {what: backend.cloud.descriptions.get(key, "")}


def _set_menu(_backend: TelegramBackend, arguments: Arguments) -> bool:
    button = arguments.json("menu_button") or {"type": "default"}
    if button.get("type") not in _MENU_BUTTONS:
        raise bad_request("MenuButton has unsupported type")
    return True


def _get_chat(backend: TelegramBackend, arguments: Arguments) -> Json:
    chat = backend.chat_to_write_to(arguments.text("chat_id"))
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    return backend.cloud.chat_as_telegram(chat) | full


_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def _leave(backend: TelegramBackend, arguments: Arguments) -> bool:
    chat = backend.chat_to_write_to(arguments.text("chat_id"))
    if chat not in backend.cloud.groups:
        raise bad_request("chat can't be left: it is a private chat")
    backend.cloud.groups[chat] = backend.cloud.groups[chat] | {"left": True}
    return True


METHODS: dict[str, Method] = {
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    **{
        method: partial(_describe, what)
        for method, what in (
            ("setMyName", "name"),
            ("setMyDescription", "description"),
            ("setMyShortDescription", "short_description"),
        )
    },
    "getMyDescription": partial(_get_description, "description"),
    "getMyShortDescription": partial(_get_description, "short_description"),
    "setChatMenuButton": _set_menu,
    "getChat": _get_chat,
    "leaveChat": _leave,
}
