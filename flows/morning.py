"""The morning list: what is late, what is due today and whom to call, at each opening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flows.complaint import Deadline, DeadlineKind
from flows.ladder import upcoming
from flows.policy import Clinic
from flows.ports import Absence, Case, Message, Purpose
from flows.standing import Staffing

URGENT_FIRST = (
    DeadlineKind.CLINICIAN_CALL,
    DeadlineKind.ALL_CLEAR,
    DeadlineKind.ACKNOWLEDGE,
    DeadlineKind.TAKE_CHARGE,
    DeadlineKind.FEEDBACK,
    DeadlineKind.RESOLVE,
    DeadlineKind.FOLLOW_UP,
    DeadlineKind.CUSTOM,
)


def morning_lists(
    cases: Sequence[Case],
    location: str,
    clinic: Clinic,
    absences: Mapping[str, Absence],
    now: datetime,
) -> tuple[Message, ...]:
    """One list a person who has something late or due today at this location.

    Owners have their own; what is late also goes to those the clinic names for it
    (`morning_list` of the kind), once the ladder has no rung left for them.
    """
    hours = clinic.location(location).hours
    today = hours.local_day(now)
    lists: dict[str, dict[str, list[dict[str, object]]]] = defaultdict(lambda: defaultdict(list))
    listed: dict[str, set[int | None]] = defaultdict(set)
    for case, deadline in most_urgent_first(cases, now):
        late = deadline.due_at <= now
        if not late and hours.local_day(deadline.due_at) != today:
            continue
        section = "late" if late else "today"
        if deadline.kind is DeadlineKind.FOLLOW_UP:
            section = "follow_up"
        item: dict[str, object] = {
            "number": case.complaint.number,
            "kind": deadline.kind.value,
            "due": deadline.due_at.isoformat(),
        }
        for person in dict.fromkeys(_readers(case, deadline, clinic, absences, late=late)):
            # One row a complaint: what is most urgent of it.
            if case.complaint.number not in listed[person]:
                listed[person].add(case.complaint.number)
                lists[person][section].append(item)
    return tuple(
        Message(
            Purpose.NOTICE, person, "morning_list", {"location": location, "sections": sections}
        )
        for person, sections in lists.items()
    )


def most_urgent_first(cases: Sequence[Case], now: datetime) -> list[tuple[Case, Deadline]]:
    """The live deadlines, each with its case: the late ones first, then by kind and due time."""
    live = [(case, d) for case in cases for d in case.deadlines if d.live]
    return sorted(
        live,
        key=lambda pair: (pair[1].due_at > now, URGENT_FIRST.index(pair[1].kind), pair[1].due_at),
    )


def _readers(
    case: Case,
    deadline: Deadline,
    clinic: Clinic,
    absences: Mapping[str, Absence],
    *,
    late: bool,
) -> Iterable[str]:
    staffing = Staffing(case.complaint, clinic, absences)
    yield from (told.person for told in staffing.tell("owner"))
    if not late:
        return
    still_to_come = {rung.planned.tell for rung in upcoming(deadline, case)}
    for rung in case.rules.deadlines[deadline.kind].morning_list:
        if rung not in still_to_come:
            yield from (told.person for told in staffing.tell(rung))
