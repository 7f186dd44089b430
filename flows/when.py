"""Times as staff type them: `yesterday 4pm`, `in two weeks`, `next Monday 10am`.

A time that is read wrongly is worse than one that is refused: a client would not be called. So a
phrase is read only if every word of it is understood and it has one meaning; `9:30` could be
evening and `next Friday`, said on a Wednesday, this week's, so both are refused with an example
of what would be clear. The clock and the day are read apart: the clock, the days and the weekdays
by the rules below, dates with a month's name by dateparser, which gets only phrases of that shape
(left to itself it takes `may` for a date and `monday at 9` for September).

Words are English for now. Wall clock times are the reader's (`zone`) and become UTC by the rules of
`flows.hours.at_local`; minutes and hours from now are added in UTC, so that a change of the clocks
can't stretch them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import dateparser

from flows.hours import ONE_DAY, at_local

ONE_YEAR = timedelta(days=366)
NEEDS_A_YEAR = timedelta(days=270)
"""A date without a year that would be farther away than this is this year's, which is over or yet
to come, and refused as such: on 10 June, `June 9` is a slip and not next year's."""


class Unclear(StrEnum):
    """Why a time in words is refused."""

    UNCLEAR = "unclear"
    TOO_OLD = "too_old"
    IN_FUTURE = "in_future"
    IN_PAST = "in_past"
    TOO_FAR = "too_far"
    HOUR_MISSING = "hour_missing"


class UnclearTime(ValueError):
    """A time in words that can't be used, with an example of one that can."""

    def __init__(self, reason: Unclear, example: str) -> None:
        super().__init__(f"{reason}: write such as {example!r}")
        self.reason = reason
        self.example = example


@dataclass(frozen=True, slots=True)
class Resolved:
    """An instant (aware, UTC), and whether its hour was said or is only the usual one."""

    at: datetime
    hour_said: bool


def past(words: str, now: datetime, zone: ZoneInfo, *, need_hour: bool) -> Resolved:
    """When something was: at most a year ago and not in the future.

    A day without an hour is its noon (today: now, if that is earlier), unless `need_hour`.

    Raises:
        UnclearTime: unclear, in_future, too_old or hour_missing.
    """
    said = _read(words, now, zone, ahead=False)
    if said is None:
        raise UnclearTime(Unclear.UNCLEAR, "30 minutes ago")
    if isinstance(said, datetime):
        resolved = Resolved(said, hour_said=True)
    elif said.clock is not None:
        resolved = Resolved(at_local(said.day, said.clock, zone), hour_said=True)
    else:
        today = now.astimezone(zone).date()
        if need_hour and said.day <= today:
            raise UnclearTime(Unclear.HOUR_MISSING, "yesterday 4pm")
        noon = at_local(said.day, time(12), zone)
        at = min(noon, now.astimezone(UTC)) if said.day == today else noon
        resolved = Resolved(at, hour_said=False)
    if resolved.at > now:
        raise UnclearTime(Unclear.IN_FUTURE, "yesterday 4pm")
    if resolved.at < now - ONE_YEAR:
        raise UnclearTime(Unclear.TOO_OLD, "yesterday 4pm")
    return resolved


def future(words: str, now: datetime, zone: ZoneInfo, call_time: time) -> Resolved:
    """When something shall be: after now and within a year.

    A day without an hour means `call_time`, the usual local time for calls.

    Raises:
        UnclearTime: unclear, in_past, too_far or hour_missing (a part of a day that the call time
            is no part of, or today after the call time).
    """
    said = _read(words, now, zone, ahead=True)
    if said is None:
        raise UnclearTime(Unclear.UNCLEAR, "tomorrow 10am")
    if isinstance(said, datetime):
        resolved = Resolved(said, hour_said=True)
    elif said.clock is not None:
        resolved = Resolved(at_local(said.day, said.clock, zone), hour_said=True)
    else:
        at = at_local(said.day, call_time, zone)
        over = at <= now and said.day == now.astimezone(zone).date()
        if over or (said.part is not None and call_time.hour not in said.part):
            raise UnclearTime(Unclear.HOUR_MISSING, "tomorrow 10am")
        resolved = Resolved(at, hour_said=False)
    if resolved.at <= now:
        raise UnclearTime(Unclear.IN_PAST, "tomorrow 10am")
    if resolved.at > now + ONE_YEAR:
        raise UnclearTime(Unclear.TOO_FAR, "in two weeks")
    return resolved


PARTS = {
    "morning": range(12),
    "afternoon": range(12, 19),
    "evening": range(16, 24),
    "night": range(18, 24),
}
"""The hours of each part of a day: `tonight at 8` is 20:00, and `tonight at 1` is refused."""

