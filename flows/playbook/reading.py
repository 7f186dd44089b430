"""Reads the playbook's files into steps and words, and names everything that is wrong with them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from difflib import get_close_matches
from enum import Enum
from itertools import chain, combinations, product
from string import Formatter
from typing import Any, TypeVar

from flows.complaint import ComplaintType, DeadlineKind, Severity, State
from flows.playbook.vocabulary import STAGES, Condition, DoneBy, Phase, Step, Who, Words

Table = Mapping[str, Any]
WordsKey = tuple[str, str, ComplaintType, Severity]
"""Language, step id, type, severity."""

STEPS_FILE = "steps.toml"
DEFAULT_LANGUAGE = "en"

STEP_KEYS = tuple(field.name for field in fields(Step))
STEP_REQUIRED = tuple(field.name for field in fields(Step) if field.default is MISSING)
WORD_KEYS = tuple(field.name for field in fields(Words))
SEVERITY_KEYS = {f"severity_{severity.value}": severity for severity in Severity}

CARDS: Mapping[str, frozenset[str]] = {
    "card": frozenset({"who", "by"}),
    "card_undated": frozenset({"who"}),
    "card_late": frozenset({"who", "by"}),
}
"""The facts each sentence for the card has to name."""

LONGEST = {
    "card": 150,
    "card_undated": 150,
    "card_late": 150,
    "do": 300,
    "say": 600,
    "say_late": 600,
    "say_heated": 600,
    "avoid": 150,
    "why": 200,
    "fact": 75,
}
"""In characters. `fact` is the label of a modal's field; the rest keeps the whole on one screen."""

MOST_TO_AVOID = 3

ONLY_IN: Mapping[DoneBy, frozenset[State]] = {
    DoneBy.ACKNOWLEDGE: frozenset({State.NEW}),
    DoneBy.CONTACT: frozenset({State.ACKNOWLEDGED, State.INVESTIGATING}),
    DoneBy.TAKE_CHARGE: frozenset({State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING}),
    DoneBy.CALLING: frozenset({State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING}),
    DoneBy.ALL_CLEAR: frozenset({State.NEW, State.ACKNOWLEDGED, State.INVESTIGATING}),
    DoneBy.RESOLVE: frozenset({State.INVESTIGATING}),
    DoneBy.FOLLOW_UP_DONE: frozenset({State.RESOLVED}),
    DoneBy.CLOSE: frozenset({State.RESOLVED}),
}
"""The stages in which a verb gets a complaint on; elsewhere its step would never be done."""

NOT_BEFORE_HEARD = frozenset({State.NEW, State.ACKNOWLEDGED})
"""The stages in which nothing is offered yet: the client is heard and the facts are found."""

E = TypeVar("E", bound=Enum)


