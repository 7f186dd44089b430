"""The playbook: which step is recommended when, and the words for it, from data files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.complaint import ComplaintType, Severity, State
from flows.playbook.reading import DEFAULT_LANGUAGE, Reading, WordsKey
from flows.playbook.vocabulary import (
    STAGES,
    Condition,
    DoneBy,
    HeatedPhase,
    Phase,
    Step,
    Who,
    Words,
)

__all__ = [
    "STAGES",
    "Condition",
    "DoneBy",
    "HeatedPhase",
    "Phase",
    "Playbook",
    "PlaybookError",
    "Step",
    "Who",
    "Words",
]


class PlaybookError(ValueError):
    """The playbook's files can't be used; `problems` names everything that is wrong with them."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Playbook:
    """The steps in the order in which they are recommended, with their words by language."""

    steps: tuple[Step, ...]
    _words: Mapping[WordsKey, Words]

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> Playbook:
        """Read a playbook from its TOML texts by path within `flows/playbook`.

        Raises:
            PlaybookError: with all problems, in words for who edits the files.
        """
        reading = Reading(files)
        if reading.problems:
            raise PlaybookError(tuple(reading.problems))
        return cls(tuple(reading.steps.values()), reading.words)

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have words for every step."""
        return frozenset(language for language, *_ in self._words)

    def step(self, step_id: str) -> Step | None:
        """The step of that id; None when this playbook has none (any more)."""
        return next((step for step in self.steps if step.id == step_id), None)

    def stage_of(self, step_id: str) -> State | None:
        """The first stage the step belongs to; None when this playbook has no such step."""
        step = self.step(step_id)
        return step.stages[0] if step else None

    def asks_for_contact(self, step_id: str) -> bool:
        """Whether the step's fact is a way to reach the client."""
        step = self.step(step_id)
        return step is not None and Condition.NO_CONTACT in step.when

    def words(
        self,
        step_id: str,
        complaint_type: ComplaintType,
        severity: Severity,
        language: str = DEFAULT_LANGUAGE,
    ) -> Words:
        """The words for a step of such a complaint, in English where the language is absent.

        A step that was done before the severity changed keeps the words of the nearest severity
        it is meant for.

        Raises:
            KeyError: the playbook has no such step for the type.
        """
        step = self.step(step_id)
        if step is None or complaint_type not in step.types:
            raise KeyError(f"no step {step_id!r} for {complaint_type}")
        spoken = language if language in self.languages else DEFAULT_LANGUAGE
        level = min(step.severities, key=lambda known: abs(known - severity))
        return self._words[spoken, step_id, complaint_type, level]
