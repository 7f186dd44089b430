"""People at work in a storm: they file, press what is there to press, and try again."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.demo.friday_rush import COMPLAINTS
from sandbox.forms import options_of
from sandbox.local_slack import LocalSlack
from sandbox.person import Person, Seen, SeenView
from sandbox.refusals import CannotDoError

STORIES = [json.loads(line) for line in COMPLAINTS.read_text("utf-8").splitlines()]
DESKS = {"ben": ("front-desk", "uptown-desk")}
STAFF = ("ana", "ben", "chloe", "omar", "sofia")
ON_CALL = ("omar", "maria")
VERBS = (
    "called",
    "tried",
    "resolve",
    "follow-up",
    "close",
    "severity",
    "escalate",
    "assign",
    "pause",
    "move",
)
RARE_VERBS = ("reopen", "withdraw", "emergency")
REFERENCE = re.compile(r"C-\d+")
TRIES = 6
"""How often somebody presses *Submit* before they give up for now."""
TIMES = ("tomorrow 10am", "in 3 hours", "next Monday 14:00", "the day after tomorrow")


@dataclass
class Told:
    """What people were told is saved, by the mark in their words: it has to be there, once."""

    stories: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    tried: set[str] = field(default_factory=set)
    """Marks of what was sent without a word of its being saved: there at most once."""
    open_forms: dict[str, str] = field(default_factory=dict)
    """Who has a filing form open that was not taken yet, with its mark."""


class Staff:
    """The clinic's people; what they do comes from the seed."""

    def __init__(self, slack: LocalSlack, rng: random.Random) -> None:
        self._slack = slack
        self._rng = rng
        self._marks = 0
        self.told = Told()

    def anybody(self, count: int) -> list[str]:
        """Some people, each once."""
        return self._rng.sample((*STAFF, "maria", "david"), count)

    async def acts(self, name: str) -> None:
        """One thing that a person does now; what their screen doesn't allow, they don't."""
        doing = self._rng.choices(
            (self._presses, self._commands, self._notes, self._writes, self._looks, self._leaves),
            (20, 12, 6, 2, 2, 1),
        )[0]
        with suppress(CannotDoError):
            await self._tidies(name)
            await doing(self._person(name))

    async def files(self, name: str) -> None:
        """File a complaint by the form."""
        story = self._rng.choice(STORIES)
        mark = self._mark()
        person = self._person(name)
        with suppress(CannotDoError):
            await self._tidies(name)
            channel = self._rng.choice(DESKS.get(name, ("front-desk",)))
            words = f"/complaint {story['text']} {mark}"
            await person.types(words, channel)
            modal = await person.modal()
            if modal is None or modal.callback_id != "file_complaint":
                return  # nobody answered: nothing was filed, and she knows
            await person.fills(type=story["type"], severity=str(story["severity"]))
            self.told.open_forms[name] = mark
            await self._sends_filing(person)

    async def see_to_emergencies(self) -> None:
        """Those on call mostly end what would ring all night; now and then nobody does."""
        for name in ON_CALL:
            if self._rng.random() < 0.2:
                continue
            with suppress(CannotDoError):
                await self._tidies(name)
                for alarm in await self._alarms(self._person(name)):
                    await self._person(name).clicks("all_clear", alarm)
                    await self._fills_what_opened(self._person(name))
                    await self._tidies(name)

    async def _alarms(self, person: Person) -> list[Seen]:
        """The last alarm of each emergency among what this person was told lately."""
        told = (await person.sees())[-40:]
        alarms = [m for m in told if m.by_bot and "all_clear" in m.buttons]
        return list({REFERENCE.findall(m.readable)[0]: m for m in alarms}.values())

    async def finishes_open_forms(self) -> None:
        """Whoever has a form open that was not taken presses again."""
        for name in list(self.told.open_forms):
            with suppress(CannotDoError):
                await self._sends_filing(self._person(name))

    async def _sends_filing(self, person: Person) -> None:
        mark = self.told.open_forms[person.name]
        for _ in range(TRIES):
            modal = await person.modal()
            if modal is None or modal.callback_id != "file_complaint":
                break
            await person.submits()
        else:
            return
        del self.told.open_forms[person.name]
        self.told.stories[mark] += 1

    async def _tidies(self, name: str) -> None:
        """Close what is open, but never a form that was not taken."""
        if name in self.told.open_forms:
            await self._sends_filing(self._person(name))
        if name in self.told.open_forms:
            raise CannotDoError("still busy with a form")
        while await self._person(name).modal() is not None:
            await self._person(name).closes()

    async def _presses(self, person: Person) -> None:
        """A button of a recent message to this person, or on a card."""
        recent = (await person.sees())[-40:]
        buttons = [(m, action) for m in recent if m.by_bot for action in m.buttons]
        if not buttons:
            return
        message, action = self._rng.choice(buttons)
        await person.clicks(action, message)
        await self._fills_what_opened(person)

    async def _commands(self, person: Person) -> None:
        verbs = VERBS if self._rng.random() < 0.9 else RARE_VERBS
        await person.types(f"/complaint {self._rng.choice(verbs)} {self._reference()}")
        await self._fills_what_opened(person)

    async def _notes(self, person: Person) -> None:
        await person.types(f"/complaint note {self._reference()}")
        await self._fills_what_opened(person)

    async def _writes(self, person: Person) -> None:
        """A reply under one of the bot's messages, or a word to it."""
        messages = [m for m in await person.sees("@amends") if m.by_bot and m.event_type]
        if messages and self._rng.random() < 0.7:
            await person.replies(self._rng.choice(messages), f"She called back. {self._mark()}")
        else:
            await person.types(f"Mrs K is upset about the wait {self._mark()}", "@amends")

    async def _leaves(self, person: Person) -> None:
        """Somebody goes home, or comes back; what waits for them is for others meanwhile."""
        words = ("until tomorrow <@U0BEN>", "until Monday", "back")
        await person.types(f"/complaint away {self._rng.choice(words)}")

    async def _looks(self, person: Person) -> None:
        if self._rng.random() < 0.5:
            await person.opens_home()
        else:
            await person.types("/complaint list")

    async def _fills_what_opened(self, person: Person) -> None:
        modal = await person.modal()
        if modal is None or not modal.submit or modal.callback_id == "file_complaint":
            return
        mark = self._mark()
        await person.fills(**self._anything(modal, mark))
        for _ in range(TRIES):
            errors = await person.submits()
            now = await person.modal()
            if now is None or now.id != modal.id:
                if modal.callback_id == "note" and not errors:
                    self.told.notes[mark] += 1
                return
            self.told.tried.add(mark)
            if errors and now.trouble is None and set(errors) - {"note"}:
                return  # a rule says no, or a required field has no fitting answer

    def _anything(self, modal: SeenView, mark: str) -> dict[str, Any]:
        """An answer to every field of a form."""
        answers: dict[str, Any] = {}
        for block in modal.blocks:
            if block["type"] != "input":
                continue
            element = block["element"]
            match element["type"]:
                case "plain_text_input":
                    at = block["block_id"] in ("at", "when", "until", "received", "happened")
                    answers[block["block_id"]] = self._rng.choice(TIMES) if at else f"Said. {mark}"
                case "users_select":
                    answers[block["block_id"]] = self._rng.choice(STAFF)
                case "static_select" | "radio_buttons":
                    option = self._rng.choice(options_of(element))
                    answers[block["block_id"]] = option["value"]
        return answers

    def _reference(self) -> str:
        """A complaint that there is, rather a newer one."""
        filed = sum(self.told.stories.values())
        return f"C-{1000 + max(1, filed - int(self._rng.expovariate(1 / 12)))}"

    def _mark(self) -> str:
        self._marks += 1
        return f"mark{self._marks:05d}"

    def _person(self, name: str) -> Person:
        return self._slack.as_(name)
