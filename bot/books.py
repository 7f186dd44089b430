"""Reads the playbook, the lexicon and the phrasebook; a clinic's own files go over ours."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot import lexicon_cache
from flows.lexicon import Lexicon, LexiconError
from flows.phrasebook import Phrasebook
from flows.playbook import Playbook, PlaybookError

FLOWS = Path(__file__).parent.parent / "flows"
PLAYBOOK = FLOWS / "playbook"
LEXICON = FLOWS / "lexicon"
PHRASEBOOK = FLOWS / "phrasebook"


class FolderError(ValueError):
    """A clinic's own folder can't be used; `problems` says why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problems = (problem,)


BOOK_ERRORS = (FolderError, PlaybookError, LexiconError)
"""What is raised for a clinic's own texts; each has `problems`, in words for who edits them."""


def read_playbook(own: str | None = None) -> Playbook:
    """The playbook; a file in the clinic's `own` folder replaces ours of the same path.

    Raises:
        FolderError: the folder is not there, or empty.
        PlaybookError: naming every gap and slip of both together.
    """
    return Playbook.parse(texts_in(PLAYBOOK) | own_texts(own))


def read_lexicon(own: str | None = None) -> Lexicon:
    """The lexicon, with the terms of the clinic's `own` folder added to ours.

    Raises:
        FolderError: the folder is not there, or empty.
        LexiconError: naming every slip.
    """
    if own is None:
        return _our_lexicon()
    added = {f"clinic/{path}": text for path, text in own_texts(own).items()}
    return _parsed(texts_in(LEXICON) | added)


@cache
def _our_lexicon() -> Lexicon:
    """Ours alone: it is the same all the time."""
    return _parsed(texts_in(LEXICON))


def _parsed(files: Mapping[str, str]) -> Lexicon:
    """The lexicon, out of the garbage collector's sight.

    It stays as long as we do, and has no cycles; to walk its hundred thousand objects again and
    again would hold up answers, and the start.
    """
    gc.disable()
    try:
        lexicon = lexicon_cache.parsed(files)
        gc.freeze()
    finally:
        gc.enable()
    return lexicon


@cache
def read_phrasebook() -> Phrasebook:
    """What the wording coach goes by."""
    return Phrasebook.parse(texts_in(PHRASEBOOK))


def own_texts(own: str | None) -> dict[str, str]:
    """The TOML files of a clinic's own folder, by their path in it; nothing where it has none.

    Raises:
        FolderError: the folder is not there, can't be read, or has no TOML file.
    """
    if own is None:
        return {}
    folder = Path(own)
    if not folder.is_dir():
        raise FolderError(f"there is no folder {folder.name}")
    try:
        texts = texts_in(folder)
    except UnicodeDecodeError:
        raise FolderError(f"{folder.name} has a file that is no text in UTF-8") from None
    except OSError as error:
        raise FolderError(f"{folder.name} can't be read ({error.strerror})") from None
    if not texts:
        raise FolderError(f"{folder.name} has no TOML file")
    return texts


def texts_in(folder: Path) -> dict[str, str]:
    """The TOML files below a folder, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.toml"))
    }
