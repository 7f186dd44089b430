"""How a complaint comes to an end: resolved, followed up, closed; reopened or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.change import (
    PROMISES,
    Moment,
    acknowledged,
    added,
    conclude,
    custom,
    dropped,
    met,
    met_custom,
    notice_to,
    promise,
    replaced,
    still_open,
    taken_up,
    with_,
)
from flows.complaint import CameBack, DeadlineKind, Remedy, Severity, State
from flows.emergency import alarmed, still_in_emergency
from flows.ports import Case, Outcome
from flows.standing import Refused, Verb, check

CLOSING_AFTER = timedelta(days=7)
"""How long after the follow-up the owner is reminded to close the complaint; our own choice."""


def check_state(verb: Verb, case: Case) -> None:
    """Raise Refused when the verb makes no sense in the complaint's present state."""
    complaint = case.complaint
    match verb:
        case Verb.REOPEN:
            if complaint.state not in (State.RESOLVED, State.CLOSED, State.WITHDRAWN):
                raise Refused("refused.not_finished")
        case Verb.RESOLVE:
            still_open(case)
            if complaint.state is State.RESOLVED:
                raise Refused("refused.already_resolved", at=complaint.resolved_at)
        case Verb.FOLLOW_UP_DONE:
            still_open(case)
            if complaint.state is not State.RESOLVED:
                raise Refused("refused.not_resolved")
            if case.deadline(DeadlineKind.FOLLOW_UP) is None:
                raise Refused("refused.follow_up_logged")
        case Verb.CLOSE:
            still_open(case)
            if complaint.state is not State.RESOLVED:
                raise Refused("refused.not_resolved")
            follow_up = case.deadline(DeadlineKind.FOLLOW_UP)
            if follow_up is not None:
                raise Refused("refused.follow_up_open", due=follow_up.due_at)
        case Verb.CALLING | Verb.EMERGENCY_CARE | Verb.ALL_CLEAR:
            still_in_emergency(case)
        case Verb.REPLY:
            still_open(case)
            if case.complaint.client_id is None:
                raise Refused("refused.no_way_to_reply")
        case Verb.OPEN | Verb.NOTE | Verb.NEXT_STEP_DONE:
            pass  # also of a finished complaint
        case _:
            still_open(case)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the two-week follow-up found; `again` (aware) is when to try again after no answer."""

    reached: str
    outcome: str
    booked_again: bool | None
    rating: int | None
    again: datetime | None = None


def resolve(
    case: Case, done: str, remedy: Remedy, accepted: bool | None, moment: Moment
) -> Outcome:
    """Record what was done; this keeps every earlier promise and sets the follow-up."""
    check(moment.actor, Verb.RESOLVE, case, moment.clinic)
    check_state(Verb.RESOLVE, case)
    after = resolved(case, remedy, accepted, moment)
    after, alarm = alarmed(after, done, moment, explaining=True)
    entry = moment.entry(
        "resolved",
        {"done": done},
        remedy=remedy.value,
        accepted="unknown" if accepted is None else "yes" if accepted else "no",
    )
    notice = notice_to(case.complaint.owner, "notice_resolved", case, moment)
    return conclude(case, after, moment, entry, *alarm, messages=notice)


def resolved(case: Case, remedy: Remedy, accepted: bool | None, moment: Moment) -> Case:
    """The case resolved at this moment, with its follow-up set."""
    after = acknowledged(case, "resolved", moment)
    after = met(after, {*PROMISES, DeadlineKind.TAKE_CHARGE, DeadlineKind.CUSTOM}, moment.now)
    after = with_(
        after,
        state=State.RESOLVED,
        resolved_at=moment.now,
        remedy=remedy,
        remedy_accepted=accepted,
    )
    return added(after, promise(DeadlineKind.FOLLOW_UP, after, moment.now, moment.now))


def follow_up_at(case: Case, at: datetime, moment: Moment, *, moves: bool = False) -> Outcome:
    """Set when to follow up: a reminder at that time, one a complaint; a planned follow-up moves.

    `moves`: whatever reminder was set by hand is the one to move.
    """
    check(moment.actor, Verb.FOLLOW_UP, case, moment.clinic)
    still_open(case)
    after = _followed_up_at(case, at, moment, moves=moves)
    return conclude(case, after, moment, moment.entry("follow_up_set", at=at.isoformat()))


def _followed_up_at(case: Case, at: datetime, moment: Moment, *, moves: bool = False) -> Case:
    """The case with the follow-up planned for then, and a reminder that rings at that time."""
    after = case
    follow_up = case.deadline(DeadlineKind.FOLLOW_UP)
    what = "contact" if follow_up is None else "follow_up_done"
    by_hand = [d for d in case.deadlines if d.live and d.kind is DeadlineKind.CUSTOM]
    known = next((d for d in by_hand if moves or d.what == what), None)
    for planned in (follow_up, known):
        if planned is not None:
            moved = replace(planned, due_at=at, set_at=moment.now, rungs_fired=0)
            if planned is known:
                moved = replace(moved, set_by=moment.actor)
            after = replaced(after, planned, moved)
    if known is None:
        # The follow-up itself is rung by day; at this time a reminder of its own rings.
        after = added(after, custom(at, moment, what))
    return after


def follow_up_done(case: Case, found: FollowUp, moment: Moment) -> Outcome:
    """Log the follow-up; reaching the client (severity 1: a message will do) meets it.

    The owner is then reminded to close the complaint a week later, else to try again: at the time
    given, or at the usual call time of the next open day.
    """
    check(moment.actor, Verb.FOLLOW_UP_DONE, case, moment.clinic)
    check_state(Verb.FOLLOW_UP_DONE, case)
    complaint = case.complaint
    if found.reached == "message" and complaint.severity is not Severity.MINOR:
        raise Refused("refused.follow_up_needs_call", field="reached")
    after = case
    hours = case.rules.hours[complaint.location]
    if found.reached != "no":
        after = met(after, {DeadlineKind.FOLLOW_UP}, moment.now)
        after = met_custom(after, "follow_up_done", moment.now)
        after = with_(after, booked_again=found.booked_again, rating=found.rating)
        day = hours.local_day(moment.now + CLOSING_AFTER)
        if not hours.open_day(day):
            day = hours.next_open_day(day)
        closing = custom(hours.at_local(day, hours.call_time), moment, "close")
        after = added(after, replace(closing, set_by=complaint.owner))
    else:
        after = with_(after, attempts=complaint.attempts + 1)
        tomorrow = hours.call_at(hours.next_open_day(hours.local_day(moment.now)))
        after = _followed_up_at(after, found.again or tomorrow, moment)
    public = {"reached": found.reached}
    if found.rating is not None:
        public["rating"] = str(found.rating)
    entry = moment.entry("followed_up", {"outcome": found.outcome}, **public)
    after, alarm = alarmed(after, found.outcome, moment)
    return conclude(case, after, moment, entry, *alarm)


def close(case: Case, learned: str, came_back: CameBack, moment: Moment) -> Outcome:
    """End a resolved and followed-up complaint: what was learned, and whether she came back."""
    check(moment.actor, Verb.CLOSE, case, moment.clinic)
    check_state(Verb.CLOSE, case)
    after = met(case, {DeadlineKind.CUSTOM}, moment.now)
    after = with_(after, state=State.CLOSED, closed_at=moment.now, came_back=came_back)
    after, alarm = alarmed(after, learned, moment, explaining=True)
    entry = moment.entry("closed", {"outcome": learned}, came_back=came_back.value)
    return conclude(case, after, moment, entry, *alarm)


def reopen(case: Case, reason: str, moment: Moment) -> Outcome:
    """Take a finished complaint up again: `feedback` and `resolve` start anew.

    So does `acknowledge` when it was withdrawn before anybody had spoken with the client.
    """
    check(moment.actor, Verb.REOPEN, case, moment.clinic)
    check_state(Verb.REOPEN, case)
    after, alarm = alarmed(taken_up(case, moment), reason, moment)
    notice = notice_to(case.complaint.owner, "notice_reopened", case, moment)
    entry = moment.entry("reopened", {"reason": reason})
    return conclude(case, after, moment, entry, *alarm, messages=notice)


def withdraw(case: Case, reason: str, moment: Moment) -> Outcome:
    """The client takes the complaint back, or it was filed by mistake: nothing is due any more.

    Raises Refused in a medical emergency: words on a screen don't end a danger.
    """
    check(moment.actor, Verb.WITHDRAW, case, moment.clinic)
    still_open(case)
    after = dropped(case, set(DeadlineKind), moment.now)
    after = with_(after, state=State.WITHDRAWN, closed_at=moment.now)
    after, alarm = alarmed(after, reason, moment, explaining=True)
    entry = moment.entry("withdrawn", {"reason": reason})
    notice = notice_to(case.complaint.owner, "notice_withdrawn", case, moment)
    return conclude(case, after, moment, entry, *alarm, messages=notice)
