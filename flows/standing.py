"""Who may see and do what, who is in charge, and who is told when somebody is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flows.complaint import EMERGENCY, Complaint, Said, Severity
from flows.policy import Clinic, Role
from flows.ports import Absence, Case


class Refused(Exception):
    """A rule says no, in words for the person who asked.

    `said` is the sentence to show. `field` names the modal's field it belongs to, when there is
    one; the words typed there are kept.
    """

    def __init__(self, key: str, field: str | None = None, **facts: object) -> None:
        super().__init__(key)
        self.said = Said(key, facts)
        self.field = field


class Verb(StrEnum):
    """What a person can do with a complaint; the values are also the action ids on screen."""

    OPEN = "open"
    CONTACT = "contact"
    TRIED = "tried"
    CLAIM = "claim"
    ASSIGN = "assign"
    TAKE_CHARGE = "take_charge"
    CALLING = "calling"
    EMERGENCY_CARE = "emergency_care"
    ALL_CLEAR = "all_clear"
    CHANGE_SEVERITY = "change_severity"
    MOVE = "move"
    NOTE = "note"
    REPLY = "reply"
    NEXT_STEP_DONE = "next_step_done"
    FOLLOW_UP = "follow_up"
    FOLLOW_UP_DONE = "follow_up_done"
    SNOOZE = "snooze"
    ESCALATE = "escalate"
    PAUSE = "pause"
    RESUME = "resume"
    STILL_MINE = "still_mine"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    WITHDRAW = "withdraw"


DECIDING = {
    Verb.ASSIGN,
    Verb.MOVE,
    Verb.TAKE_CHARGE,
    Verb.PAUSE,
    Verb.RESOLVE,
    Verb.CLOSE,
    Verb.WITHDRAW,
}
"""Verbs that decide about a complaint: for its owner, or for those above (see `may`)."""

ASKED_FOR_HELP = "escalate_"
"""Before the rung, in reminders that somebody asked for instead of the clock."""

IN_CHARGE = {Role.MANAGER, Role.DIRECTOR}

ALERTED = ("clinician", "clinicians", "managers", "director")
"""The rungs of those who are told to act in a medical emergency."""


def concerned(person: str, complaint: Complaint) -> bool:
    """Whether the complaint is about this person."""
    return complaint.about_staff == person


def superiors(person: str, clinic: Clinic) -> Iterator[str]:
    """The people `person` reports to, nearest first (the clinic file refuses circles)."""
    member = clinic.person(person)
    while member is not None and member.reports_to is not None:
        yield member.reports_to
        member = clinic.person(member.reports_to)


def conflicted(person: str, complaint: Complaint, clinic: Clinic) -> bool:
    """Whether this person is concerned, or reports to who is: such a person can't be in charge."""
    about = complaint.about_staff
    return about is not None and (about == person or about in superiors(person, clinic))


def role_of(person: str, clinic: Clinic) -> Role | None:
    """The person's role; None for workspace members who are not in the clinic file."""
    member = clinic.person(person)
    return member.role if member else None


def rank_of(person: str, clinic: Clinic) -> int:
    """The person's place on the ladder: 0 staff, 1 supervisor, 2 manager, 3 director."""
    role = role_of(person, clinic)
    return role.rank if role else 0


def may_see(person: str, case: Case, clinic: Clinic) -> bool:
    """Whether the person may open the complaint and read its words.

    Never the person concerned. Always who handles it, filed it or was pinged about it. Managers
    and directors see all; supervisors those without a conflict of interest; others the ordinary
    ones of their own locations. Admins look after the bot, not after complaints.
    """
    complaint = case.complaint
    if concerned(person, complaint):
        return False
    if person in (complaint.owner, complaint.filed_by):
        return True
    if any(reminder.recipient == person for reminder in case.reminders):
        return True
    member = clinic.person(person)
    if member is None or member.role is Role.ADMIN:
        return False
    if member.role in IN_CHARGE:
        return True
    if conflicted(person, complaint, clinic):
        return False
    if member.locations is not None and complaint.location not in member.locations:
        return False
    return member.role is Role.SUPERVISOR or not complaint.restricted


