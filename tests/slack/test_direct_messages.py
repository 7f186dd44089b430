"""Direct messages with the bot: offers, the questions one by one, notes under pings, alarm."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.demo.stage import Stage
from flows.complaint import ComplaintType, Severity, Via
from flows.ports import Case, Query
from sandbox.person import Seen

DM = "@amends"
ALARM = "client from this morning can't see properly out of her left eye since the filler"
CONTACT = "(415) 555-0132"


async def last(stage: Stage, name: str = "ana") -> Seen:
    """The bot's newest direct message to this person."""
    return [message for message in await stage.as_(name).sees(DM) if message.by_bot][-1]


async def told(stage: Stage, words: str, name: str = "ana") -> Seen:
    """What the person is answered to a direct message."""
    await stage.as_(name).types(words, DM)
    await stage.passes(seconds=5)
    return await last(stage, name)


async def pressed(stage: Stage, what: str, name: str = "ana") -> Seen:
    """What stands in the direct messages after a button was pressed."""
    assert await stage.as_(name).clicks(what) is None
    await stage.passes(seconds=5)
    return await last(stage, name)


async def cases(stage: Stage) -> list[Case]:
    async with stage.bot.store.look() as books:
        return list(await books.cases(Query(open_only=False)))


async def walked_to(stage: Stage, question: str, name: str = "ana") -> Seen:
    """Begin with a complaint about the bill and skip or take the first answer up to a question."""
    await told(stage, "client furious about the bill", name)
    asked = await pressed(stage, "talk_walk", name)
    while question not in asked.text:
        press = "talk_skip" if "talk_skip" in asked.buttons else "talk_choose_1"
        asked = await pressed(stage, press, name)
    return asked


async def walked(stage: Stage, until: str, name: str = "ana") -> Seen:
    """Skip or take the first answer until there is a button of that label."""
    asked = await last(stage, name)
    while not any(until in label for label in asked.buttons.values()):
        press = "talk_skip" if "talk_skip" in asked.buttons else "talk_choose_1"
        asked = await pressed(stage, press, name)
    return asked


@pytest.mark.parametrize(
    "words",
    [
        "hi",
        "what can you do?",
        "rude doctor",
        "I will be a little later on Monday",
        "差评",
        "投诉她",
        "🙂",
        "hola buenas",
    ],
)
async def test_what_seems_to_be_no_complaint_gets_help(stage: Stage, words: str) -> None:
    answer = await told(stage, words)
    assert list(answer.buttons) == ["talk_form"]
    assert "/complaint help" in answer.readable
    assert await cases(stage) == []


async def test_all_the_same_it_can_be_filed(stage: Stage) -> None:
    await told(stage, "rude doctor")
    await stage.as_("ana").clicks("talk_form")
    assert await stage.as_("ana").submits(type="service", severity="1", location="downtown") == {}
    (case,) = await cases(stage)
    assert case.complaint.story == "rude doctor"


async def test_a_story_is_offered_and_the_form_opens_with_it(stage: Stage) -> None:
    answer = await told(stage, "client furious about the bill")
    assert list(answer.buttons) == ["talk_form", "talk_walk", "talk_no"]
    assert "“furious about the bill”" in answer.readable
    assert "bill" not in answer.text
    await stage.as_("ana").clicks("talk_form")
    modal = await stage.as_("ana").modal()
    assert modal is not None
    assert modal.values["story"] == "client furious about the bill"
    assert (modal.values["type"], modal.values["severity"]) == ("billing", "2")


async def test_an_offer_can_be_declined(stage: Stage) -> None:
    offered = await told(stage, "client furious about the bill")
    after = await pressed(stage, "talk_no")
    assert after.ts == offered.ts
    assert after.buttons == {}
    assert "nothing was filed" in after.readable


