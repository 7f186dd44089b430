"""Writing what changed in cases: many cases, a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.complaint import Deadline, Reminder
from flows.ports import Case
from flows.rules import Rules
from storage import tables as t
from storage.kit import Kit
from storage.rows import (
    REMINDER_KEY,
    ReminderKey,
    Values,
    changed_columns,
    complaint_row,
    deadline_row,
    reminder_key,
    reminder_row,
)
from storage.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Change:
    """A complaint's row id, its case as it was (None: just filed) and as it is now."""

    complaint_id: int
    before: Case | None
    after: Case


async def store_rules(conn: AsyncConnection, rules: Mapping[str, Rules]) -> None:
    """Keep the rules that complaints stand under, by their id; those already kept stay."""
    rows = [{"id": id_, "body": rules[id_].model_dump_json()} for id_ in sorted(rules)]
    await insert_new(conn, t.rules, rows)


async def update_complaints(conn: AsyncConnection, kit: Kit, changes: Sequence[Change]) -> None:
    """Write the complaints that changed, each one version up."""
    changed = [c for c in changes if c.before and c.before.complaint != c.after.complaint]
    if not changed:
        return
    rows = [
        {
            "row_id": c.complaint_id,
            "version": c.after.complaint.version + 1,
            **complaint_row(c.after.complaint, kit),
        }
        for c in changed
    ]
    await conn.execute(_by_id(t.complaint), rows)


LedgerKey = tuple[int, str, datetime, str, int, str]
Ledger = dict[LedgerKey, int]
"""The row of each reminder written, whose id its author doesn't know yet."""


def ledger_key(complaint_id: int, r: Reminder) -> LedgerKey:
    """What names a reminder before it has an id."""
    return (complaint_id, r.deadline, r.due_at, r.rung, r.round, r.recipient)


async def write_parts(conn: AsyncConnection, kit: Kit, changes: Sequence[Change]) -> Ledger:
    """Write what hangs on the complaints: deadlines, reminders, snoozes, live pings."""
    fresh_deadlines = await _write_deadlines(conn, kit, changes)
    ledger = await _write_reminders(conn, changes, fresh_deadlines)
    await _write_snoozes(conn, changes)
    await _write_pauses(conn, changes)
    await _retire_pings(conn, changes)
    return ledger


async def _write_deadlines(conn: AsyncConnection, kit: Kit, changes: Sequence[Change]) -> set[int]:
    """Returns the complaints that got a deadline of which we don't know the id."""
    fresh: list[Values] = []
    moved: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for change in changes:
        known = _by_their_id(change.before.deadlines) if change.before else {}
        for deadline in change.after.deadlines:
            if deadline.id is None:
                row = deadline_row(deadline, kit.vault)
                fresh.append({"complaint_id": change.complaint_id, **row})
            elif columns := changed_columns(known[deadline.id], deadline, kit.vault):
                moved[tuple(columns)].append({"row_id": deadline.id, **columns})
    await _many(conn, insert(t.deadline), fresh)
    for rows in moved.values():
        await _many(conn, _by_id(t.deadline), rows)
    return {row["complaint_id"] for row in fresh}


async def _write_reminders(
    conn: AsyncConnection, changes: Sequence[Change], fresh_deadlines: set[int]
) -> Ledger:
    """Insert the new ones, unless the ledger has them already: nothing reminds twice."""
    new: list[tuple[int, Reminder]] = []
    moved: list[Values] = []
    for change in changes:
        known = _by_their_id(change.before.reminders) if change.before else {}
        for reminder in change.after.reminders:
            if reminder.id is None:
                new.append((change.complaint_id, reminder))
            elif known.get(reminder.id) != reminder:
                moved.append({"row_id": reminder.id, **reminder_row(reminder)})
    await _many(conn, _by_id(t.reminder), moved)
    if not new:
        return {}
    deadlines = await _deadline_ids(conn, changes, fresh_deadlines)
    keyed: dict[ReminderKey, tuple[int, Reminder]] = {}
    for complaint_id, reminder in new:
        deadline_id = deadlines[complaint_id, reminder.deadline, reminder.due_at]
        keyed[reminder_key(deadline_id, reminder)] = (complaint_id, reminder)
    r = t.reminder.c
    named = (r.id, r.deadline_id, r.due_at, r.rung, r.round, r.recipient)
    query = select(*named).where(r.deadline_id.in_({key[0] for key in keyed}))
    ids: dict[ReminderKey, int] = {tuple(key): id_ for id_, *key in await conn.execute(query)}
    rows = [
        {
            "complaint_id": complaint_id,
            **dict(zip(REMINDER_KEY, key, strict=True)),
            **reminder_row(reminder),
        }
        for key, (complaint_id, reminder) in keyed.items()
        if key not in ids
    ]
    if rows:
        written = await conn.execute(insert(t.reminder).returning(*named), rows)
        ids |= {tuple(key): id_ for id_, *key in written}
    return {
        ledger_key(complaint_id, reminder): ids[key]
        for key, (complaint_id, reminder) in keyed.items()
    }


