"""Terms as the lexicon writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from flows.lexicon.graph import GAP, Graph, Place
from flows.lexicon.words import is_han

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
    """All terms as a tree of words that is added to; `graph` is what finds them."""

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

    def graph(self) -> Graph:
        """The graph of all terms so far, with what leads on alike there only once."""
        return Graph(_Merging().place(self._root), self._gapped)


class _Merging:
    """Makes places of nodes, from the ends to the root."""

    def __init__(self) -> None:
        self._made: dict[_Node, Place] = {}
        self._known: dict[object, Place] = {}
        self._runs: dict[tuple[int, ...], tuple[Place, ...]] = {}

    def place(self, node: _Node) -> Place:
        """The place of a node; the same for all from which the same leads to the same ends."""
        if node not in self._made:
            onward = {word: self._places(nodes) for word, nodes in node.next.items()}
            ends = tuple(node.ends)
            # All of it is kept as long as the merging lasts: no id comes twice.
            alike = ends, frozenset((word, id(places)) for word, places in onward.items())
            self._made[node] = self._known.setdefault(alike, Place(onward, ends))
        return self._made[node]

    def _places(self, nodes: Iterable[_Node]) -> tuple[Place, ...]:
        places = dict.fromkeys(map(id, found := [self.place(node) for node in nodes]))
        by_id = {id(place): place for place in found}
        return self._runs.setdefault(tuple(places), tuple(by_id[one] for one in places))


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