DAY_WORDS = {
    "day before yesterday": -2,
    "yesterday": -1,
    "": 0,
    "today": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DAY_OF_MONTH = r"\d{1,2}(?:st|nd|rd|th)?"
NAMED_DATE = rf"(?:{MONTH} {DAY_OF_MONTH}|{DAY_OF_MONTH} {MONTH})(?: \d{{4}})?"

NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {"a": 1, "an": 1, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40} | {
    word: number for number, word in enumerate(NUMBER_WORDS, start=1)
}
SHORT_UNITS = {"m": "minute", "h": "hour", "d": "day", "w": "week"}
LONG_UNITS = r"(?:min|minute|hr|hour|day|week|month)s?"
# A number in words needs a unit in words, or "am" would be a minute.
AMOUNT = rf"(?:\d{{1,4}}(?:[mhdw]| ?{LONG_UNITS})|(?:{'|'.join(NUMBERS)}) {LONG_UNITS})(?![a-z])"
MINUTES = {"minute": 1, "min": 1, "hour": 60, "hr": 60}
"""Units that pass whatever the calendar says."""
DAYS = {"day": 1, "week": 7}


class _Daytime(NamedTuple):
    """A local day with what was said of its hour: a clock time, or only a part of the day."""

    day: date
    clock: time | None
    part: range | None


def _read(words: str, now: datetime, zone: ZoneInfo, *, ahead: bool) -> datetime | _Daytime | None:
    """What the words mean: an instant, or a day with an hour or without; None when unclear.

    `ahead` says which way to look for what has no year or direction of its own.
    """
    local = now.astimezone(zone).replace(tzinfo=None)
    text = _plain(words)
    if text in ("now", "just now", "right now"):
        return now.astimezone(UTC)
    passed = _minutes_away(text, ahead=ahead)
    if passed is not None:
        return now.astimezone(UTC) + passed
    text, part_name = _take_part(text)
    clock_said, text = _take_clock(text)
    part = PARTS[part_name] if part_name else None
    clock = _clock(clock_said, part) if clock_said else None
    if clock_said and clock is None:
        return None
    if not text and not part_name and clock is None:
        return None
    day = _day(text, local, ahead=ahead)
    return None if day is None else _Daytime(day, clock, part)


def _plain(words: str) -> str:
    """The words in small letters, one space apart, full-width forms narrowed, fillers left out."""
    text = unicodedata.normalize("NFKC", words).casefold().strip().rstrip(".!")
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text).replace(",", " ")
    return " ".join(
        word for word in text.split() if word not in ("the", "on", "about", "around", "of")
    )


def _minutes_away(text: str, *, ahead: bool) -> timedelta | None:
    """`in 2 hours`, `1h30m ago`, `half an hour ago`: an exact distance from now, else None."""
    text = re.sub(r"\bhalf an hour\b", "30 minutes", text)
    text = re.sub(r"\b(?:an|one|1) hour and a half\b", "90 minutes", text)
    match = re.fullmatch(rf"(in )?({AMOUNT}(?:(?: and)? ?{AMOUNT})*)(?: (ago|from now))?", text)
    if match is None or (match[1] and match[3] == "ago"):
        return None
    amounts = [_amount(one) for one in re.findall(AMOUNT, match[2])]
    if any(unit not in MINUTES for _, unit in amounts):
        return None
    distance = timedelta(minutes=sum(number * MINUTES[unit] for number, unit in amounts))
    return distance if _forward(match[1], match[3], ahead=ahead) else -distance


def _amount(said: str) -> tuple[int, str]:
    """`2h` as (2, "hour"), `two weeks` as (2, "week")."""
    match = re.fullmatch(r"(\d+|[a-z]+?) ?([a-z]+)", said)
    assert match is not None, said  # noqa: S101  (the shape was found by AMOUNT)
    number, unit = match[1], match[2]
    return int(NUMBERS.get(number, number)), SHORT_UNITS.get(unit, unit.removesuffix("s"))


def _forward(before: str | None, after: str | None, *, ahead: bool) -> bool:
    """Which way `in …`, `… from now` and `… ago` point; without them, the way we look."""
    return bool(before) or after == "from now" or (ahead and after is None)


def _take_part(text: str) -> tuple[str, str | None]:
    """The words without the part of the day, and which part was said, if one was."""
    text = re.sub(r"\btonight\b", "today night", text)
    text = re.sub(r"\blast night\b", "yesterday night", text)
    text = re.sub(r"\bthis (morning|afternoon|evening)\b", r"today \1", text)
    found = re.findall(rf"\b(?:in |at )?({'|'.join(PARTS)})\b", text)
    if len(found) != 1:
        return text, None
    return _without(rf"\b(?:in |at )?{found[0]}\b", text), found[0]


