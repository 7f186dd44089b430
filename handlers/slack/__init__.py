"""Slack as a transport: registers every listener on a Bolt app."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.slack import actions, commands, filing, ids, shortcuts, submissions, talk
from handlers.slack.calls import Doors, kindly

WriteDown = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Keeps an event by its id, before Slack is told that it arrived."""


def register(app: AsyncApp, doors: Doors, write_down: WriteDown) -> None:
    """Give the app its listeners; events are only written down here, the inbox does the rest."""
    app.command(ids.COMMAND)(kindly(doors, commands.complaint))
    app.shortcut(ids.FILE_COMPLAINT)(kindly(doors, shortcuts.file_complaint))
    app.shortcut(ids.FILE_FROM_MESSAGE)(kindly(doors, shortcuts.file_from_message))
    app.view(ids.FILE_COMPLAINT)(kindly(doors, filing.submitted))
    for form in ids.FORMS:
        app.view(form)(kindly(doors, submissions.submitted))
        app.action(form)(kindly(doors, actions.open_form))
    for action in ids.AT_ONCE:
        app.action(action)(kindly(doors, actions.at_once))
    app.action(ids.OPEN)(kindly(doors, actions.open_complaint))
    app.action(ids.FILE_COMPLAINT)(kindly(doors, actions.file_complaint))
    app.action(ids.USE_SUGGESTION)(kindly(doors, filing.suggestion_answered))
    app.action(ids.KEEP_CHOICE)(kindly(doors, filing.suggestion_answered))
    app.action(ids.TALK_FORM)(kindly(doors, talk.open_form))
    app.action(ids.TALK_WALK)(kindly(doors, talk.walk))
    app.action(ids.TALK_NO)(kindly(doors, talk.decline))
    app.action(ids.TALK_NOTE)(kindly(doors, talk.add_note))
    app.action(re.compile(rf"{ids.TALK_CHOOSE}\d+"))(kindly(doors, talk.step))
    for action in (*ids.TALK_STEPS, ids.TALK_PERSON):
        app.action(action)(kindly(doors, talk.step))
    app.action(ids.MORE_HELP)(kindly(doors, actions.more_help))
    app.action(ids.CHECK_WORDING)(kindly(doors, actions.check_wording))
    app.action(ids.SEVERITY)(kindly(doors, actions.preview_severity))
    app.action(ids.LOCATION)(kindly(doors, actions.preview_move))
    app.event(re.compile(".*"))(_written_down)

    async def keep_event(
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[None]],  # noqa: A002
    ) -> None:
        """Bolt acknowledges an event before its listener runs, but after the middleware."""
        event_id = req.body.get("event_id")
        if event_id is not None:
            await write_down(str(event_id), req.body)
        await next()

    app.use(keep_event)


async def _written_down() -> None:
    """An event without a listener would not be acknowledged, and come again."""
