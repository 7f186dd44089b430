"""A reminder to one person: what is due, why this person is told, and what can be pressed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from flows.complaint import EMERGENCY, Deadline, DeadlineKind
from flows.ports import Case
from flows.standing import Verb, may
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures import emergency
from handlers.slack.pictures.blocks import (
    Picture,
    actions,
    button,
    context,
    divider,
    headline,
    labelled,
    section,
)
from handlers.slack.pictures.due import Standing, standing, told_of
from handlers.slack.pictures.ping_over import over

ONLY_IN_EMERGENCIES = frozenset({ids.CALLING, ids.ALL_CLEAR, ids.EMERGENCY_CARE})
NOT_IN_EMERGENCIES = frozenset({ids.ASSIGN, *ids.SNOOZES})
ITEMS = 10
"""Complaints beyond these are only counted."""


@dataclass(frozen=True, slots=True)
class Item:
    """One complaint of a ping, as the ladder wrote it into the message's facts."""

    number: int
    kinds: tuple[DeadlineKind, ...]
    due: datetime
    why: str
    buttons: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """Whether it asks if the complaint still is the reader's."""
        return ids.STILL_MINE in self.buttons

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Item:
        """Read it from the facts."""
        return cls(
            facts["number"],
            tuple(map(DeadlineKind, facts["kinds"])),
            datetime.fromisoformat(facts["due"]),
            facts["why"],
            tuple(facts["buttons"]),
        )

    def to_owner(self) -> bool:
        """Whether it was told to the one who handles the complaint, or to who covers."""
        return self.why == "owner" or self.why.startswith("covering:")

    def due_on(self, case: Case) -> list[Deadline]:
        """Its deadlines that are still live."""
        found = (case.deadline(kind) for kind in self.kinds)
        return [deadline for deadline in found if deadline is not None]


def ping(
    key: str,
    items: Sequence[Mapping[str, Any]],
    cases: Mapping[int, Case],
    live: Collection[int],
    pen: Pen,
    reader_id: str,
) -> Picture:
    """Draw a ping over one or several complaints (`ping`, `ping_list`, `ping_catch_up`).

    `live` are the numbers whose buttons still stand in this message; of the others it says what
    happened instead. In a medical emergency every ping is its alert.
    """
    known = [Item.of(facts) for facts in items]
    blocks: list[Block] = []
    if key != "ping":
        blocks.append(section(pen.say(f"ping.{key}", n=len(known))))
    for item in known[:ITEMS]:
        if blocks:
            blocks.append(divider())
        case, stands = cases[item.number], item.number in live
        blocks.extend(_item(item, case, stands, pen, reader_id))
    if len(known) > ITEMS:
        blocks.append(context(pen.say("ping.more", n=len(known) - ITEMS)))
    if key != "ping":
        return Picture(pen.alert(f"ping.{key}", n=len(known)), tuple(blocks))
    only = known[0]
    return Picture(_alert(only, cases[only.number], only.number in live, pen), tuple(blocks))


def _item(item: Item, case: Case, live: bool, pen: Pen, reader: str) -> Iterator[Block]:
    due = item.due_on(case)
    title = headline(case.complaint, pen)
    alarm = case.complaint.in_emergency
    if not live or not (due or alarm):
        yield section(title, over(case, item.kinds, item.due, item.to_owner(), reader, pen))
        return
    lines = emergency.alert(case, pen) if alarm else []
    lines += [
        pen.say(_key(deadline, pen), due=deadline.due_at)
        for deadline in due
        if deadline.kind not in EMERGENCY and told_of(deadline, case)
    ]
    if item.asks:
        lines.append(pen.say("ping.still_yours"))
    if case.complaint.attempts:
        lines.append(pen.say("ping.attempts", n=case.complaint.attempts))
    yield section(title, *lines)
    small = [_why(item.why, pen)]
    quiet = next((s.until for s in case.snoozes if s.person == reader and s.until > pen.now), None)
    if quiet is not None:
        small.append(pen.say("ping.quiet", until=quiet))
    yield context(*small)
    # What it was written with counts only as things stand now.
    pressable = [b for b in item.buttons if b not in ONLY_IN_EMERGENCIES]
    if alarm:
        others = [b for b in pressable if b not in NOT_IN_EMERGENCIES]
        pressable = [*emergency.buttons(case, reader, pen), *others]
    yield from actions(_buttons(pressable, case, quiet is not None, pen, reader))


def _buttons(
    pressable: Sequence[str], case: Case, quiet: bool, pen: Pen, reader: str
) -> Iterator[ButtonElement]:
    complaint = case.complaint
    senseless = {
        ids.ACKNOWLEDGE: complaint.acknowledged_at is not None,
        ids.TAKE_CHARGE: complaint.owner == reader and complaint.claimed_at is not None,
        **dict.fromkeys(ids.SNOOZES, quiet),
        # A button that would only refuse is none.
        **{
            verb.value: not may(reader, verb, case, pen.clinic)
            for verb in (Verb.ASSIGN, Verb.RESOLVE)
        },
    }
    senseless[ids.TAKE_CHARGE] |= not may(reader, Verb.TAKE_CHARGE, case, pen.clinic)
    for action in pressable:
        if senseless.get(action, False):
            continue
        if action in ids.SNOOZES:
            label = pen.plain(f"button.{action}", length=case.rules.pings.snooze)
            yield labelled(label, pen, action, complaint.reference)
        else:
            yield button(pen, action, complaint.reference)


def _key(deadline: Deadline, pen: Pen) -> str:
    """The sentence about a deadline."""
    when = "late" if standing(deadline, pen) is Standing.LATE else "due"
    if deadline.kind is DeadlineKind.CUSTOM and deadline.what is not None:
        return f"ping.{when}.custom_{deadline.what}"
    return f"ping.{when}.{deadline.kind}"


def _why(why: str, pen: Pen) -> str:
    """Why this person is told; the codes are those of `flows.standing.Told`."""
    code, _, about = why.partition(":")
    if code == "in_place":
        return pen.say(f"why.in_place.{about}")
    if about:
        return pen.say(f"why.{code}", person=pen.person(about))
    return pen.say(f"why.{code}")


def _alert(item: Item, case: Case, live: bool, pen: Pen) -> str:
    complaint = case.complaint
    due = item.due_on(case)
    alarm = complaint.in_emergency
    if not live or not (due or alarm):
        return pen.alert("ping.alert_over", reference=complaint.reference)
    return pen.alert(
        "ping.alert",
        reference=complaint.reference,
        type=complaint.type,
        severity=complaint.severity,
        what=emergency.notified(case, pen)
        if alarm
        else pen.plain(_key(due[0], pen), due=due[0].due_at),
    )
