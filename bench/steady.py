"""Work that comes all the time: 167 reminders a second, what they cost and how late they are."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url, text

from bench.crowd import WAITS, copies, office, sqlite_file
from bench.drain import done_by_peer, jobs_of, peer_scheduler, there
from bench.result import Result, percentile
from bot.loops import Loop
from storage.engines import migration_engine, reader_engine

A_SECOND = 167
LEAD = timedelta(seconds=3)
"""How long after the start the first one is due."""


class RunningClock:
    """Goes like the wall clock, but from an opening hour on."""

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self._started = time.monotonic()

    def now(self) -> datetime:
        """The present instant of that day."""
        return self._begin + timedelta(seconds=time.monotonic() - self._started)

    async def sleep_until(self, instant: datetime | None) -> None:
        """Sleep until then; for ever without an instant."""
        while instant is None or instant > self.now():
            left = 60.0 if instant is None else (instant - self.now()).total_seconds()
            await asyncio.sleep(max(left, 0))


async def ours(seconds: int) -> tuple[float, list[float]]:
    """CPU seconds, and the lateness of each reminder in seconds."""
    due = seconds * A_SECOND
    with sqlite_file() as url:
        async with office(url) as office_:
            received = office_.clock.at
            await office_.file("the first")
            await _spread(url, due)
            clock = RunningClock(received + WAITS - LEAD)
        async with office(url, office_.keys, clock) as office_:
            loop = Loop("clock", clock, office_.desk.run_due, office_.desk.next_due)
            begun = time.process_time()
            running = asyncio.ensure_future(loop.run())
            await asyncio.sleep(LEAD.total_seconds() + seconds + 1)
            spent = time.process_time() - begun
            running.cancel()
            late = await _lateness(url)
    if len(late) != due:
        raise RuntimeError(f"{due} reminders were due, {len(late)} were written")
    return spent, late


async def _spread(url: str, due: int) -> None:
    """Copies of the first complaint, received one after the other."""
    engine = migration_engine(make_url(url))
    async with engine.begin() as conn:
        await copies(conn, "complaint", due, id="n", owner="'U' || n")
        moved = {
            name: f"strftime('%Y-%m-%d %H:%M:%f000', {name}, (n / {A_SECOND}.0) || ' seconds')"
            for name in ("starts_at", "due_at", "set_at", "next_at")
        }
        await copies(conn, "deadline", due, complaint_id="n", **moved)
        await copies(conn, "timeline", due, complaint_id="n")
        await conn.execute(text("DELETE FROM outbox"))
    await engine.dispose()


async def _lateness(url: str) -> list[float]:
    engine = reader_engine(make_url(url))
    query = (
        "SELECT (julianday(o.created_at) - julianday(r.send_at)) * 86400 FROM reminder r"
        " JOIN outbox o ON o.id = r.outbox_id"
    )
    async with engine.connect() as conn:
        late = list(await conn.scalars(text(query)))
    await engine.dispose()
    return late


def apscheduler(seconds: int) -> float:
    """CPU seconds of APScheduler on WAL for the same."""
    due = seconds * A_SECOND
    with tempfile.TemporaryDirectory() as folder, peer_scheduler(Path(folder), wal=True) as peer:
        done_by_peer.clear()
        first = datetime.now(UTC) + LEAD
        jobs_of(peer, [first + timedelta(seconds=n / A_SECOND) for n in range(due)])
        begun = time.process_time()
        peer.resume()
        time.sleep(LEAD.total_seconds() + seconds + 1)
        spent = time.process_time() - begun
    if len(done_by_peer) != due:
        raise RuntimeError(f"the peer did {len(done_by_peer)} of {due} tasks")
    return spent


async def steady(seconds: int) -> list[Result]:
    """Ours against APScheduler on WAL."""
    mine, late = await ours(seconds)
    p99 = percentile(late, 99)
    figures = {"p50_s": percentile(late, 50), "p99_s": p99}
    results = [Result(f"lateness at {A_SECOND} due a second, p99", p99, "<= 1", figures, "s")]
    if there("apscheduler"):
        theirs = await asyncio.to_thread(apscheduler, seconds)
        figures = {"ours_cpu_s": mine, "theirs_cpu_s": theirs, "seconds": float(seconds)}
        name = f"CPU at {A_SECOND} due a second, against APScheduler"
        results.append(Result(name, mine / theirs, "<= 0.5", figures))
    return results
