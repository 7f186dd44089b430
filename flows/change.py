"""What every decision shares: its moment, changing a case, and rounding an act off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.complaint import (
    PAUSABLE,
    Complaint,
    Deadline,
    DeadlineKind,
    Entry,
    Pause,
    ReminderState,
    Severity,
    State,
)
from flows.deadlines import due_at
from flows.ladder import rescheduled
from flows.lexicon import Lexicon
from flows.next_step import Playbook, next_step
from flows.playbook import DoneBy
from flows.policy import Clinic
from flows.ports import Absence, Case, Message, Outcome, Purpose
from flows.standing import Refused, doer_of, may_see
from flows.telling import card_messages, home_messages, thread_message

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
    lexicon: Lexicon

    def entry(self, kind: str, private: Mapping[str, str] | None = None, **public: str) -> Entry:
        """A line of history by this actor at this moment."""
        return Entry(kind, self.actor, self.now, self.door, public, private or {})


def conclude(
    before: Case | None,
    after: Case,
    moment: Moment,
    *entries: Entry,
    messages: tuple[Message, ...] = (),
) -> Outcome:
    """Round an act off: clock, ledger, pings that are answered, card, thread, Home tabs."""
    still = any(d.live and d.kind in PAUSABLE for d in after.deadlines)
    if after.pause is not None and (after.complaint.in_emergency or not still):
        after = unpaused(after, moment.now)
    former_owner = before.complaint.owner if before else after.complaint.owner
    handed_over = former_owner != after.complaint.owner
    after = _superseded(seen(after, moment, acted=True), former_owner if handed_over else None)
    after = rescheduled(after)
    live = {deadline.kind for deadline in after.deadlines if deadline.live}
    kept = tuple(
        ping
        for ping in after.pings
        if (ping.kinds & live or after.complaint.in_emergency)
        and not (handed_over and ping.person == former_owner)
    )
    # Answered pings lose their buttons; the actor's own shows what the act changed. So does
    # everybody's in a medical emergency: they all have to know how it stands.
    alarm = after.complaint.in_emergency or (before is not None and before.complaint.in_emergency)
    edits = tuple(
        Message(Purpose.EDIT, ping.person, "edit", number=after.complaint.number, edits=ping.id)
        for ping in after.pings
        if alarm or ping not in kept or ping.person == moment.actor
    )
    after = replace(after, pings=kept)
    lines = tuple(
        line
        for entry in entries
        if (line := thread_message(after, moment.clinic, entry)) is not None
    )
    messages += _next_in_turn(before, after, moment)
    said = (
        *card_messages(before, after, moment.clinic),
        *lines,
        *edits,
        *home_messages(before, after, moment.actor, *(message.to for message in edits)),
        *messages,
    )
    return Outcome(after, entries, said)


def _next_in_turn(before: Case | None, after: Case, moment: Moment) -> tuple[Message, ...]:
    """Tell whose step has just become the next one, unless they see it anyway."""
    if before is None:
        return ()
    steps = [
        next_step(case.complaint, case.deadlines, moment.playbook, moment.now)
        for case in (before, after)
    ]
    old, new = steps
    if new is None or (old is not None and old.step == new.step):
        return ()
    if new.done_by is DoneBy.CALLING:
        return notice_to(after.complaint.owner, "notice_emergency", after, moment)
    if new.done_by in (DoneBy.TAKE_CHARGE, DoneBy.ALL_CLEAR):
        return ()  # who should do it is pinged
    doer = doer_of(new.who, after.complaint, moment.clinic, moment.absences)
    if doer is None or not may_see(doer, after, moment.clinic):
        doer = after.complaint.owner  # who has to find somebody
    if doer == after.complaint.owner and before.complaint.in_emergency:
        return ()  # the owner hears that the emergency is over
    return notice_to(doer, "notice_step", after, moment)


def promise(
    kind: DeadlineKind, case: Case, starts_at: datetime, set_at: datetime
) -> Deadline | None:
    """The deadline of a kind that starts then; None when the rules have none for the severity."""
    complaint = case.complaint
    due = due_at(kind, complaint.severity, starts_at, case.rules, complaint.location, case.pauses)
    return None if due is None else Deadline(kind, starts_at, due, set_at)


def still_open(case: Case) -> None:
    """Raise Refused for what is closed or withdrawn."""
    complaint = case.complaint
    if complaint.state.finished:
        raise Refused("refused.finished", at=complaint.closed_at)


def with_(case: Case, **changes: object) -> Case:
    """The case with fields of its complaint changed."""
    complaint: Complaint = replace(case.complaint, **changes)  # type: ignore[arg-type]
    return replace(case, complaint=complaint)


def each_live(case: Case, kinds: set[DeadlineKind], change: Callable[[Deadline], Deadline]) -> Case:
    """The case with its live deadlines of these kinds changed."""
    return replace(
        case,
        deadlines=tuple(change(d) if d.live and d.kind in kinds else d for d in case.deadlines),
    )


def met(case: Case, kinds: set[DeadlineKind], now: datetime) -> Case:
    """The case with its live deadlines of these kinds met."""
    return each_live(case, kinds, lambda d: replace(d, met_at=now))


def met_custom(case: Case, what: str, now: datetime) -> Case:
    """The case with the reminders set by hand met that asked for `what`."""
    custom = {DeadlineKind.CUSTOM}
    return each_live(case, custom, lambda d: replace(d, met_at=now) if d.what == what else d)


def acknowledged(case: Case, how: str, moment: Moment) -> Case:
    """The case with the client heard by the actor now, unless somebody was before.

    `how` is a value of `How` or `Attempt`, or "resolved".
    """
    complaint = case.complaint
    if complaint.acknowledged_at is not None:
        return case
    return with_(
        met(case, {DeadlineKind.ACKNOWLEDGE}, moment.now),
        acknowledged_at=moment.now,
        acknowledged_by=moment.actor,
        acknowledged_how=how,
        state=State.ACKNOWLEDGED if complaint.state is State.NEW else complaint.state,
    )


def dropped(case: Case, kinds: set[DeadlineKind], now: datetime) -> Case:
    """The case with its live deadlines of these kinds given up."""
    return each_live(case, kinds, lambda d: replace(d, dropped_at=now))


def replaced(case: Case, old: Deadline, new: Deadline) -> Case:
    """The case with one deadline in place of another."""
    return replace(case, deadlines=tuple(new if d is old else d for d in case.deadlines))


def added(case: Case, deadline: Deadline | None) -> Case:
    """The case with one more deadline, if there is one."""
    return case if deadline is None else replace(case, deadlines=(*case.deadlines, deadline))


@dataclass(frozen=True, slots=True)
class DueChange:
    """How one deadline would move; None where there is none before or afterwards."""

    kind: DeadlineKind
    before: datetime | None
    after: datetime | None


def due_changes(before: Case, after: Case) -> tuple[DueChange, ...]:
    """How the live deadlines differ, in the order of their kinds."""
    changes = []
    for kind in DeadlineKind:
        old, new = before.deadline(kind), after.deadline(kind)
        if old is not None or new is not None:
            changes.append(
                DueChange(kind, old.due_at if old else None, new.due_at if new else None)
            )
    return tuple(changes)


def recomputed(before: Case, after: Case, now: datetime) -> Case:
    """The case with what it is promised as it stands `after`: severity, location and rules.

    Live promises move, `take_charge` comes or goes. A follow-up stays where somebody put it.
    """
    complaint = after.complaint
    for kind in PROMISES:
        old = before.deadline(kind)
        met = any(d.kind is kind and d.met_at is not None for d in before.deadlines)
        starts_at = old.starts_at if old else complaint.received_at
        new = promise(kind, after, starts_at, now)
        if old is not None and new is None:
            after = dropped(after, {kind}, now)
        elif old is None and new is not None and not met:
            after = added(after, new)
        elif old is not None and new is not None:
            after = _due_anew(after, old, new, now)
    for kind in (DeadlineKind.TAKE_CHARGE, DeadlineKind.FOLLOW_UP):
        old = after.deadline(kind)
        if old is None:
            continue
        asked = promise(kind, before, old.starts_at, old.set_at)
        new = promise(kind, after, old.starts_at, now)
        if new is not None and asked is not None and asked.due_at == old.due_at:
            after = _due_anew(after, old, new, now)
    unsettled = complaint.state is not State.RESOLVED
    raised = complaint.severity is not before.complaint.severity
    if complaint.severity is Severity.SEVERE and raised and unsettled:
        after = added(after, promise(DeadlineKind.TAKE_CHARGE, after, now, now))
    elif complaint.severity is not Severity.SEVERE:
        after = dropped(after, {DeadlineKind.TAKE_CHARGE}, now)
    return rescheduled(after)


def _due_anew(case: Case, old: Deadline, new: Deadline, now: datetime) -> Case:
    """The case with a deadline due when the new one is; only a moved one reminds anew."""
    if new.due_at == old.due_at:
        return case
    return replaced(case, old, replace(old, due_at=new.due_at, set_at=now, rungs_fired=0))


def paused_anew(case: Case, pauses: tuple[Pause, ...], now: datetime) -> Case:
    """The case with these pauses, and what they move due when it is then."""
    case = replace(case, pauses=pauses)
    for old in case.deadlines:
        if old.live and old.kind in PAUSABLE:
            new = promise(old.kind, case, old.starts_at, now)
            if new is not None:
                case = _due_anew(case, old, new, now)
    return case


def unpaused(case: Case, now: datetime) -> Case:
    """The case whose clock runs again, from now on."""
    ended = tuple(replace(p, ended_at=now) if p.ended_at is None else p for p in case.pauses)
    return paused_anew(case, ended, now)


def custom(at: datetime, moment: Moment, what: str) -> Deadline:
    """A deadline set by hand: `what` is the verb that meets it."""
    return Deadline(DeadlineKind.CUSTOM, moment.now, at, moment.now, set_by=moment.actor, what=what)


def taken_up(case: Case, moment: Moment) -> Case:
    """The case of a finished or resolved complaint taken up again: its promises start anew.

    `acknowledge` too, when nobody had spoken with the client.
    """
    complaint = case.complaint
    kept = tuple(
        step
        for step in complaint.steps_done
        if moment.playbook.stage_of(step) in (State.NEW, State.ACKNOWLEDGED)
    )
    after = dropped(case, set(DeadlineKind), moment.now)
    heard = complaint.acknowledged_at is not None
    after = with_(
        after,
        state=State.INVESTIGATING if heard else State.NEW,
        resolved_at=None,
        closed_at=None,
        remedy=None,
        remedy_accepted=None,
        steps_done=kept,
        times_reopened=complaint.times_reopened + 1,
    )
    for kind in PROMISES if not heard else (DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE):
        after = added(after, promise(kind, after, moment.now, moment.now))
    charged = any(d.kind is DeadlineKind.TAKE_CHARGE and d.met_at for d in case.deadlines)
    if not charged:
        after = added(after, promise(DeadlineKind.TAKE_CHARGE, after, moment.now, moment.now))
    return after


def later(case: Case, start: datetime, duration: timedelta) -> datetime:
    """`duration` later as this complaint counts short times: open minutes, unless severe."""
    if case.complaint.severity is Severity.SEVERE:
        return start + duration
    return case.rules.hours[case.complaint.location].add_open(start, duration)


def seen(case: Case, moment: Moment, *, acted: bool = False) -> Case:
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


def _superseded(case: Case, former_owner: str | None) -> Case:
    """Reminders still waiting for a deadline that is over, or was moved, are not sent.

    Nor are those that wait for `former_owner` as the owner.
    """
    live = {(d.kind, d.due_at) for d in case.deadlines if d.live}
    return replace(
        case,
        reminders=tuple(
            replace(r, state=ReminderState.SUPERSEDED)
            if r.state is ReminderState.WAITING
            and (
                (r.deadline, r.due_at) not in live
                or (r.recipient == former_owner and r.rung in ("owner", "snoozed"))
            )
            else r
            for r in case.reminders
        ),
    )


def notice_to(person: str, key: str, case: Case, moment: Moment) -> tuple[Message, ...]:
    """Tell one person something without a duty, unless it was their own act."""
    if person == moment.actor:
        return ()
    facts = {"actor": moment.actor}
    return (Message(Purpose.NOTICE, person, key, facts, number=case.complaint.number),)
