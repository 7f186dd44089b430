# ruff: noqa: E501 - a case a line
"""Slack's limits on blocks and views, those the SDK's models let pass included."""

from __future__ import annotations

from typing import Any

import pytest
from little_bot import MODAL, button

from sandbox.block_checks import block_complaints
from sandbox.view_checks import view_complaints

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", **more: Any) -> Json:
    return {"text": plain(), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def section(**parts: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **parts}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(**parts: Any) -> Json:
    return {"type": "static_select", "options": options(2), **parts}


def confirm(**parts: Any) -> Json:
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **parts}


def input_(element: Json, **parts: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **parts}


def text_input(**parts: Any) -> Json:
    return {"type": "plain_text_input", **parts}


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def image(**parts: Any) -> Json:
    return {"type": "image", "image_url": "https://a.b/c.png", "alt_text": "x", **parts}


IN_MESSAGES: list[tuple[str, Json]] = [
    ("less than 3001 characters [json-pointer:/blocks/0/text/text]", section(text=mrkdwn("x" * 3001))),
    ("more than 0 characters [json-pointer:/blocks/0/text/text]", section(text=mrkdwn(""))),
    ("no more than 10 items", section(fields=[mrkdwn()] * 11)),
    ("less than 2001 characters [json-pointer:/blocks/0/fields/0", section(fields=[mrkdwn("x" * 2001)])),
    ("needs text or fields", {"type": "section"}),
    ("unknown field: colour", section(colour="red")),
    ("unsupported type of block: None", {}),
    ("unsupported type of block: input", input_(text_input())),
    ("less than 256 characters [json-pointer:/blocks/0/block_id]", section(block_id="x" * 256)),
    ("less than 151 characters", {"type": "header", "text": plain("x" * 151)}),
    ("unsupported type of text: mrkdwn", {"type": "header", "text": mrkdwn()}),
    ("no more than 10 items", {"type": "context", "elements": [mrkdwn()] * 11}),
    ("no fewer than 1 items", {"type": "context", "elements": []}),
    ("unsupported type of context element", {"type": "context", "elements": [button("a", "x")]}),
    ("no more than 25 items", actions(*(button(str(n), "x") for n in range(26)))),
    ("no fewer than 1 items", actions()),
    ("unsupported type of actions element: plain_text_input", actions(text_input())),
    ("unsupported type of accessory: plain_text_input", section(accessory=text_input())),
    ("less than 76 characters [json-pointer:/blocks/0/elements/0/text", actions(button("a", "x" * 76))),
    ("unsupported type of text: mrkdwn", actions({"type": "button", "text": mrkdwn()})),
    ("less than 2001 characters", actions(button("a", "x", "v" * 2001))),
    ("less than 256 characters", actions(button("a" * 256, "x"))),
    ("less than 3001 characters", actions({**button("a", "x"), "url": "https://" + "x" * 3000})),
    ("must match", actions({**button("a", "x"), "url": "javascript:alert(1)"})),
    ("must be one of primary, danger", actions({**button("a", "x"), "style": "default"})),
    ("less than 76 characters", actions({**button("a", "x"), "accessibility_label": "x" * 76})),
    ("missing required field: text", actions({"type": "button"})),
    ("less than 101 characters", actions({**button("a", "x"), "confirm": confirm(title=plain("x" * 101))})),
    ("less than 301 characters", actions({**button("a", "x"), "confirm": confirm(text=plain("x" * 301))})),
    ("less than 31 characters", actions({**button("a", "x"), "confirm": confirm(deny=plain("x" * 31))})),
    ("must be one of primary, danger", actions({**button("a", "x"), "confirm": confirm(style="x")})),
    ("less than 76 characters", actions(select(options=[{"text": plain("x" * 76), "value": "v"}]))),
    ("less than 151 characters", actions(select(options=[option("v" * 151)]))),
    ("less than 76 characters", actions(select(options=[option(description=plain("x" * 76))]))),
    ("unsupported type of text: mrkdwn", actions(select(options=[{"text": mrkdwn(), "value": "v"}]))),
    ("no more than 100 items", actions(select(options=options(101)))),
    ("no fewer than 1 items", actions(select(options=[]))),
    ("needs either options or option_groups", actions({"type": "static_select"})),
    ("option values must be unique", actions(select(options=[option(), option()]))),
    ("must be exactly one of the options", actions(select(initial_option=option("other")))),
    ("less than 151 characters", actions(select(placeholder=plain("x" * 151)))),
    ("no fewer than 2 items", actions({"type": "overflow", "options": options(1)})),
    ("no more than 5 items", actions({"type": "overflow", "options": options(6)})),
    ("no more than 10 items", actions({"type": "checkboxes", "options": options(11)})),
    ("no more than 10 items", actions({"type": "radio_buttons", "options": options(11)})),
    ("must match", actions({"type": "datepicker", "initial_date": "tomorrow"})),
    ("must match", actions({"type": "timepicker", "initial_time": "25:00"})),
    ("must be from", actions({"type": "datetimepicker", "initial_date_time": 1})),
    ("missing required field: alt_text", {"type": "image", "image_url": "https://a.b"}),
    ("less than 2001 characters", image(alt_text="x" * 2001)),
    ("needs either image_url or slack_file", {"type": "image", "alt_text": "x"}),
    ("less than 12001 characters", {"type": "markdown", "text": "x" * 12_001}),
    ("unsupported type of rich text part", rich({"type": "text", "text": "x"})),
    ("unsupported type of rich text element", rich({"type": "rich_text_section", "elements": [{}]})),
    ("missing required field: elements", rich({"type": "rich_text_quote"})),
    ("'a' is used more than once in this block", actions(button("a", "x"), button("a", "y"))),
]  # fmt: skip


