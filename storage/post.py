"""Putting messages into the outbox: redraws coalesce, pings are tied to what they deliver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.complaint import ReminderState
from flows.ports import Message, Purpose, lane_of
from storage import tables as t
from storage.kit import Kit
from storage.rows import Values, id_of
from storage.writing import Ledger, ledger_key


async def post(
    conn: AsyncConnection, kit: Kit, messages: Sequence[Message], ledger: Ledger
) -> None:
    """Write the messages down for the courier, in this order.

    `ledger` knows the rows of reminders that were written in the same unit of work.
    """
    letters = _newest_of_each_slot(await _without_unopened_homes(conn, messages))
    if not letters:
        return
    fresh = await _coalesce(conn, kit, letters)
    if not fresh:
        return
    rows = [_letter_row(message, kit) for message in fresh]
    ids = await conn.scalars(
        insert(t.outbox).returning(t.outbox.c.id, sort_by_parameter_order=True), rows
    )
    pings = [
        (id_, message)
        for id_, message in zip(ids, fresh, strict=True)
        if message.purpose is Purpose.PING and message.reminders
    ]
    if pings:
        await _tie(conn, pings, ledger)


def _slot(message: Message) -> str | None:
    match message.purpose:
        case Purpose.CARD:
            return f"card:{message.number}"
        case Purpose.EDIT:
            return f"edit:{message.edits}"
        case Purpose.HOME:
            return f"home:{message.to}"
        case _:
            return None


async def _without_unopened_homes(
    conn: AsyncConnection, messages: Sequence[Message]
) -> Sequence[Message]:
    """Whoever never opened the Home tab gets it drawn on the day they do."""
    homes = {message.to for message in messages if message.purpose is Purpose.HOME}
    if not homes:
        return messages
    person = t.person.c
    opened = await conn.scalars(
        select(person.id).where(person.id.in_(homes), person.home_opened_at.is_not(None))
    )
    closed = homes - set(opened)
    return [m for m in messages if m.purpose is not Purpose.HOME or m.to not in closed]


def _newest_of_each_slot(messages: Sequence[Message]) -> list[Message]:
    newest = {_slot(m) or place: m for place, m in enumerate(messages)}
    return list(newest.values())


async def _coalesce(conn: AsyncConnection, kit: Kit, messages: list[Message]) -> list[Message]:
    """Let a waiting redraw say the newest instead of sending a second; return what is left.

    An uncertain letter is left alone: it may have been posted as it was, and then needs a redraw
    of its own. A card that waits for another channel is dropped: it must not appear there any more.
    """
    slots = {slot for message in messages if (slot := _slot(message))}
    if not slots:
        return messages
    letter = t.outbox.c
    query = (
        select(letter.slot, letter.id, letter.conversation)
        .where(
            t.letter_unsettled,
            letter.slot.in_(slots),
            letter.state == t.LetterState.WAITING,
            ~letter.uncertain,
        )
        .order_by(letter.id)
        # No courier may take them on before they say the newest.
        .with_for_update(key_share=True)
    )
    waiting = {row.slot: row for row in await conn.execute(query)}
    fresh, redrawn, dropped = [], [], []
    for message in messages:
        row = waiting.get(_slot(message))
        if row is not None and row.conversation == lane_of(message.purpose, message.to):
            sealed = kit.vault.cells(dict(message.facts))
            redrawn.append({"row_id": row.id, "key": message.key, **sealed})
            continue
        if row is not None:
            dropped.append(row.id)
        fresh.append(message)
    if redrawn:
        await conn.execute(update(t.outbox).where(letter.id == bindparam("row_id")), redrawn)
    if dropped:
        await conn.execute(
            update(t.outbox)
            .where(letter.id.in_(dropped))
            .values(state=t.LetterState.DROPPED, settled_at=kit.now(), reason="moved")
        )
    return fresh


def _letter_row(message: Message, kit: Kit) -> Values:
    return {
        "purpose": message.purpose,
        "conversation": lane_of(message.purpose, message.to),
        "key": message.key,
        "complaint_id": None if message.number is None else id_of(message.number),
        "edits": message.edits,
        "slot": _slot(message),
        "state": t.LetterState.WAITING,
        "uncertain": False,
        "attempts": 0,
        "created_at": kit.now(),
        **(kit.vault.cells(dict(message.facts)) if message.facts else kit.vault.empty),
    }


async def _tie(conn: AsyncConnection, pings: Sequence[tuple[int, Message]], ledger: Ledger) -> None:
    """Tie each ping to the reminders it delivers, and note the buttons it will carry."""
    delivers = [
        (outbox_id, id_of(number), reminder)
        for outbox_id, message in pings
        for number, reminder in message.reminders
    ]
    tied: list[Values] = []
    kinds: dict[tuple[int, int, str], set[str]] = defaultdict(set)
    for outbox_id, complaint_id, reminder in delivers:
        row_id = reminder.id or ledger[ledger_key(complaint_id, reminder)]
        tied.append({"row_id": row_id, "letter_id": outbox_id})
        kinds[outbox_id, complaint_id, reminder.recipient].add(reminder.deadline)
    await conn.execute(
        update(t.reminder)
        .where(t.reminder.c.id == bindparam("row_id"))
        .values(state=ReminderState.QUEUED, outbox_id=bindparam("letter_id")),
        tied,
    )
    await conn.execute(insert(t.ping_item), list(_items(kinds)))


def _items(kinds: dict[tuple[int, int, str], set[str]]) -> Iterable[Values]:
    for (outbox_id, complaint_id, person), of_person in kinds.items():
        yield {
            "outbox_id": outbox_id,
            "complaint_id": complaint_id,
            "person": person,
            "kinds": sorted(of_person),
            "live": True,
        }
