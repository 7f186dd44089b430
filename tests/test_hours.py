"""Opening hours, checked against counting minutes one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.hours import Day, Hours, Span

# Counting minutes takes its time.
unhurried = settings(deadline=None)

MINUTE = timedelta(minutes=1)
DAYS = tuple(Day)
LA = ZoneInfo("America/Los_Angeles")

# Around both changes of the clocks in 2026, 8 March and 1 November.
BASES = (datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 10, 29, tzinfo=UTC))
# Not from 01:00 to 03:59: what a span means that begins in a skipped or doubled hour is a
# convention (test below), not a matter of counting.
CLOCKS = st.builds(time, st.sampled_from([0, *range(4, 24)]), st.integers(0, 59))


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    count = 2 * draw(st.integers(1, 3))
    clocks = sorted(draw(st.lists(CLOCKS, min_size=count, max_size=count, unique=True)))
    return tuple(map(Span, clocks[::2], clocks[1::2]))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    week = draw(st.dictionaries(st.sampled_from(DAYS), spans(), min_size=1))
    base = draw(st.sampled_from(BASES)).date()
    closed = draw(st.lists(st.integers(0, 9), max_size=4))
    zone = draw(st.sampled_from(["America/Los_Angeles", "Europe/Madrid", "Australia/Sydney"]))
    return Hours(
        zone=zone,
        week=week,
        closed=tuple(base + timedelta(days=day) for day in closed),
        call_time=time(10),
    )


instants = st.builds(
    lambda base, minute: base + minute * MINUTE,
    st.sampled_from(BASES),
    st.integers(0, 8 * 24 * 60),
)


def open_by_the_clock_on_the_wall(hours: Hours, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(hours.zone))
    assert hours.week is not None
    if local.date() in hours.closed:
        return False
    spans = hours.week.get(DAYS[local.weekday()], ())
    return any(span.opens <= local.time() < span.closes for span in spans)


def first_open_minute(hours: Hours, at: datetime) -> datetime:
    while not open_by_the_clock_on_the_wall(hours, at):
        at += MINUTE
    return at


@unhurried
@given(hours(), instants)
def test_a_location_is_open_by_the_clock_on_its_wall(hours: Hours, at: datetime) -> None:
    assert hours.is_open(at) is open_by_the_clock_on_the_wall(hours, at)


@unhurried
@given(hours(), instants, st.integers(1, 300))
def test_open_time_forward_is_counted_minute_by_minute(
    hours: Hours, at: datetime, minutes: int
) -> None:
    walked, left = at, minutes
    while left:
        left -= open_by_the_clock_on_the_wall(hours, walked)
        walked += MINUTE
    assert hours.add_open(at, minutes * MINUTE) == walked


@unhurried
@given(hours(), instants, st.integers(1, 300))
def test_open_time_backward_is_counted_minute_by_minute(
    hours: Hours, at: datetime, minutes: int
) -> None:
    walked, left = at, minutes
    while left:
        walked -= MINUTE
        left -= open_by_the_clock_on_the_wall(hours, walked)
    assert hours.add_open(at, -minutes * MINUTE) == walked


@unhurried
@given(hours(), instants)
def test_open_from_is_the_first_open_minute(hours: Hours, at: datetime) -> None:
    assert hours.open_from(at) == first_open_minute(hours, at)


@unhurried
@given(hours(), instants)
def test_the_next_opening_is_the_next_minute_that_follows_a_closed_one(
    hours: Hours, at: datetime
) -> None:
    walked = at + MINUTE
    while not (
        open_by_the_clock_on_the_wall(hours, walked)
        and not open_by_the_clock_on_the_wall(hours, walked - MINUTE)
    ):
        walked += MINUTE
    assert hours.next_opening(at) == walked


@unhurried
@given(hours(), instants, st.integers(-300, 300))
def test_hours_survive_being_written_down(hours: Hours, at: datetime, minutes: int) -> None:
    again = Hours.model_validate_json(hours.model_dump_json())
    assert again == hours
    assert again.add_open(at, minutes * MINUTE) == hours.add_open(at, minutes * MINUTE)


def weekdays(span: str = "09:00-18:00", **more: object) -> Hours:
    week = dict.fromkeys(DAYS[:5], span)
    return Hours.model_validate(
        {"zone": "America/Los_Angeles", "week": week, "call_time": "10:00", **more}
    )


ALWAYS = Hours.model_validate(
    {"zone": "America/Los_Angeles", "week": "always", "call_time": "10:00"}
)


def at(day: int, clock: str) -> datetime:
    """A local instant in June 2026; the 12th is a Friday."""
    return datetime.combine(date(2026, 6, day), time.fromisoformat(clock), tzinfo=LA)


def test_what_fills_the_day_ends_at_closing_and_not_at_the_next_opening() -> None:
    assert weekdays().add_open(at(12, "17:00"), timedelta(hours=1)) == at(12, "18:00")
    assert weekdays().add_open(at(12, "17:00"), timedelta(minutes=61)) == at(15, "09:01")
    assert weekdays().add_open(at(15, "09:00"), timedelta(hours=-1)) == at(12, "17:00")


def test_at_closing_nobody_is_there_but_what_is_due_then_is_due_in_hours() -> None:
    assert not weekdays().is_open(at(12, "18:00"))
    assert weekdays().covers(at(12, "18:00"))
    assert not weekdays().covers(at(12, "18:01"))
    assert not weekdays().covers(at(13, "12:00"))


def test_seconds_count_too() -> None:
    almost = at(12, "18:00") - timedelta(seconds=5)
    assert weekdays().add_open(almost, timedelta(seconds=20)) == at(15, "09:00") + timedelta(
        seconds=15
    )


def test_an_always_open_location_begins_its_day_at_nine() -> None:
    assert ALWAYS.is_open(at(13, "03:00"))
    assert ALWAYS.covers(at(13, "03:00"))
    assert ALWAYS.open_from(at(13, "03:00")) == at(13, "03:00")
    assert ALWAYS.next_opening(at(13, "03:00")) == at(13, "09:00")
    assert ALWAYS.next_opening(at(13, "09:00")) == at(14, "09:00")
    assert ALWAYS.opening(date(2026, 6, 14)) == at(14, "09:00")
    assert ALWAYS.closing(date(2026, 6, 14)) is None
    assert ALWAYS.add_open(at(12, "23:30"), timedelta(hours=1)) == at(13, "00:30")
    assert ALWAYS.next_open_day(date(2026, 6, 12)) == date(2026, 6, 13)


def test_the_next_opening_is_never_now() -> None:
    assert weekdays().next_opening(at(12, "09:00")) == at(15, "09:00")
    assert weekdays().open_from(at(12, "09:00")) == at(12, "09:00")


def test_a_closed_day_has_no_opening_and_is_passed_over() -> None:
    holiday = weekdays(closed=[date(2026, 6, 15)])
    assert not holiday.open_day(date(2026, 6, 15))
    assert holiday.opening(date(2026, 6, 15)) is None
    assert holiday.closing(date(2026, 6, 15)) is None
    assert holiday.next_open_day(date(2026, 6, 12)) == date(2026, 6, 16)


def test_clients_are_called_at_opening_where_the_call_time_is_outside_hours() -> None:
    assert weekdays().call_at(date(2026, 6, 12)) == at(12, "10:00")
    late = weekdays("12:00-20:00")
    assert late.call_at(date(2026, 6, 12)) == at(12, "12:00")


def test_a_break_in_the_day_is_closed() -> None:
    siesta = weekdays("09:00-13:00, 16:00-20:00")
    assert siesta.next_opening(at(12, "13:30")) == at(12, "16:00")
    assert siesta.open_from(at(12, "13:00")) == at(12, "16:00")
    assert siesta.add_open(at(12, "12:40"), timedelta(minutes=50)) == at(12, "16:30")
    assert siesta.add_open(at(12, "16:10"), timedelta(minutes=-20)) == at(12, "12:50")
    assert siesta.opening(date(2026, 6, 12)) == at(12, "09:00")
    assert siesta.closing(date(2026, 6, 12)) == at(12, "20:00")
    in_the_break = siesta.model_copy(update={"call_time": time(14)})
    assert in_the_break.call_at(date(2026, 6, 12)) == at(12, "16:00")
    assert "fri 09:00-13:00, 16:00-20:00" in str(siesta)


def test_a_skipped_clock_time_moves_forward_and_of_a_doubled_one_the_first_counts() -> None:
    half_past_two = weekdays().at_local(date(2026, 3, 8), time(2, 30))
    assert half_past_two.astimezone(LA).time() == time(3, 30)
    doubled = weekdays().at_local(date(2026, 11, 1), time(1, 30))
    assert doubled == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_instants_go_out_in_utc_and_naive_ones_are_refused() -> None:
    for instant in (
        weekdays().add_open(at(12, "17:00"), MINUTE),
        ALWAYS.add_open(at(12, "17:00"), MINUTE),
        weekdays().open_from(at(12, "17:00")),
        weekdays().next_opening(at(12, "17:00")),
    ):
        assert instant.tzinfo is UTC
    with pytest.raises(ValueError, match="no time zone"):
        weekdays().is_open(datetime(2026, 6, 12, 17))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"span": "18:00-09:00"}, "has to end after it begins"),
        ({"span": "09:00-09:00"}, "has to end after it begins"),
        ({"span": "9-18"}, "not a clock time"),
        ({"span": "09:00"}, "not a span"),
        ({"span": "09:00-13:00 15:00-19:00"}, "not a span"),
        ({"span": "15:00-19:00, 09:00-13:00"}, "09:00-13:00 has to begin after 15:00-19:00"),
        ({"span": "09:00-13:00, 13:00-19:00"}, "has to begin after"),
        ({"week": {}}, "no day is open"),
        ({"week": "allways"}, 'neither "always" nor'),
        ({"zone": "America/Los Angeles"}, 'did you mean "America/Los_Angeles"'),
        ({"call_time": "25:00"}, "not a clock time"),
        ({"week": "always", "closed": [date(2026, 12, 25)]}, "contradict"),
        (
            {"closed": [date(2026, 1, 1) + timedelta(days=day) for day in range(61)]},
            "more than 60 days in a row",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_words(
    wrong: dict[str, object], words: str
) -> None:
    span = wrong.pop("span", "09:00-18:00")
    with pytest.raises(ValidationError, match=words):
        weekdays(str(span), **wrong)


def test_a_long_holiday_is_allowed() -> None:
    days = [date(2026, 7, 1) + timedelta(days=day) for day in range(31)]
    assert weekdays(closed=days).next_open_day(date(2026, 6, 30)) == date(2026, 8, 3)
