"""What every part of the storage carries along: the vault, the time, this process's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.rules import Rules
from storage.replica import Replica
from storage.vault import Vault, lookup_hash

LONGEST_WAIT = timedelta(minutes=30)
"""Nothing is postponed for longer: what seems to be was, before the clock was set back."""


def may_go(not_before: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Whether what was postponed until `not_before` (NULL: not at all) may be taken up."""
    return or_(not_before.is_(None), not_before <= now, not_before > now + LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Kit:
    """The vault, the key of the lookup hash, the program's time, our name, rules already parsed.

    Rules never change under their id, so that keeping them in memory can't go stale.
    """

    vault: Vault
    lookup_key: str
    now: Callable[[], datetime]
    replica: Replica
    rules: dict[str, Rules] = field(default_factory=dict)
    rules_stored: set[str] = field(default_factory=set)
    """Those that are known to be in the database, by id."""

    def contact_hash(self, normalised: str | None) -> str | None:
        """The column that finds a returning client; None when there is nothing to find by."""
        return None if normalised is None else lookup_hash(self.lookup_key, normalised)

    def client_id(self, address: str) -> str:
        """What stands for a client in columns, by where the transport reaches her."""
        return lookup_hash(self.lookup_key, address)[:40]

    async def wall(self, conn: AsyncConnection) -> datetime:
        """The wall clock by which leases count: the server's, as those of machines may differ."""
        if conn.dialect.name == "sqlite":
            return datetime.now(UTC)
        wall: datetime | None = await conn.scalar(select(func.now()))
        assert wall is not None  # noqa: S101
        return wall
