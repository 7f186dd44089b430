"""What the local Telegram holds: people, chats, what was said in them, and files."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.workspace import Json

BOT_ID = 7000000001
BOT_NAME = "amends_sandbox_bot"
BOT_TOKEN = f"{BOT_ID}:sandbox-opens-nothing-but-this-sandbox"
_FIRST_GROUP = -4000000001


@dataclass
class User:
    """Somebody with a phone."""

    id: int
    handle: str
    """What the sandbox calls them; not their username on Telegram."""
    first_name: str
    last_name: str = ""
    language: str = "en"
    tz: str = "America/Los_Angeles"
    username: str | None = None
    has_blocked: bool = False
    has_started: bool = False
    deactivated: bool = False
    """They deleted their account."""

    def as_telegram(self) -> Json:
        """The User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        optional = {"last_name": self.last_name, "username": self.username}
        return (
            user
            | {key: value for key, value in optional.items() if value}
            | ({"language_code": self.language} if self.language else {})
        )


@dataclass
class File:
    """A file on Telegram's servers."""

    id: str
    unique_id: str
    content: bytes
    mime_type: str
    name: str | None
    size: int
    """What Telegram says, in bytes; a test may let a file be larger than what is kept of it."""
    path: str
    link_until: datetime | None = None
    """Until when its address works; `None` while nobody asked for it."""


@dataclass
class Said:
    """One message in a chat."""

    id: int
    chat: int
    sender: int
    """A user's id, or the bot's."""
    at: datetime
    content: Json
    """What kind it is with its parts, as the Message object has them: `text` with `entities`, …"""
    extra: Json = field(default_factory=dict)
    """`reply_to_message`, `forward_origin`, `media_group_id`, …"""
    keyboard: Json | None = None
    edited_at: datetime | None = None
    deleted: bool = False

    @property
    def by_bot(self) -> bool:
        """Written by the bot under test."""
        return self.sender == BOT_ID


class Cloud:
    """The part of Telegram that a clinic's bot meets."""

    def __init__(self, users: list[User]) -> None:
        self.users = {user.id: user for user in users}
        self.groups: dict[int, Json] = {}
        self.chats: dict[int, list[Said]] = {}
        self.files: dict[str, File] = {}
        self.commands: dict[str, list[Json]] = {}
        """Scope and language to the commands shown in the menu there."""
        self.descriptions: Json = {}
        self._messages = 0

    def user(self, handle: str) -> User | None:
        """Somebody by the sandbox's name for them."""
        return next((user for user in self.users.values() if user.handle == handle), None)

    def new_group(self, title: str, kind: str) -> int:
        """A `group`, `supergroup` or `channel` that the bot is a member of; gives the chat's id."""
        id_ = _FIRST_GROUP - len(self.groups)
        self.groups[id_] = {"id": id_, "title": title, "type": kind}
        return id_

    def chat_as_telegram(self, chat: int) -> Json:
        """The Chat object."""
        if chat in self.groups:
            return self.groups[chat]
        user = self.users[chat].as_telegram()
        del user["is_bot"]
        user.pop("language_code", None)
        return user | {"type": "private"}

    def say(self, said: Said) -> Said:
        """Keep a message."""
        self.chats.setdefault(said.chat, []).append(said)
        return said

    def next_message_id(self) -> int:
        """Message ids grow over all chats of a bot."""
        self._messages += 1
        return self._messages

    def message(self, chat: int, id_: int) -> Said | None:
        """A message that was not deleted."""
        messages = self.chats.get(chat, ())
        return next((said for said in messages if said.id == id_ and not said.deleted), None)

    def visible(self, chat: int) -> Iterator[Said]:
        """What a chat shows, oldest first."""
        return (said for said in self.chats.get(chat, ()) if not said.deleted)

    def as_telegram(self, said: Said) -> Json:
        """The Message object."""
        message: Json = {
            "message_id": said.id,
            "chat": self.chat_as_telegram(said.chat),
            "date": int(said.at.timestamp()),
            "from": bot_as_telegram() if said.by_bot else self.users[said.sender].as_telegram(),
            **said.content,
            **said.extra,
        }
        if said.edited_at is not None:
            message["edit_date"] = int(said.edited_at.timestamp())
        if said.keyboard is not None and "inline_keyboard" in said.keyboard:
            message["reply_markup"] = said.keyboard
        return message

    def keep_file(
        self, content: bytes, mime_type: str, name: str | None, size: int | None, folder: str
    ) -> File:
        """Put a file on the servers."""
        id_ = f"AgAC{secrets.token_urlsafe(36)}"
        path = f"{folder}/file_{len(self.files)}.{_suffix(mime_type, name)}"
        size = len(content) if size is None else size
        file = File(id_, secrets.token_urlsafe(9), content, mime_type, name, size, path)
        self.files[id_] = file
        return file


def bot_as_telegram() -> Json:
    """The User object of the bot."""
    return {"id": BOT_ID, "is_bot": True, "first_name": "Amends", "username": BOT_NAME}


def _suffix(mime_type: str, name: str | None) -> str:
    if name and "." in name:
        return name.rsplit(".", 1)[1]
    return {"audio/ogg": "oga", "image/jpeg": "jpg"}.get(mime_type, mime_type.rsplit("/", 1)[-1])
