"""The wording coach where staff meet it: a command, a button in the forms, and after saving."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage
from flows.desk import number_of

SERVICE = {"type": "service", "severity": "1", "contact": "(415) 555-0132"}
CURT = "I'm afraid we can't refund that. Do you want Tuesday?"


async def told(stage: Stage, name: str, typed: str) -> str:
    """What only this person reads after typing it."""
    person = stage.as_(name)
    await person.hears()
    await person.types(typed)
    (answer,) = await person.hears()
    assert answer.ephemeral
    return answer.readable


async def test_a_text_typed_behind_the_command_is_answered_to_its_writer_only(
    stage: Stage,
) -> None:
    answer = await told(stage, "ana", f"/complaint wording {CURT}")
    assert "2 things" in answer
    assert "“can't refund that”" in answer
    assert "“Do you want Tuesday?”" in answer
    assert "Which day and time suit you best?" in answer
    assert await stage.as_("ana").modal() is None
    assert stage.slack.channel_messages("front-desk") == []
    assert await stage.as_("ben").hears() == []


async def test_the_plain_word_is_in_the_language_of_the_text(stage: Stage) -> None:
    assert "发红" in await told(stage, "ana", "/complaint wording 您的脸上有红斑。")
    assert "hinchazón" in await told(stage, "ana", "/complaint wording Es un edema leve.")


async def test_a_good_text_reads_well_and_no_text_is_explained(stage: Stage) -> None:
    good = "/complaint wording I'm sorry about the wait. Which day suits you?"
    assert await told(stage, "ana", good) == "This reads well."
    assert "only you see the answer" in (await told(stage, "ana", "/complaint wording")).lower()


async def test_what_was_typed_never_becomes_markup(stage: Stage) -> None:
    answer = await told(stage, "ana", "/complaint wording Do you want <!channel> & *me*?")
    assert "“Do you want <!channel> & ∗me∗?”" in answer


async def test_a_complaint_about_somebodys_wording_is_filed(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint wording of the consent form was rude")
    form = await ana.modal()
    assert form is not None
    assert form.values["story"] == "wording of the consent form was rude"


async def test_the_button_shows_advice_above_the_text_and_keeps_everything_typed(
    stage: Stage,
) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    ana = stage.as_("ana")
    await ana.types(f"/complaint called {reference}")
    await ana.fills(how="email", spoke_with="Mrs K", said=CURT)
    for _ in range(2):  # pressed again, the advice is there once
        await ana.clicks("check_wording")
        form = await ana.modal()
        assert form is not None
        assert form.callback_id == "acknowledge"
        assert form.values == {"how": "email", "spoke_with": "Mrs K", "said": CURT}
        assert form.readable.count("can't refund that") == 2  # the advice, and the text itself
        assert form.readable.index("is a no without") < form.readable.index("What was said?")
    await ana.fills(said="I'm sorry about the wait, and I'll call you at ten.")
    await ana.clicks("check_wording")
    form = await ana.modal()
    assert form is not None
    assert "This reads well." in form.readable
    assert "is a no without" not in form.readable
    assert await ana.submits() == {}
    assert stage.slack.violations == []


async def test_without_a_text_the_button_asks_for_one(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    ana = stage.as_("ana")
    await ana.types(f"/complaint called {reference}")
    await ana.clicks("check_wording")
    form = await ana.modal()
    assert form is not None
    assert "Write what you want to send" in form.readable


@pytest.mark.parametrize("how", ["message", "email"])
async def test_a_text_that_was_sent_is_saved_as_it_is_with_advice_for_the_next(
    stage: Stage, how: str
) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    ana = stage.as_("ana")
    await ana.types(f"/complaint called {reference}")
    await ana.hears()
    assert await ana.submits(how=how, spoke_with="Mrs K", said=CURT) == {}
    (answer,) = await ana.hears()
    assert answer.ephemeral
    assert "For your next message:" in answer.readable
    assert "“can't refund that”" in answer.readable
    assert "refund" not in answer.text
    async with stage.bot.store.look() as books:
        case = await books.case(number_of(reference))
    assert case.complaint.acknowledged_at is not None


async def test_what_was_said_in_a_call_is_left_alone(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    ana = stage.as_("ana")
    await ana.types(f"/complaint called {reference}")
    await ana.hears()
    assert await ana.submits(how="phone", spoke_with="Mrs K", said=CURT) == {}
    (answer,) = await ana.hears()
    assert "For your next message" not in answer.readable


async def test_how_it_was_settled_can_be_checked_too(stage: Stage) -> None:
    reference = await stage.files("ana", "Late", **SERVICE)
    ana = stage.as_("ana")
    await ana.types(f"/complaint resolve {reference}")
    await ana.fills(done="It will be gone in a week.", remedy="apology")
    await ana.clicks("check_wording")
    form = await ana.modal()
    assert form is not None
    assert "promises how the body will turn out" in form.readable
    assert form.values["remedy"] == "apology"
    assert form.values["done"] == "It will be gone in a week."


async def test_nothing_of_a_checked_text_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await told(stage, "ana", "/complaint wording You should have read the zebra form.")
    assert "zebra" not in caplog.text
