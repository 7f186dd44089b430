"""What the words of a complaint suggest, shown with the reason; the person decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import ActionsBlock
from slack_sdk.models.views import View

from flows.complaint import Severity
from flows.triage import Suggestion
from handlers.slack import ids
from handlers.slack.pen import Mrkdwn, Pen, clip
from handlers.slack.pictures import emergency
from handlers.slack.pictures.blocks import TITLE, Picture, labelled, plain, section

REASONS = 3
"""As many as convince; the weightiest come first."""
PASSAGE = 60
QUESTION = "suggestion"
ANSWERS = "suggestion_answers"


def suggested(found: Suggestion, pen: Pen) -> Mrkdwn:
    """The type and severity that the words suggest, and because of which of them."""
    return pen.say(
        "suggestion.found", type=found.type, severity=found.severity, words=because(found, pen)
    )


def because(found: Suggestion, pen: Pen) -> str:
    """The passages that led to a suggestion, quoted."""
    passages = dict.fromkeys(clip(reason.words, PASSAGE) for reason in found.reasons)
    return pen.quoted(list(passages)[:REASONS])


def asked(view: Mapping[str, Any], found: Suggestion, chosen: Severity, pen: Pen) -> View:
    """The filing form sent in, with the question whether it should not be more severe.

    What was typed stays: Slack keeps it where the ids stay. The question counts as asked from now
    on, so that sending the form once more files it as it is.
    """
    question = pen.say("suggestion.ask", severity=found.severity, words=because(found, pen))
    use = pen.plain("button.use_suggestion", severity=found.severity)
    keep = pen.plain("button.keep_choice", severity=chosen)
    answers = [labelled(use, pen, ids.USE_SUGGESTION), labelled(keep, pen, ids.KEEP_CHOICE)]
    asked = [section(question), ActionsBlock(elements=answers)]
    for block, block_id in zip(asked, (QUESTION, ANSWERS), strict=True):
        block.block_id = block_id
    return _redrawn(view, asked, found.severity)


def not_filed(
    view: Mapping[str, Any], errors: Mapping[str, str], pen: Pen, call_now: str | None = None
) -> View:
    """The form with what is wrong in it, where Slack itself can't say so at the fields.

    A question that it asked stays. `call_now` is where there may be a medical emergency: first of
    all it is said then whom to call.
    """
    told = "\n".join(f"{pen.plain(f'file.{field}.label')} {why}" for field, why in errors.items())
    above = [section(pen.say("suggestion.not_filed", reason=told))]
    if call_now is not None:
        above.insert(0, section(*emergency.call_now(call_now, pen)))
    asked = [block for block in view["blocks"] if block.get("block_id") in (QUESTION, ANSWERS)]
    return _redrawn(view, [*above, *asked], None)


def filed(picture: Picture, pen: Pen) -> View:
    """What takes the form's place when a button in it has filed it."""
    return View(
        type="modal",
        callback_id=ids.FILE_COMPLAINT,
        title=plain(pen.plain("file.title"), TITLE),
        close=plain(pen.plain("sheet.close"), TITLE),
        blocks=list(picture.blocks),
    )


def _redrawn(view: Mapping[str, Any], above: list[Any], shown: Severity | None) -> View:
    """The view with other blocks above its fields; `shown` is a severity that was suggested."""
    fields = [block for block in view["blocks"] if block["type"] == "input"]
    notes = json.loads(view["private_metadata"])
    if shown is not None:
        notes["shown"] = shown.value
    return View(
        type="modal",
        callback_id=view["callback_id"],
        title=view["title"],
        submit=view["submit"],
        close=view["close"],
        blocks=[*above, *fields],
        private_metadata=json.dumps(notes),
    )
