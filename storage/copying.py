"""Moving everything from a SQLite file to a PostgreSQL server, when one machine is not enough."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Integer, Row, Table, func, insert, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage import timeline
from storage.database import Database
from storage.engines import is_sqlite, migration_engine, reader_engine
from storage.errors import DatabaseUnusable
from storage.opening import bring_up_to_date, checked
from storage.rows import number_of
from storage.vault import Vault

BATCH = 1000
MADE_BY_MIGRATION = (t.shape,)
"""What a new database holds already."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows are in the copy now, and how many complaints' histories were gone through."""

    rows: int
    complaints: int


async def copy(file: Path, server_url: str, keys: str, said: Callable[[str], None]) -> Copied:
    """Copy the SQLite file into the empty PostgreSQL database at `server_url`, and compare.

    All of it becomes true together, or nothing does. The file is left as it is; no bot may work
    on it meanwhile. `said` is told of each table as it is done.

    Raises:
        DatabaseUnusable: one of them can't be used, a bot is at work on the file, the server's
            database holds something already, or the copy differs.
        BadKeys, WrongKey: the keys don't open the file.
        ChainBroken: a history is not as it was written.
    """
    source_url = URL.create("sqlite+aiosqlite", database=str(file))
    target_url = checked(server_url)
    if is_sqlite(target_url):
        raise DatabaseUnusable("the copy goes to a PostgreSQL server, not to another file")
    source = await Database.open(source_url.render_as_string(), keys)
    reader, writer = reader_engine(source_url), migration_engine(target_url)
    try:
        await source.replica.join(lambda: None)
        await bring_up_to_date(target_url)
        async with reader.begin() as old, writer.begin() as new:
            return await _copy(old, new, Vault(keys), said)
    finally:
        await reader.dispose()
        await writer.dispose()
        await source.close()


async def _copy(
    old: AsyncConnection, new: AsyncConnection, vault: Vault, said: Callable[[str], None]
) -> Copied:
    tables = [table for table in t.metadata.sorted_tables if table not in MADE_BY_MIGRATION]
    for table in tables:
        if await new.scalar(select(table).limit(1)) is not None:
            raise DatabaseUnusable("the server's database holds something already; take a new one")
    rows = 0
    for table in tables:
        async for batch in _batches(old, table):
            await new.execute(insert(table), [dict(row._mapping) for row in batch])
        copied = await _same(old, new, table)
        await _count_on(old, new, table)
        said(f"{table.name}: {copied}")
        rows += copied
    ids = list(await new.scalars(select(t.complaint.c.id)))
    for id_ in ids:
        await timeline.verify(new, vault, number_of(id_))
    return Copied(rows, len(ids))


async def _batches(conn: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    """The table's rows in the order of their keys, in batches."""
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(BATCH)
    rows = (await conn.execute(query)).all()
    while rows:
        yield rows
        last = tuple_(*(rows[-1]._mapping[key] for key in keys))
        rows = (await conn.execute(query.where(tuple_(*keys) > last))).all()


async def _same(old: AsyncConnection, new: AsyncConnection, table: Table) -> int:
    """How many rows there are, each the same on both sides."""
    count = 0
    news = _batches(new, table)
    async for before in _batches(old, table):
        if before != await anext(news, None):
            raise DatabaseUnusable(f"the copy of {table.name} differs; nothing was kept")
        count += len(before)
    if await anext(news, None) is not None:
        raise DatabaseUnusable(f"the copy of {table.name} has more; nothing was kept")
    return count


async def _count_on(old: AsyncConnection, new: AsyncConnection, table: Table) -> None:
    """Give the next row the number that it would have had in the file."""
    id_ = table.c.get("id")
    if id_ is None or not isinstance(id_.type, Integer):
        return
    highest = await new.scalar(select(func.max(id_)))
    if table.dialect_options["sqlite"]["autoincrement"]:
        used = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        highest = await old.scalar(used, {"table": table.name}) or highest
    if highest is not None:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        await new.execute(select(func.setval(sequence, highest)))
