"""The courier's side of the outbox: what to send next, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from flows.complaint import Reminder, ReminderState
from flows.ports import Letter, PostedAt, Purpose
from storage import tables as t
from storage.kit import LONGEST_WAIT, Kit, may_go
from storage.rows import number_of, reminder_of
from storage.tables import LetterState, is_word

AWAY = "away:"
"""Before the reason of a letter that waits for Slack to answer again."""


@dataclass(frozen=True, slots=True)
class Head:
    """A letter that may go out next in its lane. `redraws`: it changes a message that stands."""

    id: int
    lane: str
    redraws: bool


class Outbox:
    """Letters in the order of their conversations, shared among all processes."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._reader = reader
        self._kit = kit
        # What is marked as being sent by us and isn't in here was being sent when we last stopped.
        self._in_flight: set[int] = set()

    async def heads(self, now: datetime, limit: int = 50) -> list[Head]:
        """The oldest unsent letter of each lane, where it may go out by `now`."""
        letter, card, first = t.outbox.c, t.outbox.alias(), _first_of_each_lane()
        posted = select(card.c.id).where(
            card.c.complaint_id == letter.complaint_id,
            card.c.conversation == letter.conversation,
            is_word(card.c.purpose, Purpose.CARD),
            card.c.ts.is_not(None),
        )
        redraws = or_(
            letter.purpose.in_((Purpose.EDIT, Purpose.HOME)),
            and_(letter.purpose == Purpose.CARD, posted.exists()),
        )
        async with self._reader.begin() as conn:
            wall = await self._kit.wall(conn)
            query = (
                select(letter.id, letter.conversation, redraws.label("redraws"))
                .join(first, first.c.id == letter.id)
                .where(*self._claimable(now, wall))
                .order_by(letter.id)
                .limit(limit)
            )
            rows = (await conn.execute(query)).all()
        return [Head(row.id, row.conversation, row.redraws) for row in rows]

    async def claim(self, letter_ids: Collection[int], now: datetime) -> list[Letter]:
        """Take these letters on, before they are sent: a crash leaves them uncertain.

        Those that another process took, or that may not go out by `now`, are left out.
        """
        letter = t.outbox.c
        async with self._writer.begin() as conn:
            wall = await self._kit.wall(conn)
            query = (
                select(t.outbox)
                .where(letter.id.in_(letter_ids), t.letter_unsettled, *self._claimable(now, wall))
                .order_by(letter.id)
                .with_for_update(of=t.outbox, key_share=True, skip_locked=True)
            )
            rows = (await conn.execute(query)).all()
            letters = await self._letters(conn, rows)
            if rows:
                mine = update(t.outbox).where(letter.id.in_([row.id for row in rows]))
                lease = self._kit.replica.lease(wall)
                await conn.execute(mine.values(state=LetterState.SENDING, **lease))
        self._in_flight |= {row.id for row in rows}
        return letters

    async def next_at(self) -> datetime | None:
        """When the next letter may go out; None when nothing waits that nobody has taken on."""
        letter, first = t.outbox.c, _first_of_each_lane()
        query = (
            select(func.min(func.coalesce(letter.not_before, letter.created_at)))
            .join(first, first.c.id == letter.id)
            .where(letter.state == LetterState.WAITING)
        )
        async with self._reader.begin() as conn:
            at: datetime | None = await conn.scalar(query)
            return at

    async def waiting(self) -> int:
        """How many letters are neither sent nor given up."""
        query = select(func.count()).select_from(t.outbox).where(t.letter_unsettled)
        async with self._reader.begin() as conn:
            return await conn.scalar(query) or 0

    async def by_message(self, channel: str, ts: str) -> Letter | None:
        """The letter that was posted there."""
        query = select(t.outbox).where(t.outbox.c.channel == channel, t.outbox.c.ts == ts)
        async with self._reader.begin() as conn:
            letters = await self._letters(conn, (await conn.execute(query)).all())
        return letters[0] if letters else None

    async def reminders(self, letter_id: int) -> list[tuple[int, Reminder]]:
        """The reminders that the letter delivers, each with its complaint's number."""
        async with self._reader.begin() as conn:
            return await _reminders(conn, letter_id)

    def release(self, letter_id: int) -> None:
        """The letter is not under way any more, whatever became of it.

        Where that could not be noted, it counts as uncertain and comes again.
        """
        self._in_flight.discard(letter_id)

    async def delivered(
        self, letter_id: int, channel: str | None, ts: str | None, now: datetime
    ) -> None:
        """Note where the letter stands, and that its reminders were sent.

        A redraw gives the place of what it redrew; a Home tab has none.
        """
        async with self._writer.begin() as conn:
            own = not await _is_redraw(conn, letter_id, channel, ts)
            await _set(
                conn,
                letter_id,
                state=LetterState.SENT,
                settled_at=now,
                channel=channel,
                ts=ts if own else None,
            )
            await _reminders_become(conn, letter_id, ReminderState.SENT)
        self._in_flight.discard(letter_id)

    async def failed(
        self, letter_id: int, reason: str, now: datetime
    ) -> list[tuple[int, Reminder]]:
        """Give the letter up for good; returns the reminders that failed, each with its number."""
        async with self._writer.begin() as conn:
            await _reminders_become(conn, letter_id, ReminderState.FAILED)
            await _give_up(conn, letter_id, LetterState.FAILED, reason, now)
            failed = await _reminders(conn, letter_id)
        self._in_flight.discard(letter_id)
        return failed

    async def drop(self, letter_id: int) -> None:
        """There is nothing to say any more: its reminders are superseded."""
        async with self._writer.begin() as conn:
            await _give_up(conn, letter_id, LetterState.DROPPED, None, self._kit.now())
            await _reminders_become(conn, letter_id, ReminderState.SUPERSEDED)
        self._in_flight.discard(letter_id)

    async def postpone(
        self, letter_id: int, until: datetime, reason: str, *, uncertain: bool = True
    ) -> None:
        """Try again from `until` on, or earlier if that is very far.

        Not `uncertain` only if nothing can have been posted.
        """
        async with self._writer.begin() as conn:
            await _set(
                conn,
                letter_id,
                state=LetterState.WAITING,
                attempts=t.outbox.c.attempts + 1,
                not_before=min(until, self._kit.now() + LONGEST_WAIT),
                reason=reason,
                uncertain=uncertain,
                claimed_by=None,
            )
        self._in_flight.discard(letter_id)

    async def waits_for_slack(self) -> bool:
        """Whether there is a letter that waits for Slack to answer again."""
        query = select(t.outbox.c.id).where(*_waits_for_slack()).limit(1)
        async with self._reader.begin() as conn:
            return await conn.scalar(query) is not None

    async def hasten(self) -> None:
        """Slack answers again: what waited for that may go out now."""
        now_on = update(t.outbox).where(*_waits_for_slack()).values(not_before=None)
        async with self._writer.begin() as conn:
            await conn.execute(now_on)

    def _claimable(self, now: datetime, wall: datetime) -> tuple[ColumnElement[bool], ...]:
        letter, edited = t.outbox.c, t.outbox.alias()
        ready = and_(letter.state == LetterState.WAITING, may_go(letter.not_before, now))
        stranded = and_(
            letter.state == LetterState.SENDING, self._kit.replica.may_take(t.outbox, wall)
        )
        # A message is edited once it stands; drawn before, it would miss what the edit says.
        unposted = select(edited.c.id).where(
            edited.c.id == letter.edits,
            edited.c.state.in_((LetterState.WAITING, LetterState.SENDING)),
        )
        return (or_(ready, stranded), ~unposted.exists(), letter.id.not_in(self._in_flight))

    async def _letters(self, conn: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Letter]:
        if not rows:
            return []
        edited = await _by_id(conn, {row.edits for row in rows if row.edits is not None})
        about = {row.complaint_id for row in rows if row.purpose in (Purpose.CARD, Purpose.THREAD)}
        cards = await _cards(conn, about)
        live = await _live_items(conn, {row.id for row in rows} | edited.keys())
        return [self._letter(row, edited, cards.get(row.complaint_id, {}), live) for row in rows]

    def _letter(
        self,
        row: Row[Any],
        edited: Mapping[int, Row[Any]],
        cards: Mapping[str, PostedAt],
        live: Mapping[int, list[int]],
    ) -> Letter:
        purpose = Purpose(row.purpose)
        shown = edited[row.edits] if purpose is Purpose.EDIT else row
        return Letter(
            id=row.id,
            purpose=purpose,
            to=row.conversation.removeprefix(f"{purpose}:"),
            key=shown.key,
            facts=self._kit.vault.open(shown.sealed),
            number=None if shown.complaint_id is None else number_of(shown.complaint_id),
            created_at=row.created_at,
            attempts=row.attempts,
            uncertain=row.uncertain or row.state == LetterState.SENDING,
            edits=_place(shown) if purpose is Purpose.EDIT else None,
            # A line written for one channel never follows the card to another: they differ in
            # who reads them.
            thread=cards.get(row.conversation) if purpose is Purpose.THREAD else None,
            card=cards.get(row.conversation) if purpose is Purpose.CARD else None,
            live_items=tuple(live.get(shown.id, ())),
        )


