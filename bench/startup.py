"""From starting `amends run` to being connected, and what it holds in memory then."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.crowd import sqlite_file
from bench.result import Result
from bot.serve import SANDBOX_CLINIC
from sandbox.clock import MovableClock
from sandbox.local_slack import LocalSlack
from storage.vault import new_key

LIBRARIES = """
import slack_bolt.async_app, telegram.ext, sqlalchemy.ext.asyncio
print('there', flush=True)
input()
"""


async def startup(times: int) -> list[Result]:
    """Medians of starting again, in turns with a process that only imports the libraries."""
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    key = new_key()
    with sqlite_file() as url:
        for turn in range(times + 1):
            # A workspace of its own: Slack would refuse so many new connections in a minute.
            async with LocalSlack(MovableClock(datetime.now(UTC), flowing=True)) as slack:
                settings = {
                    "SLACK_API_URL": slack.api_url,
                    "SLACK_BOT_TOKEN": slack.bot_token,
                    "SLACK_APP_TOKEN": slack.app_token or "",
                    "DATABASE_URL": url,
                    "CLINIC_FILE": str(SANDBOX_CLINIC),
                    "ENCRYPTION_KEYS": key,
                }
                amends = str(Path(sys.executable).with_name("amends"))
                mine = await _started([amends, "run"], settings, b"running")
            theirs = await _started([sys.executable, "-c", LIBRARIES], {}, b"there")
            if turn:  # the first one makes the database and warms the disk
                ours.append(mine)
                bare.append(theirs)
    results = []
    for place, what, unit in ((0, "start to connected", "s"), (1, "memory when connected", "mib")):
        mine_, theirs_ = (statistics.median(one[place] for one in all_) for all_ in (ours, bare))
        figures = {f"ours_{unit}": mine_, f"libraries_{unit}": theirs_}
        name = f"{what}, against importing the libraries"
        results.append(Result(name, mine_ / theirs_, "<= 1.5", figures))
    return results


async def _started(
    command: Sequence[str], settings: Mapping[str, str], word: bytes
) -> tuple[float, float]:
    """Seconds until the process says the word, and its memory in MiB then."""
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **settings},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = b""
    while word not in said:
        line = await process.stdout.readline()
        if not line:
            raise RuntimeError(f"{command[0]} ended: {said.decode()}")
        said += line
    seconds = time.perf_counter() - begun
    memory = psutil.Process(process.pid).memory_info().rss / 2**20
    process.terminate()
    await process.wait()
    return seconds, memory
