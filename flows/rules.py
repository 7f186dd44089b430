"""What a clinic promises to its clients in what time, and who is told about it when."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import time, timedelta
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    field_validator,
    model_serializer,
    model_validator,
)

from flows.complaint import DeadlineKind, Severity
from flows.hours import (
    Hours,
    quoted,
    read_clock,
)

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
"""The units of a duration in seconds; a day is 24 hours."""

LONGEST = timedelta(days=366)


def parse_duration(written: object) -> timedelta:
    """A duration written as `90s`, `15m`, `1h`, `14d` or, larger units first, `1h30m`.

    Raises:
        ValueError: for anything else, and for more than a year.
    """
    pattern = "".join(rf"(?:(?P<{unit}>\d{{1,6}}){unit})?" for unit in UNITS)
    match = re.fullmatch(pattern, written) if isinstance(written, str) else None
    if not match or not match.group():
        raise ValueError(
            f'{quoted(written)} is not a duration such as "90s", "15m", "1h30m" or "14d"'
        )
    parts = match.groupdict(default="0")
    duration = timedelta(seconds=sum(int(parts[unit]) * size for unit, size in UNITS.items()))
    if duration > LONGEST:
        raise ValueError(f"{quoted(written)} is longer than a year")
    return duration


def format_duration(duration: timedelta) -> str:
    """The shortest writing of a duration that `parse_duration` reads back."""
    left = round(duration.total_seconds())
    written = ""
    for unit, size in UNITS.items():
        count, left = divmod(left, size)
        written += f"{count}{unit}" if count else ""
    return written or "0s"


def _read_duration_or_zero(written: object) -> timedelta:
    return written if isinstance(written, timedelta) else parse_duration(written)


def _read_duration(written: object) -> timedelta:
    duration = _read_duration_or_zero(written)
    if duration <= timedelta(0):
        raise ValueError(f"{quoted(written)} has to be longer than nothing")
    return duration


def _read_within(written: object) -> timedelta | None:
    return None if written is None or written == "none" else _read_duration(written)


Duration = Annotated[timedelta, PlainValidator(_read_duration), PlainSerializer(format_duration)]
DurationOrZero = Annotated[
    timedelta, PlainValidator(_read_duration_or_zero), PlainSerializer(format_duration)
]
Within = Annotated[
    timedelta | None,
    PlainValidator(_read_within),
    PlainSerializer(lambda within: "none" if within is None else format_duration(within)),
]
"""A duration, or None where the clinic wrote `none`: there is no such promise."""


class Model(BaseModel):
    """Read from a file of the clinic: what is unknown in it is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Tell = Literal[
    "owner",
    "supervisor",
    "manager",
    "managers",
    "director",
    "clinician",
    "clinicians",
    "set_by",
    "still_yours",
    "hand_on",
]
"""Who is told: `managers` and `clinicians` are all of them, `manager` and `clinician` the one whose
turn it is, `set_by` who set a reminder by hand; `still_yours` asks the owner whether it still is
theirs, `hand_on` gives it to the person on duty where nobody answered (flows/ownership.py). The
others are rungs of design.md, *People*."""
ASKS: Tell = "still_yours"
HANDS_ON: Tell = "hand_on"
TELLS: tuple[str, ...] = get_args(Tell)


class When(NamedTuple):
    """The moment of a ladder step.

    `anchor` is what it is counted from: `start`, `half` (half time) and `due` with an `offset`
    (negative is before), `clock` a wall clock time on the due day, `next_open_day` the opening of
    the first open day after it.
    """

    anchor: Literal["start", "half", "due", "clock", "next_open_day"]
    offset: timedelta = timedelta(0)
    clock: time = time(0)

    def __str__(self) -> str:
        if self.anchor == "clock":
            return f"at {self.clock:%H:%M}"
        if self.anchor == "next_open_day":
            return "next open day"
        if not self.offset:
            return self.anchor
        sign = "-" if self.offset < timedelta(0) else "+"
        return f"{self.anchor}{sign}{format_duration(abs(self.offset))}"


def parse_when(written: object) -> When:
    """The moment of a ladder step as the clinic file writes it.

    Raises:
        ValueError: for anything but `start`, `start+30m`, `half`, `half+1h`, `due`, `due-2h`,
            `due+15m`, `at 16:00` and `next open day`.
    """
    if isinstance(written, When):
        return written
    words = written.strip() if isinstance(written, str) else ""
    if words == "start":
        return When("start")
    if words == "half":
        return When("half")
    if words == "due":
        return When("due")
    if words == "next open day":
        return When("next_open_day")
    if words.startswith("at "):
        return When("clock", clock=read_clock(words.removeprefix("at ").strip()))
    match = re.fullmatch(r"(start|half|due)\s*([+-])\s*(\w+)", words)
    if match is None or (match[1] != "due" and match[2] == "-"):
        raise ValueError(
            f'{quoted(written)} is not a moment such as "start+30m", "half", "due-2h", "due", '
            '"due+15m", "at 16:00" or "next open day"'
        )
    offset = _read_duration(match[3])
    match match[1]:
        case "start":
            return When("start", offset)
        case "half":
            return When("half", offset)
        case _:
            return When("due", offset if match[2] == "+" else -offset)


