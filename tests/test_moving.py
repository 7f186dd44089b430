"""Another location, or another policy: what is promised moves, what was earned stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flows_cast import (
    ACKNOWLEDGE,
    ANA,
    BEN,
    CHLOE,
    CLINIC,
    FEEDBACK,
    FOLLOW_UP,
    NOBODY_AWAY,
    RESOLVE,
    SOFIA,
    at,
    away,
    clinic_where,
    due,
    filed,
    local,
    moment,
)

from flows.acts import Evidence, contact
from flows.change import DueChange
from flows.complaint import How, Pause, Remedy
from flows.ending import resolve
from flows.moving import apply_policy, location_changes, move, policy_changes
from flows.policy import Clinic
from flows.ports import Absence, Case, Outcome, Purpose
from flows.standing import Refused

HEARD = Evidence(How.PHONE, "Mary Kay", "Heard her out")
CALLED = at("13:20")
LATER = at("16:30")


def heard(case: Case) -> Case:
    return contact(case, HEARD, moment(ANA, CALLED)).case


def moved(
    case: Case, by: str = ANA, to: str = "uptown", absences: dict[str, Absence] | None = None
) -> Outcome:
    acting = moment(by, LATER, absences=absences or NOBODY_AWAY)
    return move(case, to, "She is treated there", case.complaint.location, acting)


def refusal(*args: Any, **named: Any) -> str:
    with pytest.raises(Refused) as no:
        moved(*args, **named)
    return no.value.said.key.removeprefix("refused.")


def test_due_times_count_by_the_hours_of_the_other_location() -> None:
    # Filed on Friday at 16:30: an open hour downtown ends at 17:30; uptown closes at 17:00, and
    # opens on Saturday at 10.
    case = filed(now=at("16:20"))
    assert due(case, ACKNOWLEDGE) == "12 17:20"
    after = moved(case).case
    assert due(after, ACKNOWLEDGE) == "13 10:20"
    assert after.complaint.location == "uptown"


def test_the_preview_is_what_happens() -> None:
    case = filed(now=at("16:20"))
    (change, *_) = location_changes(case, "uptown", moment(ANA, LATER))
    assert change == DueChange(ACKNOWLEDGE, at("17:20"), at("10:20", 13))
    after = moved(case).case
    for one in location_changes(case, "uptown", moment(ANA, LATER)):
        deadline = after.deadline(one.kind)
        assert (deadline and deadline.due_at) == one.after


def test_earned_pauses_stay() -> None:
    case = heard(filed())
    paused = replace(case, pauses=(Pause(at("14:00"), at("16:00"), at("16:00")),))
    after = moved(paused).case
    assert after.pauses == paused.pauses
    assert due(after, FEEDBACK) == "13 15:00"


def test_who_does_not_work_there_hands_it_over() -> None:
    only_downtown = CLINIC.people[ANA].model_copy(update={"locations": ("downtown",)})
    clinic = CLINIC.model_copy(update={"people": {**CLINIC.people, ANA: only_downtown}})
    case = filed()
    acting = moment(ANA, LATER, clinic)
    outcome = move(case, "uptown", "She is treated there", "downtown", acting)
    assert outcome.case.complaint.owner == BEN
    keys = {(m.to, m.key) for m in outcome.messages if m.purpose is Purpose.NOTICE}
    assert (BEN, "notice_moved_to_you") in keys
    acting = moment(ANA, LATER, clinic, away(BEN, CHLOE))
    outcome = move(case, "uptown", "She is treated there", "downtown", acting)
    assert outcome.case.complaint.owner == SOFIA


def test_who_works_there_keeps_it_and_is_told() -> None:
    outcome = moved(filed(), by=SOFIA)
    assert outcome.case.complaint.owner == ANA
    assert (ANA, "notice_moved") in {(m.to, m.key) for m in outcome.messages}
    assert outcome.entries[0].private == {"reason": "She is treated there"}


def test_only_who_decides_moves_it_and_only_to_another_place() -> None:
    assert refusal(filed(), by=CHLOE) == "needs_supervisor"
    assert refusal(filed(), to="downtown") == "same_location"
    assert refusal(filed(), to="nowhere") == "no_such_location"
    already = moved(filed()).case
    with pytest.raises(Refused) as no:
        move(already, "downtown", "Back", "downtown", moment(ANA, LATER))
    assert no.value.said.key == "refused.moved_meanwhile"


def test_a_location_that_came_later_has_its_hours() -> None:
    def with_airport(tables: dict[str, Any]) -> None:
        tables["locations"]["airport"] = {
            **tables["locations"]["uptown"],
            "name": "Airport",
            "channel": "C0AIRPORT",
            "hours": "always",
            "closed": [],
        }

    acting = moment(ANA, LATER, clinic_where(with_airport))
    after = move(filed(now=at("17:50")), "airport", "There", "downtown", acting).case
    assert due(after, ACKNOWLEDGE) == "12 18:50"
    assert after.complaint.rules_id == after.rules.id


# ------------------------------------------------------------------------------------- the policy


def stricter(tables: dict[str, Any]) -> None:
    tables["deadlines"]["acknowledge"]["within"] = {"1": "30m", "2": "30m", "3": "30m"}
    tables["deadlines"]["acknowledge"]["ladder"] = [["due", "owner", "supervisor"]]
    tables["deadlines"]["resolve"]["within"] = {"1": "72h", "2": "72h", "3": "72h"}
    tables["deadlines"]["follow_up"]["within"] = {"1": "7d", "2": "7d", "3": "7d"}


NEW: Clinic = clinic_where(stricter)


def test_a_new_policy_moves_what_is_open_and_only_when_it_is_applied() -> None:
    case = filed()
    acting = moment("amends", at("13:10"), NEW)
    changes = {change.kind: change for change in policy_changes(case, acting)}
    assert changes[ACKNOWLEDGE] == DueChange(ACKNOWLEDGE, at("14:00"), at("13:30"))
    assert due(case, ACKNOWLEDGE) == "12 14:00"
    after = apply_policy(case, acting).case
    assert (due(after, ACKNOWLEDGE), due(after, RESOLVE)) == ("12 13:30", "15 13:00")
    assert after.complaint.rules_id == NEW.rules.id


def test_what_was_met_stays_met() -> None:
    case = heard(filed())
    after = apply_policy(case, moment("amends", LATER, NEW)).case
    assert after.deadline(ACKNOWLEDGE) is None
    assert after.complaint.acknowledged_at == CALLED


def test_a_follow_up_moves_unless_somebody_set_it() -> None:
    done = resolve(heard(filed()), "Redone", Remedy.REDO, True, moment(ANA, LATER)).case
    assert due(done, FOLLOW_UP) == "26 10:00"
    after = apply_policy(done, moment("amends", LATER, NEW)).case
    assert due(after, FOLLOW_UP) == "19 10:00"
    by_hand = replace(
        done,
        deadlines=tuple(
            replace(d, due_at=at("11:00", 30)) if d.kind is FOLLOW_UP else d for d in done.deadlines
        ),
    )
    after = apply_policy(by_hand, moment("amends", LATER, NEW)).case
    assert local(next(d.due_at for d in after.deadlines if d.kind is FOLLOW_UP)) == "30 11:00"
