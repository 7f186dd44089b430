"""Times in words: read rightly, or refused with an example."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.when import Unclear, UnclearTime, future, past

LA = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 6, 10, 14, 30, tzinfo=LA)
"""A Wednesday."""
CALL_TIME = time(10)


def was(words: str, now: datetime = NOW, *, need_hour: bool = True) -> str:
    """The local time meant, looking back, or why it is refused; `~` where no hour was said."""
    try:
        resolved = past(words, now, LA, need_hour=need_hour)
    except UnclearTime as problem:
        return problem.reason.value
    said = "" if resolved.hour_said else "~"
    return f"{said}{resolved.at.astimezone(LA):%Y-%m-%d %H:%M}"


def will_be(words: str, now: datetime = NOW) -> str:
    """The same looking ahead."""
    try:
        resolved = future(words, now, LA, CALL_TIME)
    except UnclearTime as problem:
        return problem.reason.value
    said = "" if resolved.hour_said else "~"
    return f"{said}{resolved.at.astimezone(LA):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("now", "2026-06-10 14:30"),
        ("Just now", "2026-06-10 14:30"),
        ("30 minutes ago", "2026-06-10 14:00"),
        ("30 min ago", "2026-06-10 14:00"),
        ("15m", "2026-06-10 14:15"),
        ("half an hour ago", "2026-06-10 14:00"),
        ("an hour ago", "2026-06-10 13:30"),
        ("an hour and a half ago", "2026-06-10 13:00"),
        ("1h30m ago", "2026-06-10 13:00"),
        ("1 hour and 30 minutes ago", "2026-06-10 13:00"),
        ("two hours ago", "2026-06-10 12:30"),
        ("2:10 pm", "2026-06-10 14:10"),
        ("2.10pm", "2026-06-10 14:10"),
        ("14:10", "2026-06-10 14:10"),
        ("１４：１０", "2026-06-10 14:10"),
        ("09:30", "2026-06-10 09:30"),
        ("today 9am", "2026-06-10 09:00"),
        ("9 a.m.", "2026-06-10 09:00"),
        ("this morning at 9", "2026-06-10 09:00"),
        ("this morning 9:30", "2026-06-10 09:30"),
        ("noon", "2026-06-10 12:00"),
        ("12 pm", "2026-06-10 12:00"),
        ("12am", "2026-06-10 00:00"),
        ("about 2pm", "2026-06-10 14:00"),
        ("yesterday 4pm", "2026-06-09 16:00"),
        ("yesterday, 4 p.m.", "2026-06-09 16:00"),
        ("4pm yesterday", "2026-06-09 16:00"),
        ("yesterday afternoon at 3", "2026-06-09 15:00"),
        ("yesterday at 3 in the afternoon", "2026-06-09 15:00"),
        ("last night at 9", "2026-06-09 21:00"),
        ("the day before yesterday 10:00", "2026-06-08 10:00"),
        ("monday 10am", "2026-06-08 10:00"),
        ("on Mon at 10am", "2026-06-08 10:00"),
        ("last friday 3pm", "2026-06-05 15:00"),
        ("3 days ago at 4pm", "2026-06-07 16:00"),
        ("a week ago 3pm", "2026-06-03 15:00"),
        ("2 months ago at 10:00", "2026-04-10 10:00"),
        ("June 5 at 2pm", "2026-06-05 14:00"),
        ("5th of June 14:00", "2026-06-05 14:00"),
        ("jan 5 2026 3pm", "2026-01-05 15:00"),
        ("12/25 9am", "2025-12-25 09:00"),
        ("25/12/2025 9am", "2025-12-25 09:00"),
        ("2026-06-09 16:00", "2026-06-09 16:00"),
    ],
)
def test_what_was_is_read_rightly(words: str, meant: str) -> None:
    assert was(words) == meant


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("yesterday", "hour_missing"),
        ("yesterday afternoon", "hour_missing"),
        ("monday", "hour_missing"),
        ("june 5", "hour_missing"),
        ("3 days ago", "hour_missing"),
        ("5pm", "in_future"),
        ("tonight at 8", "in_future"),
        ("tomorrow", "in_future"),
        ("tomorrow 9am", "in_future"),
        ("in 2 hours", "in_future"),
        ("next monday 10am", "in_future"),
        ("june 20 9am", "in_future"),
        ("2025-06-01 12:00", "too_old"),
        ("9999 hours ago", "too_old"),
        ("june 5 2024 9am", "too_old"),
        # Friday last week, or the one before? Monday of this week, or of last?
        ("last monday 3pm", "unclear"),
        # On a Wednesday: today, or a week ago?
        ("wednesday 9am", "unclear"),
        ("last week", "unclear"),
    ],
)
def test_what_cannot_have_been_is_refused_with_the_reason(words: str, reason: str) -> None:
    assert was(words) == reason


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("yesterday", "~2026-06-09 12:00"),
        ("yesterday afternoon", "~2026-06-09 12:00"),
        ("today", "~2026-06-10 12:00"),
        ("two weeks ago", "~2026-05-27 12:00"),
        ("yesterday 4pm", "2026-06-09 16:00"),
    ],
)
def test_where_the_day_is_enough_the_hour_may_be_missing(words: str, meant: str) -> None:
    assert was(words, need_hour=False) == meant


def test_today_without_an_hour_is_never_in_the_future() -> None:
    morning = NOW.replace(hour=8)
    assert was("today", morning, need_hour=False) == "~2026-06-10 08:30"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("in 2 hours", "2026-06-10 16:30"),
        ("in two hours", "2026-06-10 16:30"),
        ("2h", "2026-06-10 16:30"),
        ("2 hours from now", "2026-06-10 16:30"),
        ("in half an hour", "2026-06-10 15:00"),
        ("in an hour and a half", "2026-06-10 16:00"),
        ("in two weeks", "~2026-06-24 10:00"),
        ("in 2 weeks at 3pm", "2026-06-24 15:00"),
        ("in 3 days", "~2026-06-13 10:00"),
        ("1 week from now", "~2026-06-17 10:00"),
        ("next week", "~2026-06-17 10:00"),
        ("next month", "~2026-07-10 10:00"),
        ("in a month", "~2026-07-10 10:00"),
        ("tomorrow", "~2026-06-11 10:00"),
        ("tomorrow morning", "~2026-06-11 10:00"),
        ("tomorrow 3pm", "2026-06-11 15:00"),
        ("tomorrow at 3:30 pm", "2026-06-11 15:30"),
        ("tomorrow at 9 in the morning", "2026-06-11 09:00"),
        ("tomorrow evening at 7", "2026-06-11 19:00"),
        ("tomorrow afternoon 3:30", "2026-06-11 15:30"),
        ("noon tomorrow", "2026-06-11 12:00"),
        ("the day after tomorrow", "~2026-06-12 10:00"),
        ("Friday", "~2026-06-12 10:00"),
        ("Friday at 10am", "2026-06-12 10:00"),
        ("thurs 4pm", "2026-06-11 16:00"),
        ("this Friday 4pm", "2026-06-12 16:00"),
        ("this sunday 4pm", "2026-06-14 16:00"),
        ("next Monday 10am", "2026-06-15 10:00"),
        ("5pm", "2026-06-10 17:00"),
        ("tonight at 8", "2026-06-10 20:00"),
        ("June 20 at 2pm", "2026-06-20 14:00"),
        ("20th of june", "~2026-06-20 10:00"),
        ("june 10 5pm", "2026-06-10 17:00"),
        ("6/20 2pm", "2026-06-20 14:00"),
        ("2026-06-20 14:00", "2026-06-20 14:00"),
        ("dec 1 9:30am", "2026-12-01 09:30"),
        ("jan 5", "~2027-01-05 10:00"),
    ],
)
def test_what_will_be_is_read_rightly(words: str, meant: str) -> None:
    assert will_be(words) == meant


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("now", "in_past"),
        ("9am", "in_past"),
        ("yesterday", "in_past"),
        ("2 days ago", "in_past"),
        ("30 minutes ago", "in_past"),
        ("june 9", "in_past"),
        ("2026-06-09", "in_past"),
        ("last friday", "in_past"),
        ("in 400 days", "too_far"),
        ("in 13 months", "too_far"),
        ("2028-01-01", "too_far"),
        # The usual call time is at ten: over today, and no afternoon.
        ("today", "hour_missing"),
        ("tomorrow afternoon", "hour_missing"),
        ("tonight", "hour_missing"),
        # The 12th or the 19th?
        ("next friday", "unclear"),
        ("next sunday", "unclear"),
        ("this monday", "unclear"),
        ("wednesday 5pm", "unclear"),
        ("12/06 10:00", "unclear"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(words: str, reason: str) -> None:
    assert will_be(words) == reason


@pytest.mark.parametrize(
    "words",
    [
        *("", " ", "a", "am", "1", "10", "2026", "may", "june", "next june", "at", "in", "the"),
        *("monday at 9", "tomorrow at 10", "tomorrow 9", "9:30", "tomorrow 2:10", "monday 9-10am"),
        *("tomorrow 25:00", "tomorrow 10:61", "tomorrow 13pm", "tomorrow 0am", "14:100", "16.30"),
        *("tonight at 1", "tonight at 12", "this morning at 15:00", "evening 9am", "midnight"),
        *("feb 30 9am", "june 31 9am", "2026-02-30", "13/13", "0/20", "june 0", "may 32"),
        *("3pm PST", "3pm to 4pm", "3pm 4pm", "not tomorrow 3pm", "call at 3pm", "tomorrow 3pm?"),
        *("end of day", "soon", "later", "in a bit", "monday the 8th 3pm", "monday tomorrow"),
        *("in 1.5 hours", "1,5 hours ago", "in 2 hours ago", "in 999999 days", "2 hours at 3pm"),
        *("99999999999 hours ago", "1 day 2 hours ago", "half past 3", "quarter to 4 pm", "½ hour"),
        *(
            "in 2 weeks on monday",
            "明天下午3点",
            "mañana a las 10",
            "😀 3pm",
            "10/06/26",
            "5 pm may",
        ),
    ],
)
def test_what_could_mean_several_things_or_nothing_is_refused(words: str) -> None:
    assert was(words) == "unclear"
    assert will_be(words) == "unclear"


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(words: str) -> None:
    was(words)
    will_be(words)


def test_a_refusal_has_an_example_that_would_be_understood() -> None:
    for words in ("soon", "5pm", "yesterday", "2020-01-01 9am"):
        with pytest.raises(UnclearTime) as caught:
            past(words, NOW, LA, need_hour=True)
        assert was(caught.value.example) not in set(Unclear)
    for words in ("soon", "9am", "today", "in 400 days"):
        with pytest.raises(UnclearTime) as caught:
            future(words, NOW, LA, CALL_TIME)
        assert will_be(caught.value.example) not in set(Unclear)


def test_hours_that_pass_are_real_hours_when_the_clocks_change() -> None:
    before_autumn = datetime(2026, 10, 31, 23, 30, tzinfo=LA)
    assert future("in 3 hours", before_autumn, LA, CALL_TIME).at == datetime(
        2026, 11, 1, 9, 30, tzinfo=UTC
    )
    assert will_be("in 3 hours", before_autumn) == "2026-11-01 01:30"
    after_spring = datetime(2026, 3, 8, 4, 0, tzinfo=LA)
    assert was("2 hours ago", after_spring) == "2026-03-08 01:00"


def test_clock_times_stay_what_they_are_when_the_clocks_change() -> None:
    before_autumn = datetime(2026, 10, 31, 23, 30, tzinfo=LA)
    assert future("tomorrow 10am", before_autumn, LA, CALL_TIME).at == datetime(
        2026, 11, 1, 18, 0, tzinfo=UTC
    )
    before_spring = datetime(2026, 3, 7, 12, 0, tzinfo=LA)
    assert will_be("tomorrow 2:30am", before_spring) == "2026-03-08 03:30"
    assert will_be("in 1 day", before_spring) == "~2026-03-08 10:00"


def test_the_day_is_that_of_the_reader_not_of_utc() -> None:
    late_evening = datetime(2026, 6, 11, 5, 0, tzinfo=UTC)
    assert was("today 9am", late_evening) == "2026-06-10 09:00"
    assert will_be("tomorrow 9am", late_evening) == "2026-06-11 09:00"


def test_a_week_that_begins_on_sunday_or_on_monday_is_both_minded() -> None:
    sunday = datetime(2026, 6, 14, 12, 0, tzinfo=LA)
    assert will_be("next monday", sunday) == "unclear"
    assert will_be("next saturday", sunday) == "unclear"
    saturday = datetime(2026, 6, 13, 12, 0, tzinfo=LA)
    assert will_be("next monday", saturday) == "~2026-06-15 10:00"
    assert will_be("next saturday", saturday) == "~2026-06-20 10:00"
