"""A client writes to us on Telegram: her first words file the complaint, the rest is added."""

from __future__ import annotations

import io
from datetime import timedelta

from PIL import Image
from telegram_cast import SOON, answers, case_of, owner_of, said

from bot.demo.stage import Stage
from flows.complaint import ComplaintType, Severity, Via
from sandbox.telegram.acts import Picked
from sandbox.telegram.client import Client
from sandbox.telegram.local_telegram import LocalTelegram


async def test_her_first_words_file_the_complaint(stage: Stage, mei: Client):
    await mei.writes("前台很冷淡，我等了四十分钟。")
    complaint = (await case_of(stage)).complaint
    assert complaint.story == "前台很冷淡，我等了四十分钟。"
    assert (complaint.client, complaint.language, complaint.via) == ("王丽", "zh", Via.TELEGRAM)
    assert complaint.type is ComplaintType.SERVICE
    assert complaint.received_at == complaint.filed_at == stage.clock.now()
    assert stage.clinic.person(complaint.owner).name == "Chloe Wang"
    [filed] = await mei.hears()
    assert "C-1001" in filed.text
    assert "今天14:00" in filed.text
    assert filed.buttons == ["继续"]


async def test_the_clinic_sees_it_like_any_other(stage: Stage, kate: Client):
    await kate.writes("I waited 40 minutes and nobody at the desk said a word.")
    [card] = [m for m in stage.slack.channel_messages("front-desk") if m.thread_ts is None]
    assert card.readable.startswith("C-1001 · K.M. · Service · severity 1")
    told = await (await owner_of(stage)).hears()
    assert "A client filed C-1001 on Telegram" in told[-1].readable
    assert "waited 40 minutes" not in "".join(m.text for m in told)


async def test_danger_comes_before_everything_else(stage: Stage, kate: Client):
    await kate.writes("My lips turned white after the filler and I can't see well")
    first, second = await kate.hears()
    assert "call 911 now" in first.text
    assert "C-1001" in second.text
    complaint = (await case_of(stage)).complaint
    assert complaint.in_emergency
    assert complaint.severity is Severity.SEVERE


async def test_one_question_after_the_other(stage: Stage, kate: Client):
    await kate.starts()
    await answers(stage, kate, "My peel burned and nobody called me back.")
    await kate.presses("Go on")
    await stage.clock.pass_(SOON)
    assert (await kate.last()).text == "Question 1 of 4\n\nWhen did it happen?"
    await answers(stage, kate, "last Tuesday")
    await answers(stage, kate, "back")
    assert (await kate.last()).text.endswith("When did it happen?")
    await kate.presses("Skip")
    await stage.clock.pass_(SOON)
    await answers(stage, kate, "the peel with Dr. Haddad")
    await answers(stage, kate, "a refund")
    await answers(stage, kate, "(310) 555-0142, after six")
    assert (await kate.last()).text.startswith("Thank you, that is all we need for now.")
    complaint = (await case_of(stage)).complaint
    assert (complaint.happened, complaint.treatment) == ("last Tuesday", "the peel with Dr. Haddad")
    assert complaint.remedy_sought == "a refund"
    assert complaint.contact is not None
    assert complaint.contact.normalised == "+13105550142"


async def test_a_button_of_an_earlier_question_does_nothing(stage: Stage, kate: Client):
    await answers(stage, kate, "I was charged twice for my facial.")
    await kate.presses("Go on")
    await stage.clock.pass_(SOON)
    question = await kate.last()
    await answers(stage, kate, "yesterday")
    before = await said(kate)
    await kate.presses("Skip", question)
    await stage.clock.pass_(SOON)
    assert await said(kate) == before


async def test_what_she_adds_later_is_kept_and_told(stage: Stage, kate: Client):
    await answers(stage, kate, "I was charged twice for my facial.")
    await kate.presses("Go on")
    await stage.clock.pass_(SOON)
    await kate.presses("Stop here")
    await stage.clock.pass_(timedelta(minutes=3))
    await answers(stage, kate, "It was $240 each time.")
    assert (await kate.last()).text == "Thank you, that is added to C-1001."
    async with stage.bot.store.look() as books:
        history = await books.history(1001)
    assert [line.entry.private for line in history if line.entry.kind == "client_wrote"] == [
        {"words": "It was $240 each time."}
    ]
    lines = [m.text for m in stage.slack.channel_messages("front-desk") if m.thread_ts]
    assert lines[-1] == "C-1001: The client wrote (22 characters)."


async def test_an_unfinished_talk_goes_on_after_a_restart(stage: Stage, kate: Client):
    await answers(stage, kate, "I was charged twice for my facial.")
    await kate.presses("Go on")
    await stage.stops_bot()
    await stage.starts_bot()
    await stage.clock.pass_(timedelta(hours=3))
    await answers(stage, kate, "yesterday")
    assert (await kate.last()).text.startswith("Question 2 of 4")
    assert (await case_of(stage)).complaint.happened == "yesterday"


