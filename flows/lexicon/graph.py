"""Finding every term of the lexicon in a text in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flows.lexicon.words import Word

GAP = "..."
LONGEST_GAP = 5
"""How many words may stand in for `...`."""


class Place(NamedTuple):
    """A place in the graph: which words lead on to where, and of what it is the end.

    An end is a name and a language.
    """

    next: Mapping[str, tuple[Place, ...]]
    ends: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """Words of a text that are a term of something."""

    start: int  # the first word's number
    end: int  # the number after the last word's
    name: str
    language: str
    gaps: tuple[tuple[int, int], ...] = ()  # where words in it are not the term's


Gapped = Mapping[str, Mapping[tuple[str, str, str], None]]
"""What stands before a gap: what stands after it, with the name and language of both."""


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """All terms as a graph of words: from the root, each way along the edges is one to say one."""

    _root: Place
    _gapped: Gapped

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
