"""Times as staff type them: `yesterday 4pm`, `in two weeks`, 下周一上午10点, `mañana a las 10`.

A time that is read wrongly is worse than one that is refused: a client would not be called. So a
phrase is read only if every word of it is understood and it has one meaning; `next Friday`, said
on a Wednesday, could be this week's, and `10 to 11` is perhaps a span, so both are refused with an
example of what would be clear.

The reader's language is tried first; words it doesn't know are read in the others, and refused
where these disagree. Dates in digits have the month first in English and Chinese, the day first in
Spanish, and a year of four digits first everywhere; among the words of another language than the
reader's, one that could be read in two orders is refused.

A bare hour (`at 10`, `a las 3`, 9点) means the one of its two times that lies in a clinic's day,
from 07:00 to before 21:00: 10:00, 15:00, 09:00; at 7 and at 8 both do, which is refused. Two digits
with minutes (`09:30`) are the 24-hour clock. An hour without a day is today's, or looking ahead
the next: `9am`, said at 14:30, is tomorrow's.

Wall clock times are the reader's (`zone`) and become UTC by the rules of `flows.hours.at_local`;
minutes and hours from now are added in UTC, so that a change of the clocks can't stretch them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from flows.hours import at_local
from flows.when.chinese import CHINESE
from flows.when.english import ENGLISH
from flows.when.meaning import Daytime, meaning
from flows.when.pieces import Language, Part, Rule, compiled, in_digits, scan
from flows.when.spanish import SPANISH

ONE_YEAR = timedelta(days=366)
LONGEST = 100
"""Nobody needs more letters for a time."""

LANGUAGES = {language.code: language for language in (ENGLISH, CHINESE, SPANISH)}
"""The languages that times are read in, by code."""

OWN_RULES: Mapping[str, list[Rule]] = {
    code: [*language.rules, *in_digits(day_first=language.day_first)]
    for code, language in LANGUAGES.items()
}
OTHERS_RULES: Mapping[str, list[Rule]] = {
    code: [*language.rules, *in_digits(day_first=None)] for code, language in LANGUAGES.items()
}


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


def past(words: str, now: datetime, zone: ZoneInfo, language: str, *, need_hour: bool) -> Resolved:
    """When something was: at most a year ago and not in the future.

    A day without an hour is its noon (today: now, if that is earlier), unless `need_hour`.
    `language` is the reader's.

    Raises:
        UnclearTime: unclear, in_future, too_old or hour_missing.
    """
    said = _said(words, now, zone, language, ahead=False)
    if isinstance(said, datetime):
        return Resolved(said, hour_said=True)
    if need_hour:
        raise _refusal(Unclear.HOUR_MISSING, language, ahead=False)
    noon = min(at_local(said.day, time(12), zone), now.astimezone(UTC))
    return Resolved(_in_range(noon, now, zone, language, ahead=False), hour_said=False)


def future(
    words: str,
    now: datetime,
    zone: ZoneInfo,
    language: str,
    call_time: time,
    closing: Callable[[date], datetime | None],
) -> Resolved:
    """When something shall be: after now and within a year.

    A day without an hour means `call_time`, the usual local time for calls; the end of a day is
    its `closing`. `language` is the reader's.

    Raises:
        UnclearTime: unclear, in_past, too_far or hour_missing (a part of a day that the call time
            is no part of, today after the call time, or the end of a day that has no closing).
    """
    said = _said(words, now, zone, language, ahead=True)
    if isinstance(said, datetime):
        return Resolved(said, hour_said=True)
    if said.end_of_day:
        closes = closing(said.day)
        if closes is None:
            raise _refusal(Unclear.HOUR_MISSING, language, ahead=True)
        return Resolved(_in_range(closes, now, zone, language, ahead=True), hour_said=True)
    at = at_local(said.day, call_time, zone)
    if at <= now or (said.part is not None and call_time.hour not in said.part):
        raise _refusal(Unclear.HOUR_MISSING, language, ahead=True)
    return Resolved(_in_range(at, now, zone, language, ahead=True), hour_said=False)


def read(
    words: str, now: datetime, zone: ZoneInfo, language: str, *, ahead: bool
) -> datetime | date:
    """The instant (UTC) that the words mean, or the local day where they say no hour.

    Raises:
        UnclearTime: unclear; looking ahead in_past or too_far, looking back in_future or too_old.
    """
    said = _said(words, now, zone, language, ahead=ahead)
    return said if isinstance(said, datetime) else said.day


def names_a_time(words: str) -> bool:
    """Whether the words name some time, however vaguely: `last week`, 上周, `la semana pasada`."""
    text = _plain(words)
    return bool(re.search(r"\d", text)) or any(
        compiled(language.names).search(language.plain(text)) for language in LANGUAGES.values()
    )


def _said(
    words: str, now: datetime, zone: ZoneInfo, language: str, *, ahead: bool
) -> datetime | Daytime:
    """An instant, or a day without a clock time; on the right side of now, and within a year."""
    said = _understood(words, now, zone, language, ahead=ahead)
    if said is None or (isinstance(said, Daytime) and said.end_of_day and not ahead):
        # Looking back, the end of a day names no hour that everybody knows.
        raise _refusal(Unclear.UNCLEAR, language, ahead=ahead)
    if isinstance(said, Daytime) and said.clock is not None:
        said = at_local(said.day, said.clock, zone)
    return _in_range(said, now, zone, language, ahead=ahead)


T = TypeVar("T", datetime, Daytime, datetime | Daytime)


def _in_range(said: T, now: datetime, zone: ZoneInfo, language: str, *, ahead: bool) -> T:
    """The time itself, if it is where we look and not too far; days without an hour go by days.

    Raises:
        UnclearTime: in_past or too_far, looking back in_future or too_old.
    """
    if isinstance(said, datetime):
        over, to_come = said <= now, said > now
        distance = abs(said - now)
    else:
        local = now.astimezone(zone)
        today = local.date()
        part = said.part if said.day == today and said.part else Part(0, 24)
        over = said.day < today or part.end <= local.hour
        to_come = said.day > today or part.first > local.hour
        distance = abs(said.day - today)
    if over if ahead else to_come:
        reason = Unclear.IN_PAST if ahead else Unclear.IN_FUTURE
        raise _refusal(reason, language, ahead=ahead)
    if distance > ONE_YEAR:
        raise _refusal(Unclear.TOO_FAR if ahead else Unclear.TOO_OLD, language, ahead=ahead)
    return said


def _understood(
    words: str, now: datetime, zone: ZoneInfo, language: str, *, ahead: bool
) -> datetime | Daytime | None:
    """What the words mean in the reader's language, or else in the one other that knows them."""
    text = _plain(words)
    local = now.astimezone(zone).replace(tzinfo=None)

    if len(text) > LONGEST:
        return None
    own = _language(language)
    said = scan(own.plain(text), OWN_RULES[own.code])
    if said is not None:
        return meaning(said, now, local, own, ahead=ahead)
    others = {
        meaning(said, now, local, other, ahead=ahead)
        for other in LANGUAGES.values()
        if other is not own and (said := scan(other.plain(text), OTHERS_RULES[other.code]))
    }
    return others.pop() if len(others) == 1 else None


def _plain(words: str) -> str:
    """The words in small letters, full-width forms narrowed, without commas and final points."""
    text = unicodedata.normalize("NFKC", words.replace("½", ".5")).casefold().strip()
    text = text.rstrip(".!。").replace("’", "'")
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text)
    text = re.sub(r"(?<=\d)t(?=\d\d:)", " ", text)
    text = re.sub(r"(?<!\d),|,(?!\d)|,(?=\d{4})", " ", text)
    return " ".join(text.split())


def _language(code: str) -> Language:
    """The language of a locale such as `es-MX`; English where we read none."""
    return LANGUAGES.get(re.split("[-_]", code)[0].lower(), ENGLISH)


def _refusal(reason: Unclear, language: str, *, ahead: bool) -> UnclearTime:
    examples = _language(language).on if ahead else _language(language).back
    other = reason is Unclear.TOO_FAR if ahead else reason is not Unclear.UNCLEAR
    return UnclearTime(reason, examples[other])
