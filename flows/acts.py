"""The verbs of handling a complaint: a case and what happened in, an outcome out.

Each function raises `Refused` when the person may not do it or it makes no sense any more; what
it returns is complete: deadlines met and set, pings retired, history written, messages to say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.buttons import snoozes_left
from flows.change import (
    Moment,
    acknowledged,
    conclude,
    each_live,
    later,
    met,
    met_custom,
    notice_to,
    seen,
    still_open,
    unpaused,
    with_,
)
from flows.client import REPLY, TO_CLIENT
from flows.complaint import (
    EMERGENCY,
    Attempt,
    Contact,
    DeadlineKind,
    How,
    Reminder,
    ReminderState,
    State,
)
from flows.emergency import alarmed
from flows.ending import check_state
from flows.next_step import assessment_finished, next_step
from flows.policy import Role
from flows.ports import Case, Message, Outcome, Purpose, Snooze
from flows.standing import (
    ASKED_FOR_HELP,
    IN_CHARGE,
    Refused,
    Staffing,
    Verb,
    check,
    conflicted,
    rank_of,
    role_of,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """That somebody spoke with the client: how, with whom, and what was said."""

    how: How
    spoke_with: str
    said: str


def contact(case: Case, evidence: Evidence, moment: Moment) -> Outcome:
    """A contact with the client: the first acknowledges, a later one meets `feedback`.

    It also does what a custom reminder to call asked for.
    """
    check(moment.actor, Verb.CONTACT, case, moment.clinic)
    still_open(case)
    first = case.complaint.acknowledged_at is None
    if first:
        after = acknowledged(case, evidence.how.value, moment)
    else:
        after = met(case, {DeadlineKind.FEEDBACK}, moment.now)
    after = met_custom(after, "contact", moment.now)
    if after.pause is not None:
        after = unpaused(after, moment.now)  # we waited for the client no longer
    entry = moment.entry(
        "contacted",
        {"spoke_with": evidence.spoke_with, "said": evidence.said},
        how=evidence.how.value,
        first="yes" if first else "no",
    )
    after, alarm = alarmed(after, evidence.said, moment)
    return conclude(case, after, moment, entry, *alarm)


def tried(case: Case, how: Attempt, note: str, moment: Moment) -> Outcome:
    """An attempt without an answer: it rests the owner's pings before the due time.

    A voicemail left counts as the acknowledgement, marked so (design.md, *Deadlines*).
    """
    check(moment.actor, Verb.TRIED, case, moment.clinic)
    still_open(case)
    complaint = case.complaint
    after = with_(case, attempts=complaint.attempts + 1)
    voicemail = how is Attempt.VOICEMAIL and complaint.acknowledged_at is None
    if voicemail:
        after = acknowledged(after, how.value, moment)
    rest = later(case, moment.now, case.rules.pings.rest)
    resting = {DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK}
    after = each_live(after, resting, lambda d: replace(d, rest_until=rest))
    entry = moment.entry(
        "tried",
        {"note": note},
        how=how.value,
        attempts=str(after.complaint.attempts),
        acknowledges="yes" if voicemail else "no",
    )
    after, alarm = alarmed(after, note, moment)
    return conclude(case, after, moment, entry, *alarm)


def claim(case: Case, moment: Moment) -> Outcome:
    """Somebody takes the complaint on; it holds no ping back."""
    check(moment.actor, Verb.CLAIM, case, moment.clinic)
    still_open(case)
    complaint = case.complaint
    if complaint.claimed_at is not None:
        key = "refused.already_yours" if complaint.owner == moment.actor else "refused.taken"
        raise Refused(key, person=complaint.owner, at=complaint.claimed_at)
    after = _owned_by(case, moment)
    notice = notice_to(complaint.owner, "notice_taken", case, moment)
    return conclude(case, after, moment, moment.entry("claimed"), messages=notice)


def assign(case: Case, person: str, moment: Moment, shown_owner: str | None = None) -> Outcome:
    """Hand the complaint to somebody, who is told.

    `shown_owner` is who handled it when the person decided; when that changed meanwhile, the
    person is told instead.
    """
    check(moment.actor, Verb.ASSIGN, case, moment.clinic)
    still_open(case)
    owner = case.complaint.owner
    if shown_owner is not None and shown_owner != owner:
        at = case.complaint.claimed_at
        raise Refused("refused.handed_over_meanwhile", field="person", person=owner, at=at)
    if case.complaint.owner == person:
        raise Refused("refused.already_theirs", field="person", person=person)
    if moment.clinic.person(person) is None:
        raise Refused("refused.not_in_clinic_file", field="person")
    if conflicted(person, case.complaint, moment.clinic):
        raise Refused("refused.assign_conflict", field="person")
    absence = moment.absences.get(person)
    if absence is not None:
        raise Refused("refused.assign_away", field="person", person=person, until=absence.until)
    after = with_(case, owner=person, claimed_at=moment.now, conflict_exception=False)
    notice = notice_to(person, "notice_assigned", case, moment)
    entry = moment.entry("assigned", person=person)
    return conclude(case, after, moment, entry, messages=notice)


def take_charge(case: Case, moment: Moment) -> Outcome:
    """Somebody above makes it theirs; the acknowledgement's ladder is held for a while.

    A manager or the director so meets `take_charge`. One in charge can only be followed by
    somebody above them: of two who press at once, the second is told who was first.
    """
    check(moment.actor, Verb.TAKE_CHARGE, case, moment.clinic)
    still_open(case)
    complaint = case.complaint
    pending = case.deadline(DeadlineKind.TAKE_CHARGE) is not None
    if complaint.claimed_at is not None and not pending:
        if complaint.owner == moment.actor:
            raise Refused("refused.already_yours", person=complaint.owner, at=complaint.claimed_at)
        clinic = moment.clinic
        if rank_of(complaint.owner, clinic) >= rank_of(moment.actor, clinic):
            raise Refused("refused.taken", person=complaint.owner, at=complaint.claimed_at)
    after = _owned_by(case, moment)
    if role_of(moment.actor, moment.clinic) in IN_CHARGE or complaint.conflict_exception:
        after = met(after, {DeadlineKind.TAKE_CHARGE}, moment.now)
    hold = later(case, moment.now, case.rules.pings.hold)
    after = each_live(after, {DeadlineKind.ACKNOWLEDGE}, lambda d: replace(d, hold_until=hold))
    notice = notice_to(complaint.owner, "notice_taken", case, moment)
    return conclude(case, after, moment, moment.entry("took_charge"), messages=notice)


def reply(case: Case, text: str, moment: Moment) -> Outcome:
    """Write to the client who filed it herself. It counts as a contact only once she has it."""
    check(moment.actor, Verb.REPLY, case, moment.clinic)
    check_state(Verb.REPLY, case)
    complaint = case.complaint
    facts = {"text": text, "sender": moment.actor}
    to = f"{TO_CLIENT}{complaint.client_id}"
    message = Message(Purpose.NOTICE, to, REPLY, facts, number=complaint.number)
    entry = moment.entry("replied", {"text": text})
    return conclude(case, case, moment, entry, messages=(message,))


def reply_delivered(case: Case, moment: Moment) -> Outcome:
    """The reply of who is said to act was delivered: the client was spoken to by then."""
    first = case.complaint.acknowledged_at is None
    if first:
        after = acknowledged(case, How.MESSAGE.value, moment)
    else:
        after = met(case, {DeadlineKind.FEEDBACK}, moment.now)
    after = met_custom(after, "contact", moment.now)
    entry = moment.entry("reply_delivered", first="yes" if first else "no")
    return conclude(case, after, moment, entry)


def reply_failed(case: Case, reason: str, moment: Moment) -> Outcome:
    """Something for the client can't be delivered: whoever handles it has to phone."""
    owner = case.complaint.owner
    told = Message(Purpose.NOTICE, owner, "notice_phone_client", number=case.complaint.number)
    entry = moment.entry("reply_failed", reason=reason)
    return conclude(case, case, moment, entry, messages=(told,))


