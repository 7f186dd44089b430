"""The fields of forms; the id of a field is both the block id and the action id of its input."""

from __future__ import annotations

from collections.abc import Iterable

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from handlers.slack.pen import Pen, clean, clip
from handlers.slack.pictures.blocks import TITLE, plain

LONGEST = 3000
OPTION = 75
LABEL = 2000
HINT = 2000
PLACEHOLDER = 150


def text(
    pen: Pen,
    form: str,
    field: str,
    *,
    long: bool = False,
    optional: bool = False,
    value: str | None = None,
    label: str | None = None,
) -> InputBlock:
    """A text field; `label` is asked instead of the form's own."""
    element = PlainTextInputElement(
        action_id=field,
        multiline=long,
        max_length=LONGEST,
        initial_value=clip(clean(value), LONGEST) if value else None,
        placeholder=plain(pen.plain(f"{form}.{field}.placeholder"), PLACEHOLDER),
    )
    return _field(pen, form, field, element, optional=optional, label=label)


def choice(
    pen: Pen,
    form: str,
    field: str,
    options: Iterable[Option],
    *,
    optional: bool = False,
    value: str | None = None,
    dispatch: bool = False,
) -> InputBlock:
    """A select with a few options; with `dispatch` we hear of each choice at once."""
    found = list(options)
    element = StaticSelectElement(
        action_id=field,
        options=found,
        initial_option=next((option for option in found if option.value == value), None),
        placeholder=plain(pen.plain("form.choose"), PLACEHOLDER),
    )
    return _field(pen, form, field, element, optional=optional, dispatch=dispatch)


def person(pen: Pen, form: str, field: str, *, optional: bool = False) -> InputBlock:
    """A select over the people of the workspace."""
    placeholder = plain(pen.plain("form.choose_person"), PLACEHOLDER)
    element = UserSelectElement(action_id=field, placeholder=placeholder)
    return _field(pen, form, field, element, optional=optional)


def option(value: str, label: str, description: str | None = None) -> Option:
    """An option, with a line that explains it."""
    return Option(
        value=value,
        text=plain(label, OPTION),
        description=None if description is None else plain(description, OPTION),
    )


def options(pen: Pen, table: str, values: Iterable[str]) -> list[Option]:
    """Options named by a table of texts."""
    return [option(value, pen.plain(f"{table}.{value}")) for value in values]


def modal(pen: Pen, form: str, callback_id: str, blocks: Iterable[Block], metadata: str) -> View:
    """A form with a title and a button to submit it."""
    return View(
        type="modal",
        callback_id=callback_id,
        title=plain(pen.plain(f"{form}.title"), TITLE),
        submit=plain(pen.plain(f"{form}.submit"), TITLE),
        close=plain(pen.plain("form.cancel"), TITLE),
        blocks=list(blocks),
        private_metadata=metadata,
    )


def _field(
    pen: Pen,
    form: str,
    field: str,
    element: InputInteractiveElement,
    *,
    optional: bool,
    dispatch: bool = False,
    label: str | None = None,
) -> InputBlock:
    hint = f"{form}.{field}.hint"
    return InputBlock(
        block_id=field,
        label=plain(label or pen.plain(f"{form}.{field}.label"), LABEL),
        hint=plain(pen.plain(hint), HINT) if hint in pen.texts.keys else None,
        element=element,
        optional=optional,
        dispatch_action=dispatch or None,
    )
