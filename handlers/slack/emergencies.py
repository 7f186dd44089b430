"""What somebody sees at once who told of a medical emergency, whatever they were doing."""

from __future__ import annotations

from slack_sdk.models.views import View

from flows.ports import Case
from handlers.slack.calls import Call
from handlers.slack.pen import Pen
from handlers.slack.pictures import Picture, answers, emergency


def began(before: Case, after: Case) -> bool:
    """Whether what was just done began the emergency."""
    return after.complaint.in_emergency and not before.complaint.in_emergency


def answer(call: Call, case: Case, pen: Pen) -> Picture:
    """What to do now."""
    return emergency.answer(case, call.person, pen)


def view(call: Call, case: Case, pen: Pen) -> View:
    """What to do now, with a form of what is missing."""
    return emergency.view(case, pen, call.channel)


async def tell(call: Call, action: str, before: Case, after: Case) -> None:
    """Answer what an action of `ids` did; what to do now, if it began an emergency."""
    pen = await call.pen()
    if began(before, after):
        await call.tell(answer(call, after, pen))
    else:
        await call.tell(answers.done(action, after, pen))
