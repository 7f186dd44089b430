"""When promises are due, when their ladders tell whom, and why."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinic_file import EXAMPLE
from flows.complaint import Deadline, DeadlineKind, Severity
from flows.deadlines import due_at, explain, plan
from flows.policy import Clinic
from flows.rules import Rules

LA = ZoneInfo("America/Los_Angeles")
MINOR, MODERATE, SEVERE = Severity
ACKNOWLEDGE, FEEDBACK = DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK
RESOLVE, TAKE_CHARGE = DeadlineKind.RESOLVE, DeadlineKind.TAKE_CHARGE
FOLLOW_UP, CUSTOM = DeadlineKind.FOLLOW_UP, DeadlineKind.CUSTOM


def rules(**deadlines: dict[str, Any]) -> Rules:
    """The example's rules with downtown open Monday to Saturday 9 to 18, except 26 June."""
    tables = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    downtown = tables["locations"]["downtown"]
    downtown["hours"] = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), "09:00-18:00")
    downtown["closed"] = [date(2026, 6, 26)]
    for kind, changes in deadlines.items():
        tables["deadlines"][kind] |= changes
    return Clinic.model_validate(tables).rules


RULES = rules()


def june(day: int, clock: str) -> datetime:
    """A local instant in June 2026, in UTC; the 12th is a Friday."""
    local = datetime.combine(date(2026, 6, day), time.fromisoformat(clock), tzinfo=LA)
    return local.astimezone(UTC)


def due(kind: DeadlineKind, severity: Severity, start: datetime, by: Rules = RULES) -> datetime:
    found = due_at(kind, severity, start, by, "downtown")
    assert found is not None
    return found


def promise(
    kind: DeadlineKind,
    severity: Severity,
    start: datetime,
    set_at: datetime | None = None,
    by: Rules = RULES,
) -> Deadline:
    return Deadline(kind, start, due(kind, severity, start, by), set_at or start)


def told(
    deadline: Deadline, severity: Severity = MINOR, by: Rules = RULES
) -> list[tuple[str, str, int]]:
    """The ladder as local day and clock, who is told, and for which time."""
    return [
        (f"{rung.at.astimezone(LA):%d %H:%M}", rung.tell, rung.round)
        for rung in plan(deadline, severity, by, "downtown")
    ]


@pytest.mark.parametrize(
    ("kind", "severity", "start", "expected"),
    [
        # Short durations count open minutes, over night and over a closed day.
        (ACKNOWLEDGE, MINOR, june(12, "13:00"), june(12, "14:00")),
        (ACKNOWLEDGE, MODERATE, june(12, "17:30"), june(13, "09:30")),
        (ACKNOWLEDGE, MINOR, june(12, "17:00"), june(12, "18:00")),
        (ACKNOWLEDGE, MINOR, june(13, "17:45"), june(15, "09:45")),
        (ACKNOWLEDGE, MINOR, june(12, "22:00"), june(13, "10:00")),
        (ACKNOWLEDGE, MINOR, june(25, "17:30"), june(27, "09:30")),
        # Long ones run on the wall clock, and wait until an hour after opening.
        (FEEDBACK, MINOR, june(12, "13:00"), june(13, "13:00")),
        (FEEDBACK, MINOR, june(13, "13:00"), june(15, "10:00")),
        (FEEDBACK, MINOR, june(12, "18:00"), june(13, "18:00")),
        (FEEDBACK, MINOR, june(12, "07:00"), june(13, "10:00")),
        (RESOLVE, MODERATE, june(12, "13:00"), june(15, "10:00")),
        (RESOLVE, MODERATE, june(24, "13:00"), june(27, "10:00")),
        # Severity 3 never waits.
        (ACKNOWLEDGE, SEVERE, june(12, "22:00"), june(12, "23:00")),
        (FEEDBACK, SEVERE, june(13, "13:00"), june(14, "13:00")),
        (TAKE_CHARGE, SEVERE, june(14, "03:00"), june(14, "03:15")),
        # The follow-up is a day, at the call time, moved to the next open day.
        (FOLLOW_UP, MINOR, june(10, "17:59"), june(24, "10:00")),
        (FOLLOW_UP, SEVERE, june(14, "10:00"), june(29, "10:00")),
        (FOLLOW_UP, MINOR, june(12, "13:00"), june(27, "10:00")),
    ],
)
def test_a_promise_is_due(
    kind: DeadlineKind, severity: Severity, start: datetime, expected: datetime
) -> None:
    assert due(kind, severity, start) == expected


def test_where_the_clinic_promises_nothing_nothing_is_due() -> None:
    assert due_at(TAKE_CHARGE, MINOR, june(12, "13:00"), RULES, "downtown") is None
    assert due_at(CUSTOM, SEVERE, june(12, "13:00"), RULES, "downtown") is None


def test_four_hours_run_on_the_wall_clock_and_a_minute_less_does_not() -> None:
    four = rules(feedback={"within": {"1": "4h", "2": "239m", "3": "4h"}})
    assert due(FEEDBACK, MINOR, june(12, "16:00"), four) == june(13, "10:00")
    assert due(FEEDBACK, MODERATE, june(12, "16:00"), four) == june(13, "10:59")


