"""HTTP mode: events, commands and interactions as signed requests to the bot's addresses."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import ClientSession

from sandbox.workspace import SIGNING_SECRET, Json

if TYPE_CHECKING:
    from sandbox.sockets import Delivery

FORM = "application/x-www-form-urlencoded"


class Requests:
    """Sends each delivery to the next of the bots' addresses, as a load balancer would."""

    def __init__(self, urls: list[str], session: ClientSession) -> None:
        self._urls = itertools.cycle(urls)
        self._somebody = bool(urls)
        self._session = session

    async def send(self, delivery: Delivery) -> Json | None:
        """What the bot answered; None when it did not take the request.

        Raises:
            aiohttp.ClientError: nobody answers there.
        """
        if not self._somebody:
            return None
        body, headers = _request(delivery)
        stamp = str(int(time.time()))
        headers |= {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(stamp, body)}
        async with self._session.post(next(self._urls), data=body, headers=headers) as answer:
            text = await answer.text()
            if answer.status != 200:
                return None
            if answer.content_type == "application/json":
                return dict(json.loads(text))
            return {"text": text} if text else {}


def signature(stamp: str, body: bytes, secret: str = SIGNING_SECRET) -> str:
    """Slack's signature of a request, version 0."""
    base = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _request(delivery: Delivery) -> tuple[bytes, dict[str, str]]:
    if delivery.type == "events_api":
        headers = {"Content-Type": "application/json"}
        if delivery.retry_attempt:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.retry_attempt),
                "X-Slack-Retry-Reason": f"http_{delivery.retry_reason}",
            }
        return json.dumps(delivery.payload).encode(), headers
    if delivery.type == "slash_commands":
        return urlencode(delivery.payload).encode(), {"Content-Type": FORM}
    return urlencode({"payload": json.dumps(delivery.payload)}).encode(), {"Content-Type": FORM}
