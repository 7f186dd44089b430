"""What a person or a channel is told without a duty: notices and the morning list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

ITEMS_IN_A_SECTION = 10


def notice(key: str, facts: Mapping[str, Any], case: Case, pen: Pen) -> Picture:
    """Draw a notice about one complaint; what admins hear names the reference only."""
    complaint = case.complaint
    known: dict[str, Fact] = {"reference": complaint.reference}
    if "actor" in facts:
        known["person"] = pen.person(facts["actor"])
    sentence = pen.say(f"notice.{key}", **known)
    text = pen.alert(f"notice.{key}", **known)
    if key.startswith("admin_"):
        return Picture(text, (section(sentence),))
    row = actions([button(pen, ids.OPEN, complaint.reference)])
    return Picture(text, (section(sentence, headline(complaint, pen)), *row))


def morning_list(facts: Mapping[str, Any], cases: Mapping[int, Case], pen: Pen) -> Picture:
    """Draw the morning list: what is late, what is due today, whom to call."""
    sections: Mapping[str, Sequence[Mapping[str, Any]]] = facts["sections"]
    count = len({item["number"] for items in sections.values() for item in items})
    blocks: list[Block] = [header(pen.plain("morning.headline", n=count))]
    for name in ("late", "today", "follow_up"):
        items = sections.get(name, ())
        if not items:
            continue
        blocks.append(section(f"*{pen.say(f'morning.{name}', n=len(items))}*"))
        for item in items[:ITEMS_IN_A_SECTION]:
            complaint = cases[item["number"]].complaint
            due = pen.say(
                "morning.item",
                deadline=DeadlineKind(item["kind"]),
                due=datetime.fromisoformat(item["due"]),
            )
            opens = button(pen, ids.OPEN, complaint.reference)
            blocks.append(section(headline(complaint, pen), due, button=opens))
        if len(items) > ITEMS_IN_A_SECTION:
            blocks.append(context(pen.say("morning.more", n=len(items) - ITEMS_IN_A_SECTION)))
    return Picture(pen.alert("morning.headline", n=count), tuple(blocks))
