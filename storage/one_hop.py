"""SQLite connections whose statements go to their thread and back once.

aiosqlite hands each call of a cursor to the connection's thread: a statement is four journeys (make
the cursor, execute, fetch, close), each of which waits for the thread, and for the event loop after
it. Ours takes the whole statement along in one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite


class Cursor:
    """What SQLAlchemy needs of a driver's cursor; rows are all there once it is executed."""

    description: Any = None
    lastrowid: int | None = None
    rowcount: int = -1
    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Cursor:
        """Nothing has to be opened."""
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """One statement, with its rows."""
        await self._connection.whole(self._executed, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """One statement for each of the parameters."""
        await self._connection.whole(self._executed_many, sql, parameters)

    async def fetchall(self) -> list[Any]:
        """The rows of the statement."""
        return self._rows

    async def close(self) -> None:
        """It is closed since it was executed."""

    def _executed(
        self, connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]
    ) -> None:
        cursor = connection.execute(sql, parameters)
        self._rows = cursor.fetchall()
        self._keep(cursor)

    def _executed_many(
        self, connection: sqlite3.Connection, sql: str, parameters: Iterable[Sequence[Any]]
    ) -> None:
        self._keep(connection.executemany(sql, parameters))

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.lastrowid = cursor.description, cursor.lastrowid
        self.rowcount = cursor.rowcount
        cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection with such cursors."""

    _settled = False
    """Whether its thread is known to have ended what it was told last."""

    async def _execute(self, *work: Any, **named: Any) -> Any:
        self._settled = False
        result = await super()._execute(*work, **named)  # type: ignore[no-untyped-call]
        self._settled = True
        return result

    async def rollback(self) -> None:
        """Roll back, where there is something: SQLAlchemy asks for it after each commit too."""
        if not self._settled or self.in_transaction:
            await super().rollback()

    def cursor(self) -> Cursor:  # type: ignore[override]
        """A cursor; it costs nothing."""
        return Cursor(self)

    async def whole(self, work: Any, *arguments: Any) -> None:
        """Do that on the connection's thread, with the bare connection as its first argument."""
        await self._execute(partial(work, self._conn), *arguments)


async def connect(file: str) -> Connection:
    """Open the file; its transactions are begun by who uses it."""
    connection = Connection(lambda: sqlite3.connect(file, isolation_level=None), 64)
    # The last of them may never be closed, when the process is told to end at once.
    connection._thread.daemon = True
    await connection
    return connection
