"""The sentences: every one that is used exists, every one that exists is used, and none breaks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

import pytest

import flows
import handlers.texts
from flows.conversation import Stage
from flows.filing import Spoken
from flows.playbook import STAGES, Phase, Who
from flows.telling import THREAD_KINDS
from flows.when import Unclear
from handlers.slack import ids
from handlers.slack.pen import NAMES
from handlers.slack.pictures.forms import ANSWERS, RATINGS, REACHED
from handlers.texts import Forms, TextError, Texts

TEXTS = Texts.load()
HANDLERS = Path(handlers.texts.__file__).parent.parent
FLOWS = Path(flows.__file__).parent
SAYS = {"say", "plain", "alert", "told", "_said", "_text"}


def trees() -> Iterator[ast.AST]:
    for folder in (HANDLERS, FLOWS):
        for path in sorted(folder.rglob("*.py")):
            yield ast.parse(path.read_text("utf-8"))


def patterns() -> Iterator[str]:
    """A regex for every string in the code that is, or becomes, a key of a known table."""
    tables = {key.partition(".")[0] for key in TEXTS.keys}
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node.value.partition(".")[0] in tables and "." in node.value:
                    yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w]+"
                    for part in node.values
                ]
                if re.match(r"[a-z_]+\\\.", parts[0]):
                    yield "".join(parts)


def values(of: type[Enum]) -> list[str]:
    return [str(member.value) for member in of]


ENUMS: Mapping[str, list[str]] = {
    **{table: values(of) for of, table in NAMES.items()},
    "stage": [stage.value for stage in STAGES],
    "phase": values(Phase),
    "who": [who for who in values(Who) if who != Who.OWNER],
    "unclear": values(Unclear),
    "spoken": values(Spoken),
    "accepted": [*ANSWERS],
    "booked_again": [*ANSWERS],
    "reached": [*REACHED],
    "rating": [*RATINGS],
    "done": [*ids.FORMS, *ids.AT_ONCE],
    "button": [
        *(*ids.FORMS, *ids.AT_ONCE, *ids.TALK_STEPS, ids.OPEN, ids.FILE_COMPLAINT, ids.MORE_HELP),
        *(ids.TALK_FORM, ids.TALK_WALK, ids.TALK_NO, ids.TALK_NOTE),
    ],
    "talk_stage": [*(set(Stage) - {Stage.ASKING})],
}
FORM_TABLES = {*ids.FORMS, "contact", "file"} - {ids.ACKNOWLEDGE}
FORM_KEY = re.compile(r"\w+\.(title|submit|intro|\w+\.(label|placeholder|hint))")
"""Whether each of these is really drawn, test_pictures.py asks."""


def test_every_value_that_is_named_has_a_name() -> None:
    for table, names in ENUMS.items():
        assert not {f"{table}.{name}" for name in names} - TEXTS.keys


def test_every_event_of_a_thread_has_a_sentence() -> None:
    variants = {"followed_up", "closed"}
    assert not {f"event.{kind}" for kind in THREAD_KINDS - variants} - TEXTS.keys


def test_every_key_in_the_code_exists() -> None:
    code_keys = [
        node.args[0].value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", None)) in {*SAYS, "Refused", "Said"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(code_keys) > 100
    assert [key for key in code_keys if key not in TEXTS.keys] == []


def test_every_sentence_is_used() -> None:
    used = re.compile("|".join(sorted(set(patterns()))))
    named = {f"{table}.{name}" for table, names in ENUMS.items() for name in names}
    left_over = [
        key
        for key in sorted(TEXTS.keys - named)
        if not used.fullmatch(key)
        and not (key.partition(".")[0] in FORM_TABLES and FORM_KEY.fullmatch(key))
    ]
    assert left_over == []


def test_a_refusal_gives_the_facts_its_sentence_needs() -> None:
    for tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", None) == "Refused"
                and isinstance(node.args[0], ast.Constant)
            ):
                given = {keyword.arg for keyword in node.keywords} - {"field"}
                key = node.args[0].value
                assert TEXTS.facts(key) <= given, key


LANGUAGES = pytest.mark.parametrize("language", TEXTS.languages)
SAME_IN_ALL = {
    *("complaint.headline", "person.bot", "person.quoted", "button.about", "card.in_time"),
    *("ping.alert", "sheet.event", "talk.explained", "talk.time"),
}
"""Names and facts with nothing but marks between them."""
LIMITS = {
    re.compile(r"\w+\.(title|submit)|form\.cancel|sheet\.close"): 24,
    re.compile(r"button\.(?!about)\w+"): 30,
    re.compile(r"(type|severity)_(choice|hint)\..*|(spoken|accepted|reached|rating)\..*"): 75,
    re.compile(r"\w+\.\w+\.placeholder|form\.choose\w*"): 150,
}
"""What Slack cuts off behind this many characters, buttons even earlier on a phone."""
MARKED = re.compile(r"`[^`]*`|\*[^*]*\*|_“[^”]*”_")


def forms_in(language: str) -> Iterator[tuple[str, str]]:
    """Every form of every sentence, with its facts as long as a reference or a few minutes."""
    for key in sorted(TEXTS.keys):
        for n in range(3):
            yield key, TEXTS.sentence(language, key, dict.fromkeys(TEXTS.facts(key), "x" * 6), n)


@LANGUAGES
def test_titles_buttons_and_options_are_short_enough(language: str) -> None:
    for key, sentence in forms_in(language):
        for keys, limit in LIMITS.items():
            assert not keys.fullmatch(key) or len(sentence) <= limit, key


@LANGUAGES
def test_slack_sees_the_markup(language: str) -> None:
    """Next to a letter or a full-width mark the asterisks and backticks would be shown."""
    for key, sentence in forms_in(language):
        for marked in MARKED.finditer(sentence):
            around = sentence[: marked.start()][-1:], sentence[marked.end() :][:1]
            assert re.fullmatch(r"[\s(]?", around[0]), key
            assert re.fullmatch(r"[\s).,:;?!]?", around[1]), key


@LANGUAGES
def test_no_sentence_was_left_in_english(language: str) -> None:
    if language != "en":
        english = dict(forms_in("en"))
        left = {key for key, sentence in forms_in(language) if sentence == english[key]}
        assert left - SAME_IN_ALL == set()


@LANGUAGES
def test_a_sentence_quotes_the_choice_as_it_is_written(language: str) -> None:
    said = dict(forms_in(language))
    assert f"“{said['spoken.yes']}”" in said["refused.settled_only_minor"]


def plain(**sentences: str) -> dict[str, Forms]:
    return {key: {"other": sentence} for key, sentence in sentences.items()}


def test_numbers_choose_the_form() -> None:
    texts = Texts({"en": {"calls": {"one": "{n} call", "other": "{n} calls"}}})
    assert texts.sentence("en", "calls", {"n": "1"}, 1) == "1 call"
    assert texts.sentence("en", "calls", {"n": "0"}, 0) == "0 calls"


def test_an_unknown_language_falls_back_to_english() -> None:
    texts = Texts({"en": plain(hello="Hello"), "es": plain(hello="Hola")})
    spoken = {wanted: texts.sentence(wanted, "hello", {}) for wanted in ("es-MX", "es", "fr", "??")}
    assert spoken == {"es-MX": "Hola", "es": "Hola", "fr": "Hello", "??": "Hello"}
    assert texts.languages == ("en", "es")


def test_a_missing_sentence_or_fact_is_an_error() -> None:
    texts = Texts({"en": plain(hello="Hello {name}")})
    with pytest.raises(TextError, match="goodbye"):
        texts.sentence("en", "goodbye", {})
    with pytest.raises(TextError, match="name"):
        texts.sentence("en", "hello", {})


@pytest.mark.parametrize(
    ("spanish", "complaint"),
    [
        (plain(), "differ in"),
        (plain(hello="Hola"), "other facts"),
        ({"hello": {"one": "Hola {name}"}}, "no form `other`"),
        (plain(hello="Hola {name.title}"), "not a plain fact"),
    ],
)
def test_a_language_with_gaps_is_refused(spanish: dict[str, Forms], complaint: str) -> None:
    with pytest.raises(TextError, match=complaint):
        Texts({"en": plain(hello="Hello {name}"), "es": spanish})


def test_braces_in_facts_stay_as_they_are() -> None:
    texts = Texts({"en": plain(hello="Hello {name}")})
    assert texts.sentence("en", "hello", {"name": "{name}"}) == "Hello {name}"