DeadlineKey = tuple[int, str, datetime]


async def _deadline_ids(
    conn: AsyncConnection, changes: Sequence[Change], fresh: set[int]
) -> dict[DeadlineKey, int]:
    """The deadline a reminder speaks of, by complaint, kind and due time.

    When two share these, the live one is meant: it comes last and so takes the place.
    """
    ids: dict[DeadlineKey, int] = {}
    for change in changes:
        if change.complaint_id in fresh:
            continue
        for deadline in sorted(change.after.deadlines, key=_is_live):
            if deadline.id is not None:
                ids[change.complaint_id, deadline.kind, deadline.due_at] = deadline.id
    if fresh:
        d = t.deadline.c
        query = (
            select(d.complaint_id, d.kind, d.due_at, d.id)
            .where(d.complaint_id.in_(fresh))
            .order_by(t.deadline_live, d.id)
        )
        for complaint_id, kind, due_at, id_ in await conn.execute(query):
            ids[complaint_id, kind, due_at] = id_
    return ids


def _is_live(deadline: Deadline) -> bool:
    return deadline.live


async def _write_snoozes(conn: AsyncConnection, changes: Sequence[Change]) -> None:
    gone: list[Values] = []
    fresh: list[Values] = []
    for change in changes:
        before = set(change.before.snoozes) if change.before else set()
        after = set(change.after.snoozes)
        gone += [{"of": change.complaint_id, "who": s.person} for s in before - after]
        fresh += [
            {
                "complaint_id": change.complaint_id,
                "person": s.person,
                "until": s.until,
                "times": s.times,
            }
            for s in after - before
        ]
    of_person = and_(
        t.snooze.c.complaint_id == bindparam("of"), t.snooze.c.person == bindparam("who")
    )
    await _many(conn, delete(t.snooze).where(of_person), gone)
    await _many(conn, insert(t.snooze), fresh)


async def _write_pauses(conn: AsyncConnection, changes: Sequence[Change]) -> None:
    fresh: list[Values] = []
    ended: list[Values] = []
    for change in changes:
        known = _by_their_id(change.before.pauses) if change.before else {}
        for pause in change.after.pauses:
            row = {"since": pause.since, "until": pause.until, "ended_at": pause.ended_at}
            if pause.id is None:
                fresh.append({"complaint_id": change.complaint_id, **row})
            elif known.get(pause.id) != pause:
                ended.append({"row_id": pause.id, **row})
    await _many(conn, insert(t.pause), fresh)
    await _many(conn, _by_id(t.pause), ended)


async def _retire_pings(conn: AsyncConnection, changes: Sequence[Change]) -> None:
    """Pings that are no longer in the case have lost their buttons for it."""
    retired = [
        {"of": change.complaint_id, "letter": ping.id, "who": ping.person}
        for change in changes
        if change.before
        for ping in set(change.before.pings) - set(change.after.pings)
    ]
    item = t.ping_item.c
    of_ping = and_(
        item.complaint_id == bindparam("of"),
        item.outbox_id == bindparam("letter"),
        item.person == bindparam("who"),
    )
    await _many(conn, update(t.ping_item).where(of_ping).values(live=False), retired)


def _by_their_id(things: Sequence[Any]) -> dict[int | None, Any]:
    return {thing.id: thing for thing in things}


def _by_id(table: Table) -> Any:
    """An update of rows by id that sets the other keys of each row given."""
    return update(table).where(table.c.id == bindparam("row_id"))


async def _many(conn: AsyncConnection, statement: Any, rows: list[Values]) -> None:
    if rows:
        await conn.execute(statement, rows)
