"""A filing by conversation: where it stands, what was told, and what is asked next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from flows.questions import Answers, Option, Question, Slip


class Stage(StrEnum):
    """Where a conversation stands."""

    ASKING = "asking"
    SUMMARY = "summary"
    """All is asked: file it?"""
    PAUSED = "paused"
    """Somebody wrote after a long silence: go on, or start anew?"""
    STOPPED = "stopped"
    """Words of alarm: what to do now, file at once or not; nothing is asked."""
    WAITING = "waiting"
    """Words of alarm took its place for a while, and it is back: go on, or leave it?"""
    FILING = "filing"
    """It is to be filed, and may be already: under its key that happens once."""
    KEPT = "kept"
    """Left, and kept until another begins."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person's filing by conversation. Instants are aware and in UTC.

    `key` is that of the first message and makes the filing happen once. `answers` are values of
    the choices, or words as they were said; `times` what the words of RECEIVED and HAPPENED mean.
    `location` is None where it is asked. `turn` grows with every step, so that what was pressed in
    an earlier one is known. `alarm` are the words that stopped the questions, `cleared` those of
    which the person said that they are no alarm. `pending` was written after a pause. `earlier`
    is one whose place words of alarm took; it comes back when this one is over.
    `asked` and `heard` are the transport's: where the question stands that waits for an answer
    (None until it was delivered), and the last message taken. `version` is the storage's.
    """

    key: str
    story: str
    begun_at: datetime
    touched_at: datetime
    stage: Stage = Stage.ASKING
    question: Question = Question.LOCATION
    location: str | None = None
    answers: Answers = field(default_factory=dict)
    times: Mapping[Question, datetime] = field(default_factory=dict)
    turn: int = 0
    alarm: str = ""
    cleared: tuple[str, ...] = ()
    pending: str = ""
    earlier: Conversation | None = None
    asked: str | None = None
    heard: str | None = None
    version: int = 0

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "key": self.key,
            "story": self.story,
            "begun_at": self.begun_at.isoformat(),
            "touched_at": self.touched_at.isoformat(),
            "stage": self.stage.value,
            "question": self.question.value,
            "location": self.location,
            "answers": {question.value: words for question, words in self.answers.items()},
            "times": {question.value: at.isoformat() for question, at in self.times.items()},
            "turn": self.turn,
            "alarm": self.alarm,
            "cleared": list(self.cleared),
            "pending": self.pending,
            "earlier": self.earlier.to_json() if self.earlier else None,
            "asked": self.asked,
            "heard": self.heard,
        }

    @classmethod
    def of_json(cls, known: Mapping[str, Any]) -> Conversation:
        """Read it from its JSON."""
        instant = datetime.fromisoformat
        earlier = known["earlier"]
        return cls(
            **{
                **known,
                "begun_at": instant(known["begun_at"]),
                "touched_at": instant(known["touched_at"]),
                "stage": Stage(known["stage"]),
                "question": Question(known["question"]),
                "answers": {Question(name): words for name, words in known["answers"].items()},
                "times": {Question(name): instant(at) for name, at in known["times"].items()},
                "cleared": tuple(known["cleared"]),
                "earlier": cls.of_json(earlier) if earlier else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask: by `stage`, and while asking by `question` with its options, best first.

    It is the question number `place` of `places`. Stopped by an alarm, the options are where it
    may have been, if that is not known: choosing files it there.
    """

    stage: Stage
    question: Question | None = None
    place: int = 0
    places: int = 0
    options: tuple[Option, ...] = ()
    can_skip: bool = False
    can_go_back: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation afterwards, what to ask, and why the answer was not taken, if it wasn't."""

    conversation: Conversation
    ask: Ask
    slip: Slip | None = None


def location_of(conversation: Conversation) -> str | None:
    """The id of the location where it happened, as far as that was told."""
    return conversation.location or conversation.answers.get(Question.LOCATION)


def answered(conversation: Conversation) -> list[Question]:
    """The questions that have an answer, also one skipped, in the order they are asked."""
    return [question for question in Question if question in conversation.answers]
