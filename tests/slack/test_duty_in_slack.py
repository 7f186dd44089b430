"""Shifts and user groups: who is asked, and who is told at a change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from flows_cast import clinic_where

from bot.demo.stage import Stage

SERVICE = {"type": "service", "severity": "1", "contact": "(415) 555-0132"}
BEN_THEN_SOFIA = [
    {"people": ["U0BEN"], "hours": {"fri": "09:00-14:00"}},
    {"people": ["U0SOFIA"], "hours": {"fri": "14:00-18:00"}},
]


def staffed(tables: dict[str, Any]) -> None:
    tables["locations"]["downtown"]["shifts"] = BEN_THEN_SOFIA


def grouped(tables: dict[str, Any]) -> None:
    tables["locations"]["downtown"]["on_duty_group"] = "S0DUTY"


@pytest.fixture
async def shifts() -> AsyncIterator[Stage]:
    async with Stage(clinic=clinic_where(staffed)) as stage:
        yield stage


@pytest.fixture
async def group() -> AsyncIterator[Stage]:
    async with Stage(clinic=clinic_where(grouped)) as stage:
        yield stage


async def test_who_comes_on_duty_is_told_what_is_due(shifts: Stage) -> None:
    await shifts.passes(minutes=35)
    reference = await shifts.files("ana", "Late, and rude", client="Mary Kay", **SERVICE)
    await shifts.passes(minutes=24)
    await shifts.look_away()
    await shifts.passes(minutes=1)
    await shifts.expects(sofia=["hand_over"])
    (said,) = await shifts.as_("sofia").sees("@amends")
    assert "on duty at Downtown" in said.readable
    assert reference in said.readable
    assert "Ana" in said.readable
    assert "Mary" not in said.text
    assert "rude" not in said.text


async def test_a_change_while_the_bot_was_down_is_made_up_for(shifts: Stage) -> None:
    await shifts.passes(minutes=35)
    await shifts.files("ana", "Late", **SERVICE)
    await shifts.look_away()
    await shifts.stops_bot()
    await shifts.passes(minutes=26)
    await shifts.starts_bot()
    await shifts.expects(sofia=["hand_over"])
    await shifts.stops_bot()
    await shifts.starts_bot()
    await shifts.hears_nothing_more()


async def test_a_group_that_changes_in_slack_is_a_change_of_duty(group: Stage) -> None:
    group.slack.workspace.user_groups["S0DUTY"] = ["U0BEN"]
    await group.files("ana", "Late", **SERVICE)
    await group.bot.learn_groups()
    await group.clock.settle()
    await group.look_away()
    group.slack.workspace.user_groups["S0DUTY"] = ["U0SOFIA", "U0BEN"]
    await group.bot.learn_groups()
    await group.clock.settle()
    await group.expects(sofia=["hand_over"])
    assert group.bot.desk.clinic.location("downtown").on_duty[:2] == ("U0SOFIA", "U0BEN")
    await group.bot.learn_groups()
    await group.hears_nothing_more()


async def test_who_was_in_the_group_stays_on_duty_while_slack_does_not_say(group: Stage) -> None:
    group.slack.workspace.user_groups["S0DUTY"] = ["U0SOFIA"]
    await group.bot.learn_groups()
    del group.slack.workspace.user_groups["S0DUTY"]
    await group.bot.learn_groups()
    assert group.bot.desk.clinic.location("downtown").on_duty[0] == "U0SOFIA"
    assert "user group S0DUTY: no_such_subteam" in await group.bot.unreachable()


async def test_a_stand_in_is_told_at_once_and_pinged_when_it_begins(stage: Stage) -> None:
    await stage.types("ana", "/complaint away from 2pm until 5pm <@U0BEN>")
    await stage.expects(ana=["answer"], ben=["covering"])
    (told,) = await stage.as_("ben").sees("@amends")
    assert "Ana Ruiz" in told.readable
    await stage.files("ana", "Late", **SERVICE)
    await stage.look_away()
    await stage.passes(minutes=30)
    await stage.expects(ana=["ping"])
    await stage.passes(minutes=30)
    # Ana heard once more at 13:50, when she was still there.
    await stage.expects(ana=["ping"], ben=["ping"], sofia=["ping"], front_desk=["thread_reminded"])


async def test_an_absence_that_is_taken_back_is_told_to_the_stand_in(stage: Stage) -> None:
    await stage.types("ana", "/complaint away from 2pm until 5pm <@U0BEN>")
    await stage.look_away()
    await stage.types("ana", "/complaint away back")
    await stage.expects(ana=["answer"], ben=["covering_no_more"])
    await stage.types("ana", "/complaint away back")
    await stage.expects(ana=["answer"])


@pytest.mark.parametrize(
    "words", ["away from the desk a client shouted at us", "away a client was sent", "away to"]
)
async def test_a_story_that_begins_with_away_is_a_story(stage: Stage, words: str) -> None:
    ana = stage.as_("ana")
    await ana.types(f"/complaint {words}")
    modal = await ana.modal()
    assert modal is not None


async def test_is_it_still_yours_and_one_click_says_so(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    await stage.types("ana", f"/complaint called {reference}")
    await stage.submits("ana", how="phone", said="Heard her out.")
    await stage.passes(hours=20)
    await stage.look_away()
    pings = [m for m in await stage.as_("ana").sees("@amends") if "still yours" in m.readable]
    assert len(pings) == 1
    assert "Still mine" in pings[0].readable
    await stage.clicks("ana", "still_mine")
    await stage.passes(hours=1)
    history = await stage.as_("ana").sees("@amends")
    assert not any("went to" in m.readable for m in history)


async def test_where_nobody_says_so_it_goes_to_the_person_on_duty(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", client="Mary Kay", **SERVICE)
    await stage.passes(hours=20)
    await stage.look_away()
    await stage.passes(hours=1)
    (told,) = [m for m in await stage.as_("ben").sees("@amends") if "es suya" in m.readable]
    assert reference in told.readable
    assert "Mary" not in told.text
    assert any("went to Ben" in m.readable for m in await stage.as_("ana").sees("@amends"))
    (card,) = [m for m in await stage.as_("ben").sees("#front-desk") if reference in m.readable]
    assert "Ben" in card.readable
    await stage.bot.verify(1001)
