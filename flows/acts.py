"""The human verbs as pure decisions: a case and what happened in, an outcome out.

Each function raises `Refused` when the person may not do it or it makes no sense any more; what
it returns is complete: deadlines met and set, pings retired, history written, messages to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.complaint import (
    Attempt,
    CameBack,
    Complaint,
    Contact,
    Deadline,
    DeadlineKind,
    Entry,
    How,
    Remedy,
    Reminder,
    ReminderState,
    Severity,
    State,
)
from flows.deadlines import due_at
from flows.ladder import rescheduled, snoozes_left
from flows.next_step import Playbook, assessment_finished, next_step
from flows.policy import Clinic, Role
from flows.ports import Absence, Case, Message, Outcome, Purpose, Snooze
from flows.standing import (
    IN_CHARGE,
    Refused,
    Staffing,
    Verb,
    check,
    check_severity_change,
    conflicted,
    rank_of,
    role_of,
)
from flows.telling import card_messages, home_messages, thread_message

CLOSING_AFTER = timedelta(days=7)
"""How long after the follow-up the owner is reminded to close the complaint; our own choice."""

PROMISES = (DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE)
"""The deadlines that start with the receipt, in the order in which they are kept."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Who acts, when, by which door, in which clinic: what every decision is given."""

    actor: str
    door: str
    now: datetime
    clinic: Clinic
    absences: Mapping[str, Absence]
    playbook: Playbook

    def entry(self, kind: str, private: Mapping[str, str] | None = None, **public: str) -> Entry:
        """A line of history by this actor at this moment."""
        return Entry(kind, self.actor, self.now, self.door, public, private or {})


