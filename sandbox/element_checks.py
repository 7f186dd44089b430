"""Slack's limits on block elements, and which element may stand in which block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.object_checks import (
    BOX_OPTION,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    ID,
    OPTION_GROUPS,
    OVERFLOW_OPTION,
    SELECT_OPTION,
    SELECT_OPTIONS,
    STYLE,
    URL,
    options_agree,
    plain_text,
)
from sandbox.shapes import (
    Check,
    Shape,
    anything,
    boolean,
    complaint,
    kinds,
    many,
    string,
    whole_number,
)

TEXT_INPUT_LIMIT = 3000
_BOXES_LIMIT = 10
_DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
_TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
_NUMBER = string(100, pattern=r"-?\d+(\.\d+)?")
_SOME = many(ID, at_most=100)

_ALL: dict[str, Check] = {"action_id": ID}
_FOCUSED: dict[str, Check] = {**_ALL, "focus_on_load": boolean}
_PLACED: dict[str, Check] = {**_FOCUSED, "placeholder": plain_text(150)}
_SELECT: dict[str, Check] = {**_PLACED, "confirm": CONFIRM}
_MULTI: dict[str, Check] = {**_SELECT, "max_selected_items": whole_number(1, 100)}
_TYPED: dict[str, Check] = {**_PLACED, "dispatch_action_config": DISPATCH_CONFIG}
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": CONVERSATION_FILTER,
}


def _lengths_agree(element: dict[str, Any], pointer: str) -> Iterator[str]:
    shortest = element.get("min_length", 0)
    longest = element.get("max_length", TEXT_INPUT_LIMIT)
    if shortest > longest:
        yield complaint("min_length must not be more than max_length", f"{pointer}/min_length")
    if len(element.get("initial_value", "")) > longest:
        at = f"{pointer}/initial_value"
        yield complaint(f"must be less than {longest + 1} characters", at)


def _boxes(preset: str, preset_check: Check) -> Shape:
    return Shape(
        {"options": many(BOX_OPTION, at_most=_BOXES_LIMIT)},
        {**_FOCUSED, "confirm": CONFIRM, preset: preset_check},
        also=options_agree,
    )


IMAGE = Shape({"alt_text": string(2000)}, {"image_url": URL, "slack_file": anything})

ELEMENTS: dict[str, Shape] = {
    "image": IMAGE,
    "button": Shape(
        {"text": plain_text(75)},
        {
            **_ALL,
            "url": URL,
            "value": string(2000),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": Shape(
        {"options": many(OVERFLOW_OPTION, at_least=2, at_most=5)},
        {**_ALL, "confirm": CONFIRM},
        also=options_agree,
    ),
    "checkboxes": _boxes("initial_options", many(BOX_OPTION, at_most=_BOXES_LIMIT)),
    "radio_buttons": _boxes("initial_option", BOX_OPTION),
    "static_select": Shape(
        {},
        {
            **_SELECT,
            "options": SELECT_OPTIONS,
            "option_groups": OPTION_GROUPS,
            "initial_option": SELECT_OPTION,
        },
        also=options_agree,
    ),
    "multi_static_select": Shape(
        {},
        {
            **_MULTI,
            "options": SELECT_OPTIONS,
            "option_groups": OPTION_GROUPS,
            "initial_options": SELECT_OPTIONS,
        },
        also=options_agree,
    ),
    "external_select": Shape(
        {}, {**_SELECT, "initial_option": SELECT_OPTION, "min_query_length": whole_number(0, 100)}
    ),
    "multi_external_select": Shape(
        {}, {**_MULTI, "initial_options": SELECT_OPTIONS, "min_query_length": whole_number(0, 100)}
    ),
    "users_select": Shape({}, {**_SELECT, "initial_user": ID}),
    "multi_users_select": Shape({}, {**_MULTI, "initial_users": _SOME}),
    "channels_select": Shape(
        {}, {**_SELECT, "initial_channel": ID, "response_url_enabled": boolean}
    ),
    "multi_channels_select": Shape({}, {**_MULTI, "initial_channels": _SOME}),
    "conversations_select": Shape(
        {},
        {
            **_SELECT,
            **_CONVERSATIONS,
            "initial_conversation": ID,
            "response_url_enabled": boolean,
        },
    ),
    "multi_conversations_select": Shape(
        {}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": _SOME}
    ),
    "datepicker": Shape({}, {**_SELECT, "initial_date": _DATE}),
    "timepicker": Shape({}, {**_SELECT, "initial_time": _TIME, "timezone": string(100)}),
    "datetimepicker": Shape(
        {},
        {
            **_FOCUSED,
            "confirm": CONFIRM,
            "initial_date_time": whole_number(1_000_000_000, 9_999_999_999),
        },
    ),
    "plain_text_input": Shape(
        {},
        {
            **_TYPED,
            "initial_value": string(TEXT_INPUT_LIMIT, at_least=0),
            "multiline": boolean,
            "min_length": whole_number(0, TEXT_INPUT_LIMIT),
            "max_length": whole_number(1, TEXT_INPUT_LIMIT),
        },
        also=_lengths_agree,
    ),
    "email_text_input": Shape({}, {**_TYPED, "initial_value": string(TEXT_INPUT_LIMIT)}),
    "url_text_input": Shape({}, {**_TYPED, "initial_value": string(TEXT_INPUT_LIMIT)}),
    "number_input": Shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
    ),
    "rich_text_input": Shape({}, {**_TYPED, "initial_value": anything}),
    "file_input": Shape(
        {},
        {
            **_ALL,
            "filetypes": many(string(20), at_most=100),
            "max_files": whole_number(1, 10),
        },
    ),
}

_SELECTS = ("static_select", "external_select", "users_select", "channels_select")
_PICKS = {
    *_SELECTS,
    "conversations_select",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
}
_MULTIS = {kind for kind in ELEMENTS if kind.startswith("multi_")}
_IN_SECTION = {"button", "image", "overflow"} | _PICKS | _MULTIS
_IN_ACTIONS = {"button", "overflow", "datetimepicker"} | _PICKS
_IN_INPUT = ELEMENTS.keys() - {"button", "image", "overflow"}


def _only(allowed: set[str], what: str) -> Check:
    return kinds({kind: ELEMENTS[kind] for kind in sorted(allowed)}, what)


SECTION_ELEMENT = _only(_IN_SECTION, "accessory")
ACTIONS_ELEMENT = _only(_IN_ACTIONS, "actions element")
INPUT_ELEMENT = _only(set(_IN_INPUT), "input element")
