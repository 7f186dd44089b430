"""response_url: five answers within thirty minutes, without a token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import MovableClock
from sandbox.refusals import RefusalError
from sandbox.workspace import Channel, Message

USES = 5
LIFETIME = timedelta(minutes=30)


@dataclass
class ResponseUrl:
    """Where one command or click may be answered."""

    user_id: str
    channel: Channel
    message: Message | None
    """The message whose button was pressed; what `replace_original` replaces."""
    issued_at: datetime
    uses: int = 0


class ResponseUrls:
    """Issues the addresses and counts their uses."""

    def __init__(self, clock: MovableClock) -> None:
        self.base = ""
        """The address of the server, known once it listens."""
        self._clock = clock
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user_id: str, channel: Channel, message: Message | None) -> str:
        """A new address for answering what this person did now."""
        key = secrets.token_hex(12)
        self._issued[key] = ResponseUrl(user_id, channel, message, self._clock.now())
        return f"{self.base}/response/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Count one use, refusing what is unknown, too old or used up."""
        url = self._issued.get(key)
        if url is None:
            raise RefusalError("invalid_url")
        if self._clock.now() - url.issued_at > LIFETIME:
            raise RefusalError("expired_url")
        if url.uses >= USES:
            raise RefusalError("used_url")
        url.uses += 1
        return url
