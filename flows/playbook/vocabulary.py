"""What a step of the playbook is made of: its words in the table, and its words for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.complaint import ComplaintType, DeadlineKind, Severity, State

STAGES = (State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING, State.RESOLVED, State.CLOSED)
"""The five stages of the method, in order."""


class Who(StrEnum):
    """Whose step it is; which person that is depends on the complaint and on who is there."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    DIRECTOR = "director"
    CLINICIAN = "clinician"


class DoneBy(StrEnum):
    """The verb that completes a step; the values are also the action ids on screen."""

    ACKNOWLEDGE = "acknowledge"
    CONTACT = "contact"
    NEXT_STEP_DONE = "next_step_done"
    TAKE_CHARGE = "take_charge"
    CALLING = "calling"
    ALL_CLEAR = "all_clear"
    RESOLVE = "resolve"
    FOLLOW_UP_DONE = "follow_up_done"
    CLOSE = "close"


class HeatedPhase(StrEnum):
    """CARP, the order of a talk with a heated client."""

    CONTROL = "control"
    ACKNOWLEDGE = "acknowledge"
    REFOCUS = "refocus"
    PROBLEM_SOLVE = "problem_solve"


class Phase(StrEnum):
    """LAER, the order of any talk with the client."""

    LISTEN = "listen"
    ACKNOWLEDGE = "acknowledge"
    EXPLORE = "explore"
    RESPOND = "respond"

    @property
    def when_heated(self) -> HeatedPhase:
        """The phase of CARP that takes this one's place when the client is heated."""
        return {
            Phase.LISTEN: HeatedPhase.CONTROL,
            Phase.ACKNOWLEDGE: HeatedPhase.ACKNOWLEDGE,
            Phase.EXPLORE: HeatedPhase.REFOCUS,
            Phase.RESPOND: HeatedPhase.PROBLEM_SOLVE,
        }[self]


class Condition(StrEnum):
    """What a step can depend on beyond stage, type and severity."""

    EMERGENCY = "emergency"
    """Alarm signs were told of: what has to be done before anything else."""
    NO_CONTACT = "no_contact"
    """We have no way to reach the client."""
    TRIED = "tried"
    """Somebody tried to reach the client, and nobody has spoken with them yet."""
    ONLY_VOICEMAIL = "only_voicemail"
    """A voicemail was left in time, but the client has not been heard."""
    REOPENED = "reopened"
    """It was thought to be finished and was not."""
    STILL_UNHAPPY = "still_unhappy"
    """The remedy was turned down, or the handling rated 3 of 5 or less."""
    ABOUT_STAFF = "about_staff"
    """The complaint is about a colleague."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table; `flows/playbook/steps.toml` explains its fields."""

    id: str
    stages: tuple[State, ...]
    who: Who
    done_by: DoneBy
    phase: Phase
    by: DeadlineKind | None = None
    types: tuple[ComplaintType, ...] = tuple(ComplaintType)
    severities: tuple[Severity, ...] = tuple(Severity)
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    with_client: bool = False
    late_first: bool = False

    def covers(self, complaint_type: ComplaintType, severity: Severity) -> bool:
        """Whether the step is meant for complaints of this type and severity."""
        return complaint_type in self.types and severity in self.severities


@dataclass(frozen=True, slots=True)
class Words:
    """What people read about a step, in one language.

    The `card` sentences have the facts `{who}` (a name) and `{by}` (a time). `say` and its
    variants are None where nobody speaks with the client, `fact` where none is asked for.
    """

    card_undated: str
    do: str
    avoid: tuple[str, ...]
    why: str
    card: str | None = None
    card_late: str | None = None
    say: str | None = None
    say_late: str | None = None
    say_heated: str | None = None
    fact: str | None = None

    def to_say(self, *, late: bool, heated: bool) -> str | None:
        """What to say to the client first.

        With an apology for the wait when the step is late; else, to a heated client, what
        answers the heat.
        """
        if late and self.say_late:
            return self.say_late
        return self.say_heated if heated and self.say_heated else self.say
