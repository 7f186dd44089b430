"""What a question costs with 1,000, 100,000 and 1,000,000 complaints, nearly all of them closed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.crowd import Office, copies, office, sqlite_file
from bench.result import Result
from flows.ports import Query
from storage.engines import migration_engine, reader_engine

OPEN = 500
"""How many are open, whatever the number of closed ones."""
TIMES = 15
YEAR = timedelta(days=365)
FIGURES = """
    count(*) AS filed, count(acknowledged_at) AS acknowledged,
    coalesce(sum(unixepoch(acknowledged_at) - unixepoch(received_at)), 0) AS acknowledge_seconds,
    count(resolved_at) AS resolved,
    coalesce(sum(unixepoch(resolved_at) - unixepoch(received_at)), 0) AS resolve_seconds
"""

Costs = dict[str, float]


async def scale(sizes: tuple[int, ...]) -> list[Result]:
    """The largest against the smallest, in milliseconds of each; and the year's figures."""
    costs: dict[int, Costs] = {size: await _costs(size) for size in sizes}
    least, most = costs[sizes[0]], costs[sizes[-1]]
    results = []
    for what in ("open list", "search by contact", "next due", "claim of what is due"):
        figures = {f"{size}_ms": costs[size][what] for size in sizes}
        name = f"{what} at {sizes[-1]:,} complaints against {sizes[0]:,}"
        results.append(Result(name, most[what] / least[what], "<= 5", figures))
    figures = {"scan_ms": most["year by scan"], "ours_ms": most["year"]}
    ratio = most["year by scan"] / most["year"]
    name = f"a year's counts and times at {sizes[-1]:,}, the scan against ours"
    results.append(Result(name, ratio, ">= 50", figures))
    return results


async def _costs(size: int) -> Costs:
    with sqlite_file() as url:
        async with office(url) as office_:
            await office_.file("the first")
            await _fill(url, size)
            return await _measured(office_)


async def _fill(url: str, size: int) -> None:
    """Copies over three years, of which only the last few are still open."""
    closed = f"n <= {size - OPEN}"
    shift = f"'-' || (({size} - n) * 1095 / {size}) || ' days'"

    def moved(instant: str, later: str = "+0 hours") -> str:
        return f"strftime('%Y-%m-%d %H:%M:%f000', {instant}, {shift}, '{later}')"

    def if_closed(value: str, otherwise: str = "NULL") -> str:
        return f"CASE WHEN {closed} THEN {value} ELSE {otherwise} END"

    engine = migration_engine(make_url(url))
    async with engine.begin() as conn:
        await copies(
            conn,
            "complaint",
            size,
            id="n",
            owner="'U' || (n % 300)",
            type="CASE n % 3 WHEN 0 THEN 'service' WHEN 1 THEN 'billing' ELSE 'result' END",
            severity="1 + n % 2",
            filed_at=moved("filed_at"),
            received_at=moved("received_at"),
            state=if_closed("'closed'", "'new'"),
            acknowledged_at=if_closed(moved("filed_at", "+1 hours")),
            resolved_at=if_closed(moved("filed_at", "+30 hours")),
            closed_at=if_closed(moved("filed_at", "+400 hours")),
            contact_hash="'h' || n",
        )
        await copies(
            conn,
            "deadline",
            size,
            complaint_id="n",
            met_at=if_closed(moved("due_at")),
            next_at=if_closed("NULL", "next_at"),
        )
        await copies(conn, "timeline", size, complaint_id="n")
        await conn.execute(text("DELETE FROM daily"))
        # Each was filed at one in the afternoon, which is the same day in UTC.
        of_day = "date(filed_at), location, type, severity"
        await conn.execute(
            text(
                "INSERT INTO daily (day, location, type, severity, filed, acknowledged,"
                " acknowledge_seconds, resolved, resolve_seconds)"
                f" SELECT {of_day}, {FIGURES} FROM complaint GROUP BY {of_day}"
            )
        )
        await conn.execute(text("ANALYZE"))
    await engine.dispose()


async def _measured(office_: Office) -> Costs:
    desk, store, now = office_.desk, office_.database.store, office_.clock.at
    last = now.date()
    first = last - YEAR

    async def open_list() -> None:
        await desk.find(Query(limit=20), "U0MIA")

    async def search() -> None:
        await desk.find(Query(open_only=False, contact="+14155550100", limit=20), "U0MIA")

    async def next_due() -> None:
        await desk.next_due()

    async def claim() -> None:
        async with store.work() as unit:
            later = now + timedelta(days=1)
            await unit.due(later, later, 100)

    async def year() -> int:
        async with store.look() as books:
            return sum(each.filed for each in await books.totals(first, last))

    engine = reader_engine(make_url(office_.url))
    async with engine.connect() as conn:

        async def scan() -> int:
            return await _scan(conn, str(first), str(last + timedelta(days=1)))

        if await scan() != await year():
            raise RuntimeError("the scan and the roll-up don't agree")
        costs = {
            "open list": await _median(open_list),
            "search by contact": await _median(search),
            "next due": await _median(next_due),
            "claim of what is due": await _median(claim),
            "year": await _median(year),
            "year by scan": await _median(scan),
        }
    await engine.dispose()
    return costs


async def _scan(conn: AsyncConnection, first: str, end: str) -> int:
    """Every complaint of those days, summed up by the database."""
    query = text(
        f"SELECT type, severity, {FIGURES} FROM complaint"
        " WHERE filed_at >= :first AND filed_at < :end GROUP BY type, severity"
    )
    rows = await conn.execute(query, {"first": first, "end": end})
    return sum(row.filed for row in rows)


async def _median(ask: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds; the first time, which plans, is left out."""
    times = []
    for turn in range(TIMES + 1):
        begun = time.perf_counter()
        await ask()
        if turn:
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000