@dataclass(frozen=True, slots=True)
class Evidence:
    """That somebody spoke with the client: how, with whom, and what was said."""

    how: How
    spoke_with: str
    said: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the two-week follow-up found."""

    reached: str
    outcome: str
    booked_again: bool | None
    rating: int | None


@dataclass(frozen=True, slots=True)
class DueChange:
    """How one deadline would move; None where there is none before or afterwards."""

    kind: DeadlineKind
    before: datetime | None
    after: datetime | None


def contact(case: Case, evidence: Evidence, moment: Moment) -> Outcome:
    """A contact with the client: the first acknowledges, a later one meets `feedback`.

    It also does what a custom reminder to call asked for.
    """
    check(moment.actor, Verb.CONTACT, case, moment.clinic)
    _still_open(case)
    complaint = case.complaint
    first = complaint.acknowledged_at is None
    met = {DeadlineKind.ACKNOWLEDGE if first else DeadlineKind.FEEDBACK}
    after = _met(case, met, moment.now)
    after = _met_custom(after, "contact", moment.now)
    if first:
        after = _with(
            after,
            acknowledged_at=moment.now,
            acknowledged_by=moment.actor,
            acknowledged_how=evidence.how.value,
            state=State.ACKNOWLEDGED if complaint.state is State.NEW else complaint.state,
        )
    entry = moment.entry(
        "contacted",
        {"spoke_with": evidence.spoke_with, "said": evidence.said},
        how=evidence.how.value,
        first="yes" if first else "no",
    )
    return conclude(case, after, moment, entry)


def tried(case: Case, how: Attempt, note: str, moment: Moment) -> Outcome:
    """An attempt without an answer: it rests the owner's pings before the due time.

    A voicemail left counts as the acknowledgement, marked so (design.md, *Deadlines*).
    """
    check(moment.actor, Verb.TRIED, case, moment.clinic)
    _still_open(case)
    complaint = case.complaint
    after = _with(case, attempts=complaint.attempts + 1)
    voicemail = how is Attempt.VOICEMAIL and complaint.acknowledged_at is None
    if voicemail:
        after = _met(after, {DeadlineKind.ACKNOWLEDGE}, moment.now)
        after = _with(
            after,
            acknowledged_at=moment.now,
            acknowledged_by=moment.actor,
            acknowledged_how=how.value,
            state=State.ACKNOWLEDGED if complaint.state is State.NEW else complaint.state,
        )
    rest = _after(case, moment.now, case.rules.pings.rest)
    resting = {DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK}
    after = _each_live(after, resting, lambda d: replace(d, rest_until=rest))
    entry = moment.entry(
        "tried",
        {"note": note},
        how=how.value,
        attempts=str(after.complaint.attempts),
        acknowledges="yes" if voicemail else "no",
    )
    return conclude(case, after, moment, entry)


def claim(case: Case, moment: Moment) -> Outcome:
    """Somebody takes the complaint on; it holds no ping back."""
    check(moment.actor, Verb.CLAIM, case, moment.clinic)
    _still_open(case)
    complaint = case.complaint
    if complaint.claimed_at is not None:
        key = "refused.already_yours" if complaint.owner == moment.actor else "refused.taken"
        raise Refused(key, person=complaint.owner, at=complaint.claimed_at)
    after = _with(case, owner=moment.actor, claimed_at=moment.now)
    return conclude(case, after, moment, moment.entry("claimed"))


def assign(case: Case, person: str, moment: Moment) -> Outcome:
    """Hand the complaint to somebody, who is told."""
    check(moment.actor, Verb.ASSIGN, case, moment.clinic)
    _still_open(case)
    if case.complaint.owner == person:
        raise Refused("refused.already_theirs", field="person", person=person)
    if moment.clinic.person(person) is None:
        raise Refused("refused.not_in_clinic_file", field="person")
    if conflicted(person, case.complaint, moment.clinic):
        raise Refused("refused.assign_conflict", field="person")
    absence = moment.absences.get(person)
    if absence is not None:
        raise Refused("refused.assign_away", field="person", person=person, until=absence.until)
    after = _with(case, owner=person, claimed_at=moment.now, conflict_exception=False)
    notice = _notice(person, "notice_assigned", case, moment)
    entry = moment.entry("assigned", person=person)
    return conclude(case, after, moment, entry, messages=notice)


def take_charge(case: Case, moment: Moment) -> Outcome:
    """Somebody above makes it theirs; the acknowledgement's ladder is held for a while.

    A manager or the director so meets `take_charge`. One in charge can only be followed by
    somebody above them: of two who press at once, the second is told who was first.
    """
    check(moment.actor, Verb.TAKE_CHARGE, case, moment.clinic)
    _still_open(case)
    complaint = case.complaint
    pending = case.deadline(DeadlineKind.TAKE_CHARGE) is not None
    if complaint.claimed_at is not None and not pending:
        if complaint.owner == moment.actor:
            raise Refused("refused.already_yours", person=complaint.owner, at=complaint.claimed_at)
        clinic = moment.clinic
        if rank_of(complaint.owner, clinic) >= rank_of(moment.actor, clinic):
            raise Refused("refused.taken", person=complaint.owner, at=complaint.claimed_at)
    after = _with(case, owner=moment.actor, claimed_at=moment.now)
    if role_of(moment.actor, moment.clinic) in IN_CHARGE or complaint.conflict_exception:
        after = _met(after, {DeadlineKind.TAKE_CHARGE}, moment.now)
    hold = _after(case, moment.now, case.rules.pings.hold)
    after = _each_live(
        after, {DeadlineKind.ACKNOWLEDGE}, lambda d: replace(d, hold_until=hold)
    )
    notice = _notice(complaint.owner, "notice_taken", case, moment)
    return conclude(case, after, moment, moment.entry("took_charge"), messages=notice)


def severity_changes(case: Case, severity: Severity, moment: Moment) -> tuple[DueChange, ...]:
    """What a change of severity would do to the deadlines; the preview shown before it is made."""
    after = _recomputed(case, severity, moment.now)
    changes = []
    for kind in DeadlineKind:
        old, new = case.deadline(kind), after.deadline(kind)
        if old is not None or new is not None:
            changes.append(
                DueChange(kind, old.due_at if old else None, new.due_at if new else None)
            )
    return tuple(changes)


def change_severity(
    case: Case, severity: Severity, reason: str, shown: Severity, moment: Moment
) -> Outcome:
    """Set the severity and recompute the deadlines under the complaint's own rules.

    `shown` is the severity the person saw when deciding; when somebody changed it meanwhile, the
    person is told instead.
    """
    complaint = case.complaint
    check_severity_change(moment.actor, case, severity, moment.clinic)
    _still_open(case)
    if complaint.severity is not shown:
        raise Refused("refused.severity_changed", field="severity", severity=complaint.severity)
    if complaint.severity is severity:
        raise Refused("refused.same_severity", field="severity", severity=severity)
    after = _recomputed(case, severity, moment.now)
    entry = moment.entry(
        "severity_changed",
        {"reason": reason},
        before=str(complaint.severity.value),
        after=str(severity.value),
    )
    return conclude(case, after, moment, entry)


def note(case: Case, text: str, moment: Moment) -> Outcome:
    """Write something down; it holds no ping back."""
    check(moment.actor, Verb.NOTE, case, moment.clinic)
    return conclude(case, case, moment, moment.entry("noted", {"text": text}))


def add_contact(case: Case, found: Contact, moment: Moment) -> Case:
    """The case with a way to reach the client, however little could be made of it."""
    return _with(case, contact=found)


def step_done(
    case: Case, step: str, fact: str, moment: Moment, contact: Contact | None = None
) -> Outcome:
    """Mark the recommended step as done with a fact; the next one unlocks.

    `step` is the step the person saw. `contact` is what the fact says, when the step was to get
    a way to reach the client. The last step of the assessment moves on to the investigation.
    """
    check(moment.actor, Verb.NEXT_STEP_DONE, case, moment.clinic)
    complaint = case.complaint
    current = next_step(complaint, case.deadlines, moment.playbook, moment.now)
    if current is None or current.step != step:
        raise Refused("refused.step_moved_on", field="fact")
    if current.done_by != "next_step_done":
        raise Refused("refused.step_done_by_verb", verb=current.done_by)
    after = _with(case, steps_done=(*complaint.steps_done, step))
    if contact is not None:
        after = _with(after, contact=contact)
    if complaint.state is State.ACKNOWLEDGED and assessment_finished(
        after.complaint, moment.playbook
    ):
        after = _with(after, state=State.INVESTIGATING)
    entry = moment.entry("step_done", {"fact": fact}, step=step)
    return conclude(case, after, moment, entry)


def follow_up_at(case: Case, at: datetime, moment: Moment) -> Outcome:
    """Set when to follow up: moves the follow-up of a resolved complaint, else adds a reminder."""
    check(moment.actor, Verb.FOLLOW_UP, case, moment.clinic)
    _still_open(case)
    planned = case.deadline(DeadlineKind.FOLLOW_UP)
    if planned is not None:
        moved = replace(planned, due_at=at, set_at=moment.now, rungs_fired=0)
        after = _replaced(case, planned, moved)
    else:
        after = _added(case, _custom(at, moment, "contact"))
    return conclude(case, after, moment, moment.entry("follow_up_set", at=at.isoformat()))


def follow_up_done(case: Case, found: FollowUp, moment: Moment) -> Outcome:
    """Log the follow-up; reaching the client (severity 1: a message will do) meets it.

    The owner is reminded to close the complaint a week later.
    """
    check(moment.actor, Verb.FOLLOW_UP_DONE, case, moment.clinic)
    complaint = case.complaint
    if complaint.state is not State.RESOLVED:
        raise Refused("refused.not_resolved")
    if case.deadline(DeadlineKind.FOLLOW_UP) is None:
        raise Refused("refused.follow_up_logged")
    if found.reached == "message" and complaint.severity is not Severity.MINOR:
        raise Refused("refused.follow_up_needs_call", field="reached")
    after = case
    if found.reached != "no":
        after = _met(after, {DeadlineKind.FOLLOW_UP}, moment.now)
        after = _with(after, booked_again=found.booked_again, rating=found.rating)
        hours = case.rules.hours[complaint.location]
        day = hours.local_day(moment.now + CLOSING_AFTER)
        if not hours.open_day(day):
            day = hours.next_open_day(day)
        closing = _custom(hours.at_local(day, hours.call_time), moment, "close")
        after = _added(after, replace(closing, set_by=complaint.owner))
    else:
        after = _with(after, attempts=complaint.attempts + 1)
    public = {"reached": found.reached}
    if found.rating is not None:
        public["rating"] = str(found.rating)
    entry = moment.entry("followed_up", {"outcome": found.outcome}, **public)
    return conclude(case, after, moment, entry)


def snooze(case: Case, reason: str, moment: Moment) -> Outcome:
    """Hold back this person's pings for a while, twice at most; the ladder goes on."""
    check(moment.actor, Verb.SNOOZE, case, moment.clinic)
    _still_open(case)
    if snoozes_left(moment.actor, case) == 0:
        raise Refused("refused.no_snooze_left", times=case.rules.pings.snoozes)
    until = moment.now + case.rules.pings.snooze
    known = next((s for s in case.snoozes if s.person == moment.actor), None)
    times = known.times + 1 if known else 1
    others = tuple(s for s in case.snoozes if s.person != moment.actor)
    mine = [ping for ping in case.pings if ping.person == moment.actor]
    kinds = {kind for ping in mine for kind in ping.kinds}
    why = "owner" if case.complaint.owner == moment.actor else "on_duty"
    again = tuple(
        Reminder(d.kind, d.due_at, "snoozed", times, moment.actor, why, send_at=until)
        for d in case.deadlines
        if d.live and d.kind in kinds
    )
    held = tuple(
        replace(r, send_at=max(r.send_at, until))
        if r.recipient == moment.actor and r.state is ReminderState.WAITING
        else r
        for r in case.reminders
    )
    after = replace(
        case,
        snoozes=(*others, Snooze(moment.actor, until, times)),
        reminders=(*held, *again),
    )
    redrawn = tuple(
        Message(Purpose.EDIT, ping.person, "edit", number=case.complaint.number, edits=ping.id)
        for ping in mine
    )
    entry = moment.entry("snoozed", reason=reason, until=until.isoformat())
    return conclude(case, after, moment, entry, messages=redrawn)


