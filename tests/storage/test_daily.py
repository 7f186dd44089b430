"""A year's figures are always what the complaints themselves say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import make_url
from storage_cast import DUE, NOON, filed, minutes, raw, saved

from flows.complaint import ComplaintType, Severity, State
from flows.ports import Case, Outcome, Totals
from flows.rules import Rules
from storage.database import Database
from storage.engines import migration_engine
from storage.migrations import downgrade, upgrade

TODAY = date(2026, 6, 12)
SERVICE = Totals(
    ComplaintType.SERVICE, Severity.MINOR, 1, 0, timedelta(0), resolved=0, to_resolve=timedelta(0)
)


async def totals(
    database: Database, first: date = TODAY, last: date = TODAY, location: str | None = None
) -> list[Totals]:
    async with database.store.look() as books:
        return list(await books.totals(first, last, location))


async def changed(database: Database, before: Case, **facts: object) -> Case:
    after = replace(before, complaint=replace(before.complaint, **facts))  # type: ignore[arg-type]
    return await saved(database, before, Outcome(after))


async def test_a_filed_complaint_counts_at_once(database: Database, rules: Rules) -> None:
    await filed(database, rules)
    await filed(database, rules, type=ComplaintType.PRIVACY, severity=Severity.SEVERE)
    await filed(database, rules)
    assert await totals(database) == [
        replace(SERVICE, type=ComplaintType.PRIVACY, severity=Severity.SEVERE),
        replace(SERVICE, filed=2),
    ]


async def test_what_is_reached_counts_from_the_receipt(database: Database, rules: Rules) -> None:
    case = await filed(database, rules, received_at=minutes(-10))
    case = await changed(database, case, acknowledged_at=minutes(20))
    case = await changed(database, case, state=State.RESOLVED, resolved_at=minutes(50))
    assert await totals(database) == [
        replace(
            SERVICE,
            acknowledged=1,
            to_acknowledge=timedelta(minutes=30),
            resolved=1,
            to_resolve=timedelta(hours=1),
        )
    ]
    # It came back: not resolved after all.
    await changed(database, case, state=State.ACKNOWLEDGED, resolved_at=None)
    assert await totals(database) == [
        replace(SERVICE, acknowledged=1, to_acknowledge=timedelta(minutes=30))
    ]


async def test_a_changed_severity_moves_the_figures(database: Database, rules: Rules) -> None:
    case = await filed(database, rules)
    case = await changed(database, case, acknowledged_at=DUE)
    await changed(database, case, severity=Severity.MODERATE)
    assert await totals(database) == [
        replace(
            SERVICE, severity=Severity.MODERATE, acknowledged=1, to_acknowledge=timedelta(hours=1)
        )
    ]


async def test_the_day_is_the_day_at_the_location(database: Database, rules: Rules) -> None:
    # Six in the morning in UTC is still the evening before in Los Angeles.
    await filed(database, rules, filed_at=NOON - timedelta(hours=6))
    assert await totals(database) == []
    yesterday = TODAY - timedelta(days=1)
    assert await totals(database, yesterday, yesterday) == [SERVICE]
    assert await totals(database, date(2026, 1, 1), TODAY) == [SERVICE]


async def test_one_location_is_asked_for(database: Database, rules: Rules) -> None:
    await filed(database, rules)
    await filed(database, rules, location="airport")
    assert await totals(database) == [replace(SERVICE, filed=2)]
    assert await totals(database, location="airport") == [SERVICE]


@pytest.mark.parametrize("acknowledged", [True, False])
async def test_what_was_filed_before_there_were_figures_is_counted(
    database: Database, url: str, rules: Rules, acknowledged: bool
) -> None:
    case = await filed(database, rules, filed_at=NOON - timedelta(hours=6))
    await filed(database, rules, location="airport", severity=Severity.MODERATE)
    if acknowledged:
        case = await changed(database, case, acknowledged_at=DUE)
    before = await _stored(url)
    assert len(before) == 2
    engine = migration_engine(make_url(url))
    async with engine.begin() as conn:
        await conn.run_sync(downgrade, "0005")
        await conn.run_sync(upgrade)
    await engine.dispose()
    assert await _stored(url) == before


async def _stored(url: str) -> list[tuple[object, ...]]:
    async with raw(url) as conn:
        rows = await conn.exec_driver_sql("SELECT * FROM daily ORDER BY day, location")
        return [tuple(row) for row in rows]
