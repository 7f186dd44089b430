"""Between the nouns of the rules and the rows of the tables, one pair of functions a noun."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from flows.complaint import (
    REFERENCE_BASE,
    CameBack,
    Complaint,
    ComplaintType,
    Contact,
    Deadline,
    DeadlineKind,
    Remedy,
    Reminder,
    ReminderState,
    Severity,
    State,
    Via,
)
from storage.kit import Kit
from storage.vault import NO_CELLS, Vault

Values = dict[str, Any]

# Columns that have the name and the value of the attribute.
_COMPLAINT = (
    *("location", "type", "severity", "state", "restricted", "filed_by", "filed_at"),
    *("received_at", "owner", "rules_id", "via", "happened_at", "language", "claimed_at"),
    *("acknowledged_at", "acknowledged_by", "acknowledged_how", "resolved_at", "remedy"),
    *("remedy_accepted", "rating", "booked_again", "came_back", "closed_at", "attempts"),
    *("steps_done", "times_reopened", "conflict_exception", "heated", "emergency_at"),
    *("called_at", "called_by", "all_clear_at", "client_id"),
)
_COMPLAINT_SEALED = (
    *("story", "client", "remedy_sought", "happened", "about_staff", "source_link"),
    *("treatment", "treated_by"),
)
_DEADLINE = (
    *("kind", "starts_at", "due_at", "set_at", "rungs_fired", "hold_until", "rest_until"),
    *("next_at", "met_at", "dropped_at", "set_by"),
)
_REMINDER = ("why", "send_at", "state", "seen_at", "acted_at")

_complaint_values = attrgetter(*_COMPLAINT)
_deadline_values = attrgetter(*_DEADLINE)
_reminder_values = attrgetter(*_REMINDER)


def id_of(number: int) -> int:
    """The row of the complaint that people call `C-<number>`."""
    return number - REFERENCE_BASE


def number_of(complaint_id: int) -> int:
    """The number people say for a complaint's row."""
    return complaint_id + REFERENCE_BASE


def complaint_row(complaint: Complaint, kit: Kit) -> Values:
    """All columns of a complaint but its id and version."""
    sealed: Values = {name: getattr(complaint, name) for name in _COMPLAINT_SEALED}
    contact = complaint.contact
    sealed["contact"] = asdict(contact) if contact else None
    return {
        **dict(zip(_COMPLAINT, _complaint_values(complaint), strict=True)),
        "contact_hash": kit.contact_hash(contact.normalised if contact else None),
        **kit.vault.cells(sealed),
    }


def complaint_of(row: Row[Any], vault: Vault) -> Complaint:
    """The complaint that a whole row holds."""
    sealed = vault.open(row.sealed)
    contact = sealed.pop("contact")
    return Complaint(
        number=number_of(row.id),
        version=row.version,
        location=row.location,
        type=ComplaintType(row.type),
        severity=Severity(row.severity),
        state=State(row.state),
        filed_by=row.filed_by,
        filed_at=row.filed_at,
        received_at=row.received_at,
        owner=row.owner,
        rules_id=row.rules_id,
        via=Via(row.via) if row.via else None,
        happened_at=row.happened_at,
        language=row.language,
        claimed_at=row.claimed_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        acknowledged_how=row.acknowledged_how,
        resolved_at=row.resolved_at,
        remedy=Remedy(row.remedy) if row.remedy else None,
        remedy_accepted=row.remedy_accepted,
        rating=row.rating,
        booked_again=row.booked_again,
        came_back=CameBack(row.came_back) if row.came_back else None,
        closed_at=row.closed_at,
        attempts=row.attempts,
        steps_done=tuple(row.steps_done),
        times_reopened=row.times_reopened,
        conflict_exception=row.conflict_exception,
        heated=row.heated,
        emergency_at=row.emergency_at,
        called_at=row.called_at,
        called_by=row.called_by,
        all_clear_at=row.all_clear_at,
        client_id=row.client_id,
        contact=Contact(**contact) if contact else None,
        **sealed,
    )


def deadline_row(deadline: Deadline, vault: Vault) -> Values:
    """All columns of a deadline but its id and its complaint."""
    cells = NO_CELLS if deadline.what is None else vault.cells(deadline.what)
    return dict(zip(_DEADLINE, _deadline_values(deadline), strict=True)) | cells


def changed_columns(before: Deadline, after: Deadline, vault: Vault) -> Values:
    """The columns in which a deadline is not as it was."""
    pairs = zip(_DEADLINE, _deadline_values(before), _deadline_values(after), strict=True)
    columns = {name: new for name, old, new in pairs if new != old}
    if after.what != before.what:
        columns |= NO_CELLS if after.what is None else vault.cells(after.what)
    return columns


def deadline_of(row: Row[Any], vault: Vault) -> Deadline:
    """The deadline that a whole row holds."""
    return Deadline(
        id=row.id,
        kind=DeadlineKind(row.kind),
        starts_at=row.starts_at,
        due_at=row.due_at,
        set_at=row.set_at,
        rungs_fired=row.rungs_fired,
        hold_until=row.hold_until,
        rest_until=row.rest_until,
        next_at=row.next_at,
        met_at=row.met_at,
        dropped_at=row.dropped_at,
        set_by=row.set_by,
        what=None if row.sealed is None else vault.open(row.sealed),
    )


def reminder_row(reminder: Reminder) -> Values:
    """The columns of a reminder that change during its life."""
    return dict(zip(_REMINDER, _reminder_values(reminder), strict=True))


def reminder_of(row: Row[Any]) -> Reminder:
    """The reminder of a row that carries its deadline's kind as well."""
    return Reminder(
        id=row.id,
        deadline=DeadlineKind(row.kind),
        due_at=row.due_at,
        rung=row.rung,
        round=row.round,
        recipient=row.recipient,
        why=row.why,
        send_at=row.send_at,
        state=ReminderState(row.state),
        seen_at=row.seen_at,
        acted_at=row.acted_at,
    )


ReminderKey = tuple[int, datetime, str, int, str]
REMINDER_KEY = ("deadline_id", "due_at", "rung", "round", "recipient")


def reminder_key(deadline_id: int, reminder: Reminder) -> ReminderKey:
    """What makes a reminder the only one: its deadline, due time, rung, round and recipient."""
    return (deadline_id, reminder.due_at, reminder.rung, reminder.round, reminder.recipient)
