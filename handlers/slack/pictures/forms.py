"""The forms of the verbs; the callback id of each is its action's id."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from flows.acts import DueChange
from flows.complaint import Attempt, CameBack, How, Remedy, Severity
from flows.next_step import NextStep
from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures import inputs
from handlers.slack.pictures.blocks import context, headline, section
from handlers.slack.pictures.filing_form import severity_options

Draw = Callable[[Case, Pen, str, str | None], View]
"""Draws a form: what was already typed goes into its first text, answers go to the channel."""

ANSWERS = ("yes", "no", "unknown")
REACHED = ("yes", "message", "no")
RATINGS = ("5", "4", "3", "2", "1")


def contact(
    case: Case,
    pen: Pen,
    action: str,
    typed: Mapping[str, str] | None = None,
    channel: str | None = None,
) -> View:
    """*I've spoken with the client*: the first contact (`acknowledge`) or a further one.

    When somebody was quicker, it says who, and `typed` is still there.
    """
    typed = typed or {}
    complaint = case.complaint
    blocks: list[Block] = []
    if complaint.acknowledged_at is not None and complaint.acknowledged_by is not None:
        person = pen.person(complaint.acknowledged_by)
        blocks.append(section(pen.say("contact.already", person=person, at=complaint.acknowledged_at)))
    else:
        blocks.append(section(pen.say("contact.first")))
    with_whom = typed.get("spoke_with") or complaint.client
    blocks += [
        inputs.choice(pen, "contact", "how", inputs.options(pen, "how", How), value=typed.get("how")),
        inputs.text(pen, "contact", "spoke_with", optional=True, value=with_whom),
        inputs.text(pen, "contact", "said", long=True, value=typed.get("said")),
    ]
    return _form("contact", action, case, pen, blocks, channel)


def tried(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """*No answer*."""
    blocks = [
        inputs.choice(pen, "tried", "how", inputs.options(pen, "attempt", Attempt)),
        inputs.text(pen, "tried", "note", long=True, optional=True, value=typed),
    ]
    return _form("tried", ids.TRIED, case, pen, blocks, channel)