async def test_question_by_question_to_the_filing(stage: Stage) -> None:
    await told(stage, "client furious about the bill")
    asked = await pressed(stage, "talk_walk")
    assert "Question 1 of 11" in asked.readable
    assert "talk_back" not in asked.buttons
    await pressed(stage, "Downtown")
    await pressed(stage, "Yes, I've spoken with the client")
    await told(stage, "yesterday 4pm")
    asked = await pressed(stage, "Price and charges (suggested)")
    assert next(iter(asked.buttons.values())) == "2 · Moderate (suggested)"
    await told(stage, "moderate")
    await told(stage, "Mrs Karen Miller")
    await told(stage, CONTACT)
    await told(stage, "by phone")
    await told(stage, "skip")
    await told(stage, "June 10")
    await stage.as_("ana").chooses("talk_person", "ben")
    await stage.passes(seconds=5)
    summary = await last(stage)
    for line in ("client furious about the bill", "Mrs Karen Miller", "By phone", "Ben Ortiz"):
        assert line in summary.readable
    assert "Miller" not in summary.text
    assert "4:00 PM" in summary.readable  # how the words about the time were understood
    filed = await pressed(stage, "talk_file")
    assert "C-1001 is filed" in filed.readable
    (case,) = await cases(stage)
    complaint = case.complaint
    assert complaint.type is ComplaintType.BILLING
    assert complaint.severity is Severity.MODERATE
    assert complaint.client == "Mrs Karen Miller"
    assert complaint.via is Via.PHONE
    assert complaint.remedy_sought is None
    assert complaint.about_staff == "U0BEN"
    assert complaint.contact is not None
    assert complaint.contact.normalised == "+14155550132"
    assert f"{complaint.received_at.astimezone(stage.zone):%a %H:%M}" == "Thu 16:00"


async def test_answered_questions_keep_their_answer_and_lose_their_buttons(stage: Stage) -> None:
    await told(stage, "client furious about the bill")
    await pressed(stage, "talk_walk")
    await pressed(stage, "Downtown")
    first, second = [m for m in await stage.as_("ana").sees(DM) if m.by_bot][-2:]
    assert "Downtown" in first.readable
    assert first.buttons == {}
    assert "talk_back" in second.buttons


async def test_back_goes_to_the_question_before_and_its_answer_can_be_changed(stage: Stage) -> None:
    asked = await walked_to(stage, "How do we reach the client")
    asked = await pressed(stage, "talk_back")
    assert "name" in asked.text
    await told(stage, "Mrs Karen Miller")
    summary = await walked(stage, "File it")
    assert "Mrs Karen Miller" in summary.readable


@pytest.mark.parametrize(
    ("question", "words", "why"),
    [
        ("What is it about", "not the bill", "didn't understand"),
        ("When did the client tell us", "tomorrow 3pm", "has not come yet"),
        ("When did the client tell us", "yesterday", "add the hour"),
        ("When did it happen", "banana", "can't read this time"),
        ("Is it about one colleague", "Zoltan", "don't know a colleague"),
        ("How serious is it", "skip", "is needed"),
    ],
)
async def test_an_unclear_answer_is_told_why_and_asked_again(
    stage: Stage, question: str, words: str, why: str
) -> None:
    await walked_to(stage, question)
    again = await told(stage, words)
    assert why in again.readable
    assert question in again.text


async def test_cancelled_it_is_kept_and_go_on_takes_it_up(stage: Stage) -> None:
    await walked_to(stage, "How serious is it")
    kept = await pressed(stage, "talk_cancel")
    assert "Nothing is filed" in kept.readable
    await stage.passes(days=2)
    assert "How serious is it" in (await told(stage, "go on")).text


async def test_ok_after_cancelling_is_no_wish_to_go_on(stage: Stage) -> None:
    await walked_to(stage, "How serious is it")
    await pressed(stage, "talk_cancel")
    assert "press one of its buttons" in (await told(stage, "ok")).readable


async def test_it_goes_on_after_a_restart(stage: Stage) -> None:
    await walked_to(stage, "Client's name")
    await stage.stops_bot()
    await stage.as_("ana").types("Mrs Karen Miller", DM)  # nobody hears it: Slack tells it later
    await stage.starts_bot()
    await stage.passes(seconds=5)
    await told(stage, "Mrs Karen Miller")
    summary = await walked(stage, "File it")
    assert "Mrs Karen Miller" in summary.readable


