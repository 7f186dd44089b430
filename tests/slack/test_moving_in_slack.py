"""A complaint moves to another location: the form shows what would move, the card goes along."""

from __future__ import annotations

from bot.demo.stage import Stage

FIELDS = {"type": "service", "severity": "1", "client": "Mary Kay"}


async def test_the_form_shows_what_would_move_and_the_card_goes_along(stage: Stage) -> None:
    await stage.passes(hours=3, minutes=20)
    reference = await stage.files("ana", "waited", **FIELDS)
    ana = stage.as_("ana")
    await ana.types(f"/complaint move {reference} Uptown")
    modal = await ana.modal()
    assert modal is not None
    assert "becomes" in str(modal)
    await stage.submits("ana", reason="She is treated there")
    front_desk = [m for m in stage.slack.channel_messages("front-desk") if not m.thread_ts]
    assert "another channel" in front_desk[0].readable
    (card,) = [m for m in stage.slack.channel_messages("uptown-desk") if not m.thread_ts]
    assert reference in card.readable
    await ana.types(f"/complaint show {reference}")
    assert "moved this from Downtown to Uptown" in str(await ana.modal())
    await stage.bot.verify(1001)


async def test_another_choice_shows_another_preview(stage: Stage) -> None:
    reference = await stage.files("ana", "waited", **FIELDS)
    ana = stage.as_("ana")
    await ana.types(f"/complaint move {reference}")
    assert "Choose one" in str(await ana.modal())
    await ana.chooses("location", "uptown")
    assert "Choose one to see" not in str(await ana.modal())


async def test_nobody_moves_it_to_where_it_is(stage: Stage) -> None:
    reference = await stage.files("ana", "waited", **FIELDS)
    ana = stage.as_("ana")
    await ana.types(f"/complaint move {reference}")
    errors = await ana.submits(reason="There")
    assert errors
