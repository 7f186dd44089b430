"""`amends doctor`: whether everything that `amends run` needs is right, and what to do if not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import typer
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clinic_file import ClinicFileError, read_clinic
from bot.manifest import SCOPES
from bot.serve import unusable
from bot.settings import Settings, SettingsProblem, read_settings
from flows.policy import Clinic
from handlers.slack.directory import unreachable
from handlers.slack.trouble import CONNECTION, error_of
from storage.database import Database
from storage.errors import BadKeys, DatabaseUnusable, WrongKey, is_database_trouble

GOOD, BAD = "ok     ", "wrong  "
Finding = tuple[str, str]


def doctor_command() -> None:
    """Look at the settings, the clinic file, the database and Slack; end with 1 if one is wrong."""
    well = True
    for mark, line in asyncio.run(_all()):
        typer.echo(mark + line)
        well = well and mark is GOOD
    if not well:
        raise typer.Exit(1)


async def _all() -> list[Finding]:
    try:
        settings = read_settings()
    except SettingsProblem as problem:
        return [(BAD, line) for line in str(problem).splitlines()]
    found: list[Finding] = [(GOOD, "The settings are there.")]
    clinic = None
    try:
        clinic = read_clinic(settings.clinic_file)
        found.append((GOOD, f"The clinic file is right: {clinic.name}."))
    except ClinicFileError as problem:
        found += [(BAD, line) for line in str(problem).splitlines()]
    found += [finding async for finding in _database(settings)]
    found += [finding async for finding in _slack(settings, clinic)]
    return found


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    keys = settings.encryption_keys.get_secret_value()
    try:
        database = await Database.open(settings.database_url, keys)
    except (BadKeys, WrongKey, DatabaseUnusable) as problem:
        yield BAD, unusable(problem)
        return
    try:
        async with database.store.look() as books:
            audit = await books.audit(datetime.now(UTC))
    except Exception as problem:
        if not is_database_trouble(problem):
            raise
        yield BAD, f"DATABASE_URL: it can't be read ({type(problem).__name__})."
        return
    finally:
        await database.close()
    yield GOOD, f"The database opens under the keys: {audit.open} complaints are open."
    for number in audit.unwatched:
        yield (
            BAD,
            f"C-{number} is open and no deadline watches it: open it and decide.",
        )
    late = {kind: count for kind, count in audit.faults.items() if kind != "unwatched"}
    for kind, count in late.items():
        yield (
            BAD,
            f"{kind.replace('_', ' ')}: {count}. Does `amends run` run? What does it log?",
        )


async def _slack(settings: Settings, clinic: Clinic | None) -> AsyncIterator[Finding]:
    client = AsyncWebClient(
        settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url
    )
    try:
        answer = await client.auth_test()
    except SlackApiError as problem:
        yield BAD, f"SLACK_BOT_TOKEN: Slack refuses it ({error_of(problem)})."
        return
    except CONNECTION:
        yield BAD, f"SLACK_API_URL: nobody answers at {settings.slack_api_url}."
        return
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    yield GOOD, "Slack takes the bot's token."
    for scope in SCOPES.keys() - granted:
        yield BAD, f"The scope {scope} is missing ({SCOPES[scope]}): install the app anew."
    if clinic is not None:
        missing = await unreachable(client, clinic)
        for what in missing:
            yield BAD, f"The clinic file: {what}."
        if not missing:
            yield GOOD, "Every channel and person of the clinic file is reached."
