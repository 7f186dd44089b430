"""The Events API: what happened is told to the bot, and told again when it was not acknowledged."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import datetime, timedelta

from sandbox.clock import MovableClock
from sandbox.sockets import Delivery, Sockets
from sandbox.workspace import APP_ID, BOT_USER, TEAM_ID, Json, new_id

REDELIVERY_DELAYS = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))


class Events:
    """Sends the subscribed events, one task each, and keeps the instants of redeliveries."""

    def __init__(self, clock: MovableClock, sockets: Sockets, subscribed: set[str]) -> None:
        self._clock = clock
        self._sockets = sockets
        self._subscribed = subscribed
        self.each_twice = False
        """Whether an event is told again although it was acknowledged, as Slack does at times."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._redeliveries: dict[object, datetime] = {}

    def under_way(self) -> bool:
        """An event is being delivered, not merely waiting to be delivered again."""
        return len(self._tasks) > len(self._redeliveries)

    def next_redelivery(self) -> datetime | None:
        """When the first of the unacknowledged events is sent again."""
        return min(self._redeliveries.values(), default=None)

    def tell(self, subscription: str, event: Json) -> None:
        """Send an event if the bot subscribed to it; `subscription` as the manifest names it."""
        if subscription not in self._subscribed:
            return
        callback = self._callback(event)
        for _ in range(2 if self.each_twice else 1):
            task = asyncio.ensure_future(self._deliver(callback))
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._sockets.changed.fire()
        if not task.cancelled():
            task.result()

    def _callback(self, event: Json) -> Json:
        now = self._clock.now()
        context = {"tid": TEAM_ID, "aid": APP_ID, "cid": event.get("channel")}
        return {
            "token": "sandbox-verification",
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(now.timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": "4-" + base64.b64encode(json.dumps(context).encode()).decode(),
        }

    async def _deliver(self, callback: Json) -> None:
        what = f"event {callback['event']['type']} ({callback['event_id']})"
        if await self._sockets.deliver(Delivery("events_api", what, callback, False)):
            return
        for attempt, delay in enumerate(REDELIVERY_DELAYS, start=1):
            await self._wait(self._clock.now() + delay)
            again = Delivery("events_api", what, callback, False, attempt, "timeout")
            if await self._sockets.deliver(again):
                return

    async def _wait(self, due: datetime) -> None:
        me = object()
        self._redeliveries[me] = due
        self._sockets.changed.fire()
        while self._clock.now() < due:
            await self._clock.sleep_until(due)
        del self._redeliveries[me]

    async def close(self) -> None:
        """Forget every event that was not acknowledged."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
