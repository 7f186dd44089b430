"""The line in a card's thread for each event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.ports import Case
from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import Picture, section
from handlers.slack.pictures.events import event


def line(key: str, facts: Mapping[str, Any], case: Case, pen: Pen) -> Picture:
    """Draw the line of an event; `key` is `thread_` and the entry's kind."""
    public = {name: str(fact) for name, fact in facts.items() if name != "actor"}
    sentence, known = event(key.removeprefix("thread_"), str(facts["actor"]), public, case, pen)
    told = pen.plain(sentence, **known)
    return Picture(
        pen.alert("thread.alert", reference=case.complaint.reference, what=told),
        (section(pen.say(sentence, **known)),),
    )