def _take_clock(text: str) -> tuple[str, str]:
    """The clock time as it was said ("" for none), and the words without it."""
    clock = r"(?:at )?\b(\d{1,2}(?:[:.]\d{2})? ?[ap]m|\d{1,2}:\d{2}|noon|midday)\b|\bat (\d{1,2})\b"
    found = list(re.finditer(clock, text))
    if len(found) != 1:
        return "", text
    return found[0][1] or found[0][2], _without(clock, text)


def _without(pattern: str, text: str) -> str:
    return " ".join(re.sub(pattern, " ", text).split())


def _clock(said: str, part: range | None) -> time | None:
    """A clock time that can mean only one hour; None when it could mean two, or none.

    It needs am or pm, a part of the day, or the 24-hour writing with two digits: `09:30`.
    """
    if said in ("noon", "midday"):
        return time(12) if part is None or 12 in part else None
    match = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))? ?([ap]m)?", said)
    assert match is not None, said  # noqa: S101  (the shape was found by _take_clock)
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hours = {hour % 12 + (12 if half == "pm" else 0)}
    elif part is not None:
        hours = {hour, hour + 12}
    elif len(match[1]) == 2 and match[2]:
        hours = {hour}
    else:
        return None
    if part is not None:
        hours &= set(part)
    if len(hours) != 1 or minute > 59 or max(hours) > 23:
        return None
    return time(hours.pop(), minute)


def _day(text: str, local: datetime, *, ahead: bool) -> date | None:
    """The local day that the rest of the words mean; `local` is now, naive."""
    today = local.date()
    if text in DAY_WORDS:
        return today + DAY_WORDS[text] * ONE_DAY
    if match := re.fullmatch(rf"(?:(next|last|this|coming) )?({WEEKDAY})", text):
        return _weekday(match[1], match[2], today, ahead=ahead)
    text = re.sub(r"^next (week|month)$", r"in 1 \1", text)
    if match := re.fullmatch(rf"(in )?({AMOUNT})(?: (ago|from now))?", text):
        number, unit = _amount(match[2])
        forward = _forward(match[1], match[3], ahead=ahead)
        if unit in DAYS:
            return today + number * DAYS[unit] * ONE_DAY * (1 if forward else -1)
        if unit == "month":
            english = f"in {number} months" if forward else f"{number} months ago"
            return _parsed(english, local, ahead=ahead)
        return None
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})((?: ?/\d{4})?)", text):
        text = _named(int(match[1]), int(match[2])) + match[3].replace("/", " ")
    return _on_date(text, local, ahead=ahead) if re.fullmatch(NAMED_DATE, text) else None


def _on_date(text: str, local: datetime, *, ahead: bool) -> date | None:
    """`20 june`, `june 20th 2026`: a date with a month's name."""
    found = _parsed(text, local, ahead=ahead)
    day_said = re.search(r"\d+", text)
    if found is None or day_said is None or found.day != int(day_said[0]):
        return None
    if not re.search(r"\d{4}", text) and abs(found - local.date()) > NEEDS_A_YEAR:
        return _date(local.year, found.month, found.day)
    return found


def _weekday(which: str | None, name: str, today: date, *, ahead: bool) -> date | None:
    """The day that a weekday means; None where people disagree.

    On a Friday, `Friday` may be today or in a week. `next` and `last` have to leave this week,
    whether it begins on Sunday or on Monday, and `this` has to stay in it.
    """
    forward = ahead if which in (None, "this") else which != "last"
    days = (WEEKDAYS.index(name[:3]) - today.weekday()) % 7
    if days == 0 and which not in ("next", "last"):
        return None
    day = today + (days or 7) * ONE_DAY if forward else today + (days - 7) * ONE_DAY
    from_monday = _week(day) == _week(today)
    from_sunday = _week(day + ONE_DAY) == _week(today + ONE_DAY)
    if which in ("next", "last") and (from_monday or from_sunday):
        return None
    if which == "this" and not from_monday:
        return None
    return day


def _week(day: date) -> tuple[int, int]:
    """The year and number of the week, from Monday."""
    year, week, _ = day.isocalendar()
    return year, week


def _named(first: int, second: int) -> str:
    """`6/20` and `20/6` as `20 jun`; empty for `6/5`, which is June here and May elsewhere."""
    month, day = (first, second) if second > 12 or first == second else (second, first)
    if not 1 <= month <= 12 or (day <= 12 and day != month):
        return ""
    return f"{day} {MONTHS[month - 1]}"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parsed(text: str, local: datetime, *, ahead: bool) -> date | None:
    """What dateparser makes of a date; only its day, it doesn't know about changes of clocks."""
    found = dateparser.parse(
        text,
        languages=["en"],
        settings={
            "PREFER_DATES_FROM": "future" if ahead else "past",
            "RELATIVE_BASE": local,
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    return found.date() if found else None