async def test_the_next_day_it_asks_whether_to_go_on(stage: Stage) -> None:
    await walked_to(stage, "Client's name")
    await stage.passes(days=1)
    paused = await told(stage, "the laser client was upset about the long wait")
    assert list(paused.buttons) == ["talk_go_on", "talk_anew"]
    asked = await pressed(stage, "talk_go_on")
    assert "Client's name" in asked.text
    offered = [m for m in await stage.as_("ana").sees(DM) if m.by_bot][-2]
    assert "the long wait" in offered.readable  # what was written meanwhile is not lost


async def test_anew_offers_what_was_just_written(stage: Stage) -> None:
    await walked_to(stage, "Client's name")
    await stage.passes(days=1)
    await told(stage, "the laser client was upset about the long wait")
    offered = await pressed(stage, "talk_anew")
    assert "talk_walk" in offered.buttons
    await stage.as_("ana").clicks("talk_form")
    modal = await stage.as_("ana").modal()
    assert modal is not None
    assert modal.values["story"].startswith("the laser client")


async def test_words_of_alarm_say_at_once_what_to_do_and_are_filed_in_one_press(
    stage: Stage,
) -> None:
    stopped = await told(stage, ALARM)
    assert "Call the treating clinician now" in stopped.readable
    assert "911 (tel:911)" in stopped.readable
    assert "eye" not in stopped.text
    filed = await pressed(stage, "Downtown")
    assert "is a medical emergency" in filed.readable
    (case,) = await cases(stage)
    assert case.complaint.in_emergency
    assert "calling" in (await last(stage, "omar")).buttons


@pytest.mark.parametrize("button", ["calling", "emergency_care"])
async def test_who_acts_from_the_answer_is_told_that_it_counts(stage: Stage, button: str) -> None:
    await told(stage, ALARM, "omar")
    await pressed(stage, "talk_choose_1", "omar")  # which location it is
    seen = await stage.as_("omar").sees(DM)
    (answer,) = [one for one in seen if "is a medical emergency" in one.readable]
    assert button in answer.buttons
    assert await stage.as_("omar").clicks(button, answer) is None
    await stage.passes(seconds=5)
    heard = [message.readable for message in await stage.as_("omar").sees(DM)]
    meant = "everybody sees that you are calling" if button == "calling" else "Noted for C-"
    assert [one for one in heard if meant in one]


async def test_an_alarm_in_an_answer_stops_the_questions(stage: Stage) -> None:
    await walked_to(stage, "What would the client like to happen")
    stopped = await told(stage, "she says her lip is white and hurts badly since the filler")
    assert "Call the treating clinician now" in stopped.readable
    filed = await pressed(stage, "talk_file")
    assert "is a medical emergency" in filed.readable
    (case,) = await cases(stage)
    assert "client furious about the bill" in case.complaint.story
    assert "lip is white" in case.complaint.story


async def test_no_emergency_says_the_person_and_the_questions_go_on(stage: Stage) -> None:
    await walked_to(stage, "What would the client like to happen")
    words = "somebody should look at her lip, it is white and hurts badly since the filler"
    stopped = await told(stage, words)
    assert list(stopped.buttons) == ["talk_file", "talk_no_alarm", "talk_cancel"]
    assert "What would the client like" in (await pressed(stage, "talk_no_alarm")).text
    assert "When did it happen" in (await told(stage, words)).text
    await walked(stage, "File it")
    assert "is a medical emergency" in (await pressed(stage, "talk_file")).readable


async def test_an_alarm_after_a_pause_is_another_story_and_the_first_is_not_lost(
    stage: Stage,
) -> None:
    await walked_to(stage, "Client's name")
    await stage.passes(hours=2)
    stopped = await told(stage, ALARM)
    assert "Call the treating clinician now" in stopped.readable
    back = await pressed(stage, "talk_choose_1")  # which location it is
    assert "client furious about the bill" in back.readable
    assert list(back.buttons) == ["talk_go_on", "talk_cancel"]
    assert "Go on" in (await told(stage, "her name is Mary Kay")).readable  # whose is it?
    assert "Client's name" in (await pressed(stage, "talk_go_on")).text
    stories = [case.complaint.story for case in await cases(stage)]
    assert stories == [ALARM]


