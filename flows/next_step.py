"""The one recommended next step of a complaint, and the way there as a checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flows.complaint import Complaint, Deadline, DeadlineKind, State
from flows.playbook import STAGES, Condition, DoneBy, Phase, Playbook, PlaybookError, Step, Who

__all__ = [
    "ChecklistLine",
    "LineStatus",
    "NextStep",
    "Playbook",
    "PlaybookError",
    "assessment_finished",
    "checklist",
    "next_step",
]

LOW_RATING = 3
"""The highest rating of 5 after which the client is asked what is missing; 4 and 5 are strong."""

HOLDS: Mapping[Condition, Callable[[Complaint], bool]] = {
    # Also when it is over: what was done for it stays on the checklist.
    Condition.EMERGENCY: lambda c: c.emergency_at is not None,
    Condition.NO_CONTACT: lambda c: c.contact is None or not c.contact.usable,
    Condition.TRIED: lambda c: c.attempts > 0 and c.acknowledged_at is None,
    Condition.ONLY_VOICEMAIL: lambda c: c.acknowledged_how == "voicemail",
    Condition.REOPENED: lambda c: c.times_reopened > 0,
    Condition.STILL_UNHAPPY: lambda c: (
        c.remedy_accepted is False or (c.rating is not None and c.rating <= LOW_RATING)
    ),
    Condition.ABOUT_STAFF: lambda c: c.about_staff is not None,
}

PROVEN_BY = {
    DoneBy.CONTACT: DeadlineKind.FEEDBACK,
    DoneBy.TAKE_CHARGE: DeadlineKind.TAKE_CHARGE,
    DoneBy.CALLING: DeadlineKind.CLINICIAN_CALL,
    DoneBy.ALL_CLEAR: DeadlineKind.ALL_CLEAR,
    DoneBy.FOLLOW_UP_DONE: DeadlineKind.FOLLOW_UP,
}
"""The deadline that shows that a verb was done, where the complaint itself does not say so."""


class LineStatus(StrEnum):
    """Where a step of the checklist stands."""

    DONE = "done"
    NEXT = "next"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One step on the complaint's way, in the stage in which it comes."""

    step: str
    stage: State
    status: LineStatus


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one step that is recommended now.

    `by` is when its deadline is due, None when there is no such deadline alive. `number` of `of`
    is its place among the steps of its stage.
    """

    step: str
    stage: State
    who: Who
    by: datetime | None
    late: bool
    done_by: DoneBy
    phase: Phase
    number: int
    of: int


def next_step(
    complaint: Complaint, deadlines: Sequence[Deadline], playbook: Playbook, now: datetime
) -> NextStep | None:
    """What to do next; None only for what is finished (closed and improved upon, or withdrawn)."""
    lines = checklist(complaint, deadlines, playbook, now)
    line = next((line for line in lines if line.status is LineStatus.NEXT), None)
    if line is None:
        return None
    step = playbook.step(line.step)
    assert step is not None, "the checklist is made of the playbook's steps"  # noqa: S101
    deadline = _deadline(step, deadlines)
    siblings = [other for other in lines if other.stage is line.stage]
    return NextStep(
        step=step.id,
        stage=line.stage,
        who=step.who,
        by=deadline.due_at if deadline else None,
        late=deadline is not None and deadline.due_at <= now,
        done_by=step.done_by,
        phase=step.phase,
        number=siblings.index(line) + 1,
        of=len(siblings),
    )


def checklist(
    complaint: Complaint, deadlines: Sequence[Deadline], playbook: Playbook, now: datetime
) -> tuple[ChecklistLine, ...]:
    """What was done, the one step that is next, and what unlocks after it, in order.

    Of stages that are over, only what was done is listed; of those ahead, what is sure to come.
    At most one line is next: none when the complaint is finished.
    """
    withdrawn = complaint.state is State.WITHDRAWN
    here = len(STAGES) if withdrawn else STAGES.index(complaint.state)
    placed: dict[str, tuple[Step, State, bool]] = {}
    for place, stage in enumerate(STAGES):
        for step in playbook.steps:
            if stage in step.stages and step.id not in placed:
                done = _done(step, complaint, deadlines, ahead=place - here)
                if done is not None:
                    placed[step.id] = (step, stage, done)
    to_do = [(step, stage) for step, stage, done in placed.values() if not done]
    following = _recommended(to_do, deadlines, now)
    return tuple(
        ChecklistLine(
            step.id,
            stage,
            LineStatus.DONE
            if done
            else LineStatus.NEXT
            if step is following
            else LineStatus.LOCKED,
        )
        for step, stage, done in placed.values()
    )


def assessment_finished(complaint: Complaint, playbook: Playbook) -> bool:
    """Whether every step of the assessment that is done with a fact has been done."""
    return all(
        step.id in complaint.steps_done
        for step in playbook.steps
        if State.ACKNOWLEDGED in step.stages
        and step.done_by is DoneBy.NEXT_STEP_DONE
        and _applies(step, complaint)
    )


def _recommended(
    to_do: Sequence[tuple[Step, State]], deadlines: Sequence[Deadline], now: datetime
) -> Step | None:
    """The first step to do, unless a promise to the client is late and overtakes it.

    Nothing is taken from a later stage, and nothing overtakes a step that repairs something:
    without a number there is nobody to call.
    """
    if not to_do:
        return None
    first, current = to_do[0]
    for step, stage in to_do:
        if stage is not current:
            break
        deadline = _deadline(step, deadlines)
        if step.late_first and deadline is not None and deadline.due_at <= now:
            return step
        if step.when:
            break
    return first


def _done(
    step: Step, complaint: Complaint, deadlines: Sequence[Deadline], *, ahead: int
) -> bool | None:
    """Whether the step is done in a stage so many stages ahead of the complaint's own (behind:
    below 0); None when it is not on this complaint's way there.
    """
    if step.id in complaint.steps_done:
        return True
    if ahead > 0:
        sure = not step.when and step.covers(complaint.type, complaint.severity)
        return False if sure else None
    if not _applies(step, complaint):
        return None
    done = _completed(step, complaint, deadlines)
    if ahead < 0:
        return True if done and _by_its_verb(step, complaint, deadlines) else None
    return done


def _applies(step: Step, complaint: Complaint) -> bool:
    return (
        step.covers(complaint.type, complaint.severity)
        and all(HOLDS[condition](complaint) for condition in step.when)
        and not any(HOLDS[condition](complaint) for condition in step.unless)
    )


def _completed(step: Step, complaint: Complaint, deadlines: Sequence[Deadline]) -> bool:
    """Whether the complaint's state says that the step's verb has been done."""
    live = {deadline.kind for deadline in deadlines if deadline.live}
    match step.done_by:
        case DoneBy.NEXT_STEP_DONE:
            return step.id in complaint.steps_done
        case DoneBy.ACKNOWLEDGE:
            return complaint.acknowledged_at is not None
        case DoneBy.RESOLVE:
            return complaint.resolved_at is not None
        case DoneBy.CLOSE:
            return complaint.state is State.CLOSED
        case _:
            return PROVEN_BY[step.done_by] not in live


def _by_its_verb(step: Step, complaint: Complaint, deadlines: Sequence[Deadline]) -> bool:
    """Whether it was the step's verb that kept its promise, where resolving may have done so."""
    kind = PROVEN_BY.get(step.done_by)
    return kind is None or any(
        deadline.met_at is not None and deadline.met_at != complaint.resolved_at
        for deadline in deadlines
        if deadline.kind is kind
    )


def _deadline(step: Step, deadlines: Sequence[Deadline]) -> Deadline | None:
    """The live deadline whose due time the step shares.

    A custom one counts only when it was set for the step's own verb.
    """
    alive = [
        deadline
        for deadline in deadlines
        if deadline.live
        and deadline.kind is step.by
        and (deadline.kind is not DeadlineKind.CUSTOM or deadline.what == step.done_by)
    ]
    return min(alive, key=lambda deadline: deadline.due_at, default=None)
