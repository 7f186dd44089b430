"""Who is pinged and when: ladders, holding back, gathering, catching up, failing over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flows_cast import (
    ACKNOWLEDGE,
    ADMINS,
    ANA,
    BEN,
    CHLOE,
    CLINIC,
    CUSTOM,
    DAVID,
    DESK,
    FEEDBACK,
    FOLLOW_UP,
    MARIA,
    MINOR,
    MODERATE,
    NINA,
    NOBODY_AWAY,
    OMAR,
    ONE,
    RESOLVE,
    SEVERE,
    SOFIA,
    TAKE_CHARGE,
    Absences,
    Clockwork,
    Heard,
    at,
    away,
    clinic_where,
    filed,
    lines,
    local,
    moment,
    notices,
    only,
    owned,
    reminder,
    with_deadlines,
)

from flows.acts import Evidence, claim, contact, note, snooze, take_charge, tried
from flows.buttons import SNOOZES, buttons_of, snoozes_left
from flows.complaint import (
    Attempt,
    Deadline,
    DeadlineKind,
    How,
    Remedy,
    Reminder,
    ReminderState,
    Severity,
)
from flows.ending import follow_up_at, resolve
from flows.firing import CATCH_UP_AFTER
from flows.ladder import BOT, fail_over, rescheduled, scheduled, upcoming
from flows.ports import Case, LivePing, Outcome, Purpose, Snooze
from flows.tick import Look

END = at("23:59", 30)
SPOKE = Evidence(How.PHONE, "Mary Kay", "Sorry; she comes back on Monday")


def pings(case: Case, end: datetime = END, absences: Absences = NOBODY_AWAY) -> list[str]:
    """Everything that is pinged when nobody does anything."""
    return lines(Clockwork.of(case, absences=absences).until(end))


# ------------------------------------------------------------------------------------- the ladders

ACKNOWLEDGE_LADDER = [
    "12 13:30 ana: acknowledge",
    "12 13:50 ana: acknowledge",
    "12 14:00 ana: acknowledge",
    "12 14:00 sofia: acknowledge",
    "12 14:15 maria: acknowledge",
    "12 14:30 david: acknowledge",
    "12 15:00 david: acknowledge",
    "12 16:00 david: acknowledge",
]
SATURDAY = ["13 11:00 ana", "13 13:00 ana", "13 15:00 sofia"]


def pinged(lines_: list[str], what: str) -> list[str]:
    return [f"{line}: {what}" for line in lines_]


@pytest.mark.parametrize(
    ("severity", "kind", "expected"),
    [
        (MINOR, ACKNOWLEDGE, ACKNOWLEDGE_LADDER),
        (MODERATE, ACKNOWLEDGE, ACKNOWLEDGE_LADDER),
        (SEVERE, ACKNOWLEDGE, ACKNOWLEDGE_LADDER),
        (MINOR, FEEDBACK, pinged(SATURDAY, "feedback")),
        (MODERATE, FEEDBACK, pinged(SATURDAY, "feedback")),
        (SEVERE, FEEDBACK, pinged(SATURDAY, "feedback")),
        # Half time is in the night: asked at opening, and handed on an hour later.
        (
            MINOR,
            RESOLVE,
            [
                "13 09:00 ana: resolve",
                "13 11:00 ben: resolve",
                "13 13:00 ben: resolve",
                "13 15:00 sofia: resolve",
            ],
        ),
        # 48 hours later is a closed Sunday: severity 2 has until an hour after the opening.
        (
            MODERATE,
            RESOLVE,
            ["13 17:00 ana: resolve", "15 10:00 ana: resolve", "15 12:00 sofia: resolve"],
        ),
        # Severity 3 never waits.
        (
            SEVERE,
            RESOLVE,
            [
                "13 13:00 ana: resolve",
                "14 11:00 ben: resolve",
                "14 13:00 ben: resolve",
                "14 15:00 sofia: resolve",
            ],
        ),
        (MINOR, TAKE_CHARGE, []),
        (MODERATE, TAKE_CHARGE, []),
        (
            SEVERE,
            TAKE_CHARGE,
            [
                "12 13:00 maria: take_charge",
                "12 13:15 maria: take_charge",
                "12 13:30 david: take_charge",
                "12 14:00 david: take_charge",
                "12 15:00 david: take_charge",
            ],
        ),
    ],
)
def test_when_nobody_acts_the_ladder_goes(
    severity: Severity, kind: DeadlineKind, expected: list[str]
) -> None:
    assert pings(only(filed(severity), kind)) == expected


def test_a_minor_complaint_sleeps_when_we_are_closed() -> None:
    assert pings(only(filed(now=at("17:20")), ACKNOWLEDGE)) == [
        "12 17:50 ana: acknowledge",
        "13 09:10 ana: acknowledge",
        "13 09:20 ana: acknowledge",
        "13 09:20 sofia: acknowledge",
        "13 09:35 maria: acknowledge",
        "13 09:50 david: acknowledge",
        "13 10:20 david: acknowledge",
        "13 11:20 david: acknowledge",
    ]


def test_a_severe_one_wakes_people() -> None:
    case = only(filed(SEVERE, now=at("23:00", 13)), ACKNOWLEDGE, TAKE_CHARGE)
    assert pings(case) == [
        "13 23:00 maria: take_charge",
        "13 23:15 maria: take_charge",
        "13 23:30 ana: acknowledge",
        "13 23:30 david: take_charge",
        "13 23:50 ana: acknowledge",
        "14 00:00 ana: acknowledge",
        "14 00:00 sofia: acknowledge",
        "14 00:00 david: take_charge",
        "14 00:15 maria: acknowledge",
        "14 00:30 david: acknowledge",
        "14 01:00 david: acknowledge take_charge",
        "14 02:00 david: acknowledge",
    ]


@pytest.mark.parametrize("severity", [MINOR, MODERATE, SEVERE])
def test_the_follow_up_is_pinged_once_and_the_supervisor_hears_on_the_next_working_day(
    severity: Severity,
) -> None:
    settled = resolve(filed(severity, by=MARIA), "Apologised", Remedy.APOLOGY, True, moment(MARIA))
    assert pings(owned(settled.case, ANA)) == [
        "26 16:00 ana: follow_up",
        "27 09:00 sofia: follow_up",
    ]


@pytest.mark.parametrize("severity", [MINOR, MODERATE, SEVERE])
def test_a_reminder_set_by_hand_rings_for_who_set_it_and_for_the_owner(severity: Severity) -> None:
    case = follow_up_at(filed(severity), at("16:30", 16), moment(BEN)).case
    assert pings(only(case, CUSTOM)) == ["16 16:30 ben: custom", "16 16:30 ana: custom"]
    own = follow_up_at(filed(severity), at("16:30", 16), moment(ANA)).case
    assert pings(only(own, CUSTOM)) == ["16 16:30 ana: custom"]


@pytest.mark.parametrize(
    ("severity", "expected"), [(MINOR, "15 09:00"), (MODERATE, "15 09:00"), (SEVERE, "13 22:00")]
)
def test_a_ping_outside_hours_comes_at_opening_unless_severe(
    severity: Severity, expected: str
) -> None:
    case = follow_up_at(filed(severity), at("22:00", 13), moment(ANA)).case
    assert pings(only(case, CUSTOM)) == [f"{expected} ana: custom"]


def test_one_person_on_several_ladders_at_one_instant_gets_one_ping() -> None:
    heard = Clockwork.of(filed()).until(at("11:00", 13))[-1]
    assert heard.person == BEN
    assert heard.items[1042]["kinds"] == ["feedback", "resolve"]
    assert {r.deadline for _, r in heard.message.reminders} == {FEEDBACK, RESOLVE}


def test_each_ping_says_why_this_person_is_told() -> None:
    reasons = {
        (h.person, h.items[1042]["why"])
        for h in Clockwork.of(filed(), absences=away(MARIA, SOFIA=BEN, DAVID=CHLOE)).until(
            at("16:00")
        )
    }
    assert reasons == {
        (ANA, "owner"),
        (BEN, f"covering:{SOFIA}"),
        (CHLOE, "in_place:manager"),
        (CHLOE, f"covering:{DAVID}"),
    }


@pytest.mark.parametrize(
    ("by", "absences", "expected"),
    [
        # For an empty rung the next is told in its place, and again at its own time.
        (ANA, away(SOFIA), ["14:00 ana", "14:00 maria", "14:15 maria", "14:30 david"]),
        (ANA, away(SOFIA, MARIA), ["14:00 ana", "14:00 david", "14:15 david", "14:30 david"]),
        (
            ANA,
            away(ANA),
            ["13:30 sofia", "13:50 sofia", "14:00 sofia", "14:15 maria", "14:30 david"],
        ),
        (ANA, away(ANA=BEN), ["13:30 ben", "13:50 ben", "14:00 ben", "14:00 sofia"]),
        (SOFIA, NOBODY_AWAY, ["14:00 sofia", "14:00 maria", "14:15 maria", "14:30 david"]),
        (MARIA, NOBODY_AWAY, ["14:00 maria", "14:00 david", "14:15 david", "14:30 david"]),
        # Above the director there is nobody: one ping at a time.
        (DAVID, NOBODY_AWAY, ["14:00 david", "14:15 david", "14:30 david", "15:00 david"]),
    ],
)
def test_the_ladder_with_rungs_on_which_nobody_stands(
    by: str, absences: Absences, expected: list[str]
) -> None:
    heard = [
        line.removeprefix("12 ").removesuffix(": acknowledge")
        for line in pings(only(filed(by=by), ACKNOWLEDGE), absences=absences)
    ]
    assert [one for one in heard if one >= expected[0][:5]][: len(expected)] == expected


def test_the_person_concerned_is_never_pinged() -> None:
    case = filed(SEVERE, about_staff=MARIA)
    assert {h.person for h in Clockwork.of(case).until(END)} == {DAVID}
    case = filed(SEVERE, about_staff=DAVID)
    assert {h.person for h in Clockwork.of(case).until(END)} == {NINA}


# -------------------------------------------------------------------------------- filed afterwards


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        # Reminders already past at filing are dropped.
        ("12:25", ["13:15 ana", "13:25 ana", "13:25 sofia", "13:40 maria", "13:55 david"]),
        ("12:10", ["13:10 ana", "13:10 sofia", "13:25 maria", "13:40 david", "14:10 david"]),
        # A due time that is past: owner and supervisor now, the rest at its distance from now.
        ("12:00", ["13:00 ana", "13:00 sofia", "13:15 maria", "13:30 david", "14:00 david"]),
        ("10:00", ["13:00 ana", "13:00 sofia", "13:15 maria", "13:30 david", "14:00 david"]),
    ],
)
def test_told_late_the_ladder_starts_where_it_stands(received: str, expected: list[str]) -> None:
    case = only(filed(received_at=at(received)), ACKNOWLEDGE)
    assert pings(case)[:5] == [f"12 {line}: acknowledge" for line in expected]


def test_severe_and_told_late_the_managers_still_have_their_quarter_of_an_hour() -> None:
    case = only(filed(SEVERE, received_at=at("09:00")), TAKE_CHARGE)
    assert pings(case)[:3] == [
        "12 13:00 maria: take_charge",
        "12 13:15 maria: take_charge",
        "12 13:30 david: take_charge",
    ]


# ------------------------------------------------------------------------------------ holding back


def after(case: Case, act: Any, when: str, end: str = "16:00") -> list[str]:
    """The pings from an act on: play to its time, act, play on."""
    work = Clockwork.of(case)
    work.until(at(when))
    work.act(act(work.case, at(when)))
    return [
        line.removeprefix("12 ").removesuffix(": acknowledge")
        for line in lines(work.until(at(end)))
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # Held for a quarter of an hour, it resumes at its rung.
        ("13:20", ["13:35 maria", "13:50 maria", "14:00 maria", "14:00 david", "14:15 david"]),
        ("13:38", ["13:53 maria", "14:00 maria", "14:00 david", "14:15 david", "14:30 david"]),
        # Held so close to the next ping of the same people, that one will do.
        ("13:40", ["14:00 maria", "14:00 david", "14:15 david", "14:30 david", "15:00 david"]),
        # What would come after the due time is left out: the rung at the due time says it.
        ("13:48", ["14:03 maria", "14:03 david", "14:15 david", "14:30 david", "15:00 david"]),
        ("14:10", ["14:25 david", "14:30 david", "15:00 david", "16:00 david"]),
        ("15:20", ["16:00 david"]),
    ],
)
def test_taking_charge_holds_the_ladder_and_makes_one_the_owner(
    when: str, expected: list[str]
) -> None:
    case = only(filed(), ACKNOWLEDGE)
    heard = after(case, lambda c, now: take_charge(c, moment(MARIA, now)), when)
    assert heard[: len(expected)] == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("13:00", ["13:30 ana", "13:50 ana", "14:00 ana", "14:00 sofia", "14:15 maria"]),
        ("13:22", ["13:42 ana", "13:50 ana", "14:00 ana", "14:00 sofia", "14:15 maria"]),
        ("13:34", ["13:54 ana", "14:00 ana", "14:00 sofia", "14:15 maria"]),
        # Rested so close to the owner's next ping, that one will do.
        ("13:25", ["13:50 ana", "14:00 ana", "14:00 sofia", "14:15 maria"]),
        ("13:35", ["14:00 ana", "14:00 sofia", "14:15 maria"]),
        ("13:45", ["14:00 ana", "14:00 sofia", "14:15 maria"]),
        # Never the rungs from the due time on.
        ("13:59", ["14:00 ana", "14:00 sofia", "14:15 maria", "14:30 david"]),
        ("14:01", ["14:15 maria", "14:30 david", "15:00 david"]),
    ],
)
def test_tried_without_an_answer_rests_the_owners_pings_before_the_due_time(
    when: str, expected: list[str]
) -> None:
    case = only(filed(), ACKNOWLEDGE)
    heard = after(case, lambda c, now: tried(c, Attempt.PHONE, "", moment(ANA, now)), when)
    assert heard[: len(expected)] == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # Ten minutes later the same again, to that person only.
        ("13:31", ["13:41 ana", "13:50 ana", "14:00 ana", "14:00 sofia", "14:15 maria"]),
        # A rung within the snooze waits for its end.
        ("13:45", ["13:55 ana", "14:00 ana", "14:00 sofia", "14:15 maria"]),
        # The ladder goes on for everybody else.
        ("13:55", ["14:00 sofia", "14:05 ana", "14:15 maria", "14:30 david"]),
    ],
)
def test_a_snooze_holds_back_only_that_persons_pings(when: str, expected: list[str]) -> None:
    case = only(filed(), ACKNOWLEDGE)
    heard = after(case, lambda c, now: snooze(c, "busy", moment(ANA, now)), when)
    assert heard[: len(expected)] == expected


def test_somebody_above_may_snooze_as_well_and_the_owner_is_pinged_on() -> None:
    case = only(filed(), ACKNOWLEDGE)
    heard = after(case, lambda c, now: snooze(c, "busy", moment(DAVID, now)), "14:55", "16:00")
    assert heard == ["15:05 david", "16:00 david"]


@pytest.mark.parametrize(
    "act",
    [
        lambda case, now: claim(case, moment(BEN, now)),
        lambda case, now: note(case, "She is at work until four", moment(ANA, now)),
    ],
)
def test_claims_and_notes_hold_nothing(act: Any) -> None:
    heard = after(only(filed(), ACKNOWLEDGE), act, "13:29")
    assert [line[:5] for line in heard][:3] == ["13:30", "13:50", "14:00"]


def test_speaking_with_the_client_ends_the_ladder() -> None:
    case = only(filed(), ACKNOWLEDGE)
    assert after(case, lambda c, now: contact(c, SPOKE, moment(ANA, now)), "13:35") == []


def test_in_the_evening_a_hold_counts_open_minutes_unless_severe() -> None:
    for severity, expected in ((MINOR, "13 09:05"), (SEVERE, "12 18:05")):
        case = filed(severity, now=at("17:00"))
        held = take_charge(case, moment(MARIA, at("17:50"))).case.deadline(ACKNOWLEDGE)
        assert held is not None
        assert held.hold_until is not None
        assert local(held.hold_until) == expected


# ---------------------------------------------------------------------------- looking at the clock


def test_upcoming_and_scheduled_say_what_comes_next() -> None:
    case = filed()
    deadline = case.deadline(ACKNOWLEDGE)
    assert deadline is not None
    rungs = upcoming(deadline, case)
    assert [(local(r.at)[3:], r.planned.tell) for r in rungs][:4] == [
        ("13:30", "owner"),
        ("13:50", "owner"),
        ("14:00", "owner"),
        ("14:00", "supervisor"),
    ]
    assert scheduled(deadline, case).next_at == at("13:30")
    assert scheduled(replace(deadline, rungs_fired=2), case).next_at == at("14:00")
    assert scheduled(replace(deadline, rungs_fired=8), case).next_at is None
    assert scheduled(replace(deadline, met_at=ONE), case).next_at is None
    assert scheduled(replace(deadline, dropped_at=ONE), case).next_at is None


def test_rescheduled_brings_every_deadline_up_to_date() -> None:
    stale = replace(
        filed(SEVERE),
        deadlines=tuple(replace(d, next_at=None) for d in filed(SEVERE).deadlines),
    )
    assert [local(d.next_at) for d in rescheduled(stale).deadlines if d.next_at] == [
        "12 13:30",
        "13 11:00",
        "13 13:00",
        "12 13:00",
    ]


def test_before_its_time_nothing_happens() -> None:
    done = Look([filed()], CLINIC, NOBODY_AWAY, at("13:29")).tick()
    assert (done.changes, done.pings) == ((), ())


@pytest.mark.parametrize("now", ["13:30", "14:00", "14:45", "18:00"])
def test_ticked_twice_nothing_is_said_twice(now: str) -> None:
    case = filed()
    done = Look([case], CLINIC, NOBODY_AWAY, at(now)).tick()
    assert Look([case], CLINIC, NOBODY_AWAY, at(now)).tick() == done
    ((before, outcome),) = done.changes
    assert before is case
    again = Look([outcome.case], CLINIC, NOBODY_AWAY, at(now)).tick()
    assert (again.changes, again.pings) == ((), ())


def test_a_rung_fired_before_a_crash_is_not_reminded_again() -> None:
    ((_, outcome),) = Look([filed()], CLINIC, NOBODY_AWAY, at("13:30")).tick().changes
    forgotten = replace(outcome.case, deadlines=filed().deadlines)
    again = Look([forgotten], CLINIC, NOBODY_AWAY, at("13:30")).tick()
    assert again.pings == ()


def test_every_reminder_is_in_the_ledger_once() -> None:
    work = Clockwork.of(filed(SEVERE))
    work.until(END)
    keys = [(r.deadline, r.due_at, r.rung, r.round, r.recipient) for r in work.case.reminders]
    assert len(keys) == len(set(keys))
    assert all(r.state is ReminderState.SENT for r in work.case.reminders)


def test_a_reminder_is_history_and_above_the_owner_a_line_in_the_thread() -> None:
    ((_, owner_only),) = Look([filed()], CLINIC, NOBODY_AWAY, at("13:30")).tick().changes
    (entry,) = owner_only.entries
    assert (entry.kind, entry.actor, entry.public["people"]) == ("reminded", BOT, ANA)
    assert not [m for m in owner_only.messages if m.purpose is Purpose.THREAD]

    due = replace(only(filed(), ACKNOWLEDGE).deadlines[0], rungs_fired=2)
    late = with_deadlines(filed(), due)
    ((_, both),) = Look([late], CLINIC, NOBODY_AWAY, at("14:00")).tick().changes
    assert both.entries[0].public["people"] == f"{ANA},{SOFIA}"
    assert [m.to for m in both.messages if m.purpose is Purpose.THREAD] == [DESK]


def test_finished_and_met_promises_ring_no_more() -> None:
    case = resolve(filed(), "Apologised", Remedy.APOLOGY, True, moment(ANA, at("13:10"))).case
    assert pings(case, at("18:00", 25)) == []


# ----------------------------------------------------------------------------------- one live ping


def test_a_newer_ping_takes_over_the_buttons_of_the_older() -> None:
    work = Clockwork.of(only(filed(), ACKNOWLEDGE))
    work.until(at("13:50"))
    assert [m.edits for m in work.edits] == [1]
    assert [(ping.id, ping.person) for ping in work.case.pings] == [(2, ANA)]
    work.until(END)
    assert sorted(ping.person for ping in work.case.pings) == sorted([ANA, SOFIA, MARIA, DAVID])


def test_other_peoples_pings_keep_their_buttons() -> None:
    case = replace(
        only(filed(), ACKNOWLEDGE),
        pings=(
            LivePing(7, BEN, frozenset({ACKNOWLEDGE})),
            LivePing(8, ANA, frozenset({FEEDBACK})),
        ),
    )
    ((_, outcome),) = Look([case], CLINIC, NOBODY_AWAY, at("13:30")).tick().changes
    assert [ping.id for ping in outcome.case.pings] == [7]
    assert [(m.to, m.edits) for m in outcome.messages if m.purpose is Purpose.EDIT] == [(ANA, 8)]


# --------------------------------------------------------------------------------------- gathering


def both(first: Case, second: Case, now: datetime) -> list[Heard]:
    return Clockwork.of(first, second).at(now)


@pytest.mark.parametrize(
    ("apart", "numbers"),
    [
        ("13:00", {1042, 1043}),
        ("13:03", {1042, 1043}),
        ("13:05", {1042, 1043}),
        ("13:06", {1042}),
    ],
)
def test_a_ping_takes_along_what_falls_due_in_the_next_five_minutes(
    apart: str, numbers: set[int]
) -> None:
    (heard,) = both(filed(), filed(now=at(apart), number=1043), at("13:30"))
    assert set(heard.items) == numbers
    assert heard.message.key == ("ping_list" if len(numbers) > 1 else "ping")
    assert heard.message.number == (None if len(numbers) > 1 else 1042)


def test_what_was_taken_along_is_not_pinged_again_at_its_time() -> None:
    work = Clockwork.of(filed(), filed(now=at("13:03"), number=1043))
    assert [len(h.items) for h in work.until(at("13:30"))] == [2]
    assert work.until(at("13:45")) == []


def test_never_later_than_its_time() -> None:
    work = Clockwork.of(filed(), filed(now=at("13:06"), number=1043))
    assert lines(work.until(at("13:40"))) == [
        "12 13:30 ana: acknowledge",
        "12 13:36 ana: acknowledge",
    ]


@pytest.mark.parametrize(("first", "second"), [(SEVERE, MINOR), (MINOR, SEVERE), (SEVERE, SEVERE)])
def test_severity_3_is_never_gathered(first: Severity, second: Severity) -> None:
    cases = (
        only(filed(first), ACKNOWLEDGE),
        only(filed(second, now=at("13:02"), number=1043), ACKNOWLEDGE),
    )
    work = Clockwork.of(*cases)
    assert [set(h.items) for h in work.until(at("13:40"))] == [{1042}, {1043}]


def test_severe_ones_at_one_instant_stay_apart_and_come_first() -> None:
    cases = [
        only(filed(s, number=n), ACKNOWLEDGE)
        for n, s in enumerate((MINOR, SEVERE, MODERATE, SEVERE), 1042)
    ]
    heard = Clockwork.of(*cases).at(at("13:30"))
    assert [sorted(h.items) for h in heard] == [[1043], [1045], [1042, 1044]]


def test_only_what_is_for_the_same_person_is_taken_along() -> None:
    heard = both(filed(), filed(now=at("13:02"), number=1043, by=BEN), at("13:30"))
    assert [(h.person, set(h.items)) for h in heard] == [(ANA, {1042})]


def test_what_the_person_snoozed_is_not_taken_along() -> None:
    second = replace(filed(now=at("13:02"), number=1043), snoozes=(Snooze(ANA, at("13:40"), 1),))
    (heard,) = both(filed(), second, at("13:30"))
    assert set(heard.items) == {1042}


def test_a_clinic_may_gather_nothing() -> None:
    def apart(tables: dict[str, Any]) -> None:
        tables["pings"]["gather"] = "0s"

    clinic = clinic_where(apart)
    cases = (filed(clinic=clinic), filed(clinic=clinic, now=at("13:02"), number=1043))
    work = Clockwork.of(*cases, clinic=clinic)
    assert [set(h.items) for h in work.until(at("13:40"))] == [{1042}, {1043}]


# ------------------------------------------------------------------------------------- catching up


def test_after_an_outage_each_person_gets_one_list_with_the_severe_ones_first() -> None:
    cases = [
        filed(),
        filed(MODERATE, number=1043, by=BEN),
        filed(SEVERE, number=1044),
    ]
    heard = Clockwork.of(*cases).at(at("14:20"))
    assert {h.person: (h.message.key, list(h.items)) for h in heard} == {
        ANA: ("ping_catch_up", [1044, 1042]),
        BEN: ("ping", [1043]),
        SOFIA: ("ping_catch_up", [1044, 1042, 1043]),
        MARIA: ("ping", [1044]),
        DAVID: ("ping", [1044]),
    }
    assert len(heard) == 5


def test_of_several_missed_rungs_of_one_promise_only_the_newest_is_said() -> None:
    work = Clockwork.of(only(filed(), ACKNOWLEDGE))
    heard = work.at(at("14:05"))
    assert [h.person for h in heard] == [ANA, SOFIA]
    states = [(r.rung, r.round, r.state) for r in work.case.reminders if r.recipient == ANA]
    assert states == [
        ("owner", 1, ReminderState.SUPERSEDED),
        ("owner", 2, ReminderState.SUPERSEDED),
        ("owner", 3, ReminderState.SENT),
    ]


@pytest.mark.parametrize(
    ("late", "key"),
    [(CATCH_UP_AFTER, "ping_list"), (CATCH_UP_AFTER + timedelta(seconds=1), "ping_catch_up")],
)
def test_a_little_late_is_not_an_outage(late: timedelta, key: str) -> None:
    heard = both(filed(), filed(number=1043), at("13:30") + late)
    assert [h.message.key for h in heard] == [key]


def test_after_an_outage_who_is_above_hears_at_the_usual_distance() -> None:
    work = Clockwork.of(only(filed(), ACKNOWLEDGE))
    assert [h.person for h in work.at(at("14:50"))] == [ANA, SOFIA]
    assert lines(work.until(at("15:50"))) == [
        "12 15:05 maria: acknowledge",
        "12 15:20 david: acknowledge",
        "12 15:50 david: acknowledge",
    ]


def test_an_outage_in_the_middle_of_the_ladder_goes_on_where_it_was() -> None:
    work = Clockwork.of(only(filed(), ACKNOWLEDGE))
    work.until(at("14:00"))
    assert [h.person for h in work.at(at("14:40"))] == [MARIA]
    assert lines(work.until(at("15:25"))) == [
        "12 14:55 david: acknowledge",
        "12 15:25 david: acknowledge",
    ]


def test_after_an_outage_over_the_evening_the_ladder_begins_in_the_morning() -> None:
    work = Clockwork.of(only(filed(), ACKNOWLEDGE))
    assert work.at(at("20:00")) == []
    assert lines(work.until(at("09:30", day=13))) == [
        "13 09:00 ana: acknowledge",
        "13 09:00 sofia: acknowledge",
        "13 09:15 maria: acknowledge",
        "13 09:30 david: acknowledge",
    ]


def test_after_the_list_the_ladder_goes_on() -> None:
    work = Clockwork.of(only(filed(), ACKNOWLEDGE))
    work.at(at("14:05"))
    assert lines(work.until(at("14:30"))) == [
        "12 14:15 maria: acknowledge",
        "12 14:30 david: acknowledge",
    ]


# ----------------------------------------------------------------------------------------- buttons


def test_buttons_by_kind_and_by_who_is_told() -> None:
    above = ("take_charge", "acknowledge", "assign", "open")
    new, heard = filed(SEVERE), contact(filed(SEVERE), SPOKE, moment(ANA)).case
    rows = [
        (new, ACKNOWLEDGE, ANA, ("acknowledge", "tried", "open", *SNOOZES)),
        (filed(), ACKNOWLEDGE, SOFIA, above),
        (new, ACKNOWLEDGE, DAVID, above),
        (new, TAKE_CHARGE, MARIA, above),
        (heard, FEEDBACK, ANA, ("contact", "tried", "open", *SNOOZES)),
        (heard, FEEDBACK, SOFIA, ("take_charge", "contact", "assign", "open")),
        (heard, RESOLVE, ANA, ("resolve", "open", *SNOOZES)),
        (heard, RESOLVE, SOFIA, ("take_charge", "resolve", "assign", "open")),
        (heard, FOLLOW_UP, ANA, ("follow_up_done", "open", *SNOOZES)),
        (heard, CUSTOM, ANA, ("contact", "change_time", "open", *SNOOZES)),
        (heard, CUSTOM, BEN, ("take_charge", "contact", "assign", "open")),
    ]
    for case, kind, person, expected in rows:
        told = [reminder(person, kind=kind)]
        assert buttons_of(told, person, case) == expected, (kind, person)


def test_a_manager_who_owns_a_severe_complaint_can_still_take_charge_from_the_ping() -> None:
    case = filed(SEVERE, by=MARIA)
    buttons = buttons_of([reminder(MARIA, "managers", kind=TAKE_CHARGE)], MARIA, case)
    assert buttons == ("take_charge", "acknowledge", "open", *SNOOZES)


def test_who_covers_for_the_owner_gets_the_owners_buttons() -> None:
    buttons = buttons_of([reminder(BEN, why=f"covering:{ANA}")], BEN, filed())
    assert buttons == ("acknowledge", "tried", "open", *SNOOZES)


def test_one_ping_of_several_reminders_has_the_buttons_of_all() -> None:
    heard = contact(filed(), SPOKE, moment(ANA)).case
    told = [reminder(ANA, kind=FEEDBACK), reminder(ANA, kind=RESOLVE)]
    assert buttons_of(told, ANA, heard) == ("contact", "tried", "resolve", "open", *SNOOZES)


@pytest.mark.parametrize(
    ("snoozes", "left"),
    [
        ((), 2),
        ((Snooze(ANA, at("13:40"), 1),), 1),
        ((Snooze(ANA, at("13:40"), 2),), 0),
        ((Snooze(ANA, at("13:40"), 5),), 0),
        ((Snooze(BEN, at("13:40"), 2),), 2),
    ],
)
def test_snoozes_left_and_the_buttons_for_them(snoozes: tuple[Snooze, ...], left: int) -> None:
    case = replace(filed(), snoozes=snoozes)
    assert snoozes_left(ANA, case) == left
    shown = set(SNOOZES) & set(buttons_of([reminder(ANA)], ANA, case))
    assert shown == (set(SNOOZES) if left else set())


# ------------------------------------------------------------------------------------ failing over


def fails(case: Case, failed: Reminder, absences: Absences = NOBODY_AWAY) -> Outcome:
    """A ping can't be delivered for good: the ledger says so, the next rung is told."""
    known = tuple(
        replace(r, state=ReminderState.FAILED)
        if (r.rung, r.round, r.recipient) == (failed.rung, failed.round, failed.recipient)
        else r
        for r in case.reminders
    )
    return fail_over(replace(case, reminders=known), failed, CLINIC, absences, at("13:31"))


