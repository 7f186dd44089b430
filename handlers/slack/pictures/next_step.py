"""The answer to `/complaint next`: the one step, the words for it, and the way ahead."""

from __future__ import annotations

from flows.next_step import checklist
from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import (
    Picture,
    actions,
    button,
    divider,
    headline,
    section,
)
from handlers.slack.pictures.step import current, guidance, way


def next_step(case: Case, pen: Pen, *, may_do: bool) -> Picture:
    """Draw the next step with its words and the checklist; `may_do`: with its button."""
    complaint = case.complaint
    reference = complaint.reference
    title = section(headline(complaint, pen))
    step = current(case, pen)
    lines = checklist(complaint, case.deadlines, pen.playbook, pen.now)
    if step is None:
        nothing = pen.say("next.nothing", reference=reference)
        return Picture(
            pen.alert("next.nothing", reference=reference),
            (title, section(nothing), *way(lines, case, pen)),
        )
    buttons = (step.done_by, ids.OPEN) if may_do else (ids.OPEN,)
    row = actions([button(pen, action, reference) for action in buttons])
    return Picture(
        pen.alert("next.headline", reference=reference),
        (title, *guidance(step, case, pen), *row, divider(), *way(lines, case, pen)),
    )
