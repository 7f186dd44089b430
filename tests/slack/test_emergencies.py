"""The medical-emergency gate through the real doors: from the submit to the all-clear."""

from __future__ import annotations

import sqlite3

import pytest

from bot.demo.stage import Stage
from flows.complaint import DeadlineKind, Severity, State
from flows.desk import number_of
from flows.ports import Case
from handlers.slack import submissions

ALARM = "Client can't see properly out of her left eye since the filler"
CONTACT = "(415) 555-0132"
SMALL = {"type": "service", "severity": "1", "client": "Mei Lin"}
FACTS = {
    "treatment": "Cheek filler",
    "happened": "Today 11 am",
    "treated_by": "Dr. Weiss",
    "contact": CONTACT,
}


async def case_of(stage: Stage, reference: str) -> Case:
    async with stage.bot.store.look() as books:
        return await books.case(number_of(reference))


async def alert_of(stage: Stage, name: str) -> str:
    return (await stage.as_(name).sees("@amends"))[-1].readable


async def buttons_of(stage: Stage, name: str) -> list[str]:
    return list((await stage.as_(name).sees("@amends"))[-1].buttons)


async def told(stage: Stage, name: str) -> str:
    """The newest answer or message for this person."""
    return (await stage.as_(name).hears(since="0"))[-1].readable


async def test_filed_as_a_small_thing_the_form_becomes_what_to_do_now(stage: Stage) -> None:
    reference = await stage.files("ana", ALARM, **SMALL)
    complaint = (await case_of(stage, reference)).complaint
    assert complaint.in_emergency
    assert complaint.severity is Severity.SEVERE
    view = await stage.as_("ana").modal()
    assert view is not None
    assert view.callback_id == "emergency_facts"
    alerted = "Maria Keller and Dr. Omar Haddad"
    for words in ("Call the treating clinician now", "911 (tel:911)", alerted):
        assert words in view.readable
    assert list(view.values) == ["treatment", "happened", "treated_by", "contact"]
    answer = (await stage.as_("ana").hears())[-1]
    assert answer.ephemeral
    assert list(answer.buttons) == ["emergency_care", "emergency_facts", "open"]
    for words in ("Call the treating clinician now", "911", "when, by whom, and a number"):
        assert words in answer.readable
    assert "Words for the client" not in answer.readable


async def test_what_slack_does_not_say_of_people_is_waited_for_once(stage: Stage) -> None:
    ana = stage.as_("ana")
    await stage.types("ana", f"/complaint {ALARM}")
    await stage.passes(hours=2)  # what was known of her is no longer believed
    before = len(stage.slack.calls)
    stage.slack.faults.fail("users.info", hang=True, times=20)
    assert await ana.submits(type="service", severity="1") == {}
    view = await ana.modal()
    assert view is not None
    assert view.callback_id == "emergency_facts"
    asked = [call.arguments for call in stage.slack.calls[before:] if call.method == "users.info"]
    assert [one["user"] for one in asked].count("U0ANA") == 1


@pytest.mark.parametrize("field", ["happened", "remedy_sought"])
async def test_alarm_signs_are_heard_in_every_field_of_the_form(stage: Stage, field: str) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    told = {"story": "She was charged twice", field: f"{ALARM}, today"}
    assert await ana.submits(**SMALL, **told, received="asap") == {}
    view = await ana.modal()
    assert view is not None
    assert "Call the treating clinician now" in view.readable
    assert "911" in view.readable
    if field == "happened":
        told[field] = "this morning"
        told["remedy_sought"] = ALARM
    assert await ana.submits(**told, received="today 11am") == {}
    view = await ana.modal()
    assert view is not None
    assert view.callback_id == "emergency_facts"