def escalate(case: Case, reason: str, moment: Moment) -> Outcome:
    """Tell the next rung above who was told so far, now."""
    check(moment.actor, Verb.ESCALATE, case, moment.clinic)
    _still_open(case)
    deadline = min((d for d in case.deadlines if d.live), key=lambda d: d.due_at, default=None)
    if deadline is None:
        raise Refused("refused.nothing_to_escalate")
    clinic = moment.clinic
    told = [r.recipient for r in case.reminders] + [case.complaint.owner, moment.actor]
    highest = max(rank_of(person, clinic) for person in told)
    word = next(
        (r.value for r in (Role.SUPERVISOR, Role.MANAGER, Role.DIRECTOR) if r.rank > highest),
        Role.DIRECTOR.value,
    )
    again = 1 + sum(r.rung == f"escalate_{word}" for r in case.reminders)
    reminders = tuple(
        Reminder(
            deadline.kind,
            deadline.due_at,
            f"escalate_{word}",
            again,
            one.person,
            f"escalated:{moment.actor}",
            send_at=moment.now,
        )
        for one in Staffing(case.complaint, clinic, moment.absences).tell(word)
        if one.person != moment.actor
    )
    if not reminders:
        raise Refused("refused.nobody_above")
    after = replace(case, reminders=(*case.reminders, *reminders))
    people = ",".join(r.recipient for r in reminders)
    return conclude(case, after, moment, moment.entry("escalated", {"reason": reason}, people=people))


