"""The lexicon: ours is whole, a clinic's own is added to it, and every slip in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.books import read_lexicon
from flows.complaint import ComplaintType, Severity
from flows.lexicon import Lexicon, LexiconError
from flows.lexicon.terms import pieces_of
from flows.triage import triage

CONCEPTS = """
[wait]
type = "service"
severity = 1
[photo]
topic = true
[posted]
[photo_posted]
type = "privacy"
severity = 3
near = ["photo", "posted"]
"""
ENGLISH = """
[terms]
wait = ["wait*"]
photo = ["photo*"]
posted = ["(posted|put) (online|up)"]
[markers]
denies = ["no"]
[shorthand]
pt = "patient"
"""


def lexicon(concepts: str = CONCEPTS, english: str = ENGLISH, **more: str) -> Lexicon:
    files = {"concepts.toml": concepts, "en.toml": english}
    return Lexicon.parse(files | {path.replace("__", "/") + ".toml": t for path, t in more.items()})


def test_a_small_one_works() -> None:
    found = triage("they put up my photos", lexicon())
    assert (found.type, found.severity) == (ComplaintType.PRIVACY, Severity.SEVERE)
    assert [reason.words for reason in found.reasons] == ["put up … photos"]


def test_a_clinics_own_terms_are_added_to_ours() -> None:
    own = lexicon(clinic__en='[terms]\nwait = ["stood around"]')
    assert triage("we stood around for ages", own).reasons
    assert triage("we waited for ages", own).reasons


def test_a_clinics_own_concept_replaces_ours() -> None:
    own = lexicon(clinic__concepts='[wait]\ntype = "billing"\nseverity = 2')
    assert triage("we waited", own).type is ComplaintType.BILLING


def test_a_folder_of_the_clinic_is_read_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "concepts.toml").write_text('[valet]\ntype = "service"\nseverity = 2\n', "utf-8")
    (tmp_path / "en.toml").write_text('[terms]\nvalet = ["glowbot ..."]\n', "utf-8")
    with pytest.raises(LexiconError, match="words are missing"):
        read_lexicon(str(tmp_path))
    (tmp_path / "en.toml").write_text('[terms]\nvalet = ["glowbot*"]\n', "utf-8")
    found = triage("the glowbots were broken again", read_lexicon(str(tmp_path)))
    assert [reason.concept for reason in found.reasons] == ["valet"]
    assert triage("we waited for an hour", read_lexicon(str(tmp_path))).reasons


@pytest.mark.parametrize(
    ("concepts", "english", "said"),
    [
        ("[wait", ENGLISH, "concepts.toml: "),
        (CONCEPTS + "\n[denies]", ENGLISH, '"denies": that is the name of a marker'),
        ("wait = 1", ENGLISH, '"wait": a concept is written as [wait]'),
        ('[wait]\ntyp = "service"', "", '"typ" is unknown; did you mean "type"?'),
        ('[wait]\ntype = "servic"', "", 'type "servic" is unknown; did you mean "service"?'),
        ("[wait]\nseverity = 4", "", 'severity "4" is unknown'),
        ("[wait]\nseverity = true", "", 'severity "True" is unknown'),
        ("[wait]\nsymptom = 1", "", "symptom is true or false"),
        ('[wait]\nweight = "much"', "", "weight is a number"),
        ('[wait]\nnear = "photo"', "", 'near is a list like ["pale", "lip|nose"]'),
        ('[photo]\n[a]\nnear = ["foto"]', "", '"foto" is no concept; did you mean "photo"?'),
        ('[a]\nnear = ["b"]\n[b]\ngiven = ["a"]', "", "made of each other in a circle: a, b"),
        (CONCEPTS, "[terms]\nwiat = ['x']", '[terms] "wiat" is unknown; did you mean "wait"?'),
        (CONCEPTS, "[markers]\ndenys = ['x']", '"denys" is unknown; did you mean "denies"?'),
        (CONCEPTS, "[term]\nwait = ['x']", '"term" is unknown; did you mean "terms"?'),
        (CONCEPTS, "terms = 1", "terms are written under [terms]"),
        (CONCEPTS, "[terms]\nwait = 'x'", 'terms are a list like ["blisters"]'),
        (CONCEPTS, "[terms]\nwait = ['(a|b']", "choices are written like (one|other)"),
        (CONCEPTS, "[terms]\nwait = ['a)']", "choices are written like (one|other)"),
        (CONCEPTS, "[terms]\nwait = ['(a ... b) c']", "a bracket isn't closed before ..."),
        (CONCEPTS, "[terms]\nwait = ['(|)']", "words are missing"),
        (CONCEPTS, "[terms]\nwait = ['a*']", '"a*" fits too many words'),
        (CONCEPTS, "[shorthand]\npt = 1", '[shorthand] has lines like pt = "patient"'),
    ],
)
def test_every_slip_is_named(concepts: str, english: str, said: str) -> None:
    with pytest.raises(LexiconError) as caught:
        lexicon(concepts, english)
    assert said in str(caught.value)


def test_all_slips_are_named_at_once() -> None:
    with pytest.raises(LexiconError) as caught:
        lexicon('[wait]\ntype = "x"\nseverity = 9', "[terms]\nwiat = ['x']")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("term", "pieces"),
    [
        ("long wait", [["long"], ["wait"]]),
        ("(a|b) (c|d)", [["a", "b"], ["c", "d"]]),
        ("(very |)long", [["very", ""], ["long"]]),
        ("blur(ry|red)", [["blurry", "blurred"]]),
        ("un(happy|well) (|at all)", [["unhappy", "unwell"], ["", "at all"]]),
        ("很(大|多)的", [["很"], ["大", "多"], ["的"]]),
        ("(发|po)(到|)(抖音|ig)", None),
    ],
)
def test_choices_multiply_only_within_a_word(term: str, pieces: list[list[str]] | None) -> None:
    if pieces is None:  # "po" and "ig" would run together: all ways of the whole are told
        assert len(pieces_of(term)[0]) == 8
    else:
        assert pieces_of(term) == pieces


def test_many_choices_stay_small() -> None:
    choice = "(" + "|".join("abcdefghij") + ") "
    assert sum(len(piece) for piece in pieces_of(choice * 8)) == 80
