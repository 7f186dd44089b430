"""The stories that the demo plays, held message by message."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage
from bot.demo.stories import STORIES


@pytest.mark.parametrize("name", STORIES)
async def test_story(stage: Stage, name: str) -> None:
    await STORIES[name](stage)
