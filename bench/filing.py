"""What a person waits for: `/complaint` to the open modal, submit to committed, many at once.

The reference is a bare Bolt app against the same local Slack that opens an empty modal and acks.
Both run in this process in turns, so that what the machine does meanwhile touches both alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bench.crowd import office, sqlite_file
from bench.result import Result, median_ms, percentile
from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC
from bot.wiring import SlackAddress, running
from flows.acts import Evidence
from flows.complaint import How
from flows.desk import By
from sandbox.clock import MovableClock, friday_at_one
from sandbox.local_slack import LocalSlack
from storage.vault import new_key

WRITERS = 16
BARE_MODAL = {
    "type": "modal",
    "callback_id": "bare",
    "title": {"type": "plain_text", "text": "Bare"},
    "submit": {"type": "plain_text", "text": "Submit"},
    "blocks": [
        {
            "type": "input",
            "block_id": "story",
            "label": {"type": "plain_text", "text": "Story"},
            "element": {"type": "plain_text_input", "action_id": "story"},
        }
    ],
}

Times = dict[str, list[float]]


@asynccontextmanager
async def bare_bolt(slack: LocalSlack) -> AsyncIterator[None]:
    """The least that opens a modal and takes a submit."""
    app = AsyncApp(client=AsyncWebClient(slack.bot_token, base_url=slack.api_url))

    @app.command("/complaint")
    async def open_modal(ack: AsyncAck, body: dict[str, str], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=BARE_MODAL)

    @app.view("bare")
    async def take(ack: AsyncAck) -> None:
        await ack()

    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def amends(slack: LocalSlack, clock: MovableClock) -> AsyncIterator[None]:
    """The whole bot on a database of its own."""
    address = SlackAddress(slack.api_url, slack.bot_token, slack.app_token)
    with sqlite_file() as url:
        clinic = read_clinic(SANDBOX_CLINIC)
        async with running(address, url, new_key(), clinic, clock):
            yield


async def _one_person(slack: LocalSlack, times: Times, times_each: int, **fields: str) -> None:
    """Files again and again; adds seconds to `times`."""
    ana = slack.as_("ana", waits=False)
    for minutes in range(20, 20 + times_each):
        seen = len(slack.calls)
        start = time.perf_counter()
        typing = asyncio.ensure_future(ana.types(f"/complaint She waited {minutes} minutes"))
        while not any(call.method == "views.open" for call in slack.calls[seen:]):  # noqa: ASYNC110
            await asyncio.sleep(0.0002)
        times["open"].append(time.perf_counter() - start)
        await typing
        await ana.fills(**fields)
        start = time.perf_counter()
        errors = await ana.submits()
        times["submit"].append(time.perf_counter() - start)
        if errors:
            raise RuntimeError(f"the form was not taken: {errors}")


async def filing(rounds: int, each_round: int) -> list[Result]:
    """Medians of ours beyond the reference's."""
    clinic = read_clinic(SANDBOX_CLINIC)
    zone = clinic.locations[clinic.default_location].hours.zone
    bare: Times = {"open": [], "submit": []}
    ours: Times = {"open": [], "submit": []}
    for round_ in range(rounds + 1):
        clock = MovableClock(friday_at_one(zone), flowing=True)
        async with LocalSlack(clock) as slack, bare_bolt(slack):
            await _one_person(slack, bare, each_round, story="She waited")
        clock = MovableClock(friday_at_one(zone), flowing=True)
        async with LocalSlack(clock) as slack, amends(slack, clock):
            await _one_person(slack, ours, each_round, type="service", severity="1")
        if round_ == 0:  # warm-up: imports, caches, first plans
            for times in (*bare.values(), *ours.values()):
                times.clear()
    results = []
    for key, what, bar in (
        ("open", "/complaint to the open modal, beyond bare Bolt", "<= 3"),
        ("submit", "submit to committed, beyond bare Bolt's ack", "<= 6"),
    ):
        mine, theirs = median_ms(ours[key]), median_ms(bare[key])
        figures = {
            "ours_ms": mine,
            "ours_p99_ms": percentile(ours[key], 99) * 1000,
            "bare_ms": theirs,
            "bare_p99_ms": percentile(bare[key], 99) * 1000,
        }
        results.append(Result(what, mine - theirs, bar, figures, unit="ms"))
    return results


async def acknowledging(times_each: int) -> list[Result]:
    """Sixteen people log their call at once, again and again, on SQLite."""
    waited: list[float] = []
    with sqlite_file() as url:
        async with office(url) as office_:
            numbers = [await office_.file(str(number)) for number in range(WRITERS)]

            async def one(number: int) -> None:
                for turn in range(times_each):
                    evidence = Evidence(How.PHONE, "the client", f"call {turn}")
                    by = By("U0ANA", "modal", (f"{number} {turn}",))
                    begun = time.perf_counter()
                    await office_.desk.contact(f"C-{number}", evidence, by)
                    waited.append(time.perf_counter() - begun)

            await asyncio.gather(*map(one, numbers))
    half, most = percentile(waited, 50), percentile(waited, 99)
    figures = {"p50_ms": half * 1000, "p99_ms": most * 1000}
    what = f"acknowledging, {WRITERS} writers at once: p99 against p50"
    return [Result(what, most / half, "<= 3", figures)]