async def test_of_what_an_alarm_took_the_place_the_answers_and_the_time_are_kept(
    stage: Stage,
) -> None:
    await walked_to(stage, "Client's name")
    begun_at = stage.clock.now()
    await told(stage, "Mary Kay")
    await stage.passes(hours=2)
    await told(stage, ALARM)
    await pressed(stage, "talk_cancel")
    await pressed(stage, "talk_go_on")
    await walked(stage, "File it")
    await pressed(stage, "talk_file")
    (case,) = await cases(stage)
    assert (case.complaint.client, case.complaint.story) == (
        "Mary Kay",
        "client furious about the bill",
    )
    assert case.complaint.received_at <= begun_at


async def test_a_reply_under_a_ping_is_offered_as_a_note(stage: Stage) -> None:
    reference = await stage.files("ana", "Waited an hour", type="service", severity="1")
    await stage.passes(minutes=31)
    ping = await last(stage)
    await stage.as_("ana").replies(ping, "she prefers to be called after six")
    await stage.passes(seconds=5)
    offered = await last(stage)
    assert f"add this to {reference} as a note" in offered.readable
    await pressed(stage, "talk_note")
    await stage.as_("ana").types(f"/complaint show {reference}")
    sheet = await stage.as_("ana").modal()
    assert sheet is not None
    assert "she prefers to be called after six" in sheet.readable


async def test_an_alarming_reply_says_first_whom_to_call_and_opens_the_gate(stage: Stage) -> None:
    await stage.files("ana", "Waited an hour", type="service", severity="1")
    await stage.passes(minutes=31)
    await stage.as_("ana").replies(await last(stage), "she can't see properly out of her left eye")
    await stage.passes(seconds=5)
    offered = await last(stage)
    assert offered.readable.startswith("*Call the treating clinician now")
    await pressed(stage, "talk_note")
    (case,) = await cases(stage)
    assert case.complaint.in_emergency


async def test_a_reply_under_a_list_asks_for_the_number(stage: Stage) -> None:
    for story in ("Waited an hour", "Cold reception"):
        await stage.files("ana", story, type="service", severity="1", contact=CONTACT)
    await stage.passes(minutes=31)
    await stage.as_("ana").replies(await last(stage), "she prefers to be called after six")
    await stage.passes(seconds=5)
    assert "several complaints" in (await last(stage)).readable


async def test_a_button_pressed_twice_counts_once(stage: Stage) -> None:
    await told(stage, "client furious about the bill")
    asked = await pressed(stage, "talk_walk")
    hasty = stage.slack.as_("ana", waits=False)
    await asyncio.gather(*(hasty.clicks("talk_choose_1", asked) for _ in range(2)))
    await stage.passes(seconds=5)
    questions = [m for m in await stage.as_("ana").sees(DM) if "spoken with" in m.text]
    assert len(questions) == 1


async def test_filed_twice_at_once_it_is_filed_once(stage: Stage) -> None:
    await walked_to(stage, "What is it about")
    summary = await walked(stage, "File it")
    hasty = stage.slack.as_("ana", waits=False)
    await asyncio.gather(*(hasty.clicks("talk_file", summary) for _ in range(2)))
    await stage.passes(seconds=5)
    assert len(await cases(stage)) == 1


async def test_an_older_offer_does_not_push_a_conversation_aside(stage: Stage) -> None:
    older = await told(stage, "the laser client was upset about the long wait")
    await walked_to(stage, "Client's name")
    await stage.as_("ana").clicks("talk_walk", older)
    await stage.passes(seconds=5)
    assert "Client's name" in (await last(stage)).text


