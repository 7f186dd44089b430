"""The sandbox from a terminal."""

from __future__ import annotations

import asyncio

from little_bot import LittleBot, card
from typer.testing import CliRunner, Result

from sandbox.commands import app
from sandbox.local_slack import LocalSlack


async def run(slack: LocalSlack, *words: str) -> Result:
    """A command in its own thread, as from another terminal."""
    environment = {"AMENDS_SANDBOX_URL": slack.url, "COLUMNS": "100"}
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)


async def test_a_complaint_is_filed_from_a_terminal(slack: LocalSlack, bot: LittleBot):
    result = await run(slack, "as", "ana", "type", "/complaint")
    assert "ana has open: file" in result.output
    assert "severity = 1 | 2 | 3" in result.output
    result = await run(slack, "as", "ana", "submit", "story=Wrong price", "severity=3")
    assert "story: Tell us more" in result.output
    result = await run(slack, "as", "ana", "submit", "severity=1")
    assert "amends in #front-desk, Fri 13:00" in result.output
    assert "amends in @amends, Fri 13:00" in result.output
    assert "Call the client by 15:40" in result.output
    result = await run(slack, "as", "ben", "click", "claim")
    assert "@ben takes it" in result.output
    assert "nina sees nothing new" in (await run(slack, "as", "nina", "see")).output
    assert result.exit_code == 0


async def test_people_talk_react_and_look(slack: LocalSlack, bot: LittleBot):
    assert "hello" in (await run(slack, "as", "ana", "type", "hello")).output
    assert ":eyes: 1" in (await run(slack, "as", "ben", "react", "eyes")).output
    assert "(in a thread)" in (await run(slack, "as", "ben", "reply", "hi")).output
    assert "hello" in (await run(slack, "as", "maria", "see", "front-desk")).output
    assert "Nothing is open" in (await run(slack, "as", "ana", "home")).output
    assert "ana is in do-not-disturb" in (await run(slack, "as", "ana", "dnd", "on")).output
    assert slack.workspace.member("ana").dnd_until is not None
    assert "ana is reachable" in (await run(slack, "as", "ana", "dnd", "off")).output
    assert slack.workspace.member("ana").dnd_until is None


async def test_time_passes(slack: LocalSlack, bot: LittleBot):
    result = await run(slack, "now")
    assert result.output == "It is Friday 2026-06-12 13:00:00 (America/Los_Angeles).\n"
    result = await run(slack, "pass", "1h")
    assert result.output == "It is Friday 2026-06-12 14:00:00 (America/Los_Angeles).\n"
    assert "is no duration" in (await run(slack, "pass", "soon")).output


async def test_what_cannot_be_done_is_said_kindly(slack: LocalSlack, bot: LittleBot):
    await bot.client.chat_postMessage(channel="C0FRONTDESK", text="card", blocks=card("card"))
    result = await run(slack, "as", "ana", "click", "nothing")
    assert "to press there is: claim" in result.output
    assert result.exit_code == 1
    assert "nobody called" in (await run(slack, "as", "eve", "see")).output
    result = await run(slack, "now", "--url", "http://127.0.0.1:9")
    assert "Start it with `make sandbox` first" in result.output
