"""Words that somebody may yet file: of an offer, or too long for a form's field."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import tables as t
from storage.kit import Kit

KEPT_FOR = timedelta(days=7)
"""What was not filed by then never will be."""


class Drafts:
    """Words by an id that a form or a button carries along."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._reader = reader
        self._kit = kit

    async def keep(self, words: str, now: datetime) -> str:
        """Keep a text; gives its id. Those kept too long are forgotten."""
        draft_id = secrets.token_hex(16)
        row = {"id": draft_id, "kept_at": now, **self._kit.vault.cells(words)}
        async with self._writer.begin() as conn:
            await conn.execute(delete(t.draft).where(t.draft.c.kept_at < now - KEPT_FOR))
            await conn.execute(insert(t.draft).values(row))
        return draft_id

    async def words(self, draft_id: str) -> str | None:
        """The text kept under that id, if it is still there."""
        query = select(t.draft.c.sealed).where(t.draft.c.id == draft_id)
        async with self._reader.begin() as conn:
            sealed = await conn.scalar(query)
        return None if sealed is None else str(self._kit.vault.open(sealed))
