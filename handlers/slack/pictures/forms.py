"""The forms of the verbs; the callback id of each is its action's id."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from flows.change import DueChange
from flows.complaint import Attempt, CameBack, How, Remedy, Severity, State
from flows.next_step import NextStep
from flows.playbook import Phase
from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures import inputs, wording
from handlers.slack.pictures.blocks import context, headline, section
from handlers.slack.pictures.filing_form import severity_options
from handlers.slack.pictures.step import current, question, sentence, to_say

Draw = Callable[[Case, Pen, str, str | None], View]
"""Draws a form: what was already typed goes into its first text, answers go to the channel."""

ANSWERS = ("yes", "no", "unknown")
REACHED = ("yes", "message", "no")
RATINGS = ("5", "4", "3", "2", "1")


def contact(
    case: Case,
    pen: Pen,
    action: str,
    typed: Mapping[str, str] | None = None,
    channel: str | None = None,
) -> View:
    """*I've spoken with the client*: the first contact (`acknowledge`) or a further one.

    When somebody was quicker, it says who, and `typed` is still there.
    """
    typed = typed or {}
    complaint = case.complaint
    intro = pen.say("contact.first")
    if complaint.acknowledged_at is not None and complaint.acknowledged_by is not None:
        person = pen.person(complaint.acknowledged_by)
        intro = pen.say("contact.already", person=person, at=complaint.acknowledged_at)
    ways = inputs.options(pen, "how", How)
    blocks = [
        section(intro),
        inputs.choice(pen, "contact", "how", ways, value=typed.get("how")),
        inputs.text(pen, "contact", "spoke_with", optional=True, value=typed.get("spoke_with")),
        inputs.text(pen, "contact", "said", long=True, value=typed.get("said")),
        *wording.button(complaint.reference, pen),
    ]
    return _form("contact", action, case, pen, blocks, channel)


def tried(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """*No answer*."""
    blocks = [
        inputs.choice(pen, "tried", "how", inputs.options(pen, "attempt", Attempt)),
        inputs.text(pen, "tried", "note", long=True, optional=True, value=typed),
    ]
    return _form("tried", ids.TRIED, case, pen, blocks, channel)


def resolve(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """*It's settled*."""
    remedies = inputs.options(pen, "remedy", Remedy)
    answers = inputs.options(pen, "accepted", ANSWERS)
    blocks = [
        inputs.text(pen, "resolve", "done", long=True, value=typed),
        *wording.button(case.complaint.reference, pen),
        inputs.choice(pen, "resolve", "remedy", remedies),
        inputs.choice(pen, "resolve", "accepted", answers),
    ]
    return _form("resolve", ids.RESOLVE, case, pen, blocks, channel)


