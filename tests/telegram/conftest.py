"""A clinic with a Telegram bot, and what the tests of it share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.demo.stage import Stage
from sandbox.telegram.client import Client
from sandbox.telegram.local_telegram import LocalTelegram


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A clinic with a Telegram bot, on a Friday at 13:00."""
    async with Stage(with_telegram=True) as stage:
        yield stage


@pytest.fixture
def telegram(stage: Stage) -> LocalTelegram:
    assert stage.telegram is not None
    return stage.telegram


@pytest.fixture
def mei(telegram: LocalTelegram) -> Client:
    return telegram.as_("mei")


@pytest.fixture
def kate(telegram: LocalTelegram) -> Client:
    return telegram.as_("kate")
