"""Several complaints at once: what `list`, `mine` and `search` answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block

from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import Picture, button, context, fitting, headline, section
from handlers.slack.pictures.due import state_line

BLOCKS = 45
CHARACTERS = 9_000
"""Slack refuses a message of more than about 13,200 (platform.md)."""


def complaints(title: str, cases: Sequence[Case], pen: Pen) -> Picture:
    """Draw a list; `title` is `list`, `mine` or `search`. An empty one says what to do."""
    if not cases:
        return Picture(pen.alert(f"list.{title}_empty"), (section(pen.say(f"list.{title}_empty")),))
    count = len(cases)
    shown = fitting(([one] for one in rows(cases, pen)), BLOCKS, CHARACTERS)
    blocks: list[Block] = [section(f"*{pen.say(f'list.{title}', n=count)}*")]
    blocks.extend(block for group in shown for block in group)
    if len(shown) < count:
        blocks.append(context(pen.say("list.more", n=count - len(shown))))
    return Picture(pen.alert(f"list.{title}", n=count), tuple(blocks))


def rows(cases: Iterable[Case], pen: Pen) -> Iterable[Block]:
    """A row a complaint, with the button that opens it."""
    for case in cases:
        opens = button(pen, ids.OPEN, case.complaint.reference)
        yield section(headline(case.complaint, pen), state_line(case, pen), button=opens)
