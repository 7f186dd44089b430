"""Messages and modals drawn for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from sandbox.forms import elements_of, options_of
from sandbox.person import Seen, SeenView
from sandbox.telegram.client import Bubble


def message_panel(seen: Seen) -> Panel:
    """One message: who wrote it where and when, what it says, what can be pressed."""
    where = seen.channel_name if seen.channel_name.startswith("@") else f"#{seen.channel_name}"
    marks = " (in a thread)" if seen.thread_ts not in (None, seen.ts) else ""
    marks += " (only you see this)" if seen.ephemeral else ""
    body = [Text(seen.readable)]
    if seen.reactions:
        body.append(Text("  ".join(f":{name}: {len(by)}" for name, by in seen.reactions.items())))
    title = Text(f"{seen.user} in {where}, {seen.time}{marks}", style="bold")
    return Panel(Group(*body), title=title, title_align="left", expand=False)


def bubble_panel(bubble: Bubble, name: str) -> Panel:
    """One message on a client's phone."""
    marks = " (edited)" if bubble.edited else ""
    body = (
        [Text(bubble.text)] if bubble.kind == "text" else [Text(f"[{bubble.kind}] {bubble.text}")]
    )
    body += [Text(" ".join(f"[{label}]" for label in row)) for row in bubble.keyboard]
    who = "Amends" if bubble.by_bot else name
    title = Text(f"{who}, {bubble.time}{marks}", style="bold")
    return Panel(Group(*body), title=title, title_align="left", expand=False)


def view_panel(view: SeenView, *, title: str) -> Panel:
    """A modal or Home tab, with the fields that can be filled and what is wrong with them."""
    body = [Text(view.readable)]
    for block_id, error in view.errors.items():
        body.append(Text(f"{block_id}: {error}", style="red"))
    if view.trouble:
        body.append(Text(view.trouble, style="red"))
    body.extend(Text(field, style="dim") for field in _fields(view))
    return Panel(
        Group(*body), title=Text(title, style="bold"), title_align="left", border_style="cyan"
    )


def _fields(view: SeenView) -> Iterator[str]:
    """How each field is called on the command line, and the values it takes."""
    for block in view.blocks:
        for element in elements_of(block):
            if element["type"] not in ("button", "overflow"):
                name = block["block_id"] if block["type"] == "input" else element["action_id"]
                values = [option["value"] for option in options_of(element)]
                yield f"{name} = {' | '.join(values)}" if values else f"{name} ="
