"""A small real Bolt app over Socket Mode, for trying the local Slack from the bot's side."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import MovableClock, Signal
from sandbox.local_slack import LocalSlack

MODAL = {
    "type": "modal",
    "callback_id": "file",
    "title": {"type": "plain_text", "text": "File a complaint"},
    "submit": {"type": "plain_text", "text": "File"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "story",
            "label": {"type": "plain_text", "text": "What happened"},
            "element": {"type": "plain_text_input", "action_id": "story", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "severity",
            "label": {"type": "plain_text", "text": "Severity"},
            "element": {
                "type": "static_select",
                "action_id": "severity",
                "options": [
                    {"text": {"type": "plain_text", "text": label}, "value": value}
                    for value, label in (("1", "Minor"), ("2", "Moderate"), ("3", "Severe"))
                ],
            },
        },
        {
            "type": "input",
            "block_id": "about_staff",
            "optional": True,
            "label": {"type": "plain_text", "text": "About a colleague"},
            "element": {"type": "users_select", "action_id": "about_staff"},
        },
    ],
}


def button(action_id: str, label: str, value: str = "C-1042") -> dict[str, Any]:
    """A button for a message."""
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "text": text, "value": value}


def card(text: str) -> list[dict[str, Any]]:
    """A message with a text and a button."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "elements": [button("claim", "I'll take it")]},
    ]


class LittleBot:
    """Connects on entering; counts its listeners, so that the clock can wait for them."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self.client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        self.app = AsyncApp(client=self.client)
        self.handler: AsyncSocketModeHandler | None = None
        self.bodies: list[dict[str, Any]] = []
        """What the listeners chose to remember."""
        self._running = 0
        self._changed = Signal()

    def counted(self, listener: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """The listener, counted while it runs."""

        @wraps(listener)
        async def run(*arguments: Any, **keywords: Any) -> None:
            self._running += 1
            try:
                await listener(*arguments, **keywords)
            finally:
                self._running -= 1
                self._changed.fire()

        return run

    def on(self, register: Callable[..., Any]) -> Callable[..., Any]:
        """Register a counted listener: `@bot.on(bot.app.command("/complaint"))`."""

        def decorate(listener: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
            register(self.counted(listener))
            return listener

        return decorate

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        """The remembered payloads of one type."""
        return [body for body in self.bodies if body["type"] == type_]

    def idle(self) -> bool:
        return self._running == 0

    def next_due(self) -> datetime | None:
        return None

    async def changed(self) -> None:
        await self._changed.wait()

    def busy_with(self) -> str:
        return f"{self._running} listeners"

    async def __aenter__(self) -> LittleBot:
        self.handler = AsyncSocketModeHandler(self.app, self._slack.app_token, ping_interval=0.2)
        self._slack.clock.register(self)
        await self.handler.connect_async()
        await self._slack.sockets.until_connected()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.handler is not None
        self._slack.clock.forget(self)
        await self.handler.close_async()


class Alarm:
    """An Activity that does something every so often, like the bot's clock loop."""

    def __init__(self, clock: MovableClock, every: timedelta) -> None:
        self.rang_at: list[datetime] = []
        self._clock = clock
        self._every = every
        self._due = clock.now() + every
        self._seen_version = clock.version
        self._changed = Signal()

    def idle(self) -> bool:
        return self._seen_version == self._clock.version

    def next_due(self) -> datetime | None:
        return self._due

    async def changed(self) -> None:
        await self._changed.wait()

    def busy_with(self) -> str:
        return "an alarm"

    async def run(self) -> None:
        """Ring whenever it is due."""
        while True:
            self._seen_version = self._clock.version
            if self._due <= self._clock.now():
                self.rang_at.append(self._due)
                self._due += self._every
            self._changed.fire()
            await self._clock.sleep_until(self._due)
