"""The watchdog: looks each minute whether all is as promised, and tells who waits to hear so.

It goes by the real time, whatever the clock of the sandbox says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import structlog

from bot.alarm import Alarm
from flows.ports import Audit

log = structlog.get_logger()

EVERY_SECONDS = 60.0
HEARTBEAT_SECONDS = 10.0
"""How long the address of the heartbeat may take to answer."""


class Watchdog:
    """Audits, tells the admins once of what is wrong twice in a row, and beats while all is well.

    `heartbeat` is an address that is called only when all holds: should the calls stay away,
    whoever runs it (a dead man's switch) raises the alarm, also when this process is gone.
    """

    def __init__(
        self,
        audit: Callable[[], Awaitable[Audit]],
        hears: Callable[[], Awaitable[bool]],
        alarm: Alarm,
        heartbeat: str | None,
    ) -> None:
        """`hears` says whether Slack takes what we say and tells us what happens."""
        self._audit = audit
        self._hears = hears
        self._alarm = alarm
        self._heartbeat = heartbeat
        self._before: frozenset[str] = frozenset()
        self._told: frozenset[str] = frozenset()
        self.found: Audit | None = None
        """What the last look found; None before the first, and when it failed."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                self.found = None
                log.exception("audit_failed")
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Look once."""
        self.found = found = await self._audit()
        hears = await self._hears()
        faults = found.faults
        if faults:
            log.warning("audit", **faults)
        # What waits for Slack is late because of it, which the admins can't be told anyway.
        if hears:
            await self._tell(found)
        if hears and not faults and self._heartbeat is not None:
            await self._beat(self._heartbeat)

    async def _tell(self, found: Audit) -> None:
        """Tell the admins of what was wrong the last time as well, each thing once."""
        late = {kind: count for kind, count in found.faults.items() if kind != "unwatched"}
        wrong = {f"C-{number}" for number in found.unwatched} | late.keys()
        lasting = wrong & self._before
        for reference in sorted(lasting - self._told - late.keys()):
            await self._alarm.tell("admin_unwatched", reference=reference)
        if lasting & late.keys() - self._told:
            await self._alarm.tell("admin_late", n=str(sum(late.values())))
        self._told = (self._told & wrong) | lasting
        self._before = frozenset(wrong)

    async def _beat(self, address: str) -> None:
        limit = aiohttp.ClientTimeout(total=HEARTBEAT_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=limit) as session, session.get(address) as ok:
                ok.raise_for_status()
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            log.warning("heartbeat_lost", problem=type(problem).__name__)
