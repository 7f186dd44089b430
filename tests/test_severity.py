"""Changing the severity: what moves, the preview of it, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flows_cast import (
    ACKNOWLEDGE,
    ANA,
    BEN,
    CHLOE,
    DAVID,
    DESK,
    FEEDBACK,
    MANAGERS,
    MARIA,
    MINOR,
    MODERATE,
    RESOLVE,
    SEVERE,
    SOFIA,
    TAKE_CHARGE,
    Clockwork,
    at,
    away,
    clinic_where,
    dues,
    filed,
    lines,
    local,
    minutes,
    moment,
    notices,
    only,
    refusal,
    said,
)

from flows.acts import Evidence, contact, take_charge, tried
from flows.change import DueChange
from flows.complaint import Attempt, ComplaintType, How, Remedy, Severity
from flows.ending import reopen, resolve, withdraw
from flows.ports import Case, PostedCard, Purpose
from flows.severity import change_severity, severity_changes

SPOKE = Evidence(How.PHONE, "Mary Kay", "Sorry for the wait")
LATER = at("13:10")


def changed(case: Case, to: Severity, by: str = MARIA, now: datetime = LATER) -> Case:
    return change_severity(
        case, to, "Her lawyer wrote", case.complaint.severity, moment(by, now)
    ).case


def previewed(
    case: Case, to: Severity, now: datetime = LATER
) -> dict[str, tuple[str | None, str | None]]:
    return {
        change.kind.value: (
            local(change.before) if change.before else None,
            local(change.after) if change.after else None,
        )
        for change in severity_changes(case, to, moment(MARIA, now))
    }


SAME = {"acknowledge": ("12 14:00", "12 14:00"), "feedback": ("13 13:00", "13 13:00")}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (MINOR, MODERATE, {**SAME, "resolve": ("13 13:00", "15 10:00")}),
        (
            MINOR,
            SEVERE,
            {**SAME, "resolve": ("13 13:00", "14 13:00"), "take_charge": (None, "12 13:25")},
        ),
        (
            MODERATE,
            SEVERE,
            {**SAME, "resolve": ("15 10:00", "14 13:00"), "take_charge": (None, "12 13:25")},
        ),
        (MODERATE, MINOR, {**SAME, "resolve": ("15 10:00", "13 13:00")}),
        (
            SEVERE,
            MODERATE,
            {**SAME, "resolve": ("14 13:00", "15 10:00"), "take_charge": ("12 13:15", None)},
        ),
        (
            SEVERE,
            MINOR,
            {**SAME, "resolve": ("14 13:00", "13 13:00"), "take_charge": ("12 13:15", None)},
        ),
    ],
)
def test_the_preview_says_what_moves_and_the_change_does_just_that(
    before: Severity, after: Severity, expected: dict[str, tuple[str | None, str | None]]
) -> None:
    case = filed(before)
    assert previewed(case, after) == expected
    assert dues(changed(case, after)) == {kind: to for kind, (_, to) in expected.items() if to}
    assert case == filed(before)


def test_at_the_same_severity_nothing_moves() -> None:
    case = filed()
    assert all(one.before == one.after for one in severity_changes(case, MINOR, moment(ANA)))


def test_in_the_evening_a_severe_complaint_stops_waiting_for_the_morning() -> None:
    case = filed(now=at("17:30"))
    evening = previewed(case, SEVERE, at("17:40"))
    assert evening["acknowledge"] == ("13 09:30", "12 18:30")
    assert evening["take_charge"] == (None, "12 17:55")


def test_the_change_is_history_with_its_reason() -> None:
    outcome = change_severity(filed(), SEVERE, "Her lawyer wrote", MINOR, moment(ANA, LATER))
    (entry,) = outcome.entries
    assert (entry.kind, entry.public) == ("severity_changed", {"before": "1", "after": "3"})
    assert entry.private == {"reason": "Her lawyer wrote"}
    assert said(outcome, Purpose.THREAD, DESK) == ["thread_severity_changed"]


@pytest.mark.parametrize(
    ("before", "after", "shown", "by", "no"),
    [
        (MINOR, MODERATE, MODERATE, ANA, "severity_changed"),
        (MODERATE, MODERATE, MODERATE, SOFIA, "same_severity"),
        (MODERATE, MINOR, MODERATE, ANA, "lowering_needs_supervisor"),
        (SEVERE, MODERATE, SEVERE, SOFIA, "lowering_needs_manager"),
    ],
)
def test_a_change_is_refused(
    before: Severity, after: Severity, shown: Severity, by: str, no: str
) -> None:
    assert refusal(change_severity, filed(before), after, "", shown, moment(by, LATER)) == no


def test_a_finished_complaint_keeps_its_severity() -> None:
    case = withdraw(filed(), "Filed twice", moment(ANA, LATER)).case
    assert refusal(change_severity, case, SEVERE, "", MINOR, moment(MARIA, LATER)) == "finished"


# ----------------------------------------------------------------------------- what the clock does


def test_the_managers_are_pinged_at_once_when_a_complaint_becomes_severe() -> None:
    work = Clockwork.of(filed())
    work.act(change_severity(work.case, SEVERE, "", MINOR, moment(ANA, LATER)))
    assert lines(work.until(at("14:00"))) == [
        "12 13:10 maria: take_charge",
        "12 13:25 maria: take_charge",
        "12 13:30 ana: acknowledge",
        "12 13:40 david: take_charge",
        "12 13:50 ana: acknowledge",
        "12 14:00 ana: acknowledge",
        "12 14:00 sofia: acknowledge",
    ]


def test_lowered_again_nobody_is_asked_to_take_charge() -> None:
    work = Clockwork.of(filed(SEVERE))
    work.until(at("13:05"))
    work.act(change_severity(work.case, MODERATE, "", SEVERE, moment(MARIA, LATER)))
    assert work.case.pings == ()
    assert [(m.to, m.edits) for m in work.edits] == [(MARIA, 1)]
    assert "take_charge" not in " ".join(lines(work.until(at("23:00", 20))))


def test_raised_a_second_time_somebody_has_to_take_charge_again() -> None:
    case = take_charge(filed(SEVERE), moment(MARIA, at("13:05"))).case
    case = changed(changed(case, MODERATE), SEVERE, now=at("13:20"))
    assert dues(case)["take_charge"] == "12 13:35"


def test_a_moved_promise_reminds_anew_and_what_is_past_is_dropped() -> None:
    work = Clockwork.of(only(filed(MODERATE), RESOLVE))
    assert lines(work.until(at("17:00", 13))) == ["13 17:00 ana: resolve"]
    work.act(change_severity(work.case, SEVERE, "", MODERATE, moment(ANA, at("17:30", 13))))
    resolves = [line for line in lines(work.until(at("23:00", 20))) if line.endswith(" resolve")]
    assert resolves == ["14 11:00 ana: resolve", "14 13:00 ana: resolve", "14 15:00 sofia: resolve"]


def test_what_is_late_under_the_new_severity_is_told_at_once() -> None:
    work = Clockwork.of(only(filed(now=at("17:30")), ACKNOWLEDGE))
    work.until(at("19:00"))
    work.act(change_severity(work.case, SEVERE, "", MINOR, moment(ANA, at("19:00"))))
    work.cases[1042] = only(work.case, ACKNOWLEDGE)
    assert lines(work.until(at("20:00"))) == [
        "12 19:00 ana: acknowledge",
        "12 19:00 sofia: acknowledge",
        "12 19:15 maria: acknowledge",
        "12 19:30 david: acknowledge",
        "12 20:00 david: acknowledge",
    ]


def test_earned_pauses_are_kept() -> None:
    held = take_charge(filed(), moment(SOFIA, LATER)).case
    held = tried(held, Attempt.PHONE, "", moment(SOFIA, LATER)).case
    deadline = changed(held, SEVERE).deadline(ACKNOWLEDGE)
    assert deadline is not None
    assert deadline.hold_until == LATER + minutes(15)
    assert deadline.rest_until == LATER + minutes(20)


def test_kept_promises_stay_kept() -> None:
    case = contact(filed(), SPOKE, moment(ANA, LATER)).case
    assert "acknowledge" not in dues(changed(case, SEVERE))
    assert "acknowledge" not in previewed(case, SEVERE)


def test_after_it_is_settled_only_the_severity_changes() -> None:
    case = resolve(filed(), "Done", Remedy.NONE, True, moment(ANA, LATER)).case
    assert dues(changed(case, SEVERE)) == dues(case) == {"follow_up": "26 10:00"}


def test_reopened_and_severe_somebody_takes_charge() -> None:
    case = resolve(filed(), "Done", Remedy.NONE, True, moment(ANA, LATER)).case
    case = reopen(case, "Her lawyer wrote", moment(ANA, at("15:00"))).case
    assert dues(changed(case, SEVERE, now=at("15:00"))) == {
        "feedback": "13 15:00",
        "resolve": "14 15:00",
        "take_charge": "12 15:15",
    }


def test_where_the_clinic_promises_nothing_a_promise_comes_and_goes() -> None:
    def nothing_minor(tables: dict[str, Any]) -> None:
        tables["deadlines"]["feedback"]["within"] = {"1": "none", "2": "24h", "3": "24h"}

    clinic = clinic_where(nothing_minor)
    case = filed(clinic=clinic)
    assert case.deadline(FEEDBACK) is None
    raised = changed(case, MODERATE)
    assert dues(raised)["feedback"] == "13 13:00"
    assert changed(raised, MINOR).deadline(FEEDBACK) is None
    (change,) = [c for c in severity_changes(case, MODERATE, moment(ANA)) if c.kind is FEEDBACK]
    assert change == DueChange(FEEDBACK, None, at("13:00", 13))


def test_a_complaint_keeps_the_rules_it_was_filed_under() -> None:
    def hurried(tables: dict[str, Any]) -> None:
        tables["deadlines"]["resolve"]["within"] = {"1": "5h", "2": "5h", "3": "5h"}

    now = replace(moment(MARIA, LATER), clinic=clinic_where(hurried))
    outcome = change_severity(filed(), SEVERE, "", MINOR, now)
    assert dues(outcome.case)["resolve"] == "14 13:00"


# --------------------------------------------------------------------------------- who hears of it


def told(before: Severity, after: Severity, by: str, **away_: str) -> set[tuple[str, str]]:
    now = moment(by, LATER, absences=away(**away_))
    outcome = change_severity(filed(before), after, "", before, now)
    return {one for one in notices(outcome) if one[1] != "notice_step"}


@pytest.mark.parametrize(
    ("before", "after", "by", "expected"),
    [
        (MINOR, MODERATE, ANA, {(SOFIA, "notice_raised")}),
        (MINOR, MODERATE, BEN, {(ANA, "notice_severity"), (SOFIA, "notice_raised")}),
        (MINOR, MODERATE, SOFIA, {(ANA, "notice_severity")}),
        # Of severity 3 the managers are pinged.
        (MINOR, SEVERE, ANA, set()),
        (MODERATE, SEVERE, CHLOE, {(ANA, "notice_severity")}),
        (SEVERE, MINOR, DAVID, {(ANA, "notice_severity")}),
    ],
)
def test_the_owner_hears_of_it_and_of_severity_2_the_supervisor(
    before: Severity, after: Severity, by: str, expected: set[tuple[str, str]]
) -> None:
    assert told(before, after, by) == expected


def test_who_covers_for_the_supervisor_hears_of_it() -> None:
    assert told(MINOR, MODERATE, ANA, SOFIA=CHLOE) == {(CHLOE, "notice_raised")}


def test_a_privacy_case_that_becomes_severe_leaves_the_desks_channel() -> None:
    case = replace(filed(MODERATE, type=ComplaintType.PRIVACY), card=PostedCard(5, DESK))
    outcome = change_severity(case, SEVERE, "", MODERATE, moment(ANA, LATER))
    assert [(m.to, m.key, m.edits) for m in outcome.messages if m.to in (DESK, MANAGERS)] == [
        (DESK, "card_moved", 5),
        (MANAGERS, "card", None),
        (MANAGERS, "thread_severity_changed", None),
    ]
    assert changed(case, SEVERE).deadline(TAKE_CHARGE) is not None
