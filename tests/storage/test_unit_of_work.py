"""What is committed is all there, what is not never happened."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError
from storage_cast import CARD, DUE, NOON, case, entry, filed, minutes, promise, reminder, saved

from flows.complaint import (
    CameBack,
    Complaint,
    ComplaintType,
    Contact,
    DeadlineKind,
    Remedy,
    ReminderState,
    Severity,
    State,
    Via,
)
from flows.ports import Absence, AlreadyDone, NoSuchComplaint, Outcome, Snooze, VersionConflict
from flows.rules import Rules
from storage.database import Database


async def test_the_first_complaint_is_called_c_1001(database: Database, rules: Rules) -> None:
    first = await filed(database, rules)
    second = await filed(database, rules)
    assert first.complaint.reference == "C-1001"
    assert second.complaint.reference == "C-1002"


async def test_a_complaint_is_remembered_with_every_fact(database: Database, rules: Rules) -> None:
    complaint = Complaint(
        location="main",
        type=ComplaintType.PRIVACY,
        severity=Severity.SEVERE,
        story="我的照片被发到网上了",
        filed_by="U-ana",
        filed_at=NOON,
        received_at=minutes(-5),
        owner="U-luz",
        rules_id=rules.id,
        number=1001,
        state=State.RESOLVED,
        client="王丽",
        contact=Contact("李 138", None),
        via=Via.REVIEW,
        remedy_sought="remove it",
        happened="yesterday",
        happened_at=minutes(-1440),
        about_staff="U-bob",
        source_link="the review",
        language="zh",
        claimed_at=minutes(1),
        acknowledged_at=minutes(2),
        acknowledged_by="U-luz",
        acknowledged_how="phone",
        resolved_at=minutes(3),
        remedy=Remedy.APOLOGY,
        remedy_accepted=True,
        rating=4,
        booked_again=False,
        came_back=CameBack.YES,
        closed_at=minutes(4),
        attempts=2,
        steps_done=("hear", "photo"),
        times_reopened=1,
        conflict_exception=True,
        heated=True,
        emergency_at=minutes(5),
        called_at=minutes(6),
        called_by="U-omar",
        all_clear_at=minutes(7),
        treatment="filler",
        treated_by="Dr. Haddad",
        client_id="5f4dcc",
    )
    ordinary = case(rules).complaint
    told = {f.name for f in fields(Complaint)} - {"number", "version", "location", "filed_by"}
    same = {n for n in told if getattr(complaint, n) == getattr(ordinary, n)}
    assert same <= {"filed_at", "rules_id"}, "the test has to say something about every field"

    async with database.store.work() as unit:
        await unit.file(Outcome(replace(case(rules), complaint=complaint)), [])
    async with database.store.look() as books:
        assert (await books.case(1001)).complaint == complaint


async def test_a_deadline_is_remembered_with_every_fact(database: Database, rules: Rules) -> None:
    custom = replace(
        promise(DeadlineKind.CUSTOM),
        rungs_fired=2,
        hold_until=minutes(3),
        rest_until=minutes(4),
        set_by="U-luz",
        what="call her sister",
    )
    before = await filed(database, rules)
    after = await saved(
        database, before, Outcome(replace(before, deadlines=(*before.deadlines, custom)))
    )
    stored = after.deadlines[1]
    assert stored == replace(custom, id=stored.id)

    met = replace(stored, met_at=minutes(9), dropped_at=minutes(10), next_at=None)
    again = await saved(
        database, after, Outcome(replace(after, deadlines=(after.deadlines[0], met)))
    )
    assert again.deadlines == (after.deadlines[0], met)


async def test_an_error_takes_everything_back(database: Database, rules: Rules) -> None:
    async def files_until_the_power_goes_out() -> None:
        async with database.store.work() as unit:
            await unit.file(Outcome(case(rules), (entry(),), (CARD,)), ["trigger-1"])
            raise RuntimeError("no power")

    with pytest.raises(RuntimeError, match="no power"):
        await files_until_the_power_goes_out()
    async with database.store.look() as books:
        with pytest.raises(NoSuchComplaint):
            await books.case(1001)
    async with database.store.work() as unit:
        assert await unit.already_done("trigger-1") is None
    assert await database.outbox.waiting() == 0


async def test_of_two_who_change_the_same_complaint_one_is_told(
    database: Database, rules: Rules
) -> None:
    seen_by_both = await filed(database, rules)
    mine = replace(seen_by_both.complaint, owner="U-luz")
    after = await saved(database, seen_by_both, Outcome(replace(seen_by_both, complaint=mine)))
    assert after.complaint == replace(mine, version=1)

    theirs = replace(seen_by_both.complaint, owner="U-bob")
    with pytest.raises(VersionConflict, match="C-1001"):
        await saved(database, seen_by_both, Outcome(replace(seen_by_both, complaint=theirs)))


async def test_a_reminder_alone_does_not_make_a_new_version(
    database: Database, rules: Rules
) -> None:
    before = await filed(database, rules)
    after = await saved(database, before, Outcome(replace(before, reminders=(reminder(),))))
    assert after.complaint.version == 0
    assert len(after.reminders) == 1


async def test_sixteen_people_at_once_lose_nothing(database: Database, rules: Rules) -> None:
    await filed(database, rules)

    async def tries_to_call() -> None:
        async with database.store.work() as unit:
            before = await unit.case(1001)
            tried = replace(before.complaint, attempts=before.complaint.attempts + 1)
            outcome = Outcome(replace(before, complaint=tried), (entry("tried"),))
            await unit.save([(before, outcome)])

    await asyncio.gather(*(tries_to_call() for _ in range(16)))
    async with database.store.look() as books:
        assert (await books.case(1001)).complaint.attempts == 16
        assert [line.sequence for line in await books.history(1001)] == list(range(1, 18))
    await database.verify(1001)


async def test_a_press_counts_once(database: Database, rules: Rules) -> None:
    before = await filed(database, rules, keys=["view-1", "trigger-1"])
    async with database.store.work() as unit:
        assert await unit.already_done("view-1") == 1001
        assert await unit.already_done("trigger-2") is None
        await unit.save([(before, Outcome(before))], ["trigger-2"])

    for key in ("trigger-1", "trigger-2"):
        with pytest.raises(AlreadyDone) as refused:
            async with database.store.work() as unit:
                await unit.save([(before, Outcome(before))], [key])
        assert refused.value.number == 1001
    with pytest.raises(AlreadyDone):
        await filed(database, rules, keys=["view-1"])


async def test_nothing_reminds_twice(database: Database, rules: Rules) -> None:
    before = await filed(database, rules)
    reminded = replace(before, reminders=(reminder("U-ana"),))
    await saved(database, before, Outcome(reminded))
    after = await saved(database, before, Outcome(reminded))
    assert [r.recipient for r in after.reminders] == ["U-ana"]


async def test_a_moved_deadline_reminds_anew(database: Database, rules: Rules) -> None:
    before = await filed(database, rules)
    reminded = await saved(database, before, Outcome(replace(before, reminders=(reminder(),))))
    later = DUE + timedelta(hours=1)
    moved = replace(
        reminded,
        deadlines=(replace(reminded.deadlines[0], due_at=later),),
        reminders=(*reminded.reminders, reminder(due_at=later)),
    )
    after = await saved(database, reminded, Outcome(moved))
    assert [r.due_at for r in after.reminders] == [DUE, later]


async def test_reminders_of_a_met_deadline_stay_known(database: Database, rules: Rules) -> None:
    before = await filed(database, rules)
    told = (reminder("U-ana"), reminder("U-luz", state=ReminderState.SENT))
    live = await saved(database, before, Outcome(replace(before, reminders=told)))
    assert [r.recipient for r in live.reminders] == ["U-ana", "U-luz"]
    met = replace(live, deadlines=(replace(live.deadlines[0], met_at=minutes(40)),))
    after = await saved(database, live, Outcome(met))
    assert [r.recipient for r in after.reminders] == ["U-ana", "U-luz"]


async def test_a_snooze_is_remembered_renewed_and_ended(database: Database, rules: Rules) -> None:
    before = await filed(database, rules)
    once, twice = Snooze("U-ana", minutes(10), 1), Snooze("U-ana", minutes(20), 2)
    after = await saved(database, before, Outcome(replace(before, snoozes=(once,))))
    assert after.snoozes == (once,)
    after = await saved(database, after, Outcome(replace(after, snoozes=(twice,))))
    assert after.snoozes == (twice,)
    after = await saved(database, after, Outcome(replace(after, snoozes=())))
    assert after.snoozes == ()


async def test_many_cases_are_saved_together(database: Database, rules: Rules) -> None:
    before = [await filed(database, rules) for _ in range(5)]
    async with database.store.work() as unit:
        await unit.save(
            [
                (one, Outcome(replace(one, reminders=(reminder(),)), (entry("reminded"),)))
                for one in before
            ]
        )
        after = await unit.due(minutes(30), minutes(30), limit=10)
    assert [len(one.reminders) for one in after] == [1] * 5
    for number in range(1001, 1006):
        await database.verify(number)


async def test_a_time_without_a_zone_is_refused(database: Database, rules: Rules) -> None:
    naive = datetime(2026, 6, 12, 14, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a zone"):
        await filed(database, rules, filed_at=naive)


async def test_a_time_in_another_zone_is_the_same_instant(database: Database, rules: Rules) -> None:
    local = NOON.astimezone(ZoneInfo("America/Los_Angeles"))
    stored = await filed(database, rules, happened_at=local)
    assert stored.complaint.happened_at == NOON
    assert stored.complaint.happened_at.tzinfo is NOON.tzinfo


async def test_who_is_away_is_away_until_then(database: Database) -> None:
    async with database.store.work() as unit:
        ana = Absence("U-ana", NOON, minutes(60), "U-luz")
        await unit.set_absence(ana)
        await unit.set_absence(Absence("U-bob", minutes(10), minutes(60)))
        assert await unit.absences(NOON) == {"U-ana": ana}
        assert (await unit.absences(minutes(10))).keys() == {"U-ana", "U-bob"}
        assert await unit.absences(minutes(60)) == {}


async def test_a_later_absence_stays_planned_when_one_is_away_before(database: Database) -> None:
    later = Absence("U-ana", minutes(600), minutes(900), "U-luz")
    async with database.store.work() as unit:
        await unit.set_absence(later)
        await unit.set_absence(Absence("U-ana", NOON, minutes(60)))
        assert await unit.absences(minutes(30)) == {"U-ana": Absence("U-ana", NOON, minutes(60))}
        assert await unit.absences(minutes(700)) == {"U-ana": later}


async def test_an_absence_of_the_same_time_replaces_what_was_said_before(
    database: Database,
) -> None:
    async with database.store.work() as unit:
        await unit.set_absence(Absence("U-ana", NOON, minutes(600)))
        shorter = Absence("U-ana", minutes(10), minutes(60), "U-luz")
        await unit.set_absence(shorter)
        assert await unit.absences(minutes(30)) == {"U-ana": shorter}
        assert await unit.absences(minutes(60)) == {}
        assert (await unit.absences(minutes(5)))["U-ana"].until == minutes(10)


async def test_who_is_back_is_back_and_what_was_planned_stays(database: Database) -> None:
    later = Absence("U-ana", minutes(600), minutes(900))
    async with database.store.work() as unit:
        await unit.set_absence(later)
        await unit.set_absence(Absence("U-ana", NOON, minutes(60)))
        ended = await unit.end_absence("U-ana", minutes(30))
        assert ended == Absence("U-ana", NOON, minutes(60))
        assert await unit.absences(minutes(30)) == {}
        assert await unit.end_absence("U-ana", minutes(30)) == later
        assert await unit.end_absence("U-ana", minutes(30)) is None


async def test_the_reader_is_known_with_who_is_away(database: Database) -> None:
    ana = Absence("U-ana", NOON, minutes(60), "U-luz")
    async with database.store.work() as unit:
        assert await unit.reader("U-bob", NOON) == (None, {})
        await unit.set_language("U-bob", "es")
        assert await unit.reader("U-bob", NOON) == ("es", {})
        await unit.set_absence(ana)
        assert await unit.reader("U-bob", minutes(1)) == ("es", {"U-ana": ana})
        assert await unit.reader("U-luz", minutes(1)) == (None, {"U-ana": ana})


async def test_the_next_morning_list_is_remembered(database: Database) -> None:
    async with database.store.work() as unit:
        assert await unit.morning_lists() == {}
        for at in (minutes(1), minutes(2)):
            await unit.set_morning_list("main", at)
            assert await unit.morning_lists() == {"main": at}
        await unit.set_morning_list("main", None)
        assert await unit.morning_lists() == {}
