"""The engines on one database: those that write, those that read a snapshot, those that migrate.

On SQLite one writer waits its turn and readers never do; on PostgreSQL rows are locked instead.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.one_hop import connect

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
)
WRITERS = 10
READERS = 5
"""Connections of one process to PostgreSQL; readers also of SQLite."""
CONNECT_SECONDS = 10
POSTGRES = {
    "application_name": "amends",
    "timezone": "UTC",
    # A process that froze with a row locked must not stop the others for ever.
    "idle_in_transaction_session_timeout": "60000",
    "lock_timeout": "10000",
    "statement_timeout": "60000",
}


def is_sqlite(url: URL) -> bool:
    """Whether the database is a file of this machine; else it is a PostgreSQL server."""
    return url.get_backend_name() == "sqlite"


def writer_engine(url: URL) -> AsyncEngine:
    """For units of work, which are short.

    SQLite gets one connection: several would meet in its busy back-off, which takes ten times as
    long as the queue here. IMMEDIATE takes the write lock before the first read, so that what a
    unit read is still so when it writes; on PostgreSQL the unit locks the rows that it reads.
    """
    if is_sqlite(url):
        return _sqlite(url, "BEGIN IMMEDIATE", "foreign_keys=ON", pool_size=1)
    return _postgres(url, pool_size=WRITERS)


def reader_engine(url: URL) -> AsyncEngine:
    """Snapshots beside the writers; writing through them is an error."""
    if is_sqlite(url):
        return _sqlite(url, "BEGIN", "query_only=ON", pool_size=READERS)
    engine = _postgres(url, pool_size=READERS)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def migration_engine(url: URL) -> AsyncEngine:
    """For the steps between shapes, one process at a time (`storage.migrations`).

    On SQLite foreign keys are off: to change a table it is built anew, and others refer to it.
    """
    if is_sqlite(url):
        return _sqlite(url, "BEGIN IMMEDIATE", "foreign_keys=OFF", pool_size=1)
    return _postgres(url, pool_size=1, lock_timeout="0", statement_timeout="0")


def _postgres(url: URL, pool_size: int, **settings: str) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        # The server may have gone and come back since the last use.
        pool_pre_ping=True,
        connect_args={
            "server_settings": {**POSTGRES, **settings},
            "timeout": CONNECT_SECONDS,
        },
    )


def _sqlite(url: URL, begin: str, *pragmas: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        async_creator=partial(connect, str(url.database)),
        pool_size=pool_size,
        max_overflow=0,
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