class Reading:
    """The playbook as far as it could be read, with all that is wrong with it."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self.steps: dict[str, Step] = {}
        self.words: dict[WordsKey, Words] = {}
        self._unusable: set[str] = set()
        """Ids of steps that are wrong themselves: nothing more is said about their words."""
        tables = {path: self._toml(path, text) for path, text in sorted(files.items())}
        if STEPS_FILE not in files:
            self.problems.append(f"{STEPS_FILE} is missing")
        steps = tables.pop(STEPS_FILE, None)
        if steps is None:
            return
        self._read_steps(steps)
        if not self._unusable:
            self._check_gaps()
        self._read_languages(tables)

    def _toml(self, path: str, text: str) -> Table | None:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.problems.append(f"{path}: {error}")
            return None

    # ------------------------------------------------------------------------------- the steps

    def _read_steps(self, table: Table) -> None:
        self._unknown(table, ("step",), STEPS_FILE)
        rows = table.get("step", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.problems.append(f"{STEPS_FILE}: steps are written as [[step]]")
            return
        for place, row in enumerate(rows, start=1):
            step = self._step(row, place)
            if step is None:
                self._unusable.add(str(row.get("id")))
                continue
            if step.id in self.steps:
                self.problems.append(f'{STEPS_FILE}: step "{step.id}" is there twice')
            self.steps[step.id] = step

    def _step(self, row: Table, place: int) -> Step | None:
        before = len(self.problems)
        name = row.get("id")
        where = f'{STEPS_FILE}, step "{name}"' if name else f"{STEPS_FILE}, step number {place}"
        self._unknown(row, STEP_KEYS, where)
        for key in STEP_REQUIRED:
            if key not in row:
                self.problems.append(f'{where}: "{key}" is missing')
        values: dict[str, Any] = {}
        for key, value in row.items():
            if key == "id":
                if not (isinstance(value, str) and value.isidentifier()):
                    self.problems.append(f"{where}: an id is a word like give_feedback")
                values[key] = value
            elif key in ("with_client", "late_first"):
                if not isinstance(value, bool):
                    self.problems.append(f"{where}: {key} is true or false")
                values[key] = value
            elif key in ("who", "by", "done_by", "phase"):
                kind = {"who": Who, "by": DeadlineKind, "done_by": DoneBy, "phase": Phase}[key]
                values[key] = self._one(value, kind, f"{where}: {key}")
            elif key in ("stages", "types", "severities", "when", "unless"):
                values[key] = self._several(key, value, where)
        if len(self.problems) > before:
            return None
        step = Step(**values)
        self._check_step(step, where)
        return step

    def _several(self, key: str, value: object, where: str) -> tuple[object, ...]:
        kinds: dict[str, type[Enum]] = {
            "stages": State,
            "types": ComplaintType,
            "severities": Severity,
            "when": Condition,
            "unless": Condition,
        }
        if not isinstance(value, list) or not value:
            self.problems.append(f"{where}: {key} is a list like [...] with something in it")
            return ()
        allowed = STAGES if key == "stages" else None
        return tuple(self._one(one, kinds[key], f"{where}: {key}", allowed) for one in value)

    def _one(
        self, value: object, kind: type[E], where: str, allowed: Sequence[E] | None = None
    ) -> E | None:
        known = {member.value: member for member in allowed or kind}
        # True equals 1 in Python, and a severity is written as a number.
        if not isinstance(value, bool) and isinstance(value, str | int) and value in known:
            return known[value]
        hint = nearest(str(value), [str(name) for name in known])
        self.problems.append(f'{where} "{value}" is unknown{hint}')
        return None

    def _check_step(self, step: Step, where: str) -> None:
        stages = ONLY_IN.get(step.done_by)
        for stage in step.stages:
            if stages is not None and stage not in stages:
                self.problems.append(
                    f'{where}: "{step.done_by}" does nothing in stage "{stage}", so that the step '
                    "would never be done"
                )
            if step.phase is Phase.RESPOND and stage in NOT_BEFORE_HEARD:
                self.problems.append(
                    f'{where}: nothing is offered in stage "{stage}": phase "respond" comes later'
                )
        if step.late_first and step.by is None:
            self.problems.append(f'{where}: late_first needs "by", or it is never late')

    def _check_gaps(self) -> None:
        """One step always: for every type, severity and stage, whatever else is the case."""
        sets = list(
            chain.from_iterable(combinations(Condition, n) for n in range(len(Condition) + 1))
        )
        for kind, severity in product(ComplaintType, Severity):
            covering = [step for step in self.steps.values() if step.covers(kind, severity)]
            for stage in STAGES:
                here = [step for step in covering if stage in step.stages]
                bare = next(
                    (holds for holds in sets if not any(fits(step, holds) for step in here)), None
                )
                if bare is not None:
                    when = f" when {' and '.join(bare)}" if bare else ""
                    self.problems.append(
                        f"{STEPS_FILE}: {kind}, severity {severity.value} has no step in stage "
                        f'"{stage}"{when}'
                    )
            assessment = [s for s in covering if State.ACKNOWLEDGED in s.stages and not s.when]
            if assessment and assessment[-1].done_by is not DoneBy.NEXT_STEP_DONE:
                self.problems.append(
                    f"{STEPS_FILE}: the last step of the assessment moves on, so for {kind}, "
                    f'severity {severity.value} "{assessment[-1].id}" has to be done by '
                    f'"{DoneBy.NEXT_STEP_DONE}"'
                )

    # ------------------------------------------------------------------------------- the words

    def _read_languages(self, tables: Mapping[str, Table | None]) -> None:
        names = ["common.toml", *(f"{kind}.toml" for kind in ComplaintType)]
        languages: dict[str, dict[str, Table | None]] = {DEFAULT_LANGUAGE: {}}
        for path, table in tables.items():
            language, slash, name = path.partition("/")
            if not slash or name not in names:
                hint = nearest(name or path, [*names, STEPS_FILE])
                self.problems.append(f"{path} is no file of the playbook{hint}")
                continue
            languages.setdefault(language, {})[name] = table
        for language, found in languages.items():
            readable = {name: table for name, table in found.items() if table is not None}
            for name in names:
                if name not in found:
                    self.problems.append(f"{language}/{name} is missing")
                kind = None if name == "common.toml" else ComplaintType(name.removesuffix(".toml"))
                self._check_words(f"{language}/{name}", readable.get(name, {}), kind)
            if len(readable) == len(names):
                self._merge(language, readable)

    def _check_words(self, path: str, table: Table, kind: ComplaintType | None) -> None:
        for name, entry in table.items():
            where = f'{path}, step "{name}"'
            step = self.steps.get(name)
            if step is None and name in self._unusable:
                continue
            if step is None:
                hint = nearest(name, self.steps)
                self.problems.append(f"{where}: there is no such step in {STEPS_FILE}{hint}")
                continue
            if not isinstance(entry, dict):
                self.problems.append(f"{where}: its words are written below [{name}]")
                continue
            if kind is not None and kind not in step.types:
                self.problems.append(f"{where}: the step is not for {kind}")
            self._unknown(entry, [*WORD_KEYS, *SEVERITY_KEYS], where)
            self._check_layer(entry, step, where)
            for key, severity in SEVERITY_KEYS.items():
                layer = entry.get(key)
                if layer is None:
                    continue
                inner = f"{where}, {key}"
                if not isinstance(layer, dict):
                    self.problems.append(f"{inner}: its words are written below [{name}.{key}]")
                    continue
                if severity not in step.severities:
                    self.problems.append(f"{inner}: the step is not for severity {severity.value}")
                self._unknown(layer, WORD_KEYS, inner)
                self._check_layer(layer, step, inner)

    def _check_layer(self, layer: Table, step: Step, where: str) -> None:
        needless = never(step)
        for key in WORD_KEYS:
            if key not in layer:
                continue
            value = layer[key]
            if key in needless:
                self.problems.append(f'{where}: "{key}" is never shown, because {needless[key]}')
            if key == "avoid":
                if not isinstance(value, list) or not 1 <= len(value) <= MOST_TO_AVOID:
                    self.problems.append(f"{where}: avoid is a list of 1 to {MOST_TO_AVOID}")
                    continue
                texts = value
            else:
                texts = [value]
            for text in texts:
                self._check_text(key, text, where)

    def _check_text(self, key: str, text: object, where: str) -> None:
        if not isinstance(text, str) or not text.strip():
            self.problems.append(f"{where}: {key} is a text")
            return
        if len(text) > LONGEST[key]:
            self.problems.append(
                f"{where}: {key} has {len(text)} characters, {LONGEST[key]} at most"
            )
        needed = CARDS.get(key, frozenset())
        try:
            named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError:
            self.problems.append(f"{where}: {key} has a single {{ or }}")
            return
        self.problems.extend(
            f"{where}: {key} does not name {{{fact}}}" for fact in sorted(needed - named)
        )
        self.problems.extend(
            f"{where}: {key} names {{{fact}}}, which it is never given"
            for fact in sorted(named - needed)
        )

    def _merge(self, language: str, found: Mapping[str, Table]) -> None:
        """Put the layers together; the type's words count more than the common ones."""
        for step in self.steps.values():
            needed = required(step)
            missing: dict[str, list[str]] = {}
            for kind, severity in product(step.types, step.severities):
                merged: dict[str, Any] = {}
                for name in ("common.toml", f"{kind}.toml"):
                    entry = as_table(found.get(name, {}).get(step.id))
                    merged |= {key: entry[key] for key in WORD_KEYS if key in entry}
                    merged |= as_table(entry.get(f"severity_{severity.value}"))
                for key in needed:
                    if key not in merged:
                        missing.setdefault(key, []).append(f"{kind} {severity.value}")
                if self.problems or missing:
                    continue
                merged["avoid"] = tuple(merged["avoid"])
                self.words[language, step.id, kind, severity] = Words(**merged)
            everywhere = len(step.types) * len(step.severities)
            for key, where in missing.items():
                which = "" if len(where) == everywhere else f" for {', '.join(where)}"
                self.problems.append(f'{language}: step "{step.id}" has no "{key}"{which}')

    def _unknown(self, table: Table, known: Iterable[str], where: str) -> None:
        names = list(known)
        self.problems.extend(
            f'{where}: "{key}" is unknown{nearest(key, names)}' for key in table if key not in names
        )


