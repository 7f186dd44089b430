"""Cuts a text into words, keeping for each where it stands and what it may be spelled for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

HAN = "\u3400-\u9fff\uf900-\ufaff"
ACCENTS = "\u0300-\u036f"
"""Typed as characters of their own after the letter, as some keyboards do."""
NO_LETTERS = re.compile(f"['’{ACCENTS}]")
SIGNS = "$€£¥"
"""Words by themselves, as emoji are."""
EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"
SENTENCE_ENDS = frozenset(".!?;\n\r。！？；…")
CLAUSE_ENDS = frozenset(',:()[]，：（）、—–|"“”')
LISTING = "、"
"""Stands between the parts of a Chinese list, so that a denial goes on past it."""

LONGEST_SENTENCE = 200
"""In words: one without an end is cut there, so that reading it takes no longer than others."""

SHORTEST_MENDED = 6
"""Fewer letters are never taken for a slip of the finger: too many other words are as near."""


class _Folding(dict[int, str]):
    """Characters in the one form in which they are compared: lower case, no accents, half width."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = "".join(
            one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one)
        )
        lower = plain.lower()
        # Places in the folded text have to be places in the text.
        folded = lower if len(lower) == 1 else char
        self[code] = folded
        return folded


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text; a Chinese character is a word."""

    forms: tuple[str, ...]  # how it may stand in the lexicon, as typed first
    start: int
    end: int
    sentence: int
    clause: int
    in_list: bool  # whether a list's comma stands before it

    @property
    def text(self) -> str:
        """As typed, folded."""
        return self.forms[0]


@dataclass(frozen=True, slots=True)
class Spelling:
    """What the lexicon knows about how words are written."""

    shorthand: Mapping[str, tuple[str, ...]]  # shorthand and misspellings: what they stand for
    traditional: Mapping[int, str]  # traditional characters to the simplified ones
    vocabulary: frozenset[str]  # every word of every term, and ordinary words beside them
    stems: frozenset[str]  # beginnings of words, such as "blister" of "blister*"
    _slips: Mapping[str, str] = field(repr=False)  # words, by what they are with a letter left out
    _pattern: re.Pattern[str] = field(repr=False)
    _folding: _Folding = field(repr=False)
    _longest_stem: int

    @classmethod
    def of(
        cls,
        shorthand: Mapping[str, tuple[str, ...]],
        traditional: Mapping[str, str],
        vocabulary: Iterable[str],
    ) -> Spelling:
        """Make ready what is known; words of the vocabulary that end in `*` are stems."""
        known = set(vocabulary)
        stems = frozenset(word[:-1] for word in known if word.endswith("*"))
        whole = frozenset(word for word in known if not word.endswith("*"))
        slips: dict[str, list[str]] = {}
        for word in sorted(whole):
            if len(word) >= SHORTEST_MENDED and word.isascii() and word.isalpha():
                for shorter in _one_less(word):
                    slips.setdefault(shorter, []).append(word)
        slashed = sorted((key for key in shorthand if not key.isalnum()), key=len, reverse=True)
        pattern = re.compile(
            "".join(rf"(?<![a-z0-9]){re.escape(key)}(?![a-z0-9])|" for key in slashed)
            + rf"[{HAN}]|[{EMOJI}{SIGNS}]|(?:(?![{HAN}{EMOJI}_])[\w'’{ACCENTS}])+"
        )
        return cls(
            shorthand,
            {ord(key): value for key, value in traditional.items()},
            whole,
            stems,
            {key: " ".join(words) for key, words in slips.items()},
            pattern,
            _Folding(),
            max(map(len, stems), default=0),
        )

    def fold(self, text: str) -> str:
        """The text as it is compared, character by character."""
        return text.translate(self._folding).translate(self.traditional)

    def words(self, text: str) -> list[Word]:
        """The words of a text, in order; a shorthand for several words gives several."""
        folded = self.fold(text)
        found: list[Word] = []
        forms_of: dict[str, list[tuple[str, ...]]] = {}
        sentence = clause = last = begun = 0
        for match in self._pattern.finditer(folded):
            token = NO_LETTERS.sub("", match.group())
            if not token:
                continue
            gap = folded[last : match.start()]
            in_list = LISTING in gap
            step = self._break(gap, found[-1].text, token) if gap and found else 0
            if step > 1 or len(found) - begun >= LONGEST_SENTENCE:
                step, begun = 2, len(found)
            clause += step > 0
            sentence += step > 1
            if token not in forms_of:
                forms_of[token] = self._forms(token)
            start, end = match.span()
            found += (
                Word(forms, start, end, sentence, clause, in_list) for forms in forms_of[token]
            )
            last = end
        return found

    def _break(self, gap: str, before: str, after: str) -> int:
        """What stands between two words: 0 nothing, 1 the end of a clause, 2 of a sentence."""
        joins = before in self.shorthand or before.isdigit() or (gap == "." and not is_han(after))
        if gap.startswith(".") and joins:
            gap = gap[1:]
        if not SENTENCE_ENDS.isdisjoint(gap):
            return 2
        if not CLAUSE_ENDS.isdisjoint(gap) or "- " in gap or "--" in gap:
            return 1
        # Who writes Chinese fast puts a space where a comma belongs.
        return int(gap.isspace() and is_han(before) and is_han(after))

    def _forms(self, token: str) -> list[tuple[str, ...]]:
        if token in self.shorthand:
            return [self._known(word) for word in self.shorthand[token]]
        return [self._known(token)]

    def _known(self, token: str) -> tuple[str, ...]:
        forms = [token]
        lengths = range(2, min(len(token), self._longest_stem) + 1)
        forms += (f"{token[:n]}*" for n in lengths if token[:n] in self.stems)
        if len(forms) == 1 and token not in self.vocabulary:
            mended = self._mend(token)
            if mended is not None:
                return token, *self._known(mended)[0:]
        return tuple(forms)

    def _mend(self, token: str) -> str | None:
        """The word of the vocabulary that a letter too many, too few, wrong or swapped hides."""
        calm = re.sub(r"([a-z])\1{2,}", r"\1", token)
        if calm != token:
            return calm
        if len(token) < SHORTEST_MENDED or len(token) > 20 or not token.isalpha():
            return None
        for shorter in (token, *_one_less(token)):
            for word in self._slips.get(shorter, "").split():
                if word[0] == token[0] and abs(len(word) - len(token)) <= 1:
                    return word
            long_enough = len(shorter) >= SHORTEST_MENDED and shorter[0] == token[0]
            if long_enough and shorter in self.vocabulary:
                return shorter
        return None


def is_han(word: str) -> bool:
    """Whether it begins with a Chinese character."""
    return "\u3400" <= word[:1] <= "\u9fff"


def _one_less(word: str) -> list[str]:
    """The word with each of its letters left out but the first."""
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]