def resolve(
    case: Case, done: str, remedy: Remedy, accepted: bool | None, moment: Moment
) -> Outcome:
    """Record what was done; this keeps every earlier promise and sets the follow-up."""
    check(moment.actor, Verb.RESOLVE, case, moment.clinic)
    _still_open(case)
    if case.complaint.state is State.RESOLVED:
        raise Refused("refused.already_resolved", at=case.complaint.resolved_at)
    after = resolved(case, remedy, accepted, moment)
    entry = moment.entry(
        "resolved",
        {"done": done},
        remedy=remedy.value,
        accepted="unknown" if accepted is None else "yes" if accepted else "no",
    )
    return conclude(case, after, moment, entry)


def resolved(case: Case, remedy: Remedy, accepted: bool | None, moment: Moment) -> Case:
    """The case resolved at this moment, with its follow-up set."""
    complaint = case.complaint
    after = _met(case, {*PROMISES, DeadlineKind.TAKE_CHARGE, DeadlineKind.CUSTOM}, moment.now)
    after = _with(
        after,
        state=State.RESOLVED,
        resolved_at=moment.now,
        remedy=remedy,
        remedy_accepted=accepted,
        acknowledged_at=complaint.acknowledged_at or moment.now,
        acknowledged_by=complaint.acknowledged_by or moment.actor,
        acknowledged_how=complaint.acknowledged_how or "resolved",
    )
    return _added(after, promise(DeadlineKind.FOLLOW_UP, after, moment.now, moment.now))


