from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from little_bot import MODAL, LittleBot, card

from sandbox.clock import MovableClock, friday_at_one
from sandbox.local_slack import LocalSlack


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(friday_at_one("America/Los_Angeles"), flowing=False)


@pytest.fixture
async def slack(clock: MovableClock) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(clock) as slack:
        yield slack


@pytest.fixture
async def bot(slack: LocalSlack) -> AsyncIterator[LittleBot]:
    """A bot with a command, a modal, a button, a shortcut, a Home tab and a message listener."""
    bot = LittleBot(slack)

    @bot.on(bot.app.command("/complaint"))
    async def complaint(ack, body, client):
        body["type"] = "command"
        bot.bodies.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @bot.on(bot.app.view("file"))
    async def file(ack, body, view, client):
        bot.bodies.append(body)
        values = view["state"]["values"]
        if values["severity"]["severity"]["selected_option"]["value"] == "3":
            await ack(response_action="errors", errors={"story": "Tell us more"})
            return
        await ack()
        await client.chat_postMessage(
            channel="C0FRONTDESK",
            text="C-1042 was filed",
            blocks=card("C-1042 was filed"),
            metadata={"event_type": "amends_card", "event_payload": {"reference": "C-1042"}},
        )
        await client.chat_postMessage(channel=body["user"]["id"], text="Call the client by 15:40")

    @bot.on(bot.app.view_closed("file"))
    async def closed(ack, body):
        bot.bodies.append(body)
        await ack()

    @bot.on(bot.app.action("claim"))
    async def claim(ack, body, client, respond):
        bot.bodies.append(body)
        await ack()
        await respond(text=f"<@{body['user']['id']}> takes it", replace_original=True)

    @bot.on(bot.app.shortcut("file_from_message"))
    async def from_message(ack, body, client):
        bot.bodies.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @bot.on(bot.app.event("app_home_opened"))
    async def home(event, client):
        greeting = {"type": "section", "text": {"type": "mrkdwn", "text": "Nothing is open"}}
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [greeting]}
        )

    @bot.on(bot.app.event("message"))
    async def message(body):
        bot.bodies.append(body)

    @bot.on(bot.app.event("app_mention"))
    async def mention(body):
        bot.bodies.append(body)

    @bot.on(bot.app.event("reaction_added"))
    async def reaction(body):
        bot.bodies.append(body)

    async with bot:
        yield bot
