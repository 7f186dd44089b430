"""`amends when 'next Monday 10am'`: what the bot makes of a time in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import typer

from flows.hours import did_you_mean, quoted
from flows.when import LANGUAGES, UnclearTime, read
from handlers.texts import Texts


def when(
    phrase: Annotated[str, typer.Argument(help="A time as people type it.")],
    now: Annotated[
        str | None,
        typer.Option(help="The time it is, such as 2026-06-10T14:30; else the real one."),
    ] = None,
    zone: Annotated[
        str, typer.Option(help="The reader's time zone, such as America/Los_Angeles.")
    ] = "UTC",
    lang: Annotated[str, typer.Option(help="The reader's language: en, zh or es.")] = "en",
    past: Annotated[bool, typer.Option("--past", help="Look back; else ahead.")] = False,
) -> None:
    """Print the time that a phrase means, only the date where it says no hour, or why not."""
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"{quoted(lang)} is not one of {', '.join(LANGUAGES)}")
    place = _zone(zone)
    try:
        meant = read(phrase, _now(now, place), place, lang, ahead=not past)
    except UnclearTime as problem:
        why = Texts.load().sentence(lang, f"unclear.{problem.reason}", {"example": problem.example})
        typer.echo(why, err=True)
        raise typer.Exit(1) from None
    if isinstance(meant, datetime):
        typer.echo(meant.astimezone(place).isoformat(timespec="seconds"))
    else:
        typer.echo(meant.isoformat())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones())
        raise typer.BadParameter(f"{quoted(name)} is not a time zone{hint}") from None


def _now(written: str | None, zone: ZoneInfo) -> datetime:
    """The time it is; one without an offset is in the zone."""
    if written is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(
            f"{quoted(written)} is not a time such as 2026-06-10T14:30-07:00"
        ) from None
    if not 1900 < now.year < 2200:
        raise typer.BadParameter(f"{quoted(written)} is not in our times")
    return now if now.tzinfo else now.replace(tzinfo=zone)
