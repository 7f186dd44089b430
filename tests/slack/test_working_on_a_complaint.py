"""The verbs, buttons and reactions with which a complaint is worked on, and who may do what."""

from __future__ import annotations

import asyncio

import pytest

from bot.demo.stage import Stage
from flows.complaint import DeadlineKind, Severity, State
from flows.desk import number_of
from flows.ports import Case

CONTACT = "(415) 555-0132"
SERVICE = {"type": "service", "severity": "1", "contact": CONTACT}


async def case_of(stage: Stage, reference: str) -> Case:
    async with stage.bot.store.look() as books:
        return await books.case(number_of(reference))


async def answer_to(stage: Stage, name: str, text: str, channel: str = "front-desk") -> str:
    """What the person is told after typing this."""
    person = stage.as_(name)
    await person.hears()
    await person.types(text, channel)
    return "\n".join(answer.readable for answer in await person.hears())


async def test_help_is_six_lines_and_more_is_one_press_away(stage: Stage) -> None:
    short = await answer_to(stage, "ana", "/complaint help")
    assert len([line for line in short.splitlines() if "/complaint" in line]) == 6
    ana = stage.as_("ana")
    await ana.clicks("more_help")
    (full,) = await ana.hears()
    for verb in [
        "list",
        "mine",
        "show",
        "next",
        "called",
        "tried",
        "note",
        "assign",
        "severity",
        "follow-up",
        "escalate",
        "resolve",
        "close",
        "reopen",
        "withdraw",
        "away",
        "search",
    ]:
        assert verb in short + full.readable


@pytest.mark.parametrize("typed", ["lst", "asign C-1001", "serch"])
async def test_a_mistyped_verb_is_answered_with_what_was_meant(stage: Stage, typed: str) -> None:
    told = await answer_to(stage, "ana", f"/complaint {typed}")
    assert "/complaint" in told
    assert await stage.as_("ana").modal() is None


