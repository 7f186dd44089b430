"""`make bench`: `/complaint` to the open modal, submit to committed, and triage, as ratios.

Amends and a reference run in this process in turns, so that what the machine does meanwhile touches
both alike. For the first two the reference is a bare Bolt app against the same local Slack, which
only acks where Amends commits; for triage it is a lookup of each word of the same complaint.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.books import read_lexicon
from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC
from bot.triage_command import read_cases
from bot.wiring import SlackAddress, running
from flows.triage import triage
from sandbox.clock import MovableClock, friday_at_one
from sandbox.local_slack import LocalSlack
from storage.vault import new_key

ROUNDS = 20
EACH_ROUND = 15
RESULTS = Path(__file__).parent / "results.json"
CASES = Path(__file__).parent.parent / "tests" / "cases" / "complaints.jsonl"
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
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.sqlite3"
        clinic = read_clinic(SANDBOX_CLINIC)
        async with running(address, url, new_key(), clinic, clock):
            yield


async def measure(slack: LocalSlack, times: Times, times_each: int, **fields: str) -> None:
    """One person files again and again; adds seconds to `times`."""
    ana = slack.as_("ana", waits=False)
    for _ in range(times_each):
        seen = len(slack.calls)
        start = time.perf_counter()
        typing = asyncio.ensure_future(ana.types("/complaint She waited 40 minutes"))
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


def triage_times() -> tuple[Times, Times]:
    """Seconds for each of the known complaints; reading the lexicon is not among them."""
    lexicon = read_lexicon()
    stories = [case.text for case in read_cases(CASES)]
    known = frozenset(word for story in stories for word in story.split())
    looked_up: Times = {"triage": []}
    ours: Times = {"triage": []}
    for round_ in range(ROUNDS + 1):
        for story in stories:
            start = time.perf_counter()
            _ = [word for word in re.findall(r"\w+", story.lower()) if word in known]
            between = time.perf_counter()
            triage(story, lexicon)
            end = time.perf_counter()
            if round_:  # the first one warms up
                looked_up["triage"].append(between - start)
                ours["triage"].append(end - between)
    return looked_up, ours


async def main() -> None:
    """Run both in turns and print the table."""
    clinic = read_clinic(SANDBOX_CLINIC)
    zone = clinic.locations[clinic.default_location].hours.zone
    bare: Times = {"open": [], "submit": []}
    ours: Times = {"open": [], "submit": []}
    for round_ in range(ROUNDS + 1):
        clock = MovableClock(friday_at_one(zone), flowing=True)
        async with LocalSlack(clock) as slack, bare_bolt(slack):
            await measure(slack, bare, EACH_ROUND, story="She waited")
        clock = MovableClock(friday_at_one(zone), flowing=True)
        async with LocalSlack(clock) as slack, amends(slack, clock):
            await measure(slack, ours, EACH_ROUND, type="service", severity="1")
        if round_ == 0:  # warm-up: imports, caches, first plans
            for times in (*bare.values(), *ours.values()):
                times.clear()
    results = [
        _row("/complaint to the open modal", "open", bare, ours),
        _row("submit to committed", "submit", bare, ours),
        _row("triage of one complaint", "triage", *triage_times()),
    ]
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    _print(results)


def _row(what: str, key: str, bare: Times, ours: Times) -> dict[str, object]:
    row: dict[str, object] = {"what": what, "times": len(ours[key])}
    for name, times in (("reference", bare[key]), ("Amends", ours[key])):
        row[name] = {
            "median_ms": round(statistics.median(times) * 1000, 2),
            "p99_ms": round(statistics.quantiles(times, n=100)[98] * 1000, 2),
        }
    row["median_ratio"] = round(statistics.median(ours[key]) / statistics.median(bare[key]), 2)
    return row


def _print(results: list[dict[str, object]]) -> None:
    table = Table(title="What a person waits for (milliseconds, one run, in turns)")
    for column in ("", "n", "reference", "p99", "Amends", "p99", "Amends / reference"):
        table.add_column(column, justify="left" if not column else "right")
    for row in results:
        bare, ours = row["reference"], row["Amends"]
        assert isinstance(bare, dict)
        assert isinstance(ours, dict)
        table.add_row(
            str(row["what"]),
            str(row["times"]),
            *(str(value) for value in (*bare.values(), *ours.values(), row["median_ratio"])),
        )
    console = Console()
    console.print(table)
    console.print(f"Written to {RESULTS.relative_to(Path.cwd())}", highlight=False)


if __name__ == "__main__":
    asyncio.run(main())
