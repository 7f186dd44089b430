"""Faults a test injects into the Web API: errors, lost answers, silence, an outage."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Fault:
    """What goes wrong with the next calls of one method."""

    method: str
    error: str | None
    status: int | None
    hang: bool
    after_effect: bool
    times: int


class Faults:
    """The faults that are set up and not used up."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._outages = 0
        self._hanging = asyncio.Event()

    def fail(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        hang: bool = False,
        after_effect: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of `method` fail.

        With `error` Slack refuses, with `status` a gateway does, with `hang` no answer ever
        comes; with none of them the connection breaks. With `after_effect` the call has done
        its work before that.
        """
        self._faults.append(Fault(method, error, status, hang, after_effect, times))

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Break the connection of every Web API call; open sockets stay."""
        self._outages += 1
        try:
            yield
        finally:
            self._outages -= 1

    def next(self, method: str) -> Fault | None:
        """The fault this call meets, if any; uses it up."""
        if self._outages:
            return Fault(method, None, None, hang=False, after_effect=False, times=1)
        for fault in self._faults:
            if fault.method == method:
                fault.times -= 1
                if fault.times == 0:
                    self._faults.remove(fault)
                return fault
        return None

    async def hang(self) -> None:
        """Keep a call waiting until the sandbox stops."""
        await self._hanging.wait()

    def release(self) -> None:
        """Let go of the hanging calls."""
        self._hanging.set()
