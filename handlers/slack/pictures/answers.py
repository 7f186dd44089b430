"""Short answers to one person: what was done, what was refused, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from babel import Locale
from slack_sdk.models.blocks import Block

from flows.coach import Advice
from flows.complaint import DeadlineKind
from flows.ports import Absence, Case
from flows.standing import Refused
from flows.when import UnclearTime
from handlers.slack import ids
from handlers.slack.pen import Fact, Mrkdwn, Pen
from handlers.slack.pictures import emergency, wording
from handlers.slack.pictures.blocks import Picture, actions, button, context, headline, section
from handlers.slack.pictures.step import (
    current,
    sentence,
    to_say,
    to_say_meanwhile,
    who_speaks,
)

HELP = ("file", "mine", "list", "show", "next", "called")
"""The six lines of the short help."""
MORE_HELP = (
    *HELP,
    "tried",
    "note",
    "reply",
    "assign",
    "severity",
    "move",
    "emergency",
    "follow_up",
    "escalate",
    "pause",
    "resolve",
    "close",
    "reopen",
    "withdraw",
    "search",
    "wording",
    "away",
    "language",
    "reactions",
)


def filed(case: Case, pen: Pen) -> Picture:
    """A complaint was filed: who has it, by when, and what to say to the client now.

    In a medical emergency: what to do now.
    """
    complaint = case.complaint
    if complaint.in_emergency:
        return emergency.answer(case, complaint.filed_by, pen)
    person = pen.person(complaint.owner)
    reference = complaint.reference
    key = "filed.yours" if complaint.owner == complaint.filed_by else "filed.theirs"
    blocks: list[Block] = [
        section(pen.say(key, reference=reference, person=person), headline(complaint, pen)),
    ]
    step = current(case, pen)
    if step is not None:
        blocks.append(section(pen.say("answer.next", step=sentence(step, case, pen))))
        speaking = who_speaks(case, pen)
        if speaking is not None:
            blocks.append(section(speaking))
        words = to_say(step, case, pen) or to_say_meanwhile(case, pen)
        if words is not None:
            blocks.append(section(pen.say("filed.say_now", words=words)))
    blocks.append(context(pen.say("filed.received", at=complaint.received_at)))
    blocks.extend(actions([button(pen, ids.OPEN, reference)]))
    return Picture(pen.alert(key, reference=reference, person=person), tuple(blocks))


def done(action: str, case: Case, pen: Pen, advice: Sequence[Advice] = ()) -> Picture:
    """What an action of `ids` did, and what comes next; `advice` is on a text that was sent."""
    facts = _done_facts(action, case, pen)
    blocks: list[Block] = [section(pen.say(f"done.{action}", **facts))]
    step = current(case, pen)
    if step is not None:
        blocks.append(context(pen.say("answer.next", step=sentence(step, case, pen))))
    blocks.extend(wording.next_time(advice, pen))
    return Picture(pen.alert(f"done.{action}", **facts), tuple(blocks))


def log_this(case: Case, pen: Pen) -> Picture:
    """*Log this as your call?*"""
    reference = case.complaint.reference
    row = actions([button(pen, ids.ACKNOWLEDGE, reference)])
    return _said("answer.log_this", pen, *row, reference=reference)


def refused(no: Refused, pen: Pen) -> Picture:
    """A rule said no."""
    return _said(no.said.key, pen, **_refused_facts(no, pen))


def reason(no: Refused, pen: Pen) -> str:
    """A rule said no, as plain text for a field of a form."""
    return pen.plain(no.said.key, **_refused_facts(no, pen))


def unclear(problem: UnclearTime, pen: Pen) -> Picture:
    """A time that could not be read."""
    return _said(f"unclear.{problem.reason}", pen, example=problem.example)


def unclear_time(problem: UnclearTime, pen: Pen) -> str:
    """A time that could not be read, as plain text for a field of a form."""
    return pen.plain(f"unclear.{problem.reason}", example=problem.example)


def trouble(code: str, pen: Pen) -> Picture:
    """Something broke; the code finds it in the log."""
    return _said("answer.trouble", pen, code=code)


def outsider(pen: Pen) -> Picture:
    """A guest, or somebody from another workspace."""
    return _said("answer.outsider", pen)


def slip(typed: str, meant: str, pen: Pen) -> Picture:
    """Something that looks like a mistyped verb."""
    return _said("answer.slip", pen, typed=typed, meant=meant)


def which_one(verb: str, pen: Pen) -> Picture:
    """A verb without its complaint."""
    return _said("answer.which_one", pen, verb=verb)


def search_what(pen: Pen) -> Picture:
    """A search for nothing."""
    return _said("answer.search_what", pen)


def away(absence: Absence, now: datetime, pen: Pen) -> Picture:
    """An absence was noted."""
    since, until = absence.since, absence.until
    if absence.cover is None:
        if since <= now:
            return _said("answer.away_uncovered", pen, until=until)
        return _said("answer.away_later_uncovered", pen, since=since, until=until)
    person = pen.person(absence.cover)
    if since <= now:
        return _said("answer.away", pen, until=until, person=person)
    return _said("answer.away_later", pen, since=since, until=until, person=person)


def language_set(pen: Pen) -> Picture:
    """The person is answered in another language from now on; said in that one."""
    return _said("answer.language_set", pen, language=pen.tongue(pen.texts.language(pen.language)))


def which_language(pen: Pen) -> Picture:
    """Which languages there are, each by its own name."""
    known = [f"`{code}` ({Locale.parse(code).display_name})" for code in pen.texts.languages]
    languages = Mrkdwn(", ".join(known))
    return _said("answer.which_language", pen, languages=languages)


def until_when(pen: Pen) -> Picture:
    """An absence begins now; only its end can be said."""
    return _said("answer.until_when", pen)


def back(ended: Absence | None, now: datetime, pen: Pen) -> Picture:
    """An absence is over, or a later one was taken back; None: there was none."""
    if ended is None:
        return _said("answer.back_from_nothing", pen)
    if ended.since > now:
        return _said("answer.back_later", pen, since=ended.since)
    return _said("answer.back", pen)


def help_(pen: Pen) -> Picture:
    """What can be done, in six lines."""
    return _help(HELP, pen, *actions([button(pen, ids.MORE_HELP)]))


def full_help(pen: Pen) -> Picture:
    """Everything that can be done."""
    return _help(MORE_HELP, pen)


def _help(lines: Sequence[str], pen: Pen, *more: Block) -> Picture:
    text = section(*(pen.say(f"help.{line}") for line in lines))
    return Picture(pen.alert("help.headline"), (text, *more))


def _said(key: str, pen: Pen, *more: Block, **facts: Fact) -> Picture:
    return Picture(pen.alert(key, **facts), (section(pen.say(key, **facts)), *more))


def _done_facts(action: str, case: Case, pen: Pen) -> dict[str, Fact]:
    complaint = case.complaint
    facts: dict[str, Fact] = {"reference": complaint.reference}
    if action in ids.SNOOZES:
        facts["until"] = max(snooze.until for snooze in case.snoozes)
    elif action == ids.ASSIGN:
        facts["person"] = pen.person(complaint.owner)
    elif action == ids.CHANGE_SEVERITY:
        facts["severity"] = complaint.severity
    elif action == ids.MOVE:
        facts["place"] = pen.clinic.location(complaint.location).name
        facts["person"] = pen.person(complaint.owner)
    elif action in (ids.FOLLOW_UP, ids.CHANGE_TIME):
        planned = (DeadlineKind.FOLLOW_UP, DeadlineKind.CUSTOM)
        live = [d for d in case.deadlines if d.live and d.kind in planned]
        facts["at"] = max(live, key=lambda d: d.set_at).due_at
    elif action == ids.PAUSE:
        facts["until"] = max(pause.until for pause in case.pauses)
    elif action == ids.ESCALATE:
        asked = [r for r in case.reminders if r.why.startswith("escalated:")]
        last = max(reminder.send_at for reminder in asked)
        people = dict.fromkeys(r.recipient for r in asked if r.send_at == last)
        facts["people"] = pen.everybody(people)
    return facts


def _refused_facts(no: Refused, pen: Pen) -> dict[str, Fact]:
    """The facts of a refusal as the pen takes them; a person comes as an id."""
    facts: dict[str, Fact] = {}
    for name, fact in no.said.facts.items():
        if name == "person":
            facts[name] = pen.person(str(fact))
        elif name == "verb":
            facts[name] = pen.plain(f"button.{fact}")
        elif isinstance(fact, Fact):
            facts[name] = fact
    return facts
