"""What the clinic is told when a complaint changes: its card, its thread, the Home tabs."""

from __future__ import annotations

from flows.complaint import Complaint, Entry
from flows.policy import Clinic
from flows.ports import Case, Message, Purpose
from flows.standing import IN_CHARGE, concerned

THREAD_KINDS = frozenset(
    {
        "contacted",
        "tried",
        "claimed",
        "assigned",
        "handed_on",
        "moved",
        "took_charge",
        "emergency",
        "calling",
        "emergency_care",
        "all_clear",
        "severity_changed",
        "noted",
        "client_wrote",
        "client_edited",
        "client_unheard",
        "replied",
        "reply_delivered",
        "reply_failed",
        "step_done",
        "follow_up_set",
        "followed_up",
        "escalated",
        "resolved",
        "reopened",
        "closed",
        "withdrawn",
        "paused",
        "resumed",
        "reminded",
    }
)
"""Events that get a line in the card's thread; the card itself says it was filed."""


def card_channel(complaint: Complaint, clinic: Clinic) -> str | None:
    """The channel of the complaint's card; None when no channel is narrow enough.

    Severe privacy cases and complaints about staff belong in the managers' private channel. When
    the person concerned is in it, or may well be (a supervisor or above, or an admin), there is
    no card.
    """
    if not complaint.restricted:
        return clinic.location(complaint.location).channel
    about = complaint.about_staff
    if about is not None and clinic.reads_managers_channel(about):
        return None
    return clinic.managers_channel


def card_messages(before: Case | None, after: Case, clinic: Clinic) -> tuple[Message, ...]:
    """Post or redraw the card; when it has to move, what stood in the old channel is taken down.

    Without a card, the unconcerned managers and the director are told once in DMs.
    """
    complaint = after.complaint
    channel = card_channel(complaint, clinic)
    messages = []
    old = before.card if before else None
    if old is not None and old.channel != channel:
        messages.append(
            Message(Purpose.EDIT, old.channel, "card_moved", number=complaint.number, edits=old.id)
        )
    if channel is not None:
        messages.append(Message(Purpose.CARD, channel, "card", number=complaint.number))
    elif before is None or card_channel(before.complaint, clinic) is not None:
        messages.extend(
            Message(Purpose.NOTICE, person.id, "notice_restricted", number=complaint.number)
            for person in clinic.people.values()
            if person.role in IN_CHARGE and not concerned(person.id, complaint)
        )
    return tuple(messages)


def thread_message(case: Case, clinic: Clinic, entry: Entry) -> Message | None:
    """The entry's line in the thread; None for events that stay out of it."""
    channel = card_channel(case.complaint, clinic)
    if channel is None or entry.kind not in THREAD_KINDS:
        return None
    if entry.kind == "reminded" and (
        entry.public["people"] == case.complaint.owner or "again" in entry.public
    ):
        return None
    facts = {**entry.public, "actor": entry.actor}
    return Message(
        Purpose.THREAD, channel, f"thread_{entry.kind}", facts, number=case.complaint.number
    )


def home_messages(before: Case | None, after: Case, *others: str) -> tuple[Message, ...]:
    """Redraw the Home tabs of who handles the complaint, who did, and `others`."""
    people = {after.complaint.owner: None, **dict.fromkeys(others)}
    if before is not None:
        people[before.complaint.owner] = None
    return tuple(Message(Purpose.HOME, person, "home") for person in people)
