"""The sandbox's clock as seen by a bot in another process (`amends run --clock URL`)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from sandbox.clock import Activity, SandboxTime, Signal
from sandbox.loopback import is_loopback
from sandbox.workspace import Json


class RemoteClock(SandboxTime):
    """A `Clock` that follows the sandbox's, and tells it when the bot is idle.

    `url` is the sandbox's address, such as `http://127.0.0.1:8065`.
    """

    def __init__(self, url: str) -> None:
        if not is_loopback(url):
            raise ValueError(f"a clock is taken from this machine only, not from {url}")
        super().__init__(datetime.now(UTC), flowing=False)
        self._url = f"{url.rstrip('/')}/control/clock"
        self._traffic = 0
        self._asked = Signal()
        self._session: ClientSession | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self) -> None:
        """Join the sandbox; returns when the time is known."""
        self._session = ClientSession()
        self._socket = await self._session.ws_connect(self._url)
        self._take(await self._socket.receive_json())
        self._tasks.append(asyncio.ensure_future(self._listen(self._socket)))

    async def close(self) -> None:
        """Leave; the sandbox then no longer waits for this bot."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        if self._session is not None:
            await self._session.close()

    def report(self, activity: Activity) -> None:
        """Keep telling the sandbox how `activity` is doing."""
        self._tasks.append(asyncio.ensure_future(self._report(activity)))

    async def _listen(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._take(message.json())

    def _take(self, told: Json) -> None:
        self._set(datetime.fromisoformat(told["now"]))
        self.flowing = told["flowing"]
        self._traffic = told["traffic"]
        if told["version"] != self.version:
            self.version = told["version"]
            self._moved.fire()
        self._asked.fire()

    async def _report(self, activity: Activity) -> None:
        if self._socket is None:
            raise RuntimeError("connect first")
        while True:
            changes = [
                asyncio.ensure_future(self._asked.wait()),
                asyncio.ensure_future(activity.changed()),
            ]
            # Let both begin to wait before looking, or a change in between would be missed.
            await asyncio.sleep(0)
            due = activity.next_due()
            await self._socket.send_json(
                {
                    "idle": activity.idle(),
                    "next_due": due.isoformat() if due else None,
                    "busy_with": activity.busy_with(),
                    "version": self.version,
                    "traffic": self._traffic,
                }
            )
            await asyncio.wait(changes, return_when=asyncio.FIRST_COMPLETED)
            for change in changes:
                change.cancel()
            await asyncio.gather(*changes, return_exceptions=True)
