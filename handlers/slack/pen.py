"""Writes sentences for one reader: in the reader's language and zone, with words kept inert."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from functools import reduce

from babel import Locale, dates, lists

from flows.client import CLIENT
from flows.complaint import (
    Attempt,
    CameBack,
    ComplaintType,
    DeadlineKind,
    How,
    Remedy,
    Severity,
    State,
    Via,
)
from flows.ladder import BOT
from flows.next_step import Playbook
from flows.policy import Clinic
from flows.ports import Absence
from handlers.names import family_name_first
from handlers.texts import Texts

Fact = str | int | datetime | timedelta | Enum
"""What a sentence can be given; a `str` is somebody's words and is never trusted."""

NAMES: Mapping[type[Enum], str] = {
    ComplaintType: "type",
    Severity: "severity",
    State: "state",
    DeadlineKind: "deadline",
    How: "how",
    Attempt: "attempt",
    Remedy: "remedy",
    Via: "via",
    CameBack: "came_back",
}
"""The table of texts that names the values of each enum."""

WORDS_IN_A_SENTENCE = 250
NAME = 60
PEOPLE_IN_A_SENTENCE = 4
_SAID_IN_SECONDS = 600

# Controls (but tab and line end), and what turns the direction of the text around it.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# Slack knows no escape for these; lookalikes never become markup.
_LOOKALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_SHOUT = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_TITLE = re.compile(
    r"(mrs?|ms|miss|mx|madam|sir|dr|prof|sr|sra|srta|señor(a|ita)?|don|doña)\.?,?", re.IGNORECASE
)

# Spanish says "Ana e Inés"; CLDR's pattern has only the "y". A diphthong keeps it: "agua y hielo".
_Y_BEFORE_I = re.compile(" y (?=“?h?[ií](?![aeou]))", re.IGNORECASE)


class Mrkdwn(str):
    """Text that is already right as mrkdwn, such as what a pen said before."""

    __slots__ = ()


def clip(text: str, limit: int) -> str:
    """The text, cut with a visible "…" when it is longer than `limit`."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean(text: str) -> str:
    """Somebody's words without null bytes, controls and characters that turn the direction."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def inert(text: str) -> str:
    """The text as mrkdwn that never becomes a mention, a link or bold type."""
    text = _SHOUT.sub("@\u2060", text.translate(_LOOKALIKES))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def initials(name: str | None) -> Mrkdwn | None:
    """`Mrs Karen Miller` → `K.M.`, `王丽` → `王*`; None when there is no letter in it."""
    words = [word for word in (name or "").split() if any(map(str.isalpha, word))]
    named = [word for word in words if not _TITLE.fullmatch(word)] or words[-1:]
    letters = [next(filter(str.isalpha, word)).upper() for word in named]
    if not letters:
        return None
    if family_name_first(letters[0]):
        return Mrkdwn(f"{letters[0]}*")
    ends = letters if len(letters) < 2 else [letters[0], letters[-1]]
    return Mrkdwn("".join(f"{letter}." for letter in ends))


def _one_line(text: str) -> str:
    return clip(" ".join(clean(text).split()), WORDS_IN_A_SENTENCE)


def _capital(sentence: str) -> str:
    """The sentence with a capital first letter, also where it begins with a fact."""
    return sentence[:1].upper() + sentence[1:]


