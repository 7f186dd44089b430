"""A clinic moves from its SQLite file to a PostgreSQL server, and work goes on there."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from embedded_postgres import EmbeddedPostgres
from test_amends_run import AMENDS

from bot.demo.stage import Stage
from flows.ports import Query
from storage.vault import new_key


async def amends_db_copy(stage: Stage, server: str, **settings: str) -> tuple[int, str]:
    """The exit status, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(AMENDS, "db", "copy", str(stage.database_file), server),
        env=stage.settings | settings,
        cwd=stage.database_file.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, told.decode()


async def some_complaints(stage: Stage) -> None:
    """One under way, one finished, one in a conversation, an event, a card with a ping."""
    await stage.files("ana", "王女士 waited", type="service", severity="1", client="王秀英")
    settled = await stage.files("ben", "wrong bill", type="billing", severity="1")
    await stage.types("ben", f"/complaint withdraw {settled}")
    await stage.submits("ben", reason="Filed twice")
    await stage.types("chloe", "She says the laser burnt her", "@amends")
    await stage.passes(minutes=40)
    await stage.stops_bot()


async def everything(stage: Stage) -> list[object]:
    async with stage.bot.store.look() as books:
        cases = await books.cases(Query(open_only=False))
        return [(case, await books.history(case.complaint.number or 0)) for case in cases]


async def test_everything_is_there_afterwards_and_the_clock_goes_on(
    stage: Stage, postgres: EmbeddedPostgres
) -> None:
    await some_complaints(stage)
    await stage.starts_bot()
    before = await everything(stage)
    await stage.stops_bot()
    server = postgres.fresh_database()
    status, told = await amends_db_copy(stage, server)
    assert status == 0, told
    assert "the histories of 2 complaints are whole" in told

    stage.database_url = server
    await stage.starts_bot()
    assert await everything(stage) == before
    await stage.look_away()
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"])
    assert await stage.files("ben", "another", type="service", severity="1") == "C-1003"


async def test_a_server_that_holds_something_is_left_alone(
    stage: Stage, postgres: EmbeddedPostgres
) -> None:
    await some_complaints(stage)
    server = postgres.fresh_database()
    await amends_db_copy(stage, server)
    status, told = await amends_db_copy(stage, server)
    assert (status, "holds something already" in told) == (1, True)


async def test_a_file_that_a_bot_works_on_is_not_copied(
    stage: Stage, postgres: EmbeddedPostgres
) -> None:
    status, told = await amends_db_copy(stage, postgres.fresh_database())
    assert (status, "another amends is at work" in told) == (1, True)


async def test_another_key_copies_nothing(stage: Stage, postgres: EmbeddedPostgres) -> None:
    await some_complaints(stage)
    status, told = await amends_db_copy(stage, postgres.fresh_database(), ENCRYPTION_KEYS=new_key())
    assert (status, "ENCRYPTION_KEYS does not fit" in told) == (1, True)


async def test_an_altered_history_is_not_passed_on(
    stage: Stage, postgres: EmbeddedPostgres
) -> None:
    await some_complaints(stage)
    _alter(stage.database_file)
    server = postgres.fresh_database()
    status, told = await amends_db_copy(stage, server)
    assert (status, "the history of complaint 1001 was altered at entry 1" in told) == (1, True)
    assert await postgres.query(server, "SELECT id FROM complaint") == []


def _alter(file: Path) -> None:
    with sqlite3.connect(file) as conn:
        conn.execute("UPDATE timeline SET actor = 'U0BEN' WHERE complaint_id = 1 AND sequence = 1")
    conn.close()


@pytest.mark.parametrize("target", ["sqlite+aiosqlite:///other.sqlite3", "nonsense"])
async def test_it_goes_to_a_server_only(stage: Stage, target: str) -> None:
    await stage.stops_bot()
    status, told = await amends_db_copy(stage, target)
    assert status == 1
    assert "DATABASE_URL: " in told
    assert "Traceback" not in told
