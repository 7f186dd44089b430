"""What the clock does to one complaint: a pause ends, rungs that have come become reminders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.complaint import (
    EMERGENCY,
    Deadline,
    Entry,
    Pause,
    Reminder,
    ReminderState,
    Severity,
)
from flows.deadlines import behind, counted_anew
from flows.ladder import BOT, Rung, scheduled, upcoming
from flows.ownership import unanswered
from flows.policy import Clinic
from flows.ports import Absence, Case, Message, Purpose
from flows.rules import HANDS_ON
from flows.standing import Staffing, Told

CATCH_UP_AFTER = timedelta(minutes=2)
"""A reminder later than this was missed: it is said in one list a person, not ping by ping."""


@dataclass(slots=True)
class Change:
    """What the clock's look changes about one case."""

    before: Case
    number: int
    deadlines: list[Deadline]
    reminders: list[Reminder]
    retired: set[int]
    entries: list[Entry]
    told: dict[str, None]
    pauses: tuple[Pause, ...]
    notices: list[Message]
    hand_on: bool
    """Whether nobody answered that it is still theirs."""
    missed: bool
    """Whether rungs came in a time in which nobody could be told."""

    @classmethod
    def of(cls, case: Case) -> Change:
        """Nothing is changed yet."""
        number = case.complaint.number
        assert number is not None, "only stored complaints have deadlines"  # noqa: S101
        deadlines, reminders = list(case.deadlines), list(case.reminders)
        return cls(
            *(case, number, deadlines, reminders, set(), [], {}, case.pauses, []),
            hand_on=False,
            missed=False,
        )

    @property
    def severe(self) -> bool:
        """Whether its pings are gathered with no others."""
        return self.before.complaint.severity is Severity.SEVERE

    @property
    def changed(self) -> bool:
        """Whether there is anything to be stored."""
        before = self.before
        return (
            bool(self.entries or self.retired)
            or tuple(self.reminders) != before.reminders
            or tuple(self.deadlines) != before.deadlines
        )

    def waiting(self, now: datetime) -> Sequence[Reminder]:
        """The reminders to be said now."""
        return [
            reminder
            for reminder in self.reminders
            if reminder.state is ReminderState.WAITING and reminder.send_at <= now
        ]

    def after(self) -> Case:
        """The case as it is afterwards."""
        pings = tuple(ping for ping in self.before.pings if ping.id not in self.retired)
        return replace(
            self.before,
            deadlines=tuple(self.deadlines),
            reminders=tuple(self.reminders),
            pings=pings,
            pauses=self.pauses,
        )


def fire(case: Case, clinic: Clinic, absences: Mapping[str, Absence], now: datetime) -> Change:
    """End the pause that is over and turn the rungs that have come into reminders."""
    change = Change.of(case)
    _resume(change, now)
    staffing = Staffing(case.complaint, clinic, absences)
    for place, known in enumerate(case.deadlines):
        if known.live and known.next_at is not None and known.next_at <= now:
            deadline = _climbing(known, case, now)
            change.missed = change.missed or deadline is not known
            change.deadlines[place] = _fired(change, deadline, staffing, now)
    return change


def _resume(change: Change, now: datetime) -> None:
    """End the pause whose planned end has come; what is due when was reckoned with it."""
    pause = change.before.pause
    if pause is None or pause.until > now:
        return
    change.pauses = tuple(replace(p, ended_at=p.until) if p is pause else p for p in change.pauses)
    change.entries.append(Entry("resumed", BOT, now, "clock"))
    owner = change.before.complaint.owner
    facts = {"actor": BOT}
    notice = Message(Purpose.NOTICE, owner, "notice_resumed", facts, number=change.number)
    change.notices.append(notice)