def chain(case: Case, first: Reminder, absences: Absences = NOBODY_AWAY) -> list[str]:
    """Who is told one after the other when nobody can be reached; `admins` at the end."""
    case = replace(case, reminders=(first,))
    told: list[str] = []
    failed = first
    while True:
        outcome = fails(case, failed, absences)
        if (ADMINS, "admin_nobody_reached") in notices(outcome):
            return [*told, "admins"]
        fresh = [r for r in outcome.case.reminders if r.state is ReminderState.WAITING]
        (failed,) = fresh
        assert failed.why == f"not_reached:{told[-1] if told else first.recipient}"
        assert failed.send_at == at("13:31")
        told.append(failed.recipient)
        case = outcome.case


@pytest.mark.parametrize(
    ("case", "first", "absences", "expected"),
    [
        (filed(), reminder(ANA), NOBODY_AWAY, [SOFIA, MARIA, DAVID, "admins"]),
        (filed(), reminder(SOFIA, "supervisor"), NOBODY_AWAY, [MARIA, DAVID, "admins"]),
        (filed(), reminder(MARIA, "manager"), NOBODY_AWAY, [DAVID, "admins"]),
        (filed(), reminder(DAVID, "director"), NOBODY_AWAY, ["admins"]),
        (filed(), reminder(ANA, "snoozed"), NOBODY_AWAY, [SOFIA, MARIA, DAVID, "admins"]),
        (filed(), reminder(SOFIA, "escalate_supervisor"), NOBODY_AWAY, [MARIA, DAVID, "admins"]),
        (filed(), reminder(MARIA, "escalate_manager"), NOBODY_AWAY, [DAVID, "admins"]),
        (filed(), reminder(DAVID, "escalate_director"), NOBODY_AWAY, ["admins"]),
        (filed(by=SOFIA), reminder(SOFIA), NOBODY_AWAY, [MARIA, DAVID, "admins"]),
        (filed(by=DAVID), reminder(DAVID), NOBODY_AWAY, ["admins"]),
        (filed(), reminder(ANA), away(SOFIA), [MARIA, DAVID, "admins"]),
        (filed(), reminder(ANA), away(SOFIA=BEN), [BEN, MARIA, DAVID, "admins"]),
        (filed(), reminder(ANA), away(SOFIA, MARIA, DAVID), [DAVID, "admins"]),
        (filed(about_staff=OMAR), reminder(ANA), NOBODY_AWAY, [SOFIA, MARIA, DAVID, "admins"]),
        (filed(about_staff=SOFIA), reminder(MARIA), NOBODY_AWAY, [DAVID, "admins"]),
        (filed(about_staff=DAVID), reminder(NINA), NOBODY_AWAY, ["admins"]),
    ],
)
def test_when_nobody_can_be_reached_each_rung_is_told_and_at_the_end_the_admins(
    case: Case, first: Reminder, absences: Absences, expected: list[str]
) -> None:
    assert chain(case, first, absences) == expected


