"""The morning list: what is late, what is due today and whom to call, at each opening."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flows_cast import (
    ACKNOWLEDGE,
    ANA,
    BEN,
    CHLOE,
    CLINIC,
    CUSTOM,
    DAVID,
    FEEDBACK,
    FOLLOW_UP,
    MARIA,
    MINOR,
    MODERATE,
    NINA,
    NOBODY_AWAY,
    OMAR,
    RESOLVE,
    SEVERE,
    SOFIA,
    TAKE_CHARGE,
    Absences,
    Clockwork,
    at,
    away,
    clinic_where,
    filed,
    moment,
    name,
    only,
    with_deadlines,
)

from flows.acts import Evidence, contact
from flows.complaint import Deadline, DeadlineKind, How, Remedy, Severity
from flows.ending import resolve, withdraw
from flows.morning import morning_lists
from flows.policy import Clinic
from flows.ports import Case, Purpose

OPENING = at("09:00", 13)
"""Saturday's opening, the day after the complaints were filed."""
MONDAY = at("09:00", 15)

Lists = dict[str, dict[str, list[tuple[int, str]]]]


def lists(
    *cases: Case,
    now: datetime = OPENING,
    absences: Absences = NOBODY_AWAY,
    location: str = "downtown",
    clinic: Clinic = CLINIC,
) -> Lists:
    """Each reader's list: number and kind in each section."""
    found: Lists = {}
    for message in morning_lists(cases, location, clinic, absences, now):
        assert (message.purpose, message.key) == (Purpose.NOTICE, "morning_list")
        assert message.facts["location"] == location
        sections: Any = message.facts["sections"]
        found[name(message.to)] = {
            section: [(item["number"], item["kind"]) for item in items]
            for section, items in sections.items()
        }
    return found


def played(case: Case, end: datetime) -> Case:
    """The case with its ladder played to an instant, nobody having acted."""
    work = Clockwork.of(case)
    work.until(end)
    return work.case


def heard(case: Case) -> Case:
    return contact(case, Evidence(How.PHONE, "Mary Kay", "Sorry"), moment(ANA, at("13:10"))).case


@pytest.mark.parametrize(
    ("kind", "due_at", "section"),
    [
        (FEEDBACK, at("08:00", 13), "late"),
        (FEEDBACK, OPENING, "late"),
        (FEEDBACK, at("09:01", 13), "today"),
        (FEEDBACK, at("23:59", 13), "today"),
        (FEEDBACK, at("00:00", 14), None),
        (CUSTOM, at("16:00", 13), "today"),
        (CUSTOM, at("16:00", 15), None),
        # Follow-up calls have a section of their own, late or not.
        (FOLLOW_UP, at("10:00", 13), "follow_up"),
        (FOLLOW_UP, at("10:00", 11), "follow_up"),
        (FOLLOW_UP, at("10:00", 15), None),
    ],
)
def test_the_owners_list_has_what_is_late_what_is_due_today_and_whom_to_call(
    kind: DeadlineKind, due_at: datetime, section: str | None
) -> None:
    deadline = Deadline(kind, at("13:00"), due_at, at("13:00"), rungs_fired=0)
    mine = lists(with_deadlines(filed(), deadline)).get("ana", {})
    assert mine == ({section: [(1042, kind.value)]} if section else {})


def test_nobody_with_nothing_to_do_gets_a_list() -> None:
    assert lists() == {}
    assert lists(filed(now=at("12:00", 10)), now=at("09:00", 9)) == {}
    assert lists(withdraw(filed(), "Filed twice", moment(ANA, at("13:10"))).case) == {}


def test_a_kept_promise_is_not_on_any_list() -> None:
    assert lists(only(heard(filed()), ACKNOWLEDGE)) == {}
    settled = resolve(filed(), "Done", Remedy.NONE, True, moment(ANA, at("13:10"))).case
    assert lists(settled) == {}
    assert lists(settled, now=at("09:00", 26)) == {"ana": {"follow_up": [(1042, "follow_up")]}}


