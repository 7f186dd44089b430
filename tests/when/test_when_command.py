"""`amends when`: the time that a phrase means, or why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app


def when(*words: str) -> Result:
    """What the command says on the Wednesday of the tables."""
    there = ("--now", "2026-06-10T14:30:00-07:00", "--zone", "America/Los_Angeles")
    return CliRunner().invoke(app, ["when", *there, *words])


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("next Monday 10am",), "2026-06-15T10:00:00-07:00"),
        (("明天下午3点", "--lang", "zh"), "2026-06-11T15:00:00-07:00"),
        (("el 15 de diciembre a las 9:30", "--lang", "es"), "2026-12-15T09:30:00-08:00"),
        (("tomorrow morning",), "2026-06-11"),
        (("end of day",), "2026-06-10"),
        (("today",), "2026-06-10"),
        (("昨天下午4点", "--past", "--lang", "zh"), "2026-06-09T16:00:00-07:00"),
        (("hace dos días", "--past", "--lang", "es"), "2026-06-08"),
    ],
)
def test_the_time_is_printed_with_its_offset_or_a_date_alone(
    words: tuple[str, ...], printed: str
) -> None:
    result = when(*words)
    assert (result.exit_code, result.stdout) == (0, f"{printed}\n")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("asap",), "I can't read this time. Write it such as “tomorrow 10am”."),
        (("yesterday",), "This is over already"),
        (("in 400 days",), "“in two weeks”"),
        (("过两天", "--lang", "zh"), "看不懂。可以这样写：“明天上午10点”"),
        (("tomorrow", "--past"), "“yesterday 4pm”"),
        (("pronto", "--lang", "es"), "“mañana a las 10:00”"),
    ],
)
def test_why_not_is_said_with_an_example(words: tuple[str, ...], why: str) -> None:
    result = when(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert why in result.stderr


def test_without_a_time_and_a_zone_it_is_now_in_utc() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    printed = CliRunner().invoke(app, ["when", "now", "--past"]).stdout.strip()
    assert before <= datetime.fromisoformat(printed) <= datetime.now(UTC)
    assert printed.endswith("+00:00")


def test_a_now_without_an_offset_is_in_the_zone() -> None:
    words = ["when", "in 1 hour", "--now", "2026-11-01T00:30", "--zone", "America/Los_Angeles"]
    assert CliRunner().invoke(app, words).stdout == "2026-11-01T01:30:00-07:00\n"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--now", "noonish"), "noonish"),
        (("--now", "9999-12-31"), "9999-12-31"),
        (("--zone", "America/Los_Angelos"), "America/Los_Angeles"),
        (("--zone", "../etc"), "../etc"),
        (("--lang", "fr"), "en, zh, es"),
    ],
)
def test_a_wrong_option_is_named(options: tuple[str, str], problem: str) -> None:
    result = when("tomorrow", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr
