"""Resolved, followed up, closed; reopened or withdrawn: what each does to the promises."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flows_cast import (
    ANA,
    BEN,
    CUSTOM,
    DAVID,
    FOLLOW_UP,
    MARIA,
    MINOR,
    MODERATE,
    NINA,
    ONE,
    SEVERE,
    SOFIA,
    STRANGER,
    Clockwork,
    at,
    due,
    dues,
    filed,
    local,
    moment,
    notices,
    refusal,
    reminder,
    said,
)

from flows.acts import Evidence, contact, escalate, step_done
from flows.complaint import CameBack, How, Remedy, ReminderState, Severity, State
from flows.ending import (
    FollowUp,
    check_state,
    close,
    follow_up_at,
    follow_up_done,
    reopen,
    resolve,
    resolved,
    withdraw,
)
from flows.ports import Case, LivePing, Purpose
from flows.standing import Refused, Verb

SPOKE = Evidence(How.PHONE, "Mary Kay", "Sorry for the wait")
LATER = at("13:10")
CALLED = at("10:30", 26)
HAPPY = FollowUp("call", "All well", True, 5)
YES = CameBack.YES


def settled(case: Case | None = None, by: str = ANA) -> Case:
    """A complaint resolved ten minutes after it was filed."""
    return resolve(
        case or filed(), "A free mask", Remedy.COMPLIMENTARY, True, moment(by, LATER)
    ).case


def followed_up() -> Case:
    return follow_up_done(settled(), HAPPY, moment(ANA, CALLED)).case


def closed() -> Case:
    return close(followed_up(), "Say how long it takes", YES, moment(ANA, at("11:00", 26))).case


def withdrawn(case: Case | None = None) -> Case:
    return withdraw(case or filed(), "Filed twice", moment(ANA, LATER)).case


# --------------------------------------------------------------------------------------- resolving


@pytest.mark.parametrize(
    ("severity", "by"), [(MINOR, ANA), (MODERATE, ANA), (MODERATE, SOFIA), (SEVERE, MARIA)]
)
def test_resolving_keeps_every_promise_and_sets_the_follow_up(severity: Severity, by: str) -> None:
    case = follow_up_at(filed(severity), at("16:00"), moment(ANA)).case
    assert dues(settled(case, by)) == {"follow_up": "26 10:00"}
    assert all(d.met_at == LATER for d in settled(case, by).deadlines if d.kind is not FOLLOW_UP)


def test_the_follow_up_is_on_the_fourteenth_day_or_the_next_open_one() -> None:
    sunday = resolve(filed(), "Done", Remedy.NONE, True, moment(ANA, at("12:00", 16)))
    assert due(sunday.case, FOLLOW_UP) == "30 10:00"
    case = resolve(filed(), "Done", Remedy.NONE, True, moment(ANA, at("12:00", 14))).case
    assert due(case, FOLLOW_UP) == "29 10:00"


def test_resolving_records_what_was_given_and_whether_it_was_accepted() -> None:
    outcome = resolve(filed(), "A free mask", Remedy.COMPLIMENTARY, None, moment(ANA, LATER))
    complaint = outcome.case.complaint
    assert (complaint.state, complaint.resolved_at) == (State.RESOLVED, LATER)
    assert (complaint.remedy, complaint.remedy_accepted) == (Remedy.COMPLIMENTARY, None)
    assert outcome.entries[0].public == {"remedy": "complimentary", "accepted": "unknown"}
    assert outcome.entries[0].private == {"done": "A free mask"}


@pytest.mark.parametrize(("accepted", "word"), [(True, "yes"), (False, "no"), (None, "unknown")])
def test_accepted_is_yes_no_or_unknown(accepted: bool | None, word: str) -> None:
    outcome = resolve(filed(), "Done", Remedy.NONE, accepted, moment(ANA, LATER))
    assert outcome.entries[0].public["accepted"] == word
    assert outcome.case.complaint.remedy_accepted is accepted


def test_resolving_acknowledges_unless_somebody_had_done_so_before() -> None:
    complaint = settled().complaint
    assert complaint.acknowledged_at == LATER
    assert (complaint.acknowledged_by, complaint.acknowledged_how) == (ANA, "resolved")
    spoken = contact(filed(), SPOKE, moment(BEN, at("13:05"))).case
    complaint = settled(spoken).complaint
    assert complaint.acknowledged_at == at("13:05")
    assert (complaint.acknowledged_by, complaint.acknowledged_how) == (BEN, "phone")


def test_the_owner_is_told_when_somebody_else_resolves_or_withdraws() -> None:
    outcome = resolve(filed(), "Done", Remedy.NONE, True, moment(SOFIA, LATER))
    assert (ANA, "notice_resolved") in notices(outcome)
    own = resolve(filed(), "Done", Remedy.NONE, True, moment(ANA, LATER))
    assert (ANA, "notice_resolved") not in notices(own)
    assert (ANA, "notice_withdrawn") in notices(withdraw(filed(), "Twice", moment(SOFIA, LATER)))


@pytest.mark.parametrize(
    ("severity", "by", "no"),
    [
        (MINOR, BEN, "needs_supervisor"),
        (MODERATE, BEN, "needs_supervisor"),
        (SEVERE, ANA, "needs_manager"),
        (SEVERE, SOFIA, "needs_manager"),
        (MINOR, NINA, "not_found"),
        (MINOR, STRANGER, "not_found"),
    ],
)
def test_resolving_and_withdrawing_are_decisions(severity: Severity, by: str, no: str) -> None:
    case = filed(severity)
    assert refusal(resolve, case, "Done", Remedy.NONE, True, moment(by, LATER)) == no
    assert refusal(withdraw, case, "Filed twice", moment(by, LATER)) == no


def test_buttons_of_pings_go_with_the_promises() -> None:
    case = replace(
        filed(), pings=(LivePing(1, SOFIA, frozenset(d.kind for d in filed().deadlines)),)
    )
    outcome = resolve(case, "Done", Remedy.NONE, True, moment(ANA, LATER))
    assert outcome.case.pings == ()
    assert said(outcome, Purpose.EDIT, SOFIA) == ["edit"]


def test_resolved_alone_is_what_filing_a_settled_complaint_does() -> None:
    case = resolved(filed(), Remedy.APOLOGY, accepted=True, moment=moment(ANA, LATER))
    assert case.complaint == settled_with(Remedy.APOLOGY).complaint
    assert dues(case) == {"follow_up": "26 10:00"}


def settled_with(remedy: Remedy) -> Case:
    return resolve(filed(), "Said sorry", remedy, True, moment(ANA, LATER)).case


# ------------------------------------------------------------------------------- when to follow up


def test_before_it_is_settled_a_time_to_follow_up_is_a_reminder_to_call() -> None:
    outcome = follow_up_at(filed(), at("16:30", 16), moment(BEN, LATER))
    custom = outcome.case.deadline(CUSTOM)
    assert custom is not None
    assert (local(custom.due_at), custom.set_by, custom.what) == ("16 16:30", BEN, "contact")
    assert {k: v for k, v in dues(outcome.case).items() if k != "custom"} == dues(filed())


def test_afterwards_it_moves_the_follow_up() -> None:
    case = follow_up_at(settled(), at("15:00", 18), moment(ANA, LATER)).case
    assert due(case, FOLLOW_UP) == "18 15:00"
    assert len([d for d in case.deadlines if d.kind is FOLLOW_UP]) == 1


@pytest.mark.parametrize("case", [filed(), settled()])
def test_a_complaint_has_one_reminder_set_by_hand_and_it_rings_at_its_new_time(case: Case) -> None:
    work = Clockwork.of(follow_up_at(case, at("16:30", 16), moment(ANA, LATER)).case)
    work.until(at("17:00", 16))
    work.act(follow_up_at(work.case, at("11:00", 18), moment(ANA, at("17:00", 16)), moves=True))
    assert [d.due_at for d in work.case.deadlines if d.live and d.kind is CUSTOM] == [
        at("11:00", 18)
    ]
    heard = work.until(at("11:00", 18))
    rings = {(local(h.at), h.person) for h in heard if "custom" in str(h)}
    # A new one was handed on to Ben meanwhile; who set it hears of it all the same.
    assert rings in ({("18 11:00", ANA)}, {("18 11:00", ANA), ("18 11:00", BEN)})


# --------------------------------------------------------------------------------- following it up


@pytest.mark.parametrize(
    ("severity", "reached", "meets"),
    [
        (MINOR, "call", True),
        (MINOR, "message", True),
        (MINOR, "no", False),
        (MODERATE, "call", True),
        (MODERATE, "no", False),
        (SEVERE, "call", True),
        (SEVERE, "no", False),
    ],
)
def test_reaching_the_client_meets_the_follow_up(
    severity: Severity, reached: str, meets: bool
) -> None:
    case = settled(filed(severity), MARIA)
    found = FollowUp(reached, "Was busy", None, None)
    after = follow_up_done(case, found, moment(ANA, CALLED)).case
    assert (after.deadline(FOLLOW_UP) is None) is meets
    assert after.complaint.attempts == (0 if meets else 1)
    # A week later the owner is to close it, or on the next open day to try again.
    assert due(after, CUSTOM) == ("03 10:00" if meets else "27 10:00")
    if not meets:
        assert due(after, FOLLOW_UP) == "27 10:00"


def test_who_did_not_answer_is_called_again_when_that_was_said() -> None:
    at_four = FollowUp("no", "Voicemail is full", None, None, again=at("16:00", 29))
    after = follow_up_done(settled(), at_four, moment(ANA, CALLED)).case
    assert (due(after, FOLLOW_UP), due(after, CUSTOM)) == ("29 16:00", "29 16:00")
    reached = follow_up_done(after, HAPPY, moment(ANA, at("16:10", 29))).case
    assert reached.deadline(FOLLOW_UP) is None


@pytest.mark.parametrize("severity", [MODERATE, SEVERE])
def test_from_severity_2_on_the_follow_up_is_a_call(severity: Severity) -> None:
    case = settled(filed(severity), MARIA)
    found = FollowUp("message", "A heart", None, None)
    with pytest.raises(Refused) as no:
        follow_up_done(case, found, moment(ANA, CALLED))
    assert no.value.said.key == "refused.follow_up_needs_call"
    assert no.value.field == "reached"


def test_what_the_follow_up_found_is_kept() -> None:
    outcome = follow_up_done(settled(), HAPPY, moment(BEN, CALLED))
    complaint = outcome.case.complaint
    assert (complaint.rating, complaint.booked_again) == (5, True)
    assert complaint.state is State.RESOLVED
    assert outcome.entries[0].public == {"reached": "call", "rating": "5"}
    assert outcome.entries[0].private == {"outcome": "All well"}
    custom = outcome.case.deadline(CUSTOM)
    assert custom is not None
    assert (custom.what, custom.set_by) == ("close", ANA)


def test_the_reminder_to_close_waits_for_an_open_day() -> None:
    sunday = follow_up_done(settled(), HAPPY, moment(ANA, at("11:00", 14))).case
    assert due(sunday, CUSTOM) == "22 10:00"


def test_a_reminder_for_the_follow_up_is_done_with_it() -> None:
    case = follow_up_at(settled(), at("15:00", 18), moment(ANA, LATER)).case
    after = follow_up_done(case, HAPPY, moment(ANA, at("15:05", 18))).case
    assert dues(after) == {"custom": "25 10:00"}


# ----------------------------------------------------------------------------------------- closing


def test_closing_ends_everything_and_keeps_what_was_learned() -> None:
    outcome = close(followed_up(), "Say how long it takes", YES, moment(ANA, CALLED))
    complaint = outcome.case.complaint
    assert (complaint.state, complaint.closed_at, complaint.came_back) == (
        State.CLOSED,
        CALLED,
        YES,
    )
    assert dues(outcome.case) == {}
    assert outcome.entries[0].private == {"outcome": "Say how long it takes"}
    assert Clockwork.of(outcome.case).until(at("23:00", 30)) == []


# --------------------------------------------------------------------------- what makes sense when


@pytest.mark.parametrize(
    ("case", "verb", "no"),
    [
        (filed(), Verb.RESOLVE, None),
        (filed(), Verb.REOPEN, "not_finished"),
        (filed(), Verb.FOLLOW_UP_DONE, "not_resolved"),
        (filed(), Verb.CLOSE, "not_resolved"),
        (filed(), Verb.WITHDRAW, None),
        (settled(), Verb.RESOLVE, "already_resolved"),
        (settled(), Verb.REOPEN, None),
        (settled(), Verb.FOLLOW_UP_DONE, None),
        (settled(), Verb.CLOSE, "follow_up_open"),
        (settled(), Verb.WITHDRAW, None),
        (followed_up(), Verb.FOLLOW_UP_DONE, "follow_up_logged"),
        (followed_up(), Verb.CLOSE, None),
        (closed(), Verb.RESOLVE, "finished"),
        (closed(), Verb.REOPEN, None),
        (closed(), Verb.CLOSE, "finished"),
        (closed(), Verb.WITHDRAW, "finished"),
        (closed(), Verb.FOLLOW_UP, "finished"),
        (closed(), Verb.NOTE, None),
        (closed(), Verb.OPEN, None),
        (withdrawn(), Verb.RESOLVE, "finished"),
        (withdrawn(), Verb.REOPEN, None),
        (withdrawn(), Verb.CLOSE, "finished"),
        (withdrawn(), Verb.CLAIM, "finished"),
    ],
)
def test_a_verb_makes_sense_or_not_in_a_state(case: Case, verb: Verb, no: str | None) -> None:
    if no is None:
        check_state(verb, case)
    else:
        assert refusal(check_state, verb, case) == no


def test_the_acts_themselves_say_no_as_well() -> None:
    now = moment(ANA, CALLED)
    assert refusal(resolve, settled(), "Done", Remedy.NONE, True, now) == "already_resolved"
    assert refusal(follow_up_at, closed(), CALLED, now) == "finished"
    assert refusal(follow_up_done, filed(), HAPPY, now) == "not_resolved"
    assert refusal(follow_up_done, followed_up(), HAPPY, now) == "follow_up_logged"
    assert refusal(close, settled(), "Nothing", YES, now) == "follow_up_open"
    assert refusal(reopen, filed(), "Why", now) == "not_finished"
    assert refusal(withdraw, withdrawn(), "Again", now) == "finished"


# --------------------------------------------------------------------------------------- reopening


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (MINOR, {"feedback": "30 11:00", "resolve": "30 11:00"}),
        (MODERATE, {"feedback": "30 11:00", "resolve": "01 11:00"}),
        (SEVERE, {"feedback": "30 11:00", "resolve": "01 11:00"}),
    ],
)
def test_reopening_starts_feedback_and_resolve_anew(
    severity: Severity, expected: dict[str, str]
) -> None:
    case = settled(filed(severity), MARIA)
    assert dues(reopen(case, "She called again", moment(ANA, at("11:00", 29))).case) == expected


def test_a_reopened_complaint_is_under_investigation_again() -> None:
    outcome = reopen(closed(), "She called again", moment(BEN, at("11:00", 29)))
    complaint = outcome.case.complaint
    assert complaint.state is State.INVESTIGATING
    assert (complaint.resolved_at, complaint.closed_at, complaint.remedy) == (None, None, None)
    assert (complaint.times_reopened, complaint.acknowledged_at) == (1, LATER)
    assert (ANA, "notice_reopened") in notices(outcome)
    again = settled(outcome.case)
    assert reopen(again, "Again", moment(ANA, CALLED)).case.complaint.times_reopened == 2


def test_withdrawn_before_anybody_had_spoken_with_the_client_it_begins_at_the_beginning() -> None:
    case = reopen(withdrawn(), "It was not twice", moment(ANA, at("15:00"))).case
    assert case.complaint.state is State.NEW
    assert dues(case) == {"acknowledge": "12 16:00", "feedback": "13 15:00", "resolve": "13 15:00"}


def test_withdrawn_after_a_contact_it_is_not_acknowledged_again() -> None:
    case = withdrawn(contact(filed(), SPOKE, moment(ANA, LATER)).case)
    case = reopen(case, "She changed her mind", moment(ANA, at("15:00"))).case
    assert case.complaint.state is State.INVESTIGATING
    assert set(dues(case)) == {"feedback", "resolve"}


def test_what_was_learned_in_the_assessment_stays_done_the_rest_is_looked_at_again() -> None:
    case = contact(filed(MODERATE), SPOKE, moment(SOFIA, LATER)).case
    for step in ("agree_plan", "pull_records"):
        case = step_done(case, step, "Done", moment(SOFIA, LATER)).case
    case = settled(case, SOFIA)
    assert reopen(case, "Again", moment(ANA, CALLED)).case.complaint.steps_done == ("agree_plan",)


def test_a_reopened_complaint_rings_again() -> None:
    work = Clockwork.of(reopen(settled(), "She called again", moment(ANA, at("11:00", 15))).case)
    assert [(local(h.at), h.person) for h in work.until(at("23:00", 16))] == [
        ("16 09:00", ANA),
        ("16 11:00", BEN),
        ("16 13:00", SOFIA),
    ]


# ------------------------------------------------------------------------------------- withdrawing


@pytest.mark.parametrize(("severity", "by"), [(MINOR, ANA), (MODERATE, SOFIA), (SEVERE, DAVID)])
def test_withdrawn_nothing_is_due_any_more(severity: Severity, by: str) -> None:
    case = follow_up_at(filed(severity), at("16:00"), moment(ANA)).case
    outcome = withdraw(case, "Filed twice", moment(by, LATER))
    assert outcome.case.complaint.state is State.WITHDRAWN
    assert outcome.case.complaint.closed_at == LATER
    assert dues(outcome.case) == {}
    assert all(d.met_at is None and d.dropped_at == LATER for d in outcome.case.deadlines)
    assert outcome.entries[0].private == {"reason": "Filed twice"}


def test_a_reminder_on_its_way_is_not_sent_any_more() -> None:
    asked = escalate(filed(), "Help", moment(ANA, ONE)).case
    waiting = replace(asked, reminders=(*asked.reminders, reminder(ANA)))
    after = withdraw(waiting, "Filed twice", moment(ANA, LATER)).case
    assert [r.state for r in after.reminders] == [ReminderState.SUPERSEDED, ReminderState.SENT]