def test_a_complaint_is_one_row_of_a_list_with_what_is_most_urgent() -> None:
    both_due_today = heard(filed())
    assert lists(both_due_today) == {"ana": {"today": [(1042, "feedback")]}}
    one_late = played(filed(), at("17:00"))
    assert lists(one_late)["ana"] == {"late": [(1042, "acknowledge")]}


# --------------------------------------------------------------------------- those above the owner


@pytest.mark.parametrize(
    ("kind", "severity", "now", "readers"),
    [
        # While the ladder still has rungs for the director, it speaks for itself.
        (ACKNOWLEDGE, MINOR, at("15:30"), {"ana"}),
        (ACKNOWLEDGE, MINOR, at("16:30"), {"ana", "david"}),
        (ACKNOWLEDGE, SEVERE, OPENING, {"ana", "david"}),
        (TAKE_CHARGE, SEVERE, at("14:30"), {"ana"}),
        (TAKE_CHARGE, SEVERE, OPENING, {"ana", "david"}),
        # Late feedback and a late resolution go to the managers, from the due time on.
        (FEEDBACK, MINOR, at("12:59", 13), {"ana"}),
        (FEEDBACK, MINOR, at("13:01", 13), {"ana", "maria"}),
        (FEEDBACK, SEVERE, MONDAY, {"ana", "maria"}),
        (RESOLVE, MINOR, MONDAY, {"ben", "maria"}),
        (RESOLVE, MODERATE, MONDAY, {"ana"}),
        (RESOLVE, MODERATE, at("09:00", 16), {"ana", "maria"}),
    ],
)
def test_what_is_late_is_also_read_by(
    kind: DeadlineKind, severity: Severity, now: datetime, readers: set[str]
) -> None:
    case = played(only(filed(severity), kind), now)
    assert set(lists(case, now=now)) == readers


def test_the_acknowledgement_heads_the_directors_list_every_morning_until_it_is_met() -> None:
    for day in (13, 15, 16, 30):
        now = at("09:00", day)
        case = played(filed(SEVERE), now)
        assert lists(case, now=now)["david"] == {"late": [(1042, "acknowledge")]}
    later = filed(SEVERE, number=1043, now=at("12:00"))
    cases = [played(only(later, TAKE_CHARGE), OPENING), played(only(filed(), ACKNOWLEDGE), OPENING)]
    assert lists(*cases)["david"] == {"late": [(1042, "acknowledge"), (1043, "take_charge")]}
    assert "david" not in lists(heard(played(filed(), OPENING)), now=MONDAY)


def test_what_is_only_due_today_is_the_owners_alone() -> None:
    assert set(lists(heard(filed(MODERATE)))) == {"ana"}


def test_a_late_follow_up_is_the_owners_and_a_late_reminder_too() -> None:
    call = Deadline(FOLLOW_UP, at("13:00"), at("10:00", 11), at("13:00"), rungs_fired=2)
    assert set(lists(with_deadlines(filed(), call))) == {"ana"}


# --------------------------------------------------------------------------------------- the order


def test_each_section_has_the_most_urgent_kind_first_and_then_the_soonest() -> None:
    cases = [
        with_deadlines(
            filed(number=number), Deadline(kind, at("10:00", 11), due_at, at("10:00", 11))
        )
        for number, kind, due_at in [
            (1050, CUSTOM, at("15:00")),
            (1051, RESOLVE, at("15:00")),
            (1052, FEEDBACK, at("16:00")),
            (1053, FEEDBACK, at("15:00")),
            (1054, ACKNOWLEDGE, at("17:00")),
            (1055, RESOLVE, at("10:00", 13)),
            (1056, FEEDBACK, at("11:00", 13)),
        ]
    ]
    assert lists(*cases)["ana"] == {
        "late": [
            (1054, "acknowledge"),
            (1053, "feedback"),
            (1052, "feedback"),
            (1051, "resolve"),
            (1050, "custom"),
        ],
        "today": [(1056, "feedback"), (1055, "resolve")],
    }


