"""The medical-emergency gate: words of alarm begin it, a clinician's call and the all-clear end it.

No medical judgement is made here: whoever may be in danger is called by a clinician at once, and
until somebody gives the all-clear nothing else of the complaint is next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flows.change import (
    Moment,
    added,
    conclude,
    dropped,
    each_live,
    met,
    notice_to,
    promise,
    recomputed,
    taken_up,
    with_,
)
from flows.complaint import EMERGENCY, Complaint, Contact, DeadlineKind, Entry, Severity, State
from flows.policy import Clinic, Role
from flows.ports import Absence, Case, Outcome
from flows.rules import When
from flows.standing import (
    IN_CHARGE,
    Refused,
    Staffing,
    Verb,
    check,
    concerned,
    conflicted,
    last_resort,
    role_of,
)
from flows.triage import Suggestion, triage

MYSELF = ("i", "me", "myself", "yo", "mismo", "misma", "mí", "我", "本人", "我自己", "自己")
"""How people name themselves."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an emergency beyond the words; None where nothing is said."""

    treatment: str | None = None
    happened: str | None = None
    treated_by: str | None = None
    contact: Contact | None = None


def concerns_clinician(complaint: Complaint, clinic: Clinic) -> bool:
    """Whether it is about a clinician, who is then taken to have given the treatment."""
    return complaint.about_staff is not None and (
        role_of(complaint.about_staff, clinic) is Role.CLINICIAN
    )


def missing(case: Case, clinic: Clinic) -> tuple[str, ...]:
    """The names of the facts (as in `Facts`) that who calls needs and nobody has told."""
    complaint = case.complaint
    known = {
        "treatment": complaint.treatment,
        "happened": complaint.happened or complaint.happened_at,
        "treated_by": complaint.treated_by or concerns_clinician(complaint, clinic),
        "contact": complaint.contact is not None and complaint.contact.usable,
    }
    return tuple(name for name, value in known.items() if not value)


# ------------------------------------------------------------------------------------ how it begins


def alarmed(
    case: Case, words: str, moment: Moment, *, explaining: bool = False
) -> tuple[Case, tuple[Entry, ...]]:
    """The case after somebody wrote these words about it, with the history of it.

    It is as it was unless they tell of alarm signs, and while an emergency is open already.
    `explaining`: the words say what was found or decided; after an all-clear they speak of the
    signs that the story told of, which then begin nothing.
    """
    if case.complaint.in_emergency:
        return case, ()
    found = triage(words, moment.lexicon)
    signs = _signs(found)
    if explaining and case.complaint.all_clear_at is not None:
        signs -= _signs(triage(case.complaint.story, moment.lexicon))
    return begun(case, found, moment) if signs else (case, ())


def begun(
    case: Case, found: Suggestion | None, moment: Moment, words: str = ""
) -> tuple[Case, tuple[Entry, ...]]:
    """The case with its emergency begun now, and the history of it.

    The complaint becomes severe, a finished or resolved one is taken up again. `found` is what
    the words of alarm suggest, `words` what somebody said who begins it by hand.
    """
    complaint = case.complaint
    entries = []
    if complaint.state is State.RESOLVED or complaint.state.finished:
        case = taken_up(case, moment)
        entries.append(moment.entry("reopened"))
    reasons = [reason.words for reason in found.reasons if reason.emergency] if found else [words]
    after = recomputed(case, with_(case, severity=Severity.SEVERE), moment.now)
    after = with_(
        after,
        emergency_at=moment.now,
        called_at=None,
        called_by=None,
        all_clear_at=None,
        treatment=complaint.treatment or (found.treatment if found else None),
    )
    after = dropped(after, set(EMERGENCY), moment.now)
    call = promise(DeadlineKind.CLINICIAN_CALL, after, moment.now, moment.now)
    assert call is not None, "the rules have it for severity 3"  # noqa: S101
    clear = promise(DeadlineKind.ALL_CLEAR, after, call.due_at, moment.now)
    entries.append(
        moment.entry(
            "emergency",
            {"words": ", ".join(filter(None, reasons))},
            before=str(complaint.severity.value),
        )
    )
    return added(added(after, call), clear), tuple(entries)


def _signs(found: Suggestion) -> set[str]:
    return {reason.concept for reason in found.reasons if reason.emergency}


def by_hand(case: Case, words: str, moment: Moment) -> Outcome:
    """Somebody says that it is an emergency: no lexicon knows every word.

    When one is open already, only the words are noted.
    """
    check(moment.actor, Verb.OPEN, case, moment.clinic)
    if case.complaint.in_emergency:
        entries = [moment.entry("noted", {"text": words})] if words else []
        return conclude(case, case, moment, *entries)
    after, entries_of_it = begun(case, None, moment, words)
    return conclude(case, after, moment, *entries_of_it)


# -------------------------------------------------------------------------------------- how it ends


def calling(case: Case, moment: Moment) -> Outcome:
    """A clinician is calling the client; the all-clear is waited for from now on."""
    check_call(moment.actor, case, moment.clinic, moment.absences)
    still_in_emergency(case)
    complaint = case.complaint
    if case.deadline(DeadlineKind.CLINICIAN_CALL) is None:
        if in_emergency_care(case):
            raise Refused("refused.in_emergency_care")
        raise Refused("refused.already_calling", person=complaint.called_by, at=complaint.called_at)
    after = with_(_cared_for(case, moment), called_at=moment.now, called_by=moment.actor)
    notice = notice_to(complaint.owner, "notice_calling", case, moment)
    entry = moment.entry("calling")
    return conclude(case, after, moment, entry, messages=notice)


