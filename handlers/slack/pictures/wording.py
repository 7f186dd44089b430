"""What the wording coach says about a text for the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from flows.coach import Advice
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import Picture, actions, labelled, packed

FIELDS: Mapping[str, str] = {
    ids.ACKNOWLEDGE: "said",
    ids.CONTACT: "said",
    ids.RESOLVE: "done",
    ids.REPLY: "text",
    ids.NEXT_STEP_DONE: "fact",
}
"""The forms with a text that may go to the client, by callback id, and the text's field."""

MOST = 8
PLACE = "wording_"
"""How the ids of the blocks with the advice in a form begin."""


def button(reference: str, pen: Pen) -> list[Block]:
    """*Check the wording*, for below the text in a form."""
    return actions([labelled(pen.plain("coach.check"), pen, ids.CHECK_WORDING, reference)])


def answer(typed: str, advice: Sequence[Advice], pen: Pen) -> Picture:
    """The answer to `/complaint wording`; its notification quotes nothing."""
    key = "coach.headline" if advice else "coach.fine" if typed.strip() else "coach.usage"
    return Picture(pen.alert(key, n=len(advice)), tuple(packed(_lines(key, advice, pen))))


def blocks(typed: str, advice: Sequence[Advice], pen: Pen) -> list[Block]:
    """The advice on the text in a form."""
    key = "coach.headline" if advice else "coach.fine" if typed.strip() else "coach.empty"
    return packed(_lines(key, advice, pen))


def next_time(advice: Sequence[Advice], pen: Pen) -> list[Block]:
    """The advice on a text that has been sent already; nothing when it read well."""
    return packed(_lines("coach.next_message", advice, pen)) if advice else []


def advised(view: Mapping[str, Any], field: str, advice: Sequence[Block]) -> View:
    """The form as it was shown, with the advice above its field in place of earlier advice.

    All inputs keep their ids, by which Slack keeps what was typed.
    """
    shown: list[dict[str, Any]] = []
    for block in view["blocks"]:
        if block["block_id"].startswith(PLACE):
            continue
        if block["block_id"] == field:
            shown += [
                {**each.to_dict(), "block_id": f"{PLACE}{place}"}
                for place, each in enumerate(advice)
            ]
        shown.append(block)
    kept = ("type", "callback_id", "title", "submit", "close", "private_metadata")
    return View(**{key: view[key] for key in kept}, blocks=shown)


def _lines(key: str, advice: Sequence[Advice], pen: Pen) -> list[str]:
    lines: list[str] = [pen.say(key, n=len(advice))]
    lines += [
        "• " + pen.say(f"coach.{one.kind}", words=one.words, instead=one.instead)
        for one in advice[:MOST]
    ]
    if len(advice) > MOST:
        lines.append(pen.say("coach.more", n=len(advice) - MOST))
    return lines
