"""Slack's limits on modals and Home tabs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.block_checks import Surface, block_complaints
from sandbox.object_checks import plain_text
from sandbox.shapes import Check, Shape, anything, boolean, complaint, string
from sandbox.workspace import Json

_BOTH: dict[str, Check] = {
    "private_metadata": string(3000, at_least=0),
    "callback_id": string(255, at_least=0),
    "external_id": string(255, at_least=0),
}
_TITLE = plain_text(24)


def _input_needs_submit(view: Json, pointer: str) -> Iterator[str]:
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in view["blocks"])
    if has_input and "submit" not in view:
        yield complaint("a view with input blocks needs submit", pointer)


_SHAPES: dict[Surface, Shape] = {
    "modal": Shape(
        {"title": _TITLE, "blocks": anything},
        {
            **_BOTH,
            "submit": _TITLE,
            "close": _TITLE,
            "clear_on_close": boolean,
            "notify_on_close": boolean,
        },
        also=_input_needs_submit,
    ),
    "home": Shape({"blocks": anything}, _BOTH),
}


def view_complaints(view: Any, kind: Surface) -> list[str]:
    """Everything Slack would refuse about a view of this kind, with JSON pointers."""
    if not isinstance(view, dict) or view.get("type") != kind:
        return [complaint(f"must be a view of type {kind}", "/view/type")]
    if not isinstance(view.get("blocks"), list):
        return [complaint("missing required field: blocks", "/view")]
    blocks = block_complaints(view["blocks"], surface=kind, pointer="/view/blocks")
    return [*_SHAPES[kind](view, "/view"), *blocks]
