"""The building blocks all pictures are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from flows.complaint import Complaint
from handlers.slack.pen import Pen, clean, clip

SECTION = 3000
CONTEXT = 2000
HEADER = 150
LABEL = 75
TITLE = 24

ANSWER = "answer"
"""The id of the block of an answer's buttons: unlike a ping, it is not redrawn."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A message: its blocks, and the whole sentence that notifications and screen readers say."""

    text: str
    blocks: tuple[Block, ...]


def mrkdwn(text: str, limit: int) -> MarkdownTextObject:
    """Text that the pen wrote; Slack adds no links of its own."""
    return MarkdownTextObject(text=clip(text, limit), verbatim=True)


def plain(text: str, limit: int) -> PlainTextObject:
    """Text without markup."""
    return PlainTextObject(text=clip(text, limit))


def section(*lines: str, button: ButtonElement | None = None) -> SectionBlock:
    """Lines that the pen wrote, with a button at their side."""
    return SectionBlock(text=mrkdwn("\n".join(lines), SECTION), accessory=button)


def context(*lines: str) -> ContextBlock:
    """Small print that the pen wrote."""
    return ContextBlock(elements=[mrkdwn("\n".join(lines), CONTEXT)])


def header(text: str) -> HeaderBlock:
    """A heading."""
    return HeaderBlock(text=plain(text, HEADER))


def divider() -> DividerBlock:
    """A line across."""
    return DividerBlock()


def words(text: str) -> list[Block]:
    """Somebody's words exactly as they came, in as many blocks as they need."""
    text = clean(text).strip()
    parts = [text[start : start + SECTION] for start in range(0, len(text), SECTION)]
    return [SectionBlock(text=PlainTextObject(text=part, emoji=False)) for part in parts]


def button(
    pen: Pen,
    action: str,
    reference: str | None = None,
    *,
    value: str | None = None,
    primary: bool = False,
) -> ButtonElement:
    """The button of an action; screen readers hear which complaint it is about."""
    label = pen.plain(f"button.{action}")
    return labelled(label, pen, action, reference, value=value, primary=primary)


def labelled(
    label: str,
    pen: Pen,
    action: str,
    reference: str | None = None,
    *,
    value: str | None = None,
    primary: bool = False,
) -> ButtonElement:
    """A button with a label of its own; its value is the reference where no other is given."""
    spoken = (
        label if reference is None else pen.plain("button.about", label=label, reference=reference)
    )
    return ButtonElement(
        text=plain(label, LABEL),
        action_id=action,
        value=value or reference,
        style="primary" if primary else None,
        accessibility_label=clip(spoken, LABEL),
    )


def actions(buttons: Iterable[ButtonElement]) -> list[Block]:
    """A row of buttons; no block at all when there are none."""
    found: Sequence[ButtonElement] = tuple(buttons)
    return [ActionsBlock(elements=list(found))] if found else []


def headline(complaint: Complaint, pen: Pen) -> str:
    """What may be said of a complaint anywhere: `C-1042 · M.K. · Service · severity 1`."""
    return pen.say(
        "complaint.headline",
        reference=complaint.reference,
        client=pen.initials(complaint.client),
        type=complaint.type,
        severity=complaint.severity,
    )


def rows_of(buttons: Sequence[ButtonElement], length: int = 5) -> list[Block]:
    """Many buttons in rows that fit a screen."""
    starts = range(0, len(buttons), length)
    return [ActionsBlock(elements=list(buttons[start : start + length])) for start in starts]


def packed(lines: Iterable[str]) -> list[Block]:
    """Lines that the pen wrote, in as few sections as they need."""
    parts: list[list[str]] = []
    room = 0
    for line in lines:
        if len(line) + 1 > room:
            parts.append([])
            room = SECTION
        parts[-1].append(line)
        room -= len(line) + 1
    return [section(*part) for part in parts]


def text_size(blocks: object) -> int:
    """The length of all texts in blocks, which Slack limits as a whole in a message."""
    if isinstance(blocks, list):
        return sum(map(text_size, blocks))
    if not isinstance(blocks, dict):
        return 0
    own = blocks.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(map(text_size, blocks.values()))


def json_size(blocks: object) -> int:
    """The length of blocks as they are sent, which Slack limits in a view."""
    return len(json.dumps(blocks))


def fitting(
    groups: Iterable[Sequence[Block]],
    blocks: int,
    size: int,
    measure: Callable[[object], int] = text_size,
) -> list[Sequence[Block]]:
    """As many of the groups, from the first on, as fit into so many blocks of that size."""
    kept: list[Sequence[Block]] = []
    for group in groups:
        blocks -= len(group)
        size -= measure([block.to_dict() for block in group])
        if blocks < 0 or size < 0:
            break
        kept.append(group)
    return kept
