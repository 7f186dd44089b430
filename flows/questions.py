"""The questions of a filing by conversation: their answers, and what does not go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flows import replies
from flows.complaint import Severity
from flows.filing import Spoken, proves_talk
from flows.lexicon import Lexicon
from flows.policy import Clinic
from flows.triage import triage
from flows.when import Unclear, UnclearTime, names_a_time, past


class Question(StrEnum):
    """What is asked, in this order; the values are the fields of the filing form.

    The location comes first: times are meant in its zone.
    """

    LOCATION = "location"
    SPOKEN = "spoken"
    RECEIVED = "received"
    TYPE = "type"
    SEVERITY = "severity"
    CLIENT = "client"
    CONTACT = "contact"
    VIA = "via"
    REMEDY_SOUGHT = "remedy_sought"
    HAPPENED = "happened"
    ABOUT_STAFF = "about_staff"


Answers = Mapping[Question, str]
"""The values of choices, and words as they were said."""
SKIPPED = ""
"""The answer to a question that was skipped."""
GUESSED = {Question.TYPE, Question.SEVERITY}
"""What may be answered with a doubt: `maybe 2`."""
REQUIRED = {Question.LOCATION, Question.SPOKEN, Question.TYPE, Question.SEVERITY}
WORDS: Mapping[Question, replies.Words] = {
    Question.SPOKEN: replies.SPOKEN,
    Question.TYPE: replies.TYPES,
    Question.SEVERITY: replies.SEVERITIES,
    Question.VIA: replies.VIAS,
}
"""How the values of the choices that every clinic has are said."""
MINOR = str(Severity.MINOR.value)


@dataclass(frozen=True, slots=True)
class Setting:
    """In what world an answer is understood: when it was said (aware, UTC), in whose language."""

    now: datetime
    language: str
    clinic: Clinic
    lexicon: Lexicon


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; `suggested` is what the words of the story suggest."""

    value: str
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """Why an answer was not taken: the key of a sentence, with an example of what would be clear.

    Only sentences about times have an example.
    """

    key: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """An answer as it is kept, and the instant it means if it is a time."""

    value: str
    at: datetime | None = None


def spoken(answers: Answers) -> Spoken:
    """Whether the filer spoke with the client, as far as it was said."""
    return Spoken(answers.get(Question.SPOKEN, Spoken.NO))


def can_skip(question: Question, answers: Answers) -> bool:
    """Whether the question may be left open."""
    if question is Question.VIA:
        return spoken(answers) is Spoken.NO
    return question not in REQUIRED


def values(question: Question, setting: Setting) -> list[str]:
    """What can be chosen; nothing where words are asked."""
    if question is Question.LOCATION:
        return list(setting.clinic.locations)
    return list(WORDS.get(question, ()))


def options(
    question: Question, answers: Answers, story: str, setting: Setting
) -> tuple[Option, ...]:
    """What makes sense to choose, what the story suggests first."""
    found = values(question, setting)
    if question is Question.VIA and spoken(answers) is not Spoken.NO:
        found = list(filter(proves_talk, found))
    if question not in (Question.TYPE, Question.SEVERITY):
        return tuple(map(Option, found))
    triaged = triage(story, setting.lexicon)
    likely = triaged.type.value if question is Question.TYPE else str(triaged.severity.value)
    marked = [Option(value, bool(triaged.reasons) and value == likely) for value in found]
    return tuple(sorted(marked, key=lambda option: not option.suggested))


def check(question: Question, value: str, answers: Answers) -> Slip | None:
    """Whether a choice goes with the other answers."""
    already = spoken(answers)
    if question is Question.VIA and already is not Spoken.NO and not proves_talk(value):
        return Slip("refused.spoken_needs_via")
    settles = question is Question.SPOKEN and value == Spoken.SETTLED
    severity = value if question is Question.SEVERITY else answers.get(Question.SEVERITY, MINOR)
    settled = settles or (question is Question.SEVERITY and already is Spoken.SETTLED)
    if settled and severity != MINOR:
        return Slip("refused.settled_only_minor")
    return None


def read(question: Question, words: str, zone: ZoneInfo, setting: Setting) -> Read | Slip:
    """What typed words mean as the answer to a question; `zone` is that of the location."""
    if question in WORDS or question is Question.LOCATION:
        return _choice(question, words, setting)
    match question:
        case Question.RECEIVED | Question.HAPPENED:
            return _time(question, words, zone, setting)
        case Question.ABOUT_STAFF:
            return _person(words, setting)
    return Read(SKIPPED if replies.meaning(words, replies.NOBODY) else words)


def _choice(question: Question, words: str, setting: Setting) -> Read | Slip:
    if question is Question.LOCATION:
        places = [(place.id, place.name) for place in setting.clinic.locations.values()]
        value = replies.named(words, places)
    else:
        said = replies.guessed(words) if question in GUESSED else words
        value = replies.meaning(said, WORDS[question])
    return Slip("talk.slip.choose") if value is None else Read(value)


def _time(question: Question, words: str, zone: ZoneInfo, setting: Setting) -> Read | Slip:
    """When it happened may be a time that only the reader understands (`in April`)."""
    received = question is Question.RECEIVED
    try:
        at = past(words, setting.now, zone, setting.language, need_hour=received).at
    except UnclearTime as problem:
        rough = problem.reason is Unclear.UNCLEAR and names_a_time(words)
        if rough and not received:
            return Read(words)
        return Slip(f"unclear.{problem.reason}", problem.example)
    return Read(words, at)


def _person(words: str, setting: Setting) -> Read | Slip:
    if replies.meaning(words, replies.NOBODY) is not None:
        return Read(SKIPPED)
    staff = [(person.id, person.name) for person in setting.clinic.people.values()]
    person = replies.named(words, staff)
    return Slip("talk.slip.person") if person is None else Read(person)