def check(person: str, verb: Verb, case: Case, clinic: Clinic) -> None:
    """Raise Refused unless this person may do this with this complaint.

    Everybody who may see a complaint may work on it. Deciding about it is for its owner or a
    supervisor, for severity 3 a manager; never for somebody with a conflict of interest, unless
    the complaint was handed to that person because nobody else was left.
    """
    complaint = case.complaint
    if not may_see(person, case, clinic):
        # The same words whether it exists or not: a reference must not reveal a complaint.
        raise Refused("refused.not_found", reference=complaint.reference)
    if verb is Verb.ALL_CLEAR and not may_give_all_clear(person, case, clinic):
        conflict = conflicted(person, complaint, clinic)
        raise Refused("refused.conflict_of_interest" if conflict else "refused.needs_clinician")
    if verb in (Verb.RESOLVE, Verb.WITHDRAW) and complaint.in_emergency:
        raise Refused("refused.emergency_open")
    owns = complaint.owner == person
    excepted = owns and complaint.conflict_exception
    if verb in DECIDING | {Verb.CLAIM} and not excepted:
        if conflicted(person, complaint, clinic):
            raise Refused("refused.conflict_of_interest")
        if complaint.severity is Severity.SEVERE and verb in DECIDING:
            # Handing a severe complaint to somebody else is open to its owner as well.
            if rank_of(person, clinic) < Role.MANAGER.rank and not (owns and verb is Verb.ASSIGN):
                raise Refused("refused.needs_manager")
        elif (verb is Verb.TAKE_CHARGE or (verb in DECIDING and not owns)) and (
            rank_of(person, clinic) < Role.SUPERVISOR.rank
        ):
            raise Refused("refused.needs_supervisor")


def may_give_all_clear(person: str, case: Case, clinic: Clinic) -> bool:
    """Whether this person may say, or record, that the client is in no danger.

    A clinician, or a manager or the director recording who gave it, without a conflict of
    interest; else who was alerted, or handles it, because nobody else was left.
    """
    if last_resort(person, case):
        return True
    role = role_of(person, clinic)
    return role in IN_CHARGE | {Role.CLINICIAN} and not conflicted(person, case.complaint, clinic)


def last_resort(person: str, case: Case) -> bool:
    """Whether this person was alerted in a medical emergency, or handles it by exception."""
    complaint = case.complaint
    if complaint.owner == person and complaint.conflict_exception:
        return True
    return any(
        r.recipient == person and r.deadline in EMERGENCY and r.rung in ALERTED
        for r in case.reminders
    )


def may(person: str, verb: Verb, case: Case, clinic: Clinic) -> bool:
    """Whether `check` lets this person do this with this complaint."""
    try:
        check(person, verb, case, clinic)
    except Refused:
        return False
    return True


def check_severity_change(person: str, case: Case, new: Severity, clinic: Clinic) -> None:
    """Raise Refused unless the person may set this severity.

    Everybody may raise it; lowering is a supervisor's, and from 3 a manager's decision. In a
    medical emergency nobody lowers it.
    """
    check(person, Verb.CHANGE_SEVERITY, case, clinic)
    complaint = case.complaint
    if new < complaint.severity and complaint.in_emergency:
        raise Refused("refused.emergency_open", field="severity")
    excepted = complaint.owner == person and complaint.conflict_exception
    if new >= complaint.severity or excepted:
        return
    if conflicted(person, complaint, clinic):
        raise Refused("refused.conflict_of_interest", field="severity")
    needed = Role.MANAGER if complaint.severity is Severity.SEVERE else Role.SUPERVISOR
    if rank_of(person, clinic) < needed.rank:
        raise Refused(f"refused.lowering_needs_{needed.value}", field="severity")


@dataclass(frozen=True, slots=True)
class Told:
    """A person who is told, and why this person: a code the texts turn into a sentence.

    `owner`, `on_duty`, `clinician`, `all_managers`, `set_by`; `covering:U…` for somebody absent;
    `in_place:supervisor` for a rung nobody stands on; `not_reached:U…` for a failed ping.
    """

    person: str
    why: str