def test_a_row_says_when_it_was_or_is_due() -> None:
    (message, *_) = morning_lists([heard(filed())], "downtown", CLINIC, NOBODY_AWAY, OPENING)
    sections: Any = message.facts["sections"]
    assert sections["today"][0]["due"] == at("13:00", 13).isoformat()


# ------------------------------------------------------------------------------------ who reads it


def test_everybody_has_one_list_of_their_own() -> None:
    cases = [
        heard(filed()),
        filed(number=1043, by=BEN, now=at("14:00")),
        heard(filed(number=1044)),
    ]
    cases[1] = only(cases[1], FEEDBACK)
    assert lists(*cases) == {
        "ana": {"today": [(1042, "feedback"), (1044, "feedback")]},
        "ben": {"today": [(1043, "feedback")]},
    }


@pytest.mark.parametrize(
    ("absences", "readers"),
    [
        (NOBODY_AWAY, {"ana", "maria"}),
        (away(ANA=BEN), {"ben", "maria"}),
        (away(ANA), {"sofia", "maria"}),
        (away(MARIA=CHLOE), {"ana", "chloe"}),
        (away(MARIA), {"ana", "david"}),
        (away(ANA, SOFIA), {"maria"}),
    ],
)
def test_the_list_of_somebody_away_is_read_by_who_stands_in(
    absences: Absences, readers: set[str]
) -> None:
    case = played(only(filed(), FEEDBACK), MONDAY)
    assert set(lists(case, now=MONDAY, absences=absences)) == readers


@pytest.mark.parametrize(
    ("about", "readers"),
    [
        (OMAR, {"ana", "david"}),
        (SOFIA, {"maria", "david"}),
        (MARIA, {"david"}),
        (DAVID, {"nina"}),
        (NINA, {"ana", "david"}),
    ],
)
def test_the_person_concerned_reads_nothing_of_it(about: str, readers: set[str]) -> None:
    case = played(only(filed(about_staff=about), ACKNOWLEDGE), OPENING)
    assert set(lists(case)) == readers
    assert name(about) not in lists(case)


def test_today_is_the_locations_day() -> None:
    def in_tokyo(tables: dict[str, Any]) -> None:
        tables["locations"]["uptown"]["zone"] = "Asia/Tokyo"
        tables["locations"]["uptown"]["hours"] = "always"

    clinic = clinic_where(in_tokyo)
    case = filed(clinic=clinic, location="uptown", number=1043)
    due = Deadline(CUSTOM, at("13:00"), at("13:00", 13), at("13:00"), set_by=ANA, what="contact")
    # Five in the morning of the 14th there: not today on their 13th, today on their 14th.
    on_saturday = at("06:00", 13)
    assert lists(with_deadlines(case, due), now=on_saturday, location="uptown", clinic=clinic) == {}
    on_sunday = at("08:30", 13)
    assert lists(with_deadlines(case, due), now=on_sunday, location="uptown", clinic=clinic) == {
        "ana": {"today": [(1043, "custom")]}
    }


def test_a_clinic_may_name_nobody_else_for_what_is_late() -> None:
    def quiet(tables: dict[str, Any]) -> None:
        tables["deadlines"]["feedback"]["morning_list"] = []

    clinic = clinic_where(quiet)
    case = only(filed(clinic=clinic), FEEDBACK)
    assert set(lists(played(case, MONDAY), now=MONDAY, clinic=clinic)) == {"ana"}


def test_the_complaints_own_rules_say_who_reads_what_is_late() -> None:
    def quiet(tables: dict[str, Any]) -> None:
        tables["deadlines"]["feedback"]["morning_list"] = []

    case = played(only(filed(), FEEDBACK), MONDAY)
    assert "maria" in lists(case, now=MONDAY, clinic=clinic_where(quiet))
