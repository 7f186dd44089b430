"""One row per key, made on first use, in plain SQL that every database understands."""

from __future__ import annotations

from sqlalchemy import Table, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Values


async def upsert(conn: AsyncConnection, table: Table, key: str, values: Values) -> None:
    """Set the values on the row of this key, making it if there is none."""
    result = await conn.execute(update(table).where(table.c.id == key).values(values))
    if result.rowcount == 0:
        await conn.execute(insert(table).values(id=key, **values))