def test_a_day_open_for_less_than_an_hour_is_not_lost() -> None:
    short = rules()
    hours = short.hours["downtown"]
    written = hours.model_dump(mode="json")
    brief = type(hours).model_validate(
        {**written, "week": {**written["week"], "sat": "09:00-09:30"}}
    )
    short = short.model_copy(update={"hours": {**short.hours, "downtown": brief}})
    assert due(FEEDBACK, MINOR, june(11, "20:00"), short) == june(13, "09:30")


def test_a_test_clinic_may_follow_up_after_seconds_even_at_night() -> None:
    seconds = rules(follow_up={"within": {"1": "20s", "2": "20s", "3": "20s"}})
    start = june(12, "23:00")
    assert due(FOLLOW_UP, MINOR, start, seconds) == start + timedelta(seconds=20)


def test_the_follow_up_keeps_its_clock_time_when_the_clocks_change() -> None:
    resolved = datetime(2026, 10, 26, 12, 0, tzinfo=LA)
    expected = datetime(2026, 11, 9, 10, 0, tzinfo=LA)
    assert due(FOLLOW_UP, MINOR, resolved) == expected


def test_nobody_acknowledges_and_the_ladder_goes_up() -> None:
    assert told(promise(ACKNOWLEDGE, MINOR, june(12, "13:00"))) == [
        ("12 13:30", "owner", 1),
        ("12 13:50", "owner", 2),
        ("12 14:00", "owner", 3),
        ("12 14:00", "supervisor", 1),
        ("12 14:15", "manager", 1),
        ("12 14:30", "director", 1),
        ("12 15:00", "director", 2),
        ("12 16:00", "director", 3),
    ]


def test_the_ladder_of_a_minor_complaint_sleeps_at_night() -> None:
    assert told(promise(ACKNOWLEDGE, MINOR, june(12, "17:20"))) == [
        ("12 17:50", "owner", 1),
        ("13 09:10", "owner", 2),
        ("13 09:20", "owner", 3),
        ("13 09:20", "supervisor", 1),
        ("13 09:35", "manager", 1),
        ("13 09:50", "director", 1),
        ("13 10:20", "director", 2),
        ("13 11:20", "director", 3),
    ]


def test_the_ladder_of_a_severe_complaint_does_not() -> None:
    severe = promise(TAKE_CHARGE, SEVERE, june(12, "23:00"))
    assert told(severe, SEVERE) == [
        ("12 23:00", "managers", 1),
        ("12 23:15", "managers", 2),
        ("12 23:30", "director", 1),
        ("13 00:00", "director", 2),
        ("13 01:00", "director", 3),
    ]


def test_hours_before_the_due_time_are_open_hours() -> None:
    assert told(promise(FEEDBACK, MINOR, june(13, "13:00"))) == [
        ("13 17:00", "owner", 1),
        ("15 10:00", "owner", 2),
        ("15 12:00", "supervisor", 1),
    ]


def test_the_follow_up_is_pinged_at_four_and_on_the_next_open_day() -> None:
    follow_up = promise(FOLLOW_UP, MINOR, june(11, "12:00"))
    assert told(follow_up) == [("25 16:00", "owner", 1), ("27 09:00", "supervisor", 1)]


def test_a_reminder_set_by_hand_reaches_who_set_it_and_the_owner() -> None:
    custom = Deadline(CUSTOM, june(12, "13:00"), june(15, "15:00"), june(12, "13:00"))
    assert told(custom) == [("15 15:00", "set_by", 1), ("15 15:00", "owner", 1)]


def test_a_ping_outside_hours_comes_at_opening() -> None:
    custom = Deadline(CUSTOM, june(12, "13:00"), june(13, "22:00"), june(12, "13:00"))
    assert told(custom, MINOR)[0] == ("15 09:00", "set_by", 1)
    assert told(custom, SEVERE)[0] == ("13 22:00", "set_by", 1)


def test_steps_past_at_filing_are_dropped_but_keep_their_places() -> None:
    late = promise(ACKNOWLEDGE, MINOR, june(12, "13:00"), set_at=june(12, "13:40"))
    rungs = plan(late, MINOR, RULES, "downtown")
    assert [(rung.index, rung.tell, rung.round) for rung in rungs[:2]] == [
        (1, "owner", 2),
        (2, "owner", 3),
    ]
    assert rungs[0].before_due
    assert not rungs[1].before_due


def test_what_was_late_at_filing_is_told_at_once_and_later_steps_keep_their_distance() -> None:
    too_late = promise(ACKNOWLEDGE, MINOR, june(12, "13:00"), set_at=june(12, "14:40"))
    assert told(too_late) == [
        ("12 14:40", "owner", 3),
        ("12 14:40", "supervisor", 1),
        ("12 14:55", "manager", 1),
        ("12 15:10", "director", 1),
        ("12 15:40", "director", 2),
        ("12 16:40", "director", 3),
    ]
    assert not any(rung.before_due for rung in plan(too_late, MINOR, RULES, "downtown"))