def note(case: Case, text: str, moment: Moment) -> Outcome:
    """Write something down; it holds no ping back."""
    check(moment.actor, Verb.NOTE, case, moment.clinic)
    after, alarm = alarmed(case, text, moment)
    return conclude(case, after, moment, moment.entry("noted", {"text": text}), *alarm)


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
    if contact is not None and not contact.usable:
        raise Refused("refused.no_contact_in_it", field="fact")
    after = with_(case, steps_done=(*complaint.steps_done, step))
    if contact is not None:
        after = with_(after, contact=contact)
    if complaint.state is State.ACKNOWLEDGED and assessment_finished(
        after.complaint, moment.playbook
    ):
        after = with_(after, state=State.INVESTIGATING)
    entry = moment.entry("step_done", {"fact": fact}, step=step)
    after, alarm = alarmed(after, fact, moment, explaining=True)
    return conclude(case, after, moment, entry, *alarm)


def snooze(case: Case, reason: str, moment: Moment) -> Outcome:
    """Hold back this person's pings for a while, twice at most; the ladder goes on."""
    check(moment.actor, Verb.SNOOZE, case, moment.clinic)
    still_open(case)
    known = next((s for s in case.snoozes if s.person == moment.actor), None)
    if known is not None and known.until > moment.now:
        raise Refused("refused.already_snoozed", until=known.until)
    if snoozes_left(moment.actor, case) == 0:
        raise Refused("refused.no_snooze_left", times=case.rules.pings.snoozes)
    until = later(case, moment.now, case.rules.pings.snooze)
    times = known.times + 1 if known else 1
    others = tuple(s for s in case.snoozes if s.person != moment.actor)
    mine = [ping for ping in case.pings if ping.person == moment.actor]
    kinds = {kind for ping in mine for kind in ping.kinds} - EMERGENCY
    why = "owner" if case.complaint.owner == moment.actor else "on_duty"
    again = tuple(
        Reminder(d.kind, d.due_at, "snoozed", times, moment.actor, why, send_at=until)
        for d in case.deadlines
        if d.live and d.kind in kinds
    )
    held = tuple(
        replace(r, send_at=max(r.send_at, until))
        if r.recipient == moment.actor
        and r.state is ReminderState.WAITING
        and r.deadline not in EMERGENCY
        else r
        for r in case.reminders
    )
    after = replace(
        case,
        snoozes=(*others, Snooze(moment.actor, until, times)),
        reminders=(*held, *again),
    )
    entry = moment.entry("snoozed", reason=reason, until=until.isoformat())
    return conclude(case, after, moment, entry)


