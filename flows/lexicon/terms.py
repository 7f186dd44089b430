"""Terms as the lexicon writes them, and finding them all in a text in one go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from flows.lexicon.words import Word, is_han

GAP = "..."
LONGEST_GAP = 5
"""How many words may stand in for `...`."""

NOT_CLOSED = "choices are written like (one|other), with both brackets"


class TermError(ValueError):
    """A term that can't be read; the message says why."""


Piece = Sequence[Sequence[str]]
"""The ways to say a part of a term, each as its words: `(no|not any)` is two."""


def pieces_of(run: str) -> list[list[str]]:
    """The parts of a run of words, each with all the ways to say it; raises TermError.

    The run is cut wherever a word ends whichever way is taken, so that choices don't multiply.
    """
    items, rest = _items(run, 0)
    if rest < len(run):
        raise TermError(NOT_CLOSED)
    pieces: list[list[str]] = []
    for place, ways in enumerate(items):
        if pieces and not _ends_a_word(items[:place], items[place:]):
            ways = [before + way for before in pieces.pop() for way in ways]
        pieces.append(ways)
    said = [list(dict.fromkeys(way.strip() for way in ways)) for ways in pieces]
    return [ways for ways in said if ways != [""]]


def _ends_a_word(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> bool:
    """Whether no way of saying what stands before runs on into any of what stands after."""
    lasts, firsts = _edges(before[::-1], -1), _edges(after, 0)
    return all(
        last.isspace() or first.isspace() or is_han(last) or is_han(first)
        for last in lasts
        for first in firsts
    )


def _edges(items: Iterable[Sequence[str]], place: int) -> set[str]:
    """The characters that can stand first (place 0) or last (-1) of the items."""
    edges: set[str] = set()
    for ways in items:
        edges |= {way[place] for way in ways if way}
        if all(ways):
            return edges
    return edges | {" "}


def _items(term: str, at: int) -> tuple[list[list[str]], int]:
    """Words and choices from a place to the end of the choice it is in, and where that is."""
    items: list[list[str]] = []
    while at < len(term) and term[at] not in "|)":
        if term[at] != "(":
            end = next((n for n in range(at, len(term)) if term[n] in "(|)"), len(term))
            items += ([word] for word in re.findall(r"\S+\s*|\s+", term[at:end]))
            at = end
            continue
        choices: list[str] = []
        at += 1
        while True:
            inner, at = _items(term, at)
            choices += ("".join(way) for way in product(*inner))
            if at == len(term):
                raise TermError(NOT_CLOSED)
            at += 1
            if term[at - 1] == ")":
                break
        items.append(list(dict.fromkeys(choices)))
    return items, at


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


@dataclass(slots=True, eq=False)
class _Node:
    """A place in the terms: which words lead on, and of what it is the end.

    `shared` with every term that begins with the same words; the others are one term's own.
    """

    shared: bool
    next: dict[str, list[_Node]] = field(default_factory=dict)
    ends: list[tuple[str, str]] = field(default_factory=list)

    def onward(self, word: str) -> _Node:
        """Where the word leads that all terms share."""
        there = self.next.setdefault(word, [])
        found = next((node for node in there if node.shared), None)
        if found is None:
            found = _Node(shared=True)
            there.append(found)
        return found


class Terms:
    """All terms as a graph of words: from the root, each way along the edges is one to say one."""

    def __init__(self) -> None:
        self._root = _Node(shared=True)
        self._gapped: dict[str, dict[tuple[str, str, str], None]] = {}
        """What stands before a gap: what stands after it, with the name and language of both."""
        self._known: set[str] = set()
        """What stands between gaps, as far as it is in the tree."""

    def add(self, name: str, language: str, pieces: Iterable[Piece]) -> None:
        """Add a term of `name` without a gap, piece by piece; at least one has to be said."""
        reached = [self._root]
        for piece in pieces:
            reached = _led_on(reached, piece)
        for node in reached:
            if (name, language) not in node.ends:
                node.ends.append((name, language))

    def add_gapped(
        self, name: str, language: str, runs: Sequence[tuple[str, Iterable[Piece]]]
    ) -> None:
        """Add a term with gaps: its runs as written, each with its pieces."""
        for written, pieces in runs:
            if written not in self._known:
                self._known.add(written)
                self.add(f"{GAP}{written}", "", pieces)
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
                found for node in open_nodes for form in forms for found in node.next.get(form, ())
            ]
            at += 1
            for node in open_nodes:
                for name, language in node.ends:
                    yield at, name, language


def _led_on(reached: Sequence[_Node], piece: Piece) -> list[_Node]:
    """Where any way of a piece leads from any of the nodes."""
    ends: dict[_Node, None] = {}
    for way in piece:
        nodes = list(reached)
        for word in way:
            if len(nodes) == 1 and nodes[0].shared:
                nodes = [nodes[0].onward(word)]
            else:
                own = _Node(shared=False)
                for node in nodes:
                    node.next.setdefault(word, []).append(own)
                nodes = [own]
        ends.update(dict.fromkeys(nodes))
    return list(ends)


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