def test_filed_at_the_very_due_time_counts_as_late() -> None:
    deadline = promise(ACKNOWLEDGE, MINOR, june(12, "13:00"), set_at=june(12, "14:00"))
    assert told(deadline)[0] == ("12 14:00", "owner", 3)


def test_managers_hear_of_a_severe_complaint_at_once_only_when_it_starts_now() -> None:
    moved = replace(promise(TAKE_CHARGE, SEVERE, june(12, "13:00")), set_at=june(12, "13:05"))
    assert told(moved, SEVERE)[0] == ("12 13:15", "managers", 2)


def test_a_late_follow_up_goes_on_from_the_day_it_was_set() -> None:
    overdue = Deadline(FOLLOW_UP, june(1, "12:00"), june(10, "10:00"), june(12, "11:00"))
    assert told(overdue) == [("12 16:00", "owner", 1), ("13 09:00", "supervisor", 1)]


STARTS = st.integers(0, 28 * 24 * 60).map(
    lambda minute: june(1, "00:00") + timedelta(0, minute * 60)
)


@given(
    st.sampled_from([ACKNOWLEDGE, FEEDBACK, RESOLVE, FOLLOW_UP]),
    st.sampled_from(Severity),
    STARTS,
    st.integers(0, 4 * 24 * 60),
)
def test_every_ladder_is_in_order_and_begins_after_it_was_set(
    kind: DeadlineKind, severity: Severity, start: datetime, minutes: int
) -> None:
    set_at = start + timedelta(minutes=minutes)
    rungs = plan(promise(kind, severity, start, set_at), severity, RULES, "downtown")
    assert [rung.at for rung in rungs] == sorted(rung.at for rung in rungs)
    assert [rung.index for rung in rungs] == sorted({rung.index for rung in rungs})
    assert all(rung.at >= set_at for rung in rungs)
    assert len({(rung.tell, rung.round) for rung in rungs}) == len(rungs)
    if severity is not SEVERE:
        assert all(RULES.hours["downtown"].covers(rung.at) for rung in rungs)


@given(st.sampled_from([ACKNOWLEDGE, FEEDBACK, RESOLVE]), st.sampled_from(Severity), STARTS)
def test_a_due_time_is_never_early_and_lies_in_hours_unless_severe(
    kind: DeadlineKind, severity: Severity, start: datetime
) -> None:
    within = RULES.deadlines[kind].within
    assert within is not None
    duration = within[severity]
    assert duration is not None
    found = due(kind, severity, start)
    assert found >= start + duration
    if severity is not SEVERE:
        assert RULES.hours["downtown"].covers(found)


def because(deadline: Deadline, severity: Severity = MINOR) -> list[str]:
    return [said.key for said in explain(deadline, severity, RULES, "downtown")]


@pytest.mark.parametrize(
    ("kind", "severity", "start", "keys"),
    [
        (ACKNOWLEDGE, MINOR, june(12, "13:00"), ["explain.open_minutes"]),
        (FEEDBACK, MINOR, june(12, "13:00"), ["explain.wall_clock"]),
        (FEEDBACK, MINOR, june(13, "13:00"), ["explain.wall_clock", "explain.moved_to_opening"]),
        (FEEDBACK, SEVERE, june(13, "13:00"), ["explain.never_waits"]),
        (FOLLOW_UP, MINOR, june(10, "13:00"), ["explain.follow_up_day"]),
        (FOLLOW_UP, MINOR, june(12, "13:00"), ["explain.follow_up_moved"]),
    ],
)
def test_a_due_time_is_explained(
    kind: DeadlineKind, severity: Severity, start: datetime, keys: list[str]
) -> None:
    deadline = promise(kind, severity, start)
    said = explain(deadline, severity, RULES, "downtown")
    assert [one.key for one in said] == keys
    assert said[-1].facts["due"] == deadline.due_at


def test_the_move_to_the_opening_is_explained_with_its_times() -> None:
    moved = explain(promise(FEEDBACK, MINOR, june(13, "13:00")), MINOR, RULES, "downtown")[1]
    assert moved.facts == {
        "was": june(14, "13:00"),
        "opening": june(15, "09:00"),
        "due": june(15, "10:00"),
    }


def test_what_was_set_by_hand_is_said_to_be_so() -> None:
    custom = Deadline(CUSTOM, june(12, "13:00"), june(15, "15:00"), june(12, "13:00"))
    assert because(custom) == ["explain.as_set"]
    moved = replace(promise(FOLLOW_UP, MINOR, june(10, "13:00")), due_at=june(20, "11:00"))
    assert because(moved) == ["explain.as_set"]


def test_holds_and_rests_are_explained_while_they_matter() -> None:
    held = replace(
        promise(ACKNOWLEDGE, MINOR, june(12, "13:00")),
        hold_until=june(12, "13:45"),
        rest_until=june(12, "13:50"),
    )
    assert because(held) == ["explain.open_minutes", "explain.hold", "explain.rest"]
    met = replace(held, met_at=june(12, "13:20"))
    assert because(met) == ["explain.open_minutes", "explain.met"]
    dropped = replace(held, dropped_at=june(12, "13:20"))
    assert because(dropped) == ["explain.open_minutes"]
