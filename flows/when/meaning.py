"""What the pieces of a phrase mean together: an instant, or a day with an hour or without."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeVar

from flows.hours import ONE_DAY
from flows.when.pieces import (
    Amount,
    Clock,
    DayOfMonth,
    Language,
    Month,
    NamedDate,
    Offset,
    OnDate,
    Part,
    Piece,
    Week,
    Weekday,
    Which,
    Word,
    Year,
    possible,
)

CLINIC_DAY = range(7 * 60, 21 * 60)
"""Minutes of the day when things happen in a clinic: a bare `at 3` is 15:00, never 03:00."""

NEEDS_A_YEAR = timedelta(days=270)
"""A date without a year that would be farther away than this is this year's, which is over or yet
to come, and refused as such: on 10 June, `June 9` is a slip and not next year's."""

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Daytime:
    """A local day with what was said of its hour: a clock time, a part of the day, its end."""

    day: date
    clock: time | None = None
    part: Part | None = None
    end_of_day: bool = False


P = TypeVar("P")


class _Contradiction(Exception):
    """The pieces are no time together, or could be several."""


@dataclass(frozen=True, slots=True)
class _Now:
    """From where and which way we look."""

    at: datetime
    local: datetime
    ahead: bool
    language: Language

    @property
    def today(self) -> date:
        return self.local.date()


class _Pieces:
    """The pieces of a phrase, taken out one by one; what nobody takes is a contradiction."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._left = [piece for piece in pieces if piece is not Word.FILLER]

    def take(self, kind: type[P]) -> P | None:
        """The one piece of a kind, None without; twice the same is once."""
        found = [piece for piece in self._left if isinstance(piece, kind)]
        if any(piece != found[0] for piece in found):
            raise _Contradiction
        self._left = [piece for piece in self._left if not isinstance(piece, kind)]
        return found[0] if found else None

    def take_word(self, word: Word) -> bool:
        """Whether the word was there."""
        was_there = word in self._left
        self._left = [piece for piece in self._left if piece is not word]
        return was_there

    def take_amounts(self) -> list[Amount]:
        """All amounts, in their order."""
        found = [piece for piece in self._left if isinstance(piece, Amount)]
        self._left = [piece for piece in self._left if not isinstance(piece, Amount)]
        return found

    def has(self, *words: Word) -> bool:
        """Whether any of the words is there."""
        return any(word in self._left for word in words)

    def only(self, *kinds: type[Piece]) -> bool:
        """Whether what is left are pieces of these kinds, and at least one."""
        return bool(self._left) and all(isinstance(piece, kinds) for piece in self._left)

    def check_empty(self) -> None:
        """Raise _Contradiction when anything is left."""
        if self._left:
            raise _Contradiction


def meaning(
    said: Sequence[Piece], at: datetime, local: datetime, language: Language, *, ahead: bool
) -> datetime | Daytime | None:
    """An instant (UTC) or a local day; None when the pieces are not one clear time.

    `at` is now, `local` the same as a naive local time; `ahead` says which way to look for what
    has no year or direction of its own.
    """
    try:
        return _meaning(_Pieces(said), _Now(at.astimezone(UTC), local, ahead, language))
    except (_Contradiction, OverflowError):
        return None


def _meaning(pieces: _Pieces, now: _Now) -> datetime | Daytime:
    if pieces.take_word(Word.NOW):
        pieces.check_empty()
        return now.at
    directed = pieces.has(Word.AHEAD, Word.AGO, Word.FROM)
    distance = _distance(pieces, now)
    if distance is not None and (distance.minutes or not directed):
        pieces.check_empty()  # `2 hours at 3pm`; 早两天 is "two days earlier"
    if distance is not None and distance.minutes:
        return now.at + timedelta(minutes=distance.minutes)
    clock, part = pieces.take(Clock), pieces.take(Part)
    midnight, end = pieces.take_word(Word.MIDNIGHT), pieces.take_word(Word.END_OF_DAY)
    if [clock is not None, midnight, end].count(True) > 1 or (end and part is not None):
        raise _Contradiction
    has_hour = clock is not None or part is not None or midnight or end
    if has_hour and pieces.only(Week, Month):
        raise _Contradiction  # which day of it is not said
    day = _day(pieces, distance, now)
    pieces.check_empty()
    if midnight or (clock is not None and _is_midnight(clock, part)):
        return _midnight(day, clock, part, now)
    if clock is None and part is not None and part.alone is not None:
        clock, part = Clock(part.alone.hour, exact=True), None
    if clock is not None:
        return _at(day, _time(clock, part), part, now)
    if day is None and part is None and not end:
        raise _Contradiction
    return Daytime(day or now.today, None, part, end)


def _at(day: date | None, clock: time, part: Part | None, now: _Now) -> Daytime:
    """The clock time of the day; without a day, today's, or looking ahead the next."""
    if day is None:
        over = now.ahead and clock <= now.local.time()
        day = now.today + ONE_DAY if over else now.today
    return Daytime(day, clock, part)


