"""Reading: cases, lists, histories and absences, in a snapshot or in a unit of work."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.client import Client, ClientFile
from flows.ports import Absence, Audit, Case, HistoryLine, NoSuchComplaint, Query, Totals
from storage import daily, timeline
from storage import tables as t
from storage.audit import audit
from storage.kit import Kit
from storage.repository import Lock, load_cases
from storage.rows import id_of, number_of

PAGE = 50
"""How many complaints are read at once where it is not known how many will be wanted."""


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
        """The complaints of a query, soonest live deadline first, then newest."""
        return list((await load_cases(self._conn, self._kit, await self._found(query))).values())

    async def each(self, query: Query) -> AsyncGenerator[Case, None]:
        """Like `cases`, read a page at a time: whoever takes a few pays for a few."""
        ids = await self._found(query)
        for begin in range(0, len(ids), PAGE):
            page = await load_cases(self._conn, self._kit, ids[begin : begin + PAGE])
            for case in page.values():
                yield case

    async def _found(self, query: Query) -> list[int]:
        """The ids of the complaints of a query, in the order of `cases`.

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
        return ids

    async def history(self, number: int) -> Sequence[HistoryLine]:
        """The timeline of one complaint, oldest first."""
        return await timeline.history(self._conn, self._kit.vault, number)

    async def client(self, id_: str) -> Client | None:
        """A client who wrote to us herself."""
        return await self._client(id_, select(t.client))

    async def client_at(self, address: str) -> Client:
        """The client whom the transport reaches there; one of version 0 who never wrote yet."""
        id_ = self._kit.client_id(address)
        return await self.client(id_) or Client(id_, address)

    async def _client(self, id_: str, query: Select[Any]) -> Client | None:
        row = (await self._conn.execute(query.where(t.client.c.id == id_))).one_or_none()
        return row and Client.of_json(row.id, row.version, self._kit.vault.open(row.sealed))

    async def files(self, number: int) -> Sequence[ClientFile]:
        """What the client sent along with a complaint, oldest first."""
        a = t.attachment.c
        query = select(a.sealed).where(a.complaint_id == id_of(number)).order_by(a.id)
        rows = await self._conn.scalars(query)
        return [ClientFile(**self._kit.vault.open(sealed)) for sealed in rows]

    async def absences(self, now: datetime) -> Mapping[str, Absence]:
        """Who is away at `now`, by person."""
        return await self._absences(_away(now))

    async def _absences(self, which: ColumnElement[bool]) -> dict[str, Absence]:
        query = select(t.absence).where(which).order_by(t.absence.c.id)
        return {row.person: _absence(row) for row in await self._conn.execute(query)}

    async def reader(self, person: str, now: datetime) -> tuple[str | None, Mapping[str, Absence]]:
        """The language this person chose (None: Slack's), and who is away at `now`."""
        # One question for both, as it is asked before every answer: a row for each absence, or
        # one without.
        chosen = select(t.person.c.language).where(t.person.c.id == person)
        one_row = select(chosen.scalar_subquery().label("language")).subquery()
        query = (
            select(one_row.c.language, t.absence)
            .select_from(one_row.outerjoin(t.absence, _away(now)))
            .order_by(t.absence.c.id)
        )
        rows = (await self._conn.execute(query)).all()
        return rows[0].language, {row.person: _absence(row) for row in rows if row.person}

    async def hand_overs(self) -> Mapping[str, tuple[str, ...]]:
        """Whom each location with shifts was handed over to last."""
        return await self._hand_overs(select(t.location))

    async def _hand_overs(self, query: Select[Any]) -> dict[str, tuple[str, ...]]:
        known = query.where(t.location.c.on_shift.is_not(None)).order_by(t.location.c.id)
        return {row.id: tuple(row.on_shift) for row in await self._conn.execute(known)}

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
        """When something is due next: a rung, a reminder, the end of a pause, a list, a shift."""
        ahead = (await self._conn.execute(_NEXT_DUE)).one()
        return min((at for at in ahead if at is not None), default=None)


_NEXT_DUE = select(
    select(func.min(t.deadline.c.next_at)).where(t.deadline_live).scalar_subquery(),
    select(func.min(t.reminder.c.send_at)).where(t.reminder_waiting).scalar_subquery(),
    select(func.min(t.pause.c.until)).where(t.pause_lasting).scalar_subquery(),
    select(func.min(t.location.c.morning_list_at)).scalar_subquery(),
    select(func.min(t.location.c.hand_over_at)).scalar_subquery(),
)


def _away(now: datetime) -> ColumnElement[bool]:
    return and_(t.absence.c.since <= now, t.absence.c.until > now)


def _absence(row: Row[Any]) -> Absence:
    return Absence(row.person, row.since, row.until, row.cover)


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
