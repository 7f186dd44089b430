"""What a person typed or picked in the elements of a message or view, as Slack reports it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.refusals import CannotDoError
from sandbox.workspace import Json

State = dict[str, Json]
"""Slack's `state.values`: block id, then action id, then the element's state."""

TEXT_INPUTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
_BUTTONS = frozenset({"button", "overflow"})
_BY_NAME = frozenset({"users_select", "conversations_select", "channels_select"})
_NOT_SERVED = frozenset(
    {"external_select", "multi_external_select", "rich_text_input", "file_input"}
)
# Where an element's state keeps what was chosen, and where its definition keeps what is preset.
_KEYS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
    **dict.fromkeys(TEXT_INPUTS, ("value", "initial_value")),
}


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of one block."""
    if block["type"] == "rich_text":
        return
    for element in (block.get("element"), block.get("accessory"), *block.get("elements", ())):
        if element and element["type"] in _KEYS.keys() | _BUTTONS:
            yield element


def named(blocks: list[Json]) -> list[Json]:
    """The blocks with the ids filled in that Slack makes up where the bot gave none."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements_of(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return blocks


def initial_state(blocks: list[Json]) -> State:
    """The state of a form nobody has touched."""
    state: State = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in _KEYS:
                _, preset = _KEYS[element["type"]]
                value = element.get(preset, [] if preset.endswith("s") else None)
                state.setdefault(block["block_id"], {})[element["action_id"]] = state_of(
                    element, value
                )
    return state


def state_of(element: Json, value: Any) -> Json:
    """An element's entry in `state.values` or `actions`."""
    key, _ = _KEYS[element["type"]]
    return {"type": element["type"], key: value}


def carried_over(old: State, blocks: list[Json]) -> State:
    """The state after an update: what was typed stays where block id and action id stayed."""
    state = initial_state(blocks)
    for block_id, actions in state.items():
        for action_id, entry in actions.items():
            before = old.get(block_id, {}).get(action_id)
            if before is not None and before["type"] == entry["type"]:
                actions[action_id] = before
    return state


def options_of(element: Json) -> list[Json]:
    """All options of a select, overflow, checkboxes or radio buttons."""
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(o for group in groups for o in group["options"])]


def option_named(element: Json, name: str) -> Json:
    """The option with this value or visible text."""
    options = options_of(element)
    for option in options:
        if name in (option.get("value"), option["text"]["text"]):
            return option
    offered = ", ".join(str(option.get("value")) for option in options)
    raise CannotDoError(f"there is no option {name!r} in {element['action_id']}: {offered}")


def chosen(element: Json, value: Any, id_of: Callable[[str], str]) -> Any:
    """What Slack would report when a person gives `value`, said as people say it."""
    kind = element["type"]
    if kind in _NOT_SERVED:
        raise CannotDoError(f"the sandbox cannot fill in {kind}")
    several = isinstance(value, list)
    if kind.startswith("multi_") != several and kind != "checkboxes":
        raise CannotDoError(f"{element['action_id']} takes {'one value' if several else 'a list'}")
    if value in (None, ""):
        return None
    if kind.removeprefix("multi_") in _BY_NAME:
        return [id_of(name) for name in value] if several else id_of(value)
    if options_of(element):
        names = value if several else [value]
        options = [option_named(element, str(name)) for name in names]
        return options if several or kind == "checkboxes" else options[0]
    return value if several or kind == "datetimepicker" else str(value)


def said(entry: Json, handle: Callable[[str], str]) -> Any:
    """The contrary of `chosen`: an entry of `state.values` as people say it."""
    key, _ = _KEYS[entry["type"]]
    value = entry.get(key)
    if value is None:
        return None
    if key == "selected_option":
        return value["value"]
    if key == "selected_options":
        return [option["value"] for option in value]
    if key == "selected_user":
        return handle(value)
    if key == "selected_users":
        return [handle(user) for user in value]
    return value


def unmet(blocks: list[Json], state: State) -> dict[str, str]:
    """What Slack's own screen objects to before it sends a form: block id to message."""
    errors = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        key, _ = _KEYS[element["type"]]
        value = state[block["block_id"]][element["action_id"]].get(key)
        if value in (None, "", []):
            if not block.get("optional", False):
                errors[block["block_id"]] = "Please complete this required field."
        elif element["type"] == "plain_text_input":
            longest, shortest = element.get("max_length", 3000), element.get("min_length", 0)
            if len(value) > longest:
                errors[block["block_id"]] = f"Must be at most {longest} characters."
            elif len(value) < shortest:
                errors[block["block_id"]] = f"Must be at least {shortest} characters."
    return errors
