"""What can go wrong with the memory, in words fit for the person who runs the bot."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class DatabaseUnusable(RuntimeError):
    """The database can't be opened; the message says why and what to do."""


class DatabaseAway(DatabaseUnusable):
    """The server can't be reached, or is not ready; it may be by and by."""


class BadKeys(ValueError):
    """ENCRYPTION_KEYS holds no key, or something that is not a key."""


class WrongKey(RuntimeError):
    """What is stored was encrypted under a key that we were not given."""


class ChainBroken(RuntimeError):
    """The history of complaint `number` was altered at entry `sequence`, or just before it."""

    def __init__(self, number: int, sequence: int) -> None:
        super().__init__(f"the history of complaint {number} was altered at entry {sequence}")
        self.number = number
        self.sequence = sequence


def is_database_trouble(problem: Exception) -> bool:
    """Whether it says that the database can't be used now: gone, locked, full."""
    return isinstance(problem, (DBAPIError, NoConnectionFree, OSError))