def follow_up_done(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """How the two-week follow-up went."""
    form = "follow_up_done"
    booked = inputs.options(pen, "booked_again", ANSWERS)
    ratings = inputs.options(pen, "rating", RATINGS)
    blocks = [
        inputs.choice(pen, form, "reached", inputs.options(pen, "reached", REACHED)),
        inputs.text(pen, form, "outcome", long=True, value=typed),
        inputs.choice(pen, form, "booked_again", booked, optional=True),
        inputs.choice(pen, form, "rating", ratings, optional=True),
        inputs.text(pen, form, "again", optional=True),
    ]
    return _form(form, ids.FOLLOW_UP_DONE, case, pen, blocks, channel)


def assign(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """Hand the complaint to somebody; there is no text to fill in."""
    owner = pen.person(case.complaint.owner)
    blocks = [section(pen.say("assign.now", person=owner)), inputs.person(pen, "assign", "person")]
    handled_by = case.complaint.owner
    return _form("assign", ids.ASSIGN, case, pen, blocks, channel, owner=handled_by)


def close(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """What was learned, and whether the client came back."""
    blocks = [
        inputs.text(pen, "close", "outcome", long=True, value=typed),
        inputs.choice(pen, "close", "came_back", inputs.options(pen, "came_back", CameBack)),
    ]
    return _form("close", ids.CLOSE, case, pen, blocks, channel)


def next_step_done(case: Case, step: NextStep, pen: Pen, channel: str | None = None) -> View:
    """What was found or done in the recommended step, `step` being the one shown."""
    form = "next_step_done"
    asked = inputs.text(pen, form, "fact", label=question(step, case, pen), long=True)
    blocks = [section(f"*{sentence(step, case, pen)}*"), asked]
    if step.phase is Phase.RESPOND and step.stage is not State.CLOSED:
        # What is offered or answered is worded here; later on nobody writes to the client.
        blocks += wording.button(case.complaint.reference, pen)
    return _form(form, ids.NEXT_STEP_DONE, case, pen, blocks, channel, step=step.step)


def change_severity(
    case: Case,
    pen: Pen,
    chosen: Severity | None,
    changes: Sequence[DueChange],
    channel: str | None = None,
) -> View:
    """Another severity; once one is `chosen`, `changes` show what it would do."""
    form = "change_severity"
    now = case.complaint.severity
    others = severity_options(pen, [severity for severity in Severity if severity is not now])
    blocks = [
        section(pen.say("change_severity.now", severity=now)),
        inputs.choice(
            pen,
            form,
            "severity",
            others,
            value=str(chosen.value) if chosen else None,
            dispatch=True,
        ),
        context(*_preview(chosen, changes, pen)),
        inputs.text(pen, form, "reason", long=True),
    ]
    return _form(form, ids.CHANGE_SEVERITY, case, pen, blocks, channel, severity=str(now.value))


def move(
    case: Case,
    pen: Pen,
    chosen: str | None,
    changes: Sequence[DueChange],
    channel: str | None = None,
) -> View:
    """Another location, by its short name; once one is `chosen`, `changes` show what it does."""
    here = pen.clinic.location(case.complaint.location)
    others = [
        inputs.option(place.id, place.name)
        for place in pen.clinic.locations.values()
        if place.id != here.id
    ]
    blocks = [
        section(pen.say("move.now", place=here.name)),
        inputs.choice(pen, ids.MOVE, "location", others, value=chosen, dispatch=True),
        context(*_preview(chosen, changes, pen)),
        inputs.text(pen, ids.MOVE, "reason", long=True),
    ]
    location = case.complaint.location
    return _form(ids.MOVE, ids.MOVE, case, pen, blocks, channel, location=location)


def _preview(chosen: Severity | str | None, changes: Sequence[DueChange], pen: Pen) -> list[str]:
    """What would move, a line for each deadline."""
    if chosen is None:
        return [pen.say("preview.choose")]
    lines: list[str] = []
    for change in changes:
        if change.before == change.after:
            continue
        if change.after is None:
            lines.append(pen.say("preview.dropped", deadline=change.kind))
        elif change.before is None:
            lines.append(pen.say("preview.added", deadline=change.kind, after=change.after))
        else:
            moved = {"before": change.before, "after": change.after}
            lines.append(pen.say("preview.moved", deadline=change.kind, **moved))
    return lines or [pen.say("preview.nothing")]


def _one_text(action: str, field: str, *, long: bool = True) -> Draw:
    """A form with one field; some first say what submitting them does."""

    def draw(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
        blocks: list[Block] = []
        if f"{action}.intro" in pen.texts.keys:
            blocks.append(section(pen.say(f"{action}.intro")))
        blocks.append(inputs.text(pen, action, field, long=long, value=typed))
        return _form(action, action, case, pen, blocks, channel)

    return draw


def _form(
    form: str,
    action: str,
    case: Case,
    pen: Pen,
    blocks: Iterable[Block],
    channel: str | None,
    **shown: str,
) -> View:
    """A modal headed by what it is about; `shown` is what the person saw when deciding."""
    complaint = case.complaint
    metadata = {"reference": complaint.reference, **shown}
    if channel is not None:
        metadata["channel"] = channel
    about = context(headline(complaint, pen))
    return inputs.modal(pen, form, action, [about, *blocks], json.dumps(metadata))


def pause(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """*Waiting for the client*: until when, and what for."""
    longest = case.rules.pings.longest_pause
    blocks = [
        section(pen.say("pause.intro", length=longest)),
        inputs.text(pen, "pause", "when", value=typed),
        inputs.text(pen, "pause", "waiting_for", long=True),
    ]
    return _form("pause", ids.PAUSE, case, pen, blocks, channel)


def reply(case: Case, pen: Pen, typed: str = "", channel: str | None = None) -> View:
    """*Reply to client*: to whom, by which way, that they will see it, and the words to say."""
    complaint = case.complaint
    name = complaint.client or pen.plain("person.client")
    step = current(case, pen)
    words = None if step is None else to_say(step, case, pen)
    blocks = [
        section(pen.say("reply.to", name=name), f"*{pen.say('reply.seen')}*"),
        *([context(pen.say("reply.offer"), words)] if words else []),
        inputs.text(pen, ids.REPLY, "text", long=True, value=typed),
        *wording.button(complaint.reference, pen),
    ]
    return _form(ids.REPLY, ids.REPLY, case, pen, blocks, channel)


FORMS: Mapping[str, Draw] = {
    ids.TRIED: tried,
    ids.RESOLVE: resolve,
    ids.FOLLOW_UP: _one_text(ids.FOLLOW_UP, "when", long=False),
    ids.CHANGE_TIME: _one_text(ids.CHANGE_TIME, "when", long=False),
    ids.FOLLOW_UP_DONE: follow_up_done,
    ids.PAUSE: pause,
    ids.NOTE: _one_text(ids.NOTE, "text"),
    ids.REPLY: reply,
    ids.ASSIGN: assign,
    ids.ESCALATE: _one_text(ids.ESCALATE, "reason"),
    ids.REOPEN: _one_text(ids.REOPEN, "reason"),
    ids.WITHDRAW: _one_text(ids.WITHDRAW, "reason"),
    ids.CLOSE: close,
}
"""The forms that need no more than the case."""
