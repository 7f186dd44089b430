"""Filing, as the front desk does it in a rush."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from bot.demo.stage import Stage
from flows.complaint import State
from flows.ports import Case, Query
from handlers.slack import submissions


async def all_cases(stage: Stage) -> list[Case]:
    async with stage.bot.store.look() as books:
        return list(await books.cases(Query(open_only=False)))


async def only_case(stage: Stage) -> Case:
    (case,) = await all_cases(stage)
    return case


async def test_the_words_typed_are_in_the_form_and_one_submit_files_them(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint Mrs K waited 40 minutes, rude reception")
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["story"] == "Mrs K waited 40 minutes, rude reception"
    assert await ana.submits(type="service", severity="1") == {}
    complaint = (await only_case(stage)).complaint
    assert complaint.story == "Mrs K waited 40 minutes, rude reception"
    assert complaint.owner == "U0ANA"
    assert complaint.location == "downtown"


async def test_a_story_that_begins_like_a_verb_is_a_story(stage: Stage) -> None:
    await stage.files("ana", "list price was wrong", type="billing", severity="2")
    assert (await only_case(stage)).complaint.story == "list price was wrong"


async def test_the_form_also_opens_from_shortcut_home_and_bare_command(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    assert (await ana.modal()).callback_id == "file_complaint"  # type: ignore[union-attr]
    await ana.closes()
    await ana.shortcut("file_complaint")
    assert (await ana.modal()).callback_id == "file_complaint"  # type: ignore[union-attr]
    await ana.closes()
    await ana.opens_home()
    await ana.clicks("file_complaint")
    assert (await ana.modal()).callback_id == "file_complaint"  # type: ignore[union-attr]


async def test_a_message_becomes_a_complaint_with_its_time_and_link(stage: Stage) -> None:
    message = await stage.as_("ben").types("She was charged twice, she says", "front-desk")
    written = stage.clock.now()
    await stage.passes(minutes=25)
    ana = stage.as_("ana")
    await ana.shortcut("file_from_message", message)
    assert await ana.submits(type="billing", severity="2") == {}
    complaint = (await only_case(stage)).complaint
    assert complaint.story == "She was charged twice, she says"
    assert abs((complaint.received_at - written).total_seconds()) < 60
    assert complaint.source_link is not None


async def test_what_was_already_said_is_filed_as_the_acknowledgement(stage: Stage) -> None:
    await stage.files(
        "ana", "Told me at the desk", type="service", severity="2", spoken="yes", via="in_person"
    )
    complaint = (await only_case(stage)).complaint
    assert complaint.state is State.ACKNOWLEDGED
    assert complaint.acknowledged_how == "in_person"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"spoken": "yes"}, "via"),
        ({"spoken": "yes", "via": "review"}, "via"),
        ({"spoken": "settled", "via": "phone", "severity": "2"}, "spoken"),
        ({"received": "tomorrow 3pm"}, "received"),
        ({"received": "yesterday"}, "received"),
        ({"received": "3 years ago"}, "received"),
        ({"received": "whenever"}, "received"),
        ({"happened": "next Friday"}, "happened"),
        ({"story": "   "}, "story"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    stage: Stage, fields: dict[str, str], field: str
) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint The laser was late")
    errors = await ana.submits(**{"type": "service", "severity": "1", "client": "Mrs K", **fields})
    assert list(errors) == [field]
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["client"] == "Mrs K"
    assert await all_cases(stage) == []


async def test_receipt_takes_words_and_starts_the_clock(stage: Stage) -> None:
    await stage.files("ana", "Late", type="service", severity="1", received="30 minutes ago")
    case = await only_case(stage)
    assert (stage.clock.now() - case.complaint.received_at).total_seconds() == 30 * 60
    await stage.look_away()
    await stage.passes(minutes=20)
    await stage.expects(ana=["ping"])


async def test_a_text_longer_than_the_field_is_kept_whole(stage: Stage) -> None:
    story = "She said " + "a lot of things " * 300
    message = await stage.as_("ben").types(story, "front-desk")
    ana = stage.as_("ana")
    await ana.shortcut("file_from_message", message)
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["story"].endswith("…")
    assert await ana.submits(type="service", severity="1") == {}
    assert (await only_case(stage)).complaint.story.strip() == story.strip()


async def test_a_phone_number_is_normalised_and_finds_the_client_again(stage: Stage) -> None:
    await stage.files("ana", "Late", type="service", severity="1", contact="(415) 555-0132")
    contact = (await only_case(stage)).complaint.contact
    assert contact is not None
    assert contact.normalised == "+14155550132"
    ana = stage.as_("ana")
    await ana.hears()
    await ana.types("/complaint search +1 415 555 0132")
    (answer,) = await ana.hears()
    assert "C-1001" in answer.readable


async def test_without_a_contact_the_first_step_is_to_get_one(stage: Stage) -> None:
    await stage.files("ana", "Left angry", type="service", severity="1", contact="no idea")
    contact = (await only_case(stage)).complaint.contact
    assert contact is not None
    assert contact.typed == "no idea"
    await stage.files("ana", "Left angry", type="service", severity="1", contact="ext 4155550132")
    (card, second) = stage.slack.channel_messages("front-desk")
    assert "phone number" in card.readable
    assert "calls" in second.readable
    await stage.types("ana", "/complaint next C-1001")
    await stage.clicks("ana", "next_step_done")
    ana = stage.as_("ana")
    assert "fact" in await ana.submits(fact="she left no number")
    assert await ana.submits(fact="415 555 0132") == {}
    assert "calls" in stage.slack.channel_messages("front-desk")[0].readable


async def test_a_form_sent_twice_files_once(stage: Stage) -> None:
    ana = stage.slack.as_("ana", waits=False)
    await ana.types("/complaint Late")
    await stage.clock.settle()
    await ana.fills(type="service", severity="1")
    await asyncio.gather(ana.submits(), ana.submits(), return_exceptions=True)
    await stage.clock.settle()
    assert len(await all_cases(stage)) == 1


async def test_a_form_stays_open_until_it_is_saved(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "COMMIT_SECONDS", 0.2)
    ana = stage.as_("ana")
    await ana.types("/complaint Late")
    await ana.fills(type="service", severity="1")
    blocker = sqlite3.connect(stage.database_file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    impatient = stage.slack.as_("ana", waits=False)
    errors = await impatient.submits()
    assert "not saved" in " ".join(errors.values()).lower()
    blocker.execute("ROLLBACK")
    blocker.close()
    await stage.clock.settle()
    monkeypatch.setattr(submissions, "COMMIT_SECONDS", 2.0)
    assert await ana.submits() == {}
    assert len(await all_cases(stage)) == 1


@pytest.mark.parametrize("outsider", ["gus", "stan"])
async def test_guests_and_strangers_are_refused_kindly(stage: Stage, outsider: str) -> None:
    person = stage.as_(outsider)
    await person.types("/complaint I want to complain")
    assert await person.modal() is None
    (answer,) = await person.hears()
    assert "guest" in answer.text.lower() or "member" in answer.text.lower()


async def test_where_the_bot_is_no_member_the_answer_comes_as_a_dm(stage: Stage) -> None:
    await stage.files(
        "ana", "Late", channel="lounge", type="service", severity="1", location="downtown"
    )
    (answer,) = await stage.as_("ana").hears()
    assert answer.channel_name == "@amends"
    assert "C-1001" in answer.text


async def test_the_answer_says_who_has_it_by_when_and_what_to_say(stage: Stage) -> None:
    await stage.files("ana", "Late", type="service", severity="1", contact="415 555 0132")
    (answer,) = await stage.as_("ana").hears()
    assert answer.ephemeral
    assert "C-1001" in answer.readable
    assert "2:00" in answer.readable
    assert "1:00" in answer.readable  # the receipt, resolved


async def test_what_goes_wrong_on_our_side_is_said_under_a_code_and_the_form_stays(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setitem(submissions.SAVES, "note", broken)
    reference = await stage.files("ana", "Late", type="service", severity="1")
    ana = stage.as_("ana")
    await ana.types(f"/complaint note {reference}")
    errors = await ana.submits(text="She prefers mornings")
    assert "code" in errors["text"]
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["text"] == "She prefers mornings"


async def test_the_log_of_a_failure_has_no_words_of_the_client(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_call: object, fields: submissions.Fields, _reference: str) -> None:
        words = fields.needed("text")
        raise RuntimeError(f"a bug after {len(words)} letters")

    monkeypatch.setitem(submissions.SAVES, "note", broken)
    reference = await stage.files("ana", "Kovacs waited", type="service", severity="1")
    ana = stage.as_("ana")
    await ana.types(f"/complaint note {reference}")
    await ana.submits(text="Mrs Kovacs prefers mornings")
    logged = caplog.text
    assert "a bug after" in logged
    assert "Kovacs" not in logged


# ------------------------------------------------------------------------ what the words suggest


async def test_a_form_opened_with_words_has_their_type_and_severity_chosen(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint She was charged twice for one facial")
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["type"] == "billing"
    assert modal.values["severity"] == "2"
    assert "charged" in modal.readable
    assert await ana.submits() == {}
    assert (await only_case(stage)).complaint.severity == 2


async def test_an_empty_form_asks_back_when_its_words_suggest_a_higher_severity(
    stage: Stage,
) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    words = {"story": "She was charged twice for one facial", "type": "billing"}
    await ana.submits(**words, severity="1", client="Mrs K")
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["client"] == "Mrs K"
    assert await all_cases(stage) == []
    await ana.clicks("use_suggestion")
    complaint = (await only_case(stage)).complaint
    assert (complaint.severity, complaint.client) == (2, "Mrs K")
    modal = await ana.modal()
    assert modal is not None
    assert complaint.reference in modal.readable


@pytest.mark.parametrize("how", ["button", "submit"])
async def test_a_severity_kept_against_the_words_is_filed_and_recorded(
    stage: Stage, how: str
) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    await ana.submits(story="She was charged twice", type="billing", severity="1")
    if how == "button":
        await ana.clicks("keep_choice")
    else:
        assert await ana.submits() == {}
    case = await only_case(stage)
    assert case.complaint.severity == 1
    _, history = await stage.bot.desk.sheet(case.complaint.reference, "U0ANA")
    filed = history[0].entry.public
    assert (filed["kept"], filed["severity"], filed["suggested_severity"]) == ("yes", "1", "2")


async def test_what_became_wrong_while_asked_is_told_and_nothing_is_lost(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    await ana.submits(story="She was charged twice", type="billing", severity="1")
    await ana.fills(received="whenever")
    await ana.clicks("use_suggestion")
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["received"] == "whenever"
    assert await all_cases(stage) == []
    await ana.fills(received="10 minutes ago")
    assert await ana.submits(severity="2") == {}
    assert (await only_case(stage)).complaint.severity == 2


async def test_opened_with_words_of_alarm_the_form_says_first_whom_to_call(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint client can't see properly out of her left eye since the filler")
    modal = await ana.modal()
    assert modal is not None
    assert "Call the treating clinician now" in modal.readable
    assert "911" in modal.readable
    await ana.closes()
    await ana.types("/complaint client waited forty minutes past her facial")
    modal = await ana.modal()
    assert modal is not None
    assert "treating clinician" not in modal.readable


async def test_alarm_is_heard_before_anything_is_wrong(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    story = "she can't see out of her left eye since the filler"
    wrong = {"type": "service", "severity": "1", "spoken": "yes", "received": "asap"}
    assert await ana.submits(story=story, **wrong) == {}
    modal = await ana.modal()
    assert modal is not None
    assert "Call the treating clinician now" in modal.readable
    assert "I can't read this time" in modal.readable
    assert modal.values["story"] == story
    assert await all_cases(stage) == []
    assert await ana.submits(received="") == {}
    assert (await only_case(stage)).complaint.in_emergency


@pytest.mark.parametrize(
    ("press", "spoken"),
    [
        ("use_suggestion", {"spoken": "settled", "via": "phone"}),
        ("keep_choice", {"spoken": "yes"}),
    ],
)
async def test_what_a_rule_refuses_is_told_in_the_form(
    stage: Stage, press: str, spoken: dict[str, str]
) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint")
    await ana.submits(story="She was charged twice", type="billing", severity="1", **spoken)
    await ana.clicks(press)
    modal = await ana.modal()
    assert modal is not None
    assert "Not filed yet" in modal.readable
    assert "[Use severity 2]" in modal.readable
    assert await all_cases(stage) == []
    assert await ana.submits(spoken="yes", via="phone", severity="2") == {}
    assert len(await all_cases(stage)) == 1