def _fired(change: Change, deadline: Deadline, staffing: Staffing, now: datetime) -> Deadline:
    """The deadline once the rungs that have come are reminders."""
    case = change.before
    rungs = upcoming(deadline, case)
    come = [rung for rung in rungs if rung.at <= now]
    if not come:
        return deadline
    told: dict[str, None] = {}
    said = [rung for rung in come if rung.planned.tell != HANDS_ON]
    tells = {rung.planned.tell for rung in come}
    # Asked only now, after an outage: nobody had the time to answer.
    change.hand_on |= HANDS_ON in tells and unanswered(case.reminders, deadline)
    for rung in said:
        people = staffing.tell(rung.planned.tell, deadline.set_by)
        if rung.at == deadline.set_at >= deadline.due_at and "supervisor" not in tells:
            # Filed when it was due already: owner and supervisor are told at filing.
            people += staffing.tell("supervisor")
        for one in people:
            remind(change, deadline, rung, one, now)
            told[one.person] = None
    change.told |= told
    highest = max(rung.planned.index for rung in come)
    for rung in rungs:
        # Rests and was overtaken: it is in the ledger now, and said when its time comes.
        if rung.at > now and rung.planned.index < highest:
            for one in staffing.tell(rung.planned.tell, deadline.set_by):
                remind(change, deadline, rung, one, now)
    if said:
        change.entries.append(_reminded(deadline, said, told, now))
    complaint = case.complaint
    fired = max(
        highest + 1,
        behind(deadline, complaint.severity, case.rules, complaint.location, now),
    )
    left = [rung for rung in rungs if rung.planned.index >= fired]
    moved = replace(deadline, rungs_fired=fired, next_at=left[0].at if left else None)
    # What is told over and over has its next time only in the ladder reckoned anew.
    return scheduled(moved, case) if case.rules.deadlines[deadline.kind].again else moved


def _reminded(
    deadline: Deadline, come: Sequence[Rung], told: Mapping[str, None], now: datetime
) -> Entry:
    facts = {
        "deadline": deadline.kind.value,
        "people": ",".join(told),
        "rung": come[-1].planned.tell,
        "due": deadline.due_at.isoformat(),
    }
    if all(rung.planned.again for rung in come):
        facts["again"] = "yes"
    return Entry("reminded", BOT, now, "clock", public=facts)


def _climbing(deadline: Deadline, case: Case, now: datetime) -> Deadline:
    """The deadline as its ladder goes on after a time in which nobody could be told.

    Who is on a higher rung hears at the usual distance from who is on the lower one, as long as
    nobody is in danger: an outage alarms no director by itself.
    """
    complaint = case.complaint
    if complaint.severity is Severity.SEVERE or now <= deadline.due_at:
        return deadline
    missed = [
        rung
        for rung in upcoming(deadline, case)
        if not rung.planned.before_due and rung.planned.offset is not None and rung.at <= now
    ]
    if not missed or now - missed[0].at <= CATCH_UP_AFTER or missed[0].at == missed[-1].at:
        return deadline
    offset = missed[0].planned.offset
    assert offset is not None, "chosen so above"  # noqa: S101
    moved = counted_anew(deadline, offset, now, complaint.severity, case.rules, complaint.location)
    return scheduled(moved, case)


def remind(
    change: Change, deadline: Deadline, rung: Rung, told: Told, now: datetime
) -> Reminder | None:
    """Add the reminder of one rung for one person, unless the ledger has it already."""
    key = (deadline.kind, deadline.due_at, rung.planned.tell, rung.planned.round, told.person)
    if any(
        key == (known.deadline, known.due_at, known.rung, known.round, known.recipient)
        for known in change.reminders
    ):
        return None
    snoozed = next((s.until for s in change.before.snoozes if s.person == told.person), rung.at)
    if deadline.kind in EMERGENCY:
        snoozed = rung.at
    reminder = Reminder(
        deadline.kind,
        deadline.due_at,
        rung.planned.tell,
        rung.planned.round,
        told.person,
        told.why,
        send_at=max(rung.at, snoozed) if snoozed > now else rung.at,
    )
    change.reminders.append(reminder)
    return reminder