@dataclass(frozen=True, slots=True)
class Pen:
    """For whom a picture is drawn, and what is needed to say it.

    `speaks` are the languages the reader speaks with clients; `people` names those who are not in
    the clinic file, by Slack user id. `absences` are of those who are away now.
    """

    texts: Texts
    clinic: Clinic
    playbook: Playbook
    now: datetime
    language: str
    zone: tzinfo
    people: Mapping[str, str]
    speaks: tuple[str, ...] = ()
    absences: Mapping[str, Absence] = field(default_factory=dict)

    def say(self, key: str, **facts: Fact) -> Mrkdwn:
        """A sentence as mrkdwn; times are shown in the zone of whoever looks."""
        shown = {name: self.mark(fact) for name, fact in facts.items()}
        return Mrkdwn(_capital(self._filled(key, facts, shown)))

    def plain(self, key: str, **facts: Fact) -> str:
        """A sentence as plain text, for buttons, titles and options."""
        return _capital(self._text(key, **facts))

    def alert(self, key: str, **facts: Fact) -> str:
        """A sentence as a message's `text`: what notifications and screen readers say."""
        shown = {
            name: fact if isinstance(fact, Mrkdwn) else inert(self.tell(fact))
            for name, fact in facts.items()
        }
        return _capital(self._filled(key, facts, shown))

    def recite(self, script: str, **facts: Fact) -> Mrkdwn:
        """Words of the playbook as mrkdwn; only its sentences for cards have facts."""
        shown = {name: self.mark(fact) for name, fact in facts.items()}
        script = inert(script)
        return Mrkdwn(_capital(script.format_map(shown) if facts else script))

    def recite_plain(self, script: str, **facts: Fact) -> str:
        """A sentence of the playbook as plain text."""
        return _capital(script.format_map({name: self.tell(f) for name, f in facts.items()}))

    def mark(self, fact: Fact) -> str:
        """A fact as mrkdwn."""
        if isinstance(fact, datetime):
            local = fact.astimezone(self.zone)
            fallback = f"{self.tell(fact)} {local.tzname()}"
            return f"<!date^{int(fact.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"
        return fact if isinstance(fact, Mrkdwn) else inert(self.tell(fact))

    def tell(self, fact: Fact) -> str:
        """A fact as plain text."""
        match fact:
            case Enum():
                return self._text(f"{NAMES[type(fact)]}.{fact.value}")
            case datetime():
                return self._time(fact)
            case timedelta():
                return self._duration(fact)
            case int():
                return str(fact)
            case str():
                return _one_line(fact)

    def person(self, person: str) -> str:
        """What we call a person."""
        if person in (BOT, CLIENT):
            return self._text("person.bot" if person == BOT else "person.client")
        member = self.clinic.person(person)
        name = _one_line(member.name if member else self.people.get(person, ""))
        return clip(name, NAME) if name else self._text("person.unknown")

    def everybody(self, people: Iterable[str]) -> str:
        """Several people in one breath; beyond a few, how many more."""
        names = [self.person(person) for person in people]
        more = len(names) - PEOPLE_IN_A_SENTENCE
        if more <= 0:
            return self.several(names)
        comma = Locale.parse(self._locale).list_patterns["standard"]["start"].format
        return self._text("person.more", names=reduce(comma, names[:PEOPLE_IN_A_SENTENCE]), n=more)

    def tongue(self, language: str) -> str:
        """What a language is called (a code such as `zh`); the code where nobody named it."""
        names: Mapping[str, str] = Locale.parse(self._locale).languages
        return names.get(language, language)

    def quoted(self, passages: Iterable[str]) -> str:
        """Passages of somebody's words in one breath, each in quotation marks."""
        marked = [self._text("person.quoted", words=passage) for passage in passages]
        return self.several(marked)

    def initials(self, name: str | None) -> Mrkdwn:
        """What stands for a client's name in channels and messages."""
        return initials(name) or Mrkdwn(self._text("client.nameless"))

    def several(self, items: Sequence[str]) -> str:
        said = lists.format_list(items, locale=self._locale)
        return _Y_BEFORE_I.sub(" e ", said) if self._locale == "es" else said

    @property
    def _locale(self) -> str:
        return self.texts.language(self.language)

    def _text(self, key: str, **facts: Fact) -> str:
        return self._filled(key, facts, {name: self.tell(fact) for name, fact in facts.items()})

    def _filled(self, key: str, facts: Mapping[str, Fact], shown: Mapping[str, str]) -> str:
        n = facts.get("n")
        return self.texts.sentence(self.language, key, shown, n if isinstance(n, int) else 0)

    def _time(self, instant: datetime) -> str:
        """An instant in the reader's zone, such as "Fri, Nov 27, 3:40 PM"."""
        local = instant.astimezone(self.zone)
        year = "" if local.year == self.now.astimezone(self.zone).year else "y"
        day = dates.format_skeleton(f"{year}MMMEd", local, locale=self._locale)
        clock = dates.format_time(local, "short", locale=self._locale)
        both = str(dates.get_datetime_format("medium", locale=self._locale))
        return both.replace("{1}", day).replace("{0}", clock).replace("\u202f", " ")

    def _duration(self, length: timedelta) -> str:
        """A length of time, such as "1 h 30 min"; seconds only for short ones."""
        seconds = max(0, round(length.total_seconds()))
        hours, minutes = divmod(seconds // 60, 60)
        if seconds % 60 and seconds < _SAID_IN_SECONDS:
            return self._text("duration.seconds", n=seconds)
        if hours and hours % 24 == 0 and not minutes:
            return self._text("duration.days", n=hours // 24)
        if hours and minutes:
            return self._text("duration.hours_minutes", hours=hours, minutes=minutes)
        if hours:
            return self._text("duration.hours", n=hours)
        return self._text("duration.minutes", n=minutes)
