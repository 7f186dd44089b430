"""`amends sandbox start`: a local Slack with a bot in it."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC, CannotStart, until_stopped
from bot.wiring import SlackAddress, TelegramAddress, running
from flows.ports import Clock
from sandbox.clock import MovableClock, friday_at_one
from sandbox.local_slack import LocalSlack
from sandbox.telegram.local_telegram import LocalTelegram
from storage.vault import new_key

PORT = 8065


async def serve_sandbox(port: int, *, with_bot: bool) -> None:
    """A local Slack, with a bot in it or waiting for one, until interrupted.

    The bot's data is gone afterwards.
    """
    clinic = read_clinic(SANDBOX_CLINIC)
    zone = clinic.locations[clinic.default_location].hours.zone
    clock = MovableClock(friday_at_one(zone), flowing=True)
    async with AsyncExitStack() as stack:
        try:
            slack = await stack.enter_async_context(LocalSlack(clock, port))
            telegram = await stack.enter_async_context(LocalTelegram(clock, port and port + 1))
        except OSError:
            raise CannotStart(
                f"Port {port} or {port + 1} is taken: is a sandbox running already? Choose "
                "another with --port."
            ) from None
        if not with_bot:
            _say_settings(slack, telegram)
            await until_stopped(asyncio.Queue())
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        bot = await stack.enter_async_context(
            running(
                SlackAddress(slack.api_url, slack.bot_token, slack.app_token),
                f"sqlite+aiosqlite:///{folder}/sandbox.sqlite3",
                new_key(),
                clinic,
                clock,
                telegram=TelegramAddress(telegram.url, telegram.token),
            )
        )
        clock.register(bot.activity)
        _welcome(slack, telegram, clock, zone, port)
        await until_stopped(asyncio.Queue())


def _say_settings(slack: LocalSlack, telegram: LocalTelegram) -> None:
    print_ = Console(soft_wrap=True, highlight=False).print
    print_(f"A local Slack without a bot, at {slack.url}. Start one with these settings:")
    for name, value in (
        ("SLACK_API_URL", slack.api_url),
        ("SLACK_BOT_TOKEN", slack.bot_token),
        ("SLACK_APP_TOKEN", slack.app_token),
        ("TELEGRAM_API_URL", telegram.url),
        ("TELEGRAM_BOT_TOKEN", telegram.token),
        ("CLINIC_FILE", str(SANDBOX_CLINIC)),
        ("ENCRYPTION_KEYS", new_key()),
    ):
        print_(f"  {name}={value}")
    print_(f"and .venv/bin/amends run --clock {slack.url}")


def _welcome(
    slack: LocalSlack, telegram: LocalTelegram, clock: Clock, zone: str, port: int
) -> None:
    console = Console(soft_wrap=True)
    now = clock.now().astimezone(ZoneInfo(zone))
    console.print(
        f"[bold]Amends runs on a local Slack at {slack.url}[/bold], for clients on a local Telegram"
    )
    console.print(f"Its clock says {now:%A %H:%M} ({zone}). Ctrl-C ends it.")
    console.print("\nTry from another terminal, in this folder:")
    if port != PORT:
        for name, url in (("", slack.url), ("TELEGRAM_", telegram.url)):
            console.print(f"  export AMENDS_SANDBOX_{name}URL={url}", highlight=False)
    for line in (
        'as ana type "/complaint Mrs K waited 40 minutes, rude reception"',
        "as ana submit type=service severity=1",
        "pass 30m",
        "as maria see",
        'client mei write "前台很冷淡，我等了四十分钟"',
    ):
        console.print(f"  .venv/bin/amends sandbox {line}", highlight=False)
