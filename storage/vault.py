"""Encryption of personal fields, and the keyed hash that finds a returning client."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from storage.errors import BadKeys, WrongKey

_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def new_key() -> str:
    """A fresh key for ENCRYPTION_KEYS."""
    return Fernet.generate_key().decode()


class Vault:
    """Seals JSON values under the newest of several keys and opens what any of them sealed."""

    def __init__(self, keys: str) -> None:
        """`keys` is a comma list, newest first; BadKeys if there is none or one is malformed."""
        parts = [part.strip() for part in keys.split(",") if part.strip()]
        if not parts:
            raise BadKeys("ENCRYPTION_KEYS holds no key; `amends keys new` makes one")
        try:
            self._fernet = MultiFernet([Fernet(part) for part in parts])
        except ValueError:
            # The cause is left out: it could carry a part of a key into a log.
            raise BadKeys(
                "ENCRYPTION_KEYS holds something that is not a key; `amends keys new` makes one"
            ) from None
        self.key_id = hashlib.sha256(parts[0].encode()).hexdigest()[:8]
        self.empty = self.cells({})
        """The two columns of what has no facts; there is nothing in it to hide."""

    def seal(self, value: object) -> bytes:
        """Encrypt a JSON value under the newest key."""
        return self._fernet.encrypt(_PLAIN.encode(value).encode())

    def open(self, sealed: bytes) -> Any:
        """The JSON value that was sealed; WrongKey if none of our keys opens it."""
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise WrongKey(
                "the database was encrypted under a key that ENCRYPTION_KEYS does not hold"
            ) from None

    def cells(self, value: object) -> dict[str, object]:
        """The two columns of a sealed value: itself, and the key it lies under."""
        return {"sealed": self.seal(value), "key_id": self.key_id}

    def resealed(self, sealed: bytes) -> dict[str, object]:
        """The same two columns for something sealed earlier, now under the newest key."""
        return self.cells(self.open(sealed))


NO_CELLS: dict[str, object] = {"sealed": None, "key_id": None}
"""The two columns where there is nothing to seal."""


def lookup_hash(secret: str, normalised: str) -> str:
    """What stands for a phone or handle in a column: the same for the same client, else mute.

    Keyed, because phone numbers are few enough to try them all against a plain hash.
    """
    return hmac.new(bytes.fromhex(secret), normalised.encode(), hashlib.sha256).hexdigest()
