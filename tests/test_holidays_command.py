"""The holidays package proposes closed days; what it prints fits into the clinic file."""

from __future__ import annotations

import tomllib
from datetime import date

from typer.testing import CliRunner

from bot.cli import app
from bot.clinic_file import EXAMPLE, read_clinic
from bot.serve import SANDBOX_CLINIC


def proposed(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["clinic", "holidays", *args])
    return result.exit_code, result.output


def test_what_is_printed_is_a_part_of_a_clinic_file() -> None:
    status, told = proposed(str(SANDBOX_CLINIC), "--year", "2026", "--region", "US-CA")
    assert status == 0
    closed = tomllib.loads(told)["locations"]["downtown"]["closed"]
    assert date(2026, 3, 31) in closed, "Cesar Chavez Day is one of California's"
    assert date(2026, 12, 25) in closed
    assert not [day for day in closed if day.weekday() == 6], "on Sundays it is closed anyway"


def test_what_the_file_has_already_stays() -> None:
    status, told = proposed(str(EXAMPLE), "--year", "2027")
    assert status == 0
    closed = tomllib.loads(told)["locations"]["downtown"]["closed"]
    assert set(read_clinic(EXAMPLE).locations["downtown"].closed) <= set(closed)


def test_an_unknown_country_or_state_is_named() -> None:
    assert "did you mean" in proposed(str(SANDBOX_CLINIC), "--region", "UX")[1]
    status, told = proposed(str(SANDBOX_CLINIC), "--region", "US-XX")
    assert (status, "is no state of US" in told) == (2, True)