def fits(step: Step, holds: Iterable[Condition]) -> bool:
    """Whether the step's conditions allow it when exactly these hold."""
    true = set(holds)
    return true.issuperset(step.when) and true.isdisjoint(step.unless)


def required(step: Step) -> tuple[str, ...]:
    """The words a step needs."""
    names = ["card_undated", "do", "avoid", "why"]
    if step.by is not None:
        names += ["card", "card_late"]
    if step.with_client:
        names.append("say")
    if step.done_by is DoneBy.NEXT_STEP_DONE:
        names.append("fact")
    return tuple(names)


def never(step: Step) -> Mapping[str, str]:
    """The words a step has no use for, and why."""
    reasons: dict[str, str] = {}
    if step.by is None:
        reasons |= dict.fromkeys(("card", "card_late", "say_late"), "the step has no due time")
    if not step.with_client:
        reasons |= dict.fromkeys(
            ("say", "say_late", "say_heated"), "nobody speaks with the client in this step"
        )
    if step.done_by is not DoneBy.NEXT_STEP_DONE:
        reasons["fact"] = f'the step is done by "{step.done_by}"'
    return reasons


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at the known name closest to `word`; empty when none is close."""
    close = get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def as_table(value: object) -> Table:
    """The value if it is a table; else an empty one (what is wrong with it is said elsewhere)."""
    return value if isinstance(value, dict) else {}
