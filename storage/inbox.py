"""Events written down before they are acknowledged, so that none is lost and none counts twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import tables as t
from storage.kit import Kit, may_go
from storage.upsert import insert_new
from storage.vault import NO_CELLS

LANES = 20
"""How many people's events are taken at once."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event to be handled; `tries` is how often that failed already.

    `again`: somebody began to handle it and did not end, so that it may have had its effect.
    """

    id: str
    lane: str
    payload: Mapping[str, Any]
    tries: int
    again: bool


class Inbox:
    """Events until each is done: in order within a lane, shared among all processes."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._reader = reader
        self._kit = kit
        self._in_hand: set[str] = set()

    async def write_down(
        self, event_id: str, lane: str, payload: Mapping[str, Any], now: datetime
    ) -> bool:
        """Keep an event until it is done; False if it came before, done or not."""
        cells = self._kit.vault.cells(dict(payload))
        row = {"event_id": event_id, "lane": lane, "received_at": now, **cells}
        async with self._writer.begin() as conn:
            return await insert_new(conn, t.inbox, [row]) == 1

    async def claim(self, now: datetime) -> Sequence[Event]:
        """The oldest event of each lane that may be handled by `now`; it is ours for a while."""
        e = t.inbox.c
        first = (
            select(func.min(e.id).label("id")).where(t.event_waiting).group_by(e.lane).subquery()
        )
        async with self._writer.begin() as conn:
            wall = await self._kit.wall(conn)
            query = (
                select(t.inbox)
                .join(first, first.c.id == e.id)
                .where(
                    may_go(e.not_before, now),
                    self._kit.replica.may_take(t.inbox, wall),
                    e.event_id.not_in(self._in_hand),
                )
                .order_by(e.id)
                .limit(LANES)
                .with_for_update(of=t.inbox, skip_locked=True)
            )
            rows = (await conn.execute(query)).all()
            events = [
                Event(
                    row.event_id,
                    row.lane,
                    self._kit.vault.open(row.sealed),
                    row.tries,
                    again=row.claimed_by is not None,
                )
                for row in rows
            ]
            if events:
                mine = update(t.inbox).where(e.id.in_([row.id for row in rows]))
                await conn.execute(mine.values(self._kit.replica.lease(wall)))
        self._in_hand |= {event.id for event in events}
        return events

    async def done(self, event_id: str, now: datetime) -> None:
        """The event has had its effect: its id stays, what it said is forgotten."""
        await self._set(event_id, done_at=now, claimed_by=None, **NO_CELLS)

    async def postpone(self, event_id: str, until: datetime, tries: int) -> None:
        """Handle it again from `until` on, as what failed `tries` times."""
        await self._set(event_id, not_before=until, tries=tries)

    def release(self, event_id: str) -> None:
        """Nobody works on the event any more here, whatever became of it."""
        self._in_hand.discard(event_id)

    async def next_at(self) -> datetime | None:
        """When an event that failed is handled again; None when none is."""
        query = select(func.min(t.inbox.c.not_before)).where(t.event_waiting)
        async with self._reader.begin() as conn:
            at: datetime | None = await conn.scalar(query)
            return at

    async def waiting(self) -> int:
        """How many events are not done yet."""
        query = select(func.count()).select_from(t.inbox).where(t.event_waiting)
        async with self._reader.begin() as conn:
            return await conn.scalar(query) or 0

    async def _set(self, event_id: str, **values: object) -> None:
        query = update(t.inbox).where(t.inbox.c.event_id == event_id)
        async with self._writer.begin() as conn:
            await conn.execute(query.values(**values))
