"""The ladder of a deadline: which rung comes when, and who is told when one can't be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flows.complaint import PAUSABLE, Deadline, Reminder, ReminderState
from flows.deadlines import Planned, plan
from flows.policy import Clinic
from flows.ports import Absence, Case, Message, Outcome, Purpose
from flows.rules import HANDS_ON
from flows.standing import Staffing

BOT = "amends"
"""The actor of what the clock does by itself."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A planned rung with the time it really comes, holds and rests taken into account."""

    planned: Planned
    at: datetime


def upcoming(deadline: Deadline, case: Case) -> tuple[Rung, ...]:
    """The rungs still to come, soonest first.

    A hold (somebody took charge) moves every rung to its end at the earliest, and so does a pause
    (we wait for the client); a rest (no answer) only the owner's rungs before the due time. What
    would so come after the due time is left out: the rung at the due time says it.
    """
    complaint = case.complaint
    rungs = []
    for planned in plan(deadline, complaint.severity, case.rules, complaint.location):
        if planned.index < deadline.rungs_fired:
            continue
        at = planned.at
        if deadline.hold_until is not None:
            at = max(at, deadline.hold_until)
        if case.pause is not None and deadline.kind in PAUSABLE:
            at = max(at, case.pause.until)
        if planned.tell == HANDS_ON and planned.offset is not None and at != planned.at:
            # Who was asked when the pause or hold ended has to have the time to answer.
            at = case.rules.hours[complaint.location].add_open(at, planned.offset)
        if planned.before_due:
            if planned.tell == "owner" and deadline.rest_until is not None:
                at = max(at, deadline.rest_until)
            if at >= deadline.due_at:
                continue
        rungs.append(Rung(planned, at))
    gather = case.rules.pings.gather
    rungs = [
        rung
        for rung in rungs
        if not any(
            # Moved so close to the next ping to the same people that one of them will do.
            later.planned.tell == rung.planned.tell
            and later.planned.index > rung.planned.index
            and rung.at != rung.planned.at
            and later.at <= rung.at + gather
            for later in rungs
        )
    ]
    return tuple(sorted(rungs, key=lambda rung: rung.at))


def scheduled(deadline: Deadline, case: Case) -> Deadline:
    """The deadline with `next_at` set to its next rung; None once it is over or at its end."""
    rungs = upcoming(deadline, case) if deadline.live else ()
    return replace(deadline, next_at=rungs[0].at if rungs else None)


def rescheduled(case: Case) -> Case:
    """The case with every deadline's `next_at` brought up to date."""
    return replace(case, deadlines=tuple(scheduled(d, case) for d in case.deadlines))


def fail_over(
    case: Case,
    failed: Reminder,
    clinic: Clinic,
    absences: Mapping[str, Absence],
    now: datetime,
) -> Outcome:
    """Tell the next rung at once because `failed.recipient` can't be reached.

    Everybody whose reminder of this deadline failed counts as unreachable. When nobody is left,
    the admin channel hears the reference.
    """
    deadline = next(
        (
            d
            for d in case.deadlines
            if d.live and d.kind is failed.deadline and d.due_at == failed.due_at
        ),
        None,
    )
    if deadline is None:
        return Outcome(case)
    same = [r for r in case.reminders if r.deadline is failed.deadline]
    unreachable = frozenset(
        [r.recipient for r in same if r.state is ReminderState.FAILED] + [failed.recipient]
    )
    told = Staffing(case.complaint, clinic, absences).above(failed.rung, unreachable)
    if not told:
        message = Message(
            Purpose.NOTICE,
            clinic.admin_channel,
            "admin_nobody_reached",
            number=case.complaint.number,
        )
        return Outcome(case, messages=(message,))
    known = {(r.rung, r.round, r.recipient) for r in same if r.due_at == failed.due_at}
    reminders = tuple(
        replace(
            failed,
            id=None,
            recipient=one.person,
            why=f"not_reached:{failed.recipient}",
            send_at=now,
            state=ReminderState.WAITING,
            seen_at=None,
            acted_at=None,
        )
        for one in told
        if (failed.rung, failed.round, one.person) not in known
    )
    return Outcome(replace(case, reminders=(*case.reminders, *reminders)))
