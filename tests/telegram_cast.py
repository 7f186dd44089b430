"""What the tests with clients on Telegram do over and over."""

from __future__ import annotations

from datetime import timedelta

from bot.demo.stage import Stage
from flows.ports import Case
from sandbox.person import Person
from sandbox.telegram.client import Client

SOON = timedelta(seconds=10)


async def case_of(stage: Stage, number: int = 1001) -> Case:
    async with stage.bot.store.look() as books:
        return await books.case(number)


async def said(client: Client) -> list[str]:
    """What the bot has written to this client."""
    return [bubble.text for bubble in await client.sees() if bubble.by_bot]


async def answers(stage: Stage, client: Client, words: str) -> None:
    """Write, and leave the courier the time that Telegram wants between two messages."""
    await client.writes(words)
    await stage.clock.pass_(SOON)


async def owner_of(stage: Stage, number: int = 1001) -> Person:
    """Who handles a complaint."""
    owner = (await case_of(stage, number)).complaint.owner
    return stage.slack.as_(stage.slack.workspace.members[owner].handle)
