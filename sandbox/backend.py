"""Everything behind the local Slack's doors, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.cast import clinic_workspace
from sandbox.clock import MovableClock
from sandbox.conversations import Conversations
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.rate_limits import RateLimits
from sandbox.response_urls import ResponseUrls
from sandbox.sockets import Sockets
from sandbox.views import Triggers, Views
from sandbox.workspace import BOT_USER, Channel, Json, Message


@dataclass(frozen=True)
class CallRecord:
    """A Web API call as the sandbox saw it."""

    method: str
    arguments: Json
    answer: Json
    at: datetime


class Backend:
    """One Slack: its workspace, its clock and the machinery that serves both."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.workspace = clinic_workspace()
        self.violations: list[str] = []
        self.calls: list[CallRecord] = []
        self.sockets = Sockets(self.violations)
        self.events = Events(clock, self.sockets, self.workspace.events)
        self.conversations = Conversations(self.events, self.next_ts)
        self.views = Views()
        self.triggers = Triggers()
        self.response_urls = ResponseUrls(clock)
        self.rate_limits = RateLimits(clock)
        self.faults = Faults()

    def next_ts(self) -> str:
        """A timestamp for what is said or done now."""
        return self.workspace.next_ts(self.clock.now())

    def traffic(self) -> int:
        """Grows with everything that passes between Slack and the bot."""
        return self.sockets.delivered + len(self.calls)

    def bot_says(
        self,
        channel: Channel,
        *,
        text: str,
        blocks: list[Json],
        thread_ts: str | None = None,
        metadata: Json | None = None,
        only_to: str | None = None,
    ) -> Message:
        """Post a message of the bot, which has been checked already."""
        if blocks and not text:
            self.violations.append(f"a message in {channel.name} has blocks but no text fallback")
        message = Message(
            channel.id,
            self.next_ts(),
            BOT_USER,
            text,
            blocks,
            thread_ts=thread_ts,
            metadata=metadata,
            ephemeral_to=only_to,
        )
        self.conversations.post(channel, message)
        return message


class Deliveries:
    """The local Slack as an Activity: time waits for its envelopes and stops for redeliveries."""

    def __init__(self, backend: Backend) -> None:
        self._sockets = backend.sockets
        self._events = backend.events

    def idle(self) -> bool:
        """Nothing sent is waiting for its acknowledgement."""
        return not self._sockets.in_flight() and not self._events.under_way()

    def next_due(self) -> datetime | None:
        """When the next unacknowledged event is sent again."""
        return self._events.next_redelivery()

    async def changed(self) -> None:
        """Return when something was acknowledged, given up or put off."""
        await self._sockets.changed.wait()

    def busy_with(self) -> str:
        """The envelopes in flight."""
        return f"Slack waits for acknowledgements: {', '.join(self._sockets.in_flight())}"
