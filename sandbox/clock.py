"""A clock that a person or a test can move, and that waits for the bots it moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Changes wake the waiting settle at once; looking again is for work that becomes due meanwhile
# on a flowing clock, and for giving up.
_LOOK_AGAIN_SECONDS = 0.05


def friday_at_one(zone: str) -> datetime:
    """The instant at which a sandbox starts: a Friday, 13:00 in `zone`."""
    return datetime(2026, 6, 12, 13, 0, tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Signal:
    """Wakes everybody who is waiting for it; those who come later wait for the next time."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def fire(self) -> None:
        """Wake those waiting now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Return the next time somebody fires."""
        await self._event.wait()


class Activity(Protocol):
    """Somebody who acts when time passes, and for whom the clock waits."""

    def idle(self) -> bool:
        """Nothing in flight, nothing sendable waiting, the clock's present version seen."""
        ...

    def next_due(self) -> datetime | None:
        """The earliest instant at which there will be work, if any is known."""
        ...

    async def changed(self) -> None:
        """Return when `idle` or `next_due` may have changed."""
        ...

    def busy_with(self) -> str:
        """What it is doing while it is not idle, for the error of a clock that waits in vain."""
        ...


class NeverIdleError(RuntimeError):
    """Somebody did not finish what the passing of time made them do."""


class SandboxTime:
    """A point in time that is set from outside, and flows in between if it is told to."""

    def __init__(self, start: datetime, flowing: bool) -> None:
        self.flowing = flowing
        self.version = 0
        """Grows at every move, so that a loop can tell whether it has looked since."""
        self._set_to = start.astimezone(UTC)
        self._set_at = time.monotonic()
        self._moved = Signal()

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        if not self.flowing:
            return self._set_to
        return self._set_to + timedelta(seconds=time.monotonic() - self._set_at)

    async def sleep_until(self, instant: datetime | None) -> None:
        """Return when `instant` has come, or when the clock was moved; `None`: only the latter."""
        seconds = None
        if instant is not None:
            remaining = (instant - self.now()).total_seconds()
            if remaining <= 0:
                return
            seconds = remaining if self.flowing else None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()

    def _set(self, instant: datetime) -> None:
        self._set_to = instant
        self._set_at = time.monotonic()


class MovableClock(SandboxTime):
    """The sandbox's time: frozen in tests; in `make sandbox` real time plus what was skipped."""

    def __init__(self, start: datetime, flowing: bool) -> None:
        super().__init__(start, flowing)
        self.patience_seconds = 20.0
        """How long, in real time, `settle` waits for an Activity to become idle."""
        self._activities: list[Activity] = []
        self._counters: list[Callable[[], int]] = []
        self._passing = asyncio.Lock()

    def register(self, activity: Activity) -> None:
        """Wait for `activity` from now on whenever time is moved."""
        self._activities.append(activity)

    def count(self, traffic: Callable[[], int]) -> None:
        """Know of what passes between a local server and the bots: `traffic` grows with it."""
        self._counters.append(traffic)

    def traffic(self) -> int:
        """Grows with everything that passes between the local servers and the bots."""
        return sum(counter() for counter in self._counters)

    def forget(self, activity: Activity) -> None:
        """No longer wait for `activity`."""
        self._activities.remove(activity)

    async def pass_(self, duration: timedelta) -> None:
        """Let `duration` pass, stopping at every due instant until its work is done."""
        async with self._passing:
            target = self.now() + duration
            await self.settle()
            while (due := self._next_due()) is not None and due <= target:
                self._move_to(due)
                await self.settle()
            self._move_to(target)
            await self.settle()

    async def jump(self, duration: timedelta) -> None:
        """Set the clock on, or back, as a machine that was asleep or whose clock was set."""
        async with self._passing:
            self._set(self.now() + duration)
            self.version += 1
            self._moved.fire()
            await self.settle()

    async def settle(self) -> None:
        """Return when everybody is idle and nobody has work left that is due."""
        give_up_at = time.monotonic() + self.patience_seconds
        while busy := [activity for activity in self._activities if self._is_busy(activity)]:
            if time.monotonic() > give_up_at:
                raise NeverIdleError(self._complaint(busy))
            await self._until_one_may_have_changed(busy)

    async def _until_one_may_have_changed(self, busy: list[Activity]) -> None:
        waits = [asyncio.ensure_future(activity.changed()) for activity in busy]
        try:
            # All begin to wait first; who has changed before that is seen by looking again.
            await asyncio.sleep(0)
            if all(self._is_busy(activity) for activity in busy):
                await asyncio.wait(
                    waits, timeout=_LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        for wait in waits:
            if not wait.cancelled():
                wait.result()

    def _is_busy(self, activity: Activity) -> bool:
        due = activity.next_due()
        return not activity.idle() or (due is not None and due <= self.now())

    def _complaint(self, busy: list[Activity]) -> str:
        reasons = [
            f"has work due at {activity.next_due()} and does not do it"
            if activity.idle()
            else activity.busy_with()
            for activity in busy
        ]
        return f"not idle after {self.patience_seconds:g} s: {'; '.join(reasons)}"

    def _next_due(self) -> datetime | None:
        dues = (activity.next_due() for activity in self._activities)
        return min((due for due in dues if due is not None), default=None)

    def _move_to(self, instant: datetime) -> None:
        self._set(max(self.now(), instant))
        self.version += 1
        self._moved.fire()

    async def next_move(self) -> None:
        """Return the next time the clock is moved."""
        await self._moved.wait()
