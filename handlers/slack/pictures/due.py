"""What is due on a complaint, said in words: in time, soon, late."""

from __future__ import annotations

from enum import StrEnum

from flows.complaint import Deadline, DeadlineKind
from flows.ports import Case
from handlers.slack.pen import Pen


class Standing(StrEnum):
    """How near a due time is."""

    IN_TIME = "in_time"
    SOON = "soon"
    LATE = "late"


WAITING_TIMES = frozenset({DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE})
"""What a client who may be in danger is not told of."""


def told_of(deadline: Deadline, case: Case) -> bool:
    """Whether staff read of this deadline now: in an emergency not of waiting times."""
    return not (case.complaint.in_emergency and deadline.kind in WAITING_TIMES)


def soonest(case: Case) -> Deadline | None:
    """The live deadline that comes first, or is late the longest."""
    live = [deadline for deadline in case.deadlines if deadline.live and told_of(deadline, case)]
    return min(live, key=lambda deadline: deadline.due_at, default=None)


def standing(deadline: Deadline, pen: Pen) -> Standing:
    """Soon begins with the first reminder, so it means what the clinic's ladder means."""
    if deadline.due_at <= pen.now:
        return Standing.LATE
    return Standing.SOON if deadline.rungs_fired > 0 else Standing.IN_TIME


def state_line(case: Case, pen: Pen) -> str:
    """The small print of a complaint in a list: its state, who handles it, what is due when."""
    complaint = case.complaint
    person = pen.person(complaint.owner)
    if case.pause is not None:
        return pen.say(
            "complaint.paused", state=complaint.state, person=person, until=case.pause.until
        )
    deadline = soonest(case)
    if deadline is None:
        return pen.say("complaint.at_rest", state=complaint.state, person=person)
    return pen.say(
        f"complaint.{standing(deadline, pen)}",
        state=complaint.state,
        person=person,
        deadline=deadline.kind,
        due=deadline.due_at,
    )
