"""`amends clinic holidays`: proposes the closed days of a year; the clinic decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.clinic_file import ClinicFileError, read_clinic
from flows.hours import did_you_mean, quoted
from flows.policy import Location


def holidays_command(
    file: Annotated[Path, typer.Argument(help="The clinic file.")],
    year: Annotated[
        int | None, typer.Option(min=2000, max=2100, help="The year; else the present one.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(help="Country and state, such as US-CA; else the location's phone region."),
    ] = None,
) -> None:
    """Print each location's public holidays as `closed` for the clinic file, to be pared down.

    A public holiday is not yet a day on which you are closed: strike out those on which you work.
    """
    try:
        clinic = read_clinic(file)
    except ClinicFileError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    for location in clinic.locations.values():
        zone = ZoneInfo(location.hours.zone)
        wanted = year or datetime.now(UTC).astimezone(zone).year
        for line in _closed(location, _public(region or location.phone_region, wanted), wanted):
            typer.echo(line)


def _public(region: str, year: int) -> dict[date, str]:
    """The public holidays of a country, or of one of its states."""
    import holidays

    country, _, state = region.upper().partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        hint = did_you_mean(country, list(known))
        raise typer.BadParameter(f"{quoted(country)} is not a country whose holidays I know{hint}")
    if state and state not in known[country]:
        states = ", ".join(known[country]) or "none"
        raise typer.BadParameter(f"{quoted(state)} is no state of {country}; there are: {states}")
    return dict(holidays.country_holidays(country, subdiv=state or None, years=year))


def _closed(location: Location, public: dict[date, str], year: int) -> Iterator[str]:
    """What to put into the location's table: what is in the file already, and what could be."""
    hours = location.hours
    if hours.week is None:
        yield f"# {location.name} is always open."
        return
    known = dict.fromkeys(hours.closed, "in your file already")
    new = {day: name for day, name in public.items() if hours.open_day(day)}
    yield f"# {location.name} in {year}: strike out the days on which you work."
    yield f"[locations.{location.id}]"
    yield "closed = ["
    for day, name in sorted((new | known).items()):
        yield f"    {day.isoformat()},  # {day:%a}: {name}"
    yield "]"
