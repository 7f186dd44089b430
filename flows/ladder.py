"""Who is pinged about a deadline, and when: the ladder, gathering, catching up, failing over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.complaint import (
    EMERGENCY,
    PAUSABLE,
    Deadline,
    DeadlineKind,
    Entry,
    Pause,
    Reminder,
    ReminderState,
    Severity,
)
from flows.deadlines import Planned, behind, counted_anew, plan
from flows.policy import Clinic
from flows.ports import Absence, Case, Message, Outcome, Purpose
from flows.standing import Staffing, Told
from flows.telling import card_messages, home_messages, thread_message

BOT = "amends"
"""The actor of what the clock does by itself."""

CATCH_UP_AFTER = timedelta(minutes=2)
"""A reminder later than this was missed: it is said in one list a person, not ping by ping."""

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


@dataclass(frozen=True, slots=True)
class Rung:
    """A planned rung with the time it really comes, holds and rests taken into account."""

    planned: Planned
    at: datetime


def upcoming(deadline: Deadline, case: Case) -> tuple[Rung, ...]:
    """The rungs still to come, soonest first.

    A hold (somebody took charge) moves every rung to its end at the earliest, and so does a pause
    (we wait for the client); a rest (no answer) only the owner's rungs before the due time. What
    would so come after the due time is left out: the rung at the due time says it.
    """
    complaint = case.complaint
    rungs = []
    for planned in plan(deadline, complaint.severity, case.rules, complaint.location):
        if planned.index < deadline.rungs_fired:
            continue
        at = planned.at
        if deadline.hold_until is not None:
            at = max(at, deadline.hold_until)
        if case.pause is not None and deadline.kind in PAUSABLE:
            at = max(at, case.pause.until)
        if planned.before_due:
            if planned.tell == "owner" and deadline.rest_until is not None:
                at = max(at, deadline.rest_until)
            if at >= deadline.due_at:
                continue
        rungs.append(Rung(planned, at))
    gather = case.rules.pings.gather
    rungs = [
        rung
        for rung in rungs
        if not any(
            # Moved so close to the next ping to the same people that one of them will do.
            later.planned.tell == rung.planned.tell
            and later.planned.index > rung.planned.index
            and rung.at != rung.planned.at
            and later.at <= rung.at + gather
            for later in rungs
        )
    ]
    return tuple(sorted(rungs, key=lambda rung: rung.at))


def scheduled(deadline: Deadline, case: Case) -> Deadline:
    """The deadline with `next_at` set to its next rung; None once it is over or at its end."""
    rungs = upcoming(deadline, case) if deadline.live else ()
    return replace(deadline, next_at=rungs[0].at if rungs else None)


def rescheduled(case: Case) -> Case:
    """The case with every deadline's `next_at` brought up to date."""
    return replace(case, deadlines=tuple(scheduled(d, case) for d in case.deadlines))


@dataclass(slots=True)
class _Change:
    """What one tick does to one case."""

    before: Case
    deadlines: list[Deadline]
    reminders: list[Reminder]
    retired: set[int]
    entries: list[Entry]
    told: dict[str, None]
    pauses: tuple[Pause, ...]
    notices: list[Message]
    missed: bool
    """Whether rungs came in a time in which nobody could be told."""

    @classmethod
    def of(cls, case: Case) -> _Change:
        deadlines, reminders = list(case.deadlines), list(case.reminders)
        return cls(case, deadlines, reminders, set(), [], {}, case.pauses, [], missed=False)

    @property
    def number(self) -> int:
        number = self.before.complaint.number
        assert number is not None, "only stored complaints have deadlines"  # noqa: S101
        return number

    def after(self) -> Case:
        pings = tuple(ping for ping in self.before.pings if ping.id not in self.retired)
        return replace(
            self.before,
            deadlines=tuple(self.deadlines),
            reminders=tuple(self.reminders),
            pings=pings,
            pauses=self.pauses,
        )


@dataclass(frozen=True, slots=True)
class Tick:
    """What the clock's look at the due cases changes, and the pings over several of them."""

    changes: tuple[tuple[Case, Outcome], ...]
    pings: tuple[Message, ...]


def tick(
    cases: Sequence[Case], clinic: Clinic, absences: Mapping[str, Absence], now: datetime
) -> Tick:
    """Fire what is due at `now` and write the pings, at most one a person and complaint.

    `cases` are those due by `now` plus the gathering time, so that a ping can take along what
    falls due for its reader next. Severity 3 is never gathered; what was missed by more than
    `CATCH_UP_AFTER` (we were down) comes as one list a person.
    """
    changes = {change.number: change for change in map(_Change.of, cases)}
    for change in changes.values():
        _resume(change, now)
        _fire(change, clinic, absences, now)
    pings = _write_pings(changes, clinic, absences, now)
    outcomes = []
    for change in changes.values():
        after = change.after()
        if after == change.before and not change.entries:
            continue
        edits = tuple(
            Message(Purpose.EDIT, ping.person, "edit", number=change.number, edits=ping.id)
            for ping in change.before.pings
            if ping.id in change.retired
        )
        said: tuple[Message, ...] = ()
        if change.entries:
            said = (
                *card_messages(change.before, after, clinic),
                *home_messages(change.before, after, *change.told),
                *change.notices,
                *(
                    line
                    for entry in change.entries
                    if (line := thread_message(after, clinic, entry)) is not None
                ),
            )
        outcomes.append((change.before, Outcome(after, tuple(change.entries), (*edits, *said))))
    return Tick(tuple(outcomes), tuple(pings))


