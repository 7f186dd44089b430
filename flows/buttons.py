"""The buttons of a ping: what this person can do about this complaint now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.complaint import DeadlineKind, Reminder
from flows.ports import Case
from flows.rules import ASKS

SNOOZES = ("snooze_busy", "snooze_calling", "snooze_waiting")

ANSWERS: Mapping[DeadlineKind, tuple[str, ...]] = {
    DeadlineKind.ACKNOWLEDGE: ("acknowledge", "tried"),
    DeadlineKind.FEEDBACK: ("contact", "tried"),
    DeadlineKind.RESOLVE: ("resolve",),
    DeadlineKind.TAKE_CHARGE: ("acknowledge",),
    DeadlineKind.CLINICIAN_CALL: ("calling", "all_clear", "emergency_care"),
    DeadlineKind.ALL_CLEAR: ("calling", "all_clear", "emergency_care"),
    DeadlineKind.FOLLOW_UP: ("follow_up_done",),
    DeadlineKind.CUSTOM: ("contact", "change_time"),
}
"""The buttons that answer a ping of each kind; who is above the owner may take charge as well."""


def buttons_of(reminders: Sequence[Reminder], person: str, case: Case) -> tuple[str, ...]:
    """The action ids a ping carries for this person (design.md, *Buttons of pings*)."""
    owner = case.complaint.owner
    is_owner = person == owner or any(r.why == f"covering:{owner}" for r in reminders)
    buttons: dict[str, None] = {}
    if any(reminder.rung == ASKS for reminder in reminders):
        buttons["still_mine"] = None
    if case.complaint.in_emergency:
        buttons |= dict.fromkeys(ANSWERS[DeadlineKind.CLINICIAN_CALL])
    if not is_owner or any(r.deadline is DeadlineKind.TAKE_CHARGE for r in reminders):
        buttons["take_charge"] = None
    for reminder in reminders:
        for answer in _answers(reminder, case):
            if is_owner or answer not in ("tried", "change_time"):
                buttons[answer] = None
    if case.complaint.in_emergency:
        buttons["open"] = None
    elif is_owner:
        buttons["open"] = None
        if snoozes_left(person, case) > 0:
            buttons |= dict.fromkeys(SNOOZES)
    else:
        buttons |= dict.fromkeys(("assign", "open"))
    return tuple(buttons)


def _answers(reminder: Reminder, case: Case) -> tuple[str, ...]:
    """The buttons that answer one reminder as the complaint stands now."""
    answers = ANSWERS[reminder.deadline]
    if reminder.deadline is DeadlineKind.CUSTOM:
        what = next(
            (
                d.what
                for d in case.deadlines
                if d.kind is reminder.deadline and d.due_at == reminder.due_at
            ),
            None,
        )
        answers = (what or "contact", *answers[1:])
    if case.complaint.acknowledged_at is None:
        return tuple("acknowledge" if answer == "contact" else answer for answer in answers)
    return answers


def snoozes_left(person: str, case: Case) -> int:
    """How often this person may still snooze this complaint."""
    used = sum(snooze.times for snooze in case.snoozes if snooze.person == person)
    return max(0, case.rules.pings.snoozes - used)