@pytest.mark.parametrize(
    ("kind", "rung", "recipient", "expected"),
    [
        (TAKE_CHARGE, "managers", MARIA, DAVID),
        (FEEDBACK, "supervisor", SOFIA, MARIA),
        (RESOLVE, "owner", ANA, SOFIA),
    ],
)
def test_every_kind_of_promise_fails_over(
    kind: DeadlineKind, rung: str, recipient: str, expected: str
) -> None:
    case = filed(SEVERE)
    deadline = case.deadline(kind)
    assert deadline is not None
    failed = replace(reminder(recipient, rung, kind=kind), due_at=deadline.due_at)
    outcome = fails(replace(case, reminders=(failed,)), failed)
    assert [r.recipient for r in outcome.case.reminders[1:]] == [expected]


def test_a_reminder_set_by_hand_that_fails_goes_to_those_above() -> None:
    custom = Deadline(CUSTOM, ONE, at("14:00"), ONE, set_by=BEN, what="contact")
    failed = reminder(BEN, "set_by", kind=CUSTOM)
    outcome = fails(with_deadlines(replace(filed(), reminders=(failed,)), custom), failed)
    assert [r.recipient for r in outcome.case.reminders[1:]] == [SOFIA]


def test_who_is_told_already_of_this_rung_is_not_told_again() -> None:
    case = replace(filed(), reminders=(reminder(ANA), reminder(SOFIA)))
    assert [r.recipient for r in fails(case, reminder(ANA)).case.reminders] == [ANA, SOFIA]
    assert notices(fails(case, reminder(ANA))) == set()


