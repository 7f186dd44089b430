"""What a client sees: plain words in her language, and the buttons below them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from flows.client import Client, ClientQuestion
from flows.client_talk import ORDER, Press
from flows.policy import Clinic
from handlers.texts import Texts

LONGEST = 4096
"""Telegram's limit of a message, in UTF-16 units."""
# A server that reads names and commands into plain words would make links of them.
_PRESSABLE = re.compile(r"[@#/](?=\w)")


@dataclass(frozen=True, slots=True)
class Picture:
    """One message: its words, as they are, and its buttons row by row."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True)
class ClientPen:
    """Writes for one client: in her language, times in the zone of the clinic she was at."""

    texts: Texts
    clinic: Clinic
    client: Client
    now: datetime

    def say(self, key: str, **facts: str | datetime) -> str:
        """A sentence of ours; what stands in it as a `str` is somebody's words, made inert."""
        shown = {
            name: self.when(fact) if isinstance(fact, datetime) else inert(fact)
            for name, fact in facts.items()
        }
        return self.texts.sentence(self.client.language, key, shown)

    def when(self, at: datetime) -> str:
        """A time in her words: the hour, and the day unless it is today."""
        locale = self.texts.language(self.client.language)
        here = at.astimezone(self._zone)
        hour = dates.format_time(here, "short", locale=locale)
        if here.date() == self.now.astimezone(self._zone).date():
            return self.texts.sentence(self.client.language, "to_client.today", {"time": hour})
        day = dates.format_skeleton("EEEEMMMMd", here, locale=locale)
        return self.texts.sentence(
            self.client.language, "to_client.on_day", {"day": day, "time": hour}
        )

    @property
    def _zone(self) -> ZoneInfo:
        place = self.client.location or self.clinic.default_location
        return ZoneInfo(self.clinic.location(place).hours.zone)

    def person(self, id_: str) -> str:
        """What a colleague is called."""
        member = self.clinic.person(id_)
        return member.name if member else self.clinic.name

    def button(self, press: Press, turn: int) -> InlineKeyboardButton:
        """A button of the question number `turn`."""
        label = self.texts.sentence(self.client.language, f"to_client.press.{press}", {})
        return InlineKeyboardButton(label, callback_data=f"{press}:{turn}")


def inert(words: str) -> str:
    """Somebody's words so that nothing in them can be pressed or mentions anybody."""
    return _PRESSABLE.sub(lambda found: f"{found[0]}\u2060", words)


def draw(key: str, facts: Mapping[str, Any], number: int | None, pen: ClientPen) -> Picture:
    """The message of a letter to a client."""
    reference = f"C-{number}"
    match key:
        case "client_welcome":
            return Picture(_lines(pen.say("to_client.welcome"), pen.say("to_client.notice")))
        case "client_welcome_back":
            return Picture(pen.say("to_client.welcome_back", reference=reference))
        case "client_emergency":
            phone = pen.clinic.location(facts["location"]).emergency_number
            return Picture(pen.say("to_client.emergency", number=phone))
        case "client_filed":
            promised = _promised(facts, pen)
            text = _lines(
                pen.say("to_client.filed", reference=reference),
                promised,
                pen.say("to_client.notice"),
            )
            return Picture(text, _rows([pen.button(Press.GO_ON, facts["turn"])]))
        case "client_filed_unheard":
            text = _lines(
                pen.say("to_client.filed", reference=reference),
                pen.say("to_client.danger"),
                _promised(facts, pen),
                pen.say("to_client.notice"),
            )
            row = [pen.button(press, facts["turn"]) for press in (Press.DANGER, Press.SAFE)]
            return Picture(text, _rows(row))
        case "client_status":
            owner = pen.say("to_client.owner", person=pen.person(facts["owner"]))
            heading = pen.say("to_client.status", reference=reference)
            return Picture(_lines(heading, owner, _promised(facts, pen)))
        case "client_nothing_open":
            return Picture(pen.say("to_client.nothing_open"))
        case "client_question":
            return _question(ClientQuestion(facts["question"]), facts["turn"], pen)
        case "client_reply":
            heading = pen.say(
                "to_client.reply", person=pen.person(facts["sender"]), clinic=pen.clinic.name
            )
            return Picture(_lines(heading, inert(facts["text"])))
        case "client_added":
            return Picture(pen.say("to_client.added", reference=reference))
        case "client_all_asked":
            return Picture(
                _lines(pen.say("to_client.all_asked", reference=reference), _promised(facts, pen))
            )
    raise LookupError(f"nobody draws {key}")


def _question(question: ClientQuestion, turn: int, pen: ClientPen) -> Picture:
    place = ORDER.index(question) + 1
    heading = pen.say("to_client.place", place=str(place), places=str(len(ORDER)))
    row = [Press.SKIP, Press.STOP] if question is ORDER[0] else [Press.BACK, Press.SKIP, Press.STOP]
    buttons = [pen.button(press, turn) for press in row]
    return Picture(_lines(heading, pen.say(f"to_client.ask.{question}")), _rows(buttons))


def _promised(facts: Mapping[str, Any], pen: ClientPen) -> str:
    if "due" not in facts:
        return ""
    return pen.say("to_client.promised", at=datetime.fromisoformat(facts["due"]))


def _lines(*lines: str) -> str:
    return "\n\n".join(filter(None, lines))


def _rows(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(rows)
