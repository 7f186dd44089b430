"""The clients every sandbox starts with."""

from __future__ import annotations

from sandbox.telegram.cloud import User

_CLIENTS = [
    User(5000000001, "mei", "丽", "王", "zh-hans"),
    User(5000000002, "carmen", "Carmen", "Vega", "es", username="carmen_vega"),
    User(5000000003, "kate", "Kate", "Miller", "en", tz="America/New_York"),
    User(5000000004, "olaf", "Olaf", "", "nb", tz="Europe/Oslo"),
]


def clients() -> list[User]:
    """Fresh copies, for a sandbox of their own."""
    return [User(**vars(client)) for client in _CLIENTS]
