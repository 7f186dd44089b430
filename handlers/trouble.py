"""What can go wrong with a message on its way, whatever carries it."""

from __future__ import annotations


class NotNow(Exception):
    """It may go through later: after `seconds` if we were told. `reason` is fit for logs.

    `uncertain`: no answer came, so it may have taken effect all the same.
    """

    def __init__(
        self, reason: str, seconds: float | None = None, *, uncertain: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds
        self.uncertain = uncertain


class Undeliverable(Exception):
    """It will never go through to this recipient. `reason` is the name of the error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
