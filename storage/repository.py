"""Whole cases from rows, many at a time with the same few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.complaint import Complaint, Deadline, DeadlineKind, Pause, Reminder
from flows.ports import Case, LivePing, PostedCard, Snooze
from flows.rules import Rules
from storage import tables as t
from storage.kit import Kit
from storage.rows import complaint_of, deadline_of, reminder_of

FIRST_ROUNDS = 3
"""As often as a rung is told on the clinic's ordinary ladders (see `_reminders`)."""


class Lock(Enum):
    """Whether complaints are locked first; SQLite's one writer has no need of it.

    A locked complaint, with all that belongs to it, is changed by no other unit before ours ends.
    Whoever only refers to it is not held up.
    """

    NO = auto()
    WAIT = auto()


async def load_cases(
    conn: AsyncConnection, kit: Kit, ids: Collection[int], lock: Lock = Lock.NO
) -> dict[int, Case]:
    """The cases of these complaint rows, by row id, in the order asked for."""
    if not ids:
        return {}
    query = select(t.complaint).where(t.complaint.c.id.in_(ids))
    if lock is not Lock.NO:
        query = query.with_for_update(key_share=True)
    complaints = {row.id: complaint_of(row, kit.vault) for row in await conn.execute(query)}
    # Read after the complaints were locked, hence as the last unit left it.
    ids = [id_ for id_ in ids if id_ in complaints]
    rules = await rules_of(conn, kit, {c.rules_id for c in complaints.values()})
    deadlines = await _deadlines(conn, kit, ids)
    parts = await Parts.of(conn, ids)
    return {
        id_: parts.case(id_, complaints[id_], rules[complaints[id_].rules_id], deadlines[id_])
        for id_ in ids
    }


@dataclass(frozen=True, slots=True)
class Parts:
    """What hangs on complaints besides their deadlines, by row id."""

    reminders: Mapping[int, list[Reminder]]
    pings: Mapping[int, list[LivePing]]
    snoozes: Mapping[int, list[Snooze]]
    cards: Mapping[int, PostedCard]
    pauses: Mapping[int, list[Pause]]

    @classmethod
    async def of(cls, conn: AsyncConnection, ids: Collection[int]) -> Parts:
        """Read them, many complaints at a time."""
        return cls(
            reminders=await _reminders(conn, ids),
            pings=await _pings(conn, ids),
            snoozes=await _snoozes(conn, ids),
            cards=await _cards(conn, ids),
            pauses=await _pauses(conn, ids),
        )

    def case(
        self, id_: int, complaint: Complaint, rules: Rules, deadlines: Sequence[Deadline]
    ) -> Case:
        """One complaint with all that hangs on it."""
        return Case(
            complaint=complaint,
            rules=rules,
            deadlines=tuple(deadlines),
            reminders=tuple(self.reminders[id_]),
            pings=tuple(self.pings[id_]),
            snoozes=tuple(self.snoozes[id_]),
            card=self.cards.get(id_),
            pauses=tuple(self.pauses[id_]),
        )


async def rules_of(conn: AsyncConnection, kit: Kit, ids: set[str]) -> dict[str, Rules]:
    """The rules of these ids, and others that were read before."""
    if unread := ids - kit.rules.keys():
        rows = await conn.execute(select(t.rules).where(t.rules.c.id.in_(unread)))
        kit.rules.update({row.id: Rules.model_validate_json(row.body) for row in rows})
    return kit.rules


async def _deadlines(
    conn: AsyncConnection, kit: Kit, ids: Collection[int]
) -> dict[int, list[Deadline]]:
    found: dict[int, list[Deadline]] = defaultdict(list)
    query = select(t.deadline).where(t.deadline.c.complaint_id.in_(ids)).order_by(t.deadline.c.id)
    for row in await conn.execute(query):
        found[row.complaint_id].append(deadline_of(row, kit.vault))
    return found


async def _reminders(conn: AsyncConnection, ids: Collection[int]) -> dict[int, list[Reminder]]:
    """The ledger of each; of what somebody was told over and over, the first and the last times.

    Nobody decides by those in between, and an alarm that nobody answers over a night is thousands.
    """
    found: dict[int, list[Reminder]] = defaultdict(list)
    r, later = t.reminder.c, t.reminder.alias("later").c
    told_again = (
        select(later.id)
        .where(
            later.deadline_id == r.deadline_id,
            later.due_at == r.due_at,
            later.rung == r.rung,
            later.round == r.round + 1,
            later.recipient == r.recipient,
        )
        .exists()
    )
    query = (
        select(t.reminder, t.deadline.c.kind)
        .join(t.deadline, t.deadline.c.id == r.deadline_id)
        .where(
            r.complaint_id.in_(ids),
            or_(r.round <= FIRST_ROUNDS, t.reminder_waiting, t.reminder_queued, ~told_again),
        )
        .order_by(r.id)
    )
    for row in await conn.execute(query):
        found[row.complaint_id].append(reminder_of(row))
    return found


async def _pings(conn: AsyncConnection, ids: Collection[int]) -> dict[int, list[LivePing]]:
    found: dict[int, list[LivePing]] = defaultdict(list)
    item = t.ping_item.c
    query = (
        select(t.ping_item)
        .where(item.complaint_id.in_(ids), t.ping_live)
        .order_by(item.outbox_id, item.person)
    )
    for row in await conn.execute(query):
        kinds = frozenset(map(DeadlineKind, row.kinds))
        found[row.complaint_id].append(LivePing(row.outbox_id, row.person, kinds))
    return found


async def _snoozes(conn: AsyncConnection, ids: Collection[int]) -> dict[int, list[Snooze]]:
    found: dict[int, list[Snooze]] = defaultdict(list)
    query = select(t.snooze).where(t.snooze.c.complaint_id.in_(ids)).order_by(t.snooze.c.person)
    for row in await conn.execute(query):
        found[row.complaint_id].append(Snooze(row.person, row.until, row.times))
    return found


async def _pauses(conn: AsyncConnection, ids: Collection[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    query = select(t.pause).where(t.pause.c.complaint_id.in_(ids)).order_by(t.pause.c.id)
    for row in await conn.execute(query):
        found[row.complaint_id].append(Pause(row.since, row.until, row.id, row.ended_at))
    return found


async def _cards(conn: AsyncConnection, ids: Collection[int]) -> dict[int, PostedCard]:
    """Where each card stands, or is about to: the newest card letter names the channel.

    A redraw is a letter too; in the same channel the letter that was posted stays the card.
    """
    letters: dict[int, list[Any]] = defaultdict(list)
    letter = t.outbox.c
    gone = (t.LetterState.FAILED, t.LetterState.DROPPED)
    query = (
        select(letter.id, letter.complaint_id, letter.conversation, letter.ts)
        .where(letter.complaint_id.in_(ids), t.letter_is_card, letter.state.not_in(gone))
        .order_by(letter.id)
    )
    for row in await conn.execute(query):
        letters[row.complaint_id].append(row)
    cards = {}
    for complaint_id, of_complaint in letters.items():
        channel = of_complaint[-1].conversation
        here = [row for row in of_complaint if row.conversation == channel]
        posted = next((row for row in reversed(here) if row.ts is not None), here[-1])
        cards[complaint_id] = PostedCard(posted.id, channel)
    return cards
