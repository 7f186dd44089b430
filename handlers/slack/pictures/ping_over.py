"""What a ping says once its complaint needs nothing more from its reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flows.complaint import Attempt, Complaint, DeadlineKind, State
from flows.ports import Case
from handlers.slack.pen import Pen
from handlers.slack.pictures.step import current, doer, sentence

RESOLVED = "resolved"
"""How a complaint is acknowledged that was settled without an earlier contact."""


def over(
    case: Case, kinds: Sequence[DeadlineKind], due: datetime, to_owner: bool, reader: str, pen: Pen
) -> str:
    """The sentence that says what happened instead, as mrkdwn.

    `to_owner` is whether the reader was told because the complaint was the reader's.
    """
    complaint = case.complaint
    if complaint.state.finished and complaint.closed_at is not None:
        return pen.say(f"ping_over.{complaint.state}", at=complaint.closed_at)
    live = [deadline for kind in kinds if (deadline := case.deadline(kind)) is not None]
    if not live:
        if complaint.owner == reader:
            step = current(case, pen)
            if step is not None and doer(step.who, case, pen) == reader:
                return pen.say("ping_over.yours", step=sentence(step, case, pen))
        return _answered(kinds[0], case, pen)
    if to_owner and complaint.owner != reader:
        return pen.say("ping_over.handed_over", person=pen.person(complaint.owner))
    first = min(deadline.due_at for deadline in live)
    if len(live) == len(kinds) and first != due:
        return pen.say("ping_over.moved", due=first)
    return pen.say("ping_over.newer")


def _answered(kind: DeadlineKind, case: Case, pen: Pen) -> str:
    """What ended a deadline of this kind."""
    complaint = case.complaint
    met = [d.met_at for d in case.deadlines if d.kind is kind and d.met_at is not None]
    if not met:
        return pen.say("ping_over.not_needed")
    at = max(met)
    if complaint.state is State.RESOLVED and complaint.resolved_at == at:
        return pen.say("ping_over.resolved", at=at)
    match kind:
        case DeadlineKind.ACKNOWLEDGE:
            return _spoken(complaint, at, pen)
        case DeadlineKind.CLINICIAN_CALL if complaint.called_by and complaint.called_at == at:
            return pen.say("ping_over.calling", person=pen.person(complaint.called_by), at=at)
        case DeadlineKind.TAKE_CHARGE:
            return pen.say("ping_over.take_charge", person=pen.person(complaint.owner), at=at)
        case _:
            return pen.say(f"ping_over.{kind}", at=at)


def _spoken(complaint: Complaint, at: datetime, pen: Pen) -> str:
    who = pen.person(complaint.acknowledged_by) if complaint.acknowledged_by else ""
    if complaint.acknowledged_how == RESOLVED or not who:
        return pen.say("ping_over.resolved", at=at)
    if complaint.acknowledged_how == Attempt.VOICEMAIL:
        return pen.say("ping_over.voicemail", person=who, at=at)
    return pen.say("ping_over.acknowledge", person=who, at=at)
