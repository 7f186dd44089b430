"""A complaint's card in its channel: three lines and at most four buttons."""

from __future__ import annotations

from collections.abc import Iterator

from flows.next_step import NextStep
from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import Picture, actions, button, context, headline, section
from handlers.slack.pictures.due import Standing, standing
from handlers.slack.pictures.step import current, sentence


def card(case: Case, pen: Pen) -> Picture:
    """Draw the card: what it is, who does what by when, where it stands."""
    complaint = case.complaint
    step = current(case, pen)
    facts = {"state": complaint.state, "person": pen.person(complaint.owner)}
    what = {
        "reference": complaint.reference,
        "type": complaint.type,
        "severity": complaint.severity,
        "state": complaint.state,
        "person": pen.person(complaint.owner),
    }
    if step is None or complaint.state.finished:
        last = pen.say("card.finished", **facts)
    return Picture(pen.alert("card.alert", **what), ())
