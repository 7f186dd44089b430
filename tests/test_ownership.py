"""At half time of a long promise: is it still yours? Unanswered, it goes to the person on duty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flows_cast import (
    ANA,
    BEN,
    CHLOE,
    CLINIC,
    MARIA,
    MINOR,
    MODERATE,
    NOBODY_AWAY,
    OMAR,
    RESOLVE,
    SEVERE,
    SOFIA,
    Absences,
    Clockwork,
    at,
    away,
    clinic_where,
    filed,
    local,
    moment,
    name,
    only,
    owned,
)

from flows.acts import note
from flows.deadlines import plan
from flows.ownership import hand_on, still_mine
from flows.policy import Clinic
from flows.ports import Case
from flows.rules import ASKS, HANDS_ON

OPENING, AN_HOUR_LATER = at("09:00", 13), at("10:00", 13)
"""Of the Saturday after the complaint was filed: half of its 24 hours is over in the night."""


def halfway(case: Case) -> list[tuple[str, str]]:
    """The rungs at half time, as who is told and when."""
    (deadline,) = only(case, RESOLVE).deadlines
    rungs = plan(deadline, case.complaint.severity, case.rules, case.complaint.location)
    return [(r.tell, local(r.at)) for r in rungs if r.tell in (ASKS, HANDS_ON)]


def test_it_is_asked_at_half_time_in_opening_hours() -> None:
    assert halfway(filed(MINOR)) == [(ASKS, "13 09:00"), (HANDS_ON, "13 10:00")]
    assert halfway(filed(SEVERE)) == [(ASKS, "13 13:00"), (HANDS_ON, "13 14:00")]
    assert halfway(filed(MINOR, now=at("15:00", 11)))[0] == (ASKS, "12 09:00")


def test_it_is_not_asked_where_there_is_no_time_to_answer() -> None:
    # Half of it is Saturday night, and on Monday it is due an hour after opening.
    assert halfway(filed(MODERATE)) == []


@pytest.mark.parametrize(("within", "asked"), [("3h59m", []), ("4h", [ASKS, HANDS_ON])])
def test_only_long_promises_are_asked_about(within: str, asked: list[str]) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["deadlines"]["resolve"]["within"] = {"1": within, "2": within, "3": within}

    case = filed(clinic=clinic_where(change), now=at("10:00"))
    assert [tell for tell, _ in halfway(case)] == asked


def played(case: Case, **given: Any) -> Clockwork:
    """Only the promise to settle it, up to the question."""
    clock = Clockwork.of(only(case, RESOLVE), **given)
    clock.until(OPENING)
    return clock


def test_the_owner_is_asked_with_a_button() -> None:
    (asked,) = Clockwork.of(only(filed(), RESOLVE)).until(OPENING)
    assert asked.person == ANA
    assert asked.items[1042]["buttons"][0] == "still_mine"


def test_unanswered_it_goes_to_the_person_on_duty() -> None:
    clock = played(filed())
    clock.until(AN_HOUR_LATER)
    assert clock.case.complaint.owner == BEN
    assert clock.case.complaint.claimed_at is None


def test_who_answers_keeps_it() -> None:
    clock = played(filed())
    clock.act(still_mine(clock.case, moment(ANA, at("09:30", 13))))
    clock.until(AN_HOUR_LATER)
    assert clock.case.complaint.owner == ANA


def test_whatever_the_owner_does_is_an_answer() -> None:
    clock = played(filed())
    clock.act(note(clock.case, "Called the supplier", moment(ANA, at("09:30", 13))))
    clock.until(AN_HOUR_LATER)
    assert clock.case.complaint.owner == ANA


def test_what_somebody_else_does_is_none() -> None:
    clock = played(filed())
    clock.act(note(clock.case, "She called again", moment(CHLOE, at("09:30", 13))))
    clock.until(AN_HOUR_LATER)
    assert clock.case.complaint.owner == BEN


def test_who_covers_may_answer() -> None:
    clock = played(filed(), absences=away(ANA=CHLOE))
    clock.act(still_mine(clock.case, moment(CHLOE, at("09:30", 13))))
    clock.until(AN_HOUR_LATER)
    assert clock.case.complaint.owner == ANA


def test_asked_late_after_an_outage_it_is_not_handed_on_at_once() -> None:
    clock = Clockwork.of(only(filed(), RESOLVE))
    (asked,) = clock.at(at("10:30", 13))
    assert asked.person == ANA
    assert clock.case.complaint.owner == ANA


def successor(
    case: Case, absences: Absences = NOBODY_AWAY, clinic: Clinic = CLINIC
) -> tuple[str, list[str]]:
    """Who handles it afterwards, and who is told what."""
    outcome = hand_on(case, moment("amends", AN_HOUR_LATER, clinic, absences))
    told = [f"{name(m.to)}: {m.key}" for m in outcome.messages if m.key.startswith("notice")]
    return name(outcome.case.complaint.owner), told


def test_both_are_told() -> None:
    assert successor(filed()) == ("ben", ["ben: notice_handed_on", "ana: notice_went_on"])


def test_who_is_away_or_concerned_does_not_get_it() -> None:
    assert successor(filed(), away(BEN))[0] == "chloe"
    assert successor(filed(about_staff=BEN))[0] == "chloe"


def test_what_somebody_in_charge_has_never_comes_down() -> None:
    assert successor(owned(filed(SEVERE), MARIA))[0] == "david"
    assert successor(owned(filed(), SOFIA))[0] == "maria"


def test_where_there_is_nobody_it_stays() -> None:
    everybody_else = away(BEN, CHLOE, OMAR, SOFIA, MARIA, "U0DAVID", "U0NINA")
    (owner, told) = successor(owned(filed(), "U0DAVID"), everybody_else)
    assert (owner, told) == ("david", [])


def test_in_an_emergency_it_stays() -> None:
    case = filed(SEVERE)
    alarming = replace(case, complaint=replace(case.complaint, emergency_at=at("13:00")))
    assert successor(alarming) == ("ana", [])
