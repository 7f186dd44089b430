"""`amends run`: a bot that works until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.books import BOOK_ERRORS
from bot.clinic_file import ClinicFileError, read_clinic
from bot.server import CannotServe
from bot.settings import Settings
from bot.wiring import Bot, Operation, SlackAddress, TelegramAddress, running
from flows.policy import Clinic
from flows.ports import Clock
from handlers.slack.trouble import error_of
from storage.database import Database
from storage.errors import BadKeys, DatabaseAway, DatabaseUnusable, WrongKey

log = structlog.get_logger()

Signals = asyncio.Queue[signal.Signals]

SANDBOX_CLINIC = Path(__file__).parent.parent / "sandbox" / "clinic.toml"
HTTP_PORT = 3000
TRY_AGAIN_SECONDS = 5.0
"""How long to wait for a Slack or a database that is away, before it is tried again."""
TOKEN_ERRORS = (
    "account_inactive",
    "invalid_auth",
    "missing_scope",
    "not_allowed_token_type",
    "not_authed",
    "token_expired",
    "token_revoked",
)


class CannotStart(Exception):
    """Why the bot can't run, in words for the operator."""


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, instant: datetime | None) -> None:
        """Return when `instant` has come; looks again each minute, as the wall clock may jump."""
        longest = timedelta(minutes=1)
        while instant is None or (remaining := instant - self.now()) > timedelta(0):
            pause = longest if instant is None else min(remaining, longest)
            await asyncio.sleep(pause.total_seconds())


async def run(settings: Settings, clock_url: str | None, *, http: bool) -> None:
    """Run against the Slack that the settings name, until SIGTERM or SIGINT.

    With `http` Slack's requests come to a server of our own, else we connect by Socket Mode.

    Raises:
        CannotStart: a setting, the clinic file or the database is wrong, or Slack refuses. What
            is only away is waited for.
    """
    signals: Signals = asyncio.Queue()
    _heed(signals, signal.SIGHUP)  # one that comes while we start would end us
    async with AsyncExitStack() as stack:
        clock: Clock = WallClock()
        remote = None
        if clock_url is not None:
            from sandbox.remote_clock import RemoteClock

            try:
                remote = RemoteClock(clock_url)
                await remote.connect()
            except ValueError as problem:
                raise CannotStart(f"--clock: {problem}") from None
            except (aiohttp.ClientError, TimeoutError, OSError):
                raise CannotStart(f"--clock: no sandbox answers at {clock_url}") from None
            stack.push_async_callback(remote.close)
            clock = remote
        clinic = _clinic(settings.clinic_file)
        bot = await _started(stack, settings, clinic, clock, http=http)
        if remote is not None:
            remote.report(bot.activity)
        _say_hours(clinic)
        log.info("running", clinic=clinic.name, people=len(clinic.people))
        for missing in await bot.unreachable():
            log.warning("clinic_file", problem=missing)
        await until_stopped(signals, lambda: _read_again(bot, settings.clinic_file))


async def _started(
    stack: AsyncExitStack, settings: Settings, clinic: Clinic, clock: Clock, *, http: bool
) -> Bot:
    secret = settings.slack_signing_secret if http else None
    app_token = None if http else settings.slack_app_token
    slack = SlackAddress(
        settings.slack_api_url,
        settings.slack_bot_token.get_secret_value(),
        None if app_token is None else app_token.get_secret_value(),
        None if secret is None else secret.get_secret_value(),
    )
    token = settings.telegram_bot_token
    telegram = (
        None
        if token is None
        else TelegramAddress(settings.telegram_api_url, token.get_secret_value())
    )
    port = settings.port or (HTTP_PORT if http else None)
    operation = Operation(settings.host, port, settings.heartbeat_url)
    keys = settings.encryption_keys.get_secret_value()
    while True:
        try:
            return await stack.enter_async_context(
                running(slack, settings.database_url, keys, clinic, clock, operation, telegram)
            )
        except CannotServe as problem:
            where = f"{settings.host}:{port}"
            raise CannotStart(f"HOST, PORT: can't serve on {where} ({problem}).") from None
        except SlackApiError as problem:
            waits_for = _not_now(problem)
        except DatabaseAway as problem:
            waits_for = unusable(problem)
        except (BadKeys, WrongKey, DatabaseUnusable) as problem:
            raise CannotStart(unusable(problem)) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            waits_for = (
                f"SLACK_API_URL: nobody answers at {settings.slack_api_url}. Check the address "
                "and the network."
            )
        # Who starts with the machine may be there before the network, or in an outage.
        log.warning("waiting", until=waits_for)
        await asyncio.sleep(TRY_AGAIN_SECONDS)


async def reseal(settings: Settings) -> int:
    """Bring the database under the newest key; how many entries were under an older one.

    Raises:
        CannotStart: the database or the keys can't be used.
    """
    try:
        database = await Database.open(
            settings.database_url, settings.encryption_keys.get_secret_value()
        )
    except (BadKeys, WrongKey, DatabaseUnusable) as problem:
        raise CannotStart(unusable(problem)) from None
    try:
        return await database.reseal()
    finally:
        await database.close()


def unusable(problem: BadKeys | WrongKey | DatabaseUnusable) -> str:
    """Which setting it is about, and what is wrong with it."""
    match problem:
        case BadKeys():
            return f"ENCRYPTION_KEYS is wrong: {problem}"
        case WrongKey():
            return f"ENCRYPTION_KEYS does not fit this database: {problem}"
        case _:
            return f"DATABASE_URL: {problem}"


def _not_now(problem: SlackApiError) -> str:
    """What Slack has to get over; raises CannotStart for what won't go by."""
    error = error_of(problem)
    if error not in TOKEN_ERRORS:
        return f"Slack answers {error}; its status page may say more."
    app_level = "apps.connections.open" in str(problem.response.api_url)
    name = "SLACK_APP_TOKEN" if app_level else "SLACK_BOT_TOKEN"
    what = f"{name}: Slack refuses it ({error}). Take it anew from your Slack app's pages."
    raise CannotStart(what) from None


def _clinic(path: Path) -> Clinic:
    try:
        return read_clinic(path)
    except ClinicFileError as problem:
        raise CannotStart(f"CLINIC_FILE: {problem}") from None


def _say_hours(clinic: Clinic) -> None:
    """One line a location: which opening hours the deadlines of severity 1 and 2 count."""
    for location in clinic.locations.values():
        log.info("opening_hours", location=location.name, hours=str(location.hours))


async def _read_again(bot: Bot, clinic_file: Path) -> None:
    try:
        await bot.take_clinic(await asyncio.to_thread(read_clinic, clinic_file))
    except (ClinicFileError, *BOOK_ERRORS) as problem:
        log.error("clinic_file_refused", problem=str(problem))  # the old one stays in force
    else:
        log.info("clinic_file_read_again")


def _heed(signals: Signals, *heeded: signal.Signals) -> None:
    loop = asyncio.get_running_loop()
    for one in heeded:
        loop.add_signal_handler(one, signals.put_nowait, one)


async def until_stopped(
    signals: Signals, on_hangup: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Return on SIGTERM, SIGINT or SIGHUP; with `on_hangup`, SIGHUP calls that instead."""
    _heed(signals, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    while await signals.get() is signal.SIGHUP and on_hangup is not None:
        await on_hangup()
