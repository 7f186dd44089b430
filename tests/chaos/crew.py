"""The bots of a clinic as processes of their own: killed, stopped, and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from bot.demo.stage import SANDBOX_CLINIC
from sandbox.local_slack import LocalSlack

AMENDS = str(Path(sys.executable).with_name("amends"))
START_SECONDS = 60.0
STARTS = 10
BACK_OFF = timedelta(minutes=2)


class Bot:
    """One place for a process; its log goes on through all its lives."""

    def __init__(self, name: str, slack: LocalSlack, settings: Mapping[str, str], folder: Path):
        self.log = folder / f"{name}.log"
        self._slack = slack
        self._settings = {**settings, "PATH": os.environ["PATH"]}
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @property
    def up(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process; returns when it is connected, or has ended."""
        with self.log.open("ab") as log:
            begin = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *(AMENDS, "run", "--clock", self._slack.url),
                env=self._settings,
                cwd=self._folder,
                stderr=log,
            )
        async with asyncio.timeout(START_SECONDS):
            # A log file tells nobody that it has grown.
            while self.up and b'"running"' not in self._said(begin):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """End it as a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it as an update does."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()

    def _said(self, begin: int) -> bytes:
        return self.log.read_bytes()[begin:]


class Crew:
    """All bots of the clinic."""

    def __init__(self, slack: LocalSlack, database_url: str, keys: str, folder: Path, size: int):
        settings = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "CLINIC_FILE": str(SANDBOX_CLINIC),
            "DATABASE_URL": database_url,
            "ENCRYPTION_KEYS": keys,
        }
        self._slack = slack
        self.bots = [Bot(f"bot{place}", slack, settings, folder) for place in range(size)]

    @property
    def any_up(self) -> bool:
        """Whether anybody answers."""
        return any(bot.up for bot in self.bots)

    async def start(self) -> None:
        """Start those that are down, as what watches over them does: until they stay up."""
        for _ in range(STARTS):
            down = [bot for bot in self.bots if not bot.up]
            await asyncio.gather(*(bot.start() for bot in down))
            await self._slack.clock.settle()
            if all(bot.up for bot in self.bots):
                return
            await self._slack.clock.pass_(BACK_OFF)
        raise RuntimeError(f"a bot does not start: {self.logged()}")

    async def stop(self) -> None:
        """Stop all of them."""
        await asyncio.gather(*(bot.stop() for bot in self.bots))

    def logged(self) -> Counter[str]:
        """How often each event stands in the logs."""
        lines = [line for bot in self.bots for line in bot.log.read_text("utf-8").splitlines()]
        return Counter(json.loads(line)["event"] for line in lines if line.startswith("{"))
