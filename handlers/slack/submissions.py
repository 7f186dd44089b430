"""Forms sent in: what they say is committed first, then the form closes (closed means saved)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

from flows.acts import Evidence
from flows.coach import Advice, coach
from flows.complaint import Attempt, CameBack, How, Remedy, Severity
from flows.contacts import normalise
from flows.desk import By
from flows.emergency import Facts
from flows.ending import FollowUp
from flows.ports import Case
from flows.standing import Refused
from handlers.slack import emergencies, forms, ids
from handlers.slack.calls import Call
from handlers.slack.fields import Fields, option
from handlers.slack.pen import Pen
from handlers.slack.pictures import answers

COMMIT_SECONDS = 2.0
"""How long a form waits for its commit; Slack gives up on it after three."""

DOOR = "form"

Save = Callable[[Call, Fields, str], Awaitable[Case]]


async def submitted(call: Call) -> None:
    """The form of any other verb."""
    action = call.view["callback_id"]
    reference = call.notes["reference"]
    pen = await call.pen()
    case = await call.desk.look(reference, call.person)
    place = call.desk.clinic.location(case.complaint.location)
    fields = fields_of(call, pen, place.hours.zone)
    if await call.desk.done_before(_by(call)):
        # Pressed again because the first answer took too long.
        if case.complaint.in_emergency:
            view = emergencies.view(call, case, pen)
            await call.ack(response_action="update", view=view)
        else:
            await call.ack()
        return
    if action == ids.ACKNOWLEDGE and case.complaint.acknowledged_at is not None:
        # Somebody was quicker: the form becomes one for a further contact, with what was typed.
        typed = {name: fields.text(name) or "" for name in ("spoke_with", "said")}
        how = fields.option("how")
        view = forms.contact_again(call, case, pen, typed | ({"how": how} if how else {}))
        await call.ack(response_action="update", view=view)
        return
    saved = await committed(call, SAVES[action](call, fields, reference))
    if saved is None:
        return
    began = emergencies.began(case, saved)
    if began:
        await call.ack(response_action="update", view=emergencies.view(call, saved, pen))
    else:
        await call.ack()
    await forms.refresh_sheet(call, reference)
    if began:
        await call.tell(emergencies.answer(call, saved, pen))
        return
    advice = _advice(call, action, fields)
    if call.elsewhere or advice:
        await call.tell(answers.done(action, saved, pen, advice))


def _advice(call: Call, action: str, fields: Fields) -> tuple[Advice, ...]:
    """What could be said better in a text that went to the client, for the next one."""
    if action not in (ids.ACKNOWLEDGE, ids.CONTACT):
        return ()
    if fields.choice("how", How) not in (How.MESSAGE, How.EMAIL):
        return ()
    return coach(fields.text("said") or "", call.doors.phrasebook())


class _Wrong(Exception):
    """Fields of the form are wrong; their errors are in `fields`."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        self.fields = fields


async def committed(call: Call, work: Awaitable[Case]) -> Case | None:
    """The case as saved; None when the form has to stay open, which it was then told.

    The commit is not broken off when it takes too long: pressed again, the same form finds what
    it saved the first time.
    """
    task = asyncio.create_task(_in_flight(call, work))
    call.doors.commits.add(task)
    task.add_done_callback(call.doors.commits.discard)
    try:
        return await asyncio.wait_for(asyncio.shield(task), COMMIT_SECONDS)
    except TimeoutError:
        raise Refused("refused.not_saved_yet") from None
    except _Wrong as wrong:
        await call.ack(response_action="errors", errors=wrong.fields.errors)
        return None


async def _in_flight(call: Call, work: Awaitable[Case]) -> Case:
    with call.doors.busy:
        return await work


def fields_of(call: Call, pen: Pen, zone: str) -> Fields:
    return Fields(call.view, pen, call.doors.clock.now(), ZoneInfo(zone))


def _by(call: Call) -> By:
    return call.by(DOOR, f"view:{call.view['id']}:{call.view['callback_id']}")


async def _contact(call: Call, fields: Fields, reference: str) -> Case:
    evidence = Evidence(
        fields.chosen("how", How), fields.text("spoke_with") or "", fields.needed("said")
    )
    _check(fields)
    return await call.desk.contact(reference, evidence, _by(call))


async def _tried(call: Call, fields: Fields, reference: str) -> Case:
    how = fields.chosen("how", Attempt)
    _check(fields)
    return await call.desk.tried(reference, how, fields.text("note") or "", _by(call))


async def _next_step_done(call: Call, fields: Fields, reference: str) -> Case:
    fact = fields.needed("fact")
    _check(fields)
    step = call.notes["step"]
    contact = None
    if call.desk.playbook.asks_for_contact(step):
        case = await call.desk.look(reference, call.person)
        region = call.desk.clinic.location(case.complaint.location).phone_region
        contact = normalise(fact, region)
    return await call.desk.next_step_done(reference, step, fact, contact, _by(call))


async def _resolve(call: Call, fields: Fields, reference: str) -> Case:
    done = fields.needed("done")
    remedy = fields.chosen("remedy", Remedy)
    _check(fields)
    accepted = {"yes": True, "no": False}.get(fields.option("accepted") or "")
    return await call.desk.resolve(reference, done, remedy, accepted, _by(call))


