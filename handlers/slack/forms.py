"""Opens the forms: for filing, for every verb, and the sheet with all about one complaint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from flows.change import DueChange
from flows.complaint import DeadlineKind, Severity
from flows.ending import check_state
from flows.next_step import checklist, next_step
from flows.policy import Clinic, Location, Role
from flows.ports import Case, HistoryLine
from flows.standing import Refused, Verb, check, may, role_of
from flows.triage import triage
from flows.when import UnclearTime, future
from handlers.slack import emergencies, ids
from handlers.slack.calls import Call
from handlers.slack.pen import Pen
from handlers.slack.pictures import emergency, filing_form, sheet
from handlers.slack.pictures import forms as pictures
from handlers.slack.trouble import CONNECTION

log = structlog.get_logger()

STORY_LIMIT = 3000
"""How much the story's field holds (Slack's own limit)."""


async def open_filing(call: Call, prefill: filing_form.Prefill) -> None:
    """The filing form; the location is asked only when it can't be known."""
    clinic = call.desk.clinic
    place = clinic.location_of_channel(call.channel or "")
    if place is None:
        place = location_of(clinic, call.person)
    locations = () if place is not None else tuple(clinic.locations.values())
    draft = None
    if len(prefill.story) > STORY_LIMIT:
        # The field shows the beginning; what it can't hold is kept whole.
        draft = await call.doors.drafts.keep(prefill.story, call.doors.clock.now())
    found = triage(prefill.story, call.desk.lexicon)
    prefill = replace(
        prefill,
        draft=draft,
        suggested=found if found.reasons else None,
        location=place.id if place else None,
        channel=call.channel if place else None,
    )
    await call.show(filing_form.filing_form(prefill, await call.pen(), locations))


def location_of(clinic: Clinic, person: str) -> Location | None:
    """The one location the person works at; None when there are several to choose from."""
    member = clinic.person(person)
    if len(clinic.locations) == 1:
        return clinic.location(clinic.default_location)
    if member is not None and member.locations is not None and len(member.locations) == 1:
        return clinic.locations[member.locations[0]]
    return None


async def open_form(call: Call, action: str, reference: str, typed: str = "") -> None:
    """The form of a verb, if this person may do it; `typed` is filled into its first text."""
    case = await call.desk.look(reference, call.person)
    verb = FORM_VERBS[action]
    check(call.person, verb, case, call.desk.clinic)
    check_state(verb, case)
    await call.show(await form(call, action, case, typed))


async def may_open(call: Call, action: str, case: Case) -> bool:
    """Whether this person may do what the action is for, as things stand."""
    if action == ids.CALLING:
        return action in emergency.buttons(case, call.person, await call.pen())
    return may(call.person, FORM_VERBS.get(action) or Verb(action), case, call.desk.clinic)


async def form(
    call: Call,
    action: str,
    case: Case,
    typed: str = "",
    severity: Severity | None = None,
    location: str | None = None,
) -> View:
    """The picture of a verb's form for this case as it stands now.

    `severity` and `location` are what was chosen in it so far.
    """
    pen = await call.pen()
    complaint = case.complaint
    if action in (ids.ACKNOWLEDGE, ids.CONTACT):
        first = complaint.acknowledged_at is None
        action = ids.ACKNOWLEDGE if first else ids.CONTACT
        return pictures.contact(case, pen, action, typed={"said": typed}, channel=call.channel)
    if action == ids.NEXT_STEP_DONE:
        step = next_step(complaint, case.deadlines, call.desk.playbook, pen.now)
        if step is None or step.done_by != ids.NEXT_STEP_DONE:
            raise Refused("refused.step_moved_on")
        return pictures.next_step_done(case, step, pen, channel=call.channel)
    if action == ids.CHANGE_SEVERITY:
        chosen = severity or _severity_in(typed)
        changes: tuple[DueChange, ...] = ()
        if chosen is not None and chosen is not complaint.severity:
            by = call.by("form")
            changes = await call.desk.preview_severity(complaint.reference, chosen, by)
        return pictures.change_severity(case, pen, chosen, changes, channel=call.channel)
    if action == ids.MOVE:
        to = location or _location_in(typed, call.desk.clinic)
        moves: tuple[DueChange, ...] = ()
        if to is not None and to != complaint.location:
            moves = await call.desk.preview_move(complaint.reference, to, call.by("form"))
        return pictures.move(case, pen, to, moves, channel=call.channel)
    if action == ids.ALL_CLEAR:
        clinician = role_of(call.person, call.desk.clinic) is Role.CLINICIAN
        given_by = pen.person(call.person) if clinician else None
        return emergency.all_clear(case, pen, given_by, call.channel)
    if action == ids.EMERGENCY_FACTS:
        return emergencies.view(call, case, pen)
    return pictures.FORMS[action](case, pen, typed, call.channel)