def _waits_for_slack() -> tuple[ColumnElement[bool], ...]:
    letter = t.outbox.c
    waits = letter.state == LetterState.WAITING
    return (t.letter_unsettled, waits, letter.reason.startswith(AWAY, autoescape=True))


def _first_of_each_lane() -> Any:
    return (
        select(func.min(t.outbox.c.id).label("id"))
        .where(t.letter_unsettled)
        .group_by(t.outbox.c.conversation)
        .subquery()
    )


def _place(row: Row[Any]) -> PostedAt | None:
    return None if row.ts is None else PostedAt(row.channel, row.ts)


async def _by_id(conn: AsyncConnection, ids: set[int]) -> dict[int, Row[Any]]:
    if not ids:
        return {}
    rows = await conn.execute(select(t.outbox).where(t.outbox.c.id.in_(ids)))
    return {row.id: row for row in rows}


async def _cards(conn: AsyncConnection, complaint_ids: set[int]) -> dict[int, dict[str, PostedAt]]:
    """The posted cards of these complaints, by the channel they were written for."""
    if not complaint_ids:
        return {}
    letter = t.outbox.c
    query = (
        select(t.outbox)
        .where(t.letter_is_card, letter.complaint_id.in_(complaint_ids), letter.ts.is_not(None))
        .order_by(letter.id)
    )
    cards: dict[int, dict[str, PostedAt]] = {}
    for row in await conn.execute(query):
        cards.setdefault(row.complaint_id, {})[row.conversation] = PostedAt(row.channel, row.ts)
    return cards


