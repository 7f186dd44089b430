"""A complaint's card in its channel: three lines and at most four buttons."""

from __future__ import annotations

from collections.abc import Iterator

from flows.next_step import NextStep
from flows.playbook import DoneBy
from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import Picture, actions, button, context, headline, section
from handlers.slack.pictures.due import soonest, standing
from handlers.slack.pictures.step import current, sentence, who_speaks


def card(case: Case, pen: Pen) -> Picture:
    """Draw the card: what it is, who does what by when, where it stands."""
    complaint = case.complaint
    person = pen.person(complaint.owner)
    step = current(case, pen)
    wordless = complaint.state.finished or complaint.in_emergency
    last = "card.finished" if wordless else "card.last"
    return Picture(
        pen.alert(
            "card.alert",
            reference=complaint.reference,
            client=pen.initials(complaint.client),
            type=complaint.type,
            severity=complaint.severity,
            state=complaint.state,
            person=person,
        ),
        (
            section(headline(complaint, pen), _what_next(step, case, pen)),
            context(*_small_print(case, pen.say(last, state=complaint.state, person=person), pen)),
            *actions(button(pen, id_, complaint.reference) for id_ in _buttons(step, case)),
        ),
    )


def card_moved(pen: Pen) -> Picture:
    """What stays where a card was taken down: nothing that tells what it was about."""
    return Picture(pen.alert("card.moved"), (section(pen.say("card.moved")),))


def _small_print(case: Case, last: str, pen: Pen) -> Iterator[str]:
    yield last
    if case.pause is not None:
        yield pen.say("card.paused", until=case.pause.until)
    speaking = None if case.complaint.state.finished else who_speaks(case, pen)
    if speaking is not None:
        yield speaking


def _what_next(step: NextStep | None, case: Case, pen: Pen) -> str:
    if step is None:
        return pen.say("card.nothing")
    what = sentence(step, case, pen)
    due = next((d for d in case.deadlines if d.live and d.due_at == step.by), soonest(case))
    return what if due is None else pen.say(f"card.{standing(due, pen)}", step=what)


def _buttons(step: NextStep | None, case: Case) -> Iterator[str]:
    complaint = case.complaint
    if not complaint.state.finished:
        if complaint.acknowledged_at is None:
            yield ids.ACKNOWLEDGE
        if complaint.claimed_at is None:
            yield ids.CLAIM
        if step is not None and step.done_by is DoneBy.NEXT_STEP_DONE:
            yield ids.NEXT_STEP_DONE
        if case.pause is not None:
            yield ids.RESUME
    yield ids.OPEN
