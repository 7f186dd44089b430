"""Rows that may be there already, in words both databases understand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Values


def insert_for(conn: AsyncConnection, table: Table) -> Any:
    """An INSERT that can be told what to do on a conflict."""
    if conn.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # only where it is used: the drivers take memory

    return postgresql.insert(table)


async def upsert(conn: AsyncConnection, table: Table, key: str, values: Values) -> None:
    """Set the values on the row of this key, making it if there is none."""
    statement = insert_for(conn, table).values(id=key, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


async def insert_new(conn: AsyncConnection, table: Table, rows: list[Values]) -> int:
    """Insert the rows that are not there yet; returns how many were not.

    What somebody else is writing is waited for.
    """
    if not rows:
        return 0
    statement = insert_for(conn, table).values(rows).on_conflict_do_nothing()
    return int((await conn.execute(statement)).rowcount)
