"""The command `amends`."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from bot import serve
from bot.apply_command import apply_command
from bot.books import BOOK_ERRORS, own_texts, read_playbook
from bot.clinic_file import EXAMPLE, ClinicFileError, read_clinic
from bot.copy_command import copy_command
from bot.doctor_command import doctor_command
from bot.holidays_command import holidays_command
from bot.logs import set_up_logs
from bot.manifest import manifest as slack_manifest
from bot.settings import SettingsProblem, read_settings
from bot.triage_command import triage_command
from bot.when_command import when
from sandbox.commands import app as sandbox_app
from storage.vault import new_key

app = typer.Typer(
    help="Amends helps aesthetic clinics recover from client complaints, in Slack.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
clinic_app = typer.Typer(help="The clinic file: people, locations, deadlines.")
playbook_app = typer.Typer(help="The playbook: the recommended steps and their words.")
db_app = typer.Typer(help="The database.")
keys_app = typer.Typer(help="The keys that personal data is encrypted with.")
app.add_typer(clinic_app, name="clinic")
app.add_typer(playbook_app, name="playbook")
app.add_typer(db_app, name="db")
app.add_typer(keys_app, name="keys")
app.add_typer(sandbox_app, name="sandbox")
app.command("triage")(triage_command)
app.command()(when)
app.command("doctor")(doctor_command)
db_app.command("copy")(copy_command)
clinic_app.command("holidays")(holidays_command)
clinic_app.command("apply")(apply_command)


def _fail(message: str, status: int = 1) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(status)


@app.command()
def run(
    clock: Annotated[
        str | None,
        typer.Option(help="Take the time of the sandbox at this address (this machine only)."),
    ] = None,
    http: Annotated[
        bool,
        typer.Option("--http", help="Take Slack's requests on HOST and PORT, not by Socket Mode."),
    ] = False,
) -> None:
    """Run the bot against the Slack that the settings name, until it is told to stop."""
    set_up_logs()
    try:
        settings = read_settings("slack_signing_secret" if http else "slack_app_token")
        asyncio.run(serve.run(settings, clock, http=http))
    except SettingsProblem as problem:
        raise _fail(str(problem), 2) from None
    except serve.CannotStart as problem:
        raise _fail(str(problem)) from None


@app.command()
def demo() -> None:
    """Play the stories of a clinic's life with its clients, and check every message in them."""
    from bot.demo import play_all

    set_up_logs(logging.ERROR)  # the stories' outages would be told between their messages
    if not asyncio.run(play_all()):
        raise typer.Exit(1)


@app.command()
def manifest(
    url: Annotated[
        str | None,
        typer.Option(help="For `run --http`: where Slack reaches it, such as https://example.org."),
    ] = None,
) -> None:
    """Print the Slack app manifest: create your Slack app from it."""
    typer.echo(slack_manifest(url))


@sandbox_app.command("start")
def sandbox_start(
    port: Annotated[int, typer.Option(help="Where to listen on this machine.")] = 8065,
    bot: Annotated[
        bool, typer.Option(help="With a bot in it; else it prints the settings for one.")
    ] = True,
) -> None:
    """Start a local Slack with Amends in it; needs no token and keeps nothing."""
    from bot.serve_sandbox import serve_sandbox

    set_up_logs()
    try:
        asyncio.run(serve_sandbox(port, with_bot=bot))
    except serve.CannotStart as problem:
        raise _fail(str(problem)) from None


@clinic_app.command("example")
def clinic_example() -> None:
    """Print a complete, commented clinic file to start from."""
    typer.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)


@clinic_app.command("check")
def clinic_check(file: Annotated[Path, typer.Argument(help="The clinic file.")]) -> None:
    """Say whether a clinic file is complete and right, and if not, where and why."""
    try:
        clinic = read_clinic(file)
    except ClinicFileError as problem:
        raise _fail(str(problem)) from None
    typer.echo(
        f"{clinic.name}: {len(clinic.locations)} locations, {len(clinic.people)} people. All right."
    )


@playbook_app.command("check")
def playbook_check(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the clinic's own files.")
    ],
) -> None:
    """Say whether a clinic's own playbook, laid over ours, is complete, and if not, what is wrong.

    A file in DIR replaces ours of the same path, such as en/service.toml; the rest stays ours.
    """
    try:
        playbook = read_playbook(str(folder))
        own = own_texts(str(folder))
    except BOOK_ERRORS as error:
        raise _fail("\n".join(error.problems)) from None
    typer.echo(f"Yours: {', '.join(own)}")
    steps, languages = len(playbook.steps), sorted(playbook.languages)
    typer.echo(f"{steps} steps, {len(languages)} languages ({', '.join(languages)}). All right.")


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Encrypt everything anew under the first of ENCRYPTION_KEYS; the others may go afterwards."""
    try:
        count = asyncio.run(serve.reseal(read_settings()))
    except SettingsProblem as problem:
        raise _fail(str(problem), 2) from None
    except serve.CannotStart as problem:
        raise _fail(str(problem)) from None
    typer.echo(f"{count} entries are under the new key now.")


@keys_app.command("new")
def keys_new() -> None:
    """Print a new key; put it first in ENCRYPTION_KEYS and keep the older ones behind it."""
    typer.echo(new_key())
