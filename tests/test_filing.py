"""How a complaint comes into being: what starts, who hears of it, and where its card stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flows_cast import (
    ACKNOWLEDGE,
    ADMINS,
    ANA,
    BEN,
    CLINIC,
    DAVID,
    DESK,
    EVERYBODY,
    MANAGERS,
    MARIA,
    MINOR,
    MODERATE,
    NINA,
    NOBODY_AWAY,
    OMAR,
    ONE,
    SEVERE,
    SOFIA,
    STRANGER,
    Absences,
    Clockwork,
    at,
    away,
    dues,
    filed,
    lines,
    moment,
    notices,
    numbered,
    told_of,
)

from flows.complaint import ComplaintType, Entry, How, Remedy, Severity, State, Via
from flows.filing import Spoken, file
from flows.ladder import BOT
from flows.ports import Case, Outcome, PostedCard, Purpose
from flows.standing import Refused
from flows.telling import THREAD_KINDS, card_channel, card_messages, home_messages, thread_message

PRIVACY = ComplaintType.PRIVACY
YES, NO, SETTLED = Spoken.YES, Spoken.NO, Spoken.SETTLED
UPTOWN = "C0UPTOWN"


def tell(severity: Severity = MINOR, by: str = ANA, **facts: Any) -> Outcome:
    """Somebody files a complaint at one."""
    absences = facts.pop("absences", NOBODY_AWAY)
    return file(told_of(severity, **facts), moment(by, absences=absences))


# -------------------------------------------------------------------------------- what is promised


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (MINOR, {"acknowledge": "12 14:00", "feedback": "13 13:00", "resolve": "13 13:00"}),
        (MODERATE, {"acknowledge": "12 14:00", "feedback": "13 13:00", "resolve": "15 10:00"}),
        (
            SEVERE,
            {
                "acknowledge": "12 14:00",
                "feedback": "13 13:00",
                "resolve": "14 13:00",
                "take_charge": "12 13:15",
            },
        ),
    ],
)
def test_filing_starts_the_promises(severity: Severity, expected: dict[str, str]) -> None:
    assert dues(tell(severity).case) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("12:30", {"acknowledge": "12 13:30", "feedback": "13 12:30", "resolve": "14 12:30"}),
        ("09:00", {"acknowledge": "12 10:00", "feedback": "13 09:00", "resolve": "14 09:00"}),
    ],
)
def test_receipt_is_not_filing(received: str, expected: dict[str, str]) -> None:
    outcome = tell(SEVERE, received_at=at(received))
    assert dues(outcome.case) == {**expected, "take_charge": "12 13:15"}
    complaint = outcome.case.complaint
    assert (complaint.received_at, complaint.filed_at) == (at(received), ONE)


def test_a_complaint_received_when_we_were_closed_is_promised_from_the_opening() -> None:
    outcome = tell(received_at=at("20:00", 11))
    assert dues(outcome.case) == {
        "acknowledge": "12 10:00",
        "feedback": "13 10:00",
        "resolve": "13 10:00",
    }


def test_told_a_day_late_owner_and_supervisor_hear_at_once_and_nobody_twice() -> None:
    case = numbered(tell(received_at=at("10:00", 11)).case)
    assert lines(Clockwork.of(case).until(at("14:00"))) == [
        "12 13:00 ana: acknowledge feedback resolve",
        "12 13:00 sofia: acknowledge feedback resolve",
        "12 13:15 maria: acknowledge",
        "12 13:30 david: acknowledge",
        "12 14:00 david: acknowledge",
    ]


def test_a_complaint_is_new_and_the_filers_with_its_words_in_its_history() -> None:
    outcome = tell()
    complaint = outcome.case.complaint
    assert (complaint.state, complaint.owner, complaint.filed_by) == (State.NEW, ANA, ANA)
    assert complaint.rules_id == CLINIC.rules.id
    (entry,) = outcome.entries
    assert entry.kind == "filed"
    assert entry.public == {
        "type": "service",
        "severity": "1",
        "suggested_type": "service",
        "suggested_severity": "1",
        "kept": "no",
    }
    assert entry.private["story"] == "Waited fifty minutes and nobody said sorry"


@pytest.mark.parametrize(
    ("story", "severity", "kept"),
    [
        ("Client furious about the bill", MINOR, "yes"),
        ("Client furious about the bill", MODERATE, "no"),
        ("Client furious about the bill", SEVERE, "no"),
        ("hello there", MINOR, "no"),
        # In an emergency nobody is asked, so nothing is kept.
        ("Her lip went white after the filler", MINOR, "no"),
    ],
)
def test_a_lower_severity_than_suggested_is_remembered_as_kept(
    story: str, severity: Severity, kept: str
) -> None:
    assert tell(severity, story=story).entries[0].public["kept"] == kept


# ------------------------------------------------------------------ spoken with the client already


@pytest.mark.parametrize("via", [None, *Via])
def test_who_spoke_with_the_client_says_how(via: Via | None) -> None:
    spoken_by = {how.value for how in How}
    if via is not None and via.value in spoken_by:
        complaint = tell(spoken=YES, via=via).case.complaint
        assert (complaint.acknowledged_by, complaint.acknowledged_how) == (ANA, via.value)
    else:
        with pytest.raises(Refused) as no:
            tell(spoken=YES, via=via)
        assert (no.value.said.key, no.value.field) == ("refused.spoken_needs_via", "via")
    assert tell(spoken=NO, via=via).case.complaint.acknowledged_at is None


def test_spoken_while_filing_is_the_acknowledgement_with_the_story_as_what_was_said() -> None:
    outcome = tell(SEVERE, spoken=YES, via=Via.PHONE)
    assert outcome.case.complaint.state is State.ACKNOWLEDGED
    assert outcome.case.complaint.acknowledged_at == ONE
    assert set(dues(outcome.case)) == {"feedback", "resolve", "take_charge"}
    met = [(d.kind, d.met_at) for d in outcome.case.deadlines if d.met_at]
    assert met == [(ACKNOWLEDGE, ONE)]
    assert [entry.kind for entry in outcome.entries] == ["filed", "contacted"]
    assert outcome.entries[1].public == {"how": "phone", "first": "yes"}
    assert outcome.entries[1].private == {"said": outcome.case.complaint.story}


def test_what_was_said_late_is_still_said() -> None:
    outcome = tell(spoken=YES, via=Via.PHONE, received_at=at("10:00"))
    assert lines(Clockwork.of(numbered(outcome.case)).until(at("16:59"))) == []


def test_the_filer_is_the_speaker_even_where_somebody_else_gets_it() -> None:
    complaint = tell(spoken=YES, via=Via.IN_PERSON, about_staff=ANA).case.complaint
    assert (complaint.owner, complaint.acknowledged_by) == (SOFIA, ANA)


def test_a_minor_one_that_is_settled_is_resolved_in_the_same_act() -> None:
    outcome = tell(spoken=SETTLED, via=Via.IN_PERSON)
    complaint = outcome.case.complaint
    assert (complaint.state, complaint.resolved_at) == (State.RESOLVED, ONE)
    assert (complaint.remedy, complaint.remedy_accepted) == (Remedy.APOLOGY, True)
    assert (complaint.acknowledged_by, complaint.acknowledged_how) == (ANA, "in_person")
    assert dues(outcome.case) == {"follow_up": "26 10:00"}
    assert [entry.kind for entry in outcome.entries] == ["filed", "contacted", "resolved"]


@pytest.mark.parametrize(
    ("severity", "spoken", "via", "no", "field"),
    [
        (MODERATE, SETTLED, Via.PHONE, "settled_only_minor", "spoken"),
        (SEVERE, SETTLED, Via.PHONE, "settled_only_minor", "spoken"),
        (MINOR, SETTLED, None, "spoken_needs_via", "via"),
        (MINOR, SETTLED, Via.REVIEW, "spoken_needs_via", "via"),
        (SEVERE, SETTLED, Via.WEB, "spoken_needs_via", "via"),
    ],
)
def test_settled_is_refused(
    severity: Severity, spoken: Spoken, via: Via | None, no: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        tell(severity, spoken=spoken, via=via)
    assert (refused.value.said.key, refused.value.field) == (f"refused.{no}", field)


# --------------------------------------------------------------------------------- who hears of it


@pytest.mark.parametrize(
    ("severity", "by", "about", "absences", "expected"),
    [
        (MINOR, ANA, None, NOBODY_AWAY, set()),
        # Severity 2 also tells the supervisor; of severity 3 the managers are pinged.
        (MODERATE, ANA, None, NOBODY_AWAY, {(SOFIA, "notice_moderate")}),
        (MODERATE, ANA, None, away(SOFIA=BEN), {(BEN, "notice_moderate")}),
        (MODERATE, ANA, None, away(SOFIA), {(MARIA, "notice_moderate")}),
        (MODERATE, SOFIA, None, NOBODY_AWAY, {(MARIA, "notice_moderate")}),
        (MODERATE, DAVID, None, NOBODY_AWAY, set()),
        (SEVERE, ANA, None, NOBODY_AWAY, set()),
        # Who gets it from somebody else is told so, and only that.
        (MINOR, ANA, ANA, NOBODY_AWAY, {(SOFIA, "notice_given")}),
        (SEVERE, ANA, SOFIA, NOBODY_AWAY,
         {(MARIA, "notice_given"), (MARIA, "notice_restricted"), (DAVID, "notice_restricted")}),
        # An exception from the conflict rule is told to the admins.
        (MINOR, ANA, MARIA, NOBODY_AWAY,
         {(DAVID, "notice_given"), (DAVID, "notice_restricted"),
          (ADMINS, "admin_conflict_exception")}),
        (MINOR, DAVID, DAVID, NOBODY_AWAY,
         {(NINA, "notice_given"), (MARIA, "notice_restricted"),
          (ADMINS, "admin_conflict_exception")}),
    ],
)  # fmt: skip
def test_of_a_filing_hears(
    severity: Severity,
    by: str,
    about: str | None,
    absences: Absences,
    expected: set[tuple[str, str]],
) -> None:
    outcome = tell(severity, by=by, about_staff=about, absences=absences)
    assert notices(outcome) == expected


def test_an_exception_is_recorded() -> None:
    outcome = tell(about_staff=MARIA)
    assert outcome.case.complaint.conflict_exception
    assert [(e.kind, e.public) for e in outcome.entries][1] == ("owner_excepted", {"person": DAVID})


@pytest.mark.parametrize("about", EVERYBODY)
def test_the_person_concerned_hears_nothing(about: str) -> None:
    for severity in Severity:
        for by in (ANA, DAVID, STRANGER):
            messages = tell(severity, by=by, about_staff=about).messages
            told = {m.to for m in messages if m.purpose is not Purpose.HOME}
            assert about not in told


def test_filing_redraws_the_home_tabs_of_filer_and_owner() -> None:
    outcome = tell(about_staff=ANA)
    assert {m.to for m in outcome.messages if m.purpose is Purpose.HOME} == {ANA, SOFIA}


# ------------------------------------------------------------------------------ the card's channel


@pytest.mark.parametrize(
    ("severity", "type_", "about", "location", "channel"),
    [
        (MINOR, ComplaintType.SERVICE, None, "downtown", DESK),
        (SEVERE, ComplaintType.SAFETY, None, "downtown", DESK),
        (MINOR, PRIVACY, None, "downtown", DESK),
        (MODERATE, PRIVACY, None, "downtown", DESK),
        (MINOR, ComplaintType.SERVICE, None, "uptown", UPTOWN),
        # Severe privacy cases and complaints about staff stand in the managers' channel…
        (SEVERE, PRIVACY, None, "downtown", MANAGERS),
        (SEVERE, PRIVACY, None, "uptown", MANAGERS),
        (MINOR, ComplaintType.SERVICE, OMAR, "downtown", MANAGERS),
        (SEVERE, PRIVACY, BEN, "downtown", MANAGERS),
        (MINOR, ComplaintType.SERVICE, STRANGER, "downtown", MANAGERS),
        # … unless the person concerned reads it, or may well do.
        (MINOR, ComplaintType.SERVICE, SOFIA, "downtown", None),
        (MINOR, ComplaintType.SERVICE, MARIA, "downtown", None),
        (SEVERE, PRIVACY, DAVID, "downtown", None),
        (MINOR, ComplaintType.SERVICE, NINA, "downtown", None),
    ],
)
def test_the_card_stands_in(
    severity: Severity, type_: ComplaintType, about: str | None, location: str, channel: str | None
) -> None:
    outcome = tell(severity, type=type_, about_staff=about, location=location)
    assert card_channel(outcome.case.complaint, CLINIC) == channel
    cards = [m.to for m in outcome.messages if m.purpose is Purpose.CARD]
    assert cards == ([channel] if channel else [])


def test_whoever_was_invited_to_the_managers_channel_counts_as_reading_it() -> None:
    about_omar = filed(about_staff=OMAR).complaint
    assert card_channel(about_omar, CLINIC.knowing_members(frozenset({BEN}))) == MANAGERS
    assert card_channel(about_omar, CLINIC.knowing_members(frozenset({OMAR}))) is None


def placed(case: Case, channel: str) -> Case:
    return replace(case, card=PostedCard(9, channel))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, filed(), [("card", DESK)]),
        (placed(filed(), DESK), placed(filed(), DESK), [("card", DESK)]),
        # When it has to move, what stood in the old channel is taken down.
        (
            placed(filed(), DESK),
            placed(filed(about_staff=OMAR), DESK),
            [("card_moved", DESK), ("card", MANAGERS)],
        ),
        # Where no channel is narrow enough, the unconcerned managers and the director: once.
        (None, filed(about_staff=MARIA), [("notice_restricted", DAVID)]),
        (None, filed(about_staff=DAVID), [("notice_restricted", MARIA)]),
        (
            None,
            filed(about_staff=SOFIA),
            [("notice_restricted", MARIA), ("notice_restricted", DAVID)],
        ),
        (filed(about_staff=MARIA), filed(about_staff=MARIA), []),
        (
            placed(filed(about_staff=OMAR), MANAGERS),
            placed(filed(about_staff=MARIA), MANAGERS),
            [("card_moved", MANAGERS), ("notice_restricted", DAVID)],
        ),
    ],
)
def test_the_card_is_posted_redrawn_moved_or_replaced_by_words(
    before: Case | None, after: Case, expected: list[tuple[str, str]]
) -> None:
    assert [(m.key, m.to) for m in card_messages(before, after, CLINIC)] == expected


def test_taking_a_card_down_names_the_message() -> None:
    moved = card_messages(placed(filed(), DESK), filed(about_staff=OMAR), CLINIC)[0]
    assert (moved.purpose, moved.edits) == (Purpose.EDIT, 9)


# ------------------------------------------------------------------------ the thread and the Homes


def entry(kind: str, **public: str) -> Entry:
    return Entry(kind, ANA, ONE, "slack", public, {"text": "her words"})


@pytest.mark.parametrize("kind", sorted(THREAD_KINDS - {"reminded"}))
def test_events_get_a_line_in_the_thread_with_who_and_what_but_no_words(kind: str) -> None:
    line = thread_message(filed(), CLINIC, entry(kind, how="phone"))
    assert line is not None
    assert (line.to, line.key, line.number) == (DESK, f"thread_{kind}", 1042)
    assert line.facts == {"actor": ANA, "how": "phone"}


@pytest.mark.parametrize("kind", ["filed", "opened", "snoozed", "owner_excepted"])
def test_some_events_stay_out_of_the_thread(kind: str) -> None:
    assert thread_message(filed(), CLINIC, entry(kind)) is None


@pytest.mark.parametrize(
    ("people", "said_"), [(ANA, False), (f"{ANA},{SOFIA}", True), (SOFIA, True), (BEN, True)]
)
def test_that_only_the_owner_was_reminded_is_no_news(people: str, said_: bool) -> None:
    reminded = replace(entry("reminded", people=people), actor=BOT)
    assert (thread_message(filed(), CLINIC, reminded) is not None) is said_


def test_without_a_card_there_is_no_thread() -> None:
    assert thread_message(filed(about_staff=MARIA), CLINIC, entry("claimed")) is None


@pytest.mark.parametrize(
    ("before", "after", "others", "expected"),
    [
        (None, filed(), (), {ANA}),
        (filed(), filed(), (BEN,), {ANA, BEN}),
        (filed(), filed(by=SOFIA), (SOFIA,), {ANA, SOFIA}),
    ],
)
def test_home_tabs_of_owners_before_and_after_and_of_who_acted(
    before: Case | None, after: Case, others: tuple[str, ...], expected: set[str]
) -> None:
    messages = home_messages(before, after, *others)
    assert {m.to for m in messages} == expected
    assert len(messages) == len(expected)
