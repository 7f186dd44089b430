"""`amends sandbox as ana type …`, `amends sandbox pass 30m`: people and time from a terminal."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text

from sandbox.asking import fail, in_sandbox
from sandbox.person import ControlClient, Person, Seen
from sandbox.refusals import CannotDoError
from sandbox.telegram.commands import app as client_app
from sandbox.terminal import message_panel, view_panel
from sandbox.workspace import Json

DEFAULT_URL = "http://127.0.0.1:8065"
_SHOWN_MESSAGES = 8
_DND = timedelta(hours=8)
_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

app = typer.Typer(help="Act in the running sandbox: people, and the passing of time.")
as_app = typer.Typer(help="Do something as one of the people, such as ana, ben or maria.")
app.add_typer(as_app, name="as")
app.add_typer(client_app, name="client")

_console = Console(highlight=False)

Url = Annotated[
    str, typer.Option("--url", envvar="AMENDS_SANDBOX_URL", help="Where the sandbox listens.")
]
ChannelOption = Annotated[str, typer.Option("--channel", help="A channel's name, or @amends.")]


@dataclass(frozen=True)
class _Who:
    name: str
    url: str


def _act(context: typer.Context, act: Callable[[Person], Awaitable[str | None]]) -> None:
    """Let the person do something; then print what has changed before their eyes."""
    who: _Who = context.obj

    async def do_and_look(client: ControlClient) -> None:
        person = Person(who.name, client)
        before = await person.sees()
        trouble = await act(person)
        if trouble:
            _console.print(Text(trouble, style="red"))
        await _print_screen(person, [seen for seen in await person.sees() if seen not in before])

    in_sandbox(who.url, do_and_look)


async def _print_screen(person: Person, messages: list[Seen]) -> None:
    for seen in messages:
        _console.print(message_panel(seen))
    modal = await person.modal()
    if modal is not None:
        _console.print(view_panel(modal, title=f"{person.name} has open: {modal.callback_id}"))
    elif not messages:
        _console.print(Text(f"{person.name} sees nothing new.", style="dim"))


@as_app.callback()
def as_somebody(context: typer.Context, name: str, url: Url = DEFAULT_URL) -> None:
    """Do something as NAME."""
    context.obj = _Who(name, url)


@as_app.command("type")
def type_(context: typer.Context, text: str, channel: ChannelOption = "front-desk") -> None:
    """Send a message or a slash command."""

    async def act(person: Person) -> None:
        await person.types(text, channel)

    _act(context, act)


@as_app.command()
def submit(
    context: typer.Context,
    fields: Annotated[list[str] | None, typer.Argument(metavar="[FIELD=VALUE]...")] = None,
) -> None:
    """Fill in and send the open modal."""
    for field in fields or []:
        if "=" not in field:
            fail(f"{field!r} is not of the form FIELD=VALUE")
    values = dict(field.split("=", 1) for field in fields or [])

    async def act(person: Person) -> None:
        await person.submits(**values)

    _act(context, act)


@as_app.command()
def click(context: typer.Context, what: str) -> None:
    """Press a button, by its label or action id."""
    _act(context, lambda person: person.clicks(what))


@as_app.command()
def choose(context: typer.Context, what: str, option: str) -> None:
    """Pick OPTION in a select or overflow menu."""
    _act(context, lambda person: person.chooses(what, option))


@as_app.command()
def see(context: typer.Context, channel: str | None = typer.Argument(None)) -> None:
    """Show the newest messages and the open modal."""
    who: _Who = context.obj

    async def look(client: ControlClient) -> None:
        person = Person(who.name, client)
        messages = await person.sees(channel)
        await _print_screen(person, messages[-_SHOWN_MESSAGES:])

    in_sandbox(who.url, look)


@as_app.command()
def react(context: typer.Context, emoji: str) -> None:
    """Put an emoji under the newest message."""

    async def act(person: Person) -> None:
        await person.reacts(emoji, await _newest(person))

    _act(context, act)


@as_app.command()
def reply(context: typer.Context, text: str) -> None:
    """Answer in the thread of the newest message."""

    async def act(person: Person) -> None:
        await person.replies(await _newest(person), text)

    _act(context, act)


@as_app.command()
def shortcut(context: typer.Context, callback: str) -> None:
    """Use a global shortcut, by its callback id."""
    _act(context, lambda person: person.shortcut(callback))


@as_app.command()
def home(context: typer.Context) -> None:
    """Open the bot's Home tab."""

    async def act(person: Person) -> None:
        view = await person.opens_home()
        if view is not None:
            _console.print(view_panel(view, title=f"Home of {person.name}"))

    _act(context, act)


@as_app.command()
def close(context: typer.Context) -> None:
    """Close the open modal."""

    async def act(person: Person) -> None:
        await person.closes()

    _act(context, act)


@as_app.command()
def dnd(context: typer.Context, switch: Literal["on", "off"]) -> None:
    """Go into do-not-disturb for eight hours, or leave it."""
    who: _Who = context.obj

    async def act(client: ControlClient) -> None:
        now = datetime.fromisoformat((await client.get("now"))["now"])
        await Person(who.name, client).goes_dnd(now + _DND if switch == "on" else None)
        state = "in do-not-disturb" if switch == "on" else "reachable"
        _console.print(f"{who.name} is {state}.")

    in_sandbox(who.url, act)


async def _newest(person: Person) -> Seen:
    messages = [seen for seen in await person.sees() if not seen.ephemeral]
    if not messages:
        raise CannotDoError(f"{person.name} sees no message yet")
    return messages[-1]


@app.command("pass")
def pass_(duration: str, url: Url = DEFAULT_URL) -> None:
    """Let time pass, such as 90s, 30m, 1h or 14d, and show what people heard meanwhile."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        fail(f"{duration!r} is no duration; write 90s, 30m, 1h or 14d")
        return
    passing = timedelta(**{_UNITS[match[2]]: int(match[1])})

    async def act(client: ControlClient) -> None:
        before = await client.get("now")
        after = await client.post("pass", {"seconds": passing.total_seconds()})
        _print_time(after)
        for name in await client.get("people"):
            heard = await Person(name, client).hears(since=before["ts"])
            if heard:
                _console.print(Text(f"{name} heard:"))
            for seen in heard:
                _console.print(message_panel(seen))

    in_sandbox(url, act)


@app.command()
def now(url: Url = DEFAULT_URL) -> None:
    """Show the sandbox's time."""

    async def act(client: ControlClient) -> None:
        _print_time(await client.get("now"))

    in_sandbox(url, act)


def _print_time(time: Json) -> None:
    _console.print(f"It is {time['local']} ({time['zone']}).")