async def _live_items(conn: AsyncConnection, letter_ids: set[int]) -> dict[int, list[int]]:
    item = t.ping_item.c
    query = (
        select(item.outbox_id, item.complaint_id)
        .where(item.outbox_id.in_(letter_ids), t.ping_live)
        .order_by(item.complaint_id)
    )
    live: dict[int, list[int]] = {}
    for outbox_id, complaint_id in await conn.execute(query):
        live.setdefault(outbox_id, []).append(number_of(complaint_id))
    return live


async def _is_redraw(
    conn: AsyncConnection, letter_id: int, channel: str | None, ts: str | None
) -> bool:
    """Whether an earlier letter stands there: a place belongs to the letter posted first."""
    letter = t.outbox.c
    query = select(letter.id).where(letter.channel == channel, letter.ts == ts)
    first = await conn.scalar(query)
    return first is not None and first != letter_id


async def _set(conn: AsyncConnection, letter_id: int, **values: object) -> None:
    await conn.execute(update(t.outbox).where(t.outbox.c.id == letter_id).values(values))


async def _give_up(
    conn: AsyncConnection, letter_id: int, state: LetterState, reason: str | None, now: datetime
) -> None:
    await _set(conn, letter_id, state=state, settled_at=now, reason=reason)
    of_letter = t.ping_item.c.outbox_id == letter_id
    await conn.execute(update(t.ping_item).where(of_letter).values(live=False))


async def _reminders(conn: AsyncConnection, letter_id: int) -> list[tuple[int, Reminder]]:
    query = (
        select(t.reminder, t.deadline.c.kind)
        .join(t.deadline, t.deadline.c.id == t.reminder.c.deadline_id)
        .where(t.reminder.c.outbox_id == letter_id)
        .order_by(t.reminder.c.id)
    )
    return [(number_of(row.complaint_id), reminder_of(row)) for row in await conn.execute(query)]


async def _reminders_become(conn: AsyncConnection, letter_id: int, state: ReminderState) -> None:
    r = t.reminder.c
    queued = (r.outbox_id == letter_id, r.state == ReminderState.QUEUED)
    await conn.execute(update(t.reminder).where(*queued).values(state=state))
