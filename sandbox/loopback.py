"""The sandbox is for this machine only."""

from __future__ import annotations

from urllib.parse import urlsplit

_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def is_loopback(url: str) -> bool:
    """Whether `url` leads to this machine."""
    return urlsplit(url).hostname in _NAMES
