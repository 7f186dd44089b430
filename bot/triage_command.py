"""`amends triage`: what the words suggest, line by line, or how well it does on known cases."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.books import read_lexicon
from flows.complaint import ComplaintType, Severity
from flows.lexicon import Lexicon, LexiconError
from flows.triage import Reason, Suggestion, triage

ALL = "all"


class Case(BaseModel):
    """A complaint whose right answer is known."""

    model_config = ConfigDict(extra="forbid")

    id: str
    lang: str
    via: str
    text: str
    type: ComplaintType
    severity: Severity
    why: str
    emergency: bool | None = None


class CasesError(Exception):
    """The file of cases can't be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what was said about it."""

    case: Case
    said: Suggestion

    @property
    def right(self) -> bool:
        return (
            self.said.type is self.case.type
            and self.said.severity is self.case.severity
            and self.case.emergency in (None, self.said.emergency)
        )


def triage_command(
    as_json: Annotated[
        bool, typer.Option("--json", help="Read one text a line, print one JSON object a line.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="A file of known cases (JSONL) to be measured on.")
    ] = None,
) -> None:
    """Suggest type and severity from a complaint's words alone."""
    if not as_json and report is None:
        typer.echo(
            "Say how: `amends triage --json` reads texts, one a line, and prints a JSON object for "
            "each; `amends triage --report FILE` measures on the cases in FILE.",
            err=True,
        )
        raise typer.Exit(2)
    try:
        lexicon = read_lexicon()
        if report is not None:
            for line in report_lines(read_cases(report), lexicon):
                typer.echo(line)
            return
    except (LexiconError, CasesError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    for raw in sys.stdin.buffer:
        said = triage(raw.decode("utf-8", errors="replace").rstrip("\r\n"), lexicon)
        typer.echo(json.dumps(as_object(said), ensure_ascii=False))


def as_object(said: Suggestion) -> dict[str, object]:
    """The suggestion as `--json` prints it."""
    return {
        "type": said.type.value,
        "severity": said.severity.value,
        "emergency": said.emergency,
        "reasons": [reason_line(reason) for reason in said.reasons],
    }


def reason_line(reason: Reason) -> str:
    """A reason for reading, such as `severity 3: “blisters”`."""
    if reason.emergency:
        what = "emergency"
    elif reason.severity is not None:
        what = f"severity {reason.severity.value}"
    else:
        what = str(reason.type)
    return f"{what}: “{reason.words}”"


def read_cases(path: Path) -> list[Case]:
    """The cases in a file, one JSON object a line; raises CasesError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't text in UTF-8"
        raise CasesError(f"{path} can't be read: {why}") from None
    cases: list[Case] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.append(Case.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            said = f"{place}: {first['msg']}" if place else first["msg"]
            raise CasesError(f"{path}, line {number}: {said}") from None
    if not cases:
        raise CasesError(f"{path} has no cases in it")
    return cases


def report_lines(cases: Iterable[Case], lexicon: Lexicon) -> Iterator[str]:
    """The report: confusion tables, shares and what was wrong."""
    judged = [Judged(case, triage(case.text, lexicon)) for case in cases]
    languages = sorted({one.case.lang for one in judged})
    for language in (*languages, ALL):
        some = [one for one in judged if language in (ALL, one.case.lang)]
        yield f"== {language}: {len(some)} cases =="
        types = Counter((one.case.type.value, one.said.type.value) for one in some)
        yield from _table("type", [kind.value for kind in ComplaintType], types)
        levels = Counter(
            (str(one.case.severity.value), str(one.said.severity.value)) for one in some
        )
        yield from _table("severity", [str(level.value) for level in Severity], levels)
        yield from _shares(some)
        yield ""
    wrong = [one for one in judged if not one.right]
    yield f"Wrong: {len(wrong)}"
    for one in wrong:
        yield f"{one.case.id} ({one.case.lang}): {one.case.text}"
        yield f"    should be {_answer(one.case.type, one.case.severity, one.case.emergency)}"
        said = one.said
        reasons = "; ".join(map(reason_line, said.reasons)) or "nothing found"
        yield f"    said {_answer(said.type, said.severity, said.emergency)} ({reasons})"


def _table(what: str, names: list[str], counts: Counter[tuple[str, str]]) -> Iterator[str]:
    """Rows: what it is; columns: what was said."""
    yield f"{what + ' is | said':>15}" + "".join(f"{name:>9}" for name in names)
    for name in names:
        yield f"{name:>15}" + "".join(f"{counts[name, said]:>9}" for said in names)


def _shares(some: list[Judged]) -> Iterator[str]:
    for what, right in (
        ("type", [one.said.type is one.case.type for one in some]),
        ("severity", [one.said.severity is one.case.severity for one in some]),
    ):
        yield f"{what} right: {sum(right)} of {len(right)} ({sum(right) / len(right):.1%})"
    below = [one for one in some if one.said.severity < one.case.severity is Severity.SEVERE]
    yield f"severity 3 suggested below 3: {len(below)}"
    known = [one for one in some if one.case.emergency is not None]
    if known:
        missed = sum(bool(one.case.emergency) and not one.said.emergency for one in known)
        false = sum(one.said.emergency and not one.case.emergency for one in known)
        yield f"emergencies missed: {missed}, false alarms: {false}"


def _answer(kind: ComplaintType, severity: Severity, emergency: bool | None) -> str:
    return f"{kind}, severity {severity.value}{', emergency' if emergency else ''}"
