"""Reading the clinic file, with every problem named by line and in words for who wrote it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.books import BOOK_ERRORS, read_lexicon, read_playbook
from flows.complaint import DeadlineKind
from flows.duty import Shift
from flows.hours import DAYS, did_you_mean, quoted
from flows.policy import Clinic, ClinicError, Location, Person, Problem, dotted
from flows.rules import DeadlineRule, PingRule

EXAMPLE = Path(__file__).with_name("clinic_example.toml")
"""A complete clinic file to start from."""

Keys = tuple[str | int, ...]

TABLES: Mapping[str, type[BaseModel]] = {
    "": Clinic,
    "people.*": Person,
    "locations.*": Location,
    "locations.*.shifts": Shift,
    "deadlines.*": DeadlineRule,
    "pings": PingRule,
}
"""The tables of the file and what their keys are; `*` is a name the clinic chooses."""

KEY = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
KEYS = rf"{KEY}(?:\s*\.\s*{KEY})*"
STRINGS = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")


class ClinicFileError(Exception):
    """The clinic file can't be used; the message has one line for each problem."""

    def __init__(self, path: Path, problems: Sequence[tuple[int | None, str]]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem[0] or 0))
        lines = (
            f"{path.name}: {what}" if line is None else f"{path.name}, line {line}: {what}"
            for line, what in self.problems
        )
        super().__init__("\n".join(lines))


def keys_of(table: str) -> tuple[str, ...]:
    """The keys a table of the file may have, as they are written there.

    `table` is one of `TABLES`. The id of a person or location is the name of its table.
    """
    fields = TABLES[table].model_fields
    return tuple(field.alias or name for name, field in fields.items() if name != "id")


def read_clinic(path: Path) -> Clinic:
    """The clinic described by a TOML file; folders it names are relative to the file.

    Raises:
        ClinicFileError: the file can't be read, is no TOML, or says what can't be, or the clinic's
            own playbook or lexicon does. Lists every problem found; a check that needs a broken
            part waits until that part is right.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ClinicFileError(path, [(None, "is not a text file in UTF-8")]) from None
    except OSError as error:
        what = f"can't be read ({error.strerror})"
        raise ClinicFileError(path, [(None, what)]) from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ClinicFileError(path, [_syntax_problem(str(error), text)]) from None
    lines = _lines_of_keys(text)
    try:
        return _with_own_texts(Clinic.model_validate(tables), path, lines)
    except ValidationError as error:
        problems = [problem for found in error.errors() for problem in _in_words(found)]
        raise ClinicFileError(
            path, [(_line_of(problem.where, lines), str(problem)) for problem in problems]
        ) from None


def _with_own_texts(clinic: Clinic, path: Path, lines: Mapping[Keys, int]) -> Clinic:
    """The clinic, its own folders found from where its file is, and checked."""
    found: dict[str, str] = {}
    problems: list[tuple[int | None, str]] = []
    for key, folder, read in (
        ("playbook", clinic.playbook, read_playbook),
        ("lexicon", clinic.lexicon, read_lexicon),
    ):
        if folder is None:
            continue
        found[key] = str(path.parent / folder)
        try:
            read(found[key])
        except BOOK_ERRORS as error:
            problems += [(_line_of((key,), lines), f"{key}: {what}") for what in error.problems]
    if problems:
        raise ClinicFileError(path, problems)
    return clinic.model_copy(update=found)


def _syntax_problem(message: str, text: str) -> tuple[int, str]:
    """tomllib ends its messages with `(at line 3, column 5)` or `(at end of document)`."""
    what, _, place = message.rpartition(" (at ")
    number = re.match(r"line (\d+)", place)
    line = int(number[1]) if number else max(1, len(text.splitlines()))
    return line, f"this is not TOML: {what}"


def _in_words(error: Any) -> list[Problem]:
    """What pydantic found, as problems for people who never heard of pydantic."""
    where: Keys = error["loc"]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ClinicError):
        return list(cause.problems)
    if where[-1:] == ("[key]",):
        where = where[:-1]
        if where[-2] == "dates":
            return [Problem(where, "is not a date such as 2026-12-24")]
        return [Problem(where, _unknown(where, _names_beside(where)))]
    match error["type"]:
        case "missing":
            what = "is missing"
        case "extra_forbidden":
            what = _unknown(where, keys_of(_table_of(where[:-1])))
        case "value_error":
            what = str(cause)
        case "enum" | "literal_error":
            choices = error["ctx"]["expected"].replace("'", "")
            what = f"{quoted(error['input'])} is not one of {choices}"
        case "string_type":
            what = f"{quoted(error['input'])} has to be text in quotes"
        case "too_short" | "string_too_short":
            what = "must not be empty"
        case "int_type" | "int_parsing" | "int_from_float":
            what = f"{quoted(error['input'])} has to be a whole number"
        case "dict_type" | "model_type":
            what = f"{quoted(error['input'])} has to be a table"
        case "tuple_type":
            what = f"{quoted(error['input'])} has to be a list in [ ]"
        case _:
            what = f"{quoted(error['input'])} is not right: {error['msg']}"
    return [Problem(where, what)]


def _unknown(where: Keys, known: Sequence[str]) -> str:
    hint = did_you_mean(str(where[-1]), known) or f"; it may be {', '.join(known)}"
    return f"is not known here{hint}"


def _names_beside(where: Keys) -> tuple[str, ...]:
    """The names that could stand where an unknown one does, in tables that aren't models."""
    match where:
        case ("deadlines", _):
            return tuple(kind.value for kind in DeadlineKind)
        case ("deadlines", _, "within", _):
            return ("1", "2", "3")
        case _:
            return tuple(day.value for day in DAYS)


