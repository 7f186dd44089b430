"""`amends db copy`: moves a clinic that outgrew one machine from its file to a server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.serve import unusable
from bot.settings import SettingsProblem, read_settings
from storage.copying import copy
from storage.errors import BadKeys, ChainBroken, DatabaseUnusable, WrongKey


def copy_command(
    sqlite: Annotated[
        Path,
        typer.Argument(help="The SQLite file; stop Amends first.", exists=True, dir_okay=False),
    ],
    postgres: Annotated[
        str,
        typer.Argument(help="An empty database: postgresql+asyncpg://user:password@host/database"),
    ],
) -> None:
    """Copy a SQLite file to a PostgreSQL server, and compare row by row; the file stays."""
    try:
        keys = read_settings().encryption_keys.get_secret_value()
        copied = asyncio.run(copy(sqlite, postgres, keys, typer.echo))
    except SettingsProblem as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    except (BadKeys, WrongKey, DatabaseUnusable) as problem:
        typer.echo(unusable(problem), err=True)
        raise typer.Exit(1) from None
    except ChainBroken as problem:
        typer.echo(f"Nothing was copied: {problem}.", err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"{copied.rows} rows are the same on both sides, and the histories of "
        f"{copied.complaints} complaints are whole. Now set DATABASE_URL to the server."
    )
