"""What was typed after `/complaint`: a verb with its argument, a story to file, or a slip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from html import unescape

from handlers.texts import code_of

REFERENCE = re.compile(r"#?(?:(?i:c)[-\u2010-\u2015]?)?\d{4,9}[.,;:!?]?")
"""A reference as people type it: `C-1042`, `c1042`, `#1042`, with a dash or stop of any kind."""
PERSON = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)(\|[^>]*)?>")

ABOUT_ONE = (
    "show",
    "next",
    "called",
    "tried",
    "note",
    "reply",
    "assign",
    "severity",
    "move",
    "emergency",
    "follow-up",
    "escalate",
    "pause",
    "resume",
    "resolve",
    "close",
    "reopen",
    "withdraw",
)
"""Verbs about one complaint: a reference follows."""

VERBS = ("help", "list", "mine", *ABOUT_ONE, "away", "language", "search", "wording")

FILTER = re.compile(
    r"result|service|billing|privacy|safety|minor|moderate|severe|severity|[123]|s[123]|"
    r"open|all|closed|resolved|late|<@[UW][A-Z0-9]+(\|[^>]*)?>"
)
FOLLOW_SLACK = "slack"
"""`/complaint language slack`: the language that Slack is set to."""
BACK = ("back", "volví", "volvi", "回来", "回来了")
TODAY = ("today", "hoy", "今天")
UNTIL = re.compile(r"\b(until|till|for|hasta)\b|^直?到", re.IGNORECASE)
TO = re.compile(r"\b(until|till|to|through|for|hasta|al|por)\b|直?到|至", re.IGNORECASE)
"""What may stand before the end once the beginning was said: `from Monday to Friday`."""
FROM = re.compile(r"(from|starting|desde|del?|a partir del?)\b|从|自", re.IGNORECASE)
COVER = re.compile(
    r"<@[^>]*>|@\S+|\b(cover(s|ed)?( by| for me)?|(me )?cubre)\b|由|代班", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb; `reference` is empty when it is missing or not needed, `rest` is what follows."""

    verb: str
    reference: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A complaint to be filed, in the words typed; empty for the bare command."""

    words: str


@dataclass(frozen=True, slots=True)
class Slip:
    """One or two words that look like a mistyped verb."""

    typed: str
    meant: str


def parse(text: str) -> Command | Story | Slip:
    """Read what was typed.

    A first word is a verb only alone or before what belongs to it; anything else is the story:
    `/complaint list price was wrong` files (design.md, *Contracts*).
    """
    text = re.sub(r"(?i)\bc (?=\d{4,9}\b)", "C-", text, count=1)
    words = text.split()
    if not words:
        return Story("")
    if len(words) == 1 and re.fullmatch(r"(?i)#?c\W?\d{4,9}\W?", words[0]):
        return Command("show", words[0])
    verb, first, rest = words[0].lower(), "".join(words[1:2]), text.split(maxsplit=1)[1:]
    after = rest[0].strip() if rest else ""
    if verb == "follow" and first.lower() == "up":
        return parse("follow-up " + " ".join(words[2:]))
    if verb in VERBS and _fits(verb, first, words):
        if verb in ABOUT_ONE and first:
            return Command(verb, first, after[len(first) :].strip())
        return Command(verb, rest=after)
    if (
        len(words) == 2
        and verb not in VERBS
        and REFERENCE.fullmatch(first)
        and "c" in first.lower()
    ):
        close = get_close_matches(verb, ABOUT_ONE, n=1, cutoff=0.6)
        return Slip(text, f"{close[0] if close else 'show'} {first}")
    if len(words) <= 2 and verb not in VERBS:
        close = get_close_matches(verb, VERBS, n=1, cutoff=0.75)
        if close and (len(words) == 1 or REFERENCE.fullmatch(first)):
            return Slip(text, " ".join([close[0], *words[1:]]))
    return Story(text)


def _fits(verb: str, first: str, words: list[str]) -> bool:
    """Whether what follows the verb has the shape of its argument."""
    if not first or verb == "search":
        return True
    if verb == "wording":
        return first.lower() not in ("of", "was", "were")  # a complaint about somebody's wording
    if verb in ABOUT_ONE:
        return REFERENCE.fullmatch(first) is not None
    if verb == "list":
        return all(FILTER.fullmatch(word.lower()) or PERSON.fullmatch(word) for word in words[1:])
    if verb == "language":
        return len(words) == 2 and (first.lower() == FOLLOW_SLACK or code_of(first) is not None)
    if verb == "away":
        known = first.lower() in (*BACK, *TODAY, "tomorrow", "mañana", "明天")
        begins = FROM.match(first) and (len(words) <= 3 or TO.search(" ".join(words[2:])))
        return known or bool(UNTIL.match(first) or begins or PERSON.fullmatch(first))
    return verb == "help" and first.lower() == "more" and len(words) == 2


@dataclass(frozen=True, slots=True)
class AbsenceWords:
    """From when and until when, as typed; empty for now, and for the end of that day."""

    since: str
    until: str


def absence_words(rest: str) -> AbsenceWords | None:
    """The words for the times in `from Monday until Friday covered by @ben`.

    None when there are words, but none such as `until` before them.
    """
    words = _without_cover(rest)
    begins = FROM.match(words)
    if begins is None:
        until = until_words(rest)
        return None if until is None else AbsenceWords("", until)
    ends = TO.search(words, begins.end())
    since = words[begins.end() : ends.start() if ends else None]
    until = words[ends.end() :] if ends else ""
    return AbsenceWords(since.strip(" ,"), until.strip(" ,"))


def until_words(rest: str) -> str | None:
    """The words for the time in `until Monday covered by @ben`, empty for the rest of today.

    None when there are words, but none such as `until` before them.
    """
    words = _without_cover(rest)
    if not words or words.lower() in TODAY:
        return ""
    if not UNTIL.search(words):
        return None
    return " ".join(UNTIL.sub(" ", words).split())


def _without_cover(rest: str) -> str:
    return " ".join(COVER.sub(" ", rest).split()).strip(" ,.;，。")


def person_in(text: str) -> str | None:
    """The id of the first person mentioned, as Slack escapes mentions."""
    found = PERSON.search(text)
    return found["id"] if found else None


def as_typed(text: str) -> str:
    """The words as the person typed them, without Slack's escapes of mentions and markup."""
    text = re.sub(r"<@[UW][A-Z0-9]+\|([^>]*)>", r"@\1", text)
    text = re.sub(r"<#C[A-Z0-9]+\|([^>]*)>", r"#\1", text)
    text = re.sub(r"<(?:https?://|mailto:)[^>|]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<((?:https?://|mailto:)[^>]*)>", r"\1", text)
    return unescape(text)
