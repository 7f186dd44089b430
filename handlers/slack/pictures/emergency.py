"""A medical emergency on screen: what to do now, the alert, and the forms that belong to it.

Until the all-clear only what helps to call is shown: what was done, when, by whom and a number.
None of it goes into a notification's text or a channel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from flows.complaint import Complaint, Deadline, DeadlineKind
from flows.emergency import (
    alerted_first,
    concerns_clinician,
    in_emergency_care,
    may_call,
    missing,
)
from flows.ports import Case
from flows.standing import Verb, may
from handlers.slack import ids
from handlers.slack.pen import Mrkdwn, Pen, clean, inert
from handlers.slack.pictures import inputs
from handlers.slack.pictures.blocks import (
    ANSWER,
    TITLE,
    Picture,
    actions,
    button,
    context,
    headline,
    plain,
    section,
)
from handlers.slack.pictures.due import Standing, standing

FACTS = "emergency_facts"
"""The table of the form's texts."""
TO_DIAL = re.compile(r"\+?[\d\s()./-]{2,24}")
SHOWN_NUMBER = 60


def answer(case: Case, reader: str, pen: Pen) -> Picture:
    """What somebody who told of an emergency is answered: what to do now, and nothing to say."""
    reference = case.complaint.reference
    row = [*buttons(case, reader, pen)]
    if missing(case, pen.clinic):
        row.append(ids.EMERGENCY_FACTS)
    row.append(ids.OPEN)
    below = actions(button(pen, action, reference) for action in row)
    for block in below:
        block.block_id = ANSWER
    return Picture(
        pen.alert("emergency.answer", reference=reference),
        (
            section(
                f"*{pen.say('emergency.answer', reference=reference)}*",
                headline(case.complaint, pen),
            ),
            section(*_to_do(case, pen), *_missing(case, pen)),
            *below,
        ),
    )


def view(case: Case, pen: Pen, channel: str | None = None) -> View:
    """What to do now, and one form of what is missing; nothing is lost when it is closed.

    Has no field and nothing to submit when nothing is missing.
    """
    blocks: list[Block] = [
        context(headline(case.complaint, pen)),
        section(*_to_do(case, pen)),
    ]
    unknown = missing(case, pen.clinic)
    if unknown:
        blocks.append(section(pen.say("emergency_facts.intro")))
        # What the words told of the treatment is offered to be completed.
        asked = unknown if "treatment" in unknown else ("treatment", *unknown)
        known = case.complaint.treatment
        for field in asked:
            value = known if field == "treatment" else None
            blocks.append(inputs.text(pen, FACTS, field, optional=True, value=value))
    shown = inputs.modal(pen, FACTS, ids.EMERGENCY_FACTS, blocks, _metadata(case, channel))
    shown.close = plain(pen.plain("emergency_facts.close"), TITLE)
    if not unknown:
        shown.submit = None
    return shown


def all_clear(case: Case, pen: Pen, given_by: str | None, channel: str | None = None) -> View:
    """*All clear*: who gave it (`given_by`: the clinician who records it), and what was said."""
    form = ids.ALL_CLEAR
    blocks = [
        context(headline(case.complaint, pen)),
        section(pen.say("all_clear.intro")),
        inputs.text(pen, form, "given_by", value=given_by),
        inputs.text(pen, form, "said", long=True),
    ]
    return inputs.modal(pen, form, ids.ALL_CLEAR, blocks, _metadata(case, channel))


def alert(case: Case, pen: Pen) -> list[str]:
    """What those who are alerted read: how it stands, what was done, and the number to call."""
    return [*_stands(case, pen), *_facts(case, pen)]


def call_now(location: str | None, pen: Pen) -> Iterator[str]:
    """What to do now while nothing is filed yet; all numbers where the location is not known."""
    yield pen.say("emergency.call_treating")
    places = [location] if location is not None else pen.clinic.locations
    yield from dict.fromkeys(emergency_number(place, pen) for place in places)


def emergency_number(location: str, pen: Pen) -> str:
    """The location's emergency number, to tap."""
    number = pen.clinic.location(location).emergency_number
    return pen.say("emergency.number", number=_to_tap(number, None))


def notified(case: Case, pen: Pen) -> str:
    """What a notification says of it: only what has to happen."""
    deadline = _waited_for(case)
    assert deadline is not None, "open until the all-clear"  # noqa: S101
    return pen.plain(_due(deadline, pen), due=deadline.due_at)


