"""The workspace the local Slack serves: who is in it, its channels, and what was said."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

TEAM_ID = "T0AMENDS"
TEAM_DOMAIN = "amends-sandbox"
APP_ID = "A0AMENDS"
BOT_ID = "B0AMENDS"
BOT_USER = "U0AMENDS"
SLACKBOT = "USLACKBOT"
BOT_TOKEN = "xoxb-sandbox-amends"  # noqa: S105 - opens nothing but this sandbox
APP_TOKEN = "xapp-sandbox-amends"  # noqa: S105
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105


def new_id(prefix: str) -> str:
    """A fresh id in Slack's manner, such as `V0F3A…` for a view."""
    return f"{prefix}0{secrets.token_hex(5).upper()}"


@dataclass
class Member:
    """Somebody of the workspace, as an administrator could set them up."""

    id: str
    handle: str
    real_name: str
    tz: str = "America/Los_Angeles"
    locale: str = "en-US"
    team_id: str = TEAM_ID
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    deactivated: bool = False
    takes_dms: bool = True
    dnd_until: datetime | None = None

    def as_slack(self, now: datetime, *, with_locale: bool) -> Json:
        """The user object of `users.info`."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.handle,
            "deleted": self.deactivated,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": {
                "real_name": self.real_name,
                "display_name": self.handle,
                "team": self.team_id,
            },
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": self.is_guest,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": int(now.timestamp()),
        }
        if self.is_stranger:
            user["is_stranger"] = True
        if with_locale:
            user["locale"] = self.locale
        return user


@dataclass
class Message:
    """One message; an ephemeral one is seen by one person and is in no history."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    ephemeral_to: str | None = None
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What each person has picked in the selects of this message: person, block id, action id."""

    @property
    def by_bot(self) -> bool:
        """Written by the bot under test."""
        return self.user == BOT_USER

    def as_slack(self, *, with_metadata: bool = False) -> Json:
        """The message object of histories, events and interaction payloads."""
        message: Json = {
            "type": "message",
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "team": TEAM_ID,
        }
        if self.by_bot:
            message |= {
                "bot_id": BOT_ID,
                "app_id": APP_ID,
                "bot_profile": {
                    "id": BOT_ID,
                    "app_id": APP_ID,
                    "name": "amends",
                    "deleted": False,
                    "team_id": TEAM_ID,
                },
            }
        if self.blocks:
            message["blocks"] = self.blocks
        if self.thread_ts is not None:
            message["thread_ts"] = self.thread_ts
        if self.edited_ts is not None:
            message["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.metadata is not None and with_metadata:
            message["metadata"] = self.metadata
        if self.reactions:
            message["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in self.reactions.items()
            ]
        return message


@dataclass
class Channel:
    """A channel, private channel or direct message with the bot."""

    id: str
    name: str
    members: set[str]
    is_private: bool = False
    is_im: bool = False
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def event_type(self) -> str:
        """The `channel_type` of message events."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    @property
    def shown_name(self) -> str:
        """The name interaction payloads give: private names are never told."""
        if self.is_im:
            return "directmessage"
        return "privategroup" if self.is_private else self.name

    def other_than_bot(self) -> str:
        """The person of a direct message with the bot."""
        return next(member for member in self.members if member != BOT_USER)

    def as_slack(self) -> Json:
        """The conversation object of `conversations.info`."""
        channel: Json = {
            "id": self.id,
            "is_channel": not self.is_private and not self.is_im,
            "is_group": self.is_private,
            "is_im": self.is_im,
            "is_private": self.is_private or self.is_im,
            "is_archived": self.is_archived,
            "is_member": BOT_USER in self.members,
            "context_team_id": TEAM_ID,
        }
        if self.is_im:
            return channel | {"user": self.other_than_bot(), "is_open": True}
        return channel | {"name": self.name, "name_normalized": self.name}

    def message(self, ts: str) -> Message | None:
        """The message with this timestamp, ephemeral ones included."""
        return next((message for message in self.messages if message.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        """A thread's messages that all members see, its first one included."""
        return [m for m in self.messages if not m.ephemeral_to and ts in (m.ts, m.thread_ts)]


class Workspace:
    """Members, channels and what the bot has been granted; tests change them freely."""

    def __init__(self, members: Iterable[Member], channels: Iterable[Channel]) -> None:
        self.members = {member.id: member for member in members}
        self.channels = {channel.id: channel for channel in channels}
        self.user_groups: dict[str, list[str]] = {}
        """The members of each user group, by their ids."""
        self.scopes: set[str] = set()
        self.events: set[str] = set()
        self.commands: dict[str, bool] = {}
        """The app's slash commands, and whether Slack escapes people and channels in them."""
        self.token_error: str | None = None
        """Set it (`token_revoked`, `account_inactive`) to make the bot's token worthless."""
        self._last_ts = (0, 0)

    def member(self, name: str) -> Member | None:
        """Somebody by id or handle, with or without `@`."""
        handle = name.removeprefix("@")
        by_handle = (member for member in self.members.values() if member.handle == handle)
        return self.members.get(name) or next(by_handle, None)

    def channel(self, name: str) -> Channel | None:
        """A channel by id or name, with or without `#`; never a direct message by name."""
        plain = name.removeprefix("#")
        by_name = (c for c in self.channels.values() if c.name == plain and not c.is_im)
        return self.channels.get(name) or next(by_name, None)

    def direct_message(self, member: Member) -> Channel:
        """The direct message between the bot and `member`, opened if it was not yet."""
        id_ = f"D{member.id[1:]}"
        if id_ not in self.channels:
            self.channels[id_] = Channel(
                id_, f"@{member.handle}", {member.id, BOT_USER}, is_im=True
            )
        return self.channels[id_]

    def visible_channels(self, member: Member) -> Iterator[Channel]:
        """The channels and direct messages this person can read."""
        return (c for c in self.channels.values() if member.id in c.members)

    def next_ts(self, now: datetime) -> str:
        """A message timestamp: the clock's, but unique and growing even on a frozen clock."""
        seconds, micros = self._last_ts
        present = (int(now.timestamp()), now.astimezone(UTC).microsecond)
        following = (seconds, micros + 1) if micros < 999_999 else (seconds + 1, 0)
        self._last_ts = max(present, following)
        return f"{self._last_ts[0]}.{self._last_ts[1]:06d}"

    def names(self) -> dict[str, str]:
        """How ids read on screen: `@handle` and `#channel`."""
        people = {member.id: f"@{member.handle}" for member in self.members.values()}
        return people | {c.id: f"#{c.name}" for c in self.channels.values() if not c.is_im}