def _resume(change: _Change, now: datetime) -> None:
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


def _fire(change: _Change, clinic: Clinic, absences: Mapping[str, Absence], now: datetime) -> None:
    """Turn the rungs that have come into reminders."""
    case = change.before
    staffing = Staffing(case.complaint, clinic, absences)
    for place, known in enumerate(change.deadlines):
        if not known.live or known.next_at is None or known.next_at > now:
            continue
        deadline = _climbing(known, case, now)
        change.deadlines[place] = deadline
        change.missed = change.missed or deadline != known
        rungs = upcoming(deadline, case)
        come = [rung for rung in rungs if rung.at <= now]
        if not come:
            continue
        told: dict[str, None] = {}
        tells = {rung.planned.tell for rung in come}
        for rung in come:
            people = staffing.tell(rung.planned.tell, deadline.set_by)
            if rung.at == deadline.set_at >= deadline.due_at and "supervisor" not in tells:
                # Filed when it was due already: owner and supervisor are told at filing.
                people += staffing.tell("supervisor")
            for one in people:
                _remind(change, deadline, rung, one, now)
                told[one.person] = None
        change.told |= told
        highest = max(rung.planned.index for rung in come)
        for rung in rungs:
            # Rests and was overtaken: it is in the ledger now, and said when its time comes.
            if rung.at > now and rung.planned.index < highest:
                for one in staffing.tell(rung.planned.tell, deadline.set_by):
                    _remind(change, deadline, rung, one, now)
        complaint = case.complaint
        fired = max(
            highest + 1,
            behind(deadline, complaint.severity, case.rules, complaint.location, now),
        )
        moved = scheduled(replace(deadline, rungs_fired=fired), case)
        change.deadlines[place] = moved
        change.entries.append(
            Entry(
                "reminded",
                BOT,
                now,
                "clock",
                public={
                    "deadline": deadline.kind.value,
                    "people": ",".join(told),
                    "rung": come[-1].planned.tell,
                    "due": deadline.due_at.isoformat(),
                    **({"again": "yes"} if all(rung.planned.again for rung in come) else {}),
                },
            )
        )


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


