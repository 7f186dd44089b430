"""Who is on duty when: the shifts of the clinic file, and the hand-over from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from flows.hours import DAYS, ONE_DAY, Day, DaySpans, Hours, Spans
from flows.rules import Model

A_WEEK = 7


class Shift(Model):
    """People who are on duty together, in the order in which they are asked.

    `week` has the spans of each day of the week, `dates` those of certain days.
    """

    people: Annotated[tuple[str, ...], Field(min_length=1)]
    week: Annotated[dict[Day, DaySpans], Field(alias="hours", default_factory=dict)]
    dates: Annotated[dict[date, DaySpans], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _comes_at_all(self) -> Self:
        if not self.week and not self.dates:
            raise ValueError('has no time; write hours = { mon = "09:00-14:00" }, or dates')
        return self


class Shifts:
    """The shifts of one location as instants; its zone is that of its `hours`."""

    def __init__(self, shifts: Sequence[Shift], hours: Hours) -> None:
        self._shifts = shifts
        self._hours = hours
        self._dates = sorted({day for shift in shifts for day in shift.dates})

    def on(self, at: datetime) -> tuple[str, ...]:
        """Who is on a shift at that instant, in the order of the file; at its end nobody is."""
        day = self._hours.local_day(at)
        people = (
            person
            for shift, begins, ends in self._of_day(day)
            if begins <= at < ends
            for person in shift.people
        )
        return tuple(dict.fromkeys(people))

    def next_change(self, at: datetime) -> datetime | None:
        """When a shift begins or ends next, after that instant; None when none ever does."""
        today = self._hours.local_day(at)
        days = [today + number * ONE_DAY for number in range(A_WEEK + 1)]
        for day in sorted({*days, *(day for day in self._dates if day > today)}):
            edges = (edge for _, *span in self._of_day(day) for edge in span if edge > at)
            if (first := min(edges, default=None)) is not None:
                return first
        return None

    def _of_day(self, day: date) -> Iterator[tuple[Shift, datetime, datetime]]:
        """The shifts of a local day; where the file says something of the date, only that."""
        dated = day in self._dates
        for shift in self._shifts:
            spans: Spans = (
                shift.dates.get(day, ()) if dated else shift.week.get(DAYS[day.weekday()], ())
            )
            for span in spans:
                at_local = self._hours.at_local
                yield shift, at_local(day, span.opens), at_local(day, span.closes)
