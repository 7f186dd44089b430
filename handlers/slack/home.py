"""The Home tab: what is mine, what waits for me, and filing."""

from __future__ import annotations

from slack_sdk.models.views import View

from flows.desk import Desk
from flows.ports import Query
from handlers.slack.pen import Pen
from handlers.slack.pictures import home as pictures


async def draw(desk: Desk, person: str, pen: Pen) -> View:
    """The person's Home tab as of now."""
    mine = await desk.find(Query(owner=person), person)
    told = await desk.find(Query(told=person), person)
    waiting = tuple(case for case in told if case.complaint.owner != person)
    return pictures.home(mine, waiting, pen)


def closed(pen: Pen) -> View:
    """The Home tab of guests and strangers."""
    return pictures.closed(pen)
