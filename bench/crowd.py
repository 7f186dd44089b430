"""Databases with as many complaints as are asked for, made by copying one that was filed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.books import read_lexicon, read_playbook
from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC
from flows.complaint import ComplaintType, Severity
from flows.desk import By, Desk
from flows.filing import Filing
from flows.ports import Clock
from sandbox.clock import friday_at_one
from storage.database import Database
from storage.engines import migration_engine
from storage.tables import metadata
from storage.vault import new_key

WAITS = timedelta(minutes=30)
"""When the owner is first reminded of an acknowledgement."""


class HandClock:
    """A clock that shows what it is set to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """What it shows."""
        return self.at

    async def sleep_until(self, instant: datetime | None) -> None:
        """Nobody sleeps by it."""
        raise NotImplementedError


@dataclass
class Office:
    """A desk over an open database, and what the measurements need to know of both."""

    desk: Desk
    database: Database
    clock: Any
    url: str
    keys: str

    async def file(self, key: str, person: str = "U0ANA") -> int:
        """File one complaint; returns its number."""
        place = self.desk.clinic.default_location
        filing = Filing(
            place,
            "She waited forty minutes and nobody said why",
            ComplaintType.SERVICE,
            Severity.MINOR,
            self.clock.at,
            client="王丽",
        )
        case = await self.desk.file(filing, By(person, "command", (key,)))
        assert case.complaint.number is not None
        return case.complaint.number


@asynccontextmanager
async def office(
    url: str, keys: str | None = None, clock: Clock | None = None
) -> AsyncIterator[Office]:
    """A desk on that database, which is made if it isn't there; else it is a Friday at one."""
    clinic = read_clinic(SANDBOX_CLINIC)
    zone = clinic.locations[clinic.default_location].hours.zone
    clock = clock or HandClock(friday_at_one(zone))
    keys = keys or new_key()
    database = await Database.open(url, keys, clock.now)
    desk = Desk(database.store, clinic, read_playbook(), read_lexicon(), clock, lambda: None)
    try:
        await desk.take_clinic(clinic)
        yield Office(desk, database, clock, url, keys)
    finally:
        await database.close()


@contextmanager
def sqlite_file() -> Iterator[str]:
    """The URL of a SQLite database that is gone afterwards."""
    with TemporaryDirectory() as folder:
        yield f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite3'}"


async def crowd(office_: Office, complaints: int) -> None:
    """File one complaint and copy it until there are that many, each with an owner of its own."""
    await office_.file("the first")
    engine = migration_engine(make_url(office_.url))
    async with engine.begin() as conn:
        # As if the courier had been there.
        await conn.execute(
            text(
                "UPDATE outbox SET state = 'sent', settled_at = created_at,"
                " channel = 'C0', ts = 'first'"
            )
        )
        await copies(conn, "complaint", complaints, id="n", owner="'U' || n")
        await copies(conn, "deadline", complaints, complaint_id="n")
        await copies(conn, "timeline", complaints, complaint_id="n")
        await copies(conn, "outbox", complaints, complaint_id="n", ts="'n' || n", place="NULL")
        if conn.dialect.name == "postgresql":
            sequence = "pg_get_serial_sequence('complaint', 'id')"
            await conn.execute(text(f"SELECT setval({sequence}, {complaints})"))
        await conn.execute(text("ANALYZE"))
    await engine.dispose()


async def copies(conn: AsyncConnection, table: str, complaints: int, **columns: str) -> None:
    """Copy what the first complaint has in a table for the 2nd to the last complaint.

    `columns` are set to SQL in which `n` is the number of the copy; the others stay the same.
    """
    rows = metadata.tables[table]
    names = [c.name for c in rows.columns if c.name != "id" or "id" in columns]
    values = [columns.get(name, f"{table}.{name}") for name in names]
    of_first = f"{table}.id = 1" if "id" in columns else f"{table}.complaint_id = 1"
    await conn.execute(
        text(
            "WITH RECURSIVE numbers(n) AS"
            f" (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {complaints})"
            f" INSERT INTO {table} ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM numbers CROSS JOIN {table} WHERE {of_first}"
        )
    )
