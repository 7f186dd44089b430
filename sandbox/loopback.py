"""The sandbox is for this machine only."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

HOST = "127.0.0.1"

_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def is_loopback(url: str) -> bool:
    """Whether `url` leads to this machine."""
    return urlsplit(url).hostname in _NAMES


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep out pages of other sites: a foreign name for this address, or a foreign origin."""
    for header, url in (
        ("Host", f"//{request.headers.get('Host', '')}"),
        ("Origin", request.headers.get("Origin", f"//{HOST}")),
    ):
        if not is_loopback(url):
            raise web.HTTPForbidden(text=f"the sandbox is for this machine only: foreign {header}")
    return await handler(request)
