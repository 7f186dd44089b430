"""The two engines on one SQLite file: one writer that waits its turn, and readers that never do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
)


def writer_engine(url: URL) -> AsyncEngine:
    """One connection for all that writes.

    Several would meet in SQLite's busy back-off, which takes ten times as long as the queue here.
    IMMEDIATE takes the write lock before the first read: what a unit read is still so when it
    writes.
    """
    return _engine(url, "BEGIN IMMEDIATE", "foreign_keys=ON", pool_size=1)


def reader_engine(url: URL) -> AsyncEngine:
    """Snapshots beside the writer; writing through them is an error."""
    return _engine(url, "BEGIN", "query_only=ON", pool_size=5)


def migration_engine(url: URL) -> AsyncEngine:
    """Foreign keys are off: to change a table SQLite builds it anew, and others refer to it."""
    return _engine(url, "BEGIN IMMEDIATE", "foreign_keys=OFF", pool_size=1)


def _engine(url: URL, begin: str, *pragmas: str, pool_size: int) -> AsyncEngine:
    # The driver's own transactions begin too late, after reads; so it gets none to begin.
    engine = create_async_engine(
        url, connect_args={"isolation_level": None}, pool_size=pool_size, max_overflow=0
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def file_of(url: URL) -> Path | None:
    """The database's file; None for a database in memory, which two engines can't share."""
    if not url.database or url.database == ":memory:":
        return None
    return Path(url.database)