@pytest.mark.parametrize(("complaint", "block"), IN_MESSAGES)
def test_a_block_that_slack_refuses_in_a_message(complaint: str, block: Json):
    [said] = block_complaints([block], surface="message")
    assert complaint in said


IN_MODALS: list[tuple[str, Json]] = [
    ("less than 2001 characters", input_(text_input(), label=plain("x" * 2001))),
    ("less than 2001 characters", input_(text_input(), hint=plain("x" * 2001))),
    ("unsupported type of text: mrkdwn", input_(text_input(), label=mrkdwn())),
    ("must be a boolean", input_(text_input(), optional="yes")),
    ("must be a boolean", input_(text_input(), dispatch_action="yes")),
    ("unsupported type of input element: button", input_(button("a", "x"))),
    ("must be from 1 to 3000", input_(text_input(max_length=3001))),
    ("must be from 0 to 3000", input_(text_input(min_length=-1))),
    ("min_length must not be more than", input_(text_input(min_length=5, max_length=4))),
    ("less than 5 characters", input_(text_input(initial_value="x" * 5, max_length=4))),
    ("must be one of on_enter", input_(text_input(dispatch_action_config={"trigger_actions_on": ["x"]}))),
    ("missing required field: is_decimal_allowed", input_({"type": "number_input"})),
    ("must be from 1 to 10", input_({"type": "file_input", "max_files": 11})),
    ("unsupported type of block: markdown", {"type": "markdown", "text": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("complaint", "block"), IN_MODALS)
def test_a_block_that_slack_refuses_in_a_modal(complaint: str, block: Json):
    [said] = view_complaints({**MODAL, "blocks": [block]}, "modal")
    assert complaint in said


VIEWS: list[tuple[str, Json]] = [
    ("less than 25 characters [json-pointer:/view/title/text]", {"title": plain("x" * 25)}),
    ("unsupported type of text: mrkdwn [json-pointer:/view/title/type]", {"title": mrkdwn()}),
    ("less than 25 characters [json-pointer:/view/submit/text]", {"submit": plain("x" * 25)}),
    ("less than 25 characters [json-pointer:/view/close/text]", {"close": plain("x" * 25)}),
    ("less than 3001 characters", {"private_metadata": "x" * 3001}),
    ("less than 256 characters", {"callback_id": "x" * 256}),
    ("less than 256 characters", {"external_id": "x" * 256}),
    ("must be a boolean", {"notify_on_close": "yes"}),
    ("unknown field: state", {"state": {}}),
    ("must be a view of type modal", {"type": "home"}),
    ("missing required field: blocks", {"blocks": None}),
    ("no more than 100 items", {"blocks": [{"type": "divider"}] * 101}),
    ("block_id 'b' is used more than once", {"blocks": [section(block_id="b")] * 2}),
    ("only one element may have focus_on_load", {"blocks": [input_(text_input(focus_on_load=True))] * 2}),
]  # fmt: skip


@pytest.mark.parametrize(("complaint", "change"), VIEWS)
def test_a_view_that_slack_refuses(complaint: str, change: Json):
    [said] = view_complaints({**MODAL, **change}, "modal")
    assert complaint in said


def test_a_modal_with_inputs_needs_submit():
    without = {key: value for key, value in MODAL.items() if key != "submit"}
    assert view_complaints(without, "modal") == [
        "a view with input blocks needs submit [json-pointer:/view]"
    ]


def test_a_message_has_at_most_fifty_blocks():
    [said] = block_complaints([{"type": "divider"}] * 51, surface="message")
    assert said == "no more than 50 items allowed [json-pointer:/blocks]"


def test_all_that_is_wrong_is_told_at_once():
    blocks = [section(text=mrkdwn("")), actions()]
    assert len(block_complaints(blocks, surface="message")) == 2


@pytest.mark.parametrize("blocks", [None, "x", [None], ["x"], [[]], {}])
def test_what_is_no_block_at_all_is_refused(blocks: Any):
    assert block_complaints(blocks, surface="message") != []


def test_what_slack_takes_is_taken():
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    blocks = [
        section(block_id="a", fields=[mrkdwn(), plain()], accessory=image()),
        section(accessory={"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "v"}]}),
        {"type": "header", "text": {**plain(), "emoji": True}},
        {"type": "context", "elements": [{**mrkdwn(), "verbatim": True}, image()]},
        actions(
            {**button("a", "x"), "style": "primary", "confirm": confirm(style="danger")},
            select(action_id="b", initial_option=option("1")),
            {
                "type": "static_select",
                "option_groups": [{"label": plain(), "options": options(2)}],
                "initial_option": option("0"),
            },
            {"type": "overflow", "options": [option("1", url="https://a.b"), option("2")]},
            {"type": "users_select", "action_id": "c", "initial_user": "U0ANA"},
            {"type": "datetimepicker", "initial_date_time": 1_781_294_400},
        ),
        image(title=plain()),
        {"type": "divider"},
        rich(element, {"type": "rich_text_list", "style": "bullet", "elements": [element]}),
        {"type": "markdown", "text": "x"},
    ]
    assert block_complaints(blocks, surface="message") == []
    inputs = [
        input_(text_input(multiline=True, max_length=3000, initial_value="x"), hint=plain()),
        input_({"type": "multi_users_select", "max_selected_items": 3}, optional=True),
        input_({"type": "email_text_input", "focus_on_load": True}, dispatch_action=True),
        input_({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
    ]
    assert view_complaints({**MODAL, "close": plain(), "blocks": inputs}, "modal") == []
    assert view_complaints({"type": "home", "blocks": blocks[:-1]}, "home") == []
