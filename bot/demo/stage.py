"""A stage for stories: a local Slack with a real bot in it, a cast, and time that one can move."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC
from bot.server import EVENTS
from bot.wiring import Bot, Operation, SlackAddress, TelegramAddress, running
from flows.policy import Clinic
from flows.ports import Query
from sandbox.clock import MovableClock, friday_at_one
from sandbox.local_slack import LocalSlack
from sandbox.person import Person, Seen
from sandbox.telegram.local_telegram import LocalTelegram
from storage.vault import new_key

CAST = ("ana", "ben", "chloe", "omar", "sofia", "maria", "david", "nina", "gus")
CHANNELS = ("front-desk", "uptown-desk", "managers", "amends-admin", "lounge")
ANSWER = "answer"
"""How an answer to what one person did or wrote is called in what a story expects."""


class Missed(AssertionError):
    """A message of a story is missing, or one too many came."""


class Stage:
    """One story's world; every act waits until the bot has done all that follows from it."""

    def __init__(
        self,
        console: Console | None = None,
        clinic: Clinic | None = None,
        database_url: str | None = None,
        *,
        by_http: bool = False,
        with_telegram: bool = False,
    ) -> None:
        """`database_url` is a database of its own; none is a SQLite file that ends with it.

        `by_http`: Slack sends its requests to the bots, who don't connect by Socket Mode.
        """
        self._by_http = by_http
        self._addresses: list[str] = []
        self._console = console
        self._given_url = database_url
        self.clinic = clinic or read_clinic(SANDBOX_CLINIC)
        self.zone = ZoneInfo(self.clinic.locations[self.clinic.default_location].hours.zone)
        self.clock = MovableClock(friday_at_one(self.zone.key), flowing=False)
        self.slack = LocalSlack(self.clock)
        self.telegram = LocalTelegram(self.clock) if with_telegram else None
        self.bot: Bot
        self._world = AsyncExitStack()
        self._bot_life = AsyncExitStack()
        self._keys = new_key()
        self._folder = Path()
        self._known: dict[str, set[str]] = defaultdict(set)

    async def __aenter__(self) -> Self:
        await self._world.enter_async_context(self.slack)
        if self.telegram is not None:
            await self._world.enter_async_context(self.telegram)
        self._folder = Path(self._world.enter_context(tempfile.TemporaryDirectory()))
        await self.starts_bot()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._bot_life.aclose()
        await self._world.aclose()
        if error is None and self.slack.violations:
            raise Missed(f"Slack would have refused: {self.slack.violations}")
        if error is None and self.telegram is not None and self.telegram.violations:
            raise Missed(f"Telegram would have refused: {self.telegram.violations}")

    @property
    def database_url(self) -> str:
        """The story's own database, as `DATABASE_URL` names it."""
        return self._given_url or f"sqlite+aiosqlite:///{self.database_file}"

    @database_url.setter
    def database_url(self, url: str) -> None:
        self._given_url = url

    @property
    def database_file(self) -> Path:
        """The story's own database, which outlives a stop of the bot."""
        return self._folder / "story.sqlite3"

    @property
    def settings(self) -> dict[str, str]:
        """The environment of an `amends` for this story's clinic."""
        return {
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "CLINIC_FILE": str(SANDBOX_CLINIC),
            "DATABASE_URL": self.database_url,
            "ENCRYPTION_KEYS": self._keys,
        }

    def elsewhere(self, clinic: Clinic) -> Stage:
        """Another clinic, for the same audience."""
        return Stage(self._console, clinic)

    async def starts_bot(self) -> None:
        """Start the bot, on what it knew before if it was stopped."""
        self.bot = await self._bot_life.enter_async_context(self.one_bot())

    @asynccontextmanager
    async def one_bot(self) -> AsyncIterator[Bot]:
        """A bot for as long as the block lasts; on PostgreSQL there may be several."""
        slack = self.slack
        address = SlackAddress(slack.api_url, slack.bot_token, slack.app_token)
        operation = Operation()
        if self._by_http:
            address = replace(address, app_token=None, signing_secret=slack.signing_secret)
            operation = Operation(port=0)
        there = self.telegram
        telegram = None if there is None else TelegramAddress(there.url, there.token)
        life = running(
            *(address, self.database_url, self._keys, self.clinic, self.clock, operation, telegram)
        )
        async with life as bot:
            self.clock.register(bot.activity)
            at = f"http://{operation.host}:{bot.server.port}{EVENTS}" if bot.server else ""
            self._tells(at, here=True)
            try:
                await self.clock.settle()
                yield bot
            finally:
                self._tells(at, here=False)
                self.clock.forget(bot.activity)

    def _tells(self, address: str, *, here: bool) -> None:
        """Let Slack send its requests to this bot as well, or no longer."""
        if self._by_http:
            (self._addresses.append if here else self._addresses.remove)(address)
            self.slack.tells_by_http(*self._addresses)

    async def stops_bot(self) -> None:
        """Stop the bot as SIGTERM does."""
        await self._bot_life.aclose()
        self._bot_life = AsyncExitStack()

    def as_(self, name: str) -> Person:
        """Somebody of the cast."""
        return self.slack.as_(name)

    @property
    def now(self) -> datetime:
        """The story's time, in the clinic's zone."""
        return self.clock.now().astimezone(self.zone)

    def tell(self, words: str) -> None:
        """Say what happens, to those who watch."""
        if self._console:
            self._console.print(Text(f"{self.now:%a %H:%M}  {words}", style="bold cyan"))

    async def passes(self, **duration: float) -> None:
        """Let time pass: `minutes=30`, `days=14`."""
        await self.clock.pass_(timedelta(**duration))
        self.tell("…")

    async def until(self, hour: int, minute: int = 0, days: int = 0) -> None:
        """Let time pass until that time of day in the clinic's zone, `days` from today."""
        day = self.now.date() + timedelta(days=days)
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
        await self.clock.pass_(at - self.clock.now())
        self.tell("…")

    async def files(self, name: str, words: str, **fields: Any) -> str:
        """Somebody types `/complaint` with these words and sends the form; the reference."""
        person = self.as_(name)
        channel = fields.pop("channel", "front-desk")
        self.tell(f"{name} types in #{channel}: /complaint {words}")
        await person.types(f"/complaint {words}", channel)
        errors = await person.submits(**fields)
        if errors:
            raise Missed(f"the form was not taken: {errors}")
        async with self.bot.store.look() as books:
            cases = await books.cases(Query(open_only=False))
        newest = max(cases, key=lambda case: case.complaint.number or 0)
        return newest.complaint.reference

    async def types(self, name: str, text: str, channel: str = "front-desk") -> None:
        """Somebody types a command or message."""
        self.tell(f"{name} types in #{channel}: {text}")
        await self.as_(name).types(text, channel)

    async def clicks(self, name: str, what: str, on: Seen | None = None) -> None:
        """Somebody presses a button on the newest message that has it."""
        self.tell(f"{name} presses “{what}”")
        await self.as_(name).clicks(what, on)

    async def submits(self, name: str, **fields: Any) -> None:
        """Somebody fills the open form and sends it; it must be taken."""
        told = ", ".join(f"{field}: {value}" for field, value in fields.items())
        self.tell(f"{name} sends the form: {told}")
        errors = await self.as_(name).submits(**fields)
        if errors:
            raise Missed(f"the form was not taken: {errors}")

    async def done_step(self, name: str, reference: str, fact: str) -> None:
        """Somebody marks the recommended step as done with a fact, from the sheet."""
        await self.passes(minutes=1)
        await self.types(name, f"/complaint show {reference}")
        await self.clicks(name, "next_step_done")
        await self.submits(name, fact=fact)
        await self.as_(name).closes()

    async def expects(self, **heard: list[str]) -> None:
        """Hold what was said since the last look against exactly this.

        `heard` names people, and channels with `_` for `-`, each with the keys of the messages in
        their order; who is not named must have heard nothing. `answer` is an ephemeral answer.
        """
        said = await self._said()
        wanted = {name.replace("_", "-"): keys for name, keys in heard.items() if keys}
        if said != wanted:
            raise Missed(f"at {self.now:%a %H:%M} expected {wanted}, heard {said}")

    async def hears_nothing_more(self) -> None:
        """Everybody has heard all there was."""
        await self.expects()

    async def look_away(self) -> None:
        """Take note of what was said without holding it against anything."""
        await self._said()

    async def _said(self) -> dict[str, list[str]]:
        said: dict[str, list[str]] = {}
        for channel in CHANNELS:
            new = self._new(channel, self.slack.channel_messages(channel))
            if new:
                said[channel] = [_key_of(message) for message in new]
                self._print(f"#{channel}", new)
        for name in CAST:
            new = self._new(f"@{name}", await self.as_(name).hears(since="0"))
            if new:
                said[name] = [_key_of(message) for message in new]
                self._print(name, new)
        return said

    def _new(self, place: str, messages: list[Seen]) -> list[Seen]:
        fresh = [m for m in messages if m.by_bot and m.ts not in self._known[place]]
        self._known[place] |= {m.ts for m in fresh}
        return fresh

    def _print(self, place: str, messages: list[Seen]) -> None:
        if not self._console:
            return
        for message in messages:
            thread = " (in the thread)" if message.thread_ts else ""
            self._console.print(Text(f"           Amends → {place}{thread}", style="green"))
            self._console.print(Padding(Text(message.readable), (0, 0, 0, 13)))


def _key_of(message: Seen) -> str:
    if message.event_type in (None, "amends_talk"):
        return ANSWER
    return message.event_type.removeprefix("amends_")
