"""What every part of the storage carries along: the vault, the time, the rules read so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flows.rules import Rules
from storage.vault import Vault, lookup_hash


@dataclass(frozen=True, slots=True)
class Kit:
    """The vault, the key of the lookup hash, the program's time, and rules already parsed.

    Rules never change under their id, so that keeping them in memory can't go stale.
    """

    vault: Vault
    lookup_key: str
    now: Callable[[], datetime]
    rules: dict[str, Rules] = field(default_factory=dict)

    def contact_hash(self, normalised: str | None) -> str | None:
        """The column that finds a returning client; None when there is nothing to find by."""
        return None if normalised is None else lookup_hash(self.lookup_key, normalised)
