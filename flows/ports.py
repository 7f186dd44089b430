"""What the rules need from the outside world, as protocols that others implement."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time as the whole program sees it; the sandbox gives one that a person can move."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...

    async def sleep_until(self, instant: datetime | None) -> None:
        """Return when `instant` (aware) has come, or earlier if the clock was moved.

        `None` waits until the clock is moved.
        """
        ...
