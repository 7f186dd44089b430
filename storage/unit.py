"""The unit of work: all of it becomes true together, or nothing does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.client import Client, ClientFile
from flows.complaint import Complaint
from flows.ports import (
    Absence,
    AlreadyDone,
    Case,
    Gathering,
    Message,
    Outcome,
    VersionConflict,
)
from storage import daily, due, timeline
from storage import tables as t
from storage.books import SqlBooks
from storage.kit import Kit
from storage.post import post
from storage.replica import HINTS, POLL
from storage.repository import Lock
from storage.rows import complaint_row, id_of, number_of
from storage.upsert import insert_new, upsert
from storage.writing import Change, Ledger, store_rules, update_complaints, write_parts


class SqlUnit(SqlBooks):
    """The `Unit` of flows/ports.py, over the one transaction that may write."""

    def __init__(self, conn: AsyncConnection, kit: Kit) -> None:
        super().__init__(conn, kit)
        self._due_soon = False
        self._ledger: Ledger = {}
        self.rules_stored: set[str] = set()
        """The ids of rules that are sure to be there once the unit is committed."""

    async def hint(self) -> None:
        """Tell other processes to look at the clock, when something is due before they would.

        Only then: notifying makes commits wait for each other (platform.md).
        """
        if self._due_soon and self._conn.dialect.name == "postgresql":
            await self._conn.execute(select(func.pg_notify(HINTS, "")))

    async def case(self, number: int) -> Case:
        """One complaint, locked until the unit ends; NoSuchComplaint if there is none."""
        return await self._case(number, Lock.WAIT)

    async def file(self, outcome: Outcome, keys: Sequence[str]) -> Complaint:
        """Store a new complaint; returns it with its number. `keys` make the act unique.

        AlreadyDone if one of the keys was used before.
        """
        case = outcome.case
        await self._store_rules([case])
        row = {"version": 0, **complaint_row(case.complaint, self._kit)}
        result = await self._conn.execute(insert(t.complaint).values(row))
        assert result.inserted_primary_key is not None  # noqa: S101  an insert of one row has one
        id_: int = result.inserted_primary_key[0]
        number = number_of(id_)
        messages = [
            replace(m, number=number, reminders=tuple((number, r) for _, r in m.reminders))
            for m in outcome.messages
        ]
        await self._claim(keys, id_)
        await self._write_parts([Change(id_, None, case)])
        await self._keep_files([(id_, file) for file in outcome.files])
        await timeline.begin(self._conn, self._kit.vault, id_, outcome.entries)
        await daily.count(self._conn, [(None, case)])
        await post(self._conn, self._kit, messages, self._ledger)
        return replace(case.complaint, number=number, version=0)

    async def save(self, changes: Sequence[tuple[Case, Outcome]], keys: Sequence[str] = ()) -> None:
        """Store what the outcomes changed (before, after); raises VersionConflict.

        The version of a complaint goes up when the complaint itself changed. The keys belong to
        the first complaint; AlreadyDone if one of them was used before. Reminders of a `before`
        that was not read in this unit may be older than what the courier has noted since.
        """
        if not changes:
            return
        written = [Change(_id(before), before, outcome.case) for before, outcome in changes]
        await self._check_versions(written)
        await self._claim(keys, written[0].complaint_id)
        await self._store_rules([change.after for change in written])
        await update_complaints(self._conn, self._kit, written)
        await daily.count(
            self._conn,
            [
                (before, outcome.case)
                for before, outcome in changes
                if before.complaint != outcome.case.complaint
            ],
        )
        await self._write_parts(written)
        await self._keep_files(
            [(_id(before), file) for before, out in changes for file in out.files]
        )
        entries = [(_id(before), entry) for before, out in changes for entry in out.entries]
        await timeline.append(self._conn, self._kit.vault, entries)
        messages = [m for _, outcome in changes for m in outcome.messages]
        await post(self._conn, self._kit, messages, self._ledger)

    async def post(self, messages: Sequence[Message]) -> None:
        """Put messages into the outbox that belong to no single complaint.

        The reminders of a ping must have been saved before.
        """
        await post(self._conn, self._kit, messages, self._ledger)

    async def due(self, now: datetime, until: datetime, limit: int) -> Sequence[Case]:
        """Cases of which something is due by `now`, the longest overdue first (storage/due.py)."""
        return await due.due(self._conn, self._kit, now, until, limit)

    async def due_by_location(self, now: datetime, until: datetime, limit: int) -> Sequence[Case]:
        """All that is due at as many locations as make up `limit` cases."""
        return await due.due_by_location(self._conn, self._kit, now, until, limit)

    async def falling_due(self, gathering: Gathering, limit: int) -> Sequence[Case]:
        """The cases that a round of pings may take something along from, the soonest first."""
        return await due.falling_due(self._conn, self._kit, gathering, limit)

    async def client(self, id_: str) -> Client | None:
        """A client who wrote to us herself, locked until the unit ends."""
        return await self._client(id_, select(t.client).with_for_update())

    async def save_client(self, client: Client) -> None:
        """Keep her in the place of the version she was made from; raises VersionConflict."""
        cells = self._kit.vault.cells(client.to_json())
        values = {"version": client.version + 1, "updated_at": self._kit.now(), **cells}
        if client.version == 0:
            written = await insert_new(self._conn, t.client, [{"id": client.id, **values}])
        else:
            this_version = (t.client.c.id == client.id, t.client.c.version == client.version)
            changed = update(t.client).where(*this_version).values(values)
            written = (await self._conn.execute(changed)).rowcount
        if written != 1:
            raise VersionConflict("the talk with a client went on meanwhile")

    async def set_absence(self, absence: Absence) -> None:
        """Record an absence; what was known of the same time gives way to it."""
        c = t.absence.c
        mine = c.person == absence.person
        await self._conn.execute(
            delete(t.absence).where(mine, c.since >= absence.since, c.since < absence.until)
        )
        await self._conn.execute(
            update(t.absence)
            .where(mine, c.since < absence.since, c.until > absence.since)
            .values(until=absence.since)
        )
        await self._conn.execute(
            insert(t.absence).values(
                person=absence.person,
                since=absence.since,
                until=absence.until,
                cover=absence.cover,
            )
        )

    async def end_absence(self, person: str, now: datetime) -> Absence | None:
        """End what lasts now, else what comes next; returns what was ended."""
        c = t.absence.c
        query = select(t.absence).where(c.person == person, c.until > now)
        row = (await self._conn.execute(query.order_by(c.since).limit(1))).one_or_none()
        if row is None:
            return None
        await self._conn.execute(delete(t.absence).where(c.id == row.id))
        return Absence(person, row.since, row.until, row.cover)

    async def set_language(self, person: str, language: str | None) -> None:
        """Record the language a person wants to be answered in; None follows Slack."""
        await upsert(self._conn, t.person, person, {"language": language})

    async def morning_lists(self) -> Mapping[str, datetime]:
        """When each location's next morning list is to be written."""
        return await self._morning_lists(select(t.location))

    async def mornings_due(self, now: datetime) -> Sequence[str]:
        """The locations whose morning list is to be written by `now`, ours until the unit ends."""
        due = select(t.location).where(t.location.c.morning_list_at <= now)
        return list(await self._morning_lists(due.with_for_update(skip_locked=True)))

    async def _morning_lists(self, query: Select[Any]) -> dict[str, datetime]:
        known = query.where(t.location.c.morning_list_at.is_not(None)).order_by(t.location.c.id)
        return {row.id: row.morning_list_at for row in await self._conn.execute(known)}

    async def set_morning_list(self, location: str, at: datetime | None) -> None:
        """Set when the location's next morning list is to be written; None for never."""
        await upsert(self._conn, t.location, location, {"morning_list_at": at})

    async def hand_overs_due(self, now: datetime) -> Mapping[str, tuple[str, ...]]:
        """The locations to be handed over by `now`, ours until the unit ends, and by whom."""
        due = select(t.location).where(t.location.c.hand_over_at <= now)
        return await self._hand_overs(due.with_for_update(skip_locked=True))

    async def set_hand_over(
        self, location: str, at: datetime | None, on_shift: Sequence[str] | None
    ) -> None:
        """Record who is on shift, and when that is to be looked at next; None for never."""
        people = None if on_shift is None else list(on_shift)
        await upsert(self._conn, t.location, location, {"hand_over_at": at, "on_shift": people})

    async def _store_rules(self, cases: Sequence[Case]) -> None:
        stored = self._kit.rules_stored | self.rules_stored
        fresh = {
            case.complaint.rules_id: case.rules
            for case in cases
            if case.complaint.rules_id not in stored
        }
        if fresh:
            await store_rules(self._conn, fresh)
            self.rules_stored |= fresh.keys()

    async def _write_parts(self, changes: Sequence[Change]) -> None:
        self._ledger |= await write_parts(self._conn, self._kit, changes)
        soon = self._kit.now() + POLL
        self._due_soon = self._due_soon or any(
            d.live and d.next_at is not None and d.next_at <= soon
            for change in changes
            for d in change.after.deadlines
        )

    async def _keep_files(self, files: Sequence[tuple[int, ClientFile]]) -> None:
        if not files:
            return
        rows = [
            {
                "complaint_id": complaint_id,
                "received_at": self._kit.now(),
                **self._kit.vault.cells(asdict(file)),
            }
            for complaint_id, file in files
        ]
        await self._conn.execute(insert(t.attachment), rows)

    async def _check_versions(self, changes: Sequence[Change]) -> None:
        """VersionConflict if a case is not as its author read it; locks the rows."""
        c = t.complaint.c
        read = {ch.complaint_id: ch.before.complaint.version for ch in changes if ch.before}
        query = select(c.id, c.version).where(c.id.in_(read)).with_for_update(key_share=True)
        stored = {row.id: row.version for row in await self._conn.execute(query)}
        for id_, version in read.items():
            if stored.get(id_) != version:
                raise VersionConflict(f"C-{number_of(id_)} was changed by somebody else meanwhile")

    async def _claim(self, keys: Sequence[str], complaint_id: int) -> None:
        at = self._kit.now()
        rows = [{"key": key, "complaint_id": complaint_id, "at": at} for key in keys]
        if await insert_new(self._conn, t.act, rows) != len(rows):
            known = select(t.act.c.complaint_id).where(
                t.act.c.key.in_(keys), t.act.c.complaint_id != complaint_id
            )
            first = await self._conn.scalar(known.limit(1))
            raise AlreadyDone(number_of(complaint_id if first is None else first))


def _id(case: Case) -> int:
    number = case.complaint.number
    if number is None:
        raise ValueError("only a filed complaint can be saved")
    return id_of(number)
