"""The lexicon: what words mean for triage, as data files by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass


class LexiconError(ValueError):
    """The lexicon's files can't be used; `problems` names everything that is wrong with them."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms by language."""

    emergencies: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> Lexicon:
        """Read a lexicon from its TOML texts by path (`en.toml`).

        Raises:
            LexiconError: with all problems, in words for who edits the files.
        """
        read = {path.removesuffix(".toml"): tomllib.loads(text) for path, text in files.items()}
        return cls({code: tuple(table["emergencies"]) for code, table in read.items()})