def _is_midnight(clock: Clock, part: Part | None) -> bool:
    """`12 at night` is midnight."""
    night = part is not None and part.end == 24
    return night and clock.hour == 12 and clock.half is None and clock.minute >= 0


def _midnight(day: date | None, clock: Clock | None, part: Part | None, now: _Now) -> Daytime:
    """The midnight at the end of tonight or last night; that of any other day could be two."""
    if day is None:
        day = now.today if now.ahead else now.today - ONE_DAY
    elif part is None or part.end != 24 or day not in (now.today, now.today - ONE_DAY):
        raise _Contradiction
    minute = clock.minute if clock else 0
    if minute > 59:
        raise _Contradiction
    return Daytime(day + ONE_DAY, time(0, minute))


def _time(clock: Clock, part: Part | None) -> time:
    """The one time of the day that a clock time means.

    Raises:
        _Contradiction: it could mean two, or none.
    """
    if clock.hour > 23 or not -30 <= clock.minute <= 59:
        raise _Contradiction
    written = clock.hour * 60 + clock.minute
    if clock.half:
        if not 1 <= clock.hour <= 12:
            raise _Contradiction
        half_day = MINUTES_A_DAY // 2 if clock.half == "pm" else 0
        meant = {clock.hour % 12 * 60 + clock.minute + half_day}
        meant &= set(range(half_day, half_day + MINUTES_A_DAY // 2))
    elif clock.hour > 12 or clock.hour == 0 or (clock.exact and part is None):
        meant = {written % MINUTES_A_DAY}
    else:
        meant = {written % MINUTES_A_DAY, (written + MINUTES_A_DAY // 2) % MINUTES_A_DAY}
        if part is None:
            meant &= set(CLINIC_DAY)
    if part is not None:
        meant = {minutes for minutes in meant if minutes // 60 in part}
    if len(meant) != 1:
        raise _Contradiction
    hour, minute = divmod(meant.pop(), 60)
    return time(hour, minute)


def _distance(pieces: _Pieces, now: _Now) -> Amount | None:
    """How far away, negative when back; `2 hours and 30 minutes` is one distance."""
    amounts = pieces.take_amounts()
    onward, ago = pieces.take_word(Word.AHEAD) or pieces.has(Word.FROM), pieces.take_word(Word.AGO)
    if not amounts:
        if onward or ago:
            raise _Contradiction
        return None
    if (onward and ago) or not all(_falls(a, b) for a, b in pairwise(amounts)):
        raise _Contradiction
    sign = 1 if onward or (now.ahead and not ago) else -1
    total = Amount(
        sign * sum(amount.minutes for amount in amounts),
        sign * sum(amount.days for amount in amounts),
        sign * sum(amount.months for amount in amounts),
    )
    if [bool(total.minutes), bool(total.days), bool(total.months)].count(True) != 1:
        raise _Contradiction
    return total


def _falls(first: Amount, second: Amount) -> bool:
    """Whether the second is the smaller rest: hours and minutes, weeks and days."""
    return (first.minutes % 60 == 0 and 0 < second.minutes < 60 <= first.minutes) or (
        first.days % 7 == 0 and 0 < second.days < 7 <= first.days
    )


def _day(pieces: _Pieces, distance: Amount | None, now: _Now) -> date | None:
    """The local day that is meant, None when none was said."""
    weekday = pieces.take(Weekday)
    day = _day_but_weekday(pieces, weekday, now)
    if day is None and weekday is not None:
        day = _weekday(weekday, pieces.take(Week), now)
    elif (
        day is not None
        and weekday is not None
        and (weekday.which is not None or weekday.index != day.weekday())
    ):
        raise _Contradiction
    if distance is None:
        return day
    # `a week from Monday`; `Monday two weeks` is not clear.
    if pieces.take_word(Word.FROM) is (day is None):
        raise _Contradiction
    day = day or now.today
    return _months_on(day, distance.months) + distance.days * ONE_DAY


def _day_but_weekday(pieces: _Pieces, weekday: Weekday | None, now: _Now) -> date | None:
    if (offset := pieces.take(Offset)) is not None:
        return now.today + offset.days * ONE_DAY
    if (named := pieces.take(NamedDate)) is not None:
        return _named(named.words, pieces.take(Year), now)
    if (on_date := pieces.take(OnDate)) is not None:
        return _on_date(on_date, pieces.take(Year), now)
    month = pieces.take(Month)
    if (day_of_month := pieces.take(DayOfMonth)) is not None:
        return _day_of_month(day_of_month.day, month, now)
    if month is not None:
        if month.ahead < 1:
            raise _Contradiction
        return _months_on(now.today, month.ahead)
    if weekday is None and (week := pieces.take(Week)) is not None:
        if week.ahead < 1:
            raise _Contradiction
        return now.today + 7 * week.ahead * ONE_DAY
    return None


def _weekday(said: Weekday, week: Week | None, now: _Now) -> date:
    """The day that a weekday means.

    On a Friday, `Friday` may be today or in a week. `next` and `last` have to leave this week,
    whether it begins on Sunday or on Monday, and `this` has to stay in it.

    Raises:
        _Contradiction: where people disagree.
    """
    today, from_monday = now.today, now.language.weeks_from_monday
    if week is not None:
        day = _monday(today) + (7 * week.ahead + said.index) * ONE_DAY
        if said.which is not None or not (from_monday or _same_if_from_sunday(day, today, week)):
            raise _Contradiction
        return day
    which = said.which
    days = (said.index - today.weekday()) % 7
    if days == 0 and which not in (Which.NEXT, Which.LAST):
        raise _Contradiction
    forward = now.ahead
    if which in (Which.NEXT, Which.COMING):
        forward = True
    elif which in (Which.LAST, Which.PAST):
        forward = False
    day = today + (days or 7) * ONE_DAY if forward else today + (days - 7) * ONE_DAY
    in_week = _monday(day) == _monday(today)
    in_week_from_sunday = _sunday(day) == _sunday(today)
    if which in (Which.NEXT, Which.LAST) and (in_week or in_week_from_sunday):
        raise _Contradiction
    if which is Which.THIS and not in_week:
        raise _Contradiction
    return day


def _monday(day: date) -> date:
    return day - day.weekday() * ONE_DAY


def _sunday(day: date) -> date:
    return day - day.isoweekday() % 7 * ONE_DAY


def _same_if_from_sunday(day: date, today: date, week: Week) -> bool:
    return _sunday(day) == _sunday(today) + 7 * week.ahead * ONE_DAY


def _months_on(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1900 <= year <= 2200:
        raise _Contradiction
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _day_of_month(day: int, month: Month | None, now: _Now) -> date:
    """`the 15th`, of this month where none is said, if it lies where we look."""
    first = _months_on(now.today.replace(day=1), month.ahead if month else 0)
    found = possible(first.year, first.month, day)
    if found is None:
        raise _Contradiction
    if month is None and (found < now.today if now.ahead else found > now.today):
        raise _Contradiction
    return found


def _on_date(said: OnDate, year: Year | None, now: _Now) -> date:
    if said.year is not None or year is not None:
        if said.year is not None and year is not None:
            raise _Contradiction
        chosen = now.today.year + year.ahead if year else said.year
        found = possible(chosen or 0, said.month, said.day)
    else:
        near = [
            day
            for number in (now.today.year - 1, now.today.year, now.today.year + 1)
            if (day := possible(number, said.month, said.day)) is not None
            and (day >= now.today if now.ahead else day <= now.today)
            and abs(day - now.today) <= NEEDS_A_YEAR
        ]
        found = near[0] if near else possible(now.today.year, said.month, said.day)
    if found is None:
        raise _Contradiction
    return found


def _named(words: str, year: Year | None, now: _Now) -> date:
    """A date with a month's name. Only the day and month are dateparser's: it doesn't know about
    changes of clocks, and bends what can't be, such as 31 June."""
    import dateparser  # takes a tenth of a second, which most starts need not wait for

    *_, last = words.split()
    with_year = len(last) == 4 and last.isdecimal()
    found = dateparser.parse(
        words if with_year else f"{words} 2024",  # a leap year
        languages=[now.language.code],
        settings={"RELATIVE_BASE": now.local, "RETURN_AS_TIMEZONE_AWARE": False},
    )
    digits = next((word for word in words.split() if word[0].isdecimal()), "")
    if found is None or str(found.day) != digits.rstrip("stndrh").lstrip("0"):
        raise _Contradiction
    if not 1900 <= found.year <= 2200:
        raise _Contradiction
    on_date = OnDate(found.year if with_year else None, found.month, found.day)
    return _on_date(on_date, year, now)