async def test_an_offer_is_kept_for_a_week(stage: Stage) -> None:
    await told(stage, "client furious about the bill")
    await stage.passes(days=8)
    await told(stage, "the laser client was upset about the long wait", "ben")
    assert "no longer have the words" in (await pressed(stage, "talk_walk")).readable


async def test_a_guest_is_refused_kindly(stage: Stage) -> None:
    answer = await told(stage, "client furious about the bill", "gus")
    assert "guests" in answer.readable
    assert answer.buttons == {}


async def test_everybody_is_asked_in_their_own_language(stage: Stage) -> None:
    offered = await told(stage, "客户说套餐多收了800块，很生气", "chloe")
    assert "要把这件事登记为投诉吗" in offered.readable
    asked = await pressed(stage, "talk_walk", "chloe")
    assert "第 1 题" in asked.readable


SECOND_ALARM = "another one fainted in the lobby and does not wake up"


async def bots_words(stage: Stage) -> str:
    """All that the bot wrote to Ana."""
    return "\n".join(message.readable for message in await stage.as_("ana").sees(DM))


async def test_an_alarm_left_unfiled_comes_back_after_another(stage: Stage) -> None:
    await walked_to(stage, "Client's name")
    await told(stage, SECOND_ALARM)
    await stage.passes(hours=2)
    assert ALARM in (await told(stage, ALARM)).readable
    back = await pressed(stage, "talk_choose_1")
    assert SECOND_ALARM in back.readable
    assert "Call the treating clinician now" in back.readable
    await pressed(stage, "talk_file")
    first, second = [case.complaint for case in await cases(stage)]
    assert first.in_emergency
    assert second.in_emergency
    assert {SECOND_ALARM in first.story, SECOND_ALARM in second.story} == {True, False}


async def test_an_alarm_left_for_an_hour_is_still_filed_by_a_word(stage: Stage) -> None:
    await told(stage, ALARM)
    await stage.passes(minutes=61)
    await told(stage, "file it")
    (case,) = await cases(stage)
    assert case.complaint.in_emergency


async def test_what_came_in_a_pause_is_offered_again_after_an_alarm(stage: Stage) -> None:
    await walked_to(stage, "Client's name")
    await stage.passes(days=1)
    await told(stage, "the laser client was upset about the long wait")
    await told(stage, ALARM)
    await pressed(stage, "talk_choose_1")
    await pressed(stage, "talk_go_on")
    back = (await bots_words(stage)).split(ALARM)[-1]
    assert "the laser client was upset about the long wait" in back
    assert "Client's name" in (await last(stage)).text


async def test_filed_without_an_answer_it_is_not_taken_for_what_comes_next(
    stage: Stage,
) -> None:
    await walked_to(stage, "What is it about")
    await walked(stage, "File it")
    stage.slack.faults.fail("chat.postMessage", times=5)
    await stage.as_("ana").clicks("talk_file")
    await stage.passes(seconds=5)
    await told(stage, ALARM)
    await stage.passes(seconds=30)
    assert "Call the treating clinician now" in (await last(stage)).readable
    await pressed(stage, "talk_choose_1")
    stories = {case.complaint.story: case.complaint.in_emergency for case in await cases(stage)}
    assert stories == {"client furious about the bill": False, ALARM: True}


async def test_words_of_alarm_while_it_is_filed_are_a_story_of_their_own(stage: Stage) -> None:
    await walked_to(stage, "What is it about")
    await walked(stage, "File it")
    hasty = stage.slack.as_("ana", waits=False)
    await asyncio.gather(hasty.clicks("talk_file"), hasty.types(ALARM, DM))
    await stage.passes(seconds=60)
    for one in ("talk_choose_1", "talk_file"):  # asked where it was, or a part of what was told
        if one in (await last(stage)).buttons:
            await pressed(stage, one)
    stories = [case.complaint.story for case in await cases(stage) if case.complaint.in_emergency]
    assert len(stories) == 1
    assert ALARM in stories[0]


