"""`amends clinic apply`: lets open complaints stand under the clinic file as it is now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.books import read_lexicon, read_playbook
from bot.clinic_file import ClinicFileError, read_clinic
from bot.serve import WallClock, unusable
from bot.settings import Settings, SettingsProblem, read_settings
from flows.change import DueChange
from flows.desk import By, Desk
from flows.ladder import BOT
from flows.policy import Clinic
from flows.ports import Case
from storage.database import Database
from storage.errors import BadKeys, DatabaseUnusable, WrongKey

DOOR = "clinic apply"


def apply_command(
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask, apply.")] = False,
) -> None:
    """Show what the clinic file would change for open complaints, and apply it when you say so.

    Without it they keep the rules they were filed under. What was earned by waiting for clients
    stays, what was due and is past is not taken back.
    """
    try:
        settings = read_settings()
        clinic = read_clinic(settings.clinic_file)
        asyncio.run(_apply(settings, clinic, yes=yes))
    except SettingsProblem as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    except ClinicFileError as problem:
        typer.echo(f"CLINIC_FILE: {problem}", err=True)
        raise typer.Exit(1) from None
    except (BadKeys, WrongKey, DatabaseUnusable) as problem:
        typer.echo(unusable(problem), err=True)
        raise typer.Exit(1) from None


async def _apply(settings: Settings, clinic: Clinic, *, yes: bool) -> None:
    keys = settings.encryption_keys.get_secret_value()
    database = await Database.open(settings.database_url, keys)
    try:
        playbook, lexicon = read_playbook(clinic.playbook), read_lexicon(clinic.lexicon)
        desk = Desk(database.store, clinic, playbook, lexicon, WallClock(), lambda: None)
        changes = await desk.preview_policy()
        for case, moves in changes:
            for line in _lines(case, moves, clinic):
                typer.echo(line)
        if not changes:
            typer.echo("Every open complaint stands under these rules already.")
            return
        if not yes:
            typer.confirm(f"Apply to {_counted(len(changes))}?", abort=True)
        for case, _ in changes:
            await desk.apply_policy(case.complaint.reference, By(BOT, DOOR))
        typer.echo(f"Applied to {_counted(len(changes))}.")
    finally:
        await database.close()


def _counted(number: int) -> str:
    return f"{number} open complaint{'' if number == 1 else 's'}"


def _lines(case: Case, moves: Sequence[DueChange], clinic: Clinic) -> list[str]:
    """What would move for one complaint, by its reference only, in its location's zone."""
    reference = case.complaint.reference
    zone = ZoneInfo(clinic.location(case.complaint.location).hours.zone)

    def when(at: datetime | None) -> str:
        if at is None:
            return "none"
        late = ", which is past" if at <= datetime.now(UTC) else ""
        return f"{at.astimezone(zone):%a %b %d %H:%M}{late}"

    moved = [
        f"{reference}, {move.kind}: {when(move.before)} becomes {when(move.after)}"
        for move in moves
        if move.before != move.after
    ]
    return moved or [f"{reference}: nothing is due at another time; who is told when may differ"]
