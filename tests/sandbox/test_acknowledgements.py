"""What is not acknowledged in time: events come again, everything else never does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from little_bot import MODAL, LittleBot
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import MovableClock
from sandbox.local_slack import LocalSlack

TROUBLE = "We had some trouble connecting. Try again?"
CLICK_TROUBLE = "Sorry, that didn't work. Try again?"


@pytest.fixture
async def silent_bot(slack: LocalSlack) -> AsyncIterator[LittleBot]:
    """A bot that hears everything and acknowledges nothing."""
    slack.sockets.ack_seconds = 0.05
    bot = LittleBot(slack)

    @bot.app.middleware
    async def hear(req, next):  # noqa: A002 - Bolt finds arguments by these names
        retry = [req.headers.get(f"x-slack-retry-{what}") for what in ("num", "reason")]
        bot.bodies.append({"type": req.body.get("type"), "body": req.body, "retry": retry})
        await next()

    async with bot:
        yield bot


async def test_an_event_comes_again_at_once_after_one_and_after_five_minutes(
    slack: LocalSlack, clock: MovableClock, silent_bot: LittleBot
):
    await slack.as_("ana").types("hello")
    assert len(silent_bot.of_type("event_callback")) == 2
    await clock.pass_(timedelta(seconds=59))
    assert len(silent_bot.of_type("event_callback")) == 2
    await clock.pass_(timedelta(seconds=1))
    assert len(silent_bot.of_type("event_callback")) == 3
    await clock.pass_(timedelta(minutes=20))
    heard = silent_bot.of_type("event_callback")
    assert [each["retry"] for each in heard] == [
        [["0"], [""]],
        [["1"], ["timeout"]],
        [["2"], ["timeout"]],
        [["3"], ["timeout"]],
    ]
    assert len({each["body"]["event_id"] for each in heard}) == 1
    assert len(slack.violations) == 4
    assert slack.violations[0].startswith("event message (Ev0")


async def test_an_event_waits_for_a_bot_that_is_down(slack: LocalSlack, clock: MovableClock):
    await slack.as_("ana").types("hello")
    bot = LittleBot(slack)

    @bot.on(bot.app.event("message"))
    async def message(body):
        bot.bodies.append(body)

    async with bot:
        assert bot.bodies == []
        await clock.pass_(timedelta(minutes=1))
        assert [body["event"]["text"] for body in bot.bodies] == ["hello"]
        await clock.pass_(timedelta(minutes=10))
        assert len(bot.bodies) == 1
    assert slack.violations == []


async def test_a_command_fails_before_the_persons_eyes_and_is_not_repeated(
    slack: LocalSlack, clock: MovableClock, silent_bot: LittleBot
):
    ana = slack.as_("ana")
    answer = await ana.types("/complaint late")
    assert (answer.user, answer.text) == (
        "slackbot",
        '/complaint failed with the error "dispatch_failed"',
    )
    assert answer.ephemeral
    await clock.pass_(timedelta(hours=1))
    assert len(silent_bot.bodies) == 1
    assert slack.violations == ["command /complaint was not acknowledged within 0.05 s"]


async def test_without_a_connection_everything_fails_but_nobody_is_to_blame(slack: LocalSlack):
    ana = slack.as_("ana")
    assert "dispatch_failed" in (await ana.types("/complaint")).text
    assert await ana.shortcut("file") == CLICK_TROUBLE
    assert slack.violations == []


async def test_commands_the_app_does_not_have(slack: LocalSlack, bot: LittleBot):
    answer = await slack.as_("ana").types("/complain now")
    assert answer.text == "/complain is not a valid command."


async def test_a_modal_stays_when_its_submission_is_not_acknowledged(
    slack: LocalSlack, bot: LittleBot
):
    ana = slack.as_("ana")
    await ana.types("/complaint")
    await bot.client.views_update(
        view_id=(await ana.modal()).id, view={**MODAL, "callback_id": "nobody_listens"}
    )
    slack.sockets.ack_seconds = 0.05
    assert await ana.submits(story="x", severity="1") == {"trouble": TROUBLE}
    modal = await ana.modal()
    assert (modal.trouble, modal.values["story"]) == (TROUBLE, "x")
    assert slack.violations == ["submission of nobody_listens was not acknowledged within 0.05 s"]


ANSWERS = [
    {"response_action": "errors", "errors": {"nowhere": "x"}},
    {"response_action": "errors", "errors": {}},
    {"response_action": "update", "view": {"type": "modal"}},
    {"response_action": "dance"},
]


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_modal_stays_when_the_answer_is_no_good(
    slack: LocalSlack, bot: LittleBot, answer: dict
):
    @bot.on(bot.app.shortcut("other"))
    async def other(ack, body, client):
        await ack()
        view = {**MODAL, "callback_id": "other"}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @bot.on(bot.app.view("other"))
    async def submitted(ack):
        await ack(answer)

    ana = slack.as_("ana")
    await ana.shortcut("other")
    assert await ana.submits(story="x", severity="1") == {"trouble": TROUBLE}
    assert len(slack.violations) == 1


async def test_a_modal_can_be_updated_pushed_upon_and_cleared_by_its_acknowledgement(
    slack: LocalSlack, bot: LittleBot
):
    answers = [
        {"response_action": "update", "view": {**MODAL, "callback_id": "other"}},
        {"response_action": "push", "view": {**MODAL, "callback_id": "other"}},
        {"response_action": "clear"},
    ]

    @bot.on(bot.app.shortcut("other"))
    async def other(ack, body, client):
        await ack()
        view = {**MODAL, "callback_id": "other"}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @bot.on(bot.app.view("other"))
    async def submitted(ack):
        await ack(answers.pop(0))

    ana = slack.as_("ana")
    await ana.shortcut("other")
    first = await ana.modal()
    await ana.submits(story="x", severity="1")
    assert (await ana.modal()).id == first.id
    await ana.submits()
    assert (await ana.modal()).id != first.id
    await ana.submits(story="x", severity="1")
    assert await ana.modal() is None
    assert slack.violations == []


async def test_a_command_can_be_answered_in_its_acknowledgement(slack: LocalSlack):
    bot = LittleBot(slack)
    answers = [
        {"text": "Only you"},
        {"text": "All", "response_type": "in_channel"},
        {"blocks": [{"type": "nonsense"}]},
    ]

    @bot.on(bot.app.command("/complaint"))
    async def complaint(ack):
        await ack(**answers.pop(0))

    async with bot:
        ana = slack.as_("ana")
        assert (await ana.types("/complaint")).text == "Only you"
        assert (await ana.types("/complaint")).text == "All"
        assert [seen.text for seen in await slack.as_("ben").sees()] == ["All"]
        assert "invalid_command_response" in (await ana.types("/complaint")).text
    assert len(slack.violations) == 1


async def test_a_response_url_is_good_for_five_answers_in_half_an_hour(
    slack: LocalSlack, clock: MovableClock, bot: LittleBot
):
    ana = slack.as_("ana")
    await ana.types("/complaint")
    await ana.types("/complaint")
    first, second = (body["response_url"] for body in bot.of_type("command"))
    async with ClientSession() as session:

        async def answer(url: str) -> int:
            async with session.post(url, json={"text": "x"}) as response:
                return response.status

        assert [await answer(first) for _ in range(6)] == [200] * 5 + [404]
        await clock.pass_(timedelta(minutes=31))
        assert await answer(second) == 404


async def test_a_bot_reconnects_when_slack_asks(slack: LocalSlack, bot: LittleBot):
    await slack.sockets.ask_to_reconnect()
    await slack.sockets.until_connected()
    assert await slack.as_("ana").types("/complaint") is None


async def test_ten_connections_are_the_most(slack: LocalSlack):
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    async with ClientSession() as session:
        urls = []
        for number in range(11):
            if number == 10:
                await slack.clock.pass_(timedelta(minutes=1))
            urls.append((await client.apps_connections_open(app_token=slack.app_token))["url"])
        sockets = [await session.ws_connect(url) for url in urls]
        greetings = [await socket.receive_json() for socket in sockets]
        assert [greeting["type"] for greeting in greetings] == ["hello"] * 10 + ["disconnect"]
        assert greetings[-1]["reason"] == "too_many_websockets"
        await asyncio.gather(*(socket.close() for socket in sockets))


async def test_a_message_without_fallback_text_is_noticed(slack: LocalSlack, bot: LittleBot):
    blocks = [{"type": "divider"}]
    await bot.client.api_call("chat.postMessage", json={"channel": "C0FRONTDESK", "blocks": blocks})
    assert slack.violations == ["a message in front-desk has blocks but no text fallback"]
