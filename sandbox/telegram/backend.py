"""Everything behind the local Telegram's doors, put together."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.clock import MovableClock
from sandbox.faults import Faults
from sandbox.rate_limits import Rate, RateLimits
from sandbox.telegram.cast import clients
from sandbox.telegram.cloud import BOT_ID, Cloud, Said, User
from sandbox.telegram.refusals import BotRefusal, bad_request, forbidden
from sandbox.telegram.updates import Updates
from sandbox.workspace import Json

_OVERALL = Rate(30, 30)
_IN_A_CHAT = Rate(1, 5)
_IN_A_GROUP = Rate(20 / 60, 20)
_QUERY_GOOD_FOR = timedelta(minutes=1)
_SPINNER_SECONDS = 3.0
"""How long, in real time, a person looks at a pressed button that nothing happens to."""


@dataclass(frozen=True)
class BotCall:
    """A call of the Bot API as the sandbox saw it."""

    method: str
    arguments: Json
    answer: Json
    at: datetime


@dataclass
class Query:
    """A pressed button that waits for the bot's answer."""

    id: str
    pressed_at: datetime
    answer: Json | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class TelegramBackend:
    """One Telegram: its people and files, its clock, and what it tells the bot."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.cloud = Cloud(clients())
        self.updates = Updates(clock)
        self.faults = Faults()
        self.calls: list[BotCall] = []
        self.violations: list[str] = []
        """Calls that a careful bot never makes."""
        self.token_revoked = False
        self.limits_are_off = False
        """For benchmarks: how fast is the bot, not how fast may it be."""
        self._rates = RateLimits(clock)
        self._queries: dict[str, Query] = {}

    def traffic(self) -> int:
        """Grows with everything that passes between Telegram and the bot."""
        return self.updates.told + len(self.calls)

    def post(
        self, chat: int, content: Json, *, extra: Json | None = None, keyboard: Json | None = None
    ) -> Said:
        """The bot says something, which has been checked already."""
        return self._say(chat, BOT_ID, content, extra or {}, keyboard)

    def hear(self, user: User, content: Json, extra: Json, chat: int | None = None) -> Said:
        """A person says something to the bot, or in a group where it is."""
        said = self._say(chat or user.id, user.id, content, extra, None)
        kind = "message"
        if chat and self.cloud.groups[chat]["type"] == "channel":
            kind = "channel_post"
        self.updates.tell(kind, self.cloud.as_telegram(said))
        return said

    def _say(
        self, chat: int, sender: int, content: Json, extra: Json, keyboard: Json | None
    ) -> Said:
        id_ = self.cloud.next_message_id()
        said = Said(id_, chat, sender, self.clock.now(), content, extra, keyboard)
        return self.cloud.say(said)

    def chat_to_write_to(self, given: str) -> int:
        """The chat of a call.

        Raises:
            BotRefusal: there is none such, or it does not want to hear from the bot, or the bot
                has to wait.
        """
        if not given:
            raise bad_request("chat_id is empty")
        chat = int(given) if given.lstrip("-").isdigit() else 0
        user, group = self.cloud.users.get(chat), self.cloud.groups.get(chat)
        if user is None and group is None:
            raise bad_request("chat not found")
        if group is not None and group.get("left"):
            raise forbidden(f"bot is not a member of the {group['type']} chat")
        if user is not None and user.deactivated:
            raise forbidden("user is deactivated")
        if user is not None and user.has_blocked:
            raise forbidden("bot was blocked by the user")
        if user is not None and not user.has_started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def refuse_haste(self, chat: int) -> None:
        """Count a message to a chat.

        Raises:
            BotRefusal: 429, with the seconds to wait.
        """
        if self.limits_are_off:
            return
        in_chat = _IN_A_GROUP if chat in self.cloud.groups else _IN_A_CHAT
        for key, rate in ((f"chat {chat}", in_chat), ("all", _OVERALL)):
            wait = self._rates.take(key, rate)
            if wait is not None:
                raise too_many(wait)

    def new_query(self) -> Query:
        """A button is pressed."""
        query = Query(str(secrets.randbits(62)), self.clock.now())
        self._queries[query.id] = query
        return query

    def open_query(self, id_: str) -> Query:
        """A pressed button that may still be answered.

        Raises:
            BotRefusal: it is too old, answered, or there is none such.
        """
        query = self._queries.get(id_)
        if query is None or self.clock.now() - query.pressed_at > _QUERY_GOOD_FOR:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        return query

    async def until_answered(self, query: Query) -> None:
        """Return when the spinner on the button stops, or nobody looks at it any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SPINNER_SECONDS):
                await query.answered.wait()


def too_many(seconds: int) -> BotRefusal:
    """Telegram's answer to haste."""
    return BotRefusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class TelegramDeliveries:
    """The local Telegram as an Activity: time waits until the bot has taken its updates."""

    def __init__(self, backend: TelegramBackend) -> None:
        self._updates = backend.updates

    def idle(self) -> bool:
        """No update waits for a bot that is there."""
        return not self._updates.waiting()

    def next_due(self) -> datetime | None:
        """When a webhook that failed is tried again."""
        return self._updates.next_try()

    async def changed(self) -> None:
        """Return when an update came or was confirmed."""
        await self._updates.changed.wait()

    def busy_with(self) -> str:
        """The updates that wait."""
        return f"Telegram has {self._updates.pending()} updates that the bot does not take"