def test_a_failed_ping_of_a_promise_that_is_kept_or_moved_needs_nobody() -> None:
    failed = reminder(ANA)
    kept = contact(replace(filed(), reminders=(failed,)), SPOKE, moment(ANA)).case
    assert fail_over(kept, failed, CLINIC, NOBODY_AWAY, at("13:31")) == Outcome(kept)
    moved = replace(failed, due_at=at("15:00"))
    assert fail_over(filed(), moved, CLINIC, NOBODY_AWAY, at("13:31")) == Outcome(filed())


def test_what_failed_over_is_pinged_at_once_and_the_ladder_goes_on() -> None:
    work = Clockwork.of(only(filed(), ACKNOWLEDGE))
    work.until(at("13:30"))
    (told,) = work.case.reminders
    work.act(fails(work.case, told))
    (ping,) = work.at(at("13:31"))
    assert str(ping) == "12 13:31 sofia: acknowledge"
    assert ping.items[1042]["why"] == f"not_reached:{ANA}"
    assert lines(work.until(at("14:00"))) == [
        "12 13:50 ana: acknowledge",
        "12 14:00 ana: acknowledge",
        "12 14:00 sofia: acknowledge",
    ]


def test_a_rung_that_rests_is_said_although_a_later_one_overtook_it() -> None:
    def closer(tables: dict[str, Any]) -> None:
        tables["deadlines"]["acknowledge"]["ladder"] = [
            ["start+10m", "owner"],
            ["start+20m", "supervisor"],
            ["due", "owner"],
        ]

    clinic = clinic_where(closer)
    work = Clockwork.of(only(filed(clinic=clinic), ACKNOWLEDGE), clinic=clinic)
    work.act(tried(work.case, Attempt.PHONE, "", moment(ANA, at("13:09"), clinic)))
    assert lines(work.until(at("14:00"))) == [
        "12 13:20 sofia: acknowledge",
        "12 13:29 ana: acknowledge",
        "12 14:00 ana: acknowledge",
    ]
