"""Opening the database, its shape, and what is remembered beside the complaints."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, inspect, make_url, text
from storage_cast import NOON, filed, minutes, pinged

from flows.ports import Query
from flows.rules import Rules
from storage.database import Database
from storage.engines import migration_engine, reader_engine
from storage.errors import DatabaseUnusable
from storage.migrations import downgrade, upgrade
from storage.tables import metadata


async def test_the_migrations_build_the_tables_and_take_them_down(url: str) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    def table_names(connection: Connection) -> list[str]:
        return inspect(connection).get_table_names()

    def indexes(connection: Connection) -> set[str]:
        rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'index'"))
        return {row.sql for row in rows if row.sql}

    engine = migration_engine(make_url(url))
    async with engine.begin() as conn:
        await conn.run_sync(upgrade)
        assert await conn.run_sync(differences) == []
        migrated = await conn.run_sync(indexes)
        await conn.run_sync(downgrade, "base")
        assert await conn.run_sync(table_names) == ["alembic_version"]
        await conn.run_sync(metadata.create_all)
        # Alembic does not compare the conditions of partial indexes.
        assert await conn.run_sync(indexes) == migrated
    await engine.dispose()


async def test_what_was_written_is_there_after_a_restart(
    database: Database, rules: Rules, url: str, key: str
) -> None:
    before = await filed(database, rules)
    await database.close()
    again = await Database.open(url, key)
    async with again.store.look() as books:
        assert await books.case(1001) == before
    await again.close()


async def test_a_missing_folder_is_made(tmp_path: Path, key: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/a/b/amends.sqlite3"
    for _ in range(2):
        database = await Database.open(url, key)
        await database.close()


@pytest.mark.parametrize(
    ("url", "because"),
    [
        ("amends.sqlite3", "no database URL"),
        ("sqlite:///amends.sqlite3", "only sqlite\\+aiosqlite"),
        ("postgresql+asyncpg://u:secret@db/amends", "only sqlite\\+aiosqlite"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
        ("sqlite+aiosqlite:////dev/null/amends.sqlite3", "can't be made"),
        ("sqlite+aiosqlite:////tmp", "unable to open"),
    ],
)
async def test_an_unusable_database_says_why(url: str, because: str, key: str) -> None:
    with pytest.raises(DatabaseUnusable, match=because) as refused:
        await Database.open(url, key)
    assert "secret" not in str(refused.value)


@pytest.fixture
def diary(file: Path) -> bytes:
    diary = b"dear diary, today a client complained\n" * 100
    file.write_bytes(diary)
    return diary


def test_a_file_that_is_no_database_is_left_alone(
    diary: bytes, file: Path, url: str, key: str
) -> None:
    with pytest.raises(DatabaseUnusable, match="not a database"):
        asyncio.run(Database.open(url, key))
    assert file.read_bytes() == diary


async def test_a_database_of_a_newer_amends_is_left_alone(
    database: Database, file: Path, url: str, key: str
) -> None:
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(DatabaseUnusable, match="newer Amends"):
        await Database.open(url, key)


async def test_who_only_reads_can_not_write(database: Database, url: str) -> None:
    engine = reader_engine(make_url(url))
    with pytest.raises(Exception, match="readonly"):
        async with engine.begin() as conn:
            await conn.execute(text("DELETE FROM person"))
    await engine.dispose()


async def test_a_reader_sees_one_moment(database: Database, rules: Rules) -> None:
    await filed(database, rules)
    async with database.store.look() as books:
        assert (await books.case(1001)).reminders == ()
        await pinged(database, await books.case(1001), "U-ana")
        assert (await books.case(1001)).reminders == ()
    async with database.store.look() as books:
        assert len((await books.case(1001)).reminders) == 1


async def test_hot_questions_cost_by_what_is_open_not_by_what_was_ever_filed(
    database: Database, rules: Rules, file: Path
) -> None:
    await filed(database, rules)
    asked: list[str] = []
    reader = database._reader.sync_engine  # only there shows what is really asked

    @event.listens_for(reader, "before_cursor_execute")
    def _note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    async with database.store.look() as books:
        await books.next_due()
        await books.cases(Query())
        await books.unwatched()
    await database.outbox.next_at()
    await database.inbox.waiting(10)
    with closing(sqlite3.connect(file)) as raw:
        steps = [
            row[3]
            for one in asked
            if one.startswith("SELECT")
            for row in raw.execute(f"EXPLAIN QUERY PLAN {one}", [0] * one.count("?"))
        ]
    for index in (
        "ix_deadline_next",
        "ix_reminder_waiting",
        "ix_outbox_unsettled",
        "ix_outbox_card",
        "ix_inbox_waiting",
        "ix_complaint_open",
        "ix_ping_item_live",
    ):
        assert any(index in step for step in steps), f"{index} is never used: {steps}"
    assert not [step for step in steps if step in ("SCAN complaint", "SCAN deadline")]


async def test_an_event_counts_once_and_is_forgotten_when_done(database: Database) -> None:
    assert await database.inbox.write_down("Ev1", {"text": "hello"}, NOON)
    assert not await database.inbox.write_down("Ev1", {"text": "hello"}, NOON)
    assert await database.inbox.write_down("Ev2", {"text": "again"}, NOON)
    assert await database.inbox.waiting(1) == [("Ev1", {"text": "hello"})]
    assert await database.inbox.waiting_count() == 2

    await database.inbox.done("Ev1", minutes(1))
    assert await database.inbox.waiting(10) == [("Ev2", {"text": "again"})]
    assert not await database.inbox.write_down("Ev1", {"text": "hello"}, minutes(5))


async def test_a_dm_channel_is_remembered(database: Database) -> None:
    assert await database.people.dm_channel("U-ana") is None
    await database.people.remember_dm("U-ana", "D1")
    await database.people.home_opened("U-ana", NOON)
    assert await database.people.dm_channel("U-ana") == "D1"
