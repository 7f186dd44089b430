"""The open database: the check of the keys, and all parts of the program that stand on it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from flows.ports import Books, Unit
from storage import tables as t
from storage import timeline
from storage.books import SqlBooks
from storage.conversations import Conversations
from storage.drafts import Drafts
from storage.engines import reader_engine, writer_engine
from storage.errors import WrongKey
from storage.inbox import Inbox
from storage.kit import Kit
from storage.lone_tasks import LoneTasks
from storage.opening import bring_up_to_date, checked
from storage.outbox import Outbox
from storage.people import People
from storage.replica import Replica
from storage.rotation import reseal
from storage.rows import Values
from storage.unit import SqlUnit
from storage.upsert import insert_new
from storage.vault import Vault


class SqlStore:
    """The `Store` of flows/ports.py."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._reader = reader
        self._kit = kit

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Unit]:
        """A unit of work: commits when the block ends, rolls back when it raises.

        Others wait for it: nothing but the unit's own methods may be awaited inside.
        """
        async with self._writer.begin() as conn:
            unit = SqlUnit(conn, self._kit)
            yield unit
            await unit.hint()
        self._kit.rules_stored.update(unit.rules_stored)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Books]:
        """A consistent snapshot for reading."""
        async with self._reader.begin() as conn:
            yield SqlBooks(conn, self._kit)


class Database:
    """The open database and the parts of the program that stand on it."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._reader = reader
        self._kit = kit
        self.store = SqlStore(writer, reader, kit)
        self.outbox = Outbox(writer, reader, kit)
        self.inbox = Inbox(writer, reader, kit)
        self.people = People(writer, reader)
        self.drafts = Drafts(writer, reader, kit)
        self.conversations = Conversations(writer, reader, kit)
        self.lone_tasks = LoneTasks(writer, kit)
        self.replica = kit.replica

    def client_id(self, address: str) -> str:
        """What stands for a client in columns, by where the transport reaches her."""
        return self._kit.client_id(address)

    @classmethod
    async def open(
        cls,
        url: str,
        encryption_keys: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Database:
        """Open the database, bring it to the newest shape and try the keys on it.

        Raises BadKeys, DatabaseUnusable or WrongKey. `now` dates what has no time of its own;
        the composition gives its clock's.
        """
        vault = Vault(encryption_keys)
        parsed = checked(url)
        await bring_up_to_date(parsed)
        writer, reader = writer_engine(parsed), reader_engine(parsed)
        try:
            lookup_key = await _unlock(writer, vault)
        except BaseException:
            await writer.dispose()
            raise
        return cls(writer, reader, Kit(vault, lookup_key, now, Replica(parsed)))

    async def close(self) -> None:
        """Close the connections; nothing works afterwards."""
        await self.replica.leave()
        await self._reader.dispose()
        await self._writer.dispose()

    async def reseal(self) -> int:
        """Bring every sealed row under the newest key; returns how many were under another."""
        return await reseal(self._writer, self._kit.vault)

    async def verify(self, number: int) -> None:
        """Raise ChainBroken if the complaint's history is not as it was written."""
        async with self._reader.begin() as conn:
            await timeline.verify(conn, self._kit.vault, number)


async def _unlock(writer: AsyncEngine, vault: Vault) -> str:
    """The key of the lookup hash, made with the canary when the database is new.

    WrongKey if the canary, hence nothing else either, opens under our keys.
    """
    async with writer.begin() as conn:
        sealed = await _sealed(conn)
        if not sealed:
            new = {"canary": "canary", "lookup": secrets.token_hex(32)}
            rows: list[Values] = [{"name": name, **vault.cells(new[name])} for name in new]
            # Another process may be making them too: whichever was first, they are read again.
            await insert_new(conn, t.secret, rows)
            sealed = await _sealed(conn)
    try:
        vault.open(sealed["canary"])
        opened: str = vault.open(sealed["lookup"])
    except WrongKey:
        raise WrongKey(
            "the database was encrypted under a key that ENCRYPTION_KEYS does not hold; "
            "put that key back into the list"
        ) from None
    return opened


async def _sealed(conn: AsyncConnection) -> dict[str, bytes]:
    rows = await conn.execute(select(t.secret))
    return {row.name: row.sealed for row in rows}
