"""Buttons: those that act at once, and those that open a form or the sheet."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from flows.coach import coach
from flows.complaint import Severity
from handlers.slack import forms, ids
from handlers.slack.calls import Call
from handlers.slack.pictures import answers, filing_form, wording
from handlers.slack.trouble import error_of

DOOR = "button"


async def open_complaint(call: Call) -> None:
    """*Open*: the sheet."""
    await forms.open_sheet(call, call.action["value"], DOOR)


async def open_form(call: Call) -> None:
    """A button that asks something first."""
    await forms.open_form(call, call.action["action_id"], call.action["value"])


async def file_complaint(call: Call) -> None:
    """*File a complaint* on the Home tab."""
    await forms.open_filing(call, filing_form.Prefill())


async def at_once(call: Call) -> None:
    """A button that does its work without asking."""
    action, reference = call.action["action_id"], call.action["value"]
    by = call.by(DOOR)
    if action == ids.CLAIM:
        case = await call.desk.claim(reference, by)
    elif action == ids.TAKE_CHARGE:
        case = await call.desk.take_charge(reference, by)
    elif action == ids.RESUME:
        case = await call.desk.resume(reference, by)
    elif action == ids.STILL_MINE:
        case = await call.desk.still_mine(reference, by)
    elif action == ids.CALLING:
        case = await call.desk.calling(reference, by)
    elif action == ids.EMERGENCY_CARE:
        case = await call.desk.emergency_care(reference, by)
    else:
        reason = action.removeprefix("snooze_")
        case = await call.desk.snooze(reference, reason, by)
    await forms.refresh_sheet(call, reference)
    if call.elsewhere and not call.view:
        await call.tell(answers.done(action, case, await call.pen()))


async def preview_severity(call: Call) -> None:
    """Another severity was chosen in the form: show what it would do to the deadlines."""
    chosen = Severity(int(call.action["selected_option"]["value"]))
    case = await call.desk.look(call.notes["reference"], call.person)
    await _redraw(call, await forms.form(call, ids.CHANGE_SEVERITY, case, severity=chosen))


async def preview_move(call: Call) -> None:
    """Another location was chosen in the form: show what it would do to the deadlines."""
    chosen = call.action["selected_option"]["value"]
    case = await call.desk.look(call.notes["reference"], call.person)
    await _redraw(call, await forms.form(call, ids.MOVE, case, location=chosen))


async def check_wording(call: Call) -> None:
    """*Check the wording*: the advice appears above the text; what was typed stays."""
    field = wording.FIELDS[call.view["callback_id"]]
    typed = call.view["state"]["values"][field][field].get("value") or ""
    advice = coach(typed, call.doors.phrasebook())
    view = wording.advised(call.view, field, wording.blocks(typed, advice, await call.pen()))
    await _redraw(call, view)


async def _redraw(call: Call, view: View) -> None:
    """Show the form anew, unless that was done since the button or select was used."""
    try:
        await call.doors.client.views_update(
            view_id=call.view["id"], hash=call.view["hash"], view=view
        )
    except SlackApiError as problem:
        if error_of(problem) != "hash_conflict":  # another choice was made meanwhile
            raise


async def more_help(call: Call) -> None:
    """The verbs that the short help leaves out."""
    await call.tell(answers.full_help(await call.pen()))