async def test_telegram_away_leaves_slack_alone(stage: Stage, telegram: LocalTelegram):
    with telegram.faults.outage():
        ana = stage.slack.as_("ana")
        await ana.types("/complaint Mrs K waited 40 minutes")
        await ana.submits(type="service", severity="1")
        await stage.clock.pass_(timedelta(minutes=2))
    assert (await case_of(stage)).complaint.filed_by == "U0ANA"


async def test_a_lost_answer_is_said_again_rather_than_not_at_all(
    stage: Stage, telegram: LocalTelegram, kate: Client
):
    telegram.faults.fail("sendMessage", status=502)
    await kate.writes("I was charged twice for my facial.")
    await stage.clock.pass_(timedelta(minutes=1))
    assert [text[:10] for text in await said(kate)] == ["I'm sorry "]


async def test_telegram_says_later(stage: Stage, telegram: LocalTelegram, kate: Client):
    telegram.faults.fail("sendMessage", status=429)
    await kate.writes("I was charged twice for my facial.")
    assert await said(kate) == []
    await stage.clock.pass_(timedelta(seconds=3))
    assert len(await said(kate)) == 1


async def test_who_blocked_us_is_to_be_phoned(stage: Stage, kate: Client):
    await answers(stage, kate, "I was charged twice for my facial.")
    presses = stage.telegram.as_("kate", waits=False).presses("Go on") if stage.telegram else None
    assert presses is not None
    await kate.blocks()
    await presses
    await stage.clock.pass_(timedelta(minutes=1))
    told = await (await owner_of(stage)).hears()
    assert any("please phone" in message.readable for message in told)


def picture() -> bytes:
    """A photo."""
    written = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(written, "JPEG")
    return written.getvalue()


async def test_a_photo_alone_is_filed_and_asked_about(stage: Stage, kate: Client):
    await kate.sends(Picked("photo", picture()), Picked("photo", picture()))
    await stage.clock.pass_(SOON)
    complaint = (await case_of(stage)).complaint
    assert complaint.severity is Severity.MODERATE
    async with stage.bot.store.look() as books:
        assert [file.kind for file in await books.files(1001)] == ["photo", "photo"]
        kinds = [line.entry.kind for line in await books.history(1001)]
    assert "client_unheard" in kinds
    [asked] = await kate.hears()
    assert "trouble breathing" in asked.text
    assert asked.buttons == ["Yes", "No"]
    await kate.presses("Yes")
    await stage.clock.pass_(SOON)
    assert "call 911 now" in (await kate.last()).text
    assert (await case_of(stage)).complaint.in_emergency


async def test_a_burst_is_one_complaint_and_answered_once(stage: Stage, kate: Client):
    for words in ("I waited forty minutes", "and then", "nobody said sorry"):
        await kate.writes(words)
    await stage.clock.pass_(SOON)
    assert len(await said(kate)) == 1
    async with stage.bot.store.look() as books:
        history = await books.history(1001)
    told = [line.entry.private.get("words") for line in history]
    assert [words for words in told if words] == ["and then", "nobody said sorry"]


async def test_what_she_changes_is_kept_beside_what_stood_there(stage: Stage, kate: Client):
    first = await kate.writes("I waited 40 minutes.")
    await kate.edits(first, "I waited 50 minutes.")
    assert (await case_of(stage)).complaint.story == "I waited 40 minutes."
    async with stage.bot.store.look() as books:
        last = (await books.history(1001))[-1].entry
    assert (last.kind, last.private) == ("client_edited", {"words": "I waited 50 minutes."})


async def test_she_can_ask_where_it_stands(stage: Stage, kate: Client):
    await answers(stage, kate, "/status")
    assert (await kate.last()).text.startswith("Nothing of yours is open.")
    await answers(stage, kate, "I was charged twice for my facial.")
    await answers(stage, kate, "/status")
    text = (await kate.last()).text
    assert text.startswith("Your complaint C-1001")
    assert "looks after it." in text
    assert "A person answers you by today" in text


async def test_a_shared_contact_is_her_number(stage: Stage, kate: Client):
    await answers(stage, kate, "I was charged twice for my facial.")
    await kate.presses("Go on")
    for _ in range(3):
        await stage.clock.pass_(SOON)
        await kate.presses("Skip")
    await stage.clock.pass_(SOON)
    shared = {"phone_number": "+13105550142", "first_name": "Kate"}
    await kate.sends_other(contact=shared)
    contact = (await case_of(stage)).complaint.contact
    assert contact is not None
    assert contact.normalised == "+13105550142"


async def test_what_she_changes_after_the_end_is_kept_too(stage: Stage, kate: Client):
    first = await kate.writes("I waited 40 minutes.")
    maria = stage.slack.as_("maria")
    await maria.types("/complaint withdraw C-1001")
    await maria.submits(reason="filed by mistake")
    await kate.edits(first, "I waited 50 minutes.")
    async with stage.bot.store.look() as books:
        last = (await books.history(1001))[-1].entry
    assert (last.kind, last.private) == ("client_edited", {"words": "I waited 50 minutes."})
