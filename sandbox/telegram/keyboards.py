"""What Telegram refuses of a `reply_markup`."""

from __future__ import annotations

import json
from typing import Any

from sandbox.telegram.refusals import bad_request
from sandbox.workspace import Json

MOST_CALLBACK_BYTES = 64
_MOST_BUTTONS = 100
_MOST_IN_A_ROW = 8
_ACTIONS = (
    "callback_data",
    "url",
    "switch_inline_query",
    "copy_text",
    "web_app",
    "login_url",
    "pay",
)
_KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")


def checked_keyboard(given: Any) -> Json | None:
    """The reply markup as an object; None if there is none.

    Raises:
        BotRefusal: Telegram would not take it.
    """
    if given in (None, ""):
        return None
    try:
        markup = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict) or not any(kind in markup for kind in _KINDS):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    for button in (button for row in rows for button in row):
        if "inline_keyboard" in markup:
            _check_inline(button)
        elif not _label(button):
            raise bad_request("keyboard button text must be non-empty")
    if sum(map(len, rows)) > _MOST_BUTTONS or any(len(row) > _MOST_IN_A_ROW for row in rows):
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    if "inline_keyboard" in markup and not any(rows):
        return None
    return dict(markup)


def _label(button: Any) -> str:
    text = button if isinstance(button, str) else button.get("text", "")
    return str(text).strip()


def _check_inline(button: Json) -> None:
    if not isinstance(button, dict) or not _label(button):
        raise bad_request("can't parse inline keyboard button: Text must be non-empty")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in button:
        size = len(str(button["callback_data"]).encode())
        if not 1 <= size <= MOST_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("https://", "http://", "tg://")):
        raise bad_request(
            f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
        )
