"""Who is on duty when, and what they take over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from flows_cast import (
    ACKNOWLEDGE,
    ANA,
    BEN,
    CHLOE,
    CLINIC,
    MARIA,
    NOBODY_AWAY,
    ONE,
    SEVERE,
    SOFIA,
    Absences,
    at,
    away,
    clinic_where,
    filed,
    name,
)
from pydantic import ValidationError

from flows.hand_over import hand_over
from flows.policy import Clinic
from flows.ports import Case, Purpose
from flows.standing import Staffing

EARLY = {"people": [BEN], "hours": {"fri": "09:00-13:00", "mon": "09:00-13:00"}}
LATE = {"people": [CHLOE, SOFIA], "hours": {"fri": "13:00-18:00"}}
"""On Friday Ben until one, then Chloe and Sofia until closing."""


def clinic_with(*shifts: dict[str, Any], group: str | None = None) -> Clinic:
    def change(tables: dict[str, Any]) -> None:
        tables["locations"]["downtown"]["shifts"] = list(shifts)
        if group is not None:
            tables["locations"]["downtown"]["on_duty_group"] = group

    return clinic_where(change)


TWO_SHIFTS = clinic_with(EARLY, LATE)


def asked(clinic: Clinic, clock: str, day: int = 12) -> list[str]:
    """In which order people are asked then, the first three."""
    return [name(one) for one in clinic.at(at(clock, day)).location("downtown").on_duty[:3]]


def test_who_is_on_shift_is_asked_first() -> None:
    assert asked(TWO_SHIFTS, "08:59") == ["ana", "ben", "chloe"]
    assert asked(TWO_SHIFTS, "09:00") == ["ben", "ana", "chloe"]
    assert asked(TWO_SHIFTS, "12:59") == ["ben", "ana", "chloe"]
    assert asked(TWO_SHIFTS, "13:00") == ["chloe", "sofia", "ana"]
    assert asked(TWO_SHIFTS, "18:00") == ["ana", "ben", "chloe"]


def test_a_date_of_its_own_stands_for_the_day_of_the_week() -> None:
    clinic = clinic_with(EARLY, {**LATE, "dates": {"2026-06-12": "10:00-12:00"}})
    assert asked(clinic, "09:30") == ["ana", "ben", "chloe"]
    assert asked(clinic, "10:30") == ["chloe", "sofia", "ana"]
    assert asked(clinic, "13:30") == ["ana", "ben", "chloe"]
    assert asked(clinic, "09:30", 15) == ["ben", "ana", "chloe"]


def test_pings_go_to_who_is_on_shift() -> None:
    two_supervisors = clinic_where(
        lambda tables: (
            tables["people"]["U0BEN"].update(role="supervisor"),
            tables["locations"]["downtown"].update(shifts=[EARLY, LATE]),
        )[0]
    )
    complaint = filed(by=ANA).complaint
    told = {
        clock: Staffing(complaint, two_supervisors.at(at(clock)), NOBODY_AWAY).tell("supervisor")
        for clock in ("10:00", "14:00")
    }
    assert {clock: [name(t.person) for t in people] for clock, people in told.items()} == {
        "10:00": ["ben"],
        "14:00": ["sofia"],
    }


def test_who_is_in_the_user_group_is_on_duty() -> None:
    clinic = clinic_with(EARLY, group="S0DUTY")
    assert asked(clinic, "14:00") == ["ana", "ben", "chloe"]
    known = clinic.knowing_groups({"S0DUTY": (SOFIA, "U0STRANGER", CHLOE), "S0ELSE": (MARIA,)})
    assert asked(known, "14:00") == ["sofia", "chloe", "ana"]
    assert asked(known, "10:00") == ["sofia", "chloe", "ben"]


@pytest.mark.parametrize(
    ("clock", "day", "change"),
    [
        ("08:00", 12, at("09:00")),
        ("09:00", 12, at("13:00")),
        ("13:00", 12, at("18:00")),
        ("18:00", 12, at("09:00", 15)),
    ],
)
def test_a_change_comes_when_a_shift_begins_or_ends(clock: str, day: int, change: datetime) -> None:
    assert TWO_SHIFTS.next_change(at(clock, day)) == change


def test_a_change_may_be_months_away() -> None:
    clinic = clinic_with({"people": [BEN], "dates": {"2026-12-24": "09:00-12:00"}})
    change = clinic.next_change(ONE)
    assert change is not None
    assert change.date().isoformat() == "2026-12-24"
    assert clinic.next_change(change.replace(year=2027)) is None
    assert CLINIC.next_change(ONE) is None


@pytest.mark.parametrize(
    ("shift", "problem"),
    [
        ({"people": ["U0BNE"], "hours": {"fri": "09:00-13:00"}}, "did you mean"),
        ({"people": [], "hours": {"fri": "09:00-13:00"}}, "at least 1"),
        ({"people": [BEN]}, "has no time"),
        ({"people": [BEN], "hours": {"fri": "13:00-09:00"}}, "has to end after it begins"),
        ({"people": [BEN], "hours": {"friday": "09:00-13:00"}}, "'fri'"),
        ({"people": [BEN], "dates": {"24.12.": "09:00-13:00"}}, "date"),
    ],
)
def test_a_wrong_shift_is_refused(shift: dict[str, Any], problem: str) -> None:
    with pytest.raises((ValidationError, ValueError), match=problem):
        clinic_with(shift)


# --------------------------------------------------------------------------------- the hand-over


def handed(
    *cases: Case,
    now: datetime = ONE,
    before: Sequence[str] = (BEN,),
    absences: Absences = NOBODY_AWAY,
    clinic: Clinic = TWO_SHIFTS,
) -> dict[str, dict[str, list[tuple[int, str]]]]:
    """Whom it is handed to: each section's complaints with who handles them."""
    stands = clinic.at(now)
    lists = {}
    for message in hand_over(cases, "downtown", before, stands, absences, now):
        assert (message.purpose, message.key) == (Purpose.NOTICE, "hand_over")
        lists[name(message.to)] = {
            section: [(item["number"], name(item["owner"])) for item in items]
            for section, items in message.facts["sections"].items()
        }
    return lists


