"""A database for every test, on SQLite and again on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from storage_cast import NOON

from flows.hours import Hours
from flows.rules import PingRule, Rules
from storage.database import Database
from storage.vault import new_key


@pytest.fixture
def key() -> str:
    return new_key()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is when it is on SQLite."""
    return tmp_path / "amends.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, file: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{file}"
    url: str = request.getfixturevalue("postgres").fresh_database()
    return url


@pytest.fixture
async def database(url: str, key: str) -> AsyncIterator[Database]:
    database = await Database.open(url, key, lambda: NOON)
    yield database
    await database.close()


@pytest.fixture
def rules() -> Rules:
    hours = Hours.model_validate(
        {"zone": "America/Los_Angeles", "week": "always", "call_time": "10:00"}
    )
    places = ("main", "uptown", "airport")
    return Rules(deadlines={}, pings=PingRule(), hours=dict.fromkeys(places, hours))
