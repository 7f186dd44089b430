"""`amends sandbox client mei write …`: the clients' phones from a terminal."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from sandbox.asking import in_sandbox
from sandbox.person import ControlClient
from sandbox.telegram.acts import Picked
from sandbox.telegram.client import Bubble, Client
from sandbox.terminal import bubble_panel

DEFAULT_URL = "http://127.0.0.1:8066"
_SHOWN_BUBBLES = 8

app = typer.Typer(help="Do something as a client on Telegram, such as mei, carmen or kate.")

_console = Console(highlight=False)

Url = Annotated[
    str,
    typer.Option(
        "--url", envvar="AMENDS_SANDBOX_TELEGRAM_URL", help="Where the local Telegram listens."
    ),
]


class _Who:
    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url


def _act(context: typer.Context, act: Callable[[Client], Awaitable[object]]) -> None:
    """Let the client do something; then print what is new on the phone."""
    who: _Who = context.obj

    async def do_and_look(control: ControlClient) -> None:
        client = Client(who.name, control)
        before = await client.sees()
        await act(client)
        _print([bubble for bubble in await client.sees() if bubble not in before], who.name)

    in_sandbox(who.url, do_and_look)


def _print(bubbles: list[Bubble], name: str) -> None:
    for bubble in bubbles:
        _console.print(bubble_panel(bubble, name))
    if not bubbles:
        _console.print(Text(f"{name} sees nothing new.", style="dim"))


@app.callback()
def as_client(context: typer.Context, name: str, url: Url = DEFAULT_URL) -> None:
    """Do something as the client NAME."""
    context.obj = _Who(name, url)


@app.command()
def start(context: typer.Context, payload: str = typer.Argument("")) -> None:
    """Open the chat with the bot, or follow a deep link with its PAYLOAD."""
    _act(context, lambda client: client.starts(payload))


@app.command()
def write(context: typer.Context, text: str) -> None:
    """Send a message."""
    _act(context, lambda client: client.writes(text))


@app.command()
def send(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    caption: str = "",
) -> None:
    """Send a picture, or another FILE as a document."""
    mime_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    kind = "photo" if mime_type in ("image/jpeg", "image/png") else "document"
    picked = Picked(kind, file.read_bytes(), file.name, mime_type)
    _act(context, lambda client: client.sends(picked, caption=caption))


@app.command()
def press(context: typer.Context, label: str) -> None:
    """Press a button, by its label."""
    _act(context, lambda client: client.presses(label))


@app.command()
def block(context: typer.Context) -> None:
    """Block the bot."""
    _act(context, lambda client: client.blocks())


@app.command()
def see(context: typer.Context) -> None:
    """Show the newest messages of the chat."""
    who: _Who = context.obj

    async def look(control: ControlClient) -> None:
        _print((await Client(who.name, control).sees())[-_SHOWN_BUBBLES:], who.name)

    in_sandbox(who.url, look)