def _remind(
    change: _Change, deadline: Deadline, rung: Rung, told: Told, now: datetime
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


def _write_pings(
    changes: Mapping[int, _Change],
    clinic: Clinic,
    absences: Mapping[str, Absence],
    now: datetime,
) -> list[Message]:
    waiting: dict[str, dict[int, list[Reminder]]] = defaultdict(lambda: defaultdict(list))
    for number, change in changes.items():
        for reminder in change.reminders:
            if reminder.state is ReminderState.WAITING and reminder.send_at <= now:
                waiting[reminder.recipient][number].append(reminder)
    soon = _falling_due(changes, clinic, absences, now)
    messages = []
    for person, by_number in waiting.items():
        missed = any(
            changes[number].missed or now - reminder.send_at > CATCH_UP_AFTER
            for number, reminders in by_number.items()
            for reminder in reminders
        )
        severe = [n for n in by_number if _severity(changes[n]) is Severity.SEVERE]
        other = [n for n in by_number if n not in severe]
        if missed and len(by_number) > 1:
            for n in [n for n in severe if changes[n].before.complaint.in_emergency]:
                messages.append(_ping("ping", person, [n], by_number, changes))  # never in a list
                severe.remove(n)
            late = [*severe, *other]
            if late:
                key = "ping_catch_up" if len(late) > 1 else "ping"
                messages.append(_ping(key, person, late, by_number, changes))
            continue
        messages.extend(_ping("ping", person, [n], by_number, changes) for n in severe)
        if not other:
            continue
        taken = _take_along(soon.get(person, ()), set(by_number), now)
        by_number |= taken
        other.extend(taken)
        key = "ping" if len(other) == 1 else "ping_list"
        messages.append(_ping(key, person, other, by_number, changes))
    return messages


@dataclass(frozen=True, slots=True)
class _Soon:
    """A rung of another complaint that a ping may take along."""

    change: _Change
    deadline: Deadline
    rung: Rung
    told: Told


def _falling_due(
    changes: Mapping[int, _Change],
    clinic: Clinic,
    absences: Mapping[str, Absence],
    now: datetime,
) -> Mapping[str, Sequence[_Soon]]:
    """By person, what falls due for them within the gathering time; nothing of severity 3."""
    soon: dict[str, list[_Soon]] = defaultdict(list)
    for change in changes.values():
        case = change.before
        until = now + case.rules.pings.gather
        if _severity(change) is Severity.SEVERE:
            continue
        for deadline in change.deadlines:
            if not deadline.live or deadline.next_at is None:
                continue
            if not now < deadline.next_at <= until:
                continue
            staffing = Staffing(case.complaint, clinic, absences)
            rungs = upcoming(deadline, case)
            for rung in (rung for rung in rungs if rung.at == rungs[0].at):
                for told in staffing.tell(rung.planned.tell, deadline.set_by):
                    soon[told.person].append(_Soon(change, deadline, rung, told))
    return soon


def _take_along(
    soon: Sequence[_Soon], already: set[int], now: datetime
) -> dict[int, list[Reminder]]:
    """The reminders of other complaints that one person's ping takes along."""
    taken: dict[int, list[Reminder]] = {}
    for ahead in soon:
        change, person = ahead.change, ahead.told.person
        if change.number in already:
            continue
        if any(s.person == person and s.until > now for s in change.before.snoozes):
            continue
        reminder = _remind(change, ahead.deadline, ahead.rung, ahead.told, now)
        if reminder is not None:
            taken.setdefault(change.number, []).append(reminder)
    return taken


def _ping(
    key: str,
    person: str,
    numbers: Sequence[int],
    by_number: Mapping[int, list[Reminder]],
    changes: Mapping[int, _Change],
) -> Message:
    """One message with an item a complaint; it takes over the buttons of earlier pings."""
    items = []
    delivers: list[tuple[int, Reminder]] = []
    for number in numbers:
        change = changes[number]
        newest = _newest_of_each_deadline(by_number[number])
        for reminder in by_number[number]:
            state = ReminderState.QUEUED if reminder in newest else ReminderState.SUPERSEDED
            place = change.reminders.index(reminder)
            change.reminders[place] = replace(reminder, state=state)
            if reminder in newest:
                delivers.append((number, change.reminders[place]))
        change.retired |= {ping.id for ping in change.before.pings if ping.person == person}
        items.append(
            {
                "number": number,
                "kinds": [reminder.deadline.value for reminder in newest],
                "due": min(reminder.due_at for reminder in newest).isoformat(),
                "why": newest[-1].why,
                "buttons": list(buttons_of(newest, person, change.before)),
            }
        )
    only = numbers[0] if len(numbers) == 1 else None
    return Message(
        Purpose.PING, person, key, {"items": items}, number=only, reminders=tuple(delivers)
    )


def _newest_of_each_deadline(reminders: Sequence[Reminder]) -> list[Reminder]:
    newest = {(reminder.deadline, reminder.due_at): reminder for reminder in reminders}
    return list(newest.values())


def buttons_of(reminders: Sequence[Reminder], person: str, case: Case) -> tuple[str, ...]:
    """The action ids a ping carries for this person (design.md, *Buttons of pings*)."""
    owner = case.complaint.owner
    is_owner = person == owner or any(r.why == f"covering:{owner}" for r in reminders)
    buttons: dict[str, None] = {}
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


def fail_over(
    case: Case,
    failed: Reminder,
    clinic: Clinic,
    absences: Mapping[str, Absence],
    now: datetime,
) -> Outcome:
    """Tell the next rung at once because `failed.recipient` can't be reached.

    Everybody whose reminder of this deadline failed counts as unreachable. When nobody is left,
    the admin channel hears the reference.
    """
    deadline = next(
        (
            d
            for d in case.deadlines
            if d.live and d.kind is failed.deadline and d.due_at == failed.due_at
        ),
        None,
    )
    if deadline is None:
        return Outcome(case)
    same = [r for r in case.reminders if r.deadline is failed.deadline]
    unreachable = frozenset(
        [r.recipient for r in same if r.state is ReminderState.FAILED] + [failed.recipient]
    )
    told = Staffing(case.complaint, clinic, absences).above(failed.rung, unreachable)
    if not told:
        message = Message(
            Purpose.NOTICE,
            clinic.admin_channel,
            "admin_nobody_reached",
            number=case.complaint.number,
        )
        return Outcome(case, messages=(message,))
    known = {(r.rung, r.round, r.recipient) for r in same if r.due_at == failed.due_at}
    reminders = tuple(
        replace(
            failed,
            id=None,
            recipient=one.person,
            why=f"not_reached:{failed.recipient}",
            send_at=now,
            state=ReminderState.WAITING,
            seen_at=None,
            acted_at=None,
        )
        for one in told
        if (failed.rung, failed.round, one.person) not in known
    )
    return Outcome(replace(case, reminders=(*case.reminders, *reminders)))


def _severity(change: _Change) -> Severity:
    return change.before.complaint.severity
