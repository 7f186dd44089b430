"""Slack's limits on composition objects: texts, options, confirmations, filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.shapes import Check, Shape, boolean, complaint, kinds, many, one_of, string

ID = string(255)
URL = string(3000, pattern=r"(https?|mailto|tel|slack):.+")
STYLE = one_of("primary", "danger")
OPTIONS_LIMIT = 100


def plain_text(at_most: int) -> Check:
    """A `plain_text` object."""
    text = Shape({"text": string(at_most)}, {"emoji": boolean})
    return kinds({"plain_text": text}, "text")


def any_text(at_most: int) -> Check:
    """A `plain_text` or `mrkdwn` object."""
    plain = Shape({"text": string(at_most)}, {"emoji": boolean})
    mrkdwn = Shape({"text": string(at_most)}, {"verbatim": boolean})
    return kinds({"plain_text": plain, "mrkdwn": mrkdwn}, "text")


CONFIRM = Shape(
    {
        "title": plain_text(100),
        "text": any_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
    },
    {"style": STYLE},
)

SELECT_OPTION = Shape(
    {"text": plain_text(75), "value": string(150)}, {"description": plain_text(75)}
)
OVERFLOW_OPTION = Shape(
    {"text": plain_text(75), "value": string(150)}, {"description": plain_text(75), "url": URL}
)
BOX_OPTION = Shape({"text": any_text(75), "value": string(150)}, {"description": any_text(75)})

SELECT_OPTIONS = many(SELECT_OPTION, at_most=OPTIONS_LIMIT)
OPTION_GROUPS = many(
    Shape({"label": plain_text(75), "options": SELECT_OPTIONS}), at_most=OPTIONS_LIMIT
)

CONVERSATION_FILTER = Shape(
    {},
    {
        "include": many(one_of("im", "mpim", "private", "public"), at_most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

DISPATCH_CONFIG = Shape(
    {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), at_most=2)}
)


def all_options(element: dict[str, Any]) -> list[Any]:
    """The options of an element whose shape is right, those in groups included."""
    grouped = (option for group in element.get("option_groups", ()) for option in group["options"])
    return [*element.get("options", ()), *grouped]


def options_agree(element: dict[str, Any], pointer: str) -> Iterator[str]:
    """Either options or groups, no value twice, and what is preset is among them."""
    if ("options" in element) == ("option_groups" in element):
        yield complaint("needs either options or option_groups", pointer)
    options = all_options(element)
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        yield complaint("option values must be unique", pointer)
    for key in ("initial_option", "initial_options"):
        preset = element.get(key, [])
        for option in preset if isinstance(preset, list) else [preset]:
            if option not in options:
                yield complaint("must be exactly one of the options", f"{pointer}/{key}")