def test_who_comes_takes_over_what_is_due_until_they_go() -> None:
    due_at_two = filed(now=ONE)
    due_on_monday = filed(now=at("17:50"), number=1043)
    assert handed(due_at_two, now=at("13:00")) == {
        "chloe": {"due": [(1042, "ana")]},
        "sofia": {"due": [(1042, "ana")]},
    }
    # The shift ends when the location closes: what is due before it opens again is theirs too.
    assert handed(due_on_monday, now=at("17:55"), before=()) == {}
    saturday = clinic_with(EARLY, {**LATE, "hours": {"fri": "17:00-18:00", "sat": "10:00-11:00"}})
    late = filed(now=at("16:30"), number=1044)
    listed = handed(late, now=at("17:00"), clinic=saturday)
    assert listed["chloe"]["due"] == [(1044, "ana")]


def test_what_is_late_comes_first() -> None:
    late, due = filed(now=at("11:00")), filed(now=at("12:30"), number=1043)
    chloes = handed(late, due, now=at("13:00"))["chloe"]
    assert chloes == {"late": [(1042, "ana")], "due": [(1043, "ana")]}


def test_what_one_handles_oneself_is_not_handed_over() -> None:
    assert list(handed(filed(by=CHLOE))) == ["sofia"]


def test_who_was_on_duty_before_hears_nothing() -> None:
    assert list(handed(filed(), before=(BEN, CHLOE))) == ["sofia"]


def test_the_person_concerned_hears_nothing() -> None:
    assert "chloe" not in handed(filed(about_staff=CHLOE))


def test_a_stand_in_takes_over() -> None:
    assert list(handed(filed(by=ANA), absences=away(CHLOE=BEN, SOFIA=MARIA), before=())) == [
        "ben",
        "maria",
    ]


def test_when_nobody_comes_who_is_asked_first_learns_what_cannot_wait() -> None:
    waits = filed(now=at("17:30"), by=BEN)
    severe = filed(SEVERE, now=at("17:55"), by=BEN, number=1043)
    assert handed(waits, severe, now=at("18:00"), before=(CHLOE, SOFIA)) == {
        "ana": {"due": [(1043, "ben")]}
    }


def test_nothing_due_is_nothing_said() -> None:
    assert handed(filed(now=at("17:50")), now=at("13:00")) == {}
    assert handed() == {}
    assert ACKNOWLEDGE in {d.kind for d in filed().deadlines}
