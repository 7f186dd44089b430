"""Somebody files by conversation: what is said and pressed, and what is asked after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows_cast import CLINIC, LEXICON, ONE

from flows import intake as rules
from flows.conversation import Conversation, Stage, Turn
from flows.filing import Filing
from flows.policy import Clinic
from flows.questions import Setting

STEPS: dict[str, Callable[[Conversation, Setting], Turn]] = {
    "back": rules.back,
    "skip": rules.skip,
    "cancel": rules.keep,
    "anew": rules.keep,
    "no alarm": rules.clear,
    "go on": rules.go_on,
    "file": rules.file,
    "not filed": rules.not_filed,
}
NEW = "new"
"""What is shown where words were for no conversation that is there."""


@dataclass
class Talk:
    """One person's conversation, and the clock beside it."""

    language: str = "en"
    location: str | None = "downtown"
    now: datetime = ONE
    clinic: Clinic = CLINIC
    turn: Turn | None = None

    @property
    def setting(self) -> Setting:
        return Setting(self.now, self.language, self.clinic, LEXICON)

    @property
    def conversation(self) -> Conversation:
        assert self.turn is not None
        return self.turn.conversation

    @property
    def options(self) -> list[str]:
        """What can be chosen; `*` marks what is suggested."""
        assert self.turn is not None
        return [one.value + "*" * one.suggested for one in self.turn.ask.options]

    @property
    def filing(self) -> Filing:
        return rules.filing(self.conversation, self.setting)

    @property
    def shown(self) -> str:
        """The question, or the stage; behind `!` why an answer was not taken."""
        assert self.turn is not None
        ask, slip = self.turn.ask, self.turn.slip
        where = ask.question if ask.stage is Stage.ASKING and ask.question else ask.stage
        return where.value + (f" !{slip.key.split('.')[-1]}" if slip else "")

    def begins(self, story: str, key: str = "Ev1", begun_at: datetime | None = None) -> str:
        """Begin with these words."""
        at = begun_at or self.now
        earlier = self.turn.conversation if self.turn else None
        turn = rules.begin(key, story, at, self.location, self.setting)
        self.turn = rules.instead_of(earlier, turn)
        return self.shown

    def is_over(self) -> bool:
        """What another took the place of comes back; False when there is none."""
        back = rules.back_again(self.conversation, self.setting)
        self.turn = back
        return back is not None

    def does(self, what: str) -> str:
        """Type the words, press `[a step]` or `[=an option]`, or let time pass: `+90m`."""
        if what.startswith("+"):
            self.now += timedelta(minutes=int(what[1:-1]))
            return self.shown
        if what.startswith("[="):
            self.turn = rules.choose(self.conversation, what[2:-1], self.setting)
        elif what.startswith("["):
            self.turn = STEPS[what[1:-1]](self.conversation, self.setting)
        elif not rules.belongs(self.conversation, what, self.setting):
            return NEW
        else:
            self.turn = rules.answer(self.conversation, what, self.setting)
        return self.shown

    def plays(self, rows: Sequence[tuple[str, str]]) -> None:
        """Each row is what is done and what is shown after it."""
        for number, (what, expected) in enumerate(rows, start=1):
            shown = self.does(what)
            assert shown == expected, f"row {number}, {what!r}: {shown}, not {expected}"


def begun(story: str = "Client furious about the bill", **where: object) -> Talk:
    """A conversation that began at one, at Downtown unless `location` is None."""
    talk = Talk(**where)  # type: ignore[arg-type]
    talk.begins(story)
    return talk


def at_summary(*rows: tuple[str, str], **where: object) -> Talk:
    """A conversation about the bill at its summary: severity 2, nobody spoke with the client."""
    talk = begun(**where)
    for one in ("[=no]", "[skip]", "[=billing]", "[=2]", *["[skip]"] * 6):
        talk.does(one)
    assert talk.shown == "summary"
    talk.plays(rows)
    return talk
