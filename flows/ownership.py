"""Is it still yours? Asked at half time of a long promise; unanswered, somebody on duty gets it."""

from __future__ import annotations

from collections.abc import Iterable

from flows.change import Moment, conclude, still_open, with_
from flows.complaint import Deadline, Reminder
from flows.ports import Case, Message, Outcome, Purpose
from flows.rules import ASKS
from flows.standing import Verb, check, next_in_charge, rank_of


def still_mine(case: Case, moment: Moment) -> Outcome:
    """Who was asked says that it is looked after."""
    check(moment.actor, Verb.STILL_MINE, case, moment.clinic)
    still_open(case)
    return conclude(case, case, moment, moment.entry("still_theirs"))


def unanswered(reminders: Iterable[Reminder], deadline: Deadline) -> bool:
    """Whether it was asked about this promise, and nobody who was asked has done anything since."""
    asked = [
        reminder
        for reminder in reminders
        if (reminder.deadline, reminder.due_at, reminder.rung)
        == (deadline.kind, deadline.due_at, ASKS)
    ]
    return bool(asked) and all(reminder.acted_at is None for reminder in asked)


def hand_on(case: Case, moment: Moment) -> Outcome:
    """Give the complaint to the person on duty; it stays where it is when there is nobody."""
    owner = case.complaint.owner
    successor = _successor(case, moment)
    if successor is None or case.complaint.in_emergency:
        return Outcome(case)
    after = with_(case, owner=successor, claimed_at=None, conflict_exception=False)
    number = case.complaint.number
    told = (
        Message(Purpose.NOTICE, successor, "notice_handed_on", {"actor": owner}, number=number),
        Message(Purpose.NOTICE, owner, "notice_went_on", {"actor": successor}, number=number),
    )
    entry = moment.entry("handed_on", person=successor, former=owner)
    return conclude(case, after, moment, entry, messages=told)


def _successor(case: Case, moment: Moment) -> str | None:
    """The first who may handle it instead and stands no lower than who has it.

    So what a manager took charge of never comes down to the front desk by itself.
    """
    complaint, clinic = case.complaint, moment.clinic
    rank = rank_of(complaint.owner, clinic)
    others = next_in_charge(complaint, clinic, moment.absences)
    return next((one for one in others if rank_of(one, clinic) >= rank), None)