class LadderStep(Model):
    """When a deadline's ladder tells whom; the file writes it as `["due", "owner", "manager"]`."""

    when: Annotated[When, PlainValidator(parse_when), PlainSerializer(str)]
    tell: tuple[Tell, ...]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: object) -> object:
        if isinstance(written, dict):
            return written
        if not isinstance(written, list | tuple) or len(written) < 2:
            raise ValueError('a step is written as ["due+15m", "manager"]: when, then who is told')
        when, *tell = written
        return {"when": when, "tell": tell}

    @model_serializer
    def _write(self) -> list[str]:
        return [str(self.when), *self.tell]


class Again(Model):
    """Who is told over and over until it is met; the file writes it as `["5m", "managers"]`.

    Counted from the due time, beginning after the ladder's last step.
    """

    every: Duration
    tell: tuple[Tell, ...]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: object) -> object:
        if isinstance(written, dict):
            return written
        if not isinstance(written, list | tuple) or len(written) < 2:
            raise ValueError('it is written as ["5m", "managers"]: how often, then who is told')
        every, *tell = written
        return {"every": every, "tell": tell}

    @model_serializer
    def _write(self) -> list[str]:
        return [format_duration(self.every), *self.tell]


class DeadlineRule(Model):
    """What is promised by one kind of deadline, and who is told when.

    `within` is the time allowed by severity; only `custom` has none, its due time being set by
    hand. `again` is for emergencies, which are told until they are met. `morning_list` says who,
    besides the owner, has it in the morning list while it is late.
    """

    within: dict[Severity, Within] | None = None
    ladder: tuple[LadderStep, ...]
    again: Again | None = None
    morning_list: tuple[Tell, ...] = ()

    @model_validator(mode="after")
    def _steps_fit(self) -> Self:
        if self.within is None:
            return self
        for severity in Severity:
            if severity not in self.within:
                raise ValueError(
                    f'within says nothing of severity {severity}; give a duration or "none"'
                )
        shortest = min((w for w in self.within.values() if w is not None), default=None)
        for step in self.ladder:
            when = step.when
            early = when.anchor in ("start", "half") or when.offset < timedelta(0)
            if shortest is not None and early and abs(when.offset) >= shortest:
                raise ValueError(
                    f'"{when}" does not lie between start and due, which may be only '
                    f"{format_duration(shortest)} apart; count later steps from due"
                )
        return self


def _emergency_rule(within: str, ladder: list[list[str]], again: list[str]) -> DeadlineRule:
    return DeadlineRule.model_validate(
        {
            "within": {Severity.MINOR: "none", Severity.MODERATE: "none", Severity.SEVERE: within},
            "ladder": ladder,
            "again": again,
        }
    )


EMERGENCY_RULES: Mapping[DeadlineKind, DeadlineRule] = {
    DeadlineKind.CLINICIAN_CALL: _emergency_rule(
        "5m",
        [["start", "managers", "clinician"], ["start+3m", "clinicians"], ["due", "director"]],
        ["5m", "managers", "director", "clinicians"],
    ),
    DeadlineKind.ALL_CLEAR: _emergency_rule(
        "30m",
        [["due", "managers", "clinician"], ["due+3m", "clinicians"], ["due+5m", "director"]],
        ["30m", "managers", "director", "clinicians"],
    ),
}
"""What holds where a clinic file, or the rules of an older complaint, say nothing of emergencies
(design.md, *Deadlines and pings*)."""


class PingRule(Model):
    """How pings are held back and gathered (design.md, *Deadlines and pings*)."""

    hold: Duration = timedelta(minutes=15)
    rest: Duration = timedelta(minutes=20)
    snooze: Duration = timedelta(minutes=10)
    snoozes: Annotated[int, Field(ge=0)] = 2
    gather: DurationOrZero = timedelta(minutes=5)
    longest_pause: Duration = timedelta(days=7)
    """How long the clock may stand still in all while we wait for the client."""


class Rules(Model):
    """What a complaint keeps from the policy when it is filed; a later policy can't change it."""

    deadlines: dict[DeadlineKind, DeadlineRule]
    pings: PingRule
    hours: dict[str, Hours]
    """The hours by location."""

    @field_validator("deadlines")
    @classmethod
    def _know_emergencies(
        cls, deadlines: dict[DeadlineKind, DeadlineRule]
    ) -> dict[DeadlineKind, DeadlineRule]:
        """Rules from before there were emergencies."""
        return {**EMERGENCY_RULES, **deadlines}

    @cached_property
    def id(self) -> str:
        """A short hash of the content: equal rules have equal ids, in whatever order written."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]
