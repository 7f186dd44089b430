"""Blocks as one person reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from little_bot import MODAL, button

from sandbox.reading import Reader

NOW = datetime(2026, 6, 12, 20, 0, tzinfo=UTC)
READER = Reader(ZoneInfo("America/New_York"), NOW, {"U0ANA": "@ana", "C0FRONTDESK": "#front-desk"})
DUE = int(datetime(2026, 6, 12, 20, 40, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("<@U0ANA> &amp; <@U0NOBODY|eve>", "@ana & eve"),
        ("<#C0FRONTDESK|x> <!here> <https://a.b|link> <https://a.b>", None),
        (f"by <!date^{DUE}^{{date_short_pretty}} at {{time}}|15:40 PT>", "by today at 4:40 PM"),
        (f"<!date^{DUE + 86400}^{{date_pretty}}|x>", "tomorrow"),
        (f"<!date^{DUE + 9 * 86400}^{{date_short_pretty}}, {{date_num}}|x>", None),
        (f"<!date^{DUE}^{{ago}}|x>", "in 40 min"),
        ("<!date^soon^{time}|15:40 PT>", "15:40 PT"),
    ],
)
def test_markup(markup: str, read: str | None):
    others = {
        "<#C0FRONTDESK|x> <!here> <https://a.b|link> <https://a.b>": (
            "#front-desk @here link (https://a.b) https://a.b"
        ),
        f"<!date^{DUE + 9 * 86400}^{{date_short_pretty}}, {{date_num}}|x>": (
            "Jun 21, 2026, 2026-06-21"
        ),
    }
    assert READER.mrkdwn(markup) == (read or others[markup])


def test_blocks():
    option = {"text": {"type": "plain_text", "text": "Later"}, "value": "later"}
    mrkdwn = {"type": "mrkdwn", "text": "*bold*"}
    rich = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0ANA"}]}
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Open"}},
        {"type": "section", "text": mrkdwn, "fields": [mrkdwn], "accessory": button("a", "Go")},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn, {"type": "image", "alt_text": "a cat"}]},
        {"type": "image", "alt_text": "a chart"},
        {"type": "actions", "elements": [{"type": "overflow", "options": [option, option]}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [rich]}]},
        {"type": "markdown", "text": "**x**"},
    ]
    assert READER.text_of({"blocks": blocks}).splitlines() == [
        "# Open",
        "*bold*",
        "*bold*",
        "[Go]",
        "---",
        "*bold*  (a cat)",
        "(image: a chart)",
        "[… Later | Later]",
        "• @ana",
        "**x**",
    ]


def test_a_modal_shows_what_is_filled_in():
    state = {
        "story": {"story": {"type": "plain_text_input", "value": "Wrong price"}},
        "severity": {
            "severity": {
                "type": "static_select",
                "selected_option": {"text": {"type": "plain_text", "text": "Minor"}, "value": "1"},
            }
        },
        "about_staff": {"about_staff": {"type": "users_select", "selected_user": "U0ANA"}},
    }
    assert READER.text_of({**MODAL, "state": {"values": state}}).splitlines() == [
        "File a complaint",
        "What happened: <Wrong price>",
        "Severity: <Minor>",
        "About a colleague: <@ana>",
        "[File]",
    ]