async def test_two_people_claim_and_one_is_told_who_was_first(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    (card,) = stage.slack.channel_messages("front-desk")
    ben, chloe = (stage.slack.as_(name, waits=False) for name in ("ben", "chloe"))
    await asyncio.gather(ben.clicks("claim", card), chloe.clicks("claim", card))
    await stage.clock.settle()
    owner = (await case_of(stage, reference)).complaint.owner
    assert owner in ("U0BEN", "U0CHLOE")
    loser, winner = ("chloe", "Ben Ortiz") if owner == "U0BEN" else ("ben", "Chloe Wang")
    told = " ".join(answer.text for answer in await stage.as_(loser).hears())
    assert winner in told


async def test_eyes_on_the_card_claim_it(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    (card,) = stage.slack.channel_messages("front-desk")
    await stage.as_("ben").reacts("eyes", card)
    assert (await case_of(stage, reference)).complaint.owner == "U0BEN"


async def test_a_check_mark_and_the_owners_reply_ask_whether_to_log_a_call(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    (card,) = stage.slack.channel_messages("front-desk")
    ana, ben = stage.as_("ana"), stage.as_("ben")
    await ana.hears()
    await ben.reacts("white_check_mark", card)
    assert "acknowledge" in (await ben.hears())[-1].buttons
    await ben.replies(card, "poor her")
    assert await ben.hears() == []
    await ana.replies(card, "just spoke with her")
    (question,) = await ana.hears()
    assert "acknowledge" in question.buttons
    await ana.clicks("acknowledge", question)
    assert await ana.submits(how="phone", spoke_with="Mrs K", said="Listened") == {}


async def test_the_whole_way_by_typed_verbs(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", spoke_with="Mrs K", said="Listened")
    assert (await case_of(stage, reference)).complaint.state is State.ACKNOWLEDGED
    await stage.passes(minutes=1)
    await stage.types("ana", f"/complaint note {reference} she prefers mornings")
    await stage.types("ana", f"/complaint assign {reference} @ben")
    assert (await case_of(stage, reference)).complaint.owner == "U0BEN"
    await stage.passes(minutes=1)
    await stage.types("ben", f"/complaint follow-up {reference} tomorrow 3pm")
    custom = (await case_of(stage, reference)).deadline(DeadlineKind.CUSTOM)
    assert custom is not None
    assert custom.due_at.astimezone(stage.zone).hour == 15
    await stage.types("ben", f"/complaint escalate {reference} she wants to speak to the boss")
    await stage.passes(minutes=1)
    await stage.types("ben", f"/complaint resolve {reference}")
    await stage.submits("ben", done="Apologised", remedy="apology", accepted="yes")
    assert (await case_of(stage, reference)).complaint.state is State.RESOLVED
    await stage.passes(minutes=1)
    too_early = await answer_to(stage, "ben", f"/complaint close {reference}")
    assert "seguimiento" in too_early
    assert await stage.as_("ben").modal() is None
    await stage.types("ben", f"/complaint reopen {reference}")
    await stage.submits("ben", reason="She called again")
    case = await case_of(stage, reference)
    assert case.complaint.state is State.INVESTIGATING
    assert case.deadline(DeadlineKind.RESOLVE) is not None
    await stage.types("ben", f"/complaint withdraw {reference}")
    await stage.submits("ben", reason="She took it back")
    case = await case_of(stage, reference)
    assert case.complaint.state is State.WITHDRAWN
    assert not [deadline for deadline in case.deadlines if deadline.live]


async def test_a_second_contact_of_somebody_slower_becomes_a_further_one(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    ana, ben = stage.as_("ana"), stage.as_("ben")
    await ana.types(f"/complaint called {reference}")
    await ben.types(f"/complaint called {reference}")
    assert await ana.submits(how="phone", spoke_with="Mrs K", said="Listened") == {}
    await ben.submits(how="in_person", spoke_with="Mrs K", said="She came by")
    modal = await ben.modal()
    assert modal is not None
    assert modal.callback_id == "contact"
    assert modal.values["said"] == "She came by"
    assert await ben.submits() == {}
    case = await case_of(stage, reference)
    assert case.deadline(DeadlineKind.FEEDBACK) is None


async def test_a_change_of_severity_is_previewed_and_recomputed(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    sofia = stage.as_("sofia")
    await sofia.types(f"/complaint severity {reference}")
    await sofia.chooses("severity", "3")
    modal = await sofia.modal()
    assert modal is not None
    assert "Take" in modal.readable or "charge" in modal.readable
    assert await sofia.submits(reason="She has a burn") == {}
    case = await case_of(stage, reference)
    assert case.complaint.severity is Severity.SEVERE
    assert case.deadline(DeadlineKind.TAKE_CHARGE) is not None


async def test_severity_three_is_lowered_by_managers_only(stage: Stage) -> None:
    reference = await stage.files(
        "ana", "Wants to see the injector's licence", type="safety", severity="3", contact=CONTACT
    )
    sofia = stage.as_("sofia")
    await sofia.types(f"/complaint severity {reference}")
    assert "severity" in await sofia.submits(severity="2", reason="It is small")
    await sofia.closes()
    maria = stage.as_("maria")
    await maria.types(f"/complaint severity {reference}")
    assert await maria.submits(severity="2", reason="Seen by the doctor") == {}
    assert (await case_of(stage, reference)).deadline(DeadlineKind.TAKE_CHARGE) is None


async def test_staff_decide_about_their_own_and_supervisors_about_all(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    told = await answer_to(stage, "ben", f"/complaint withdraw {reference}")
    assert "a supervisión" in told
    await stage.types("sofia", f"/complaint withdraw {reference}")
    await stage.submits("sofia", reason="Filed twice")
    assert (await case_of(stage, reference)).complaint.state is State.WITHDRAWN


async def test_nobody_outside_the_location_and_no_admin_reads_it(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    unknown = await answer_to(stage, "nina", "/complaint show C-4711", "amends-admin")
    told = await answer_to(stage, "nina", f"/complaint show {reference}", "amends-admin")
    assert told == unknown.replace("C-4711", reference)
    assert await stage.as_("nina").modal() is None


async def test_opening_a_complaint_shows_its_words_and_is_recorded(stage: Stage) -> None:
    reference = await stage.files("ana", "Mrs Kovacs waited forty minutes", **SERVICE)
    await stage.types("ben", f"/complaint show {reference}")
    modal = await stage.as_("ben").modal()
    assert modal is not None
    assert "Mrs Kovacs waited forty minutes" in modal.readable
    assert "555-0132" in modal.readable
    async with stage.bot.store.look() as books:
        history = await books.history(number_of(reference))
    assert [line.entry.kind for line in history][-1] == "opened"
    assert history[-1].entry.actor == "U0BEN"


async def test_the_home_tab_shows_mine_and_what_waits_for_me(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    home = await stage.as_("ana").opens_home()
    assert home is not None
    assert reference in home.readable
    sofias = await stage.as_("sofia").opens_home()
    assert sofias is not None
    assert reference not in sofias.readable
    await stage.passes(minutes=61)
    sofias = await stage.as_("sofia").home()
    assert sofias is not None
    assert reference in sofias.readable


async def test_words_never_reach_channels_dms_or_notifications(stage: Stage) -> None:
    secret = ("Kovacs", "555-0132", "5550132", "Botox")
    reference = await stage.files(
        "ana",
        "Mrs Kovacs hates her Botox",
        type="result",
        severity="2",
        client="Mrs Karen Kovacs",
        contact=CONTACT,
    )
    await stage.passes(minutes=90)
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", spoke_with="Mrs Kovacs", said="Botox again")
    await stage.types("ana", f"/complaint note {reference} Kovacs Botox note")
    await stage.passes(minutes=1)
    await stage.types("sofia", f"/complaint resolve {reference}")
    await stage.submits("sofia", done="Botox redone for Kovacs", remedy="redo", accepted="yes")
    await stage.passes(hours=30)
    for call in stage.slack.calls:
        if call.method.startswith("chat."):
            said = str(call.arguments)
            assert not [word for word in secret if word in said], call.method


async def test_a_list_has_what_one_may_see(stage: Stage) -> None:
    for severity in ("1", "2"):
        await stage.files("ana", "Late", type="service", severity=severity, contact=CONTACT)
    everything = await answer_to(stage, "ben", "/complaint list")
    assert "C-1001" in everything
    assert "C-1002" in everything
    narrowed = await answer_to(stage, "ben", "/complaint list severity 2")
    assert "C-1001" not in narrowed
    assert "C-1002" in narrowed
    assert "C-1001" not in await answer_to(stage, "ben", "/complaint mine")
    assert "C-1002" in await answer_to(stage, "ben", "/complaint search C-1002")
    assert "C-1001" in await answer_to(stage, "ben", "/complaint search today")
    assert "C-1001" in await answer_to(stage, "ben", "/complaint search June 11 to June 13")
    assert "C-1001" not in await answer_to(stage, "ben", "/complaint search June 9 to June 11")
    assert "C-1001" in await answer_to(stage, "ben", "/complaint search @ana")
    assert "C-1001" not in await answer_to(stage, "ben", "/complaint search privacy")


async def test_who_is_in_the_managers_channel_gets_no_card_about_themselves(stage: Stage) -> None:
    channel = stage.slack.workspace.channel("managers")
    assert channel is not None
    channel.members.add("U0BEN")
    reference = await stage.files("ana", "Rude", type="service", severity="1", about_staff="ben")
    assert stage.slack.channel_messages("managers") == []
    await stage.expects(ana=["answer"], maria=["notice_restricted"], david=["notice_restricted"])
    await stage.stops_bot()
    await stage.starts_bot()
    await stage.types("ana", f"/complaint note {reference} She called again")
    assert stage.slack.channel_messages("managers") == []


async def test_two_hand_it_over_and_the_slower_is_told(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    sofia, maria = stage.as_("sofia"), stage.as_("maria")
    await sofia.types(f"/complaint assign {reference}")
    await maria.types(f"/complaint assign {reference}")
    assert await sofia.submits(person="ben") == {}
    assert "Ben Ortiz" in (await maria.submits(person="chloe"))["person"]


async def test_withdrawn_before_the_first_talk_and_reopened_it_waits_for_that_talk(
    stage: Stage,
) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.types("ana", f"/complaint withdraw {reference}")
    await stage.submits("ana", reason="Filed twice")
    await stage.types("ana", f"/complaint reopen {reference}")
    await stage.submits("ana", reason="It was not")
    case = await case_of(stage, reference)
    assert case.complaint.state is State.NEW
    assert case.deadline(DeadlineKind.ACKNOWLEDGE) is not None


async def test_a_deleted_card_comes_back(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    channel = stage.slack.workspace.channel("front-desk")
    assert channel is not None
    channel.messages.clear()
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", spoke_with="Mrs K", said="Listened")
    cards = [m for m in stage.slack.channel_messages("front-desk") if m.event_type == "amends_card"]
    assert len(cards) == 1


async def test_every_history_is_a_valid_chain(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=90)
    await stage.clicks("david", "take_charge")
    await stage.bot.verify(number_of(reference))


async def test_the_morning_list_says_what_is_late_and_due_today(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.passes(hours=4)
    await stage.look_away()
    await stage.until(9, 0, days=1)
    lists = [
        m
        for m in await stage.as_("david").hears(since="0")
        if m.event_type == "amends_morning_list"
    ]
    assert len(lists) == 1
    assert "C-1001" in lists[0].readable


async def test_a_complaint_that_becomes_private_leaves_the_channel(stage: Stage) -> None:
    reference = await stage.files(
        "ana", "Photo online", type="privacy", severity="2", contact=CONTACT
    )
    await stage.types("sofia", f"/complaint severity {reference}")
    await stage.submits("sofia", severity="3", reason="It spread")
    await stage.passes(minutes=1)
    (old,) = [
        m
        for m in stage.slack.channel_messages("front-desk")
        if not m.thread_ts or m.event_type == "amends_card"
    ][:1]
    assert reference not in old.readable
    new = stage.slack.channel_messages("managers")
    assert reference in new[0].readable