def _table_of(where: Keys) -> str:
    """Which of `TABLES` the table at this place is."""
    match where:
        case ("locations", _, "shifts", _):
            return "locations.*.shifts"
        case (first, _) if f"{first}.*" in TABLES:
            return f"{first}.*"
        case _:
            return dotted(where)


def _lines_of_keys(text: str) -> dict[Keys, int]:
    """Where each table, key and array element begins; lines count from 1.

    tomllib knows no positions, so this reads the layout of the file again: headers, keys (dotted
    ones too) and arrays. It need not understand everything: what it can't place is reported at
    the nearest table above.
    """
    lines: dict[Keys, int] = {}
    table: Keys = ()
    tables: dict[Keys, int] = {}
    place: Keys = ()
    depth = item = 0
    for number, line in enumerate(text.splitlines(), start=1):
        value = line
        if depth == 0:
            if header := re.match(rf"\s*(\[\[?)\s*({KEYS})\s*\]", line):
                table = _split(header[2])
                if header[1] == "[[":
                    tables[table] = tables.get(table, -1) + 1
                    table = (*table, tables[table])
                lines.setdefault(table, number)
                continue
            key = re.match(rf"\s*({KEYS})\s*=", line)
            if key is None:
                continue
            place, item = (*table, *_split(key[1])), 0
            for end in range(len(table) + 1, len(place) + 1):
                lines.setdefault(place[:end], number)
            value = line[key.end() :]
        for char in STRINGS.sub('""', value).partition("#")[0]:
            if depth == 1 and char not in " \t,]}":
                lines.setdefault((*place, item), number)
            depth += (char in "[{") - (char in "]}")
            item += depth == 1 and char == ","
    return lines


def _split(keys: str) -> Keys:
    return tuple(key.strip("\"'") for key in re.findall(KEY, keys))


def _line_of(where: Keys, lines: Mapping[Keys, int]) -> int | None:
    """The line of a place, or of the nearest place around it that has one."""
    for end in range(len(where), 0, -1):
        if where[:end] in lines:
            return lines[where[:end]]
    return None
