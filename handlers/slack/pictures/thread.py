"""The line in a card's thread for each event."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.slack.pen import Pen
from handlers.slack.pictures.blocks import Picture, section
from handlers.slack.pictures.events import event


def line(key: str, facts: Mapping[str, str], pen: Pen) -> Picture:
    """Draw the line of an event; `key` is `thread_` and the entry's kind."""
    public = {name: fact for name, fact in facts.items() if name != "actor"}
    sentence, known = event(key.removeprefix("thread_"), facts["actor"], public, pen)
    return Picture(pen.alert(sentence, **known), (section(pen.say(sentence, **known)),))
