"""What a person or a channel is told without a duty: notices and the morning list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from flows.complaint import DeadlineKind
from flows.ports import Case
from handlers.slack import ids
from handlers.slack.pen import Fact, Pen
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

ITEMS_IN_A_SECTION = 10


def notice(
    key: str, facts: Mapping[str, Any], cases: Mapping[int, Case], number: int | None, pen: Pen
) -> Picture:
    """Draw a notice about complaint `number`, or one about none: the morning list, a channel.

    What the admin channel hears names the reference only.
    """
    if number is None:
        if key == "morning_list":
            return _morning_list(facts["sections"], cases, pen)
        return Picture(
            pen.alert(f"notice.{key}", **facts), (section(pen.say(f"notice.{key}", **facts)),)
        )
    complaint = cases[number].complaint
    known: dict[str, Fact] = {"reference": complaint.reference}
    if "actor" in facts:
        known["person"] = pen.person(facts["actor"])
    sentence = f"notice.{key.removeprefix('notice_')}"
    text = pen.alert(sentence, **known)
    if key.startswith("admin_"):
        return Picture(text, (section(pen.say(sentence, **known)),))
    lines = [pen.say(sentence, **known), headline(complaint, pen)]
    buttons = [ids.OPEN]
    told_what_next = key in ("notice_step", "notice_all_clear", "notice_resumed")
    step = current(cases[number], pen) if told_what_next else None
    if step is not None:
        lines.append(step_sentence(step, cases[number], pen))
        if key == "notice_step":
            buttons.insert(0, step.done_by)
    row = actions(button(pen, action, complaint.reference) for action in buttons)
    return Picture(text, (section(*lines), *row))


def _morning_list(
    sections: Mapping[str, Sequence[Mapping[str, Any]]], cases: Mapping[int, Case], pen: Pen
) -> Picture:
    count = len({item["number"] for items in sections.values() for item in items})
    blocks: list[Block] = [header(pen.plain("morning.headline", n=count))]
    for name in ("late", "today", "follow_up"):
        blocks.extend(_section(name, sections.get(name, ()), cases, pen))
    return Picture(pen.alert("morning.headline", n=count), tuple(blocks))


def _section(
    name: str, items: Sequence[Mapping[str, Any]], cases: Mapping[int, Case], pen: Pen
) -> Iterator[Block]:
    if not items:
        return
    yield section(f"*{pen.say(f'morning.{name}')}*")
    for item in items[:ITEMS_IN_A_SECTION]:
        complaint = cases[item["number"]].complaint
        due = datetime.fromisoformat(item["due"])
        what = pen.say("morning.item", deadline=DeadlineKind(item["kind"]), due=due)
        opens = button(pen, ids.OPEN, complaint.reference)
        yield section(headline(complaint, pen), what, button=opens)
    if len(items) > ITEMS_IN_A_SECTION:
        yield context(pen.say("morning.more", n=len(items) - ITEMS_IN_A_SECTION))
