"""What each verb of handling a complaint does, and when it says no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flows_cast import (
    ACKNOWLEDGE,
    ANA,
    BEN,
    CHLOE,
    CUSTOM,
    DAVID,
    DESK,
    FEEDBACK,
    MARIA,
    MINOR,
    MODERATE,
    NINA,
    NOBODY_AWAY,
    OMAR,
    ONE,
    RESOLVE,
    SEVERE,
    SOFIA,
    STRANGER,
    TAKE_CHARGE,
    Absences,
    Clockwork,
    at,
    away,
    dues,
    filed,
    lines,
    local,
    minutes,
    moment,
    notices,
    owned,
    refusal,
    reminder,
    said,
    with_deadlines,
)

from flows.acts import (
    Evidence,
    assign,
    claim,
    contact,
    escalate,
    note,
    opened,
    snooze,
    step_done,
    take_charge,
    tried,
)
from flows.change import Moment
from flows.complaint import (
    Attempt,
    Contact,
    Deadline,
    How,
    ReminderState,
    Severity,
    State,
)
from flows.ending import withdraw
from flows.next_step import next_step
from flows.ports import Case, LivePing, Outcome, Purpose
from flows.standing import Refused

SPOKE = Evidence(How.PHONE, "Mary Kay", "Sorry for the wait; she comes on Monday")
LATER = at("13:10")
PHONE, VOICEMAIL = Attempt.PHONE, Attempt.VOICEMAIL


def pinged(case: Case, *people: str) -> Case:
    """These people were pinged about the promise to speak with the client, with buttons."""
    return replace(
        case,
        reminders=tuple(reminder(person) for person in people),
        pings=tuple(LivePing(n, p, frozenset({ACKNOWLEDGE})) for n, p in enumerate(people, 1)),
    )


def heard() -> Case:
    """A minor complaint whose client was spoken with."""
    return contact(filed(), SPOKE, moment(ANA, LATER)).case


def ended() -> Case:
    return withdraw(filed(), "Filed twice", moment(ANA, LATER)).case


# ------------------------------------------------------------------------- what all have in common

VERBS: dict[str, Callable[[Case, Moment], Outcome]] = {
    "contact": lambda c, m: contact(c, SPOKE, m),
    "tried": lambda c, m: tried(c, PHONE, "Engaged", m),
    "claim": claim,
    "assign": lambda c, m: assign(c, CHLOE, m),
    "take_charge": take_charge,
    "snooze": lambda c, m: snooze(c, "busy", m),
    "escalate": lambda c, m: escalate(c, "I need help", m),
}


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_more_is_done_to_a_finished_complaint(verb: str) -> None:
    assert refusal(VERBS[verb], ended(), moment(MARIA, LATER)) == "finished"


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_does_anything_to_a_complaint_they_may_not_see(verb: str) -> None:
    for person in (OMAR, NINA, STRANGER):
        case = filed(about_staff=OMAR)
        assert refusal(VERBS[verb], case, moment(person, LATER)) == "not_found"


@pytest.mark.parametrize("verb", VERBS)
def test_every_act_is_history_with_its_actor_time_and_door(verb: str) -> None:
    outcome = VERBS[verb](filed(), moment(MARIA, LATER))
    (entry,) = outcome.entries
    assert (entry.actor, entry.at, entry.door) == (MARIA, LATER, "slack")


@pytest.mark.parametrize("verb", VERBS)
def test_every_act_redraws_the_card_and_the_home_tabs(verb: str) -> None:
    outcome = VERBS[verb](filed(), moment(MARIA, LATER))
    assert said(outcome, Purpose.CARD, DESK) == ["card"]
    homes = {m.to for m in outcome.messages if m.purpose is Purpose.HOME}
    assert {MARIA, ANA} <= homes


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("contact", "thread_contacted"),
        ("tried", "thread_tried"),
        ("claim", "thread_claimed"),
        ("assign", "thread_assigned"),
        ("take_charge", "thread_took_charge"),
        ("escalate", "thread_escalated"),
        ("snooze", None),
    ],
)
def test_the_thread_gets_a_line_without_the_clients_words(verb: str, told: str | None) -> None:
    outcome = VERBS[verb](filed(), moment(MARIA, LATER))
    threads = [m for m in outcome.messages if m.purpose is Purpose.THREAD]
    assert [m.key for m in threads] == ([told] if told else [])
    for line in threads:
        assert not set(outcome.entries[0].private) & set(line.facts)


def test_acting_answers_ones_own_ping_in_the_ledger() -> None:
    outcome = claim(pinged(filed(), ANA, SOFIA), moment(SOFIA, LATER))
    mine = {r.recipient: (r.seen_at, r.acted_at) for r in outcome.case.reminders}
    assert mine == {ANA: (None, None), SOFIA: (LATER, LATER)}


def test_a_kept_promise_takes_the_buttons_of_all_its_pings() -> None:
    outcome = contact(pinged(filed(), ANA, SOFIA), SPOKE, moment(ANA, LATER))
    assert outcome.case.pings == ()
    assert {(m.to, m.edits) for m in outcome.messages if m.key == "edit"} == {(ANA, 1), (SOFIA, 2)}


def test_a_promise_that_stays_open_keeps_the_buttons_and_shows_the_actor_what_changed() -> None:
    outcome = tried(pinged(filed(), ANA, SOFIA), PHONE, "", moment(ANA, LATER))
    assert [ping.person for ping in outcome.case.pings] == [ANA, SOFIA]
    assert [(m.to, m.edits) for m in outcome.messages if m.key == "edit"] == [(ANA, 1)]


@pytest.mark.parametrize("verb", ["assign", "take_charge", "claim"])
def test_handing_over_takes_the_buttons_of_the_former_owner(verb: str) -> None:
    outcome = VERBS[verb](pinged(filed(), ANA, DAVID), moment(MARIA, LATER))
    assert [ping.person for ping in outcome.case.pings] == [DAVID]
    assert said(outcome, Purpose.EDIT, ANA) == ["edit"]


# ----------------------------------------------------------------------------------------- contact


def test_the_first_contact_acknowledges_with_its_evidence() -> None:
    outcome = contact(filed(), SPOKE, moment(BEN, LATER))
    complaint = outcome.case.complaint
    assert complaint.state is State.ACKNOWLEDGED
    assert (complaint.acknowledged_at, complaint.acknowledged_by) == (LATER, BEN)
    assert complaint.acknowledged_how == "phone"
    assert set(dues(outcome.case)) == {"feedback", "resolve"}
    (entry,) = outcome.entries
    assert entry.public == {"how": "phone", "first": "yes"}
    assert entry.private == {"spoke_with": "Mary Kay", "said": SPOKE.said}


def test_a_later_contact_meets_the_feedback_and_leaves_the_first_as_it_was() -> None:
    outcome = contact(heard(), SPOKE, moment(BEN, at("15:00")))
    assert outcome.case.complaint.acknowledged_at == LATER
    assert outcome.case.complaint.acknowledged_by == ANA
    assert set(dues(outcome.case)) == {"resolve"}
    assert outcome.entries[0].public["first"] == "no"


def test_a_third_contact_changes_no_promise() -> None:
    case = contact(heard(), SPOKE, moment(ANA, at("15:00"))).case
    assert dues(contact(case, SPOKE, moment(ANA, at("16:00"))).case) == dues(case)


@pytest.mark.parametrize(("what", "left"), [("contact", False), ("close", True)])
def test_a_contact_does_what_a_reminder_to_call_asked_for(what: str, left: bool) -> None:
    custom = Deadline(CUSTOM, ONE, at("16:00"), ONE, set_by=ANA, what=what)
    case = contact(with_deadlines(filed(), custom), SPOKE, moment(ANA, LATER)).case
    assert (case.deadline(CUSTOM) is not None) is left


# ------------------------------------------------------------------------------------------- tried


@pytest.mark.parametrize("how", [how for how in Attempt if how is not VOICEMAIL])
def test_an_attempt_is_counted_and_acknowledges_nothing(how: Attempt) -> None:
    outcome = tried(filed(), how, "Engaged", moment(ANA, LATER))
    complaint = outcome.case.complaint
    assert (complaint.attempts, complaint.acknowledged_at) == (1, None)
    assert complaint.state is State.NEW
    assert set(dues(outcome.case)) == {"acknowledge", "feedback", "resolve"}
    assert outcome.entries[0].public == {"how": how.value, "attempts": "1", "acknowledges": "no"}


def test_a_voicemail_left_acknowledges_and_is_marked_so() -> None:
    outcome = tried(filed(), VOICEMAIL, "", moment(ANA, LATER))
    complaint = outcome.case.complaint
    assert (complaint.state, complaint.acknowledged_how) == (State.ACKNOWLEDGED, "voicemail")
    assert set(dues(outcome.case)) == {"feedback", "resolve"}
    assert outcome.entries[0].public["acknowledges"] == "yes"
    spoken = contact(outcome.case, SPOKE, moment(ANA, at("15:00"))).case
    assert set(dues(spoken)) == {"resolve"}


def test_a_voicemail_after_a_talk_does_not_acknowledge_again() -> None:
    outcome = tried(heard(), VOICEMAIL, "", moment(BEN, at("15:00")))
    assert outcome.case.complaint.acknowledged_how == "phone"
    assert outcome.case.complaint.acknowledged_by == ANA
    assert outcome.entries[0].public["acknowledges"] == "no"


@pytest.mark.parametrize(
    ("severity", "now", "until"),
    [
        (MINOR, "13:10", "12 13:30"),
        (MINOR, "17:50", "13 09:10"),
        (SEVERE, "17:50", "12 18:10"),
    ],
)
def test_an_attempt_rests_the_owners_calls_for_twenty_minutes(
    severity: Severity, now: str, until: str
) -> None:
    case = tried(filed(severity, now=at("12:50")), PHONE, "", moment(ANA, at(now))).case
    rests = {d.kind: d.rest_until and local(d.rest_until) for d in case.deadlines}
    assert (rests[ACKNOWLEDGE], rests[FEEDBACK], rests[RESOLVE]) == (until, until, None)


# ------------------------------------------------------------------------ claim, assign, take over


def test_a_claim_makes_one_the_owner_and_tells_the_former() -> None:
    outcome = claim(filed(), moment(BEN, LATER))
    assert (outcome.case.complaint.owner, outcome.case.complaint.claimed_at) == (BEN, LATER)
    assert (ANA, "notice_taken") in notices(outcome)
    assert all(d.hold_until is None for d in outcome.case.deadlines)


def test_the_filer_may_claim_what_they_have_anyway() -> None:
    outcome = claim(filed(), moment(ANA, LATER))
    assert outcome.case.complaint.claimed_at == LATER
    assert (ANA, "notice_taken") not in notices(outcome)


@pytest.mark.parametrize(
    ("second", "no"), [(BEN, "already_yours"), (CHLOE, "taken"), (ANA, "taken"), (MARIA, "taken")]
)
def test_what_somebody_claimed_is_taken_and_the_second_is_told_who_and_when(
    second: str, no: str
) -> None:
    case = claim(filed(), moment(BEN, LATER)).case
    with pytest.raises(Refused) as refused:
        claim(case, moment(second, at("13:11")))
    assert refused.value.said.key == f"refused.{no}"
    assert refused.value.said.facts == {"person": BEN, "at": LATER}


def test_assigning_hands_over_and_tells_who_has_it_now() -> None:
    outcome = assign(filed(), BEN, moment(SOFIA, LATER))
    assert (outcome.case.complaint.owner, outcome.case.complaint.claimed_at) == (BEN, LATER)
    assert (BEN, "notice_assigned") in notices(outcome)
    assert dues(outcome.case) == dues(filed())
    assert all(d.hold_until is None for d in outcome.case.deadlines)
    assert outcome.entries[0].public == {"person": BEN}


@pytest.mark.parametrize(
    ("case", "person", "absences", "no"),
    [
        (filed(), ANA, NOBODY_AWAY, "already_theirs"),
        (filed(), STRANGER, NOBODY_AWAY, "not_in_clinic_file"),
        (filed(), BEN, away(BEN), "assign_away"),
        (filed(), BEN, away(BEN=CHLOE), "assign_away"),
        (filed(about_staff=OMAR), OMAR, NOBODY_AWAY, "assign_conflict"),
        (filed(about_staff=SOFIA), BEN, NOBODY_AWAY, "assign_conflict"),
        (filed(about_staff=MARIA), SOFIA, NOBODY_AWAY, "assign_conflict"),
    ],
)
def test_a_complaint_can_not_be_assigned_to(
    case: Case, person: str, absences: Absences, no: str
) -> None:
    by = DAVID if case.complaint.about_staff == MARIA else MARIA
    with pytest.raises(Refused) as refused:
        assign(case, person, moment(by, LATER, absences=absences))
    assert refused.value.said.key == f"refused.{no}"
    assert refused.value.field == "person"


@pytest.mark.parametrize(
    ("severity", "by", "no"),
    [
        (MINOR, BEN, "needs_supervisor"),
        (MODERATE, CHLOE, "needs_supervisor"),
        (SEVERE, SOFIA, "needs_manager"),
    ],
)
def test_handing_over_what_is_not_ones_own_is_for_those_above(
    severity: Severity, by: str, no: str
) -> None:
    assert refusal(assign, filed(severity), CHLOE, moment(by, LATER)) == no


def test_two_who_assign_at_once_do_not_overrule_each_other() -> None:
    case = assign(filed(), BEN, moment(SOFIA, LATER)).case
    with pytest.raises(Refused) as no:
        assign(case, CHLOE, moment(MARIA, LATER), shown_owner=ANA)
    assert no.value.said.key == "refused.handed_over_meanwhile"
    assert no.value.said.facts == {"person": BEN, "at": LATER}
    assert assign(case, CHLOE, moment(MARIA, LATER), shown_owner=BEN).case.complaint.owner == CHLOE


def test_handed_on_an_exception_ends() -> None:
    case = filed(about_staff=SOFIA, absences=away(MARIA))
    assert (case.complaint.owner, case.complaint.conflict_exception) == (DAVID, True)
    complaint = assign(case, MARIA, moment(DAVID, LATER)).case.complaint
    assert (complaint.owner, complaint.conflict_exception) == (MARIA, False)


def test_a_manager_who_takes_charge_owns_it_and_holds_the_acknowledgement() -> None:
    outcome = take_charge(filed(SEVERE), moment(MARIA, LATER))
    case = outcome.case
    assert (case.complaint.owner, case.complaint.claimed_at) == (MARIA, LATER)
    assert set(dues(case)) == {"acknowledge", "feedback", "resolve"}
    assert (ANA, "notice_taken") in notices(outcome)
    holds = {d.kind: d.hold_until for d in case.deadlines if d.live}
    assert holds == {ACKNOWLEDGE: LATER + minutes(15), FEEDBACK: None, RESOLVE: None}


def test_taking_charge_is_no_evidence_of_a_contact() -> None:
    complaint = take_charge(filed(SEVERE), moment(MARIA, LATER)).case.complaint
    assert (complaint.state, complaint.acknowledged_at) == (State.NEW, None)


@pytest.mark.parametrize(
    ("severity", "first", "second", "answer"),
    [
        # Of two who press at once the second is told who was first; only those above come after.
        (SEVERE, MARIA, DAVID, None),
        (SEVERE, DAVID, MARIA, "taken"),
        (SEVERE, MARIA, MARIA, "already_yours"),
        (MINOR, SOFIA, MARIA, None),
        (MINOR, SOFIA, DAVID, None),
        (MINOR, MARIA, SOFIA, "taken"),
        (MINOR, SOFIA, SOFIA, "already_yours"),
    ],
)
def test_after_somebody_took_charge(
    severity: Severity, first: str, second: str, answer: str | None
) -> None:
    case = take_charge(filed(severity), moment(first, LATER)).case
    if answer is None:
        assert take_charge(case, moment(second, at("13:11"))).case.complaint.owner == second
    else:
        assert refusal(take_charge, case, moment(second, at("13:11"))) == answer


def test_a_supervisor_takes_charge_of_what_staff_claimed() -> None:
    case = claim(filed(), moment(BEN, LATER)).case
    assert take_charge(case, moment(SOFIA, LATER)).case.complaint.owner == SOFIA


def test_a_manager_who_filed_or_claimed_a_severe_one_still_has_to_take_charge() -> None:
    case = claim(filed(SEVERE, by=MARIA), moment(MARIA, LATER)).case
    assert "take_charge" in dues(case)
    assert "take_charge" not in dues(take_charge(case, moment(MARIA, LATER)).case)


def test_who_was_given_a_severe_one_because_nobody_else_was_left_may_take_charge() -> None:
    case = filed(SEVERE, about_staff=DAVID)
    assert "take_charge" not in dues(take_charge(case, moment(NINA, LATER)).case)


# --------------------------------------------------------------------------------- notes and steps


def test_a_note_is_history_even_of_a_finished_complaint_and_private() -> None:
    outcome = note(ended(), "Her sister called", moment(BEN, LATER))
    assert outcome.entries[0].private == {"text": "Her sister called"}
    assert not outcome.entries[0].public
    assert outcome.case.complaint == ended().complaint


def test_the_last_step_of_the_assessment_moves_on_to_the_investigation() -> None:
    outcome = step_done(heard(), "check_one", "The rota says 20 minutes", moment(ANA, LATER))
    assert outcome.case.complaint.steps_done == ("check_one",)
    assert outcome.case.complaint.state is State.INVESTIGATING
    assert outcome.entries[0].public == {"step": "check_one"}
    assert outcome.entries[0].private == {"fact": "The rota says 20 minutes"}


def test_every_step_of_an_assessment_is_needed_and_in_its_order() -> None:
    case = take_charge(filed(SEVERE), moment(MARIA, LATER)).case
    case = contact(case, SPOKE, moment(MARIA, LATER)).case
    for step in ("secure_records", "one_voice"):
        assert case.complaint.state is State.ACKNOWLEDGED
        case = step_done(case, step, "Done", moment(MARIA, LATER)).case
    assert case.complaint.state is State.INVESTIGATING


@pytest.mark.parametrize(
    ("case", "step", "no"),
    [
        (filed(), "check_one", "step_moved_on"),
        (heard(), "secure_records", "step_moved_on"),
        (heard(), "no_such_step", "step_moved_on"),
        (filed(), "call", "step_done_by_verb"),
        (ended(), "call", "step_moved_on"),
    ],
)
def test_a_step_is_marked_done_only_when_it_is_the_next_one(case: Case, step: str, no: str) -> None:
    assert refusal(step_done, case, step, "Done", moment(ANA, LATER)) == no


def test_a_number_that_was_found_is_the_clients_from_then_on() -> None:
    number = Contact("415 555 0132", "+14155550132")
    case = step_done(filed(contact=None), "get_contact", number.typed, moment(ANA, LATER), number)
    assert case.case.complaint.contact == number
    found = next_step(case.case.complaint, case.case.deadlines, moment(ANA).playbook, LATER)
    assert found is not None
    assert found.step == "call"


def test_words_without_a_number_are_no_way_to_reach_the_client() -> None:
    vague = Contact("ask her sister", None)
    act = (filed(contact=None), "get_contact", vague.typed, moment(ANA, LATER), vague)
    assert refusal(step_done, *act) == "no_contact_in_it"


def test_whose_step_is_next_is_told() -> None:
    outcome = contact(filed(MODERATE), SPOKE, moment(ANA, LATER))
    assert (SOFIA, "notice_step") in notices(outcome)
    own = contact(filed(MODERATE), SPOKE, moment(SOFIA, LATER))
    assert (SOFIA, "notice_step") not in notices(own)


# ------------------------------------------------------------------------------------------ snooze


@pytest.mark.parametrize(
    ("severity", "now", "until"),
    [
        (MINOR, "13:31", "12 13:41"),
        (MINOR, "17:55", "13 09:05"),
        (SEVERE, "17:55", "12 18:05"),
    ],
)
def test_a_snooze_is_ten_minutes(severity: Severity, now: str, until: str) -> None:
    case = pinged(filed(severity, now=at("12:59")), ANA)
    outcome = snooze(case, "busy", moment(ANA, at(now)))
    (mine,) = outcome.case.snoozes
    assert (mine.person, mine.times, local(mine.until)) == (ANA, 1, until)
    assert outcome.entries[0].public == {"reason": "busy", "until": mine.until.isoformat()}


def test_a_snooze_is_allowed_twice_and_one_at_a_time() -> None:
    case = pinged(filed(), ANA)
    case = snooze(case, "busy", moment(ANA, at("13:31"))).case
    assert refusal(snooze, case, "busy", moment(ANA, at("13:35"))) == "already_snoozed"
    case = snooze(case, "calling", moment(ANA, at("13:41"))).case
    assert [(s.person, s.times) for s in case.snoozes] == [(ANA, 2)]
    assert refusal(snooze, case, "waiting", moment(ANA, at("13:55"))) == "no_snooze_left"


def test_each_person_has_their_own_snoozes() -> None:
    case = snooze(pinged(filed(), ANA, SOFIA), "busy", moment(ANA, at("13:31"))).case
    case = snooze(case, "busy", moment(SOFIA, at("13:32"))).case
    assert {s.person: s.times for s in case.snoozes} == {ANA: 1, SOFIA: 1}


def test_what_was_snoozed_comes_back_once_for_each_time() -> None:
    case = snooze(pinged(filed(), ANA), "busy", moment(ANA, at("13:31"))).case
    again = [r for r in case.reminders if r.state is ReminderState.WAITING]
    assert [(r.rung, r.round, r.recipient, local(r.send_at)) for r in again] == [
        ("snoozed", 1, ANA, "12 13:41")
    ]
    case = snooze(case, "busy", moment(ANA, at("13:41"))).case
    assert [(r.rung, r.round) for r in case.reminders if r.rung == "snoozed"] == [
        ("snoozed", 1),
        ("snoozed", 2),
    ]


def test_after_a_contact_nothing_comes_back() -> None:
    case = snooze(pinged(filed(), ANA), "calling", moment(ANA, at("13:31"))).case
    case = contact(case, SPOKE, moment(ANA, at("13:35"))).case
    assert lines(Clockwork.of(case).until(at("17:00"))) == []
    assert [r.state for r in case.reminders if r.rung == "snoozed"] == [ReminderState.SUPERSEDED]


# ---------------------------------------------------------------------------------------- escalate


@pytest.mark.parametrize(
    ("case", "by", "absences", "expected"),
    [
        # The next rung above who was told so far, who owns it and who asks.
        (filed(), ANA, NOBODY_AWAY, (SOFIA, "escalate_supervisor")),
        (filed(), BEN, NOBODY_AWAY, (SOFIA, "escalate_supervisor")),
        (pinged(filed(), ANA, SOFIA), ANA, NOBODY_AWAY, (MARIA, "escalate_manager")),
        (pinged(filed(), MARIA), ANA, NOBODY_AWAY, (DAVID, "escalate_director")),
        (pinged(filed(), DAVID), ANA, NOBODY_AWAY, (DAVID, "escalate_director")),
        (filed(), SOFIA, NOBODY_AWAY, (MARIA, "escalate_manager")),
        (filed(), MARIA, NOBODY_AWAY, (DAVID, "escalate_director")),
        (filed(by=SOFIA), SOFIA, NOBODY_AWAY, (MARIA, "escalate_manager")),
        (owned(filed(), MARIA), ANA, NOBODY_AWAY, (DAVID, "escalate_director")),
        # Somebody away is covered or passed over; the person concerned is never asked.
        (filed(), ANA, away(SOFIA), (MARIA, "escalate_supervisor")),
        (filed(), ANA, away(SOFIA=BEN), (BEN, "escalate_supervisor")),
        (filed(about_staff=SOFIA), ANA, NOBODY_AWAY, (DAVID, "escalate_director")),
        (filed(about_staff=DAVID), ANA, NOBODY_AWAY, (NINA, "escalate_supervisor")),
    ],
)
def test_asking_for_help_tells(
    case: Case, by: str, absences: Absences, expected: tuple[str, str]
) -> None:
    outcome = escalate(case, "She shouts", moment(by, LATER, absences=absences))
    (asked,) = [r for r in outcome.case.reminders if r.rung.startswith("escalate_")]
    assert (asked.recipient, asked.rung) == expected
    assert (asked.why, asked.send_at) == (f"escalated:{by}", LATER)
    assert outcome.entries[0].private == {"reason": "She shouts"}
    assert outcome.entries[0].public == {"people": expected[0]}


def test_who_was_asked_is_pinged_at_once() -> None:
    work = Clockwork.of(filed())
    work.act(escalate(work.case, "She shouts", moment(ANA, LATER)))
    (ping,) = work.at(LATER)
    assert (ping.person, ping.items[1042]["why"]) == (SOFIA, f"escalated:{ANA}")


def test_asked_again_and_again_it_goes_up_and_at_the_top_it_comes_again() -> None:
    work = Clockwork.of(filed())
    told = []
    for minute in range(4):
        now = at(f"13:{10 + minute}")
        work.act(escalate(work.case, "She shouts", moment(ANA, now)))
        told += [h.person for h in work.at(now)]
    assert told == [SOFIA, MARIA, DAVID, DAVID]
    assert [(r.rung, r.round) for r in work.case.reminders][-1] == ("escalate_director", 2)


def test_above_the_director_nobody_can_be_asked() -> None:
    assert refusal(escalate, filed(), "Help", moment(DAVID, LATER)) == "nobody_above"


def test_help_is_asked_for_with_the_promise_that_is_due_first() -> None:
    outcome = escalate(heard(), "She shouts", moment(ANA, LATER))
    assert [r.deadline for r in outcome.case.reminders] == [FEEDBACK]
    severe = escalate(filed(SEVERE), "She shouts", moment(ANA, LATER))
    assert [r.deadline for r in severe.case.reminders] == [TAKE_CHARGE]


def test_with_nothing_due_there_is_nothing_to_ask_for() -> None:
    case = with_deadlines(filed())
    assert refusal(escalate, case, "Help", moment(ANA, LATER)) == "nothing_to_escalate"


# -------------------------------------------------------------------------------------- opening it


def test_opening_is_recorded_and_counts_as_having_seen_it_but_not_as_having_acted() -> None:
    outcome = opened(pinged(filed(), ANA), moment(ANA, LATER))
    assert [entry.kind for entry in outcome.entries] == ["opened"]
    assert [(r.seen_at, r.acted_at) for r in outcome.case.reminders] == [(LATER, None)]
    assert outcome.messages == ()
    again = opened(outcome.case, moment(ANA, at("13:20"))).case
    assert again.reminders[0].seen_at == LATER


def test_a_finished_complaint_can_still_be_read_and_never_by_the_person_concerned() -> None:
    assert opened(ended(), moment(BEN, LATER)).entries
    assert refusal(opened, filed(about_staff=OMAR), moment(OMAR, LATER)) == "not_found"
