"""Opening hours: when a location is open, and arithmetic in open minutes.

Instants come in and go out aware; what goes out is in UTC. Days and clock times are local. All
arithmetic is done in UTC over the open windows of each local day, so that the hour that is skipped
in spring and the one that comes twice in autumn are counted as they really pass.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    model_validator,
)

ONE_DAY = timedelta(days=1)

MOST_CLOSED_DAYS = 60
"""More closed days in a row than this are a mistake in the file, and would stop every deadline."""

ALWAYS_OPENS = time(9)
"""When the day begins where there are no hours; the morning list comes then (design.md)."""


class Day(StrEnum):
    """The days of the week as the clinic file names them, in the order of `date.weekday`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS = tuple(Day)


class Span(NamedTuple):
    """From an opening to the next closing on one local day; it never crosses midnight."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


def read_clock(written: object) -> time:
    """A clock time written as `16:00`.

    Raises:
        ValueError: for anything but a 24-hour clock time from 00:00 to 23:59.
    """
    if isinstance(written, time) and written.tzinfo is None:
        return written
    if isinstance(written, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written):
        return time.fromisoformat(written)
    raise ValueError(f'{quoted(written)} is not a clock time such as "16:00"')


Spans = tuple[Span, ...]
"""The open spans of one day, in their order, without overlap; never empty."""


def _read_spans(written: object) -> Spans:
    """The spans of a day, written as `09:00-13:00, 15:00-19:00`."""
    if isinstance(written, tuple):
        return written
    parts = written.split(",") if isinstance(written, str) else [written]
    spans = tuple(map(_read_span, parts))
    for earlier, later in pairwise(spans):
        if later.opens <= earlier.closes:
            raise ValueError(f"{quoted(written)}: {later} has to begin after {earlier} has ended")
    return spans


def _write_spans(spans: Spans) -> str:
    return ", ".join(map(str, spans))


def _read_span(written: object) -> Span:
    parts = re.split(r"\s*[-–]\s*", written.strip()) if isinstance(written, str) else []
    if len(parts) != 2:
        raise ValueError(f'{quoted(written)} is not a span such as "09:00-18:00"')
    span = Span(read_clock(parts[0]), read_clock(parts[1]))
    if span.closes <= span.opens:
        raise ValueError(f"{quoted(written)} has to end after it begins, on the same day")
    return span


def _read_week(written: object) -> object:
    if isinstance(written, str):
        if written != "always":
            raise ValueError(f'{quoted(written)} is neither "always" nor a table of days')
        return None
    if written == {}:
        raise ValueError('no day is open; write such as mon = "09:00-18:00", or "always"')
    return written


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones())
        raise ValueError(f"{quoted(name)} is not a time zone{hint}") from None
    return name


def quoted(written: object) -> str:
    """What stands in the file, as a message quotes it."""
    return f'"{written}"' if isinstance(written, str) else str(written)


def did_you_mean(name: str, known: Sequence[str] | set[str]) -> str:
    """The end of an error message: the nearest known name, or nothing when none is near."""
    # Compared without case: U0maria is a slip of the shift key, not another name.
    by_lower = {one.lower(): one for one in sorted(known)}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""


ClockTime = Annotated[
    time, PlainValidator(read_clock), PlainSerializer(lambda clock: f"{clock:%H:%M}")
]
Zone = Annotated[str, AfterValidator(_check_zone)]
DaySpans = Annotated[Spans, PlainValidator(_read_spans), PlainSerializer(_write_spans)]
Week = Annotated[dict[Day, DaySpans] | None, BeforeValidator(_read_week)]
"""The open spans of each day, absent days being closed; None where a location is always open."""
ClosedDays = Annotated[tuple[date, ...], AfterValidator(lambda days: tuple(sorted(set(days))))]


def check_open_days(week: Mapping[Day, Spans] | None, closed: Sequence[date]) -> None:
    """Raise ValueError unless there is an open day within `MOST_CLOSED_DAYS` of every day."""
    if week is None:
        if closed:
            raise ValueError('hours "always" and closed days contradict each other')
        return
    for first in closed:
        run = [first + number * ONE_DAY for number in range(MOST_CLOSED_DAYS + 1)]
        if all(day in closed or DAYS[day.weekday()] not in week for day in run):
            raise ValueError(f"closed for more than {MOST_CLOSED_DAYS} days in a row from {first}")


def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall clock time.

    A time skipped in spring moves forward by what was skipped; of a time that comes twice in
    autumn the first is meant.
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


Windows = tuple[tuple[datetime, datetime], ...]
"""The open windows of one local day as instants, in their order."""


class Hours(BaseModel):
    """When one location is open. A complaint keeps these as they were when it was filed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Zone
    week: Week
    closed: ClosedDays = ()
    call_time: ClockTime
    """The usual local time for calling clients back."""

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        check_open_days(self.week, self.closed)
        return self

    def __str__(self) -> str:
        if self.week is None:
            return f"always open ({self.zone})"
        days = "; ".join(f"{d} {_write_spans(self.week[d])}" for d in DAYS if d in self.week)
        return f"{days} ({self.zone}), {len(self.closed)} closed days"

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at that instant; at the instant of closing nobody is."""
        if self.week is None:
            return True
        return any(opens <= at < closes for opens, closes in self._on(self.local_day(at)))

    def covers(self, at: datetime) -> bool:
        """Like `is_open`, but the instant of closing counts: due at closing is due in hours."""
        if self.week is None:
            return True
        return any(opens <= at <= closes for opens, closes in self._on(self.local_day(at)))

    def open_day(self, day: date) -> bool:
        """Whether the location opens on that local day."""
        return self.week is None or (day not in self.closed and DAYS[day.weekday()] in self.week)

    def next_open_day(self, day: date) -> date:
        """The first open local day after `day`."""
        following = day + ONE_DAY
        while not self.open_day(following):
            following += ONE_DAY
        return following

    def opening(self, day: date) -> datetime | None:
        """When the location opens on that local day (always open: 09:00); None when closed."""
        if self.week is None:
            return self.at_local(day, ALWAYS_OPENS)
        windows = self._on(day)
        return windows[0][0] if windows else None

    def closing(self, day: date) -> datetime | None:
        """When the location closes for that local day; None when closed, or open all day."""
        windows = self._on(day)
        return windows[-1][1] if windows else None

    def next_opening(self, at: datetime) -> datetime:
        """The first opening after `at` (never `at` itself), also after a break in the day."""
        day = self.local_day(at)
        while (opening := self._opening_after(at, day)) is None:
            day = self.next_open_day(day)
        return opening

    def _opening_after(self, at: datetime, day: date) -> datetime | None:
        openings = [opens for opens, _ in self._on(day)]
        if self.week is None:
            openings = [self.at_local(day, ALWAYS_OPENS)]
        return next((opens for opens in openings if opens > at), None)

    def open_from(self, at: datetime) -> datetime:
        """`at` itself when the location is open then, else the next opening."""
        return at.astimezone(UTC) if self.is_open(at) else self.next_opening(at)

    def add_open(self, at: datetime, delta: timedelta) -> datetime:
        """The instant when `delta` of open time has passed since `at`; negative goes back.

        What fills an opening span to its last minute ends at closing, not at the next opening.
        """
        if self.week is None or not delta:
            return at.astimezone(UTC) + delta
        left = abs(delta)
        if delta > timedelta(0):
            for opens, closes in self._windows(self.local_day(at), ONE_DAY):
                begins = max(opens, at.astimezone(UTC))
                if closes - begins >= left:
                    return begins + left
                left -= max(closes - begins, timedelta(0))
        for opens, closes in self._windows(self.local_day(at), -ONE_DAY):
            ends = min(closes, at.astimezone(UTC))
            if ends - opens >= left:
                return ends - left
            left -= max(ends - opens, timedelta(0))
        raise AssertionError("the windows never end")

    def open_time(self, begin: datetime, end: datetime) -> timedelta:
        """How long the location is open between two instants; nothing if `end` is not later."""
        if self.week is None:
            return max(end - begin, timedelta(0))
        total = timedelta(0)
        for opens, closes in self._windows(self.local_day(begin), ONE_DAY):
            if opens >= end:
                return total
            total += max(min(closes, end) - max(opens, begin), timedelta(0))
        raise AssertionError("the windows never end")

    def local_day(self, at: datetime) -> date:
        """The local day on which an instant falls.

        Raises:
            ValueError: for a naive datetime, which could mean any instant.
        """
        if at.tzinfo is None:
            raise ValueError(f"{at} has no time zone")
        return at.astimezone(ZoneInfo(self.zone)).date()

    def at_local(self, day: date, clock: time) -> datetime:
        """The instant of a local wall clock time (see the function of that name)."""
        return at_local(day, clock, ZoneInfo(self.zone))

    def call_at(self, day: date) -> datetime:
        """The usual call time of a local day; where that is outside its hours, an opening.

        In a break it is when that ends, otherwise when the day begins.
        """
        usual = self.at_local(day, self.call_time)
        opening = self.opening(day)
        if opening is None or self.covers(usual):
            return usual
        return self._opening_after(usual, day) or opening

    def _on(self, day: date) -> Windows:
        """The open windows of a local day; none when closed, or always open."""
        known = self._windows_known.get(day)
        if known is None:
            known = self._windows_known[day] = self._windows_of(day)
        return known

    @cached_property
    def _windows_known(self) -> dict[date, Windows]:
        """By day: the ladders of thousands of complaints fall on the same few days."""
        return {}

    def _windows_of(self, day: date) -> Windows:
        if self.week is None or not self.open_day(day):
            return ()
        spans = self.week[DAYS[day.weekday()]]
        return tuple((self.at_local(day, s.opens), self.at_local(day, s.closes)) for s in spans)

    def _windows(self, day: date, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
        """The open windows from that local day on, forward or backward, without end."""
        while True:
            windows = self._on(day)
            yield from windows if step > timedelta(0) else reversed(windows)
            day += step
