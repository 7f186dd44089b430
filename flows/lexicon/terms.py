"""Terms as the lexicon writes them, and finding them all in a text in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flows.lexicon.words import Word

GAP = "..."
LONGEST_GAP = 5
"""How many words may stand in for `...`."""

NOT_CLOSED = "choices are written like (one|other), with both brackets"


class TermError(ValueError):
    """A term that can't be read; the message says why."""


def expanded(term: str) -> list[str]:
    """All the ways to say a term: `(no|not any) pain` is two; raises TermError."""
    ways, rest = _sequence(term, 0)
    if rest < len(term):
        raise TermError(NOT_CLOSED)
    return list(dict.fromkeys(" ".join(way.split()) for way in ways))


def _sequence(term: str, at: int) -> tuple[list[str], int]:
    """The ways to read a term from a place to the end of a choice, and where that is."""
    ways = [""]
    while at < len(term) and term[at] not in "|)":
        if term[at] != "(":
            end = next((n for n in range(at, len(term)) if term[n] in "(|)"), len(term))
            ways = [way + term[at:end] for way in ways]
            at = end
            continue
        choices: list[str] = []
        at += 1
        while True:
            some, at = _sequence(term, at)
            choices += some
            if at == len(term):
                raise TermError(NOT_CLOSED)
            at += 1
            if term[at - 1] == ")":
                break
        ways = [way + choice for way in ways for choice in dict.fromkeys(choices)]
    return ways, at


def runs_of(term: str) -> list[str]:
    """What stands between the gaps of a term; raises TermError for a gap in a choice."""
    runs = [run.strip() for run in term.split(GAP)]
    if any(run.count("(") != run.count(")") for run in runs):
        raise TermError(f"a bracket isn't closed before {GAP}" if len(runs) > 1 else NOT_CLOSED)
    return runs


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """Words of a text that are a term of something."""

    start: int  # the first word's number
    end: int  # the number after the last word's
    name: str
    language: str
    gaps: tuple[tuple[int, int], ...] = ()  # where words in it are not the term's


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[tuple[str, str]] = field(default_factory=list)


class Terms:
    """All terms as a tree of words."""

    def __init__(self) -> None:
        self._root = _Node()
        self._gapped: dict[str, dict[tuple[str, str, str], None]] = {}
        """What stands before a gap: what stands after it, with the name and language of both."""
        self._known: set[str] = set()
        """What stands between gaps, as far as it is in the tree."""

    def add(self, name: str, language: str, ways: Iterable[Sequence[str]]) -> None:
        """Add a term of `name` without a gap, in all the ways to say it."""
        for words in ways:
            node = self._root
            for word in words:
                node = node.next.setdefault(word, _Node())
            if (name, language) not in node.ends:
                node.ends.append((name, language))

    def add_gapped(
        self, name: str, language: str, runs: Sequence[tuple[str, Iterable[Sequence[str]]]]
    ) -> None:
        """Add a term with gaps: its runs as written, each with all the ways to say it."""
        for written, ways in runs:
            if written not in self._known:
                self._known.add(written)
                self.add(f"{GAP}{written}", "", ways)
        left = f"{GAP}{runs[0][0]}"
        for place, (written, _) in enumerate(runs[1:], start=2):
            right = f"{GAP}{written}"
            whole, of = (name, language) if place == len(runs) else (f"{left}{right}", "")
            self._gapped.setdefault(left, {})[right, whole, of] = None
            left = whole

    def find(self, words: Sequence[Word], figurative: str) -> list[Hit]:
        """Every term in the text, in order; those of `...` as the whole they span.

        What stands within a hit of the name `figurative` is no part of a term with a gap.
        """
        hits: list[Hit] = []
        parts: dict[str, list[Hit]] = {}
        taken = 0
        for start in range(len(words)):
            found = list(self._from(words, start))
            taken = max([taken, *(end for end, name, _ in found if name == figurative)])
            for end, name, language in found:
                hit = Hit(start, end, name, language)
                if not name.startswith(GAP):
                    hits.append(hit)
                elif end > taken:
                    parts.setdefault(name, []).append(hit)
        waiting = list(parts)
        while waiting:
            left = waiting.pop()
            for right, name, language in self._gapped.get(left, ()):
                joined = _joined(parts[left], parts.get(right, ()), words, name, language)
                if not name.startswith(GAP):
                    hits += joined
                elif joined:
                    parts[name] = joined
                    waiting.append(name)
        return sorted(set(hits))

    def _from(self, words: Sequence[Word], start: int) -> Iterator[tuple[int, str, str]]:
        open_nodes = [self._root]
        clause = words[start].clause
        at = start
        while open_nodes and at < len(words) and words[at].clause == clause:
            forms = words[at].forms
            open_nodes = [
                found for node in open_nodes for form in forms if (found := node.next.get(form))
            ]
            at += 1
            for node in open_nodes:
                for name, language in node.ends:
                    yield at, name, language


def _joined(
    lefts: Sequence[Hit], rights: Sequence[Hit], words: Sequence[Word], name: str, language: str
) -> list[Hit]:
    """Each of `lefts` with the first of `rights` after it, in one clause and close enough."""
    joined: list[Hit] = []
    place = 0
    for left in lefts:
        while place < len(rights) and rights[place].start < left.start:
            place += 1
        at = place
        while at < len(rights) and rights[at].start < left.end:
            at += 1
        if at == len(rights):
            continue
        right = rights[at]
        near = right.start - left.end <= LONGEST_GAP
        if near and words[right.start].clause == words[left.end - 1].clause:
            gaps = (*left.gaps, (left.end, right.start))
            joined.append(Hit(left.start, right.end, name, language, gaps))
    return joined
