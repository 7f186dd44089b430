"""The phrasebook: wordings that do harm in a text to a client, as data files by language."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class AdviceKind(StrEnum):
    """What can be wrong with a wording; the values are also the tables of the files."""

    REFUSAL = "refusal"
    BLAME = "blame"
    CLOSED_QUESTION = "closed_question"
    JARGON = "jargon"
    OUTCOME = "outcome"
    GAG = "gag"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of wording: what gives it away, what excuses it, and a better shape."""

    hits: re.Pattern[str]
    fine: re.Pattern[str]
    instead: str


@dataclass(frozen=True, slots=True)
class Book:
    """What is known in one language; `flows/phrasebook/en.toml` explains the parts."""

    marks: frozenset[str]
    rules: Mapping[AdviceKind, Rule]
    alternative: re.Pattern[str]
    explained: re.Pattern[str]
    plain: tuple[tuple[re.Pattern[str], str], ...]
    """Terms that clients don't know, with their plain words."""


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The books by language."""

    books: Mapping[str, Book]

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> Phrasebook:
        """Read a phrasebook from its TOML texts by path (`en.toml`).

        Raises:
            tomllib.TOMLDecodeError, KeyError, re.error: the files, which are our own, are wrong.
        """
        return cls(
            {
                path.removesuffix(".toml"): _book(tomllib.loads(text))
                for path, text in sorted(files.items())
            }
        )


def fold(text: str) -> str:
    """The text without accents on Latin letters and with plain quotes, of the same length."""
    return text.translate(_FOLDED)


_FOLDED = {
    **{code: unicodedata.normalize("NFD", chr(code))[0] for code in range(0xC0, 0x250)},
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d"), '"'),
}
_LETTER = "[0-9A-Za-z]"
_NOTHING = re.compile("(?!)")


def _book(table: Mapping[str, Any]) -> Book:
    reach = table["reach"]
    rules: dict[AdviceKind, Rule] = {
        kind: Rule(
            _pattern(table[kind]["hits"], reach),
            _pattern(table[kind].get("fine", ()), reach),
            table[kind]["instead"],
        )
        for kind in AdviceKind
        if kind is not AdviceKind.JARGON
    }
    jargon = table[AdviceKind.JARGON]
    return Book(
        frozenset(map(fold, table.get("marks", ()))),
        rules,
        _pattern(table[AdviceKind.REFUSAL]["alternatives"], reach),
        _pattern(jargon["explained"], reach),
        tuple((_pattern([term], reach), plain) for term, plain in jargon["plain"].items()),
    )


def _pattern(phrases: Iterable[str], reach: int) -> re.Pattern[str]:
    """One pattern for all phrases, which never begins or ends within a Latin word."""
    written = [fold(phrase).replace(" ?", r"\s*").replace(" ", r"\s+") for phrase in phrases]
    if not written:
        return _NOTHING
    either = "|".join(written).replace("…", f".{{0,{reach}}}?")
    begin = f"(?:(?<!{_LETTER})|(?!{_LETTER}))"
    end = f"(?:(?!{_LETTER})|(?<!{_LETTER}))"
    return re.compile(f"{begin}(?:{either}){end}", re.IGNORECASE)
