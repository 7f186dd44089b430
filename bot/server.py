"""The bot's own HTTP server: Slack's requests where they come by HTTP, health and metrics."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from storage.errors import is_database_trouble

if TYPE_CHECKING:
    from bot.wiring import Bot

log = structlog.get_logger()

EVENTS = "/slack/events"
"""Where Slack sends events, commands and interactions to."""
TIMESTAMP = "X-Slack-Request-Timestamp"
LARGEST_BODY = 4 * 1024**2
SHUTDOWN_SECONDS = 3.0
DATABASE_SECONDS = 5.0


class CannotServe(Exception):
    """The port is taken, or not ours to take."""


class Server:
    """Serves for as long as the bot runs. `slack` is the app that Slack's requests go to."""

    def __init__(self, bot: Bot, host: str, port: int, slack: AsyncApp | None) -> None:
        """A `port` of 0 is any that is free."""
        self._bot = bot
        self._host = host
        self.port = port
        self._slack = slack
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to serve.

        Raises:
            CannotServe: the port is taken, or not ours to take.
        """
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes([web.get("/health", self._health), web.get("/metrics", self._metrics)])
        if self._slack is not None:
            app.add_routes([web.post(EVENTS, self._from_slack)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        self._runner = runner
        try:
            await web.TCPSite(runner, self._host, self.port).start()
        except OSError as problem:
            raise CannotServe(problem.strerror) from None
        self.port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Take nothing new, and finish what was begun."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _from_slack(self, request: web.Request) -> web.Response:
        assert self._slack is not None, "routed only then"  # noqa: S101
        # Bolt's check of the signature raises on what is no number (platform.md).
        if not request.headers.get(TIMESTAMP, "").isdecimal():
            raise web.HTTPUnauthorized
        answer = await self._slack.async_dispatch(await to_bolt_request(request))
        response: web.Response = await to_aiohttp_response(answer)
        return response

    async def _health(self, _request: web.Request) -> web.Response:
        """Whether this process can do its work; Slack's own troubles are told, but are not ours."""
        bot = self._bot
        behind = bot.activity.stuck()
        told: dict[str, object] = {"slack": "hears" if await bot.hears() else "away"}
        try:
            audit = await asyncio.wait_for(bot.desk.audit(), DATABASE_SECONDS)
        except Exception as problem:
            if not is_database_trouble(problem):
                raise
            told["database"] = type(problem).__name__
        else:
            told |= {"database": "ok", "faults": dict(audit.faults)}
        told["loops_stuck"] = behind
        well = told["database"] == "ok" and not behind
        return web.json_response({"ok": well, **told}, status=200 if well else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        text = self._bot.metrics.text(await self._bot.desk.audit(), hears=await self._bot.hears())
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})