def present(person: str, absences: Mapping[str, Absence]) -> Told | None:
    """The person, or who covers for them; None when nobody does."""
    absence = absences.get(person)
    if absence is None:
        return Told(person, "on_duty")
    cover = absence.cover
    if cover is None or cover in absences:
        return None
    return Told(cover, f"covering:{person}")


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who can be told about one complaint at one moment."""

    complaint: Complaint
    clinic: Clinic
    absences: Mapping[str, Absence]

    def tell(self, rung: str, set_by: str | None = None) -> tuple[Told, ...]:
        """Who is told at a rung of the ladder; nobody only when the clinic has nobody left.

        For an empty rung the next one is told in its place (design.md, *People*). `set_by` is who
        set a custom deadline.
        """
        order = ("owner", "supervisor", "manager", "director")
        if rung == "set_by":
            found = self._usable([set_by] if set_by else [], "set_by")
            return found or self.tell("owner")
        if rung == "managers":
            found = self._usable(self._all_managers(), "all_managers")
            return found or self._in_place("director", "managers")
        if rung == "still_yours":
            return self.tell("owner")
        if rung == "hand_on":
            return ()  # who gets it is told so
        if rung in ("clinician", "clinicians"):
            found = self.clinicians() if rung == "clinicians" else self.clinicians()[:1]
            return found or self._in_place("managers", rung)
        for candidate in order[order.index(rung) :]:
            found = self._on_rung(candidate)
            if found:
                return found if candidate == rung else self._renamed(found, rung)
        return self._last_resort(rung)

    def clinicians(self) -> tuple[Told, ...]:
        """The clinicians who are there for it, those on duty first.

        Who covers for one counts only as a clinician. A client in danger is called also by one
        who reports to the person concerned.
        """
        complaint = self.complaint
        on_duty = self.clinic.location(complaint.location).on_duty
        everybody = [p.id for p in self.clinic.of_role(Role.CLINICIAN, complaint.location)]
        people = [p for p in on_duty if p in everybody]
        people += [p for p in everybody if p not in people]
        return tuple(
            told
            for told in self._there(people, "clinician")
            if role_of(told.person, self.clinic) is Role.CLINICIAN
            and not concerned(told.person, complaint)
        )

    def above(self, rung: str, unreachable: frozenset[str]) -> tuple[Told, ...]:
        """Who is told when the people of `rung` can't be reached; empty when none is left."""
        order = ("owner", "supervisor", "manager", "director")
        # Snoozed pings and reminders set by hand start from the owner; who was asked for help
        # stands on the rung asked.
        word = rung.removeprefix(ASKED_FOR_HELP)
        word = {
            "set_by": "owner",
            "snoozed": "owner",
            "still_yours": "owner",
            "managers": "manager",
        }.get(word, word)
        after = {
            "clinician": ("clinicians", "managers", "director"),
            "clinicians": ("managers", "director"),
        }.get(word)
        for candidate in after or order[order.index(word) + 1 :]:
            found = [told for told in self.tell(candidate) if told.person not in unreachable]
            if found:
                return tuple(found)
        return tuple(told for told in self._last_resort(rung) if told.person not in unreachable)

    def _on_rung(self, rung: str) -> tuple[Told, ...]:
        if rung == "owner":
            return self._usable([self.complaint.owner], "owner")
        role = Role(rung)
        if role.rank <= rank_of(self.complaint.owner, self.clinic):
            return ()
        on_duty = [
            person
            for person in self.clinic.location(self.complaint.location).on_duty
            if role_of(person, self.clinic) is role
        ]
        above_owner = [
            person
            for person in superiors(self.complaint.owner, self.clinic)
            if role_of(person, self.clinic) is role
        ]
        found = self._usable([*on_duty, *above_owner], "on_duty")
        # The owner who covers for somebody above is told as the owner, not on that rung as well.
        return tuple(told for told in found if told.person != self.complaint.owner)[:1]

    def _usable(self, people: list[str], why: str) -> tuple[Told, ...]:
        """Those of `people` who are there and unconflicted, absent ones replaced by their cover."""
        return tuple(told for told in self._there(people, why) if not self._barred(told.person))

    def _there(self, people: list[str], why: str) -> tuple[Told, ...]:
        found: dict[str, Told] = {}
        for person in people:
            told = present(person, self.absences)
            if told is not None:
                here = told if told.why != "on_duty" else Told(told.person, why)
                found.setdefault(told.person, here)
        return tuple(found.values())

    def _barred(self, person: str) -> bool:
        if person == self.complaint.owner:
            return concerned(person, self.complaint)
        return conflicted(person, self.complaint, self.clinic)

    def _all_managers(self) -> list[str]:
        return [person.id for person in self.clinic.of_role(Role.MANAGER, self.complaint.location)]

    def _in_place(self, rung: str, of: str) -> tuple[Told, ...]:
        return self._renamed(self.tell(rung), of)

    def _renamed(self, found: tuple[Told, ...], rung: str) -> tuple[Told, ...]:
        return tuple(Told(told.person, f"in_place:{rung}") for told in found)

    def _last_resort(self, rung: str) -> tuple[Told, ...]:
        """The director, even if away; where the director is concerned, the first admin."""
        people = [p.id for p in self.clinic.of_role(Role.DIRECTOR, self.complaint.location)]
        people += [p.id for p in self.clinic.of_role(Role.ADMIN, self.complaint.location)]
        unconcerned = [p for p in people if not concerned(p, self.complaint)]
        return tuple(Told(person, f"in_place:{rung}") for person in unconcerned[:1])


