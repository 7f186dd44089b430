"""The daily roll-up: a year's figures without reading a year's complaints.

A row for each local day, location, type and severity. What a complaint adds to its row is taken
away and added anew in the same transaction that changes the complaint, so the figures are never
behind and never reckoned twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.complaint import ComplaintType, Severity
from flows.ports import Case, Totals
from storage import tables as t
from storage.rows import Values
from storage.upsert import insert_for

FIGURES = ("filed", "acknowledged", "acknowledge_seconds", "resolved", "resolve_seconds")

Key = tuple[date, str, str, int]


async def count(conn: AsyncConnection, changes: Sequence[tuple[Case | None, Case]]) -> None:
    """Bring the figures up to date with complaints that changed (before, after)."""
    moved: dict[Key, Counter[str]] = defaultdict(Counter)
    for before, after in changes:
        if before is not None:
            moved[_key(before)].subtract(_figures(before))
        moved[_key(after)].update(_figures(after))
    # In one order, so that two that count the same rows wait for each other in turn.
    rows: list[Values] = [
        {"day": day, "location": location, "type": type_, "severity": severity, **figures}
        for (day, location, type_, severity), figures in sorted(moved.items())
        if any(figures.values())
    ]
    if not rows:
        return
    insert = insert_for(conn, t.daily)
    added = {name: t.daily.c[name] + insert.excluded[name] for name in FIGURES}
    keys = t.daily.primary_key.columns
    await conn.execute(insert.on_conflict_do_update(index_elements=keys, set_=added), rows)


async def totals(
    conn: AsyncConnection, first: date, last: date, location: str | None
) -> Sequence[Totals]:
    """What was filed from the first to the last local day, by type and severity."""
    c = t.daily.c
    query = (
        select(c.type, c.severity, *(func.sum(c[name]).label(name) for name in FIGURES))
        .where(c.day.between(first, last))
        .group_by(c.type, c.severity)
        .order_by(c.type, c.severity)
    )
    if location is not None:
        query = query.where(c.location == location)
    return [
        Totals(
            type=ComplaintType(row.type),
            severity=Severity(row.severity),
            filed=row.filed,
            acknowledged=row.acknowledged,
            to_acknowledge=timedelta(seconds=int(row.acknowledge_seconds)),
            resolved=row.resolved,
            to_resolve=timedelta(seconds=int(row.resolve_seconds)),
        )
        for row in await conn.execute(query)
        if row.filed
    ]


def _key(case: Case) -> Key:
    complaint = case.complaint
    day = case.rules.hours[complaint.location].local_day(complaint.filed_at)
    return (day, complaint.location, complaint.type.value, complaint.severity.value)


def _figures(case: Case) -> dict[str, int]:
    complaint = case.complaint
    figures = dict.fromkeys(FIGURES, 0) | {"filed": 1}
    for counted, seconds, reached in (
        ("acknowledged", "acknowledge_seconds", complaint.acknowledged_at),
        ("resolved", "resolve_seconds", complaint.resolved_at),
    ):
        if reached is not None:
            took = reached - complaint.received_at
            figures |= {counted: 1, seconds: int(took.total_seconds())}
    return figures