async def _follow_up(call: Call, fields: Fields, reference: str) -> Case:
    case = await call.desk.look(reference, call.person)
    hours = call.desk.clinic.location(case.complaint.location).hours
    fields.needed("when")
    at = fields.future("when", hours)
    _check(fields)
    assert at is not None  # noqa: S101  (an unclear time is an error)
    moves = call.view["callback_id"] == ids.CHANGE_TIME
    return await call.desk.follow_up_at(reference, at.at, _by(call), moves=moves)


async def _follow_up_done(call: Call, fields: Fields, reference: str) -> Case:
    rating = fields.option("rating")
    case = await call.desk.look(reference, call.person)
    again = fields.future("again", call.desk.clinic.location(case.complaint.location).hours)
    found = FollowUp(
        reached=fields.option("reached") or "no",
        outcome=fields.needed("outcome"),
        booked_again={"yes": True, "no": False}.get(fields.option("booked_again") or ""),
        rating=int(rating) if rating else None,
        again=again.at if again else None,
    )
    _check(fields)
    return await call.desk.follow_up_done(reference, found, _by(call))


async def _pause(call: Call, fields: Fields, reference: str) -> Case:
    case = await call.desk.look(reference, call.person)
    fields.needed("when")
    until = fields.future("when", call.desk.clinic.location(case.complaint.location).hours)
    waiting_for = fields.needed("waiting_for")
    _check(fields)
    assert until is not None  # noqa: S101  (an unclear time is an error)
    return await call.desk.pause(reference, until.at, waiting_for, _by(call))


async def _note(call: Call, fields: Fields, reference: str) -> Case:
    text = fields.needed("text")
    _check(fields)
    return await call.desk.note(reference, text, _by(call))


async def _reply(call: Call, fields: Fields, reference: str) -> Case:
    text = fields.needed("text")
    _check(fields)
    return await call.desk.reply(reference, text, _by(call))


async def _change_severity(call: Call, fields: Fields, reference: str) -> Case:
    severity = fields.chosen("severity", Severity)
    reason = fields.needed("reason")
    _check(fields)
    shown = Severity(int(call.notes["severity"]))
    return await call.desk.change_severity(reference, severity, reason, shown, _by(call))


async def _move(call: Call, fields: Fields, reference: str) -> Case:
    location = option(call.view, "location")
    reason = fields.needed("reason")
    _check(fields)
    if location is None:
        raise Refused("refused.where_to", field="location")
    return await call.desk.move(reference, location, reason, call.notes["location"], _by(call))


async def _assign(call: Call, fields: Fields, reference: str) -> Case:
    person = fields.person("person")
    if person is None:
        raise Refused("refused.whom", field="person")
    await forms.check_active(call, person)
    return await call.desk.assign(reference, person, _by(call), call.notes["owner"])


async def _escalate(call: Call, fields: Fields, reference: str) -> Case:
    reason = fields.needed("reason")
    _check(fields)
    return await call.desk.escalate(reference, reason, _by(call))


async def _reopen(call: Call, fields: Fields, reference: str) -> Case:
    reason = fields.needed("reason")
    _check(fields)
    return await call.desk.reopen(reference, reason, _by(call))


async def _withdraw(call: Call, fields: Fields, reference: str) -> Case:
    reason = fields.needed("reason")
    _check(fields)
    return await call.desk.withdraw(reference, reason, _by(call))


async def _close(call: Call, fields: Fields, reference: str) -> Case:
    outcome = fields.needed("outcome")
    came_back = fields.chosen("came_back", CameBack)
    _check(fields)
    return await call.desk.close(reference, outcome, came_back, _by(call))


async def _all_clear(call: Call, fields: Fields, reference: str) -> Case:
    said = fields.needed("said")
    given_by = fields.needed("given_by")
    _check(fields)
    return await call.desk.all_clear(reference, given_by, said, _by(call))


async def _emergency_facts(call: Call, fields: Fields, reference: str) -> Case:
    case = await call.desk.look(reference, call.person)
    region = call.desk.clinic.location(case.complaint.location).phone_region
    contact = fields.text("contact")
    facts = Facts(
        treatment=fields.text("treatment"),
        happened=fields.text("happened"),
        treated_by=fields.text("treated_by"),
        contact=normalise(contact, region) if contact else None,
    )
    return await call.desk.emergency_facts(reference, facts, _by(call))


def _check(fields: Fields) -> None:
    if fields.errors:
        raise _Wrong(fields)


SAVES: Mapping[str, Save] = {
    ids.ACKNOWLEDGE: _contact,
    ids.CONTACT: _contact,
    ids.TRIED: _tried,
    ids.NEXT_STEP_DONE: _next_step_done,
    ids.RESOLVE: _resolve,
    ids.FOLLOW_UP: _follow_up,
    ids.CHANGE_TIME: _follow_up,
    ids.FOLLOW_UP_DONE: _follow_up_done,
    ids.PAUSE: _pause,
    ids.NOTE: _note,
    ids.REPLY: _reply,
    ids.CHANGE_SEVERITY: _change_severity,
    ids.MOVE: _move,
    ids.ASSIGN: _assign,
    ids.ESCALATE: _escalate,
    ids.REOPEN: _reopen,
    ids.WITHDRAW: _withdraw,
    ids.CLOSE: _close,
    ids.ALL_CLEAR: _all_clear,
    ids.EMERGENCY_FACTS: _emergency_facts,
}
