"""What a person or a channel is told without a duty: notices and the morning list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from flows.complaint import DeadlineKind
from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Fact, Mrkdwn, Pen
from handlers.slack.pictures.blocks import (
    Picture,
    actions,
    button,
    context,
    header,
    headline,
    section,
)
from handlers.slack.pictures.step import current
from handlers.slack.pictures.step import sentence as step_sentence

_TO_REPLY_TO = ("notice_from_client", "notice_client_wrote")
ITEMS_IN_A_SECTION = 10

Item = Mapping[str, Any]
"""A row of a list: the complaint's number, the kind of its deadline and when it is due."""


def notice(
    key: str, facts: Mapping[str, Any], cases: Mapping[int, Case], number: int | None, pen: Pen
) -> Picture:
    """Draw a notice about complaint `number`, or one about none: the morning list, a channel.

    What the admin channel hears names the reference only.
    """
    if number is None:
        if key == "morning_list":
            return _morning_list(facts["sections"], cases, pen)
        if key == "hand_over":
            return _hand_over(facts, cases, pen)
        known = _told(facts, pen)
        return Picture(
            pen.alert(f"notice.{key}", **known), (section(pen.say(f"notice.{key}", **known)),)
        )
    complaint = cases[number].complaint
    known = {"reference": complaint.reference}
    if "actor" in facts:
        known["person"] = pen.person(facts["actor"])
    sentence = f"notice.{key.removeprefix('notice_')}"
    text = pen.alert(sentence, **known)
    if key.startswith("admin_"):
        return Picture(text, (section(pen.say(sentence, **known)),))
    lines = [pen.say(sentence, **known), headline(complaint, pen)]
    buttons = [ids.REPLY, ids.OPEN] if key in _TO_REPLY_TO else [ids.OPEN]
    told_what_next = key in (
        "notice_step",
        "notice_all_clear",
        "notice_resumed",
        "notice_handed_on",
        "notice_from_client",
    )
    step = current(cases[number], pen) if told_what_next else None
    if step is not None:
        lines.append(step_sentence(step, cases[number], pen))
        if key == "notice_step":
            buttons.insert(0, step.done_by)
    row = actions(button(pen, action, complaint.reference) for action in buttons)
    return Picture(text, (section(*lines), *row))


def _told(facts: Mapping[str, Any], pen: Pen) -> dict[str, Fact]:
    """The facts of a notice: people by their names, instants in the reader's zone."""
    known: dict[str, Fact] = {name: fact for name, fact in facts.items() if name != "absent"}
    if "absent" in facts:
        known["person"] = pen.person(facts["absent"])
    for instant in facts.keys() & {"since", "until"}:
        known[instant] = datetime.fromisoformat(facts[instant])
    return known


def _morning_list(
    sections: Mapping[str, Sequence[Item]], cases: Mapping[int, Case], pen: Pen
) -> Picture:
    count = _count(sections)
    blocks: list[Block] = [header(pen.plain("morning.headline", n=count))]
    for name in ("late", "today", "follow_up"):
        title = pen.say(f"morning.{name}")
        blocks.extend(_section(title, sections.get(name, ()), _due, cases, pen))
    return Picture(pen.alert("morning.headline", n=count), tuple(blocks))


def _hand_over(facts: Mapping[str, Any], cases: Mapping[int, Case], pen: Pen) -> Picture:
    sections, until = facts["sections"], datetime.fromisoformat(facts["until"])
    place = pen.clinic.location(facts["location"]).name
    known: dict[str, Fact] = {"place": place, "until": until, "n": _count(sections)}
    blocks: list[Block] = [
        header(pen.plain("hand_over.headline", place=place)),
        section(pen.say("hand_over.until", **known)),
    ]
    for name in ("late", "due"):
        title = pen.say(f"hand_over.{name}")
        blocks.extend(_section(title, sections.get(name, ()), _handled, cases, pen))
    return Picture(pen.alert("hand_over.until", **known), tuple(blocks))


def _count(sections: Mapping[str, Sequence[Item]]) -> int:
    return len({item["number"] for items in sections.values() for item in items})


def _due(item: Item, pen: Pen) -> Mrkdwn:
    due = datetime.fromisoformat(item["due"])
    return pen.say("morning.item", deadline=DeadlineKind(item["kind"]), due=due)


def _handled(item: Item, pen: Pen) -> Mrkdwn:
    due, person = datetime.fromisoformat(item["due"]), pen.person(item["owner"])
    return pen.say("hand_over.item", deadline=DeadlineKind(item["kind"]), due=due, person=person)


def _section(
    title: Mrkdwn,
    items: Sequence[Item],
    sentence: Callable[[Item, Pen], Mrkdwn],
    cases: Mapping[int, Case],
    pen: Pen,
) -> Iterator[Block]:
    if not items:
        return
    yield section(f"*{title}*")
    for item in items[:ITEMS_IN_A_SECTION]:
        complaint = cases[item["number"]].complaint
        opens = button(pen, ids.OPEN, complaint.reference)
        yield section(headline(complaint, pen), sentence(item, pen), button=opens)
    if len(items) > ITEMS_IN_A_SECTION:
        yield context(pen.say("morning.more", n=len(items) - ITEMS_IN_A_SECTION))
