"""Socket Mode: the bot's connections, and envelopes that must be acknowledged in time."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, field

from aiohttp import ClientError, WSMsgType, web

from sandbox.clock import Signal
from sandbox.http_delivery import Requests
from sandbox.workspace import APP_ID, Json

MAX_CONNECTIONS = 10


@dataclass(frozen=True)
class Ack:
    """The bot's acknowledgement, with what it answered along with it."""

    payload: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """What one envelope carries."""

    type: str
    what: str
    """In words, for complaints: `command /complaint`."""
    payload: Json
    accepts_response_payload: bool
    retry_attempt: int = 0
    retry_reason: str = ""


class Sockets:
    """Serves the web socket connections and hands each envelope to one of them."""

    def __init__(self, violations: list[str]) -> None:
        self.ack_seconds = 3.0
        """How long, in real time, the bot may take to acknowledge."""
        self.changed = Signal()
        self.delivered = 0
        """Grows with every envelope sent and every acknowledgement taken."""
        self._violations = violations
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._leaving: list[web.WebSocketResponse] = []
        self._silent: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Ack]] = {}
        self._in_flight: dict[str, str] = {}
        self._too_late: set[str] = set()
        self._turn = itertools.count()
        self.requests: Requests | None = None
        """How deliveries go out instead, where the bots take them by HTTP."""

    async def until_connected(self) -> None:
        """Return when a bot is connected."""
        while not self._open:
            await self.changed.wait()

    def fall_silent(self) -> None:
        """Say nothing more on the connections there are, and don't end them either."""
        self._silent += self._open
        self._open.clear()

    def in_flight(self) -> list[str]:
        """What has been sent and is neither acknowledged nor given up."""
        return list(self._in_flight.values())

    def new_ticket(self) -> str:
        """The secret part of the address that `apps.connections.open` gives; good for one use."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One Socket Mode connection, from `hello` to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="no such ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if len(self._open) >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        # The greeting goes first: an envelope before it would be out of order.
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open) + 1,
                "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
                "connection_info": {"app_id": APP_ID},
            }
        )
        self._open.append(socket)
        self.changed.fire()
        try:
            async for message in socket:
                if socket in self._silent:
                    continue
                if message.type is WSMsgType.TEXT:
                    self._take_ack(message.data)
                elif message.type is WSMsgType.PING:
                    await socket.pong(message.data)
        finally:
            for sockets in (self._open, self._leaving, self._silent):
                if socket in sockets:
                    sockets.remove(socket)
            self.changed.fire()
        return socket

    async def deliver(self, delivery: Delivery) -> Ack | None:
        """Send to one bot; `None` if there is none or it does not acknowledge in time."""
        envelope_id = str(uuid.uuid4())
        if self.requests is not None:
            return await self._by_http(self.requests, delivery, envelope_id)
        if not self._open:
            return None
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.type,
            "accepts_response_payload": delivery.accepts_response_payload,
            "payload": delivery.payload,
        }
        if delivery.type == "events_api":
            envelope |= {
                "retry_attempt": delivery.retry_attempt,
                "retry_reason": delivery.retry_reason,
            }
        socket = self._open[next(self._turn) % len(self._open)]
        self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        self._in_flight[envelope_id] = delivery.what
        self.delivered += 1
        try:
            await socket.send_json(envelope)
            return await asyncio.wait_for(self._waiting[envelope_id], self.ack_seconds)
        except TimeoutError:
            self._too_late.add(envelope_id)
            self._not_in_time(delivery)
            return None
        except ConnectionError:
            return None
        finally:
            del self._waiting[envelope_id], self._in_flight[envelope_id]
            self.delivered += 1
            self.changed.fire()

    async def _by_http(self, requests: Requests, delivery: Delivery, id_: str) -> Ack | None:
        self._in_flight[id_] = delivery.what
        self.delivered += 1
        try:
            answer = await asyncio.wait_for(requests.send(delivery), self.ack_seconds)
            return None if answer is None else Ack(answer)
        except TimeoutError:
            self._not_in_time(delivery)
            return None
        except ClientError:
            return None
        finally:
            del self._in_flight[id_]
            self.delivered += 1
            self.changed.fire()

    def _not_in_time(self, delivery: Delivery) -> None:
        self._violations.append(
            f"{delivery.what} was not acknowledged within {self.ack_seconds:g} s"
        )

    def _take_ack(self, text: str) -> None:
        message = json.loads(text)
        envelope_id = message.get("envelope_id", "")
        waiting = self._waiting.get(envelope_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(Ack(message.get("payload") or {}))
        elif envelope_id not in self._too_late:
            self._violations.append(f"acknowledged an envelope that was never sent: {text[:200]}")

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Send every connection Slack's `disconnect`; envelopes then wait for the new ones."""
        self._leaving += self._open
        self._open = []
        for socket in list(self._leaving):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            )

    async def close(self) -> None:
        """End all connections."""
        for socket in [*self._open, *self._leaving]:
            await socket.close()
