"""The rules' cast: the sandbox's clinic, a complaint on a Friday, and a clock that plays on."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import pytest

from bot.books import read_lexicon, read_playbook
from bot.clinic_file import read_clinic
from flows import filing as filing_rules
from flows.change import Moment
from flows.complaint import (
    ComplaintType,
    Contact,
    Deadline,
    DeadlineKind,
    Reminder,
    ReminderState,
    Severity,
)
from flows.filing import Filing
from flows.ladder import BOT
from flows.ownership import hand_on
from flows.policy import Clinic
from flows.ports import Absence, Case, LivePing, Message, Outcome, Purpose
from flows.standing import Refused
from flows.tick import Look

FILE = Path(__file__).parent.parent / "sandbox" / "clinic.toml"
CLINIC = read_clinic(FILE)
BOOK = read_playbook()
LEXICON = read_lexicon()
LA = ZoneInfo("America/Los_Angeles")

ANA, BEN, CHLOE, OMAR = "U0ANA", "U0BEN", "U0CHLOE", "U0OMAR"
SOFIA, MARIA, DAVID, NINA = "U0SOFIA", "U0MARIA", "U0DAVID", "U0NINA"
EVERYBODY = (ANA, BEN, CHLOE, OMAR, SOFIA, MARIA, DAVID, NINA)
STRANGER = "U0TEMP"
"""A workspace member who is not in the clinic file."""

DESK, MANAGERS, ADMINS = "C0FRONTDESK", "G0MANAGERS", "G0ADMIN"

MINOR, MODERATE, SEVERE = Severity
ACKNOWLEDGE, FEEDBACK = DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK
RESOLVE, TAKE_CHARGE = DeadlineKind.RESOLVE, DeadlineKind.TAKE_CHARGE
FOLLOW_UP, CUSTOM = DeadlineKind.FOLLOW_UP, DeadlineKind.CUSTOM

Absences = Mapping[str, Absence]
NOBODY_AWAY: Absences = {}


def at(clock: str, day: int = 12) -> datetime:
    """A local instant in June 2026, in UTC; the 12th is a Friday, the 14th a closed Sunday."""
    local = datetime.combine(date(2026, 6, day), time.fromisoformat(clock), tzinfo=LA)
    return local.astimezone(UTC)


ONE = at("13:00")
"""When complaints are filed, unless said otherwise: Friday at one in the afternoon."""


def local(instant: datetime) -> str:
    """An instant as the day of the month and the local clock."""
    return f"{instant.astimezone(LA):%d %H:%M}"


def name(person: str) -> str:
    """A Slack user id as the first name."""
    return person.removeprefix("U0").lower()


def away(*people: str, **covered: str | None) -> Absences:
    """These people are away; as keyword (`SOFIA=BEN`) with somebody who covers."""
    until = at("23:00", 30)
    absent: dict[str, str | None] = dict.fromkeys(people)
    absent |= {f"U0{person}": cover for person, cover in covered.items()}
    return {person: Absence(person, at("00:00"), until, cover) for person, cover in absent.items()}


def clinic_where(change: Callable[[dict[str, Any]], None]) -> Clinic:
    """The clinic with its file's tables changed."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    change(tables)
    return Clinic.model_validate(tables)


def moment(
    actor: str,
    now: datetime = ONE,
    clinic: Clinic = CLINIC,
    absences: Absences = NOBODY_AWAY,
) -> Moment:
    """Somebody acts in Slack."""
    return Moment(actor, "slack", now, clinic, absences, BOOK, LEXICON)


def told_of(severity: Severity = MINOR, received_at: datetime = ONE, **facts: Any) -> Filing:
    """What a colleague tells us: Mary Kay waited fifty minutes."""
    usual: dict[str, Any] = {
        "location": "downtown",
        "story": "Waited fifty minutes and nobody said sorry",
        "type": ComplaintType.SERVICE,
        "client": "Mary Kay",
        "contact": Contact("(415) 555-0132", "+14155550132"),
    }
    return Filing(severity=severity, received_at=received_at, **{**usual, **facts})


def filed(
    severity: Severity = MINOR,
    by: str = ANA,
    now: datetime = ONE,
    number: int = 1042,
    clinic: Clinic = CLINIC,
    absences: Absences = NOBODY_AWAY,
    **facts: Any,
) -> Case:
    """The case of a complaint that was filed, received just then unless `received_at` is given."""
    facts.setdefault("received_at", now)
    outcome = filing_rules.file(told_of(severity, **facts), moment(by, now, clinic, absences))
    return numbered(outcome.case, number)


def numbered(case: Case, number: int = 1042) -> Case:
    """A case as it is once it is stored."""
    return replace(case, complaint=replace(case.complaint, number=number))


def owned(case: Case, owner: str) -> Case:
    """The case with somebody else handling it."""
    return replace(case, complaint=replace(case.complaint, owner=owner))


def with_deadlines(case: Case, *deadlines: Deadline) -> Case:
    """The case with only these deadlines."""
    return replace(case, deadlines=deadlines)


def only(case: Case, *kinds: DeadlineKind) -> Case:
    """The case with only its deadlines of these kinds."""
    return replace(case, deadlines=tuple(d for d in case.deadlines if d.kind in kinds))


