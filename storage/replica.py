"""This process among those that share the database: its name, its leases, and hints from others.

A lease says until when nobody else takes up what one process has begun. It counts by the wall
clock of the database: those of the machines may differ, and the program's own can be moved.
"""

from __future__ import annotations

import asyncio
import fcntl
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING
from zlib import crc32

import structlog
from sqlalchemy import URL, ColumnElement, Table, or_

from storage.engines import CONNECT_SECONDS, file_of, is_sqlite
from storage.errors import DatabaseUnusable

if TYPE_CHECKING:
    import asyncpg

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""Longer than sending a letter or handling an event may take."""
POLL = timedelta(seconds=5)
"""How often each process looks for work at least; hints only make it earlier."""
HINTS = "amends"
"""The channel on which the database tells that something is due soon."""
RECONNECT_SECONDS = 5.0
SLOTS = 64
"""More processes of one Amends than this on one machine make no sense."""


class Replica:
    """The name under which this process takes leases.

    On SQLite there is only one; on PostgreSQL it is the machine and a place on it that no other
    process holds, so that a process that was killed and started again takes up its own at once.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self.id = "only" if is_sqlite(url) else f"{socket.gethostname()}:-"
        self._lock: IO[bytes] | None = None
        self._task: asyncio.Task[None] | None = None

    def may_take(self, table: Table, wall: datetime) -> ColumnElement[bool]:
        """Whether a row is nobody's, ours from before we were stopped, or its lease has expired."""
        c = table.c
        return or_(c.claimed_by.is_(None), c.claimed_by == self.id, c.lease_until <= wall)

    def lease(self, wall: datetime) -> dict[str, object]:
        """The values that make a row ours."""
        return {"claimed_by": self.id, "lease_until": wall + LEASE}

    async def join(self, hinted: Callable[[], None]) -> None:
        """Take a place; from now on `hinted` is called when another process sets something due.

        Raises:
            DatabaseUnusable: a SQLite file that another process works on.
        """
        if is_sqlite(self._url):
            self._lock_file()
            return
        joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._stay(joined, hinted), name="replica")
        await joined

    async def leave(self) -> None:
        """Give the place up."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._lock is not None:
            self._lock.close()

    def _lock_file(self) -> None:
        file = file_of(self._url)
        assert file is not None, "checked when it was opened"  # noqa: S101
        # Beside it: to close the database's own file would give up SQLite's locks on it.
        lock = Path(f"{file}-lock").open("wb")  # noqa: SIM115  kept open as long as we run
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise DatabaseUnusable(
                f"another amends is at work on {file}. Stop that one first; several at once "
                "need PostgreSQL"
            ) from None
        self._lock = lock

    async def _stay(self, joined: asyncio.Future[None], hinted: Callable[[], None]) -> None:
        """Hold a place and listen; after a loss of the connection, with another one.

        Work goes on meanwhile: polling finds what no hint tells of.
        """
        from asyncpg import PostgresError  # here, as SQLite needs nothing of it

        while True:
            try:
                connection = await self._connect()
            except (OSError, TimeoutError, PostgresError) as problem:
                log.warning("replica_unconnected", problem=type(problem).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            try:
                gone = asyncio.Event()
                connection.add_termination_listener(partial(_set, gone))
                # After a loss the old place first: in another's, we would take up its work.
                self.id = await _free_place(connection, self.id)
                await connection.add_listener(HINTS, lambda *_: hinted())
                if not joined.done():
                    joined.set_result(None)
                await gone.wait()
                log.warning("replica_connection_lost", replica=self.id)
            finally:
                connection.terminate()

    async def _connect(self) -> asyncpg.Connection:
        dsn = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        from asyncpg import connect

        return await connect(dsn, timeout=CONNECT_SECONDS)


def _set(gone: asyncio.Event, _connection: object) -> None:
    gone.set()


async def _free_place(connection: asyncpg.Connection, preferred: str) -> str:
    machine = socket.gethostname()
    names = [f"{machine}:{place}" for place in range(SLOTS)]
    for name in sorted(names, key=lambda name: name != preferred):
        if await connection.fetchval(
            "SELECT pg_try_advisory_lock($1, $2)", _key(HINTS), _key(name)
        ):
            return name
    raise RuntimeError(f"{SLOTS} processes are at work on this machine already")


def _key(name: str) -> int:
    """A name as PostgreSQL's advisory locks take it: 32 bits with a sign."""
    return int.from_bytes(crc32(name.encode()).to_bytes(4, "big"), "big", signed=True)