def reopen(case: Case, reason: str, moment: Moment) -> Outcome:
    """Take a resolved or closed complaint up again: `feedback` and `resolve` start anew."""
    check(moment.actor, Verb.REOPEN, case, moment.clinic)
    complaint = case.complaint
    if complaint.state not in (State.RESOLVED, State.CLOSED, State.WITHDRAWN):
        raise Refused("refused.not_finished")
    kept = tuple(
        step
        for step in complaint.steps_done
        if moment.playbook.stage_of(step) in (State.NEW, State.ACKNOWLEDGED)
    )
    after = _dropped(case, set(DeadlineKind), moment.now)
    after = _with(
        after,
        state=State.INVESTIGATING,
        resolved_at=None,
        closed_at=None,
        remedy=None,
        remedy_accepted=None,
        steps_done=kept,
        times_reopened=complaint.times_reopened + 1,
        acknowledged_at=complaint.acknowledged_at or moment.now,
    )
    for kind in (DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE):
        after = _added(after, promise(kind, after, moment.now, moment.now))
    notice = _notice(complaint.owner, "notice_reopened", case, moment)
    entry = moment.entry("reopened", {"reason": reason})
    return conclude(case, after, moment, entry, messages=notice)


def close(case: Case, learned: str, came_back: CameBack, moment: Moment) -> Outcome:
    """End a resolved and followed-up complaint: what was learned, and whether she came back."""
    check(moment.actor, Verb.CLOSE, case, moment.clinic)
    complaint = case.complaint
    if complaint.state.finished:
        raise Refused("refused.finished", at=complaint.closed_at)
    if complaint.state is not State.RESOLVED:
        raise Refused("refused.not_resolved", field="outcome")
    follow_up = case.deadline(DeadlineKind.FOLLOW_UP)
    if follow_up is not None:
        raise Refused("refused.follow_up_open", field="outcome", due=follow_up.due_at)
    after = _met(case, {DeadlineKind.CUSTOM}, moment.now)
    after = _with(after, state=State.CLOSED, closed_at=moment.now, came_back=came_back)
    entry = moment.entry("closed", {"outcome": learned}, came_back=came_back.value)
    return conclude(case, after, moment, entry)


def withdraw(case: Case, reason: str, moment: Moment) -> Outcome:
    """The client takes the complaint back, or it was filed by mistake: nothing is due any more."""
    check(moment.actor, Verb.WITHDRAW, case, moment.clinic)
    _still_open(case)
    after = _dropped(case, set(DeadlineKind), moment.now)
    after = _with(after, state=State.WITHDRAWN, closed_at=moment.now)
    return conclude(case, after, moment, moment.entry("withdrawn", {"reason": reason}))


def opened(case: Case, moment: Moment) -> Outcome:
    """Somebody reads the complaint's words: that is recorded, and counts as having seen it."""
    check(moment.actor, Verb.OPEN, case, moment.clinic)
    return Outcome(_seen(case, moment), (moment.entry("opened"),))


def promise(
    kind: DeadlineKind, case: Case, starts_at: datetime, set_at: datetime
) -> Deadline | None:
    """The deadline of a kind that starts then; None when the rules have none for the severity."""
    complaint = case.complaint
    due = due_at(kind, complaint.severity, starts_at, case.rules, complaint.location)
    return None if due is None else Deadline(kind, starts_at, due, set_at)


def conclude(
    before: Case | None,
    after: Case,
    moment: Moment,
    *entries: Entry,
    messages: tuple[Message, ...] = (),
) -> Outcome:
    """Round an act off: clock, ledger, pings that are answered, card, thread, Home tabs."""
    after = rescheduled(_superseded(_seen(after, moment, acted=True)))
    live = {deadline.kind for deadline in after.deadlines if deadline.live}
    former_owner = before.complaint.owner if before else after.complaint.owner
    handed_over = former_owner != after.complaint.owner
    kept = tuple(
        ping
        for ping in after.pings
        if ping.kinds & live and not (handed_over and ping.person == former_owner)
    )
    edits = tuple(
        Message(Purpose.EDIT, ping.person, "edit", number=after.complaint.number, edits=ping.id)
        for ping in after.pings
        if ping not in kept
    )
    after = replace(after, pings=kept)
    lines = tuple(
        line
        for entry in entries
        if (line := thread_message(after, moment.clinic, entry)) is not None
    )
    said = (
        *card_messages(before, after, moment.clinic),
        *lines,
        *edits,
        *home_messages(before, after, moment.actor),
        *messages,
    )
    return Outcome(after, entries, said)


def _still_open(case: Case) -> None:
    complaint = case.complaint
    if complaint.state.finished:
        raise Refused("refused.finished", at=complaint.closed_at)


