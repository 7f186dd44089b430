"""Lists, what is due, and what the watchdog finds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from storage_cast import NOON, filed, minutes, pinged, reminder, saved

from flows.complaint import ComplaintType, Contact, ReminderState, Severity, State
from flows.ports import Books, NoSuchComplaint, Outcome, Query
from flows.rules import Rules
from storage.database import Database


async def numbers(books: Books, query: Query) -> list[int | None]:
    return [case.complaint.number for case in await books.cases(query)]


async def test_an_unknown_number_is_said_to_be_unknown(database: Database) -> None:
    async with database.store.look() as books:
        with pytest.raises(NoSuchComplaint, match="C-4711"):
            await books.case(4711)


async def test_lists_begin_with_what_is_due_first_and_end_with_the_newest(
    database: Database, rules: Rules
) -> None:
    for due in (50, 10, 30, None, None):
        before = await filed(database, rules)
        deadline = before.deadlines[0]
        changed = (
            replace(deadline, dropped_at=NOON)
            if due is None
            else replace(deadline, due_at=minutes(due))
        )
        await saved(database, before, Outcome(replace(before, deadlines=(changed,))))
    async with database.store.look() as books:
        assert await numbers(books, Query()) == [1002, 1003, 1001, 1005, 1004]
        assert await numbers(books, Query(limit=4)) == [1002, 1003, 1001, 1005]
        assert await numbers(books, Query(limit=2)) == [1002, 1003]


async def test_every_word_of_a_query_narrows(database: Database, rules: Rules) -> None:
    await filed(database, rules)
    await filed(
        database,
        rules,
        location="uptown",
        type=ComplaintType.SAFETY,
        severity=Severity.SEVERE,
        owner="U-luz",
        filed_by="U-bob",
        state=State.RESOLVED,
        filed_at=minutes(5),
        contact=Contact("lucy@example.com", "lucy@example.com"),
    )
    await filed(database, rules, state=State.CLOSED)
    await pinged(database, await filed(database, rules, location="airport"), "U-eva")
    async with database.store.look() as books:
        for query in (
            Query(location="uptown"),
            Query(type=ComplaintType.SAFETY),
            Query(severity=Severity.SEVERE),
            Query(owner="U-luz"),
            Query(filed_by="U-bob"),
            Query(states=(State.RESOLVED, State.CLOSED)),
            Query(filed_from=minutes(5)),
            Query(filed_from=minutes(1), filed_before=minutes(6)),
            Query(contact="lucy@example.com"),
        ):
            assert await numbers(books, query) == [1002], query
        assert await numbers(books, Query(filed_before=minutes(5), location="main")) == [1001]
        assert await numbers(books, Query(contact="+14155550132")) == [1004, 1001]
        assert await numbers(books, Query(open_only=False, states=(State.CLOSED,))) == [1003]
        assert await numbers(books, Query(told="U-eva")) == [1004]
        assert await numbers(books, Query(told="U-ana")) == []


async def test_what_is_due_comes_oldest_first(database: Database, rules: Rules) -> None:
    for next_at in (20, 40, 10):
        before = await filed(database, rules)
        deadline = replace(before.deadlines[0], next_at=minutes(next_at))
        await saved(database, before, Outcome(replace(before, deadlines=(deadline,))))
    async with database.store.work() as unit:
        due = await unit.due(minutes(30), minutes(30), limit=10)
        assert [case.complaint.number for case in due] == [1003, 1001]
        first = await unit.due(minutes(30), minutes(30), limit=1)
        assert [case.complaint.number for case in first] == [1003]


async def test_of_what_is_told_all_night_only_the_first_and_the_last_times_are_read(
    database: Database, rules: Rules
) -> None:
    before = await filed(database, rules)
    sent = [reminder(round=n, state=ReminderState.SENT) for n in range(1, 101)]
    held_back = reminder(round=50, recipient="U-eva")
    await saved(
        database, before, Outcome(replace(before, reminders=(*sent, held_back, reminder("U-luz"))))
    )
    async with database.store.look() as books:
        case = await books.case(1001)
    told = [(known.recipient, known.round) for known in case.reminders]
    assert told == [*(("U-ana", n) for n in (1, 2, 3, 100)), ("U-eva", 50), ("U-luz", 0)]


async def test_a_held_back_reminder_is_due_at_its_own_time(
    database: Database, rules: Rules
) -> None:
    before = await filed(database, rules)
    quiet = replace(before.deadlines[0], next_at=None)
    held_back = replace(before, deadlines=(quiet,), reminders=(reminder(send_at=minutes(25)),))
    await saved(database, before, Outcome(held_back))
    async with database.store.work() as unit:
        assert await unit.due(minutes(24), minutes(24), limit=10) == []
        assert len(await unit.due(minutes(25), minutes(25), limit=10)) == 1


async def test_the_clock_learns_when_to_look_again(database: Database, rules: Rules) -> None:
    async def next_due() -> object:
        async with database.store.look() as books:
            return await books.next_due()

    assert await next_due() is None
    async with database.store.work() as unit:
        await unit.set_morning_list("main", minutes(90))
    assert await next_due() == minutes(90)
    before = await filed(database, rules)
    assert await next_due() == minutes(30)
    waiting = replace(before, reminders=(reminder(send_at=minutes(20)),))
    after = await saved(database, before, Outcome(waiting))
    assert await next_due() == minutes(20)
    pinged_and_met = replace(
        after,
        deadlines=(replace(after.deadlines[0], met_at=NOON),),
        reminders=(),
    )
    await saved(database, after, Outcome(pinged_and_met))
    assert await next_due() == minutes(20), "a reminder left out of the case is not forgotten"


async def test_the_watchdog_finds_a_complaint_that_nothing_watches(
    database: Database, rules: Rules
) -> None:
    watched = await filed(database, rules)
    unwatched = await filed(database, rules)
    finished = await filed(database, rules, state=State.WITHDRAWN)
    for before in (unwatched, finished):
        met = replace(before.deadlines[0], met_at=NOON)
        await saved(database, before, Outcome(replace(before, deadlines=(met,))))
    async with database.store.look() as books:
        assert (await books.audit(NOON)).unwatched == (unwatched.complaint.number,)
    assert watched.complaint.number == 1001
