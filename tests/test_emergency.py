"""The medical-emergency gate: what begins it, who is told when, who may do what, what ends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flows_cast import (
    ANA,
    BEN,
    BOOK,
    CLINIC,
    DAVID,
    FOLLOW_UP,
    MARIA,
    MINOR,
    MODERATE,
    NINA,
    NOBODY_AWAY,
    OMAR,
    ONE,
    SEVERE,
    SOFIA,
    Absences,
    Clockwork,
    at,
    away,
    clinic_where,
    due,
    dues,
    filed,
    lines,
    moment,
    notices,
    only,
    refusal,
    told_of,
)
from pydantic import ValidationError

from flows import filing as filing_rules
from flows.acts import (
    Evidence,
    claim,
    contact,
    escalate,
    note,
    snooze,
    step_done,
    take_charge,
    tried,
)
from flows.buttons import buttons_of
from flows.complaint import (
    EMERGENCY,
    Attempt,
    CameBack,
    ComplaintType,
    Contact,
    DeadlineKind,
    How,
    Remedy,
    Severity,
    State,
    Via,
)
from flows.emergency import (
    Facts,
    alerted_first,
    all_clear,
    by_hand,
    calling,
    check_call,
    emergency_care,
    facts_added,
    missing,
)
from flows.ending import FollowUp, close, follow_up_done, reopen, resolve, withdraw
from flows.filing import Spoken
from flows.next_step import checklist, next_step
from flows.policy import Clinic
from flows.ports import Case, Outcome, Purpose
from flows.rules import EMERGENCY_RULES, Rules
from flows.severity import change_severity
from flows.standing import Refused, Staffing, may_give_all_clear
from flows.tick import Look

CALL, CLEAR = DeadlineKind.CLINICIAN_CALL, DeadlineKind.ALL_CLEAR
ALARM = "She can't see properly out of her left eye"
CALM = "Waited fifty minutes and nobody said sorry"
END = at("23:59", 30)
FIVE = at("13:05")


def emergency(by: str = ANA, now: datetime = ONE, **facts: Any) -> Case:
    """A complaint whose words tell of alarm signs, filed as a small thing."""
    return filed(facts.pop("severity", MINOR), by=by, now=now, story=ALARM, **facts)


def called(case: Case | None = None, by: str = OMAR, now: datetime = FIVE) -> Case:
    return calling(case or emergency(), moment(by, now)).case


def cleared(case: Case | None = None, by: str = OMAR, now: datetime = FIVE) -> Case:
    return all_clear(case or emergency(), "Dr. Haddad", "Seen, no danger", moment(by, now)).case


def pings(case: Case, end: datetime, absences: Absences = NOBODY_AWAY) -> list[str]:
    return lines(Clockwork.of(only(case, *EMERGENCY), absences=absences).until(end))


def kinds(outcome: Outcome) -> list[str]:
    return [entry.kind for entry in outcome.entries]


# ---------------------------------------------------------------------------------- how it begins


@pytest.mark.parametrize("severity", [MINOR, MODERATE, SEVERE])
@pytest.mark.parametrize("type_", ComplaintType)
def test_words_of_alarm_begin_it_whatever_was_chosen(
    severity: Severity, type_: ComplaintType
) -> None:
    case = emergency(severity=severity, type=type_)
    assert case.complaint.in_emergency
    assert case.complaint.emergency_at == ONE
    assert case.complaint.severity is SEVERE
    assert case.complaint.type is type_
    assert dues(case) == {
        "acknowledge": "12 14:00",
        "feedback": "13 13:00",
        "resolve": "14 13:00",
        "take_charge": "12 13:15",
        "clinician_call": "12 13:05",
        "all_clear": "12 13:35",
    }


def test_what_was_chosen_and_the_words_stay_in_the_history() -> None:
    outcome = filing_rules.file(told_of(MINOR, story=ALARM), moment(ANA))
    chosen, alarm = outcome.entries
    assert (chosen.kind, chosen.public["severity"]) == ("filed", "1")
    assert (alarm.kind, alarm.public) == ("emergency", {"before": "1"})
    assert alarm.private == {"words": "She can't see properly"}


def test_the_clock_of_an_emergency_does_not_begin_with_the_receipt() -> None:
    case = emergency(received_at=at("12:00"))
    assert due(case, CALL) == "12 13:05"


@pytest.mark.parametrize("facts", [{"happened": ALARM}, {"remedy_sought": ALARM}])
def test_the_other_words_of_the_form_count_too(facts: dict[str, Any]) -> None:
    assert filed(story=CALM, **facts).complaint.in_emergency


def test_at_night_and_on_closed_days_it_does_not_wait() -> None:
    case = emergency(now=at("03:00", 14))
    assert due(case, CALL) == "14 03:05"
    assert pings(case, at("03:03", 14)) == [
        "14 03:00 maria: clinician_call",
        "14 03:00 omar: clinician_call",
        "14 03:03 omar: clinician_call",
    ]


def test_nothing_is_settled_in_an_emergency() -> None:
    case = emergency(spoken=Spoken.SETTLED, via=Via.PHONE)
    assert case.complaint.state is State.ACKNOWLEDGED
    assert case.complaint.in_emergency


@pytest.mark.parametrize("via", [None, Via.REVIEW])
@pytest.mark.parametrize("spoken", [Spoken.YES, Spoken.SETTLED])
def test_a_talk_without_evidence_is_none_and_holds_nothing_up(
    spoken: Spoken, via: Via | None
) -> None:
    case = emergency(spoken=spoken, via=via)
    assert case.complaint.state is State.NEW
    assert case.complaint.in_emergency


def spoke(case: Case, words: str, by: str) -> Outcome:
    return contact(case, Evidence(How.PHONE, "Mary Kay", words), moment(by, FIVE))


def attempted(case: Case, words: str, by: str) -> Outcome:
    return tried(case, Attempt.MESSAGE, words, moment(by, FIVE))


def noted(case: Case, words: str, by: str) -> Outcome:
    return note(case, words, moment(by, FIVE))


def asked_for_help(case: Case, words: str, by: str) -> Outcome:
    return escalate(case, words, moment(by, FIVE))


def did_step(case: Case, words: str, by: str) -> Outcome:
    heard = contact(case, Evidence(How.PHONE, "Mary Kay", "Heard"), moment(ANA, FIVE)).case
    return step_done(heard, "check_one", words, moment(by, FIVE))


@pytest.mark.parametrize("write", [spoke, attempted, noted, asked_for_help, did_step])
def test_words_written_later_begin_it(write: Any) -> None:
    outcome = write(filed(), ALARM, BEN)
    case = outcome.case
    assert case.complaint.in_emergency
    assert case.complaint.severity is SEVERE
    assert dues(case)["clinician_call"] == "12 13:10"
    assert dues(case)["all_clear"] == "12 13:40"
    assert dues(case)["take_charge"] == "12 13:20"
    assert kinds(outcome)[-1] == "emergency"
    assert (ANA, "notice_emergency") in notices(outcome)
    assert not write(filed(), CALM, BEN).case.complaint.in_emergency


def settled(now: datetime = ONE) -> Case:
    return resolve(filed(), "Done", Remedy.APOLOGY, True, moment(ANA, now)).case


def followed_up() -> Case:
    return follow_up_done(settled(), FollowUp("yes", "Fine", None, 5), moment(ANA)).case


def closed() -> Case:
    return close(followed_up(), "Learned", CameBack.UNKNOWN, moment(ANA)).case


@pytest.mark.parametrize("before", [settled(), closed(), withdraw(filed(), "", moment(ANA)).case])
def test_what_was_finished_is_taken_up_again(before: Case) -> None:
    outcome = note(before, ALARM, moment(ANA, FIVE))
    complaint = outcome.case.complaint
    assert kinds(outcome) == ["noted", "reopened", "emergency"]
    assert complaint.state in (State.INVESTIGATING, State.NEW)
    assert complaint.times_reopened == 1
    assert outcome.case.deadline(FOLLOW_UP) is None
    assert {"clinician_call", "all_clear", "take_charge", "feedback"} <= dues(outcome.case).keys()


def test_what_the_follow_up_finds_begins_it_too() -> None:
    found = FollowUp("yes", "Her sight is blurry since yesterday", None, None)
    case = follow_up_done(settled(), found, moment(ANA, FIVE)).case
    assert case.complaint.state is State.INVESTIGATING
    assert case.complaint.in_emergency
    assert case.deadline(DeadlineKind.CUSTOM) is None


def test_the_reason_to_reopen_begins_it_too() -> None:
    outcome = reopen(settled(), ALARM, moment(ANA, FIVE))
    assert kinds(outcome) == ["reopened", "emergency"]
    assert outcome.case.complaint.times_reopened == 1


def test_begun_twice_nothing_is_double() -> None:
    case = emergency()
    outcome = note(case, ALARM, moment(ANA, at("13:02")))
    assert kinds(outcome) == ["noted"]
    assert dues(outcome.case) == dues(case)
    assert outcome.case.complaint == case.complaint


def test_after_an_all_clear_new_words_begin_it_anew() -> None:
    case = note(cleared(called()), "Blurry again", moment(ANA, at("15:00"))).case
    complaint = case.complaint
    assert complaint.in_emergency
    assert (complaint.called_at, complaint.called_by, complaint.all_clear_at) == (None, None, None)
    assert dues(case)["clinician_call"] == "12 15:05"


def test_by_hand_anybody_who_sees_it_can_begin_it() -> None:
    outcome = by_hand(filed(), "Something is wrong with her eye", moment(BEN, FIVE))
    assert outcome.case.complaint.in_emergency
    assert outcome.entries[-1].private == {"words": "Something is wrong with her eye"}
    assert notices(outcome) == {(ANA, "notice_emergency")}
    again = by_hand(outcome.case, "It gets no better", moment(BEN, at("13:06")))
    assert kinds(again) == ["noted"]
    assert dues(again.case) == dues(outcome.case)
    assert refusal(by_hand, filed(about_staff=BEN), "", moment(BEN)) == "not_found"


def test_rules_from_before_there_were_emergencies_know_them_all_the_same() -> None:
    older = json.loads(CLINIC.rules.model_dump_json())
    for kind in EMERGENCY:
        del older["deadlines"][kind]
    rules = Rules.model_validate_json(json.dumps(older))
    assert {kind: rules.deadlines[kind] for kind in EMERGENCY} == dict(EMERGENCY_RULES)
    case = note(replace(filed(), rules=rules), ALARM, moment(ANA, FIVE)).case
    assert due(case, CALL) == "12 13:10"


def test_an_older_clinic_file_has_the_usual_rules_of_an_emergency() -> None:
    def older(tables: dict[str, Any]) -> None:
        del tables["deadlines"]["clinician_call"], tables["deadlines"]["all_clear"]

    assert clinic_where(older).rules == CLINIC.rules


# ------------------------------------------------------------------------------ who is told when


def test_when_nobody_acts_they_are_told_until_somebody_does() -> None:
    assert pings(emergency(), at("13:15")) == [
        "12 13:00 maria: clinician_call",
        "12 13:00 omar: clinician_call",
        "12 13:03 omar: clinician_call",
        "12 13:05 david: clinician_call",
        *(
            f"12 13:{minute} {name}: clinician_call"
            for minute in (10, 15)
            for name in ("maria", "david", "omar")
        ),
    ]


def test_without_the_all_clear_they_are_told_every_half_hour() -> None:
    assert pings(called(), at("14:36")) == [
        "12 13:35 maria: all_clear",
        "12 13:35 omar: all_clear",
        "12 13:38 omar: all_clear",
        "12 13:40 david: all_clear",
        *(
            f"12 {time} {name}: all_clear"
            for time in ("14:05", "14:35")
            for name in ("maria", "david", "omar")
        ),
    ]


def test_it_never_ends_by_itself() -> None:
    work = Clockwork.of(only(emergency(), CALL))
    heard = lines(work.until(at("13:00", 13)))
    assert len(heard) == 4 + 3 * (24 * 12 - 1)
    assert heard[-1] == "13 13:00 omar: clinician_call"
    keys = [(r.rung, r.round, r.recipient) for r in work.case.reminders]
    assert len(keys) == len(set(keys))


def test_with_the_managers_quarter_of_an_hour_it_is_one_ping() -> None:
    heard = Clockwork.of(emergency()).until(ONE)
    assert lines(heard) == [
        "12 13:00 maria: take_charge clinician_call",
        "12 13:00 omar: clinician_call",
    ]


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        # With no clinician there the managers are told in place, then the director.
        (
            away(OMAR),
            [
                "13:00 maria in_place:clinician",
                "13:03 maria in_place:clinicians",
                "13:05 david on_duty",
                "13:10 maria in_place:clinicians",
                "13:10 david all",
            ],
        ),
        (
            away(OMAR, MARIA),
            [
                "13:00 david in_place:clinician",
                "13:03 david in_place:clinicians",
                "13:05 david on_duty",
                "13:10 david in_place:clinicians",
            ],
        ),
        # Who covers for a clinician without being one is no clinician.
        (
            away(OMAR=BEN),
            [
                "13:00 maria in_place:clinician",
                "13:03 maria in_place:clinicians",
                "13:05 david on_duty",
                "13:10 maria in_place:clinicians",
                "13:10 david all",
            ],
        ),
    ],
)
def test_with_nobody_on_duty(absences: Absences, expected: list[str]) -> None:
    heard = Clockwork.of(only(emergency(), CALL), absences=absences).until(at("13:10"))
    told = [
        f"{str(one).split()[1]} {one.person.removeprefix('U0').lower()} {one.items[1042]['why']}"
        for one in heard
    ]
    assert told == [line.replace(" all", " on_duty") for line in expected]


def test_the_clinician_concerned_is_never_told() -> None:
    work = Clockwork.of(only(emergency(about_staff=OMAR), *EMERGENCY))
    people = {one.person for one in work.until(at("14:00"))}
    assert people == {MARIA, DAVID}


def two_clinicians(tables: dict[str, Any]) -> None:
    second = {"name": "Dr. Lee", "role": "clinician", "reports_to": "U0SOFIA"}
    third = {**second, "name": "Dr. Uptown", "locations": ["uptown"]}
    tables["people"] |= {"U0LEE": second, "U0UP": third}


def test_the_one_on_duty_is_told_first_then_all_who_work_there() -> None:
    clinic = clinic_where(two_clinicians)
    case = emergency(clinic=clinic)
    staffing = Staffing(case.complaint, clinic, {})
    assert [t.person for t in staffing.tell("clinician")] == [OMAR]
    assert [t.person for t in staffing.tell("clinicians")] == [OMAR, "U0LEE"]
    staffing = Staffing(case.complaint, clinic, away(OMAR))
    assert [t.person for t in staffing.tell("clinician")] == ["U0LEE"]
    reached = staffing.above("clinician", frozenset({"U0LEE"}))
    assert [t.person for t in reached] == [MARIA]
    staffing = Staffing(case.complaint, clinic, {})
    assert [t.person for t in staffing.above("clinician", frozenset({OMAR}))] == ["U0LEE"]


def test_after_an_outage_one_ping_stands_for_all_that_were_missed() -> None:
    work = Clockwork.of(only(emergency(), CALL))
    late = at("16:02")
    assert sorted(lines(work.at(late))) == [
        "12 16:02 david: clinician_call",
        "12 16:02 maria: clinician_call",
        "12 16:02 omar: clinician_call",
    ]
    assert work.at(late + timedelta(seconds=1)) == []
    assert lines(work.until(at("16:05"))) == [
        "12 16:05 maria: clinician_call",
        "12 16:05 david: clinician_call",
        "12 16:05 omar: clinician_call",
    ]


def test_an_outage_between_two_repetitions_changes_no_later_time() -> None:
    work = Clockwork.of(only(emergency(), CALL))
    work.until(at("13:10"))
    assert len(work.at(at("15:59"))) == 3
    assert lines(work.until(at("16:00")))[0] == "12 16:00 maria: clinician_call"


def test_missed_with_others_it_is_no_row_of_a_list() -> None:
    other = filed(SEVERE, now=at("12:55"), number=1043)
    heard = Clockwork.of(emergency(), other).at(at("13:20"))
    of_maria = [one.message.key for one in heard if one.person == MARIA]
    assert sorted(of_maria) == ["ping", "ping"]


def test_no_snooze_holds_it_back() -> None:
    work = Clockwork.of(take_charge(emergency(), moment(MARIA)).case)
    work.until(ONE)
    work.act(snooze(work.case, "busy", moment(MARIA, at("13:01"))))
    assert "12 13:10 maria: clinician_call" in lines(work.until(at("13:10")))


def test_the_owners_pings_to_speak_with_the_client_go_on() -> None:
    heard = [line for line in lines(Clockwork.of(called()).until(at("14:00"))) if "ana" in line]
    assert heard == [
        "12 13:30 ana: acknowledge",
        "12 13:50 ana: acknowledge",
        "12 14:00 ana: acknowledge",
    ]


def test_the_channel_hears_no_repetition() -> None:
    work = Clockwork.of(only(emergency(), CALL))
    said = []
    for minute in ("13:00", "13:03", "13:05", "13:10", "13:15"):
        done = Look([work.case], CLINIC, {}, at(minute)).tick()
        said.append([m.key for m in done.changes[0][1].messages if m.purpose is Purpose.THREAD])
        work.at(at(minute))
    assert said == [["thread_reminded"]] * 3 + [[]] * 2


# ---------------------------------------------------------------------------------- who may do what


def answer(act: Any, person: str, case: Case, absences: Absences = NOBODY_AWAY) -> str:
    now = replace(moment(person, FIVE), absences=absences)
    arguments = ("Dr. Haddad", "No danger") if act is all_clear else ()
    try:
        act(case, *arguments, now)
    except Refused as no:
        return no.said.key.removeprefix("refused.")
    return "yes"


OMAR_AWAY = away(OMAR)


@pytest.mark.parametrize(
    ("person", "case", "absences", "call", "care", "clear"),
    [
        (OMAR, emergency(), NOBODY_AWAY, "yes", "yes", "yes"),
        (ANA, emergency(), NOBODY_AWAY, "clinician_calls", "yes", "needs_clinician"),
        (BEN, emergency(), NOBODY_AWAY, "clinician_calls", "yes", "needs_clinician"),
        (SOFIA, emergency(), NOBODY_AWAY, "clinician_calls", "yes", "needs_clinician"),
        (MARIA, emergency(), NOBODY_AWAY, "clinician_calls", "yes", "yes"),
        (DAVID, emergency(), NOBODY_AWAY, "clinician_calls", "yes", "yes"),
        (NINA, emergency(), NOBODY_AWAY, "not_found", "not_found", "not_found"),
        (MARIA, emergency(), OMAR_AWAY, "yes", "yes", "yes"),
        (DAVID, emergency(), OMAR_AWAY, "yes", "yes", "yes"),
        (SOFIA, emergency(), OMAR_AWAY, "clinician_calls", "yes", "needs_clinician"),
        # The clinician concerned: others call, and others give the all-clear.
        (OMAR, emergency(about_staff=OMAR), NOBODY_AWAY, "not_found", "not_found", "not_found"),
        (MARIA, emergency(about_staff=OMAR), NOBODY_AWAY, "yes", "yes", "yes"),
        # With a conflict of interest one may still say that the client is in care.
        (
            MARIA,
            emergency(about_staff=DAVID),
            NOBODY_AWAY,
            "conflict_of_interest",
            "yes",
            "conflict_of_interest",
        ),
        # Nobody else is left: who handles it by exception.
        (NINA, emergency(about_staff=DAVID), OMAR_AWAY, "yes", "yes", "yes"),
        (NINA, emergency(about_staff=DAVID), NOBODY_AWAY, "clinician_calls", "yes", "yes"),
    ],
)
def test_permissions(
    person: str, case: Case, absences: Absences, call: str, care: str, clear: str
) -> None:
    assert answer(calling, person, case, absences) == call
    assert answer(emergency_care, person, case, absences) == care
    assert answer(all_clear, person, case, absences) == clear


def test_a_clinician_is_alerted_also_when_it_is_about_their_superior() -> None:
    work = Clockwork.of(emergency(about_staff=SOFIA))
    assert OMAR in {one.person for one in work.until(FIVE)}
    assert answer(calling, OMAR, work.case) == "yes"
    assert answer(all_clear, OMAR, work.case) == "yes"


def test_who_is_said_to_be_alerted_is_who_the_clinic_file_says() -> None:
    assert alerted_first(emergency(), CLINIC, {}) == (MARIA, OMAR)

    def clinicians_first(tables: dict[str, Any]) -> None:
        tables["deadlines"]["clinician_call"] = {
            "within": {"1": "none", "2": "none", "3": "5m"},
            "ladder": [["start", "clinicians"], ["due", "managers"]],
            "again": ["5m", "director"],
        }

    clinic = clinic_where(clinicians_first)
    case = emergency(clinic=clinic)
    assert alerted_first(case, clinic, {}) == (OMAR,)
    assert {one.person for one in Clockwork.of(case, clinic=clinic).until(ONE)} >= {OMAR}


def test_who_was_alerted_in_place_may_act() -> None:
    def director_only(tables: dict[str, Any]) -> None:
        tables["people"] = {
            id_: {k: v for k, v in table.items() if k != "reports_to"}
            for id_, table in tables["people"].items()
            if id_ in (ANA, DAVID, NINA)
        }
        tables["locations"] = {"downtown": tables["locations"]["downtown"] | {"on_duty": [ANA]}}

    clinic = clinic_where(director_only)
    work = Clockwork.of(emergency(clinic=clinic, about_staff=DAVID), clinic=clinic)
    assert {one.person for one in work.until(ONE)} == {NINA}
    check_call(NINA, work.case, clinic, {})
    assert may_give_all_clear(NINA, work.case, clinic)
    assert not may_give_all_clear(ANA, work.case, clinic)


@pytest.mark.parametrize("act", [calling, emergency_care, all_clear])
@pytest.mark.parametrize(
    "case", [filed(SEVERE), cleared(), withdraw(cleared(), "Mistake", moment(MARIA)).case]
)
def test_without_an_open_emergency_there_is_nothing_to_do(act: Any, case: Case) -> None:
    assert answer(act, OMAR, case) == "no_emergency"


# ---------------------------------------------------------------------------- what is met and moves


def test_a_call_meets_the_call_and_the_all_clear_counts_from_it() -> None:
    outcome = calling(emergency(), moment(OMAR, at("13:04")))
    complaint = outcome.case.complaint
    assert (complaint.called_by, complaint.called_at) == (OMAR, at("13:04"))
    assert complaint.in_emergency
    assert outcome.case.deadline(CALL) is None
    assert due(outcome.case, CLEAR) == "12 13:34"
    assert notices(outcome) == {(ANA, "notice_calling")}
    assert complaint.acknowledged_at is None


def test_two_who_call_do_not_overrule_each_other() -> None:
    assert refusal(calling, called(), moment(OMAR, at("13:06"))) == "already_calling"


def test_emergency_care_meets_the_call_but_not_the_all_clear() -> None:
    outcome = emergency_care(emergency(), moment(BEN, at("13:04")))
    assert outcome.case.deadline(CALL) is None
    assert due(outcome.case, CLEAR) == "12 13:34"
    assert outcome.case.complaint.in_emergency
    assert outcome.case.complaint.called_at is None
    assert notices(outcome) == {(ANA, "notice_emergency_care")}
    assert refusal(emergency_care, outcome.case, moment(ANA, FIVE)) == "in_emergency_care"
    assert refusal(calling, outcome.case, moment(OMAR, FIVE)) == "in_emergency_care"


def test_called_first_and_sent_to_emergency_care_then() -> None:
    case = called()
    for minute in ("13:20", "13:30", "13:34"):  # however often it is pressed
        case = emergency_care(case, moment(ANA, at(minute))).case
    assert due(case, CLEAR) == "12 13:35"
    assert case.complaint.called_by == OMAR


@pytest.mark.parametrize("case", [emergency(), called()])
def test_the_all_clear_ends_it_and_the_ordinary_path_goes_on(case: Case) -> None:
    outcome = all_clear(case, "Dr. Haddad", "Seen, no danger", moment(OMAR, at("13:20")))
    complaint = outcome.case.complaint
    assert complaint.all_clear_at == at("13:20")
    assert not complaint.in_emergency
    assert complaint.severity is SEVERE
    assert dues(outcome.case).keys() == {"acknowledge", "feedback", "resolve", "take_charge"}
    assert outcome.entries[0].private == {"given_by": "Dr. Haddad", "said": "Seen, no danger"}
    assert notices(outcome) == {(ANA, "notice_all_clear")}
    assert pings(outcome.case, END) == []


def test_a_manager_records_who_gave_the_all_clear() -> None:
    case = emergency_care(emergency(), moment(ANA, FIVE)).case
    entry = all_clear(case, "The doctor at the hospital", "Home", moment(MARIA, FIVE)).entries[0]
    assert (entry.actor, entry.private["given_by"]) == (MARIA, "The doctor at the hospital")


def test_the_owner_hears_of_the_all_clear_once() -> None:
    case = take_charge(called(), moment(MARIA, FIVE)).case
    outcome = all_clear(case, "Dr. Haddad", "", moment(OMAR, at("13:20")))
    assert notices(outcome) == {(MARIA, "notice_all_clear")}


DECIDED: dict[str, Callable[[Case, str], Outcome]] = {
    "severity": lambda case, words: change_severity(
        case, SEVERE, words, case.complaint.severity, moment(ANA, FIVE)
    ),
    "resolved": lambda case, words: resolve(case, words, Remedy.APOLOGY, None, moment(ANA, FIVE)),
    "withdrawn": lambda case, words: withdraw(case, words, moment(ANA, FIVE)),
    "closed": lambda case, words: close(case, words, CameBack.UNKNOWN, moment(ANA, FIVE)),
    "facts": lambda case, words: facts_added(case, Facts(happened=words), moment(ANA, FIVE)),
}


@pytest.mark.parametrize("how", DECIDED)
def test_words_that_explain_a_decision_begin_it_too(how: str) -> None:
    case = followed_up() if how == "closed" else filed()
    outcome = DECIDED[how](case, ALARM)
    assert outcome.case.complaint.in_emergency
    assert outcome.case.complaint.severity is SEVERE
    assert not outcome.case.complaint.state.finished
    assert "emergency" in kinds(outcome)


def test_what_was_cleared_may_be_named_where_the_matter_is_settled() -> None:
    by, late = moment(MARIA, at("13:40")), moment(MARIA, at("13:50"))
    done = resolve(
        cleared(), "Her eye was seen by a doctor: she can't see well", Remedy.APOLOGY, None, by
    )
    assert not done.case.complaint.in_emergency
    again = note(done.case, "She can't see again", late)
    assert again.case.complaint.in_emergency, "what somebody only writes down begins it"
    other = resolve(cleared(), "She fainted when she heard it", Remedy.APOLOGY, None, by)
    assert other.case.complaint.in_emergency, "another sign begins it"


def test_facts_told_later_stand_in_every_alert() -> None:
    work = Clockwork.of(emergency(contact=None))
    work.until(ONE)
    assert missing(work.case, CLINIC) == ("treatment", "happened", "treated_by", "contact")
    facts = Facts("Lip filler", None, "Dr. Haddad", Contact("415 555 0132", "+14155550132"))
    outcome = facts_added(work.case, facts, moment(ANA, at("13:01")))
    assert missing(outcome.case, CLINIC) == ("happened",)
    assert outcome.case.complaint.treated_by == "Dr. Haddad"
    assert outcome.entries[0].private == {
        "treatment": "Lip filler",
        "treated_by": "Dr. Haddad",
        "contact": "415 555 0132",
    }
    assert outcome.entries[0].public == {}
    edited = {m.to for m in outcome.messages if m.purpose is Purpose.EDIT}
    assert edited == {OMAR, MARIA}
    assert len(outcome.case.pings) == 2


def test_nothing_told_is_no_history_and_no_number_is_none() -> None:
    case = emergency()
    assert facts_added(case, Facts(), moment(ANA)) == Outcome(case)
    vague = Facts(contact=Contact("the sister has it", None))
    assert refusal(facts_added, case, vague, moment(ANA)) == "no_contact_in_it"


def test_whoever_was_alerted_sees_what_others_do() -> None:
    work = Clockwork.of(emergency())
    work.until(ONE)
    outcome = calling(work.case, moment(OMAR, at("13:02")))
    edited = {m.to for m in outcome.messages if m.purpose is Purpose.EDIT}
    assert edited == {OMAR, MARIA}
    assert len(outcome.case.pings) == 2, "the all-clear is still to be pressed on it"
    outcome = all_clear(outcome.case, "Me", "", moment(OMAR, at("13:20")))
    assert {p.person for p in outcome.case.pings} == {MARIA}, "nobody is in charge yet"


# ------------------------------------------------------------------------------ what it holds up


@pytest.mark.parametrize("by", [ANA, MARIA, DAVID])
def test_nothing_is_settled_before_the_all_clear(by: str) -> None:
    no = refusal(resolve, called(), "Done", Remedy.REFUND, True, moment(by, FIVE))
    assert no == "emergency_open"
    resolve(cleared(), "Done", Remedy.REFUND, True, moment(MARIA, FIVE))


@pytest.mark.parametrize("to", [MINOR, MODERATE])
@pytest.mark.parametrize("by", [ANA, MARIA, DAVID])
def test_the_severity_is_not_lowered_before_the_all_clear(by: str, to: Severity) -> None:
    assert refusal(change_severity, called(), to, "", SEVERE, moment(by, FIVE)) == "emergency_open"


def test_afterwards_a_manager_lowers_it_with_a_reason() -> None:
    case = cleared()
    no = refusal(change_severity, case, MODERATE, "", SEVERE, moment(SOFIA, FIVE))
    assert no == "lowering_needs_manager"
    lowered = change_severity(case, MODERATE, "Expected", SEVERE, moment(MARIA, FIVE)).case
    assert lowered.complaint.severity is MODERATE


@pytest.mark.parametrize("by", [ANA, MARIA])
def test_nobody_withdraws_it_before_the_all_clear(by: str) -> None:
    assert refusal(withdraw, emergency(), "Mistake", moment(by, FIVE)) == "emergency_open"
    assert dues(withdraw(cleared(), "Filed twice", moment(MARIA, FIVE)).case) == {}


def test_reopened_after_the_all_clear_it_is_no_emergency() -> None:
    ended = withdraw(cleared(), "Filed twice", moment(MARIA, FIVE)).case
    assert not reopen(ended, "It was not", moment(ANA, FIVE)).case.complaint.in_emergency


@pytest.mark.parametrize("given_by", ["me", "Maria", "maria keller", "yo misma", "我", "我自己"])
def test_a_manager_records_who_gave_the_all_clear_and_never_gives_it(given_by: str) -> None:
    no = refusal(all_clear, emergency(), given_by, "Fine", moment(MARIA, FIVE))
    assert no == "who_gave_all_clear"
    assert not all_clear(emergency(), "I", "Fine", moment(OMAR, FIVE)).case.complaint.in_emergency


@pytest.mark.parametrize("act", [claim, take_charge])
def test_somebody_can_take_it_meanwhile(act: Any) -> None:
    case = act(emergency(), moment(MARIA, FIVE)).case
    assert case.complaint.owner == MARIA
    assert case.complaint.in_emergency


# ------------------------------------------------------------------------------------ the next step


def steps(case: Case) -> list[tuple[str, str]]:
    found = checklist(case.complaint, case.deadlines, BOOK, FIVE)
    return [(line.step, line.status.value) for line in found if line.status.value != "locked"]


def acknowledged() -> Case:
    return contact(filed(SEVERE), Evidence(How.PHONE, "", "Heard"), moment(ANA)).case


def investigating() -> Case:
    return reopen(settled(), "Not yet", moment(ANA)).case


@pytest.mark.parametrize(
    "begun",
    [
        emergency(),
        emergency(contact=None),
        note(acknowledged(), ALARM, moment(ANA)).case,
        note(investigating(), ALARM, moment(ANA)).case,
        note(settled(), ALARM, moment(ANA)).case,
    ],
)
def test_until_the_all_clear_nothing_else_is_next(begun: Case) -> None:
    late = at("13:00", 20)  # however late every other promise is
    for case, step, by in (
        (begun, "emergency_call", CALL),
        (called(begun), "emergency_all_clear", CLEAR),
        (emergency_care(begun, moment(ANA, FIVE)).case, "emergency_all_clear", CLEAR),
    ):
        for now in (FIVE, late):
            found = next_step(case.complaint, case.deadlines, BOOK, now)
            assert found is not None
            deadline = case.deadline(by)
            assert deadline is not None
            assert (found.step, found.by) == (step, deadline.due_at)
    after = cleared(called(begun))
    found = next_step(after.complaint, after.deadlines, BOOK, FIVE)
    assert found is not None
    assert not found.step.startswith("emergency")
    assert {("emergency_call", "done"), ("emergency_all_clear", "done")} < set(steps(after))


# ---------------------------------------------------------------------------------------- buttons


def test_a_ping_in_an_emergency_has_its_buttons_whatever_it_is_about() -> None:
    work = Clockwork.of(take_charge(emergency(), moment(MARIA)).case)
    work.until(at("13:30"))
    case = work.case
    for person in (MARIA, OMAR, DAVID):
        mine = [r for r in case.reminders if r.recipient == person]
        buttons = buttons_of(mine, person, case)
        assert buttons[:3] == ("calling", "all_clear", "emergency_care")
        assert buttons[-1] == "open"
        assert not {"assign", "snooze_busy"} & set(buttons)


# -------------------------------------------------------------------------- what a clinic may write


def clinic_with(change: Any) -> Clinic:
    return clinic_where(lambda tables: change(tables["deadlines"]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["clinician_call"]["within"].update({"1": "5m"}), 'has to be "none"'),
        (lambda d: d["all_clear"]["within"].update({"3": "none"}), "an emergency always has it"),
        (lambda d: d["all_clear"].pop("again"), "deadlines.all_clear.again: is missing"),
        (lambda d: d["resolve"].update(again=["5m", "owner"]), "is only for emergencies"),
        (lambda d: d["clinician_call"].update(again=["5m"]), "how often, then who is told"),
        (lambda d: d["clinician_call"].update(again=["often", "owner"]), "is not a duration"),
    ],
)
def test_what_contradicts_itself_is_refused_in_words(change: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clinic_with(change)
    assert words in str(caught.value)


def test_a_clinic_may_change_its_durations() -> None:
    def hurried(deadlines: dict[str, Any]) -> None:
        deadlines["clinician_call"] |= {
            "within": {"1": "none", "2": "none", "3": "20s"},
            "ladder": [["start", "clinicians"]],
            "again": ["10s", "director"],
        }

    clinic = clinic_with(hurried)
    work = Clockwork.of(only(emergency(clinic=clinic), CALL), clinic=clinic)
    heard = work.until(ONE + timedelta(seconds=40))
    assert [((one.at - ONE).seconds, one.person) for one in heard] == [
        (0, OMAR),
        (30, DAVID),
        (40, DAVID),
    ]
