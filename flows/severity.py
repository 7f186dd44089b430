"""Changing the severity: who may, what moves, and the preview of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.change import Moment, conclude, notice_to, recomputed, still_open
from flows.complaint import DeadlineKind, Severity
from flows.emergency import alarmed
from flows.ports import Case, Outcome
from flows.standing import Refused, Staffing, check_severity_change


@dataclass(frozen=True, slots=True)
class DueChange:
    """How one deadline would move; None where there is none before or afterwards."""

    kind: DeadlineKind
    before: datetime | None
    after: datetime | None


def severity_changes(case: Case, severity: Severity, moment: Moment) -> tuple[DueChange, ...]:
    """What a change of severity would do to the deadlines; the preview shown before it is made."""
    after = recomputed(case, severity, moment.now)
    changes = []
    for kind in DeadlineKind:
        old, new = case.deadline(kind), after.deadline(kind)
        if old is not None or new is not None:
            changes.append(
                DueChange(kind, old.due_at if old else None, new.due_at if new else None)
            )
    return tuple(changes)


def change_severity(
    case: Case, severity: Severity, reason: str, shown: Severity, moment: Moment
) -> Outcome:
    """Set the severity and recompute the deadlines under the complaint's own rules.

    `shown` is the severity the person saw when deciding; when somebody changed it meanwhile, the
    person is told instead.
    """
    complaint = case.complaint
    check_severity_change(moment.actor, case, severity, moment.clinic)
    still_open(case)
    if complaint.severity is not shown:
        raise Refused("refused.severity_changed", field="severity", severity=complaint.severity)
    if complaint.severity is severity:
        raise Refused("refused.same_severity", field="severity", severity=severity)
    after = recomputed(case, severity, moment.now)
    after, alarm = alarmed(after, reason, moment, explaining=True)
    entry = moment.entry(
        "severity_changed",
        {"reason": reason},
        before=str(complaint.severity.value),
        after=str(severity.value),
    )
    messages = notice_to(complaint.owner, "notice_severity", case, moment)
    if severity is Severity.MODERATE and complaint.severity is Severity.MINOR:
        supervisors = Staffing(complaint, moment.clinic, moment.absences).tell("supervisor")
        for told in supervisors:
            if told.person != complaint.owner:
                messages += notice_to(told.person, "notice_raised", case, moment)
    return conclude(case, after, moment, entry, *alarm, messages=messages)
