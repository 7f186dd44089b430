"""Who is pinged when, who is not, and what happens when somebody can't be reached."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage

SERVICE = {"type": "service", "severity": "1", "contact": "(415) 555-0132"}
SEVERE = {"type": "safety", "severity": "3", "contact": "(415) 555-0132"}


async def test_a_ping_can_be_snoozed_twice_and_the_ladder_goes_on(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=30)
    await stage.look_away()
    await stage.clicks("ana", "snooze_busy")
    await stage.passes(minutes=9)
    await stage.hears_nothing_more()
    await stage.passes(minutes=1)
    await stage.expects(ana=["ping"])
    await stage.clicks("ana", "snooze_waiting")
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"])
    pings = await stage.as_("ana").sees("@amends")
    assert "snooze_busy" not in pings[-1].buttons
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"], sofia=["ping"], front_desk=["thread_reminded"])
    assert reference in pings[-1].readable


async def test_taking_charge_holds_the_ladder_for_a_quarter_of_an_hour(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=76)
    await stage.look_away()
    await stage.clicks("maria", "take_charge")
    await stage.expects(ana=["notice_taken"], front_desk=["thread_took_charge"])
    await stage.passes(minutes=14)
    await stage.hears_nothing_more()
    await stage.passes(minutes=1)
    await stage.expects(david=["ping"], front_desk=["thread_reminded"])


async def test_an_attempt_rests_the_owner_but_not_those_above(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=25)
    await stage.types("ana", f"/complaint tried {reference}")
    await stage.submits("ana", how="phone")
    await stage.look_away()
    # The ping of 13:30 would come at 13:45, five minutes before the next: that one will do.
    await stage.passes(minutes=24)
    await stage.hears_nothing_more()
    await stage.passes(minutes=1)
    await stage.expects(ana=["ping"])
    await stage.types("ana", f"/complaint tried {reference}")
    await stage.submits("ana", how="phone")
    await stage.look_away()
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"], sofia=["ping"], front_desk=["thread_reminded"])
    assert "2" in (await stage.as_("sofia").sees("@amends"))[-1].readable


async def test_a_severe_complaint_tells_all_managers_at_once_and_then_the_director(
    stage: Stage,
) -> None:
    await stage.files("ana", "She used the same needle after dropping it on the floor", **SEVERE)
    await stage.expects(ana=["answer"], maria=["ping"], front_desk=["card", "thread_reminded"])
    await stage.passes(minutes=15)
    await stage.expects(maria=["ping"], front_desk=["thread_reminded"])
    await stage.passes(minutes=14)
    await stage.hears_nothing_more()
    await stage.passes(minutes=1)
    await stage.expects(ana=["ping"], david=["ping"], front_desk=["thread_reminded"])


async def test_do_not_disturb_sends_a_severe_ping_up_at_once(stage: Stage) -> None:
    maria = stage.slack.workspace.member("maria")
    assert maria is not None
    maria.dnd_until = stage.now.replace(hour=23)
    await stage.files("ana", "She used the same needle after dropping it on the floor", **SEVERE)
    await stage.expects(
        ana=["answer"], maria=["ping"], david=["ping"], front_desk=["card", "thread_reminded"]
    )


@pytest.mark.parametrize("trouble", ["deactivated", "no_dms"])
async def test_who_can_never_be_reached_is_skipped_at_once(stage: Stage, trouble: str) -> None:
    maria = stage.slack.workspace.member("maria")
    assert maria is not None
    if trouble == "deactivated":
        maria.deactivated = True
    else:
        maria.takes_dms = False
    await stage.files("ana", "She used the same needle after dropping it on the floor", **SEVERE)
    await stage.expects(ana=["answer"], david=["ping"], front_desk=["card", "thread_reminded"])


async def test_a_channel_that_takes_no_cards_is_reported_to_the_admins_once(stage: Stage) -> None:
    channel = stage.slack.workspace.channel("front-desk")
    assert channel is not None
    channel.members.remove("U0AMENDS")
    await stage.files("ana", "Late", **SERVICE)
    await stage.files("ana", "Cold room", **SERVICE)
    await stage.expects(ana=["answer", "answer"], amends_admin=["admin_channel_unreachable"])


async def test_an_outage_alarms_nobody_else_and_nothing_is_lost(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.look_away()
    with stage.slack.faults.outage():
        await stage.passes(minutes=45)
    await stage.passes(minutes=5)
    await stage.expects(ana=["ping", "ping"])


@pytest.mark.parametrize("trouble", [{"status": 503}, {"error": "rate_limited"}, {"status": 429}])
async def test_a_slack_that_answers_oddly_is_waited_for(
    stage: Stage, trouble: dict[str, int | str]
) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.look_away()
    stage.slack.faults.fail("chat.postMessage", times=10, **trouble)
    await stage.passes(minutes=49)
    await stage.expects(ana=["ping"])


async def test_a_home_tab_that_can_t_be_drawn_silences_nobody(stage: Stage) -> None:
    await stage.as_("ana").opens_home()
    stage.slack.faults.fail("views.publish", status=503, times=1000)
    await stage.files("ana", "Late", **SERVICE)
    await stage.look_away()
    await stage.passes(minutes=30)
    await stage.expects(ana=["ping"])


async def test_help_asked_of_somebody_unreachable_goes_further_up(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    sofia = stage.slack.workspace.member("sofia")
    assert sofia is not None
    sofia.deactivated = True
    await stage.look_away()
    await stage.types("ana", f"/complaint escalate {reference} she shouts")
    await stage.expects(ana=["answer"], maria=["ping"], front_desk=["thread_escalated"])


async def test_a_location_that_left_the_clinic_file_silences_nobody(stage: Stage) -> None:
    await stage.files("ben", "Late", channel="uptown-desk", **SERVICE)
    await stage.files("ana", "Late", **SERVICE)
    await stage.look_away()
    remaining = {"downtown": stage.clinic.locations["downtown"]}
    await stage.bot.desk.take_clinic(stage.clinic.model_copy(update={"locations": remaining}))
    await stage.passes(minutes=30)
    await stage.expects(ana=["ping"], ben=["ping"], front_desk=["card"])


async def test_a_ping_whose_answer_was_lost_is_not_sent_again(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.look_away()
    stage.slack.faults.fail("chat.postMessage", after_effect=True)
    await stage.passes(minutes=31)
    await stage.expects(ana=["ping"])


async def test_who_was_down_sends_each_person_one_list(stage: Stage) -> None:
    for words in ("Late", "Cold room", "Wrong booking"):
        await stage.files("ana", words, **SERVICE)
    await stage.look_away()
    await stage.stops_bot()
    await stage.passes(minutes=80)
    await stage.starts_bot()
    await stage.expects(
        ana=["ping_catch_up"], sofia=["ping_catch_up"], front_desk=["thread_reminded"] * 3
    )
    await stage.passes(minutes=15)
    await stage.expects(maria=["ping_list"], front_desk=["thread_reminded"] * 3)


async def test_what_falls_due_within_five_minutes_comes_along(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=4)
    await stage.files("ana", "Cold room", **SERVICE)
    await stage.look_away()
    await stage.passes(minutes=26)
    await stage.expects(ana=["ping_list"])
    await stage.passes(minutes=4)
    await stage.hears_nothing_more()


async def test_outside_hours_a_minor_complaint_waits_for_opening(stage: Stage) -> None:
    await stage.until(17, 45)
    await stage.files("ana", "Late", **SERVICE)
    await stage.look_away()
    await stage.until(9, 0, days=1)
    await stage.look_away()
    await stage.passes(minutes=14)
    await stage.hears_nothing_more()
    await stage.passes(minutes=1)
    await stage.expects(ana=["ping"])


async def test_a_severe_complaint_never_waits_for_opening(stage: Stage) -> None:
    await stage.until(22, 0)
    await stage.files("ana", "She used the same needle after dropping it on the floor", **SEVERE)
    await stage.expects(ana=["answer"], maria=["ping"], front_desk=["card", "thread_reminded"])


async def test_filed_after_the_hour_owner_and_supervisor_hear_at_once(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE, received="2 hours ago")
    await stage.expects(
        ana=["answer", "ping"], sofia=["ping"], front_desk=["card", "thread_reminded"]
    )
    await stage.passes(minutes=15)
    await stage.expects(maria=["ping"], front_desk=["thread_reminded"])


async def test_an_absent_supervisor_is_replaced_by_who_covers(stage: Stage) -> None:
    await stage.types("sofia", "/complaint away until Monday covered by @omar")
    await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=50)
    await stage.look_away()
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"], omar=["ping"], front_desk=["thread_reminded"])


async def test_an_absent_supervisor_without_cover_is_skipped(stage: Stage) -> None:
    await stage.types("sofia", "/complaint away")
    await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=50)
    await stage.look_away()
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"], maria=["ping"], front_desk=["thread_reminded"])


async def test_a_newer_ping_takes_over_the_buttons(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=50)
    pings = [m for m in await stage.as_("ana").sees("@amends") if m.event_type == "amends_ping"]
    assert len(pings) == 2
    assert not pings[0].buttons
    assert pings[1].buttons


async def test_answered_pings_lose_their_buttons(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=60)
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", spoke_with="Her", said="Listened")
    for name in ("ana", "sofia"):
        assert not (await stage.as_(name).sees("@amends"))[-1].buttons


async def test_an_owner_who_covers_for_the_supervisor_does_not_stand_in_for_herself(
    stage: Stage,
) -> None:
    await stage.types("sofia", "/complaint away until Monday covered by @ana")
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=50)
    await stage.look_away()
    await stage.types("ana", f"/complaint escalate {reference} I need help")
    await stage.expects(ana=["answer"], maria=["ping"], front_desk=["thread_escalated"])
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"], maria=["ping"], front_desk=["thread_reminded"])


async def test_a_snoozed_ping_does_not_follow_who_handed_it_over(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=31)
    await stage.clicks("ana", "snooze_busy")
    await stage.types("ana", f"/complaint assign {reference} @ben")
    await stage.look_away()
    await stage.passes(minutes=11)
    await stage.hears_nothing_more()


async def test_everybody_told_at_one_instant_gets_one_list(stage: Stage) -> None:
    await stage.files("ana", "Late", **SERVICE)
    await stage.passes(minutes=3)
    await stage.files("ana", "Cold room", **SERVICE)
    await stage.passes(minutes=56)
    await stage.look_away()
    await stage.passes(minutes=1)
    await stage.expects(ana=["ping_list"], sofia=["ping_list"], front_desk=["thread_reminded"])
    await stage.passes(minutes=3)
    await stage.expects(front_desk=["thread_reminded"])


async def test_a_moved_reminder_rings_for_who_moved_it(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", spoke_with="Her", said="Listened")
    await stage.types("ben", f"/complaint follow-up {reference} in 20 minutes")
    await stage.types("maria", f"/complaint follow-up {reference} in 30 minutes", "managers")
    await stage.passes(minutes=1)
    await stage.look_away()
    await stage.passes(minutes=28)
    await stage.hears_nothing_more()
    await stage.passes(minutes=1)
    await stage.expects(ana=["ping"], maria=["ping"], front_desk=["thread_reminded"])


async def test_a_follow_up_moved_to_a_time_rings_then_and_once(stage: Stage) -> None:
    reference = await stage.files(
        "ana", "Late", type="service", severity="1", spoken="settled", via="phone"
    )
    await stage.types("ana", f"/complaint follow-up {reference} in 30 minutes")
    await stage.passes(minutes=1)
    await stage.look_away()
    await stage.passes(minutes=29)
    await stage.expects(ana=["ping"])
    assert "follow_up_done" in (await stage.as_("ana").sees("@amends"))[-1].buttons
    await stage.clicks("ana", "follow_up_done")
    await stage.submits("ana", reached="yes", outcome="Happy", booked_again="yes", rating="5")
    await stage.look_away()
    await stage.passes(hours=20)
    await stage.hears_nothing_more()


async def test_a_severe_ping_shows_a_supervisor_no_button_that_would_refuse(stage: Stage) -> None:
    await stage.files("ana", "She used the same needle after dropping it on the floor", **SEVERE)
    await stage.passes(minutes=60)
    buttons = (await stage.as_("sofia").sees("@amends"))[-1].buttons
    assert "acknowledge" in buttons
    assert not {"take_charge", "assign"} & buttons.keys()


async def test_filed_after_a_day_the_supervisor_hears_at_once_that_feedback_is_late(
    stage: Stage,
) -> None:
    await stage.files(
        "ana", "Late", **SERVICE, received="2 days ago 1pm", spoken="yes", via="phone"
    )
    heard = [message.event_type for message in await stage.as_("sofia").hears()]
    assert heard == ["amends_ping"]
