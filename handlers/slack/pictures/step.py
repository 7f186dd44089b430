"""The recommended next step in words: what the playbook says about it, for one reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slack_sdk.models.blocks import Block

from flows.next_step import ChecklistLine, LineStatus, NextStep, next_step
from flows.playbook import Who, Words
from flows.ports import Case
from flows.standing import doer_of, owner_speaks, speaker
from handlers.slack.pen import Mrkdwn, Pen
from handlers.slack.pictures.blocks import packed


def current(case: Case, pen: Pen) -> NextStep | None:
    """What is recommended now; None for what is finished."""
    return next_step(case.complaint, case.deadlines, pen.playbook, pen.now)


def sentence(step: NextStep, case: Case, pen: Pen) -> Mrkdwn:
    """Who does what by when, as mrkdwn."""
    words = _words(step.step, case, pen)
    who = _who(step.who, case, pen)
    if step.by is None or words.card is None or words.card_late is None:
        return pen.recite(words.card_undated, who=who)
    return pen.recite(words.card_late if step.late else words.card, who=who, by=step.by)


def undated(step_id: str, case: Case, pen: Pen) -> str | None:
    """Who does what, as plain text; None when the playbook has no such step any more."""
    step = pen.playbook.step(step_id)
    if step is None or case.complaint.type not in step.types:
        return None
    who = _who(step.who, case, pen)
    return pen.recite_plain(_words(step_id, case, pen).card_undated, who=who)


def to_say(step: NextStep, case: Case, pen: Pen) -> Mrkdwn | None:
    """What to say to the client now; None when the step is not with the client.

    Nothing in a medical emergency.
    """
    if case.complaint.in_emergency:
        return None
    return _to_say(step.step, case, pen, late=step.late)


def to_say_meanwhile(case: Case, pen: Pen) -> Mrkdwn | None:
    """What to say to a client who has not been heard yet, while others decide what is next.

    Nothing in a medical emergency.
    """
    if case.complaint.in_emergency:
        return None
    if case.complaint.acknowledged_at is not None or pen.playbook.step("call") is None:
        return None
    return _to_say("call", case, pen, late=False)


def _to_say(step_id: str, case: Case, pen: Pen, *, late: bool) -> Mrkdwn | None:
    """In the client's language, if the reader speaks it."""
    spoken = case.complaint.language
    language = spoken if spoken in pen.speaks else pen.language
    words = _words(step_id, case, pen, language).to_say(late=late, heated=case.complaint.heated)
    return None if words is None else pen.recite(words)


def who_speaks(case: Case, pen: Pen) -> Mrkdwn | None:
    """Who speaks the client's language; None when who handles it does."""
    complaint = case.complaint
    if owner_speaks(complaint, pen.clinic):
        return None
    language = pen.tongue(complaint.language)
    person = speaker(complaint, pen.clinic, pen.absences)
    if person is None:
        return pen.say("speaker.none", language=language)
    return pen.say("speaker.ask", language=language, person=pen.person(person))


def doer(who: Who, case: Case, pen: Pen) -> str | None:
    """The person a step is for; None when nobody who could do it is there."""
    return doer_of(who, case.complaint, pen.clinic, pen.absences)


def question(step: NextStep, case: Case, pen: Pen) -> str | None:
    """The fact that is asked for when the step is done."""
    return _words(step.step, case, pen).fact


def guidance(step: NextStep, case: Case, pen: Pen) -> list[Block]:
    """What to do, to say and to avoid in a step, and why."""
    return packed(_guidance(step, case, pen))


def way(lines: Iterable[ChecklistLine], case: Case, pen: Pen) -> list[Block]:
    """The checklist: what is done, what is next, what comes later.

    In a medical emergency nothing comes later.
    """
    if case.complaint.in_emergency:
        lines = [line for line in lines if line.status is not LineStatus.LOCKED]
    named = ((line.status, undated(line.step, case, pen)) for line in lines)
    return packed(pen.say(f"checklist.{status}", step=step) for status, step in named if step)


def _guidance(step: NextStep, case: Case, pen: Pen) -> Iterator[str]:
    words = _words(step.step, case, pen)
    say = to_say(step, case, pen)
    yield f"*{sentence(step, case, pen)}*"
    heated = case.complaint.heated
    phase = f"heated_phase.{step.phase.when_heated}" if heated else f"phase.{step.phase}"
    yield pen.say(
        "step.place_heated" if heated else "step.place",
        stage=pen.plain(f"stage.{step.stage}"),
        phase=pen.plain(phase),
        number=step.number,
        of=step.of,
    )
    speaking = who_speaks(case, pen)
    if speaking is not None:
        yield speaking
    yield pen.say("step.do", words=pen.recite(words.do))
    say = say or to_say_meanwhile(case, pen)
    if say is not None:
        yield pen.say("step.say", words=say)
    heated_said = heated and not step.late
    if words.say_heated is not None and not (heated_said or case.complaint.in_emergency):
        yield pen.say("step.say_heated", words=pen.recite(words.say_heated))
    for each in words.avoid:
        yield pen.say("step.avoid", words=pen.recite(each))
    yield pen.say("step.why", words=pen.recite(words.why))


def _words(step_id: str, case: Case, pen: Pen, language: str | None = None) -> Words:
    complaint = case.complaint
    spoken = language or pen.language
    return pen.playbook.words(step_id, complaint.type, complaint.severity, spoken)


def _who(who: Who, case: Case, pen: Pen) -> str:
    """The name of who is to do it; the role's where nobody of the role is on duty.

    In an emergency any clinician's name might be the wrong one.
    """
    if case.complaint.in_emergency and who is not Who.OWNER:
        return pen.plain(f"who.{who}")
    person = doer(who, case, pen)
    return pen.plain(f"who.{who}") if person is None else pen.person(person)
