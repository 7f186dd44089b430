"""The hand-over: who comes on duty learns what the others leave, up to the next hand-over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flows.morning import most_urgent_first
from flows.policy import Clinic, Location
from flows.ports import Absence, Case, Message, Purpose
from flows.standing import conflicted, may_see, present


def hand_over(
    cases: Sequence[Case],
    location: str,
    before: Sequence[str],
    clinic: Clinic,
    absences: Mapping[str, Absence],
    now: datetime,
) -> tuple[Message, ...]:
    """One message for each who was not on duty `before` and has something to look after now.

    That is what others handle at this location and is late, or due before the next hand-over; where
    the location closes meanwhile, before it opens again. When a shift ends and none begins, who is
    asked first outside of the shifts is told. Who is away is covered for.
    """
    place = clinic.location(location)
    until = _until(place, now)
    messages = []
    for person in _who_comes(place, before, clinic, absences, now):
        sections: dict[str, list[dict[str, object]]] = defaultdict(list)
        listed = set()
        for case, deadline in most_urgent_first(cases, now):
            complaint = case.complaint
            if (
                deadline.due_at > until
                or complaint.number in listed
                or complaint.owner == person
                or not may_see(person, case, clinic)
                or conflicted(person, complaint, clinic)
            ):
                continue
            listed.add(complaint.number)
            item: dict[str, object] = {
                "number": complaint.number,
                "kind": deadline.kind.value,
                "due": deadline.due_at.isoformat(),
                "owner": complaint.owner,
            }
            sections["late" if deadline.due_at <= now else "due"].append(item)
        if sections:
            facts = {"location": location, "until": until.isoformat(), "sections": sections}
            messages.append(Message(Purpose.NOTICE, person, "hand_over", facts))
    return tuple(messages)


def _who_comes(
    place: Location,
    before: Sequence[str],
    clinic: Clinic,
    absences: Mapping[str, Absence],
    now: datetime,
) -> Iterable[str]:
    """Who is on duty now and was not before, in the order in which they are asked."""
    first = [told.person for id_ in place.on_duty if (told := present(id_, absences))][:1]
    on_shift = clinic.on_shift(place.id, now)
    come = [told.person for id_ in on_shift if (told := present(id_, absences))]
    return dict.fromkeys(person for person in come or first if person not in before)


def _until(place: Location, now: datetime) -> datetime:
    """Until when what falls due is theirs."""
    hours = place.hours
    if not hours.is_open(now):
        return hours.next_opening(now)
    closing = hours.closing(hours.local_day(now))
    ends = place.duty.next_change(now)
    if ends is None:
        ends = closing if closing is not None and closing > now else now
    return ends if hours.is_open(ends) else hours.next_opening(ends)
