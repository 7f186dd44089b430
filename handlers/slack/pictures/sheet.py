"""The sheet: everything about one complaint, for one person who may see it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import cast

from slack_sdk.models.blocks import Block, PlainTextObject, SectionBlock
from slack_sdk.models.views import View

from flows.complaint import Complaint, Deadline, DeadlineKind, Entry, State
from flows.deadlines import explain
from flows.emergency import in_emergency_care
from flows.next_step import ChecklistLine
from flows.pausing import can_pause
from flows.ports import Case, HistoryLine
from flows.standing import Verb
from handlers.slack import ids
from handlers.slack.pen import Fact, Mrkdwn, Pen
from handlers.slack.pictures import emergency
from handlers.slack.pictures.blocks import (
    SECTION,
    TITLE,
    button,
    context,
    fitting,
    header,
    headline,
    json_size,
    packed,
    plain,
    rows_of,
    section,
    words,
)
from handlers.slack.pictures.due import standing, state_line, told_of
from handlers.slack.pictures.events import event
from handlers.slack.pictures.step import current, guidance, way

BLOCKS = 98
SIZE = 230_000
"""Slack refuses a view of more than 100 blocks or 250 kB."""
STORY_SIZE = 120_000
HISTORY = 30
DEADLINES = 8
LINK = re.compile(r"https://[^\s<>|]+")

WORKING = frozenset({State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING})
RESOLVED = frozenset({State.RESOLVED})
OPEN = WORKING | RESOLVED

MAKES_SENSE = {
    Verb.CALLING: WORKING,
    Verb.ALL_CLEAR: WORKING,
    Verb.EMERGENCY_CARE: WORKING,
    Verb.CONTACT: OPEN,
    Verb.TRIED: OPEN,
    Verb.CLAIM: OPEN,
    Verb.TAKE_CHARGE: WORKING,
    Verb.NEXT_STEP_DONE: frozenset(State),
    Verb.PAUSE: WORKING,
    Verb.RESUME: WORKING,
    Verb.RESOLVE: WORKING,
    Verb.FOLLOW_UP_DONE: RESOLVED,
    Verb.FOLLOW_UP: OPEN,
    Verb.REPLY: OPEN,
    Verb.NOTE: frozenset(State),
    Verb.ASSIGN: OPEN,
    Verb.CHANGE_SEVERITY: OPEN,
    Verb.MOVE: OPEN,
    Verb.ESCALATE: OPEN,
    Verb.CLOSE: RESOLVED,
    Verb.REOPEN: frozenset(State) - WORKING,
    Verb.WITHDRAW: OPEN,
}
"""In which states a verb's button is worth its place, in the order of the buttons."""


def sheet(
    case: Case,
    history: Sequence[HistoryLine],
    lines: Sequence[ChecklistLine],
    allowed: Collection[Verb],
    pen: Pen,
    channel: str | None = None,
) -> View:
    """Draw the sheet; `allowed` are the verbs this reader may use, answers go to the channel."""
    complaint = case.complaint
    blocks = [
        section(headline(complaint, pen), state_line(case, pen)),
        *rows_of([button(pen, id_, complaint.reference) for id_ in _verbs(case, allowed, pen)]),
        *_alarm(case, pen),
        *_now(case, pen),
        *_client(complaint, pen),
        *_outcome(complaint, pen),
        *_deadlines(case, pen),
        *_way(lines, case, pen),
    ]
    blocks.extend(_history(case, history, blocks, pen))
    metadata = {"reference": complaint.reference, "version": complaint.version}
    if channel is not None:
        metadata["channel"] = channel
    return View(
        type="modal",
        callback_id=ids.SHEET,
        title=plain(pen.plain("sheet.title", reference=complaint.reference), TITLE),
        close=plain(pen.plain("sheet.close"), TITLE),
        blocks=blocks,
        private_metadata=json.dumps(metadata),
    )


def _verbs(case: Case, allowed: Collection[Verb], pen: Pen) -> Iterator[str]:
    """The action ids of the verbs that this reader may use and that make sense now."""
    complaint = case.complaint
    step = current(case, pen)
    senseless = {
        Verb.CALLING: case.deadline(DeadlineKind.CLINICIAN_CALL) is None,
        Verb.ALL_CLEAR: not complaint.in_emergency,
        Verb.EMERGENCY_CARE: not complaint.in_emergency or in_emergency_care(case),
        Verb.REPLY: complaint.client_id is None,
        Verb.CLAIM: complaint.claimed_at is not None,
        Verb.NEXT_STEP_DONE: step is None or step.done_by != ids.NEXT_STEP_DONE,
        Verb.PAUSE: not can_pause(case),
        Verb.RESUME: case.pause is None,
        Verb.MOVE: len(pen.clinic.locations) == 1,
        Verb.FOLLOW_UP_DONE: case.deadline(DeadlineKind.FOLLOW_UP) is None,
    }
    for verb, states in MAKES_SENSE.items():
        if verb not in allowed or complaint.state not in states or senseless.get(verb, False):
            continue
        if verb is Verb.CONTACT and complaint.acknowledged_at is None:
            yield ids.ACKNOWLEDGE
        elif verb is Verb.FOLLOW_UP and case.deadline(DeadlineKind.FOLLOW_UP) is not None:
            yield ids.CHANGE_TIME
        else:
            yield verb.value


def _alarm(case: Case, pen: Pen) -> Iterator[Block]:
    """In a medical emergency: how it stands, and the numbers to call."""
    if case.complaint.in_emergency:
        number = emergency.emergency_number(case.complaint.location, pen)
        yield section(*emergency.alert(case, pen), number)


def _now(case: Case, pen: Pen) -> Iterator[Block]:
    step = current(case, pen)
    if step is not None:
        yield header(pen.plain("sheet.next_step"))
        yield from guidance(step, case, pen)