def due(case: Case, kind: DeadlineKind) -> str | None:
    """When the live deadline of a kind is due, as day and local clock; None without one."""
    found = case.deadline(kind)
    return local(found.due_at) if found else None


def dues(case: Case) -> dict[str, str]:
    """Every live deadline with its due time as day and local clock."""
    return {d.kind.value: local(d.due_at) for d in case.deadlines if d.live}


def reminder(
    recipient: str,
    rung: str = "owner",
    round_: int = 1,
    kind: DeadlineKind = ACKNOWLEDGE,
    **facts: Any,
) -> Reminder:
    """That somebody was told of a rung of the promise to speak with the client by two."""
    usual: dict[str, Any] = {"why": "on_duty", "send_at": at("13:30"), "state": ReminderState.SENT}
    return Reminder(kind, at("14:00"), rung, round_, recipient, **{**usual, **facts})


def said(outcome: Outcome, purpose: Purpose, to: str | None = None) -> list[str]:
    """The keys of what is said for a purpose, to somebody or to anybody."""
    return [m.key for m in outcome.messages if m.purpose is purpose and to in (None, m.to)]


def notices(outcome: Outcome) -> set[tuple[str, str]]:
    """Who is told what without a duty."""
    return {(m.to, m.key) for m in outcome.messages if m.purpose is Purpose.NOTICE}


def refusal(act: Callable[..., object], *args: Any, **kwargs: Any) -> str:
    """The rule that says no to an act, without its `refused.`."""
    with pytest.raises(Refused) as no:
        act(*args, **kwargs)
    return no.value.said.key.removeprefix("refused.")


@dataclass(frozen=True, slots=True)
class Heard:
    """One ping that arrived."""

    at: datetime
    message: Message

    @property
    def person(self) -> str:
        return self.message.to

    @property
    def items(self) -> dict[int, dict[str, Any]]:
        """What it lists, by the number of the complaint."""
        listed: Any = self.message.facts["items"]
        return {item["number"]: item for item in listed}

    def __str__(self) -> str:
        kinds = [kind for item in self.items.values() for kind in item["kinds"]]
        return f"{local(self.at)} {name(self.person)}: {' '.join(kinds)}"


@dataclass
class Clockwork:
    """The clock, with a courier to whom nothing happens: it plays cases on to an instant."""

    cases: dict[int, Case]
    clinic: Clinic = CLINIC
    absences: Absences = field(default_factory=dict)
    letters: int = 0
    edits: list[Message] = field(default_factory=list)

    @classmethod
    def of(cls, *cases: Case, clinic: Clinic = CLINIC, absences: Absences = NOBODY_AWAY) -> Self:
        return cls({_number(case): case for case in cases}, clinic, absences)

    @property
    def case(self) -> Case:
        """The only case."""
        (case,) = self.cases.values()
        return case

    def act(self, outcome: Outcome) -> None:
        """Somebody did something in between."""
        self.cases[_number(outcome.case)] = outcome.case
        self.edits += [m for m in outcome.messages if m.purpose is Purpose.EDIT]

    def until(self, end: datetime) -> list[Heard]:
        """The pings that come up to an instant, each at its time."""
        heard = []
        while (now := self._next()) is not None and now <= end:
            heard += self.at(now)
        return heard

    def at(self, now: datetime) -> list[Heard]:
        """The pings of one look at the clock."""
        reach = now + self.clinic.pings.gather
        near = [case for case in self.cases.values() if any(t <= reach for t in _instants(case))]
        done = Look(near, self.clinic, self.absences, now).tick()
        for _, outcome in done.changes:
            self.act(outcome)
        for message in done.pings:
            self._deliver(message)
        for number in done.hand_on:
            clock = Moment(BOT, "clock", now, self.clinic, self.absences, BOOK, LEXICON)
            self.act(hand_on(self.cases[number], clock))
        return [Heard(now, message) for message in done.pings]

    def _next(self) -> datetime | None:
        return min((t for case in self.cases.values() for t in _instants(case)), default=None)

    def _deliver(self, message: Message) -> None:
        self.letters += 1
        arrived: dict[int, list[Reminder]] = {}
        for number, told in message.reminders:
            arrived.setdefault(number, []).append(told)
        for number, mine in arrived.items():
            case = self.cases[number]
            kinds = frozenset(told.deadline for told in mine)
            self.cases[number] = replace(
                case,
                pings=(*case.pings, LivePing(self.letters, message.to, kinds)),
                reminders=tuple(
                    replace(r, state=ReminderState.SENT) if r in mine else r for r in case.reminders
                ),
            )


def _number(case: Case) -> int:
    assert case.complaint.number is not None
    return case.complaint.number


def _instants(case: Case) -> Iterable[datetime]:
    """When the clock has to look at a case."""
    yield from (d.next_at for d in case.deadlines if d.live and d.next_at is not None)
    yield from (r.send_at for r in case.reminders if r.state is ReminderState.WAITING)


def lines(heard: Iterable[Heard]) -> list[str]:
    """Pings as lines such as `12 13:30 ana: acknowledge`."""
    return [str(one) for one in heard]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