def emergency_care(case: Case, moment: Moment) -> Outcome:
    """The client was sent to emergency care: no call is waited for, but still the all-clear.

    Whoever called before that still owes the all-clear at the time it was due.
    """
    check(moment.actor, Verb.EMERGENCY_CARE, case, moment.clinic)
    still_in_emergency(case)
    if in_emergency_care(case):
        raise Refused("refused.in_emergency_care")
    after = _cared_for(case, moment)
    notice = notice_to(case.complaint.owner, "notice_emergency_care", case, moment)
    entry = moment.entry("emergency_care")
    return conclude(case, after, moment, entry, messages=notice)


def all_clear(case: Case, given_by: str, said: str, moment: Moment) -> Outcome:
    """The client is in no danger: said by whom, and what; the ordinary path goes on.

    Raises Refused when somebody who is no clinician gives it, instead of recording who did.
    """
    check(moment.actor, Verb.ALL_CLEAR, case, moment.clinic)
    still_in_emergency(case)
    clinician = role_of(moment.actor, moment.clinic) is Role.CLINICIAN
    if not clinician and _names_oneself(moment.actor, given_by, moment.clinic):
        raise Refused("refused.who_gave_all_clear", field="given_by")
    after = with_(met(case, set(EMERGENCY), moment.now), all_clear_at=moment.now)
    notice = notice_to(case.complaint.owner, "notice_all_clear", case, moment)
    entry = moment.entry("all_clear", {"given_by": given_by, "said": said})
    return conclude(case, after, moment, entry, messages=notice)


def facts_added(case: Case, facts: Facts, moment: Moment) -> Outcome:
    """What was missing is told now; who was alerted sees it in the alert."""
    check(moment.actor, Verb.NOTE, case, moment.clinic)
    if facts.contact is not None and not facts.contact.usable:
        raise Refused("refused.no_contact_in_it", field="contact")
    told = {
        "treatment": facts.treatment,
        "happened": facts.happened,
        "treated_by": facts.treated_by,
        "contact": facts.contact,
    }
    new = {name: value for name, value in told.items() if value is not None}
    if not new:
        return Outcome(case)
    after, alarm = alarmed(with_(case, **new), facts.happened or "", moment)
    private = {name: v.typed if isinstance(v, Contact) else str(v) for name, v in new.items()}
    entry = moment.entry("facts_added", private)
    return conclude(case, after, moment, entry, *alarm)


def check_call(person: str, case: Case, clinic: Clinic, absences: Mapping[str, Absence]) -> None:
    """Raise Refused unless the call is this person's to make.

    A clinician's whom it is not about; a manager's or the director's, or who was alerted in their
    place, only when no such clinician is there.
    """
    check(person, Verb.CALLING, case, clinic)
    staffing = Staffing(case.complaint, clinic, absences)
    role = role_of(person, clinic)
    conflict = conflicted(person, case.complaint, clinic)
    if role is Role.CLINICIAN and not concerned(person, case.complaint):
        return
    there = staffing.clinicians()
    excepted = last_resort(person, case)
    if not there and ((role in IN_CHARGE and not conflict) or excepted):
        return
    if conflict and not excepted:
        raise Refused("refused.conflict_of_interest")
    raise Refused("refused.clinician_calls", person=staffing.tell("clinician")[0].person)


def may_call(person: str, case: Case, clinic: Clinic, absences: Mapping[str, Absence]) -> bool:
    """Whether `check_call` lets this person call."""
    try:
        check_call(person, case, clinic, absences)
    except Refused:
        return False
    return True


def alerted_first(case: Case, clinic: Clinic, absences: Mapping[str, Absence]) -> tuple[str, ...]:
    """Who is alerted as soon as the emergency begins, by the complaint's own rules."""
    staffing = Staffing(case.complaint, clinic, absences)
    ladder = case.rules.deadlines[DeadlineKind.CLINICIAN_CALL].ladder
    words = [word for step in ladder if step.when == When("start") for word in step.tell]
    return tuple(dict.fromkeys(one.person for word in words for one in staffing.tell(word)))


def in_emergency_care(case: Case) -> bool:
    """Whether the client was sent to emergency care before anybody called."""
    waiting = case.deadline(DeadlineKind.CLINICIAN_CALL) is not None
    return case.complaint.in_emergency and not waiting and case.complaint.called_at is None


def still_in_emergency(case: Case) -> None:
    """Raise Refused when there is no emergency, or it is over."""
    if not case.complaint.in_emergency:
        raise Refused("refused.no_emergency")


def _names_oneself(person: str, given_by: str, clinic: Clinic) -> bool:
    """Whether these words name the person who writes them."""
    words = re.findall(r"\w+", given_by.casefold())
    member = clinic.person(person)
    own = re.findall(r"\w+", member.name.casefold()) if member else []
    return set(words) <= {*own, *MYSELF}


def _cared_for(case: Case, moment: Moment) -> Case:
    """The case with nobody's call waited for any more; the all-clear counts from when that was."""
    if case.deadline(DeadlineKind.CLINICIAN_CALL) is None:
        return case
    after = met(case, {DeadlineKind.CLINICIAN_CALL}, moment.now)
    new = promise(DeadlineKind.ALL_CLEAR, after, moment.now, moment.now)
    assert new is not None, "the rules have it for severity 3"  # noqa: S101
    return each_live(
        after,
        {DeadlineKind.ALL_CLEAR},
        lambda d: replace(
            d, starts_at=new.starts_at, due_at=new.due_at, set_at=new.set_at, rungs_fired=0
        ),
    )
