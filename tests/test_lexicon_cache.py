"""A lexicon that was read once is there at the next start; what others may have put is not used."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.books import LEXICON, texts_in
from bot.lexicon_cache import KEPT, parsed
from flows.lexicon import Lexicon, LexiconError

CONCEPTS = texts_in(LEXICON)["concepts.toml"]


class Boom:
    """What a stranger would put: reading it does something."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("a foreign file was unpickled",)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "amends"


def files(term: str) -> Mapping[str, str]:
    return {"concepts.toml": CONCEPTS, "en.toml": f'[terms]\ntightness = ["{term}"]\n'}


def finds(read: Lexicon, text: str) -> list[str]:
    return [hit.name for hit in read.find(read.words(text))]


def test_the_second_time_it_comes_from_the_cache(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = parsed(files("snippy"))
    assert cache.stat().st_mode & 0o777 == 0o700

    monkeypatch.setattr(Lexicon, "parse", lambda _: pytest.fail("read anew"))
    again = parsed(files("snippy"))
    assert finds(first, "she was snippy") == finds(again, "she was snippy") == ["tightness"]


def test_other_words_are_read_anew(cache: Path) -> None:
    parsed(files("snippy"))
    assert finds(parsed(files("huffy")), "she was huffy") == ["tightness"]
    assert len(list(cache.iterdir())) == 2


def test_no_more_than_a_few_are_kept(cache: Path) -> None:
    for number in range(KEPT + 3):
        parsed(files(f"snippy{'y' * number}"))
    assert len(list(cache.iterdir())) == KEPT


def test_slips_are_named_and_nothing_is_kept(cache: Path) -> None:
    with pytest.raises(LexiconError):
        parsed({"concepts.toml": CONCEPTS, "en.toml": '[terms]\nnonsense = ["snippy"]\n'})
    assert not cache.exists()


@pytest.mark.parametrize("content", [b"", b"torn", pickle.dumps("no lexicon")])
def test_a_torn_file_is_written_anew(cache: Path, content: bytes) -> None:
    parsed(files("snippy"))
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(content)
    assert finds(parsed(files("snippy")), "she was snippy") == ["tightness"]
    assert len(kept.read_bytes()) == len(whole)


@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_others_can_write_is_not_read(cache: Path, which: str) -> None:
    parsed(files("snippy"))
    (kept,) = cache.iterdir()
    kept.write_bytes(pickle.dumps(Boom()))
    (kept if which == "file" else cache).chmod(0o777)
    assert finds(parsed(files("snippy")), "she was snippy") == ["tightness"]


def test_without_a_place_to_write_it_is_read_each_time(cache: Path) -> None:
    cache.write_text("no folder")
    assert finds(parsed(files("snippy")), "she was snippy") == ["tightness"]
    assert cache.is_file()


def test_it_is_not_used_when_another_owns_it(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed(files("snippy"))
    (kept,) = cache.iterdir()
    kept.write_bytes(pickle.dumps(Boom()))
    monkeypatch.setattr(os, "geteuid", lambda: kept.stat().st_uid + 1)
    assert finds(parsed(files("snippy")), "she was snippy") == ["tightness"]