def doer_of(
    who: str, complaint: Complaint, clinic: Clinic, absences: Mapping[str, Absence]
) -> str | None:
    """The person a playbook's step is for (`who`: owner or a role); None when nobody can.

    The owner, where the step is the owner's or the owner has that role or a higher one; else the
    first of the role who is there and has no conflict of interest.
    """
    owner = complaint.owner
    role = None if who == "owner" else Role(who)
    if role is None or role_of(owner, clinic) is role:
        return owner
    if role.rank > 0:
        if rank_of(owner, clinic) >= role.rank:
            return owner
        told = Staffing(complaint, clinic, absences).tell(role.value)
        return told[0].person if told else None
    on_duty = clinic.location(complaint.location).on_duty
    others = (person.id for person in clinic.of_role(role, complaint.location))
    for person in (*on_duty, *others):
        if role_of(person, clinic) is role and not conflicted(person, complaint, clinic):
            there = present(person, absences)
            if there is not None and not conflicted(there.person, complaint, clinic):
                return there.person
    return None


def next_in_charge(
    complaint: Complaint, clinic: Clinic, absences: Mapping[str, Absence]
) -> Iterator[str]:
    """Who could handle the complaint instead of its owner: those on duty first, then who is above.

    Only who is there and has no conflict of interest.
    """
    on_duty = (present(id_, absences) for id_ in clinic.location(complaint.location).on_duty)
    above = Staffing(complaint, clinic, absences).above("owner", frozenset())
    for told in (*on_duty, *above):
        if (
            told is not None
            and told.person != complaint.owner
            and role_of(told.person, clinic) is not Role.ADMIN
            and not conflicted(told.person, complaint, clinic)
        ):
            yield told.person


def owner_speaks(complaint: Complaint, clinic: Clinic) -> bool:
    """Whether who handles the complaint speaks the client's language.

    Somebody who is not in the clinic file is taken to speak the location's languages.
    """
    return speaks(complaint.owner, complaint, clinic)


def speaks(person: str, complaint: Complaint, clinic: Clinic) -> bool:
    """Whether this person speaks the client's language, as far as the clinic file says."""
    member = clinic.person(person)
    spoken = member.languages if member else clinic.location(complaint.location).languages
    return complaint.language in spoken


def speaker(complaint: Complaint, clinic: Clinic, absences: Mapping[str, Absence]) -> str | None:
    """Who is there to speak with the client in their language, on duty first; else None."""
    place = clinic.location(complaint.location)
    others = (person.id for person in clinic.people.values() if person.works_at(place.id))
    for id_ in dict.fromkeys((*place.on_duty, *others)):
        member = clinic.person(id_)
        if (
            member is not None
            and member.role is not Role.ADMIN
            and complaint.language in member.languages
            and id_ not in absences
            and not conflicted(id_, complaint, clinic)
        ):
            return id_
    return None


@dataclass(frozen=True, slots=True)
class Charge:
    """Who gets a complaint, and whether only because a conflict of interest left nobody else."""

    owner: str
    exception: bool


def first_owner(complaint: Complaint, clinic: Clinic, absences: Mapping[str, Absence]) -> Charge:
    """Who handles a complaint that has just been filed by `complaint.filed_by`.

    The filer, unless concerned or reporting to who is; then the first on duty going up; when
    conflict of interest leaves nobody, the director; when the director is the person concerned,
    the first admin (design.md, *People*). What a client filed herself goes to the first on duty,
    rather one who speaks her language.
    """
    if complaint.client_id is not None:
        there = list(next_in_charge(complaint, clinic, absences))
        speaking = (one for one in there if speaks(one, complaint, clinic))
        first = next(speaking, next(iter(there), None))
        if first is not None:
            return Charge(first, exception=False)
    elif not conflicted(complaint.filed_by, complaint, clinic):
        return Charge(complaint.filed_by, exception=False)
    on_duty = clinic.location(complaint.location).on_duty
    everybody = [*on_duty, *(person for person in clinic.people if person not in on_duty)]
    for role in (Role.SUPERVISOR, Role.MANAGER):
        for person in everybody:
            if role_of(person, clinic) is not role:
                continue
            told = present(person, absences)
            if told is not None and not conflicted(told.person, complaint, clinic):
                return Charge(told.person, exception=False)
    for role in (Role.DIRECTOR, Role.ADMIN):
        for person in everybody:
            if role_of(person, clinic) is role and not concerned(person, complaint):
                return Charge(person, exception=True)
    raise Refused("refused.nobody_unconcerned", field="about_staff")
