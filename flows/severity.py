"""Changing the severity: who may, what moves, and the preview of it."""

from __future__ import annotations

from flows.change import (
    DueChange,
    Moment,
    conclude,
    due_changes,
    notice_to,
    recomputed,
    still_open,
    with_,
)
from flows.complaint import Severity
from flows.emergency import alarmed
from flows.ports import Case, Outcome
from flows.standing import Refused, Staffing, check_severity_change


def severity_changes(case: Case, severity: Severity, moment: Moment) -> tuple[DueChange, ...]:
    """What a change of severity would do to the deadlines; the preview shown before it is made."""
    return due_changes(case, _as(case, severity, moment))


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
    after = _as(case, severity, moment)
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


def _as(case: Case, severity: Severity, moment: Moment) -> Case:
    return recomputed(case, with_(case, severity=severity), moment.now)
