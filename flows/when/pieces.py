"""What phrases of time are made of, and the scan that cuts a phrase into such pieces.

A language is a list of rules, each a pattern and what it means. A phrase is cut from the left, the
longest match first; where no rule matches, a word is not understood and the phrase is refused.
Dates and clocks in digits are the same in all languages, but for the order of day and month.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum, auto
from functools import cache


class Word(Enum):
    """Pieces that are no more than a word."""

    AHEAD = auto()
    """`in …`, `… from now`."""
    AGO = auto()
    FROM = auto()
    """`a week from Monday`."""
    NOW = auto()
    MIDNIGHT = auto()
    END_OF_DAY = auto()
    FILLER = auto()
    """Says nothing about the time: `about`, `on`."""
    UNCLEAR = auto()
    """Looks like a time, but could be several, or none: `10 to 11`, and in Spanish `16h`."""


@dataclass(frozen=True, slots=True)
class Offset:
    """So many days from today."""

    days: int


@dataclass(frozen=True, slots=True)
class Week:
    """This week (0), the next (1), the last (-1) …"""

    ahead: int


@dataclass(frozen=True, slots=True)
class Month:
    """This month (0), the next (1), the last (-1) …"""

    ahead: int


@dataclass(frozen=True, slots=True)
class Year:
    """This year (0), the next (1), the last (-1)."""

    ahead: int


class Which(Enum):
    """Which of the days of that name."""

    THIS = auto()
    NEXT = auto()
    LAST = auto()
    COMING = auto()
    """The first from today on."""
    PAST = auto()
    """The latest before today."""


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, 0 for Monday."""

    index: int
    which: Which | None = None


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """`the 15th`."""

    day: int


@dataclass(frozen=True, slots=True)
class OnDate:
    """A day and its month in numbers."""

    year: int | None
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A day and its month in words, for dateparser: `20 june 2026`."""

    words: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time; minutes pass whatever the calendar says, days and months don't."""

    minutes: int = 0
    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time as it was said; negative minutes are those that are missing to the hour.

    `exact` is the 24-hour writing with two digits: `09:30`.
    """

    hour: int
    minute: int = 0
    half: str | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: from which hour to before which; `alone` is its time without a clock."""

    first: int
    end: int
    alone: time | None = None

    def __contains__(self, hour: int) -> bool:
        return self.first <= hour < self.end


Piece = (
    Word | Offset | Week | Month | Year | Weekday | DayOfMonth | OnDate | NamedDate | Amount
    | Clock | Part
)  # fmt: skip
Made = Piece | tuple[Piece, ...]
"""What a match means."""
Rule = tuple[str, Callable[[re.Match[str]], Made]]
"""A pattern and what its match means; compiled when first used, as all together take a while."""
compiled = cache(re.compile)


@dataclass(frozen=True, slots=True)
class Language:
    """How one language says times.

    The pattern `names` finds words that name some time, however vaguely. `back` and `on` are
    examples of a time looking back and ahead: for whoever wrote something unclear, and for all
    other refusals.
    """

    code: str
    plain: Callable[[str], str]
    rules: Sequence[Rule]
    names: str
    back: tuple[str, str]
    on: tuple[str, str]
    day_first: bool = False
    weeks_from_monday: bool = False
    """Whether everybody's week begins on Monday."""


# A piece ends with a word; in writing without spaces only digits and Latin letters have such ends.
_END = r"(?:(?<![a-z0-9])|(?![a-z0-9:./-]))"


def rule(pattern: str, make: Callable[[re.Match[str]], Made] | Made) -> Rule:
    """A rule that makes the same of every match, or what the function makes of it."""
    return f"(?:{pattern}){_END}", make if callable(make) else lambda _match: make


def words(meanings: Mapping[str, Made]) -> list[Rule]:
    """A rule for each alternative of words and what they mean."""
    return [rule(pattern, meaning) for pattern, meaning in meanings.items()]


def scan(text: str, rules: Sequence[Rule]) -> list[Piece] | None:
    """The pieces of a whole phrase; None when any of it is not understood."""
    pieces: list[Piece] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        found = [(m, make) for pattern, make in rules if (m := compiled(pattern).match(text, at))]
        if not found:
            return None
        match, make = max(found, key=lambda one: one[0].end())
        at, made = match.end(), make(match)
        pieces += made if isinstance(made, tuple) else (made,)
    return pieces


def clock(hour: str | int, minute: str | int | None = None, half: str | None = None) -> Clock:
    """A clock time; two digits with minutes behind are the 24-hour writing."""
    exact = isinstance(hour, str) and len(hour) == 2 and minute is not None
    return Clock(int(hour), int(minute or 0), half, exact=exact)


def hours(match: re.Match[str]) -> Amount:
    """`1.5` hours, in Spanish also `1,5`."""
    return Amount(minutes=int(60 * float(match[1].replace(",", "."))))


CLOCK_IN_DIGITS = r"(\d{1,2})(?::(\d{2}))(?: ?([ap]m))?"
_CLOCKS = (
    rule(CLOCK_IN_DIGITS, lambda m: clock(m[1], m[2], m[3])),
    rule(r"(\d{1,2})(?:\.?([0-5]\d))? ?([ap]m)", lambda m: clock(m[1], m[2], m[3])),
)
_YEAR_FIRST = rule(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", lambda m: OnDate(int(m[1]), int(m[3]), int(m[4]))
)
_ORDERED = r"(\d{1,2})(?:/(\d{1,2})(?:/(\d{4}|\d{2}))?|-(\d{1,2})-(\d{4}))"


def in_digits(*, day_first: bool | None) -> list[Rule]:
    """The rules for dates and clocks in digits; `day_first` None knows no order: only 6/6."""

    def ordered(match: re.Match[str]) -> Made:
        first, second = int(match[1]), int(match[2] or match[4])
        written = match[3] or match[5]
        year = int(written) + (2000 if len(written) == 2 else 0) if written else None
        if day_first is None and first != second:
            return Word.UNCLEAR
        return OnDate(year, second, first) if day_first else OnDate(year, first, second)

    return [*_CLOCKS, _YEAR_FIRST, rule(_ORDERED, ordered)]


def possible(year: int, month: int, day: int) -> date | None:
    """The date, if there is such a one in our times."""
    try:
        return date(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None
