"""The Home tab: filing, what is mine, what waits for me."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import actions, button, context, header, section
from handlers.slack.pictures.due import soonest
from handlers.slack.pictures.lists import rows

ITEMS = 25
_NEVER = datetime.max.replace(tzinfo=UTC)


def home(mine: Sequence[Case], waiting: Sequence[Case], pen: Pen) -> View:
    """Draw the tab; both parts with what is late or due soonest first."""
    blocks: list[Block] = [
        section(pen.say("home.welcome")),
        *actions([button(pen, ids.FILE_COMPLAINT, primary=True)]),
        *_part("mine", mine, pen),
        *_part("waiting", waiting, pen),
    ]
    return View(type="home", blocks=blocks)


def closed(pen: Pen) -> View:
    """The tab of guests and people of other workspaces."""
    return View(type="home", blocks=[section(pen.say("answer.outsider"))])


def _part(name: str, cases: Sequence[Case], pen: Pen) -> Iterator[Block]:
    yield header(pen.plain(f"home.{name}"))
    if not cases:
        yield section(pen.say(f"home.{name}_empty"))
    yield from rows(sorted(cases, key=_due)[:ITEMS], pen)
    if len(cases) > ITEMS:
        yield context(pen.say("home.more", n=len(cases) - ITEMS))


def _due(case: Case) -> datetime:
    deadline = soonest(case)
    return deadline.due_at if deadline else _NEVER
