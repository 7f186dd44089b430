"""Who may see and do what, who is in charge, and who is told when somebody is not there."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest
from flows_cast import (
    ANA,
    BEN,
    CHLOE,
    CLINIC,
    DAVID,
    EVERYBODY,
    MARIA,
    MINOR,
    MODERATE,
    NINA,
    NOBODY_AWAY,
    OMAR,
    SEVERE,
    SOFIA,
    STRANGER,
    Absences,
    away,
    clinic_where,
    filed,
    name,
    owned,
    refusal,
    reminder,
)

from flows.complaint import ComplaintType, Severity
from flows.policy import Clinic, Role
from flows.ports import Case
from flows.rules import HANDS_ON, TELLS
from flows.standing import (
    Charge,
    Refused,
    Staffing,
    Told,
    Verb,
    check,
    check_severity_change,
    concerned,
    conflicted,
    doer_of,
    first_owner,
    may_see,
    owner_speaks,
    present,
    rank_of,
    role_of,
    speaker,
    superiors,
)

PRIVACY = ComplaintType.PRIVACY


def staffing(case: Case, absences: Absences = NOBODY_AWAY, clinic: Clinic = CLINIC) -> Staffing:
    return Staffing(case.complaint, clinic, absences)


def named(told: tuple[Told, ...]) -> list[str]:
    return [f"{name(one.person)} ({one.why})" for one in told]


# ----------------------------------------------------------------------------- roles and conflicts


@pytest.mark.parametrize(
    ("person", "role", "rank"),
    [
        (ANA, Role.STAFF, 0),
        (OMAR, Role.CLINICIAN, 0),
        (SOFIA, Role.SUPERVISOR, 1),
        (MARIA, Role.MANAGER, 2),
        (DAVID, Role.DIRECTOR, 3),
        (NINA, Role.ADMIN, 0),
        (STRANGER, None, 0),
    ],
)
def test_everybody_has_a_place_on_the_ladder(person: str, role: Role | None, rank: int) -> None:
    assert role_of(person, CLINIC) is role
    assert rank_of(person, CLINIC) == rank


@pytest.mark.parametrize(
    ("person", "above"),
    [
        (ANA, [SOFIA, MARIA, DAVID]),
        (OMAR, [SOFIA, MARIA, DAVID]),
        (MARIA, [DAVID]),
        (NINA, [DAVID]),
        (DAVID, []),
        (STRANGER, []),
    ],
)
def test_superiors_come_nearest_first(person: str, above: list[str]) -> None:
    assert list(superiors(person, CLINIC)) == above


@pytest.mark.parametrize(
    ("about", "barred"),
    [
        (None, set()),
        (ANA, {ANA}),
        (OMAR, {OMAR}),
        (SOFIA, {SOFIA, ANA, BEN, CHLOE, OMAR}),
        (MARIA, {MARIA, SOFIA, ANA, BEN, CHLOE, OMAR}),
        (DAVID, set(EVERYBODY)),
        (NINA, {NINA}),
        (STRANGER, {STRANGER}),
    ],
)
def test_the_person_concerned_and_who_reports_to_them_have_a_conflict(
    about: str | None, barred: set[str]
) -> None:
    complaint = replace(filed().complaint, about_staff=about)
    people = {*EVERYBODY, STRANGER}
    assert {p for p in people if conflicted(p, complaint, CLINIC)} == barred
    assert {p for p in people if concerned(p, complaint)} == ({about} if about else set())


# --------------------------------------------------------------------------------- the first owner


@pytest.mark.parametrize(
    ("by", "about", "absences", "owner", "exception"),
    [
        # Who files it handles it, whoever that is.
        (ANA, None, NOBODY_AWAY, ANA, False),
        (OMAR, ANA, NOBODY_AWAY, OMAR, False),
        (DAVID, MARIA, NOBODY_AWAY, DAVID, False),
        (NINA, SOFIA, NOBODY_AWAY, NINA, False),
        (STRANGER, DAVID, NOBODY_AWAY, STRANGER, False),
        # Never the person concerned, nor who reports to them: the first on duty going up.
        (ANA, ANA, NOBODY_AWAY, SOFIA, False),
        (OMAR, OMAR, NOBODY_AWAY, SOFIA, False),
        (NINA, NINA, NOBODY_AWAY, SOFIA, False),
        (ANA, SOFIA, NOBODY_AWAY, MARIA, False),
        (OMAR, SOFIA, NOBODY_AWAY, MARIA, False),
        (SOFIA, SOFIA, NOBODY_AWAY, MARIA, False),
        # Who is away is replaced by who covers, else passed over; so is a cover who is concerned.
        (ANA, ANA, away(SOFIA=BEN), BEN, False),
        (ANA, ANA, away(SOFIA), MARIA, False),
        (ANA, ANA, away(SOFIA=ANA), MARIA, False),
        (ANA, ANA, away(BEN, SOFIA=BEN), MARIA, False),
        # When conflict leaves nobody, the director; is that the person concerned, the first admin.
        (ANA, MARIA, NOBODY_AWAY, DAVID, True),
        (MARIA, MARIA, NOBODY_AWAY, DAVID, True),
        (ANA, SOFIA, away(MARIA), DAVID, True),
        (ANA, SOFIA, away(MARIA, DAVID), DAVID, True),
        (ANA, SOFIA, away(MARIA=CHLOE), DAVID, True),
        (ANA, DAVID, NOBODY_AWAY, NINA, True),
        (SOFIA, DAVID, NOBODY_AWAY, NINA, True),
        (MARIA, DAVID, NOBODY_AWAY, NINA, True),
        (DAVID, DAVID, NOBODY_AWAY, NINA, True),
        (NINA, DAVID, NOBODY_AWAY, NINA, True),
    ],
)
def test_a_complaint_is_handled_by(
    by: str, about: str | None, absences: Absences, owner: str, exception: bool
) -> None:
    complaint = replace(filed().complaint, filed_by=by, owner=by, about_staff=about)
    assert first_owner(complaint, CLINIC, absences) == Charge(owner, exception)


def test_with_nobody_unconcerned_in_the_whole_clinic_filing_is_refused() -> None:
    two = {id_: person for id_, person in CLINIC.people.items() if id_ in (ANA, DAVID)}
    location = CLINIC.location("downtown").model_copy(update={"on_duty": (ANA, DAVID)})
    alone = CLINIC.model_copy(update={"people": two, "locations": {"downtown": location}})
    complaint = replace(filed(by=DAVID).complaint, about_staff=DAVID)
    with pytest.raises(Refused) as no:
        first_owner(complaint, alone, NOBODY_AWAY)
    assert no.value.said.key == "refused.nobody_unconcerned"
    assert no.value.field == "about_staff"


# ---------------------------------------------------------------------------------- who may see it


def ordinary(**facts: Any) -> Case:
    """Ben filed it, Ana handles it."""
    return owned(filed(by=BEN, **facts), ANA)


def severe_privacy() -> Case:
    return ordinary(severity=SEVERE, type=PRIVACY)


def about(person: str, by: str = ANA) -> Case:
    return filed(by=by, about_staff=person)


@pytest.mark.parametrize(
    ("case", "sees"),
    [
        # Ordinary ones: everybody of the clinic but the admins, who look after the bot.
        (ordinary(), set(EVERYBODY) - {NINA}),
        (ordinary(severity=SEVERE), set(EVERYBODY) - {NINA}),
        (ordinary(severity=MODERATE, type=PRIVACY), set(EVERYBODY) - {NINA}),
        # Restricted ones: who works on it or filed it, and those above.
        (severe_privacy(), {ANA, BEN, SOFIA, MARIA, DAVID}),
        (about(OMAR), {ANA, SOFIA, MARIA, DAVID}),
        # Never the person concerned; a supervisor not with a conflict, a manager all the same.
        (about(SOFIA), {ANA, MARIA, DAVID}),
        (about(MARIA), {ANA, DAVID}),
        (about(DAVID), {ANA, MARIA, NINA}),
        (about(NINA), {ANA, SOFIA, MARIA, DAVID}),
        # Even the person who filed it may not read on when it is about them.
        (about(ANA), {SOFIA, MARIA, DAVID}),
        # Who is not in the file sees what they filed themselves.
        (filed(by=STRANGER), (set(EVERYBODY) - {NINA}) | {STRANGER}),
        (about(DAVID, by=STRANGER), {STRANGER, MARIA}),
    ],
)
def test_a_complaint_is_seen_by(case: Case, sees: set[str]) -> None:
    assert {p for p in (*EVERYBODY, STRANGER) if may_see(p, case, CLINIC)} == sees


@pytest.mark.parametrize(("person", "sees"), [(BEN, True), (NINA, True), (OMAR, False)])
def test_who_was_pinged_about_it_may_read_it_but_never_the_person_concerned(
    person: str, sees: bool
) -> None:
    case = replace(about(OMAR), reminders=(reminder(person),))
    assert may_see(person, case, CLINIC) is sees


@pytest.mark.parametrize(
    ("person", "location", "sees"),
    [
        (BEN, "downtown", False),
        (BEN, "uptown", True),
        (SOFIA, "downtown", False),
        (MARIA, "downtown", True),
        (CHLOE, "uptown", True),
    ],
)
def test_staff_and_supervisors_see_their_own_locations_managers_all(
    person: str, location: str, sees: bool
) -> None:
    def work_uptown(tables: dict[str, Any]) -> None:
        for one in (BEN, SOFIA, MARIA):
            tables["people"][one]["locations"] = ["uptown"]
        tables["locations"]["downtown"]["on_duty"] = [ANA, DAVID]

    clinic = clinic_where(work_uptown)
    assert may_see(person, filed(location=location), clinic) is sees


# --------------------------------------------------------------------------------- who may do what

DECIDE = {Verb.MOVE, Verb.PAUSE, Verb.RESOLVE, Verb.CLOSE, Verb.WITHDRAW}
WORK = set(Verb) - DECIDE - {Verb.CLAIM, Verb.ASSIGN, Verb.TAKE_CHARGE, Verb.ALL_CLEAR}
YES, NO = "yes", "not_found"
SUPER, MANAGER, CONFLICT = "needs_supervisor", "needs_manager", "conflict_of_interest"


@pytest.mark.parametrize(
    ("case", "person", "work", "claim", "assign", "charge", "decide"),
    [
        # Everybody who may see it may work on it; deciding is its owner's or a supervisor's.
        (ordinary(), ANA, YES, YES, YES, SUPER, YES),
        (ordinary(), BEN, YES, YES, SUPER, SUPER, SUPER),
        (ordinary(), OMAR, YES, YES, SUPER, SUPER, SUPER),
        (ordinary(), SOFIA, YES, YES, YES, YES, YES),
        (ordinary(), MARIA, YES, YES, YES, YES, YES),
        (ordinary(), DAVID, YES, YES, YES, YES, YES),
        (ordinary(), NINA, NO, NO, NO, NO, NO),
        (ordinary(), STRANGER, NO, NO, NO, NO, NO),
        (ordinary(severity=MODERATE), ANA, YES, YES, YES, SUPER, YES),
        (ordinary(severity=MODERATE), BEN, YES, YES, SUPER, SUPER, SUPER),
        (ordinary(severity=MODERATE), SOFIA, YES, YES, YES, YES, YES),
        # Severity 3: a manager decides; its owner may still hand it over.
        (ordinary(severity=SEVERE), ANA, YES, YES, YES, MANAGER, MANAGER),
        (ordinary(severity=SEVERE), BEN, YES, YES, MANAGER, MANAGER, MANAGER),
        (ordinary(severity=SEVERE), SOFIA, YES, YES, MANAGER, MANAGER, MANAGER),
        (ordinary(severity=SEVERE), MARIA, YES, YES, YES, YES, YES),
        (ordinary(severity=SEVERE), DAVID, YES, YES, YES, YES, YES),
        (ordinary(severity=SEVERE), NINA, NO, NO, NO, NO, NO),
        # Restricted: as above, for those who may know of it.
        (severe_privacy(), ANA, YES, YES, YES, MANAGER, MANAGER),
        (severe_privacy(), BEN, YES, YES, MANAGER, MANAGER, MANAGER),
        (severe_privacy(), OMAR, NO, NO, NO, NO, NO),
        (severe_privacy(), SOFIA, YES, YES, MANAGER, MANAGER, MANAGER),
        (severe_privacy(), MARIA, YES, YES, YES, YES, YES),
        (about(OMAR), ANA, YES, YES, YES, SUPER, YES),
        (about(OMAR), BEN, NO, NO, NO, NO, NO),
        (about(OMAR), OMAR, NO, NO, NO, NO, NO),
        (about(OMAR), SOFIA, YES, YES, YES, YES, YES),
        # With a conflict of interest one may work on it, and decide nothing.
        (about(SOFIA), ANA, YES, CONFLICT, CONFLICT, CONFLICT, CONFLICT),
        (about(SOFIA), SOFIA, NO, NO, NO, NO, NO),
        (about(SOFIA), MARIA, YES, YES, YES, YES, YES),
        (about(DAVID), MARIA, YES, CONFLICT, CONFLICT, CONFLICT, CONFLICT),
        (about(DAVID), DAVID, NO, NO, NO, NO, NO),
        # Unless it was handed to this person because nobody else was left.
        (about(DAVID), NINA, YES, YES, YES, YES, YES),
        (about(MARIA), DAVID, YES, YES, YES, YES, YES),
        (filed(SEVERE, about_staff=DAVID), NINA, YES, YES, YES, YES, YES),
        # Who is not in the file works on what they filed, and owns it like anybody.
        (filed(by=STRANGER), STRANGER, YES, YES, YES, SUPER, YES),
        (filed(SEVERE, by=STRANGER), STRANGER, YES, YES, YES, MANAGER, MANAGER),
    ],
)
def test_permissions(
    case: Case, person: str, work: str, claim: str, assign: str, charge: str, decide: str
) -> None:
    expected = {
        **dict.fromkeys(WORK, work),
        Verb.CLAIM: claim,
        Verb.ASSIGN: assign,
        Verb.TAKE_CHARGE: charge,
        **dict.fromkeys(DECIDE, decide),
    }
    # Who gives the all-clear, test_emergency.py asks.
    assert set(expected) == set(Verb) - {Verb.ALL_CLEAR}
    assert {verb: answer(person, verb, case) for verb in expected} == expected


def answer(person: str, verb: Verb, case: Case) -> str:
    try:
        check(person, verb, case, CLINIC)
    except Refused as no:
        return no.said.key.removeprefix("refused.")
    return YES


def test_a_refusal_does_not_tell_whether_the_complaint_exists() -> None:
    with pytest.raises(Refused) as no:
        check(OMAR, Verb.OPEN, about(OMAR), CLINIC)
    assert no.value.said.facts == {"reference": "C-1042"}


@pytest.mark.parametrize(
    ("case", "person", "to", "expected"),
    [
        # Everybody may raise it.
        (ordinary(), BEN, MODERATE, YES),
        (ordinary(), OMAR, SEVERE, YES),
        (ordinary(severity=MODERATE), ANA, SEVERE, YES),
        (about(SOFIA), ANA, SEVERE, YES),
        # Lowering is a supervisor's decision, also where one owns it.
        (ordinary(severity=MODERATE), ANA, MINOR, "lowering_needs_supervisor"),
        (ordinary(severity=MODERATE), BEN, MINOR, "lowering_needs_supervisor"),
        (ordinary(severity=MODERATE), SOFIA, MINOR, YES),
        (ordinary(severity=MODERATE), DAVID, MINOR, YES),
        # From 3 it is a manager's.
        (ordinary(severity=SEVERE), ANA, MODERATE, "lowering_needs_manager"),
        (ordinary(severity=SEVERE), SOFIA, MINOR, "lowering_needs_manager"),
        (ordinary(severity=SEVERE), MARIA, MINOR, YES),
        (ordinary(severity=SEVERE), DAVID, MODERATE, YES),
        # Never with a conflict, unless nobody else was left; never for who may not see it.
        (filed(MODERATE, about_staff=SOFIA), ANA, MINOR, "conflict_of_interest"),
        (filed(SEVERE, about_staff=DAVID), MARIA, MINOR, "conflict_of_interest"),
        (filed(SEVERE, about_staff=DAVID), NINA, MINOR, YES),
        (ordinary(), NINA, SEVERE, NO),
        (about(OMAR), OMAR, SEVERE, NO),
    ],
)
def test_the_severity_may_be_set_by(case: Case, person: str, to: Severity, expected: str) -> None:
    if expected == YES:
        check_severity_change(person, case, to, CLINIC)
    else:
        assert refusal(check_severity_change, person, case, to, CLINIC) == expected


# ------------------------------------------------------------------------------------- who is told


@pytest.mark.parametrize(
    ("absences", "told"),
    [
        (NOBODY_AWAY, Told(SOFIA, "on_duty")),
        (away(SOFIA=BEN), Told(BEN, f"covering:{SOFIA}")),
        (away(SOFIA), None),
        (away(BEN, SOFIA=BEN), None),
        (away(SOFIA=SOFIA), None),
    ],
)
def test_somebody_absent_is_replaced_by_who_covers(absences: Absences, told: Told | None) -> None:
    assert present(SOFIA, absences) == told


@pytest.mark.parametrize(
    ("owner", "rung", "expected"),
    [
        (ANA, "owner", "ana (owner)"),
        (ANA, "supervisor", "sofia (on_duty)"),
        (ANA, "manager", "maria (on_duty)"),
        (ANA, "managers", "maria (all_managers)"),
        (ANA, "director", "david (on_duty)"),
        (OMAR, "supervisor", "sofia (on_duty)"),
        (NINA, "owner", "nina (owner)"),
        (NINA, "supervisor", "sofia (on_duty)"),
        (STRANGER, "owner", "temp (owner)"),
        (STRANGER, "supervisor", "sofia (on_duty)"),
        # A rung of the owner's role or lower is empty: the next one is told in its place.
        (SOFIA, "owner", "sofia (owner)"),
        (SOFIA, "supervisor", "maria (in_place:supervisor)"),
        (SOFIA, "manager", "maria (on_duty)"),
        (MARIA, "supervisor", "david (in_place:supervisor)"),
        (MARIA, "manager", "david (in_place:manager)"),
        (MARIA, "managers", "maria (all_managers)"),
        (MARIA, "director", "david (on_duty)"),
        # Above the director there is nobody.
        (DAVID, "owner", "david (owner)"),
        (DAVID, "supervisor", "david (in_place:supervisor)"),
        (DAVID, "manager", "david (in_place:manager)"),
        (DAVID, "managers", "maria (all_managers)"),
        (DAVID, "director", "david (in_place:director)"),
    ],
)
def test_with_everybody_there_a_rung_is(owner: str, rung: str, expected: str) -> None:
    assert named(staffing(owned(filed(), owner)).tell(rung)) == [expected]


@pytest.mark.parametrize(
    ("absences", "rung", "expected"),
    [
        # The owner is away.
        (away(ANA=BEN), "owner", f"ben (covering:{ANA})"),
        (away(ANA), "owner", "sofia (in_place:owner)"),
        (away(BEN, ANA=BEN), "owner", "sofia (in_place:owner)"),
        (away(ANA, SOFIA), "owner", "maria (in_place:owner)"),
        (away(ANA, SOFIA=CHLOE), "owner", "chloe (in_place:owner)"),
        # Those above are.
        (away(SOFIA=BEN), "supervisor", f"ben (covering:{SOFIA})"),
        (away(SOFIA), "supervisor", "maria (in_place:supervisor)"),
        (away(SOFIA, MARIA), "supervisor", "david (in_place:supervisor)"),
        (away(SOFIA), "manager", "maria (on_duty)"),
        (away(MARIA), "manager", "david (in_place:manager)"),
        (away(MARIA=SOFIA), "managers", f"sofia (covering:{MARIA})"),
        (away(MARIA), "managers", "david (in_place:managers)"),
        (away(DAVID=MARIA), "director", f"maria (covering:{DAVID})"),
        # With nobody left, the director is told even if away.
        (away(DAVID), "director", "david (in_place:director)"),
        (away(MARIA, DAVID), "managers", "david (in_place:managers)"),
        (away(ANA, SOFIA, MARIA, DAVID), "owner", "david (in_place:owner)"),
        (away(*EVERYBODY), "supervisor", "david (in_place:supervisor)"),
    ],
)
def test_with_somebody_away_a_rung_is(absences: Absences, rung: str, expected: str) -> None:
    assert named(staffing(filed(), absences).tell(rung)) == [expected]


@pytest.mark.parametrize(
    ("set_by", "absences", "expected"),
    [
        (BEN, NOBODY_AWAY, "ben (set_by)"),
        (ANA, NOBODY_AWAY, "ana (set_by)"),
        (MARIA, NOBODY_AWAY, "maria (set_by)"),
        (None, NOBODY_AWAY, "ana (owner)"),
        (BEN, away(BEN=CHLOE), f"chloe (covering:{BEN})"),
        (BEN, away(BEN), "ana (owner)"),
        (BEN, away(ANA, BEN), "sofia (in_place:owner)"),
    ],
)
def test_a_reminder_set_by_hand_goes_to_who_set_it_else_to_the_owner(
    set_by: str | None, absences: Absences, expected: str
) -> None:
    assert named(staffing(filed(), absences).tell("set_by", set_by)) == [expected]


@pytest.mark.parametrize(
    ("about_whom", "owner", "supervisor", "manager", "managers", "director"),
    [
        (ANA, "sofia (owner)", "maria (in_place:supervisor)", "maria (on_duty)",
         "maria (all_managers)", "david (on_duty)"),
        (OMAR, "ana (owner)", "sofia (on_duty)", "maria (on_duty)",
         "maria (all_managers)", "david (on_duty)"),
        (SOFIA, "maria (owner)", "david (in_place:supervisor)", "david (in_place:manager)",
         "maria (all_managers)", "david (on_duty)"),
        (MARIA, "david (owner)", "david (in_place:supervisor)", "david (in_place:manager)",
         "david (in_place:managers)", "david (in_place:director)"),
        (DAVID, "nina (owner)", "nina (in_place:supervisor)", "nina (in_place:manager)",
         "nina (in_place:managers)", "nina (in_place:director)"),
        (NINA, "ana (owner)", "sofia (on_duty)", "maria (on_duty)",
         "maria (all_managers)", "david (on_duty)"),
    ],
)  # fmt: skip
def test_when_the_complaint_is_about_somebody_the_rungs_are(
    about_whom: str, owner: str, supervisor: str, manager: str, managers: str, director: str
) -> None:
    staff = staffing(about(about_whom))
    rungs = ("owner", "supervisor", "manager", "managers", "director")
    expected = (owner, supervisor, manager, managers, director)
    assert {rung: named(staff.tell(rung)) for rung in rungs} == {
        rung: [one] for rung, one in zip(rungs, expected, strict=True)
    }


@pytest.mark.parametrize(
    ("case", "absences", "rung", "expected"),
    [
        # A cover who is concerned, or reports to who is, does not cover.
        (about(OMAR), away(SOFIA=OMAR), "supervisor", "maria (in_place:supervisor)"),
        (about(OMAR), away(ANA=OMAR), "owner", "sofia (in_place:owner)"),
        (about(SOFIA), away(MARIA=BEN), "owner", "david (in_place:owner)"),
        (about(SOFIA), away(MARIA=SOFIA), "managers", "david (in_place:managers)"),
        # The last resort when the director is the person concerned is the first admin, even away.
        (about(DAVID), away(NINA), "owner", "nina (in_place:owner)"),
        (about(DAVID), away(NINA=ANA), "director", "nina (in_place:director)"),
    ],
)
def test_conflicts_of_interest_reach_the_covers(
    case: Case, absences: Absences, rung: str, expected: str
) -> None:
    assert named(staffing(case, absences).tell(rung)) == [expected]


def two_of_each(tables: dict[str, Any]) -> None:
    """A second supervisor and a second manager, on duty uptown; she reports to the second."""
    people = tables["people"]
    people["U0SAM"] = {**people[SOFIA], "name": "Sam", "reports_to": "U0MIKE"}
    people["U0MIKE"] = {**people[MARIA], "name": "Mike"}
    tables["locations"]["uptown"]["on_duty"] = [BEN, "U0SAM", "U0MIKE"]


@pytest.mark.parametrize(
    ("location", "owner", "absences", "rung", "expected"),
    [
        # The first on duty at the location comes before the owner's own superior…
        ("uptown", ANA, NOBODY_AWAY, "supervisor", ["sam (on_duty)"]),
        ("downtown", "U0SAM", NOBODY_AWAY, "manager", ["maria (on_duty)"]),
        # … who stands in where nobody of that role is on duty.
        ("uptown", ANA, NOBODY_AWAY, "director", ["david (on_duty)"]),
        ("uptown", ANA, away("U0SAM"), "supervisor", ["sofia (on_duty)"]),
        # All managers are all of them; one who covers for another is told once.
        ("downtown", ANA, NOBODY_AWAY, "managers",
         ["maria (all_managers)", "mike (all_managers)"]),
        ("downtown", ANA, away(MARIA="U0MIKE"), "managers", [f"mike (covering:{MARIA})"]),
        ("downtown", ANA, away(MARIA), "managers", ["mike (all_managers)"]),
    ],
)  # fmt: skip
def test_with_several_of_a_role(
    location: str, owner: str, absences: Absences, rung: str, expected: list[str]
) -> None:
    clinic = clinic_where(two_of_each)
    case = owned(filed(clinic=clinic, location=location), owner)
    assert named(staffing(case, absences, clinic).tell(rung)) == expected


def four(tables: dict[str, Any]) -> None:
    """A team of four: Ana, Sofia, David and Nina."""
    people = tables["people"]
    for person in (BEN, CHLOE, OMAR, MARIA):
        del people[person]
    people[SOFIA]["reports_to"] = DAVID
    tables["locations"]["downtown"]["on_duty"] = [ANA, SOFIA, DAVID]
    tables["locations"]["uptown"]["on_duty"] = [ANA]


@pytest.mark.parametrize(
    ("about_whom", "owner", "exception", "told"),
    [
        (None, ANA, False, {"supervisor": SOFIA, "manager": DAVID, "director": DAVID}),
        (ANA, SOFIA, False, {"supervisor": DAVID, "manager": DAVID, "director": DAVID}),
        (SOFIA, DAVID, True, {"supervisor": DAVID, "manager": DAVID, "director": DAVID}),
        (DAVID, NINA, True, {"supervisor": NINA, "manager": NINA, "director": NINA}),
        (NINA, ANA, False, {"supervisor": SOFIA, "manager": DAVID, "director": DAVID}),
    ],
)
def test_a_team_of_four_always_has_somebody(
    about_whom: str | None, owner: str, exception: bool, told: dict[str, str]
) -> None:
    clinic = clinic_where(four)
    case = filed(clinic=clinic, about_staff=about_whom)
    assert (case.complaint.owner, case.complaint.conflict_exception) == (owner, exception)
    staff = staffing(case, clinic=clinic)
    assert {rung: staff.tell(rung)[0].person for rung in told} == told


@pytest.mark.parametrize("about_whom", [None, *EVERYBODY])
def test_whoever_files_and_whoever_is_away_somebody_is_told_and_never_the_person_concerned(
    about_whom: str | None,
) -> None:
    absent = [(), *combinations(EVERYBODY, 1), *combinations(EVERYBODY, 2), EVERYBODY]
    for by, gone, cover in product((*EVERYBODY, STRANGER), absent, (None, BEN, DAVID)):
        absences = away(**{person.removeprefix("U0"): cover for person in gone if person != cover})
        case = filed(by=by, about_staff=about_whom, absences=absences)
        assert case.complaint.owner != about_whom
        for rung in set(TELLS) - {HANDS_ON}:
            told = staffing(case, absences).tell(rung, set_by=by)
            assert told
            assert about_whom not in [one.person for one in told]


# ----------------------------------------------------------------- who is told in somebody's place


@pytest.mark.parametrize(
    ("rung", "unreachable", "expected"),
    [
        ("owner", {ANA}, SOFIA),
        ("owner", {ANA, SOFIA}, MARIA),
        ("owner", {ANA, SOFIA, MARIA}, DAVID),
        ("owner", {ANA, SOFIA, MARIA, DAVID}, None),
        ("supervisor", {SOFIA}, MARIA),
        ("supervisor", {SOFIA, MARIA}, DAVID),
        ("supervisor", {SOFIA, MARIA, DAVID}, None),
        ("manager", {MARIA}, DAVID),
        ("manager", {MARIA, DAVID}, None),
        ("managers", {MARIA}, DAVID),
        ("managers", {MARIA, DAVID}, None),
        ("director", {DAVID}, None),
        # Set by hand or snoozed: as for the owner.
        ("set_by", {BEN}, SOFIA),
        ("set_by", {BEN, SOFIA}, MARIA),
        ("snoozed", {ANA}, SOFIA),
        ("snoozed", {ANA, SOFIA, MARIA}, DAVID),
        # Who was asked for help stands on the rung asked.
        ("escalate_supervisor", {SOFIA}, MARIA),
        ("escalate_manager", {MARIA}, DAVID),
        ("escalate_manager", {MARIA, DAVID}, None),
        ("escalate_director", {DAVID}, None),
        # Somebody else stood there: the director is still to be told.
        ("director", {MARIA}, DAVID),
        ("escalate_director", {MARIA}, DAVID),
    ],
)
def test_above_who_cannot_be_reached_comes(
    rung: str, unreachable: set[str], expected: str | None
) -> None:
    told = staffing(filed()).above(rung, frozenset(unreachable))
    assert [one.person for one in told] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("case", "absences", "rung", "unreachable", "expected"),
    [
        (filed(), away(SOFIA), "owner", {ANA}, MARIA),
        (filed(), away(SOFIA=BEN), "owner", {ANA}, BEN),
        (filed(), away(SOFIA, MARIA, DAVID), "owner", {ANA}, DAVID),
        (filed(by=SOFIA), NOBODY_AWAY, "owner", {SOFIA}, MARIA),
        (filed(by=MARIA), NOBODY_AWAY, "owner", {MARIA}, DAVID),
        (filed(by=DAVID), NOBODY_AWAY, "owner", {DAVID}, None),
        (about(SOFIA), NOBODY_AWAY, "owner", {MARIA}, DAVID),
        (about(MARIA), NOBODY_AWAY, "managers", {DAVID}, None),
        (about(DAVID), NOBODY_AWAY, "owner", {NINA}, None),
        (about(DAVID), NOBODY_AWAY, "managers", {ANA}, NINA),
    ],
)
def test_those_above_may_be_away_or_have_a_conflict_as_well(
    case: Case, absences: Absences, rung: str, unreachable: set[str], expected: str | None
) -> None:
    told = staffing(case, absences).above(rung, frozenset(unreachable))
    assert [one.person for one in told] == ([expected] if expected else [])


# -------------------------------------------------------------------------------- whose step it is


@pytest.mark.parametrize(
    ("who", "case", "absences", "expected"),
    [
        ("owner", filed(), NOBODY_AWAY, ANA),
        ("supervisor", filed(), NOBODY_AWAY, SOFIA),
        ("manager", filed(), NOBODY_AWAY, MARIA),
        ("director", filed(), NOBODY_AWAY, DAVID),
        # An owner of that role or a higher one does it.
        ("supervisor", filed(by=SOFIA), NOBODY_AWAY, SOFIA),
        ("supervisor", filed(by=MARIA), NOBODY_AWAY, MARIA),
        ("manager", filed(by=DAVID), NOBODY_AWAY, DAVID),
        # A clinician's step is for a clinician, whoever owns it.
        ("clinician", filed(), NOBODY_AWAY, OMAR),
        ("clinician", filed(by=MARIA), NOBODY_AWAY, OMAR),
        ("clinician", filed(by=OMAR), NOBODY_AWAY, OMAR),
        ("clinician", about(OMAR), NOBODY_AWAY, None),
        # Somebody away is covered or passed over.
        ("supervisor", filed(), away(SOFIA), MARIA),
        ("clinician", filed(), away(OMAR=CHLOE), CHLOE),
        ("clinician", filed(), away(OMAR), None),
    ],
)
def test_a_step_is_for(who: str, case: Case, absences: Absences, expected: str | None) -> None:
    assert doer_of(who, case.complaint, CLINIC, absences) == expected


# ------------------------------------------------------------------------- the client's language


@pytest.mark.parametrize(
    ("language", "owner", "about", "speaks", "asked"),
    [
        # spoken: who handles it speaks it
        ("en", ANA, None, True, ANA),
        # spoken: only Chloe speaks Chinese
        ("zh", ANA, None, False, CHLOE),
        # spoken: it is about Chloe, so nobody is left to ask
        ("zh", ANA, CHLOE, False, None),
        # spoken: nobody here speaks French
        ("fr", ANA, None, False, None),
        # spoken: who is not in the clinic file is taken to speak the location's languages
        ("en", STRANGER, None, True, ANA),
    ],
)
def test_who_speaks_with_a_client_in_their_language(
    language: str, owner: str, about: str | None, speaks: bool, asked: str | None
) -> None:
    complaint = filed(by=ANA, about_staff=about).complaint
    complaint = replace(complaint, owner=owner, language=language)
    assert owner_speaks(complaint, CLINIC) is speaks
    assert speaker(complaint, CLINIC, {}) == asked


def test_nobody_who_is_away_is_asked_to_speak() -> None:
    complaint = replace(filed(by=ANA).complaint, language="zh")
    assert speaker(complaint, CLINIC, away(CHLOE)) is None
