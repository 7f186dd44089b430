"""`amends doctor` says what is right, what is not, and what to do about it."""

from __future__ import annotations

import asyncio

import pytest
from test_amends_run import AMENDS

from bot.demo.stage import Stage
from storage.vault import new_key


async def doctor(stage: Stage, **settings: str) -> tuple[int, str]:
    """Its exit status, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(AMENDS, "doctor"),
        env=stage.settings | settings,
        cwd=stage.database_file.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    assert "Traceback" not in told.decode()
    return process.returncode, told.decode()


async def test_everything_right(stage: Stage) -> None:
    status, told = await doctor(stage)
    assert status == 0, told
    assert "wrong" not in told
    assert "The database opens under the keys: 0 complaints are open." in told
    assert "Every channel and person of the clinic file is reached." in told


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "nobody answers"),
        ({"ENCRYPTION_KEYS": new_key()}, "ENCRYPTION_KEYS does not fit this database"),
        ({"CLINIC_FILE": "/nowhere/clinic.toml"}, "clinic.toml: can't be read"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL is wrong"),
    ],
)
async def test_what_is_wrong_is_named(stage: Stage, settings: dict[str, str], told: str) -> None:
    status, said = await doctor(stage, **settings)
    assert status == 1
    assert any(line.startswith("wrong  ") and told in line for line in said.splitlines()), said


async def test_a_missing_scope_and_a_channel_without_us_are_named(stage: Stage) -> None:
    stage.slack.workspace.scopes -= {"dnd:read"}
    channel = stage.slack.workspace.channel("front-desk")
    assert channel is not None
    channel.members.remove("U0AMENDS")
    status, said = await doctor(stage)
    assert status == 1
    assert "The scope dnd:read is missing" in said
    assert "channel C0FRONTDESK: not_in_channel" in said


async def test_what_is_late_is_told(stage: Stage) -> None:
    await stage.files("ana", "waited", type="service", severity="1")
    await stage.stops_bot()  # the sandbox's clock stands in June, long ago
    status, said = await doctor(stage)
    assert status == 1
    assert "late rungs: " in said
