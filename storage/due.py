"""What the clock has to look at: found, locked, and read no further than needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.complaint import Complaint, ComplaintType, Deadline, Severity, State
from flows.ports import Case, Gathering
from storage import tables as t
from storage.kit import Kit
from storage.repository import Parts, rules_of
from storage.rows import deadline_of, id_of, number_of

_c = t.complaint.c
NEEDED = (
    *(_c.id, _c.version, _c.location, _c.type, _c.severity, _c.state, _c.filed_by, _c.filed_at),
    *(_c.received_at, _c.owner, _c.rules_id, _c.acknowledged_at, _c.conflict_exception),
    *(_c.emergency_at, _c.all_clear_at),
    # Who is concerned is among the sealed; where nobody is, opening it would cost for nothing.
    case((_c.restricted, _c.sealed)).label("sealed"),
)
"""The columns of a complaint that decide who is told."""


async def due(
    conn: AsyncConnection, kit: Kit, now: datetime, until: datetime, limit: int
) -> Sequence[Case]:
    """The cases due by `now`, the longest overdue first, with what their deadlines ask `until`."""
    found = _due(now, limit)
    oldest = select(found.c.complaint_id).order_by(found.c.at)
    ids = list(dict.fromkeys(await conn.scalars(oldest)))[:limit]
    cases = await _load(conn, kit, select(*NEEDED).where(_c.id.in_(ids)), until)
    place = {id_: place for place, id_ in enumerate(ids)}
    return sorted(cases, key=lambda case: place[_id(case)])


async def due_by_location(
    conn: AsyncConnection, kit: Kit, now: datetime, until: datetime, limit: int
) -> Sequence[Case]:
    """All that is due at as many locations as make up `limit` cases.

    So that whoever works there gets one list of it all, and nobody waits for a chain's whole
    backlog.
    """
    found = _due(now, None)
    waiting = select(*NEEDED).where(_c.id.in_(select(found.c.complaint_id)))
    begun = await _load(conn, kit, waiting.order_by(_c.location, _c.id).limit(limit), until)
    if len(begun) < limit:
        return begun
    last = begun[-1].complaint.location
    known = [_id(case) for case in begun if case.complaint.location == last]
    rest = waiting.where(_c.location == last, _c.id.not_in(known)).order_by(_c.id)
    return [*begun, *await _load(conn, kit, rest, until)]


async def falling_due(
    conn: AsyncConnection, kit: Kit, gathering: Gathering, limit: int
) -> Sequence[Case]:
    """The cases that a round of pings may take something along from, the soonest first."""
    if not gathering.people:
        return []
    d = t.deadline.c
    query = (
        select(*NEEDED)
        .join(t.deadline, d.complaint_id == _c.id)
        .where(
            t.complaint_open,
            or_(_c.owner.in_(gathering.people), _c.location.in_(gathering.locations)),
            _c.severity != Severity.SEVERE,
            t.deadline_live,
            d.next_at > gathering.now,
            d.next_at <= gathering.until,
        )
        .order_by(d.next_at)
        .limit(limit)
    )
    return await _load(conn, kit, query, gathering.until)


def _due(now: datetime, limit: int | None) -> Subquery:
    """Complaint ids with when each became due; `limit` of each kind, the oldest."""
    d, r, p = t.deadline.c, t.reminder.c, t.pause.c
    kinds = (
        (d.complaint_id, d.next_at, t.deadline_live),
        (r.complaint_id, r.send_at, t.reminder_waiting),
        (p.complaint_id, p.until, t.pause_lasting),
    )
    found = (
        select(complaint_id, at.label("at"))
        .where(still, at <= now)
        .order_by(at)
        .limit(limit)
        .subquery()
        for complaint_id, at, still in kinds
    )
    return union_all(*map(select, found)).subquery()


async def _load(
    conn: AsyncConnection, kit: Kit, query: Select[Any], until: datetime
) -> Sequence[Case]:
    """Those cases of the query that no other unit works on, locked until this one ends."""
    locked = query.with_for_update(of=t.complaint, key_share=True, skip_locked=True)
    complaints = {row.id: _complaint(row, kit) for row in await conn.execute(locked)}
    if not complaints:
        return []
    # Read after the complaints were locked, hence as the last unit left it.
    rules = await rules_of(conn, kit, {c.rules_id for c in complaints.values()})
    parts = await Parts.of(conn, list(complaints))
    deadlines = await _deadlines(conn, kit, list(complaints), until)
    return [
        parts.case(id_, complaint, rules[complaint.rules_id], deadlines[id_])
        for id_, complaint in complaints.items()
    ]


def _id(case: Case) -> int:
    assert case.complaint.number is not None, "it was stored"  # noqa: S101
    return id_of(case.complaint.number)


def _complaint(row: Any, kit: Kit) -> Complaint:
    about_staff = None if row.sealed is None else kit.vault.open(row.sealed)["about_staff"]
    return Complaint(
        number=number_of(row.id),
        version=row.version,
        location=row.location,
        type=ComplaintType(row.type),
        severity=Severity(row.severity),
        state=State(row.state),
        story="",
        filed_by=row.filed_by,
        filed_at=row.filed_at,
        received_at=row.received_at,
        owner=row.owner,
        rules_id=row.rules_id,
        acknowledged_at=row.acknowledged_at,
        conflict_exception=row.conflict_exception,
        emergency_at=row.emergency_at,
        all_clear_at=row.all_clear_at,
        about_staff=about_staff,
    )


async def _deadlines(
    conn: AsyncConnection, kit: Kit, ids: Sequence[int], until: datetime
) -> dict[int, list[Deadline]]:
    """What asks for something by then, and what a waiting reminder speaks of."""
    d, r = t.deadline.c, t.reminder.c
    spoken_of = select(r.deadline_id).where(r.complaint_id.in_(ids), t.reminder_waiting)
    query = (
        select(t.deadline)
        .where(
            d.complaint_id.in_(ids),
            or_(and_(t.deadline_live, d.next_at <= until), d.id.in_(spoken_of)),
        )
        .order_by(d.id)
    )
    found: dict[int, list[Deadline]] = defaultdict(list)
    for row in await conn.execute(query):
        found[row.complaint_id].append(deadline_of(row, kit.vault))
    return found
