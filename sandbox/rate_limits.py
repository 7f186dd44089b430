"""Rate limits as token buckets over the sandbox's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from sandbox.clock import MovableClock

POSTING = "posting"
"""The rate of chat.postMessage: one a second in each channel, with short bursts."""


@dataclass(frozen=True)
class Rate:
    """How many calls are refilled a second, and how many may come at once."""

    per_second: float
    burst: int


# Slack's tiers. It tolerates "a small burst" on tier 1, which reconnecting sockets need.
RATES: dict[int | str, Rate] = {
    1: Rate(1 / 60, 10),
    2: Rate(20 / 60, 20),
    3: Rate(50 / 60, 50),
    4: Rate(100 / 60, 100),
    POSTING: Rate(1, 5),
}


@dataclass
class _Bucket:
    tokens: float
    filled_at: datetime


class RateLimits:
    """Remembers how much of each limit is used."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: str, rate: Rate) -> int | None:
        """Use one call of `key`; seconds for Retry-After if there is none left."""
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now))
        # A machine's clock that is set back takes no calls away.
        elapsed = max(0.0, (now - bucket.filled_at).total_seconds())
        bucket.tokens = min(rate.burst, bucket.tokens + elapsed * rate.per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) / rate.per_second)
        bucket.tokens -= 1
        return None
