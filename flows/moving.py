"""What moves the due times of a complaint besides its severity: its location, a new policy."""

from __future__ import annotations

from dataclasses import replace

from flows.change import DueChange, Moment, conclude, due_changes, notice_to, recomputed, still_open
from flows.ports import Case, Outcome
from flows.rules import Rules
from flows.standing import Refused, Verb, check, next_in_charge


def location_changes(case: Case, location: str, moment: Moment) -> tuple[DueChange, ...]:
    """What another location would do to the deadlines; the preview shown before it is made."""
    return due_changes(case, _at(case, location, moment))


def move(case: Case, location: str, reason: str, shown: str, moment: Moment) -> Outcome:
    """Move a complaint to another location; what it is promised counts by the hours there.

    Who handles it goes on, unless they don't work there: then the first on duty there gets it.
    `shown` is the location the person saw when deciding; when somebody moved it meanwhile, the
    person is told instead.
    """
    check(moment.actor, Verb.MOVE, case, moment.clinic)
    still_open(case)
    complaint = case.complaint
    if complaint.location != shown:
        place = moment.clinic.location(complaint.location).name
        raise Refused("refused.moved_meanwhile", field="location", place=place)
    if location not in moment.clinic.locations:
        raise Refused("refused.no_such_location", field="location")
    if location == complaint.location:
        raise Refused("refused.same_location", field="location")
    after = _at(case, location, moment)
    owner = _owner_there(after, moment)
    messages = notice_to(complaint.owner, "notice_moved", case, moment)
    if owner != complaint.owner:
        changed = replace(after.complaint, owner=owner, claimed_at=None, conflict_exception=False)
        after = replace(after, complaint=changed)
        messages += notice_to(owner, "notice_moved_to_you", case, moment)
    entry = moment.entry(
        "moved", {"reason": reason}, before=complaint.location, after=location, owner=owner
    )
    return conclude(case, after, moment, entry, messages=messages)


def policy_changes(case: Case, moment: Moment) -> tuple[DueChange, ...]:
    """What the clinic file as it is now would do to the deadlines of a complaint filed earlier."""
    return due_changes(case, _under(case, moment))


def apply_policy(case: Case, moment: Moment) -> Outcome:
    """Let an open complaint stand under the clinic file as it is now; earned pauses stay."""
    still_open(case)
    after = _under(case, moment)
    return conclude(case, after, moment, moment.entry("policy_applied"))


def _at(case: Case, location: str, moment: Moment) -> Case:
    """The case at another location, under its own rules; the hours there, if they don't know it."""
    rules = case.rules
    if location not in rules.hours:
        hours = {**rules.hours, location: moment.clinic.location(location).hours}
        rules = Rules(deadlines=rules.deadlines, pings=rules.pings, hours=hours)
    complaint = replace(case.complaint, location=location, rules_id=rules.id)
    return recomputed(case, replace(case, complaint=complaint, rules=rules), moment.now)


def _under(case: Case, moment: Moment) -> Case:
    rules = moment.clinic.rules
    location = moment.clinic.location(case.complaint.location).id
    complaint = replace(case.complaint, rules_id=rules.id, location=location)
    return recomputed(case, replace(case, complaint=complaint, rules=rules), moment.now)


def _owner_there(case: Case, moment: Moment) -> str:
    complaint, clinic = case.complaint, moment.clinic
    member = clinic.person(complaint.owner)
    if member is not None and member.works_at(complaint.location):
        return complaint.owner
    return next(next_in_charge(complaint, clinic, moment.absences), complaint.owner)
