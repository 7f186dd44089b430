"""Everybody is answered in their own language, and whoever speaks the client's is named."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage


async def answer(stage: Stage, person: str, typed: str) -> str:
    """What this person is told when typing that."""
    await stage.look_away()
    await stage.as_(person).types(typed)
    seen = [message for message in await stage.as_(person).hears() if message.by_bot]
    return seen[-1].readable


@pytest.mark.parametrize("typed", ["zh", "中文", "Chinese"])
async def test_a_person_chooses_a_language_and_slacks_comes_back(stage: Stage, typed: str) -> None:
    assert "以后我用中文" in await answer(stage, "ana", f"/complaint language {typed}")
    assert "目前没有" in await answer(stage, "ana", "/complaint mine")
    home = await stage.as_("ana").opens_home()
    assert home is not None
    assert "客户" in home.readable
    assert "I answer you in English" in await answer(stage, "ana", "/complaint language slack")


async def test_slacks_own_locale_is_followed(stage: Stage) -> None:
    assert "目前没有" in await answer(stage, "chloe", "/complaint mine")


async def test_a_language_without_texts_is_answered_with_those_there_are(stage: Stage) -> None:
    told = await answer(stage, "ana", "/complaint language french")
    assert "`en` (English)" in told
    assert "`zh` (中文)" in told


async def test_a_story_about_languages_is_a_story(stage: Stage) -> None:
    ana = stage.as_("ana")
    await ana.types("/complaint language barrier at the desk, she felt lost")
    modal = await ana.modal()
    assert modal is not None
    assert modal.values["story"].startswith("language barrier")


async def test_card_and_answer_name_a_colleague_who_speaks_the_clients_language(
    stage: Stage,
) -> None:
    await stage.files("ana", "前台态度很冷淡,等了半个小时也没人理我", type="service", severity="1")
    (card,) = [m for m in await stage.as_("sofia").sees("front-desk") if m.by_bot]
    assert "The client speaks Chinese: Chloe Wang does too." in card.readable
    assert "Chloe Wang does too" in await answer(stage, "ana", "/complaint next C-1001")


async def test_who_is_away_is_not_named(stage: Stage) -> None:
    await stage.as_("chloe").types("/complaint away until Monday")
    await stage.files("ana", "前台态度很冷淡,等了半个小时也没人理我", type="service", severity="1")
    assert "Chloe" not in await answer(stage, "ana", "/complaint next C-1001")


async def test_a_speaker_reads_the_words_in_the_clients_language(stage: Stage) -> None:
    await stage.files(
        "chloe", "前台态度很冷淡,等了半个小时也没人理我", type="service", severity="1"
    )
    await stage.as_("chloe").types("/complaint language en")
    told = await answer(stage, "chloe", "/complaint next C-1001")
    assert "does too" not in told
    assert "*Why:*" in told or "Why:" in told
    assert "您" in told


@pytest.mark.parametrize(
    ("person", "typed", "heard"),
    [
        ("ben", "away hasta el lunes", "hasta Jun 15"),
        ("ben", "away hoy", "hasta tomorrow"),
        ("ben", "away volví", "de vuelta"),
        ("chloe", "away 到周一", "在 Jun 15"),
        ("chloe", "away 到周一 由 <@U0BEN> 代班", "由 Ben Ortiz 代班"),
        ("ben", "away hasta el lunes, me cubre <@U0ANA>", "le cubre Ana Ruiz"),
        ("chloe", "language 英文", "I answer you in English"),
        ("chloe", "away 今天", "在 tomorrow"),
        ("chloe", "away 回来了", "回来"),
        ("ana", "away until Monday", "until Jun 15"),
        (
            "ana",
            "away from Monday until Friday",
            "from Jun 15, 2026 12:00 AM until Jun 19, 2026 11:59 PM",
        ),
        ("ana", "away from Monday to Friday <@U0BEN>", "Ben Ortiz covers for you"),
        ("ana", "away from Monday", "from Jun 15, 2026 12:00 AM until Jun 16, 2026 12:00 AM"),
        ("ana", "away from Monday for 2 days", "until Jun 17"),
        (
            "ben",
            "away desde el lunes hasta el viernes",
            "desde Jun 15, 2026 12:00 AM hasta Jun 19, 2026 11:59 PM",
        ),
        (
            "ben",
            "away del lunes al viernes",
            "desde Jun 15, 2026 12:00 AM hasta Jun 19, 2026 11:59 PM",
        ),
        ("chloe", "away 从周一到周五", "从 Jun 15, 2026 12:00 AM 到 Jun 19, 2026 11:59 PM"),
    ],
)
async def test_an_absence_is_told_in_ones_own_language(
    stage: Stage, person: str, typed: str, heard: str
) -> None:
    await stage.types(person, "/complaint away")
    assert heard in await answer(stage, person, f"/complaint {typed}")