def _with(case: Case, **changes: object) -> Case:
    complaint: Complaint = replace(case.complaint, **changes)  # type: ignore[arg-type]
    return replace(case, complaint=complaint)


def _each_live(case: Case, kinds: set[DeadlineKind], change) -> Case:  # noqa: ANN001
    return replace(
        case,
        deadlines=tuple(
            change(d) if d.live and d.kind in kinds else d for d in case.deadlines
        ),
    )


def _met(case: Case, kinds: set[DeadlineKind], now: datetime) -> Case:
    return _each_live(case, kinds, lambda d: replace(d, met_at=now))


def _met_custom(case: Case, what: str, now: datetime) -> Case:
    return replace(
        case,
        deadlines=tuple(
            replace(d, met_at=now)
            if d.live and d.kind is DeadlineKind.CUSTOM and d.what == what
            else d
            for d in case.deadlines
        ),
    )


def _dropped(case: Case, kinds: set[DeadlineKind], now: datetime) -> Case:
    return _each_live(case, kinds, lambda d: replace(d, dropped_at=now))


def _replaced(case: Case, old: Deadline, new: Deadline) -> Case:
    return replace(case, deadlines=tuple(new if d is old else d for d in case.deadlines))


def _added(case: Case, deadline: Deadline | None) -> Case:
    return case if deadline is None else replace(case, deadlines=(*case.deadlines, deadline))


def _custom(at: datetime, moment: Moment, what: str) -> Deadline:
    return Deadline(
        DeadlineKind.CUSTOM, moment.now, at, moment.now, set_by=moment.actor, what=what
    )


def _after(case: Case, start: datetime, duration: timedelta) -> datetime:
    """`duration` later as this complaint counts short times: open minutes, unless severe."""
    if case.complaint.severity is Severity.SEVERE:
        return start + duration
    return case.rules.hours[case.complaint.location].add_open(start, duration)


def _recomputed(case: Case, severity: Severity, now: datetime) -> Case:
    """The case under another severity: live promises move, `take_charge` comes or goes."""
    after = _with(case, severity=severity)
    complaint = case.complaint
    for kind in PROMISES:
        old = case.deadline(kind)
        met = any(d.kind is kind and d.met_at is not None for d in case.deadlines)
        starts_at = old.starts_at if old else complaint.received_at
        new = promise(kind, after, starts_at, now)
        if old is not None and new is None:
            after = _dropped(after, {kind}, now)
        elif old is None and new is not None and not met:
            after = _added(after, new)
        elif old is not None and new is not None and new.due_at != old.due_at:
            moved = replace(old, due_at=new.due_at, set_at=now, rungs_fired=0)
            after = _replaced(after, old, moved)
    if severity is Severity.SEVERE and complaint.severity is not Severity.SEVERE:
        after = _added(after, promise(DeadlineKind.TAKE_CHARGE, after, now, now))
    elif severity is not Severity.SEVERE:
        after = _dropped(after, {DeadlineKind.TAKE_CHARGE}, now)
    return rescheduled(after)


def _seen(case: Case, moment: Moment, *, acted: bool = False) -> Case:
    """The ledger knows that this person saw what they were told (bots get no read receipts)."""
    told = (ReminderState.SENT, ReminderState.QUEUED)
    return replace(
        case,
        reminders=tuple(
            replace(
                r,
                seen_at=r.seen_at or moment.now,
                acted_at=(r.acted_at or moment.now) if acted else r.acted_at,
            )
            if r.recipient == moment.actor and r.state in told
            else r
            for r in case.reminders
        ),
    )


def _superseded(case: Case) -> Case:
    """Reminders still waiting for a deadline that is over, or was moved, are not sent."""
    live = {(d.kind, d.due_at) for d in case.deadlines if d.live}
    return replace(
        case,
        reminders=tuple(
            replace(r, state=ReminderState.SUPERSEDED)
            if r.state is ReminderState.WAITING and (r.deadline, r.due_at) not in live
            else r
            for r in case.reminders
        ),
    )


def _notice(person: str, key: str, case: Case, moment: Moment) -> tuple[Message, ...]:
    """Tell one person something without a duty, unless it was their own act."""
    if person == moment.actor:
        return ()
    facts = {"actor": moment.actor}
    return (Message(Purpose.NOTICE, person, key, facts, number=case.complaint.number),)