async def test_a_form_that_asked_back_says_whom_to_call_when_its_words_change(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    await ana.submits(story="She was charged twice", type="billing", severity="1")
    await ana.fills(story=f"She was charged twice. {ALARM}", received="asap")
    await ana.clicks("keep_choice")
    view = await ana.modal()
    assert view is not None
    assert "Call the treating clinician now" in view.readable


async def test_saved_too_slowly_it_says_what_to_do_when_sent_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await stage.files("ana", "Late", **SMALL, contact=CONTACT)
    ana = stage.as_("ana")
    await ana.types(f"/complaint note {reference}")
    await ana.fills(text=ALARM)
    monkeypatch.setattr(submissions, "COMMIT_SECONDS", 0.2)
    with sqlite3.connect(stage.database_file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "text" in await stage.slack.as_("ana", waits=False).submits()
        other.execute("ROLLBACK")
    await stage.clock.settle()
    assert await ana.submits() == {}
    view = await ana.modal()
    assert view is not None
    assert view.callback_id == "emergency_facts"


async def test_closing_the_form_loses_nothing_and_a_button_asks_again(stage: Stage) -> None:
    reference = await stage.files("ana", ALARM, **SMALL)
    ana = stage.as_("ana")
    await ana.closes()
    assert (await case_of(stage, reference)).complaint.in_emergency
    await ana.clicks("emergency_facts")
    assert await ana.submits(contact="no idea") == {
        "contact": "Please give a phone number, an e-mail address or a handle that reaches "
        "the client."
    }
    assert await ana.submits(**FACTS) == {}
    assert await ana.modal() is None
    await ana.clicks("emergency_facts")
    view = await ana.modal()
    assert view is not None
    assert (view.values, view.submit) == ({}, "")


async def test_only_what_is_missing_is_asked(stage: Stage) -> None:
    await stage.files("ana", ALARM, **SMALL, contact=CONTACT, happened="today 11 am")
    view = await stage.as_("ana").modal()
    assert view is not None
    assert list(view.values) == ["treatment", "treated_by"]


async def test_who_was_alerted_reads_what_is_told_later(stage: Stage) -> None:
    await stage.files("ana", ALARM, **SMALL)
    assert "No number of the client is known; Ana Ruiz filed it" in await alert_of(stage, "omar")
    await stage.submits("ana", **FACTS)
    for name in ("omar", "maria"):
        alert = await alert_of(stage, name)
        for fact in ("Cheek filler", "Today 11 am", "Dr. Weiss", f"{CONTACT} (tel:+14155550132)"):
            assert fact in alert
        assert "left eye" not in alert
        assert "Mei" not in alert
    await stage.look_away()
    await stage.hears_nothing_more()  # they were edited, not sent again


async def test_from_the_alert_to_the_all_clear(stage: Stage) -> None:
    reference = await stage.files("ana", ALARM, **SMALL, contact=CONTACT)
    await stage.as_("ana").closes()
    assert await buttons_of(stage, "omar") == ["calling", "all_clear", "emergency_care", "open"]
    assert "calling" not in await buttons_of(stage, "maria")
    await stage.clicks("omar", "calling")
    case = await case_of(stage, reference)
    assert (case.complaint.called_by, case.deadline(DeadlineKind.CLINICIAN_CALL)) == (
        "U0OMAR",
        None,
    )
    for name in ("omar", "maria"):
        assert "Dr. Omar Haddad took on the call" in await alert_of(stage, name)
        assert "calling" not in await buttons_of(stage, name)
    await stage.clicks("omar", "all_clear")
    omar = stage.as_("omar")
    form = await omar.modal()
    assert form is not None
    assert form.values["given_by"] == "Dr. Omar Haddad"
    assert "said" in await omar.submits(said=" ")
    assert await omar.submits(said="Seen, no danger") == {}
    complaint = (await case_of(stage, reference)).complaint
    assert not complaint.in_emergency
    assert await buttons_of(stage, "omar") == []
    assert await buttons_of(stage, "maria") == ["take_charge", "acknowledge", "open"]
    assert "all-clear" in await alert_of(stage, "ana")
    await stage.types("ana", f"/complaint next {reference}")
    assert "Say:" in await told(stage, "ana")


async def test_a_manager_has_to_say_who_gave_the_all_clear(stage: Stage) -> None:
    await stage.files("ana", ALARM, **SMALL)
    await stage.clicks("maria", "all_clear")
    maria = stage.as_("maria")
    assert list(await maria.submits(said="No danger")) == ["given_by"]
    assert "only records it" in (await maria.submits(given_by="Maria"))["given_by"]
    assert await maria.submits(given_by="Dr. Weiss") == {}


async def test_nobody_has_anything_to_say_before_the_all_clear(stage: Stage) -> None:
    reference = await stage.files("ana", ALARM, **SMALL, contact=CONTACT)
    await stage.as_("ana").closes()
    await stage.types("ana", f"/complaint next {reference}")
    assert "Say:" not in (answer := await told(stage, "ana"))
    assert "[I am calling]" not in answer
    (card, *_) = stage.slack.channel_messages("front-desk")
    assert "A clinician has to call the client now" in card.readable
    assert "Words to say" not in card.readable
    assert list(card.buttons) == ["acknowledge", "claim", "open"]
    await stage.types("maria", f"/complaint show {reference}", "managers")
    sheet = await stage.as_("maria").modal()
    assert sheet is not None
    for words in ("Say:", "Later:", "Word on where things stand", "Solution", "[It's settled]"):
        assert words not in sheet.readable
    for words in ("[All clear]", "[Sent to emergency care]", "911", "First contact: due"):
        assert words in sheet.readable
    assert "[I am calling]" not in sheet.readable  # Omar is there


async def test_what_only_refuses_is_refused_kindly(stage: Stage) -> None:
    reference = await stage.files("ana", ALARM, **SMALL)
    await stage.as_("ana").closes()
    ana = stage.as_("ana")
    await stage.types("maria", f"/complaint resolve {reference}", "managers")
    assert "all-clear comes first" in await told(stage, "maria")
    await stage.types("maria", f"/complaint severity {reference}", "managers")
    errors = await stage.as_("maria").submits(severity="1", reason="It is small")
    assert "all-clear" in errors["severity"]
    await stage.types("maria", f"/complaint withdraw {reference}", "managers")
    assert "all-clear comes first" in await told(stage, "maria")
    await ana.clicks("emergency_care")
    assert "The all-clear is still waited for" in await told(stage, "ana")
    assert (await case_of(stage, reference)).complaint.in_emergency


@pytest.mark.parametrize("how", ["note", "called", "tried", "by hand"])
async def test_words_written_later_show_at_once_what_to_do(stage: Stage, how: str) -> None:
    reference = await stage.files("ana", "Late", **SMALL, contact=CONTACT)
    match how:
        case "note":
            await stage.types("ben", f"/complaint note {reference} {ALARM}")
        case "by hand":
            await stage.types("ben", f"/complaint emergency {reference} her eye")
        case "called":
            await stage.types("ben", f"/complaint called {reference}")
            await stage.submits("ben", how="phone", said=ALARM)
        case "tried":
            await stage.types("ben", f"/complaint tried {reference}")
            await stage.submits("ben", how="message", note=ALARM)
    complaint = (await case_of(stage, reference)).complaint
    assert complaint.in_emergency
    assert complaint.severity is Severity.SEVERE
    assert "Llame ahora al médico tratante" in await told(stage, "ben")
    if how in ("called", "tried"):
        view = await stage.as_("ben").modal()
        assert view is not None
        assert view.callback_id == "emergency_facts"
    assert "alarm signs" in await told(stage, "ana")
    assert "A clinician has to call the client now" in await alert_of(stage, "omar")


async def test_a_reference_is_needed_for_an_emergency_by_hand(stage: Stage) -> None:
    await stage.types("ben", "/complaint emergency")
    assert "¿Qué queja?" in await told(stage, "ben")
    await stage.types("ben", "/complaint emergency exit was blocked")
    view = await stage.as_("ben").modal()
    assert view is not None
    assert view.callback_id == "file_complaint"


async def test_a_settled_one_is_open_again(stage: Stage) -> None:
    reference = await stage.files(
        "ana", "Late", **SMALL, contact=CONTACT, spoken="settled", via="phone"
    )
    await stage.types("ana", f"/complaint note {reference} {ALARM}")
    complaint = (await case_of(stage, reference)).complaint
    assert complaint.state is State.INVESTIGATING
    assert complaint.in_emergency


async def test_the_clinician_concerned_may_be_phoned_but_is_never_told(stage: Stage) -> None:
    await stage.files("ana", ALARM, **SMALL, about_staff="omar")
    view = await stage.as_("ana").modal()
    assert view is not None
    assert "Call the treating clinician now: Dr. Omar Haddad" in view.readable
    assert "Alerted: Maria Keller" in view.readable
    await stage.passes(minutes=12)
    assert await stage.as_("omar").hears(since="0") == []
    assert "calling" in await buttons_of(stage, "maria")


async def test_do_not_disturb_alerts_the_next_at_once(stage: Stage) -> None:
    await stage.as_("omar").goes_dnd(stage.clock.now().replace(hour=23))
    await stage.files("ana", ALARM, **SMALL)
    await stage.as_("ana").closes()
    await stage.passes(seconds=5)
    assert "Dr. Omar Haddad could not be reached" in await alert_of(stage, "maria")


async def test_facts_never_reach_channels_or_notifications(stage: Stage) -> None:
    secret = ("filler", "Weiss", "555-0132", "4155550132", "11 am", "left eye", "Mei", "no danger")
    reference = await stage.files("ana", ALARM, **SMALL)
    await stage.submits("ana", **FACTS)
    await stage.passes(minutes=11)
    await stage.clicks("omar", "calling")
    await stage.passes(minutes=31)
    await stage.clicks("omar", "all_clear")
    await stage.submits("omar", given_by="Dr. Weiss", said="no danger")
    await stage.types("ana", f"/complaint note {reference} blurry again, by Weiss")
    await stage.passes(minutes=11)
    shown = 0
    for call in stage.slack.calls:
        if not call.method.startswith("chat."):
            continue
        # The alerts, and what Ana is answered, name what helps to call; a notification never does.
        channel = str(call.arguments.get("channel"))
        private = channel.startswith(("D", "U")) or call.method == "chat.postEphemeral"
        said = str(call.arguments["text"]) if private else str(call.arguments)
        assert not [word for word in secret if word in said], (call.method, said)
        shown += "4155550132" in str(call.arguments)
    assert shown > 10
