"""`kill -9` in the middle of a drain: what was due is in the outbox once, whenever it came."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from datetime import datetime

from sqlalchemy import make_url, text

from bench.crowd import WAITS, crowd, office, sqlite_file
from bench.result import Result
from storage.engines import reader_engine

DUE = 2_000


def _drain(url: str, keys: str, now: datetime) -> None:
    async def work() -> None:
        async with office(url, keys) as office_:
            office_.clock.at = now
            while await office_.desk.run_due():
                pass

    asyncio.run(work())


async def kills(times: int, seed: int = 4) -> list[Result]:
    """One drain, killed that often at random points and started again."""
    chance = random.Random(seed)  # noqa: S311
    context = multiprocessing.get_context("spawn")
    killed = 0
    with sqlite_file() as url:
        async with office(url) as office_:
            await crowd(office_, DUE)
            keys, now = office_.keys, office_.clock.at + WAITS
        while True:
            before = await _counts(url)
            process = context.Process(target=_drain, args=(url, keys, now))
            process.start()
            if killed < times:
                # Until it works, then a moment longer.
                while process.is_alive() and await _counts(url) == before:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                await asyncio.sleep(chance.uniform(0, 0.05))
                process.kill()
            await asyncio.to_thread(process.join)
            if process.exitcode == 0:
                break
            killed += 1
        pings, reminders, doubled = await _counts(url)
    figures = {"killed": float(killed), "due": float(DUE), "doubled": float(doubled)}
    lost = DUE - min(pings, reminders)
    return [Result("kill -9 during a drain: lost or double", lost + doubled, "<= 0", figures, "")]


async def _counts(url: str) -> tuple[int, int, int]:
    """Pings in the outbox, reminders tied to one, and pings beyond one a complaint."""
    engine = reader_engine(make_url(url))
    async with engine.connect() as conn:
        pings = await conn.scalar(text("SELECT count(*) FROM outbox WHERE purpose = 'ping'"))
        tied = await conn.scalar(text("SELECT count(*) FROM reminder WHERE outbox_id IS NOT NULL"))
        complaints = await conn.scalar(text("SELECT count(DISTINCT complaint_id) FROM ping_item"))
    await engine.dispose()
    return pings or 0, tied or 0, (pings or 0) - (complaints or 0)
