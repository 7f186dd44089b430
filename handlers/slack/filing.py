"""The filing form: what it says is filed, after asking back once if its words suggest more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from flows.complaint import ComplaintType, Severity, Via
from flows.contacts import normalise
from flows.filing import Filing, Spoken, alarm_in
from flows.ports import Case
from flows.standing import Refused
from flows.triage import triage
from handlers.slack import emergencies, forms, ids, shortcuts, talk
from handlers.slack.calls import Call
from handlers.slack.fields import Fields, option
from handlers.slack.pen import Pen, clean, clip
from handlers.slack.pictures import answers, suggestion
from handlers.slack.submissions import DOOR, committed, fields_of
from handlers.slack.trouble import CONNECTION

log = structlog.get_logger()

LINK_SECONDS = 0.5
"""How long Slack is asked for a link that would be good to have."""


async def submitted(call: Call) -> None:
    """The filing form; it asks back once when its words suggest a higher severity."""
    pen = await call.pen()
    wanted, fields = await _wanted(call, pen)
    alarm = alarm_in(wanted, call.desk.lexicon)
    if fields.errors and alarm:
        view = _not_filed(call, wanted, fields.errors, pen)
        await call.ack(response_action="update", view=view)
        return
    if fields.errors:
        await call.ack(response_action="errors", errors=fields.errors)
        return
    found = triage(wanted.story, call.desk.lexicon)
    shown = int(call.notes.get("shown", 0))
    if not alarm and found.severity > max(shown, wanted.severity):
        view = suggestion.asked(call.view, found, wanted.severity, pen)
        await call.ack(response_action="update", view=view)
        return
    case = await committed(call, _filed(call, wanted))
    if case is None:
        return
    if case.complaint.in_emergency:
        await call.ack(response_action="update", view=emergencies.view(call, case, pen))
    else:
        await call.ack()
    await call.tell(answers.filed(case, pen))
    await talk.form_filed(call, case)


async def suggestion_answered(call: Call) -> None:
    """*Use* or *Keep*: files the form that is open, with what stands in it now."""
    pen = await call.pen()
    wanted, fields = await _wanted(call, pen)
    if fields.errors:
        await _redraw(call, _not_filed(call, wanted, fields.errors, pen))
        return
    if call.action["action_id"] == ids.USE_SUGGESTION:
        found = triage(wanted.story, call.desk.lexicon)
        wanted = replace(wanted, severity=max(found.severity, wanted.severity))
    try:
        case = await _filed(call, wanted)
    except Refused as no:
        why = {no.field or "story": answers.reason(no, pen)}
        await _redraw(call, _not_filed(call, wanted, why, pen))
        return
    answer = answers.filed(case, pen)
    await call.tell(answer)
    if case.complaint.in_emergency:
        await _redraw(call, emergencies.view(call, case, pen))
    else:
        await _redraw(call, suggestion.filed(answer, pen))
    await talk.form_filed(call, case)


def _not_filed(call: Call, wanted: Filing, wrong: Mapping[str, str], pen: Pen) -> View:
    """The form with what is wrong in it, below whom to call where its words tell of alarm signs."""
    alarm = alarm_in(wanted, call.desk.lexicon)
    call_now = wanted.location if alarm else None
    return suggestion.not_filed(call.view, wrong, pen, call_now)


async def _redraw(call: Call, view: View) -> None:
    """Redraw the form a button was pressed in, best effort: it may have been closed since."""
    try:
        await call.doors.client.views_update(view_id=call.view["id"], view=view)
    except (SlackApiError, *CONNECTION) as problem:
        log.info("form_not_redrawn", problem=type(problem).__name__)


async def _wanted(call: Call, pen: Pen) -> tuple[Filing, Fields]:
    """What the filing form says, and its fields with what is wrong in them."""
    clinic = call.desk.clinic
    notes = call.notes
    chosen = option(call.view, "location")
    location = notes.get("location") or chosen or clinic.default_location
    place = clinic.location(location)
    fields = fields_of(call, pen, place.hours.zone)
    received = fields.past("received", need_hour=True)
    happened = fields.past("happened", need_hour=False)
    contact = fields.text("contact")
    words = fields.needed("story")
    wanted = Filing(
        location=location,
        story=await _whole_story(call, words),
        type=fields.chosen("type", ComplaintType),
        severity=fields.chosen("severity", Severity),
        received_at=received.at if received else fields.now,
        spoken=fields.choice("spoken", Spoken) or Spoken.NO,
        client=fields.text("client"),
        contact=normalise(contact, place.phone_region) if contact else None,
        via=fields.choice("via", Via),
        remedy_sought=fields.text("remedy_sought"),
        happened=fields.text("happened"),
        happened_at=happened.at if happened else None,
        about_staff=fields.person("about_staff"),
        source_link=await _source_link(call, notes),
    )
    return wanted, fields


async def _filed(call: Call, wanted: Filing) -> Case:
    """File it; the same form files only once, and so does the same offer."""
    if wanted.about_staff is not None:
        await call.doors.learn_members()
    by = call.by(DOOR, f"view:{call.view['id']}")
    if "offer" in call.notes:
        by = call.by(talk.DOOR, call.notes["offer"].split()[0])
    return await call.desk.file(wanted, by)


async def _whole_story(call: Call, words: str) -> str:
    """What is in the field, and all that it could not hold."""
    draft = call.notes.get("draft")
    whole = await call.doors.drafts.words(draft) if draft else None
    if whole is None:
        return words
    untouched = words == clip(clean(whole), forms.STORY_LIMIT).strip()
    return whole if untouched else f"{words}\n\n{whole}"


async def _source_link(call: Call, notes: Mapping[str, str]) -> str | None:
    if "source_ts" not in notes:
        return None
    try:
        return await asyncio.wait_for(
            shortcuts.permalink(call, notes["source_channel"], notes["source_ts"]), LINK_SECONDS
        )
    except TimeoutError:
        return None
