"""Reading: cases, lists, histories and absences, in a snapshot or in a unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.ports import Absence, Audit, Case, HistoryLine, NoSuchComplaint, Query, Totals
from storage import daily, timeline
from storage import tables as t
from storage.audit import audit
from storage.kit import Kit
from storage.repository import Lock, load_cases
from storage.rows import id_of, number_of


class SqlBooks:
    """The `Books` of flows/ports.py, over one transaction."""

    def __init__(self, conn: AsyncConnection, kit: Kit) -> None:
        self._conn = conn
        self._kit = kit

    async def case(self, number: int) -> Case:
        """One complaint with all that belongs to it; NoSuchComplaint if there is none."""
        return await self._case(number, Lock.NO)

    async def _case(self, number: int, lock: Lock) -> Case:
        id_ = id_of(number)
        cases = await load_cases(self._conn, self._kit, [id_], lock)
        if id_ not in cases:
            raise NoSuchComplaint(f"there is no complaint C-{number}")
        return cases[id_]

    async def cases(self, query: Query) -> Sequence[Case]:
        """The complaints of a query, soonest live deadline first, then newest.

        Two queries instead of one sort: the first sees only live deadlines and the second walks
        backwards from the newest, so that neither gets slower as finished complaints pile up.
        """
        d, c = t.deadline.c, t.complaint.c
        wanted = _conditions(query, self._kit)
        soonest = (
            select(d.complaint_id, func.min(d.due_at).label("due_at"))
            .where(t.deadline_live)
            .group_by(d.complaint_id)
            .subquery()
        )
        with_deadline = (
            select(c.id)
            .join(soonest, soonest.c.complaint_id == c.id)
            .where(*wanted)
            .order_by(soonest.c.due_at, c.id.desc())
            .limit(query.limit)
        )
        ids = list(await self._conn.scalars(with_deadline))
        if len(ids) < query.limit:
            has_deadline = select(d.id).where(d.complaint_id == c.id, t.deadline_live).exists()
            without = (
                select(c.id)
                .where(*wanted, ~has_deadline)
                .order_by(c.id.desc())
                .limit(query.limit - len(ids))
            )
            ids += await self._conn.scalars(without)
        return list((await load_cases(self._conn, self._kit, ids)).values())

    async def history(self, number: int) -> Sequence[HistoryLine]:
        """The timeline of one complaint, oldest first."""
        return await timeline.history(self._conn, self._kit.vault, number)

    async def absences(self, now: datetime) -> Mapping[str, Absence]:
        """Who is away at `now`, by person."""
        person = t.person.c
        rows = await self._conn.execute(
            select(person.id, person.away_until, person.cover).where(person.away_until > now)
        )
        return {row.id: Absence(row.id, row.away_until, row.cover) for row in rows}

    async def reader(self, person: str, now: datetime) -> tuple[str | None, Mapping[str, Absence]]:
        """The language this person chose (None: Slack's), and who is away at `now`."""
        c = t.person.c
        rows = list(
            await self._conn.execute(
                select(c.id, c.language, c.away_until, c.cover).where(
                    or_(c.id == person, c.away_until > now)
                )
            )
        )
        language = next((row.language for row in rows if row.id == person), None)
        away = [row for row in rows if row.away_until is not None and row.away_until > now]
        return language, {row.id: Absence(row.id, row.away_until, row.cover) for row in away}

    async def already_done(self, key: str) -> int | None:
        """The number of the complaint that an act of this key was applied to, if it was."""
        found = await self._conn.scalar(select(t.act.c.complaint_id).where(t.act.c.key == key))
        return None if found is None else number_of(found)

    async def totals(
        self, first: date, last: date, location: str | None = None
    ) -> Sequence[Totals]:
        """What was filed from the first to the last local day, by type and severity."""
        return await daily.totals(self._conn, first, last, location)

    async def audit(self, now: datetime) -> Audit:
        """Whether every promise is watched and every reminder on its way."""
        return await audit(self._conn, now)

    async def next_due(self) -> datetime | None:
        """The earliest `next_at`, `send_at`, end of a pause or morning list; None for nothing."""
        ahead = (await self._conn.execute(_NEXT_DUE)).one()
        return min((at for at in ahead if at is not None), default=None)


_NEXT_DUE = select(
    select(func.min(t.deadline.c.next_at)).where(t.deadline_live).scalar_subquery(),
    select(func.min(t.reminder.c.send_at)).where(t.reminder_waiting).scalar_subquery(),
    select(func.min(t.pause.c.until)).where(t.pause_lasting).scalar_subquery(),
    select(func.min(t.location.c.morning_list_at)).scalar_subquery(),
)


def _conditions(query: Query, kit: Kit) -> list[ColumnElement[bool]]:
    c = t.complaint.c
    wanted: list[ColumnElement[bool]] = []
    if query.open_only:
        wanted.append(t.complaint_open)
    for column, value in (
        (c.location, query.location),
        (c.type, query.type),
        (c.severity, query.severity),
        (c.owner, query.owner),
        (c.filed_by, query.filed_by),
        (c.contact_hash, kit.contact_hash(query.contact)),
    ):
        if value is not None:
            wanted.append(column == value)
    if query.numbers:
        wanted.append(c.id.in_([id_of(number) for number in query.numbers]))
    if query.states:
        wanted.append(c.state.in_(query.states))
    if query.told is not None:
        item = t.ping_item.c
        wanted.append(
            select(item.outbox_id)
            .where(item.complaint_id == c.id, item.person == query.told, t.ping_live)
            .exists()
        )
    if query.filed_from is not None:
        wanted.append(c.filed_at >= query.filed_from)
    if query.filed_before is not None:
        wanted.append(c.filed_at < query.filed_before)
    return wanted
