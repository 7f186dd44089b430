"""Where each person is in a filing by conversation; one a person, sealed."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from flows.conversation import Conversation
from flows.ports import VersionConflict
from storage import tables as t
from storage.kit import Kit


class Conversations:
    """Conversations by whose they are: the transport and the person (`slack:U123`)."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._reader = reader
        self._kit = kit

    async def of(self, whose: str) -> Conversation | None:
        """The conversation of this person, if there is one."""
        query = select(t.conversation).where(t.conversation.c.id == whose)
        async with self._reader.begin() as conn:
            row = (await conn.execute(query)).one_or_none()
        if row is None:
            return None
        known = Conversation.of_json(self._kit.vault.open(row.sealed))
        return replace(known, version=row.version)

    async def save(self, whose: str, conversation: Conversation) -> Conversation:
        """Keep the conversation in the place of the version it was made from (0: of none).

        Returns it with its new version; raises VersionConflict when somebody was quicker.
        """
        version = conversation.version + 1
        values = {
            "version": version,
            "updated_at": self._kit.now(),
            **self._kit.vault.cells(conversation.to_json()),
        }
        this_version = (
            t.conversation.c.id == whose,
            t.conversation.c.version == conversation.version,
        )
        async with self._writer.begin() as conn:
            try:
                if conversation.version == 0:
                    await conn.execute(insert(t.conversation).values(id=whose, **values))
                else:
                    changed = update(t.conversation).where(*this_version).values(values)
                    if (await conn.execute(changed)).rowcount == 0:
                        raise VersionConflict
            except IntegrityError:
                raise VersionConflict from None
        return replace(conversation, version=version)

    async def end(self, whose: str, version: int) -> None:
        """Forget the conversation of that version: it was filed; a later one stays."""
        this_version = (t.conversation.c.id == whose, t.conversation.c.version == version)
        async with self._writer.begin() as conn:
            await conn.execute(delete(t.conversation).where(*this_version))
