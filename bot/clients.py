"""The clients' side of the bot: asks Telegram what they did, and handles it from the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes

from flows.client_desk import ClientDesk
from handlers.telegram.speaker import seconds_of
from handlers.telegram.updates import DOOR, KINDS, App, address_of, register
from handlers.texts import Texts
from storage.lone_tasks import LoneTasks

log = structlog.get_logger()

POLLING = "telegram_polling"
"""Telegram lets only one ask at a time."""
POLL_SECONDS = 25
"""How long Telegram may wait for something to happen before it answers that nothing did."""
ANSWER_SECONDS = 10.0
TROUBLE_SECONDS = 5.0
CONFLICT_SECONDS = 30.0
"""How long one rests who was told that another one polls."""

WriteDown = Callable[[str, str, dict[str, Any]], Awaitable[None]]
"""Keeps an update by its id, and whose it is, until it is handled."""

_problems: ContextVar[list[BaseException]] = ContextVar("problems")


class Clients:
    """The Telegram application; its trouble never reaches the Slack side."""

    def __init__(
        self, api_url: str, token: str, write_down: WriteDown, lone_tasks: LoneTasks
    ) -> None:
        self._write_down = write_down
        self._lone_tasks = lone_tasks
        host = api_url.rstrip("/")
        self.application: App = (
            ApplicationBuilder()
            .token(token)
            .base_url(f"{host}/bot")
            .base_file_url(f"{host}/file/bot")
            .updater(None)
            .build()
        )
        self.application.add_error_handler(_keep)
        self._offset = 0
        self._in_trouble: str | None = None

    def serve(self, desk: ClientDesk, texts: Texts) -> None:
        """Hand what clients do to the desk."""
        register(self.application, desk, texts)

    async def run(self) -> None:
        """Ask for updates until cancelled; each is kept before Telegram may forget it."""
        ready = False
        while True:
            try:
                if not ready:
                    await self.application.initialize()
                    ready = True
                if await self._lone_tasks.hold(POLLING):
                    await self._poll()
                    self._in_trouble = None
                else:
                    await asyncio.sleep(TROUBLE_SECONDS)
            except Exception as problem:
                self._say(problem)
                await asyncio.sleep(_rest(problem))

    async def handle(self, update: dict[str, Any]) -> None:
        """Do what an update asks for; raises what went wrong."""
        problems: list[BaseException] = []
        _problems.set(problems)
        bot = self.application.bot
        await self.application.process_update(Update.de_json(update, bot))
        if problems:
            raise problems[0]

    async def stop(self) -> None:
        """Let another process poll, and close the connections."""
        with suppress(Exception):  # the lease ends by itself
            await self._lone_tasks.release(POLLING)
        await self.application.shutdown()
        await self.application.bot.shutdown()

    async def _poll(self) -> None:
        updates = await self.application.bot.get_updates(
            self._offset,
            timeout=POLL_SECONDS,
            read_timeout=ANSWER_SECONDS,
            allowed_updates=list(KINDS),
        )
        for update in updates:
            known = update.to_dict()
            await self._write_down(f"{DOOR}:{update.update_id}", address_of(known), known)
        if updates:
            self._offset = max(update.update_id for update in updates) + 1

    def _say(self, problem: Exception) -> None:
        """What is wrong, once; never with its words, which name the address with the token."""
        name = type(problem).__name__
        if name != self._in_trouble:
            log.warning("telegram_away", problem=name)
        self._in_trouble = name


def _rest(problem: Exception) -> float:
    if isinstance(problem, RetryAfter):
        return seconds_of(problem)
    return CONFLICT_SECONDS if isinstance(problem, Conflict) else TROUBLE_SECONDS


async def _keep(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The application would only log it; `handle` raises it."""
    if context.error is not None and not isinstance(context.error, TelegramError):
        _problems.get().append(context.error)