async def test_words_of_alarm_under_a_list_are_heard(stage: Stage) -> None:
    for story in ("Waited an hour", "Cold reception"):
        await stage.files("ana", story, type="service", severity="1", contact=CONTACT)
    await stage.passes(minutes=31)
    both = await last(stage)
    await stage.as_("ana").replies(both, "one of them says thanks")
    await stage.passes(seconds=5)
    assert "several complaints" in (await last(stage)).readable
    await stage.as_("ana").replies(both, ALARM)
    await stage.passes(seconds=5)
    assert "Call the treating clinician now" in (await last(stage)).readable


async def test_a_button_pressed_twice_at_once_counts_once(stage: Stage) -> None:
    offered = await told(stage, "client furious about the bill")
    hasty = stage.slack.as_("ana", waits=False)
    await asyncio.gather(*(hasty.clicks("talk_walk", offered) for _ in range(2)))
    await stage.passes(seconds=5)
    assert "went wrong" not in await bots_words(stage)
    assert await pressed(stage, "talk_choose_1")
    assert "spoken" in (await last(stage)).text


async def test_a_story_without_a_hit_gets_help_also_when_started_anew(stage: Stage) -> None:
    await walked_to(stage, "Client's name")
    await stage.passes(days=1)
    await told(stage, "Mrs Karen Miller")
    answer = await pressed(stage, "talk_anew")
    assert list(answer.buttons) == ["talk_form"]


async def test_an_offer_whose_form_was_filed_says_so_and_files_no_second_time(
    stage: Stage,
) -> None:
    offered = await told(stage, "client furious about the bill")
    await stage.passes(hours=3)
    await stage.as_("ana").clicks("talk_form", offered)
    assert await stage.as_("ana").submits(location="downtown") == {}
    await stage.passes(seconds=5)
    (after,) = [m for m in await stage.as_("ana").sees(DM) if m.ts == offered.ts]
    assert after.readable == "Filed as C-1001."
    assert after.buttons == {}
    (case,) = await cases(stage)
    assert case.complaint.filed_at - case.complaint.received_at >= timedelta(hours=2, minutes=59)


async def test_a_reply_that_was_noted_is_offered_no_more(stage: Stage) -> None:
    await stage.files("ana", "Waited an hour", type="service", severity="1", contact=CONTACT)
    await stage.passes(minutes=31)
    await stage.as_("ana").replies(await last(stage), "she called again")
    await stage.passes(seconds=5)
    offered = await last(stage)
    await stage.as_("ana").clicks("talk_note", offered)
    await stage.passes(seconds=5)
    (after,) = [m for m in await stage.as_("ana").sees(DM) if m.ts == offered.ts]
    assert after.readable == "Added to C-1001 as a note."


@pytest.mark.parametrize(
    ("name", "words", "hint"),
    [
        ("ana", "yes", "press one of its buttons"),
        ("ana", "no", "press one of its buttons"),
        ("ben", "vale", "pulse por favor uno de sus botones"),
        ("chloe", "好的", "请直接按它下面的按钮"),
    ],
)
async def test_an_offer_that_is_answered_in_words_points_to_its_buttons(
    stage: Stage, name: str, words: str, hint: str
) -> None:
    await told(stage, "client furious about the bill", name)
    assert hint in (await told(stage, words, name)).readable


async def test_what_is_written_during_an_outage_is_answered_after_it(stage: Stage) -> None:
    await told(stage, "hi")
    with stage.slack.faults.outage():
        await stage.as_("ana").types(ALARM, DM)
        await stage.passes(minutes=10)
    await stage.passes(seconds=10)
    assert "Call the treating clinician now" in (await last(stage)).readable


async def test_nobody_waits_for_what_went_wrong_with_somebody_else(stage: Stage) -> None:
    stage.slack.faults.fail("chat.postMessage")
    people = ("ana", "ben")
    for name in people:
        await stage.slack.as_(name, waits=False).types(ALARM, DM)
    await stage.clock.settle()
    answered = [[m for m in await stage.as_(name).sees(DM) if m.by_bot] for name in people]
    assert sorted(map(len, answered)) == [0, 1]
    await stage.passes(seconds=6)
    for name in people:
        assert (await last(stage, name)).buttons
