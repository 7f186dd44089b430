"""Slack's limits on blocks, and on all blocks of a message or view together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from sandbox.element_checks import ACTIONS_ELEMENT, IMAGE, INPUT_ELEMENT, SECTION_ELEMENT
from sandbox.forms import elements_of
from sandbox.object_checks import ID, URL, any_text, plain_text
from sandbox.rich_text_checks import RICH_TEXT
from sandbox.shapes import Check, Shape, anything, boolean, complaint, kinds, many, string
from sandbox.workspace import Json

Surface = Literal["message", "modal", "home"]

BLOCK_LIMITS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
_ALL: dict[str, Check] = {"block_id": ID}


def _section_says_something(block: Json, pointer: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield complaint("needs text or fields", pointer)


def _one_source(block: Json, pointer: str) -> Iterator[str]:
    if ("image_url" in block) == ("slack_file" in block):
        yield complaint("needs either image_url or slack_file", pointer)


def _checked_image(value: Any, pointer: str) -> Iterator[str]:
    yield from Shape(IMAGE.required, IMAGE.optional, also=_one_source)(value, pointer)


_CONTEXT_TEXT = any_text(2000)
_CONTEXT_ELEMENT = kinds(
    {"image": _checked_image, "plain_text": _CONTEXT_TEXT, "mrkdwn": _CONTEXT_TEXT},
    "context element",
)

_EVERYWHERE: dict[str, Check] = {
    "section": Shape(
        {},
        {
            **_ALL,
            "text": any_text(3000),
            "fields": many(any_text(2000), at_most=10),
            "accessory": SECTION_ELEMENT,
            "expand": boolean,
        },
        also=_section_says_something,
    ),
    "divider": Shape({}, _ALL),
    "header": Shape({"text": plain_text(150)}, _ALL),
    "context": Shape({"elements": many(_CONTEXT_ELEMENT, at_most=10)}, _ALL),
    "actions": Shape({"elements": many(ACTIONS_ELEMENT, at_most=25)}, _ALL),
    "image": Shape(
        IMAGE.required, {**_ALL, **IMAGE.optional, "title": plain_text(2000)}, also=_one_source
    ),
    "video": Shape(
        {
            "alt_text": string(2000),
            "title": plain_text(200),
            "thumbnail_url": URL,
            "video_url": URL,
        },
        {
            **_ALL,
            "author_name": string(50),
            "description": plain_text(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "title_url": URL,
        },
    ),
    "rich_text": RICH_TEXT,
}
_INPUT: dict[str, Check] = {
    "input": Shape(
        {"label": plain_text(2000), "element": INPUT_ELEMENT},
        {**_ALL, "hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    )
}
_IN_MESSAGES: dict[str, Check] = {
    "markdown": Shape({"text": string(12_000)}, _ALL),
    "file": Shape({"external_id": string(255), "source": anything}, _ALL),
}
_BLOCKS: dict[Surface, Check] = {
    "message": kinds({**_EVERYWHERE, **_IN_MESSAGES}, "block"),
    "modal": kinds({**_EVERYWHERE, **_INPUT}, "block"),
    "home": kinds({**_EVERYWHERE, **_INPUT}, "block"),
}


def block_complaints(blocks: Any, *, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """Everything Slack would refuse about these blocks, with JSON pointers."""
    checked = many(_BLOCKS[surface], at_least=0, at_most=BLOCK_LIMITS[surface])
    complaints = list(checked(blocks, pointer))
    # What concerns several blocks is only told about blocks that are right by themselves.
    return complaints or list(_of_all(blocks, pointer))


def _of_all(blocks: list[Json], pointer: str) -> Iterator[str]:
    for block_id in _twice(block.get("block_id") for block in blocks):
        yield complaint(f"block_id {block_id!r} is used more than once", pointer)
    focused = 0
    for index, block in enumerate(blocks):
        elements = list(elements_of(block))
        for action_id in _twice(element.get("action_id") for element in elements):
            what = f"action_id {action_id!r} is used more than once in this block"
            yield complaint(what, f"{pointer}/{index}")
        focused += sum(element.get("focus_on_load", False) for element in elements)
    if focused > 1:
        yield complaint("only one element may have focus_on_load", pointer)


def _twice(ids: Iterator[str | None]) -> list[str]:
    return [id_ for id_, count in Counter(ids).items() if id_ is not None and count > 1]


def text_size(value: Any) -> int:
    """The length of all texts within blocks, which Slack limits as a whole in a message."""
    if isinstance(value, list):
        return sum(text_size(each) for each in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    nested = sum(text_size(each) for each in value.values())
    return nested + (len(own) if isinstance(own, str) else 0)
