"""The lexicon: what clients and staff say when something went wrong, from data files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.lexicon.graph import Graph, Hit
from flows.lexicon.reading import Concept, Marker, Reading
from flows.lexicon.words import Spelling, Word

__all__ = ["Concept", "Hit", "Lexicon", "LexiconError", "Marker", "Word"]


class LexiconError(ValueError):
    """The lexicon's files can't be used; `problems` names everything that is wrong with them."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Concepts (parts before what is made of them) and the terms that stand for them."""

    concepts: Mapping[str, Concept]
    _spelling: Spelling
    _terms: Graph
    _vocabularies: Mapping[str, frozenset[str]]

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> Lexicon:
        """Read a lexicon from its TOML texts by path: `concepts.toml` and a file a language.

        A clinic's own files have the same names in a folder of theirs (`clinic/en.toml`): their
        terms are added to ours, and a concept of the same name replaces ours.

        Raises:
            LexiconError: with all problems, in words for who edits the files.
        """
        reading = Reading(files)
        if reading.problems:
            raise LexiconError(tuple(reading.problems))
        return cls(reading.concepts, reading.spelling, reading.terms.graph(), reading.vocabularies)

    def words(self, text: str) -> list[Word]:
        """The words of a text, in order."""
        return self._spelling.words(text)

    def has(self, language: str, word: Word) -> bool:
        """Whether a word is one that the lexicon knows of a language."""
        return not self._vocabularies.get(language, frozenset()).isdisjoint(word.forms)

    def find(self, words: Sequence[Word]) -> list[Hit]:
        """Every term and marker among the words, in order; `Hit.name` is a concept or a marker."""
        return self._terms.find(words, Marker.FIGURATIVE)