def _location_in(typed: str, clinic: Clinic) -> str | None:
    """The location that was typed, by its name or its short name in the clinic file."""
    word = typed.strip().casefold()
    names = {one.name.casefold(): one.id for one in clinic.locations.values()}
    return names.get(word) or (word if word in clinic.locations else None)


def _severity_in(typed: str) -> Severity | None:
    found = re.search(r"[123]", typed)
    return Severity(int(found[0])) if found else None


async def open_sheet(call: Call, reference: str, door: str) -> None:
    """Everything about one complaint; that it was opened is recorded."""
    case, history = await call.desk.open(reference, call.by(door))
    await call.show(await _sheet(call, case, history))


async def _sheet(call: Call, case: Case, history: Sequence[HistoryLine]) -> View:
    """The picture of everything about one complaint, for this reader."""
    pen = await call.pen()
    allowed = {verb for verb in Verb if may(call.person, verb, case, call.desk.clinic)}
    if ids.CALLING not in emergency.buttons(case, call.person, pen):
        allowed.discard(Verb.CALLING)
    complaint = case.complaint
    pending = case.deadline(DeadlineKind.TAKE_CHARGE) is not None
    if complaint.owner == call.person and complaint.claimed_at is not None and not pending:
        allowed.discard(Verb.TAKE_CHARGE)  # this person is in charge already
    lines = checklist(case.complaint, case.deadlines, call.desk.playbook, pen.now)
    return sheet.sheet(case, history, lines, allowed, pen, channel=call.channel)


async def future_time(call: Call, words: str, location: str) -> datetime:
    """The instant that the words name; a day alone means the location's usual call time."""
    hours = call.desk.clinic.location(location).hours
    now = call.doors.clock.now()
    language, zone = (await call.pen()).language, ZoneInfo(hours.zone)
    try:
        return future(words, now, zone, language, hours.call_time, hours.closing).at
    except UnclearTime as problem:
        raise Refused(f"unclear.{problem.reason}", field="when", example=problem.example) from None


async def check_active(call: Call, person: str) -> None:
    """Raise Refused for a colleague whose account Slack has closed: nobody would be told."""
    if (await call.doors.directory.member(person)).deactivated:
        raise Refused("refused.deactivated", field="person", person=person)


FORM_VERBS: Mapping[str, Verb] = {
    ids.ACKNOWLEDGE: Verb.CONTACT,
    ids.CONTACT: Verb.CONTACT,
    ids.TRIED: Verb.TRIED,
    ids.NEXT_STEP_DONE: Verb.NEXT_STEP_DONE,
    ids.RESOLVE: Verb.RESOLVE,
    ids.FOLLOW_UP: Verb.FOLLOW_UP,
    ids.CHANGE_TIME: Verb.FOLLOW_UP,
    ids.FOLLOW_UP_DONE: Verb.FOLLOW_UP_DONE,
    ids.PAUSE: Verb.PAUSE,
    ids.NOTE: Verb.NOTE,
    ids.REPLY: Verb.REPLY,
    ids.CHANGE_SEVERITY: Verb.CHANGE_SEVERITY,
    ids.MOVE: Verb.MOVE,
    ids.ASSIGN: Verb.ASSIGN,
    ids.ESCALATE: Verb.ESCALATE,
    ids.REOPEN: Verb.REOPEN,
    ids.WITHDRAW: Verb.WITHDRAW,
    ids.CLOSE: Verb.CLOSE,
    ids.ALL_CLEAR: Verb.ALL_CLEAR,
    ids.EMERGENCY_FACTS: Verb.NOTE,
}


async def refresh_sheet(call: Call, reference: str) -> None:
    """Bring the sheet up to date that the act was done from, if it was."""
    root = call.view.get("root_view_id")
    if call.view.get("type") != "modal" or (call.submits and root == call.view.get("id")):
        return
    try:
        case, history = await call.desk.sheet(reference, call.person)
        view = await _sheet(call, case, history)
        await call.doors.client.views_update(view_id=root, view=view)
    except (SlackApiError, Refused, *CONNECTION) as problem:
        log.info("sheet_not_refreshed", problem=type(problem).__name__)


def contact_again(call: Call, case: Case, pen: Pen, typed: Mapping[str, str]) -> View:
    """The contact form once more, for a further contact, with what was typed."""
    return pictures.contact(case, pen, ids.CONTACT, typed=typed, channel=call.channel)
