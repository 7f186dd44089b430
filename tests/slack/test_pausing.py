"""Waiting for the client: the clock stands still, says so, and runs again by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.demo.stage import Stage
from flows.complaint import DeadlineKind
from flows.ports import Case, Query

FIELDS = {"type": "service", "severity": "2"}


async def heard_and_paused(stage: Stage, until: str = "Monday 10am") -> str:
    """A complaint whose client was spoken with, and who now has to send something."""
    reference = await stage.files("ana", "waited", **FIELDS)
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", spoke_with="Mei", said="Sends photos on Monday.")
    await stage.types("ana", f"/complaint pause {reference} until {until}")
    await stage.submits("ana", waiting_for="Photos of the bruise")
    return reference


async def only_case(stage: Stage) -> Case:
    async with stage.bot.store.look() as books:
        (case,) = await books.cases(Query())
    return case


async def feedback_due(stage: Stage) -> str:
    deadline = (await only_case(stage)).deadline(DeadlineKind.FEEDBACK)
    assert deadline is not None
    return f"{deadline.due_at.astimezone(stage.zone):%a %H:%M}"


async def test_the_clock_stands_still_and_runs_again_by_itself(stage: Stage) -> None:
    reference = await heard_and_paused(stage)
    assert await feedback_due(stage) == "Tue 10:00"  # 24 hours of it were left
    card = stage.slack.channel_messages("front-desk")[0]
    assert "Paused until" in card.readable
    await stage.look_away()
    await stage.passes(days=2)  # the deadlines would have been due on Saturday and Sunday
    await stage.hears_nothing_more()
    await stage.until(10, 0, days=1)
    # Half of the time for a solution is over: is it still hers?
    await stage.expects(ana=["notice_resumed", "ping"], front_desk=["thread_resumed"])
    assert "Paused" not in stage.slack.channel_messages("front-desk")[0].readable
    assert await feedback_due(stage) == "Tue 10:00"
    await stage.until(8, 30, days=1)
    await stage.until(9, 0)
    assert reference in (await stage.as_("ana").hears(since="0"))[-1].readable


async def test_a_word_from_the_client_ends_it(stage: Stage) -> None:
    reference = await heard_and_paused(stage)
    await stage.passes(hours=2)
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", spoke_with="Mei", said="Photos are here already.")
    case = await only_case(stage)
    assert case.pause is None
    resolve = case.deadline(DeadlineKind.RESOLVE)
    assert resolve is not None
    # Forty-eight hours and the two that stood still, from Friday 13:00: Sunday, when we are closed.
    assert f"{resolve.due_at.astimezone(stage.zone):%a %H:%M}" == "Mon 10:00"


async def test_waiting_can_be_stopped_by_hand_and_the_earned_time_stays(stage: Stage) -> None:
    reference = await heard_and_paused(stage)
    await stage.passes(hours=1)
    await stage.types("ana", f"/complaint resume {reference}")
    assert await feedback_due(stage) == "Sat 14:00"
    await stage.types("ana", f"/complaint severity {reference} 1")
    await stage.as_("sofia").types(f"/complaint severity {reference} 1")
    await stage.submits("sofia", severity="1", reason="Smaller than it looked")
    assert await feedback_due(stage) == "Sat 14:00"


async def test_why_then_tells_of_the_pause(stage: Stage) -> None:
    reference = await heard_and_paused(stage)
    await stage.types("ana", f"/complaint show {reference}")
    sheet = await stage.as_("ana").modal()
    assert sheet is not None
    assert "The clock stood still for 69 h in between" in sheet.readable
    assert "resume" in {
        element["action_id"]
        for block in sheet.blocks
        for element in block.get("elements", [])
        if "action_id" in element
    }


@pytest.mark.parametrize(
    ("prepare", "until", "told"),
    [
        ("nothing", "Monday", "speak with the client first"),
        ("heard", "July 12", "at the latest"),
        ("paused", "Monday", "paused already"),
    ],
)
async def test_what_can_not_wait_is_said(stage: Stage, prepare: str, until: str, told: str) -> None:
    if prepare == "paused":
        reference = await heard_and_paused(stage)
    else:
        reference = await stage.files("ana", "waited", **FIELDS)
    if prepare == "heard":
        await stage.types("ana", f"/complaint called {reference}")
        await stage.submits("ana", how="phone", said="Sends photos.")
    await stage.types("ana", f"/complaint pause {reference} until {until}")
    errors = await stage.as_("ana").submits(waiting_for="Photos")
    assert told in errors.get("when", "") + errors.get("waiting_for", "")
    modal = await stage.as_("ana").modal()
    assert modal is not None
    assert modal.values["waiting_for"] == "Photos", "nothing typed is lost"


async def test_an_emergency_ends_it(stage: Stage) -> None:
    reference = await heard_and_paused(stage)
    await stage.types("ana", f"/complaint emergency {reference} she can't breathe")
    assert (await only_case(stage)).pause is None


async def test_a_restart_and_a_night_change_nothing(stage: Stage) -> None:
    await heard_and_paused(stage)
    await stage.stops_bot()
    await stage.clock.jump(timedelta(days=3))
    await stage.starts_bot()
    await stage.passes(seconds=5)
    keys = [m.event_type for m in await stage.as_("ana").hears(since="0")]
    assert keys.count("amends_notice_resumed") == 1