def buttons(case: Case, reader: str, pen: Pen) -> Iterator[str]:
    """The action ids that this reader may use now; one that would only refuse is none."""
    waiting = case.deadline(DeadlineKind.CLINICIAN_CALL) is not None
    if waiting and may_call(reader, case, pen.clinic, pen.absences):
        yield ids.CALLING
    if may(reader, Verb.ALL_CLEAR, case, pen.clinic):
        yield ids.ALL_CLEAR
    if not in_emergency_care(case) and may(reader, Verb.EMERGENCY_CARE, case, pen.clinic):
        yield ids.EMERGENCY_CARE


def _to_do(case: Case, pen: Pen) -> Iterator[str]:
    complaint = case.complaint
    if case.deadline(DeadlineKind.CLINICIAN_CALL) is None:
        yield from _stands(case, pen)
        yield emergency_number(complaint.location, pen)
        return
    treating = _treating(complaint, pen)
    if treating is None:
        yield pen.say("emergency.call_treating")
    else:
        yield pen.say("emergency.call_them", person=treating)
    yield emergency_number(complaint.location, pen)
    people = alerted_first(case, pen.clinic, pen.absences)
    yield pen.say("emergency.alerted", people=pen.everybody(people))


def _treating(complaint: Complaint, pen: Pen) -> str | None:
    """Who gave the treatment, as far as it is known; also the clinician it is about."""
    if complaint.treated_by is not None:
        return complaint.treated_by
    if complaint.about_staff is not None and concerns_clinician(complaint, pen.clinic):
        return pen.person(complaint.about_staff)
    return None


def _stands(case: Case, pen: Pen) -> Iterator[str]:
    complaint = case.complaint
    if case.deadline(DeadlineKind.CLINICIAN_CALL) is None:
        if complaint.called_at is not None and complaint.called_by is not None:
            person = pen.person(complaint.called_by)
            yield pen.say("emergency.called", person=person, at=complaint.called_at)
        else:
            yield pen.say("emergency.in_care")
    deadline = _waited_for(case)
    if deadline is not None:
        yield f"*{pen.say(_due(deadline, pen), due=deadline.due_at)}*"


def _waited_for(case: Case) -> Deadline | None:
    call = case.deadline(DeadlineKind.CLINICIAN_CALL)
    return call or case.deadline(DeadlineKind.ALL_CLEAR)


def _due(deadline: Deadline, pen: Pen) -> str:
    when = "late" if standing(deadline, pen) is Standing.LATE else "due"
    return f"ping.{when}.{deadline.kind}"


def _facts(case: Case, pen: Pen) -> Iterator[str]:
    complaint = case.complaint
    if complaint.treatment is not None:
        yield pen.say("emergency.treatment", words=complaint.treatment)
    if complaint.happened_at is not None:
        yield pen.say("emergency.happened", words=complaint.happened_at)
    elif complaint.happened is not None:
        yield pen.say("emergency.happened", words=complaint.happened)
    treating = _treating(complaint, pen)
    if treating is not None:
        yield pen.say("emergency.treated_by", words=treating)
    contact = complaint.contact
    if contact is not None and contact.usable:
        number = _to_tap(contact.typed, contact.normalised)
        yield pen.say("emergency.phone", number=number)
    else:
        yield pen.say("emergency.no_number", person=pen.person(complaint.filed_by))
    unknown = [name for name in missing(case, pen.clinic) if name != "contact"]
    if unknown:
        yield pen.say("emergency.unknown", what=_named(unknown, pen))


def _missing(case: Case, pen: Pen) -> Iterator[str]:
    unknown = missing(case, pen.clinic)
    if unknown:
        yield pen.say("emergency.missing", what=_named(unknown, pen))


def _named(unknown: list[str] | tuple[str, ...], pen: Pen) -> str:
    return pen.several(
        [pen.texts.sentence(pen.language, f"emergency_fact.{u}", {}) for u in unknown]
    )


def _to_tap(typed: str, normalised: str | None) -> Mrkdwn:
    """A number that a phone dials when it is tapped; what is no number stays text."""
    label = inert(" ".join(clean(typed).split())[:SHOWN_NUMBER])
    to_dial = normalised or typed.strip()
    if not TO_DIAL.fullmatch(to_dial):
        return Mrkdwn(label)
    return Mrkdwn(f"<tel:{re.sub(r'[^+0-9]', '', to_dial)}|{label}>")


def _metadata(case: Case, channel: str | None) -> str:
    carried = {"reference": case.complaint.reference}
    if channel is not None:
        carried["channel"] = channel
    return json.dumps(carried)
