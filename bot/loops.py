"""The bot's loops: each does what there is to do, then waits for the clock or a wake-up call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from flows.ports import Clock

log = structlog.get_logger()

TROUBLE_PAUSE = timedelta(seconds=5)
"""How long a loop rests after a step failed, in the clock's time."""
STUCK_SECONDS = 120.0
"""At one step for longer than this, a loop is stuck."""
PEOPLE_FIRST_SECONDS = 0.05
"""How long a woken loop lets those who wait for an answer go first."""
BEATEN_SECONDS = 0.25
"""How long it rests when something is due that another process is at."""


class Busy:
    """How much of a kind is in flight; the program ends only when it is through."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.count = 0
        self._changed = changed
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> Busy:
        self.count += 1
        self._none.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self.count -= 1
        if self.count == 0:
            self._none.set()
            self._changed()

    async def drained(self, seconds: float) -> bool:
        """Wait until nothing is in flight, `seconds` at most; whether that was reached."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), seconds)
        return self.count == 0


class Loop:
    """One kind of work, done until there is none, then again when woken or due."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        step: Callable[[], Awaitable[bool]],
        next_due: Callable[[], Awaitable[datetime | None]],
        rested: Callable[[], None] = lambda: None,
        poll: timedelta | None = None,
        met: Callable[[Exception | None], Awaitable[None]] | None = None,
        people_first: Busy | None = None,
    ) -> None:
        """`poll` is how often it looks at least, whatever the clock says: others work too.

        `met` is told what went wrong in a step, or None when it has done all there was. What woke
        it mostly came from somebody who is still to be answered: `people_first`.
        """
        self.name = name
        self.next_due: datetime | None = None
        self.resting = False
        """Whether it has done all there was, and waits."""
        self.looked_at = time.monotonic()
        """When it last came to rest, in the time of `time.monotonic`."""
        self.rounds_of_clock = -1
        """The clock's version when it last looked (0 for a clock that is never moved)."""
        self._clock = clock
        self._step = step
        self._when = next_due
        self._rested = rested
        self._poll = poll
        self._met = met
        self._people_first = people_first
        self._woken = asyncio.Event()

    @property
    def woken(self) -> bool:
        """Whether there is a wake-up call it has not answered yet."""
        return self._woken.is_set()

    def wake(self) -> None:
        """Make it look at once."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; a failing step is logged and tried again."""
        while True:
            self.resting = False
            self._woken.clear()
            version = getattr(self._clock, "version", 0)
            try:
                if await self._step():
                    continue
                self.next_due = await self._when()
                if self._met is not None:
                    await self._met(None)
            except Exception as problem:
                # A loop that ends would be a deadline missed in silence: whatever went wrong,
                # it is said and tried again.
                log.exception("step_failed", loop=self.name)
                if self._met is not None:
                    await self._met(problem)
                self.next_due = self._clock.now() + TROUBLE_PAUSE
            self.rounds_of_clock = version
            await self._rest()

    async def _rest(self) -> None:
        seconds = self._poll.total_seconds() if self._poll else None
        if self.next_due is not None and self.next_due <= self._clock.now():
            self.next_due, seconds = None, BEATEN_SECONDS
        waits = [
            asyncio.ensure_future(self._woken.wait()),
            asyncio.ensure_future(self._clock.sleep_until(self.next_due)),
        ]
        try:
            await asyncio.sleep(0)  # both wait before anybody who sees us rest moves the clock
            self.resting = True
            self.looked_at = time.monotonic()
            self._rested()
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if self._people_first is not None and self.woken:
                await self._people_first.drained(PEOPLE_FIRST_SECONDS)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


class BotActivity:
    """The whole bot as the sandbox's clock sees it: idle or not, and due when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = asyncio.Event()
        self.busy = Busy(self.has_changed)
        self.answering = Busy(self.has_changed)
        """Somebody in Slack waits for an answer."""
        self.loops: Sequence[Loop] = ()

    def has_changed(self) -> None:
        """Tell who waits that `idle` or `next_due` may have changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    def idle(self) -> bool:
        """Nothing in flight, and every loop has looked since the clock was moved and rests."""
        version = getattr(self._clock, "version", 0)
        return self._in_flight() == 0 and all(
            loop.resting and not loop.woken and loop.rounds_of_clock == version
            for loop in self.loops
        )

    def next_due(self) -> datetime | None:
        """The earliest instant at which a loop has work."""
        dues = [loop.next_due for loop in self.loops if loop.next_due is not None]
        return min(dues, default=None)

    async def changed(self) -> None:
        """Return when `idle` or `next_due` may have changed."""
        await self._changed.wait()

    def stuck(self) -> list[str]:
        """The loops that have been at one step for so long that they will hardly end it."""
        late = time.monotonic() - STUCK_SECONDS
        return [loop.name for loop in self.loops if not loop.resting and loop.looked_at < late]

    def _in_flight(self) -> int:
        return self.busy.count + self.answering.count

    def busy_with(self) -> str:
        """What keeps it from being idle."""
        loops = [loop.name for loop in self.loops if not loop.resting or loop.woken]
        return f"bot: {self._in_flight()} in flight, loops at work: {', '.join(loops) or 'none'}"