def escalate(case: Case, reason: str, moment: Moment) -> Outcome:
    """Tell the next rung above who was told so far, now."""
    check(moment.actor, Verb.ESCALATE, case, moment.clinic)
    still_open(case)
    deadline = min((d for d in case.deadlines if d.live), key=lambda d: d.due_at, default=None)
    if deadline is None:
        raise Refused("refused.nothing_to_escalate")
    clinic = moment.clinic
    told = [r.recipient for r in case.reminders] + [case.complaint.owner, moment.actor]
    highest = max(rank_of(person, clinic) for person in told)
    above = [r.value for r in (Role.SUPERVISOR, Role.MANAGER, Role.DIRECTOR) if r.rank > highest]
    staffing = Staffing(case.complaint, clinic, moment.absences)
    word, asked = next(
        (
            (word, others)
            for word in above or [Role.DIRECTOR.value]
            if (others := [t for t in staffing.tell(word) if t.person != moment.actor])
        ),
        ("", []),
    )
    rung = ASKED_FOR_HELP + word
    again = 1 + max((r.round for r in case.reminders if r.rung == rung), default=0)
    reminders = tuple(
        Reminder(
            deadline.kind,
            deadline.due_at,
            rung,
            again,
            one.person,
            f"escalated:{moment.actor}",
            send_at=moment.now,
        )
        for one in asked
    )
    if not reminders:
        raise Refused("refused.nobody_above")
    after = replace(case, reminders=(*case.reminders, *reminders))
    people = ",".join(r.recipient for r in reminders)
    entry = moment.entry("escalated", {"reason": reason}, people=people)
    after, alarm = alarmed(after, reason, moment)
    return conclude(case, after, moment, entry, *alarm)


def opened(case: Case, moment: Moment) -> Outcome:
    """Somebody reads the complaint's words: that is recorded, and counts as having seen it."""
    check(moment.actor, Verb.OPEN, case, moment.clinic)
    return Outcome(seen(case, moment), (moment.entry("opened"),))


def _owned_by(case: Case, moment: Moment) -> Case:
    """The case in the actor's hands; an exception was only for whom it was made."""
    complaint = case.complaint
    excepted = complaint.conflict_exception and complaint.owner == moment.actor
    return with_(case, owner=moment.actor, claimed_at=moment.now, conflict_exception=excepted)
