"""What is said in direct messages is said once, although answers get lost and we are stopped."""

from __future__ import annotations

from collections import Counter

import pytest
from test_direct_messages import ALARM, DM, cases, last, pressed, told, walked_to

from bot.demo.stage import Stage


async def said(stage: Stage, name: str = "ana") -> list[str]:
    """Everything that stands in the direct messages, as it is read."""
    return [m.readable for m in await stage.as_(name).sees(DM) if m.by_bot]


async def loses(stage: Stage, words: str) -> None:
    """The answer to these words stands, but its confirmation never reaches us."""
    stage.slack.faults.fail("chat.postMessage", after_effect=True)
    await stage.as_("ana").types(words, DM)
    await stage.passes(seconds=30)


@pytest.mark.parametrize("words", ["client furious about the bill", "hi", ALARM, ""])
async def test_an_answer_that_stands_is_not_given_again(stage: Stage, words: str) -> None:
    await loses(stage, words or " ")
    assert len(await said(stage)) == 1


async def test_a_question_that_stands_is_not_asked_again_and_takes_its_answer(
    stage: Stage,
) -> None:
    await walked_to(stage, "When did the client tell us")
    before = len(await said(stage))
    await loses(stage, "an hour ago")
    assert len(await said(stage)) == before + 1
    asked = await last(stage)
    assert (await pressed(stage, "talk_choose_1")).ts != asked.ts
    assert all(count == 1 for count in Counter(await said(stage)).values())


async def test_a_filing_is_confirmed_once(stage: Stage) -> None:
    asked = await walked_to(stage, "When did the client tell us")
    while "talk_file" not in asked.buttons:
        asked = await pressed(
            stage, "talk_skip" if "talk_skip" in asked.buttons else "talk_choose_1"
        )
    stage.slack.faults.fail("chat.postMessage", after_effect=True)
    await stage.as_("ana").types("yes", DM)
    await stage.passes(seconds=30)
    assert len(await cases(stage)) == 1
    assert sum("C-1001 is filed" in words for words in await said(stage)) == 1
    assert "C-1001 is filed" in (await said(stage))[-1]


async def test_a_note_is_offered_once(stage: Stage) -> None:
    await stage.files("ana", "waited", type="service", severity="1")
    await stage.passes(minutes=30)
    ping = await last(stage)
    stage.slack.faults.fail("chat.postMessage", after_effect=True)
    await stage.as_("ana").replies(ping, "she called again")
    await stage.passes(seconds=30)
    offers = [m for m in await stage.as_("ana").sees(DM) if "talk_note" in m.buttons]
    assert len(offers) == 1


async def test_stopped_before_a_question_it_is_asked_and_after_it_it_is_not(stage: Stage) -> None:
    await told(stage, "client furious about the bill")
    stage.slack.faults.fail("chat.postMessage", after_effect=True)
    await stage.as_("ana").clicks("talk_walk")
    await stage.passes(seconds=5)
    asked = await last(stage)
    await told(stage, "downtown")
    assert (await last(stage)).ts > asked.ts
    assert all(count == 1 for count in Counter(await said(stage)).values())
