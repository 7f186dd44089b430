"""Lends the sandbox's clock to bots in other processes, and waits for them when it is moved."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime

from aiohttp import WSMsgType, web

from sandbox.clock import MovableClock, Signal
from sandbox.workspace import Json


class RemoteBot:
    """An Activity that lives in another process and tells about itself over a web socket.

    What it tells may be older than what the bot has received since from the local Slack by
    another way. So it counts as idle only after it has spoken since the latest traffic: asked
    with a `look` that carries the present traffic count, it answers with the same count.
    """

    def __init__(self, socket: web.WebSocketResponse, clock: MovableClock) -> None:
        self._socket = socket
        self._clock = clock
        self._told: Json = {
            "idle": False,
            "next_due": None,
            "busy_with": "a bot that has not reported yet",
        }
        self._changed = Signal()
        self._asking: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Pass on the clock's moves and take the bot's reports until it leaves."""
        moves = asyncio.ensure_future(self._pass_on_moves())
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    self._told = message.json()
                    self._changed.fire()
        finally:
            moves.cancel()
            await asyncio.gather(moves, return_exceptions=True)

    async def _pass_on_moves(self) -> None:
        while True:
            moved = asyncio.ensure_future(self._clock.next_move())
            # Let it begin to wait before telling the time, or a move in between would be missed.
            await asyncio.sleep(0)
            await self._say_the_time()
            await moved

    async def _say_the_time(self) -> None:
        time = {
            "now": self._clock.now().isoformat(),
            "flowing": self._clock.flowing,
            "version": self._clock.version,
            "traffic": self._clock.traffic(),
        }
        # A bot that has just left is forgotten by `serve`.
        with suppress(ConnectionError):
            await self._socket.send_json(time)

    def idle(self) -> bool:
        """Whether the bot said so after everything that has happened until now."""
        present = (self._clock.version, self._clock.traffic())
        if (self._told.get("version"), self._told.get("traffic")) != present:
            self._look()
            return False
        return bool(self._told["idle"])

    def _look(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._say_the_time())

    def next_due(self) -> datetime | None:
        """The earliest instant at which the bot said it has work."""
        due = self._told["next_due"]
        return datetime.fromisoformat(due) if due else None

    async def changed(self) -> None:
        """Return at the bot's next report."""
        await self._changed.wait()

    def busy_with(self) -> str:
        """What the bot said it is doing."""
        return str(self._told["busy_with"])


class ClockDoor:
    """Serves `/control/clock`."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._sockets: set[web.WebSocketResponse] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One bot, waited for until it disconnects."""
        # Without a heartbeat: a busy machine would miss one, and time pass without the bot. On
        # loopback the end of a process ends its connection.
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        bot = RemoteBot(socket, self._clock)
        self._sockets.add(socket)
        self._clock.register(bot)
        try:
            await bot.serve()
        finally:
            self._clock.forget(bot)
            self._sockets.remove(socket)
        return socket

    async def close(self) -> None:
        """Let all bots go."""
        for socket in list(self._sockets):
            await socket.close()
