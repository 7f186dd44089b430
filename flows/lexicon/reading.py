"""Reads the lexicon's files into concepts and terms, and names all that is wrong with them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, partial
from pathlib import PurePosixPath
from typing import Any

from flows.complaint import ComplaintType, Severity
from flows.lexicon.terms import TermError, Terms, pieces_of, runs_of
from flows.lexicon.words import Spelling

Table = Mapping[str, Any]
Run = Callable[[str], tuple[str, ...]]
"""Cuts a way to say something into words."""

CONCEPTS_FILE = "concepts.toml"
DEFAULT_WITHIN = 8
SHORTEST_STEM = 2


class Marker(StrEnum):
    """Words that change what the words around them mean; each has a list in a language's file."""

    DENIES = "denies"  # "no", "without": what follows is denied
    DENIES_BEFORE = "denies_before"  # "ruled out": what stands before is denied
    STOPS = "stops"  # "about", "told": a denial doesn't reach past it
    PROVIDED = "provided"  # "if", "unless": a denial after it in the clause denies no threat
    ALSO = "also"  # "or", "nor": a denial of a list goes on past it
    COULD = "could"  # "what if", "could get": a symptom that follows is only feared
    ELSEWHERE = "elsewhere"  # "another clinic": a symptom beside it is none of ours
    TURNS = "turns"  # "but", "now": what happened elsewhere ends here
    HEALED = "healed"  # "has healed": a symptom before it in the sentence is no emergency
    LONG_AGO = "long_ago"  # "last year": a healed symptom in the sentence counts for nothing
    EXPECTED = "expected"  # "normal", "as the doctor said": a mild symptom beside it is none
    SLIGHT = "slight"  # "a bit": a symptom beside it makes no emergency with others
    JOKING = "joking"  # "just kidding": a threat in the text is none
    SMALL = "small"  # "not a big deal": what is not severe is minor
    FOCUS = "focus"  # "she just wants": what follows is what it is about
    CONCEDES = "concedes"  # "can live with that": what stands before in the sentence is not
    RAGE = "rage"  # "furious": the client is heated
    FIGURATIVE = "figurative"  # "burned through savings": the words mean something else
    COMMON = "common"  # words that tell the language
    ORDINARY = "ordinary"  # words that are no misspelling of a term


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that can be found in the words, and what it speaks for."""

    id: str
    type: ComplaintType | None = None
    severity: Severity | None = None
    emergency: bool = False
    weight: float = 0.0  # how much it says about the type
    near: tuple[tuple[str, ...], ...] = ()  # one concept of each, close together, is this one
    within: int = DEFAULT_WITHIN  # how many words may stand between them
    given: tuple[tuple[str, ...], ...] = ()  # and one of each anywhere in the text
    symptom: bool = False  # of the body: may be feared, somebody else's, or normal
    mild: bool = False  # a symptom that is nothing where it is said to be normal
    topic: bool = False  # what the talk is about, also where it is denied: "no receipt"
    threat: bool = False
    treatment: bool = False
    open: bool = False  # a longer hit of it doesn't hide the terms inside it
    fallback: bool = False  # only where nothing else speaks for a type


WEIGHTS: Mapping[Severity, float] = {
    Severity.MINOR: 2.0,
    Severity.MODERATE: 4.0,
    Severity.SEVERE: 9.0,
}
"""What a concept says about the type unless the file gives a weight."""

FLAGS = ("emergency", "symptom", "mild", "topic", "threat", "treatment", "open", "fallback")
CONCEPT_KEYS = tuple(field.name for field in fields(Concept) if field.name != "id")
_PLAIN = Spelling.of({}, {}, ())
LANGUAGE_TABLES = ("terms", "markers", "shorthand", "traditional")


class Reading:
    """The lexicon as far as it could be read, with all that is wrong with it."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self.concepts: dict[str, Concept] = {}
        self.spelling = _PLAIN
        self._shorthand: dict[str, tuple[str, ...]] = {}
        self._traditional: dict[str, str] = {}
        self._words: dict[str, set[str]] = {}
        self.terms = Terms()
        self.vocabularies: dict[str, frozenset[str]] = {}
        tables = {path: self._toml(path, text) for path, text in sorted(files.items())}
        languages = {path: table for path, table in tables.items() if not _is_concepts(path)}
        for path in sorted(tables.keys() - languages.keys(), key=_depth):
            self._read_concepts(tables[path], path)
        self._check_parts()
        for path in sorted(languages, key=_depth):
            self._read_spelling(languages[path], path)
        bare = Spelling.of(self._shorthand, self._traditional, ())
        run = cache(partial(_run, bare=bare))
        for path in sorted(languages, key=_depth):
            self._read_language(languages[path], path, run)
        self.vocabularies = {name: frozenset(words) for name, words in self._words.items()}
        words = frozenset().union(*self.vocabularies.values())
        self.spelling = Spelling.of(self._shorthand, self._traditional, words)

    def _toml(self, path: str, text: str) -> Table:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.problems.append(f"{path}: {error}")
            return {}

    # ---------------------------------------------------------------------------- the concepts

    def _read_concepts(self, table: Table, path: str) -> None:
        for name, row in table.items():
            where = f'{path}, "{name}"'
            if not isinstance(row, dict):
                self.problems.append(f"{where}: a concept is written as [{name}]")
                continue
            before = len(self.problems)
            if name in {marker.value for marker in Marker}:
                self.problems.append(f"{where}: that is the name of a marker; take another")
            self._unknown(row, CONCEPT_KEYS, where)
            values = {key: self._value(key, row[key], where) for key in CONCEPT_KEYS if key in row}
            if len(self.problems) == before:
                self.concepts[name] = _complete(name, values)

    def _value(self, key: str, value: object, where: str) -> object:
        if key == "type":
            return self._one(value, {kind.value: kind for kind in ComplaintType}, where, key)
        if key == "severity":
            levels = {str(level.value): level for level in Severity}
            return self._one(value, levels, where, key)
        if key in FLAGS:
            if not isinstance(value, bool):
                self.problems.append(f"{where}: {key} is true or false")
            return value
        if key in ("weight", "within"):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                self.problems.append(f"{where}: {key} is a number")
            return value
        if not _are_texts(value):
            self.problems.append(f'{where}: {key} is a list like ["pale", "lip|nose"]')
            return ()
        return tuple(tuple(one.strip() for one in group.split("|")) for group in value)  # type: ignore[attr-defined]

    def _one(self, value: object, known: Mapping[str, Any], where: str, key: str) -> Any:
        # True equals 1 in Python, and a severity is written as a number.
        if not isinstance(value, bool) and str(value) in known:
            return known[str(value)]
        self.problems.append(f'{where}: {key} "{value}" is unknown{nearest(str(value), known)}')
        return None

    def _check_parts(self) -> None:
        """The parts of a concept are there, and none is in the end a part of itself."""
        for concept in self.concepts.values():
            for part in (part for group in concept.near + concept.given for part in group):
                if part not in self.concepts:
                    hint = nearest(part, self.concepts)
                    self.problems.append(
                        f'{CONCEPTS_FILE}, "{concept.id}": "{part}" is no concept{hint}'
                    )
        done: set[str] = set()
        waiting = dict(self.concepts)
        while waiting:
            ready = [
                concept.id
                for concept in waiting.values()
                if all(
                    part in done or part not in self.concepts
                    for group in concept.near + concept.given
                    for part in group
                )
            ]
            if not ready:
                names = ", ".join(sorted(waiting))
                self.problems.append(f"{CONCEPTS_FILE}: made of each other in a circle: {names}")
                return
            for name in ready:
                # Parts first: whoever finds concepts in this order has found the parts before.
                self.concepts[name] = self.concepts.pop(name)
                del waiting[name]
            done.update(ready)

    # --------------------------------------------------------------------------- the languages

    def _read_spelling(self, table: Table, path: str) -> None:
        for key, value in self._texts_of(table, "shorthand", path):
            self._shorthand[_plain(key)] = tuple(_plain(value).replace("'", "").split())
        for simple, others in self._texts_of(table, "traditional", path):
            self._traditional.update(dict.fromkeys(others, simple))

    def _texts_of(self, table: Table, key: str, path: str) -> Iterable[tuple[str, str]]:
        rows = table.get(key, {})
        if not isinstance(rows, dict) or not all(isinstance(v, str) and v for v in rows.values()):
            self.problems.append(f'{path}: [{key}] has lines like pt = "patient"')
            return ()
        return rows.items()

    def _read_language(self, table: Table, path: str, run: Run) -> None:
        language = PurePosixPath(path).stem
        self._unknown(table, LANGUAGE_TABLES, path)
        markers = {marker.value for marker in Marker}
        for kind, known in (("terms", set(self.concepts)), ("markers", markers)):
            rows = table.get(kind, {})
            if not isinstance(rows, dict):
                self.problems.append(f"{path}: {kind} are written under [{kind}]")
                continue
            for name, terms in rows.items():
                where = f'{path}, [{kind}] "{name}"'
                if name not in known:
                    self.problems.append(f"{where} is unknown{nearest(name, known)}")
                elif not _are_texts(terms):
                    self.problems.append(f'{where}: terms are a list like ["blisters"]')
                else:
                    for term in terms:
                        self._read_term(term, name, language, where, run)

    def _read_term(self, term: str, name: str, language: str, where: str, run: Run) -> None:
        try:
            runs = [
                (written, [list(map(run, ways)) for ways in pieces_of(written)])
                for written in runs_of(term)
            ]
        except TermError as problem:
            self.problems.append(f'{where}, "{term}": {problem}')
            return
        if any(all(() in piece for piece in pieces) for _, pieces in runs):
            self.problems.append(f'{where}, "{term}": words are missing')
            return
        words = {word for _, pieces in runs for piece in pieces for way in piece for word in way}
        for stem in sorted(word for word in words if word.endswith("*")):
            if len(stem) <= SHORTEST_STEM:
                self.problems.append(f'{where}, "{term}": "{stem}" fits too many words')
        self._words.setdefault(language, set()).update(words)
        if len(runs) > 1:
            self.terms.add_gapped(name, language, runs)
        else:
            self.terms.add(name, language, runs[0][1])

    def _unknown(self, table: Table, known: Sequence[str], where: str) -> None:
        self.problems += (
            f'{where}: "{key}" is unknown{nearest(key, known)}' for key in table if key not in known
        )


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at the known name closest to `word`; empty when none is close."""
    close = get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def _complete(name: str, values: dict[str, Any]) -> Concept:
    """The concept with what follows from what the file says: an emergency is severe and safety."""
    if values.get("emergency"):
        values = {"type": ComplaintType.SAFETY, "severity": Severity.SEVERE} | values
    if values.get("type") and values.get("severity"):
        values = {"weight": WEIGHTS[values["severity"]]} | values
    return Concept(name, **values)


def _run(text: str, bare: Spelling) -> tuple[str, ...]:
    """The words of a term, cut as a text is cut, a `*` kept at the end of its word."""
    run: list[str] = []
    for piece in text.split():
        words = [word.text for word in bare.words(piece.rstrip("*"))]
        if words and piece.endswith("*"):
            words[-1] += "*"
        run += words
    return tuple(run)


def _plain(text: str) -> str:
    return _PLAIN.fold(text.strip())


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _is_concepts(path: str) -> bool:
    return PurePosixPath(path).name == CONCEPTS_FILE


def _depth(path: str) -> tuple[int, str]:
    """Ours first, a clinic's in its folder after: what comes later is merged over it."""
    return path.count("/"), path
