"""One command to a running sandbox, and what goes wrong told kindly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import typer
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout
from rich.console import Console
from rich.text import Text

from sandbox.clock import NeverIdleError
from sandbox.person import ControlClient
from sandbox.refusals import CannotDoError

_console = Console(highlight=False)


def in_sandbox(url: str, act: Callable[[ControlClient], Awaitable[None]]) -> None:
    """Run `act` against the sandbox at `url`, and say kindly what goes wrong."""

    async def run() -> None:
        # Days take minutes to pass; the sandbox itself says when somebody never gets done.
        async with ClientSession(timeout=ClientTimeout()) as session:
            await act(ControlClient(f"{url.rstrip('/')}/control", session))

    try:
        asyncio.run(run())
    except ClientConnectorError:
        fail(f"No sandbox is running at {url}. Start it with `make sandbox` first.")
    except ClientError:
        fail(f"The sandbox at {url} stopped in the middle of it.")
    except (CannotDoError, NeverIdleError) as error:
        fail(str(error))


def fail(what: str) -> None:
    _console.print(Text(what, style="red"))
    raise typer.Exit(1)
