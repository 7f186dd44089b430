"""What we remember of people beyond the clinic file: their DM with us, their Home tab."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import tables as t
from storage.upsert import upsert


class People:
    """Facts about people, by Slack user id."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader

    async def dm_channel(self, person: str) -> str | None:
        """The channel of our DM with this person; None if none was opened yet."""
        query = select(t.person.c.dm_channel).where(t.person.c.id == person)
        async with self._reader.begin() as conn:
            channel: str | None = await conn.scalar(query)
            return channel

    async def remember_dm(self, person: str, channel: str) -> None:
        """Keep the channel of our DM with this person."""
        async with self._writer.begin() as conn:
            await upsert(conn, t.person, person, {"dm_channel": channel})

    async def home_opened(self, person: str, now: datetime) -> None:
        """This person looks at the Home tab; from now on it is redrawn for them."""
        async with self._writer.begin() as conn:
            await upsert(conn, t.person, person, {"home_opened_at": now})
