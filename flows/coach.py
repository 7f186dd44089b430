"""The wording coach: what in a text to a client could be said better, with a better shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.phrasebook import AdviceKind, Book, Phrasebook, Rule, fold

__all__ = ["Advice", "AdviceKind", "coach"]

BEFORE, AFTER = 1, 2
"""An alternative this many sentences before or after a refusal makes it acceptable."""

_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN_WORD = re.compile("[A-Za-z]+")
_SENTENCE_END = re.compile(
    r"(?<![.!?])[.!?]++[\"')\u00bb]*+(?=\s|$)|[\u3002\uff01\uff1f\uff1b]++[\"\u300d\uff09]*+|\n"
)
_AFTER_THE_QUESTION = " \t\"')\u00bb\u300d\uff09"


@dataclass(frozen=True, slots=True)
class Advice:
    """One passage as it was typed, and what to write instead, in the text's own language."""

    kind: AdviceKind
    words: str
    instead: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence: as typed, folded, and the books to judge it by (all of them when unknown)."""

    typed: str
    folded: str
    books: tuple[Book, ...]

    def passage(self, start: int, end: int) -> str:
        return self.typed[start:end].strip(" ,;:\uff0c")


def coach(words: str, phrasebook: Phrasebook) -> tuple[Advice, ...]:
    """What could be said better in a text to a client, in the order of the text.

    The same passage is named once. A text in a language without a book reads well. It only
    suggests: what is sent is for people to decide (domain.md, *Conversation frames*).
    """
    sentences = _sentences(unicodedata.normalize("NFC", words), phrasebook)
    advice: dict[tuple[AdviceKind, str], Advice] = {}
    for place, sentence in enumerate(sentences):
        near = sentences[max(0, place - BEFORE) : place + AFTER + 1]
        for book in sentence.books:
            found = sorted(_found(sentence, book, near), key=lambda each: each[0])
            for _, one in found:
                advice.setdefault((one.kind, one.words.lower()), one)
            if found:
                break
    return tuple(advice.values())


def _sentences(text: str, phrasebook: Phrasebook) -> list[_Sentence]:
    folded = fold(text)
    whole = _language(folded, phrasebook)
    ends = [found.end() for found in _SENTENCE_END.finditer(folded)]
    sentences = []
    for start, end in zip([0, *ends], [*ends, len(text)], strict=True):
        language = _language(folded[start:end], phrasebook) or whole
        book = phrasebook.books.get(language or "")
        known = (book,) if book else tuple(phrasebook.books.values())
        begin = end - len(folded[start:end].lstrip())
        sentences.append(_Sentence(text[begin:end], folded[begin:end], known))
    return sentences


def _language(folded: str, phrasebook: Phrasebook) -> str | None:
    """The language that the words tell; None where they don't."""
    words = [word.lower() for word in _LATIN_WORD.findall(folded)]
    if len(_CHINESE.findall(folded)) > len(words):
        return "zh"
    counts = {
        code: sum(word in book.marks for word in words) for code, book in phrasebook.books.items()
    }
    best, *others = sorted(counts, key=lambda code: -counts[code])
    return best if counts[best] > max((counts[code] for code in others), default=0) else None


def _found(
    sentence: _Sentence, book: Book, near: Sequence[_Sentence]
) -> Iterator[tuple[int, Advice]]:
    for kind, rule in book.rules.items():
        if kind is AdviceKind.CLOSED_QUESTION and not _asks(sentence):
            continue
        spans = _hits(sentence, rule, to_the_end=kind is AdviceKind.CLOSED_QUESTION)
        if kind is AdviceKind.REFUSAL and spans and _alternative(near, rule, book):
            continue
        for start, end in spans:
            yield start, Advice(kind, sentence.passage(start, end), rule.instead)
    yield from _jargon(sentence, book)


def _alternative(near: Sequence[_Sentence], refusal: Rule, book: Book) -> bool:
    """Whether something else is offered nearby, apart from the refusals themselves."""
    return any(book.alternative.search(refusal.hits.sub(" ", each.folded)) for each in near)


def _asks(sentence: _Sentence) -> bool:
    return sentence.folded.rstrip(_AFTER_THE_QUESTION).endswith(("?", "\uff1f"))


def _hits(sentence: _Sentence, rule: Rule, *, to_the_end: bool) -> list[tuple[int, int]]:
    """Where the rule is broken: from a hit to its end, or as a question to the sentence's end."""
    spans = [found.span() for found in rule.hits.finditer(sentence.folded)]
    if to_the_end:
        spans = [(start, len(sentence.folded)) for start, _ in spans[:1]]
    if not spans:
        return []
    excused = [found.span() for found in rule.fine.finditer(sentence.folded)]
    return [
        (start, end)
        for start, end in spans
        if not any(begins < end and start < ends for begins, ends in excused)
    ]


def _jargon(sentence: _Sentence, book: Book) -> Iterator[tuple[int, Advice]]:
    """Terms that the text doesn't explain itself."""
    taken: list[tuple[int, int]] = []
    for term, plain in book.plain:
        for found in term.finditer(sentence.folded):
            start, end = found.span()
            if any(begins < end and start < ends for begins, ends in taken):
                continue
            taken.append((start, end))
            in_brackets = sentence.folded[:start].endswith(("(", "\uff08"))
            if not in_brackets and not book.explained.match(sentence.folded, end):
                yield start, Advice(AdviceKind.JARGON, sentence.passage(start, end), plain)
