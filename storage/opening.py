"""Before a database is used: what DATABASE_URL names, and whether its tables have our shape."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from storage.engines import file_of, is_sqlite, migration_engine
from storage.errors import DatabaseAway, DatabaseUnusable
from storage.migrations import NewerShape, upgrade

NOT_READY = ("57P03", "53300")
"""What a PostgreSQL server says that starts, stops, or has no connection left."""
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


def checked(url: str) -> URL:
    """The URL of a server, or of a file that can be opened, its folder made.

    Raises:
        DatabaseUnusable: it is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        # Not quoted: a database URL may hold a password.
        raise DatabaseUnusable(
            "DATABASE_URL is no database URL; one looks like sqlite+aiosqlite:///amends.sqlite3"
        ) from None
    if parsed.drivername not in DRIVERS:
        raise DatabaseUnusable(
            f"DATABASE_URL names {parsed.drivername}; Amends knows {' and '.join(DRIVERS)}"
        )
    if is_sqlite(parsed):
        _check_file(parsed)
    return parsed


def _check_file(url: URL) -> None:
    file = file_of(url)
    if file is None:
        raise DatabaseUnusable("DATABASE_URL names no file; memory alone would forget everything")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            f"the folder {file.parent} can't be made: {error.strerror}"
        ) from error
    # Tried without aiosqlite first: its thread outlives an attempt to connect that failed, and
    # then complains that the event loop is gone.
    try:
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"{file} can't be used: {error}") from error


async def bring_up_to_date(url: URL) -> None:
    """Bring the tables to the newest shape.

    Raises:
        DatabaseAway: nobody answers.
        DatabaseUnusable: it is not ours to work on.
    """
    engine = migration_engine(url)
    try:
        async with engine.begin() as conn:
            await conn.run_sync(upgrade)
    except NewerShape as error:
        raise DatabaseUnusable(
            f"{url.database} was written by a newer Amends; run that one, or restore a backup"
        ) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in NOT_READY:
            raise DatabaseAway(f"{url.host} is not ready: {error.orig}") from error
        raise DatabaseUnusable(f"{url.database} can't be used: {error.orig}") from error
    except (OSError, TimeoutError) as error:
        raise DatabaseAway(f"nobody answers at {url.host}: {error}") from error
    finally:
        await engine.dispose()