def _way(lines: Sequence[ChecklistLine], case: Case, pen: Pen) -> Iterator[Block]:
    if lines:
        yield header(pen.plain("sheet.way"))
        yield from way(lines, case, pen)


def _client(complaint: Complaint, pen: Pen) -> Iterator[Block]:
    """Whom it is about and what they said, exactly as it came."""
    yield header(pen.plain("sheet.client"))
    lines = [
        pen.plain("sheet.name", name=complaint.client)
        if complaint.client
        else pen.plain("sheet.nameless"),
        pen.plain("sheet.contact", contact=complaint.contact.typed)
        if complaint.contact
        else pen.plain("sheet.no_contact"),
        pen.plain("sheet.type", type=complaint.type, severity=complaint.severity),
    ]
    if complaint.via is not None:
        lines.append(pen.plain("sheet.via", via=complaint.via))
    lines.append(pen.plain("sheet.received", at=complaint.received_at))
    filer = pen.person(complaint.filed_by)
    lines.append(pen.plain("sheet.filed", person=filer, at=complaint.filed_at))
    if complaint.treatment is not None:
        lines.append(pen.plain("sheet.treatment", words=complaint.treatment))
    if complaint.treated_by is not None:
        lines.append(pen.plain("sheet.treated_by", words=complaint.treated_by))
    if complaint.about_staff is not None:
        lines.append(pen.plain("sheet.about_staff", person=pen.person(complaint.about_staff)))
    yield SectionBlock(text=PlainTextObject(text="\n".join(lines)[:SECTION], emoji=False))
    yield from _quoted("story", complaint.story, pen)
    if complaint.happened:
        yield from _quoted("happened", complaint.happened, pen)
    if complaint.remedy_sought:
        yield from _quoted("remedy_sought", complaint.remedy_sought, pen)
    if complaint.source_link is not None and LINK.fullmatch(complaint.source_link):
        yield context(pen.say("sheet.source", link=Mrkdwn(complaint.source_link)))


def _quoted(title: str, text: str, pen: Pen) -> Iterator[Block]:
    """Somebody's words under a title; only what no view could hold is left out, visibly."""
    yield section(f"*{pen.say(f'sheet.{title}')}*")
    parts = [[part] for part in words(text)]
    shown = fitting(parts, len(parts), STORY_SIZE, json_size)
    yield from (part for group in shown for part in group)
    if len(shown) < len(parts):
        yield context(pen.say("sheet.cut"))


def _outcome(complaint: Complaint, pen: Pen) -> Iterator[Block]:
    """What came of it, as far as it has been written down."""
    yes_or_no = {True: "yes", False: "no"}
    lines = []
    if complaint.remedy is not None:
        accepted = yes_or_no.get(complaint.remedy_accepted, "unknown")  # type: ignore[arg-type]
        lines.append(pen.say(f"outcome.remedy_{accepted}", remedy=complaint.remedy))
    if complaint.rating is not None:
        lines.append(pen.say("outcome.rating", rating=complaint.rating))
    if complaint.booked_again is not None:
        lines.append(pen.say(f"outcome.booked_again_{yes_or_no[complaint.booked_again]}"))
    if complaint.came_back is not None:
        lines.append(pen.say(f"outcome.came_back_{complaint.came_back}"))
    if lines:
        yield header(pen.plain("sheet.outcome"))
        yield section(*lines)


def _deadlines(case: Case, pen: Pen) -> Iterator[Block]:
    """What is or was promised, each with the reason for its time."""
    shown = [d for d in case.deadlines if d.dropped_at is None and told_of(d, case)]
    if not shown:
        return
    yield header(pen.plain("sheet.deadlines"))
    newest = sorted(shown, key=lambda deadline: deadline.due_at)[-DEADLINES:]
    yield from packed(line for deadline in newest for line in _why_then(deadline, case, pen))


def _why_then(deadline: Deadline, case: Case, pen: Pen) -> Iterator[str]:
    complaint = case.complaint
    name = f"sheet.due_{standing(deadline, pen)}" if deadline.live else "sheet.due_met"
    yield f"*{pen.say(name, deadline=deadline.kind, due=deadline.due_at)}*"
    where = complaint.location
    for said in explain(deadline, complaint.severity, case.rules, where, case.pauses):
        facts = cast("dict[str, Fact]", dict(said.facts))
        until = facts.get("until")
        if isinstance(until, datetime) and until <= pen.now:
            continue  # a hold or a rest that is over explains nothing any more
        yield pen.say(said.key, **facts, n=facts.get("days", 0))


def _history(
    case: Case, history: Sequence[HistoryLine], before: Sequence[Block], pen: Pen
) -> Iterator[Block]:
    """What happened, newest last, as much of it as the view still holds."""
    used = json_size([block.to_dict() for block in before])
    entries = ([*_entry(line.entry, case, pen)] for line in reversed(history[-HISTORY:]))
    shown = fitting(entries, BLOCKS - len(before) - 2, SIZE - used, json_size)
    yield header(pen.plain("sheet.history"))
    if len(shown) < len(history):
        yield context(pen.say("sheet.earlier", n=len(history) - len(shown)))
    for group in reversed(shown):
        yield from group


def _entry(entry: Entry, case: Case, pen: Pen) -> Iterator[Block]:
    key, facts = event(entry.kind, entry.actor, entry.public, case, pen)
    yield context(pen.say("sheet.event", at=entry.at, what=pen.say(key, **facts)))
    private = dict(entry.private)
    with_whom = private.pop("spoke_with", None)
    said = [pen.plain("sheet.spoke_with", name=with_whom)] if with_whom else []
    said += [text for text in private.values() if text != case.complaint.story]
    yield from words("\n".join(said))
