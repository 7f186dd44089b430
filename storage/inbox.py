"""Events written down before they are acknowledged, so that none is lost and none counts twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import tables as t
from storage.kit import Kit
from storage.vault import NO_CELLS


class Inbox:
    """Events by their id, oldest first, until each is done."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._reader = reader
        self._kit = kit

    async def write_down(self, event_id: str, payload: Mapping[str, Any], now: datetime) -> bool:
        """Keep an event until it is done; False if it came before, done or not."""
        cells = self._kit.vault.cells(dict(payload))
        known = select(t.inbox.c.id).where(t.inbox.c.event_id == event_id)
        async with self._writer.begin() as conn:
            if await conn.scalar(known) is not None:
                return False
            row = {"event_id": event_id, "received_at": now, **cells}
            await conn.execute(insert(t.inbox).values(row))
        return True

    async def waiting(self, limit: int) -> list[tuple[str, dict[str, Any]]]:
        """The oldest events not done yet, each as (event id, payload)."""
        query = select(t.inbox).where(t.event_waiting).order_by(t.inbox.c.id).limit(limit)
        async with self._reader.begin() as conn:
            rows = (await conn.execute(query)).all()
        return [(row.event_id, self._kit.vault.open(row.sealed)) for row in rows]

    async def done(self, event_id: str, now: datetime) -> None:
        """The event has had its effect: its id stays, what it said is forgotten."""
        query = update(t.inbox).where(t.inbox.c.event_id == event_id)
        async with self._writer.begin() as conn:
            await conn.execute(query.values(done_at=now, **NO_CELLS))

    async def waiting_count(self) -> int:
        """How many events are not done yet."""
        query = select(func.count()).select_from(t.inbox).where(t.event_waiting)
        async with self._reader.begin() as conn:
            return await conn.scalar(query) or 0
