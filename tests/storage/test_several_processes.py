"""Several processes on one database: work is shared, done once, and handed on by who is killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from embedded_postgres import EmbeddedPostgres
from storage_cast import (
    CARD,
    NOON,
    alter,
    case,
    entry,
    filed,
    letters,
    minutes,
    promise,
    raw,
    saved,
    taken,
)

from flows.ports import AlreadyDone, Outcome
from flows.rules import Rules
from storage.database import Database
from storage.errors import DatabaseUnusable

A_MINUTE_LATER = {
    table: f"UPDATE {table} SET lease_until = lease_until - interval '61 seconds' "  # noqa: S608
    "WHERE claimed_by IS NOT NULL"
    for table in ("outbox", "inbox", "lone_task")
}


@pytest.fixture
def url(postgres: EmbeddedPostgres) -> str:
    return postgres.fresh_database()


class Crew:
    """Processes on one database, as far as the database can tell."""

    def __init__(self, url: str, key: str, stack: AsyncExitStack) -> None:
        self._url = url
        self._key = key
        self._stack = stack

    async def joins(self) -> tuple[Database, asyncio.Event]:
        """One more, and what is set when it is hinted that something is due."""
        database = await Database.open(self._url, self._key, lambda: NOON)
        self._stack.push_async_callback(database.close)
        hinted = asyncio.Event()
        await database.replica.join(hinted.set)
        return database, hinted


@pytest.fixture
async def crew(url: str, key: str) -> AsyncIterator[Crew]:
    async with AsyncExitStack() as stack:
        yield Crew(url, key, stack)


async def hinted_within(hinted: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(hinted.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def test_each_has_a_name_of_its_own_and_a_free_one_is_taken_again(crew: Crew) -> None:
    first, _ = await crew.joins()
    second, _ = await crew.joins()
    assert first.replica.id != second.replica.id
    await first.replica.leave()
    third, _ = await crew.joins()
    assert third.replica.id == first.replica.id


async def test_due_cases_are_shared_and_neither_waits(crew: Crew, rules: Rules) -> None:
    one, _ = await crew.joins()
    other, _ = await crew.joins()
    for _ in range(6):
        await filed(one, rules)
    async with one.store.work() as mine:
        took = {due.complaint.number for due in await mine.due(minutes(30), minutes(30), 4)}
        async with other.store.work() as theirs:
            rest = {due.complaint.number for due in await theirs.due(minutes(30), minutes(30), 100)}
    assert len(took) == 4
    assert took | rest == set(range(1001, 1007))
    assert not took & rest


async def test_a_letter_is_sent_by_one_of_them(crew: Crew, rules: Rules) -> None:
    one, _ = await crew.joins()
    other, _ = await crew.joins()
    await filed(one, rules, CARD)
    heads = [[head.id for head in await d.outbox.heads(NOON)] for d in (one, other)]
    claims = [d.outbox.claim(ids, NOON) for d, ids in zip((one, other), heads, strict=True)]
    assert sorted(map(len, await asyncio.gather(*claims))) == [0, 1]


async def test_what_a_killed_one_was_sending_is_taken_on_when_its_lease_ends(
    crew: Crew, rules: Rules, url: str
) -> None:
    killed, _ = await crew.joins()
    other, _ = await crew.joins()
    await filed(killed, rules, CARD)
    assert len(await taken(killed)) == 1
    assert await taken(other) == []
    await alter(url, A_MINUTE_LATER["outbox"])
    (letter,) = await taken(other)
    assert letter.uncertain, "it may be there already"


async def test_one_that_starts_again_takes_up_its_own_at_once(crew: Crew, rules: Rules) -> None:
    killed, _ = await crew.joins()
    await crew.joins()
    await filed(killed, rules, CARD)
    await taken(killed)
    await killed.replica.leave()
    again, _ = await crew.joins()
    (letter,) = await letters(again)
    assert letter.uncertain


async def test_an_event_is_handled_by_one_of_them_and_in_its_order(crew: Crew, url: str) -> None:
    one, _ = await crew.joins()
    other, _ = await crew.joins()
    for id_ in ("Ev1", "Ev2"):
        await one.inbox.write_down(id_, "U-ana", {}, NOON)
    assert [event.id for event in await one.inbox.claim(NOON)] == ["Ev1"]
    assert await other.inbox.claim(NOON) == [], "her second waits for her first, wherever that is"
    await alter(url, A_MINUTE_LATER["inbox"])
    (event,) = await other.inbox.claim(NOON)
    assert (event.id, event.again) == ("Ev1", True)


async def test_an_event_told_to_both_counts_once(crew: Crew) -> None:
    one, _ = await crew.joins()
    other, _ = await crew.joins()
    told = await asyncio.gather(
        *(d.inbox.write_down("Ev1", "U-ana", {}, NOON) for d in (one, other) for _ in range(4))
    )
    assert sorted(told) == [False] * 7 + [True]


async def test_of_two_who_file_with_one_key_one_is_told(crew: Crew, rules: Rules) -> None:
    one, _ = await crew.joins()
    other, _ = await crew.joins()

    async def file(database: Database) -> int | None:
        async with database.store.work() as unit:
            stored = await unit.file(Outcome(case(rules), (entry(),)), ["trigger:1"])
            return stored.number

    results = await asyncio.gather(*(file(d) for d in (one, other) * 4), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDone"] * 7 + ["int"]
    (number,) = [result for result in results if isinstance(result, int)]
    assert {r.number for r in results if isinstance(r, AlreadyDone)} == {number}


async def test_many_acts_on_the_same_complaints_lock_nobody_out(crew: Crew, rules: Rules) -> None:
    crewed = [(await crew.joins())[0] for _ in range(3)]
    cases = [await filed(crewed[0], rules) for _ in range(4)]

    async def note(database: Database, number: int | None) -> None:
        assert number is not None
        async with database.store.work() as unit:
            before = await unit.case(number)
            attempts = before.complaint.attempts + 1
            after = replace(before, complaint=replace(before.complaint, attempts=attempts))
            await unit.save([(before, Outcome(after, (entry("tried"),)))])

    numbers = [one.complaint.number for one in cases]
    await asyncio.gather(*(note(d, n) for n in numbers for d in crewed for _ in range(5)))
    async with crewed[0].store.look() as books:
        for number in numbers:
            assert number is not None
            assert (await books.case(number)).complaint.attempts == 15
            await crewed[0].verify(number)


async def test_the_morning_list_is_written_by_one_of_them(crew: Crew) -> None:
    one, _ = await crew.joins()
    other, _ = await crew.joins()
    async with one.store.work() as unit:
        await unit.set_morning_list("main", NOON)
    async with one.store.work() as mine, other.store.work() as theirs:
        assert await mine.mornings_due(NOON) == ["main"]
        assert await theirs.mornings_due(NOON) == []


async def test_the_others_are_hinted_at_what_is_due_soon_only(crew: Crew, rules: Rules) -> None:
    one, _ = await crew.joins()
    _, hinted = await crew.joins()
    before = await filed(one, rules)
    assert not await hinted_within(hinted, 0.2), "half an hour is found by looking"
    soon = replace(promise(), next_at=NOON)
    await saved(one, before, Outcome(replace(before, deadlines=(*before.deadlines, soon))))
    assert await hinted_within(hinted, 5)


async def test_a_lost_connection_is_made_again(crew: Crew, rules: Rules, url: str) -> None:
    one, hinted = await crew.joins()
    other, _ = await crew.joins()
    names = (one.replica.id, other.replica.id)
    before = await filed(other, rules)
    soon = replace(promise(), next_at=NOON)
    async with raw(url) as conn:
        await conn.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
    for _ in range(50):
        await saved(other, before, Outcome(replace(before, deadlines=(*before.deadlines, soon))))
        if await hinted_within(hinted, 0.2):
            break
    assert hinted.is_set()
    assert (one.replica.id, other.replica.id) == names, "neither takes up the other's work"


async def test_a_second_process_on_a_sqlite_file_is_refused(tmp_path: Path, key: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/amends.sqlite3"
    one, other = await Database.open(url, key), await Database.open(url, key)
    await one.replica.join(lambda: None)
    with pytest.raises(DatabaseUnusable, match="PostgreSQL"):
        await other.replica.join(lambda: None)
    await one.close()
    await other.replica.join(lambda: None)
    await other.close()


async def test_a_lone_task_is_one_process_s_until_it_lets_go_or_is_killed(
    crew: Crew, url: str
) -> None:
    (one, _), (two, _) = await crew.joins(), await crew.joins()
    assert await one.lone_tasks.hold("polling")
    assert await one.lone_tasks.hold("polling")
    assert not await two.lone_tasks.hold("polling")
    assert await two.lone_tasks.hold("another")
    await one.lone_tasks.release("polling")
    assert await two.lone_tasks.hold("polling")
    await one.lone_tasks.release("polling")
    assert not await one.lone_tasks.hold("polling")
    await alter(url, A_MINUTE_LATER["lone_task"])
    assert await one.lone_tasks.hold("polling")
