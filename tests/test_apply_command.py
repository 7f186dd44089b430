"""`amends clinic apply`: shows what a new clinic file would change, and changes it when told so."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.books import read_lexicon, read_playbook
from bot.cli import app
from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC, WallClock
from flows.complaint import ComplaintType, Severity
from flows.desk import By, Desk
from flows.filing import Filing
from flows.ports import Query
from storage.database import Database
from storage.vault import new_key


@pytest.fixture
def clinic_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clinic file of settings that a complaint was filed under."""
    file = tmp_path / "clinic.toml"
    file.write_text(SANDBOX_CLINIC.read_text("utf-8"), "utf-8")
    key, url = new_key(), f"sqlite+aiosqlite:///{tmp_path}/amends.sqlite3"
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "CLINIC_FILE": str(file),
        "DATABASE_URL": url,
        "ENCRYPTION_KEYS": key,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    async def file_one() -> None:
        database = await Database.open(url, key)
        clinic = read_clinic(file)
        books = read_playbook(), read_lexicon()
        desk = Desk(database.store, clinic, *books, WallClock(), lambda: None)
        story, now = "Mary Kay waited", datetime.now(UTC)
        filing = Filing("downtown", story, ComplaintType.SERVICE, Severity.MINOR, now)
        await desk.file(filing, By("U0ANA", "test"))
        await database.close()

    asyncio.run(file_one())
    return file


def rules_in_force() -> str:
    """The id of the rules that the complaint stands under."""

    async def read() -> str:
        database = await Database.open(os.environ["DATABASE_URL"], os.environ["ENCRYPTION_KEYS"])
        async with database.store.look() as books:
            (case,) = await books.cases(Query())
        await database.verify(1001)
        await database.close()
        return case.complaint.rules_id

    return asyncio.run(read())


def applied(*args: str, said: str = "") -> Result:
    return CliRunner().invoke(app, ["clinic", "apply", *args], input=said)


def change(file: Path) -> None:
    """The clinic has three days for a solution from now on."""
    text = file.read_text("utf-8")
    at = text.index("[deadlines.resolve]")
    after = text[at:].replace('1 = "24h"', '1 = "72h"', 1)
    file.write_text(text[:at] + after, "utf-8")


def test_nothing_changes_where_nothing_is_new(clinic_file: Path) -> None:
    result = applied()
    assert result.exit_code == 0
    assert "Every open complaint stands under these rules already." in result.output


def test_it_shows_what_would_move_and_asks(clinic_file: Path) -> None:
    before = rules_in_force()
    change(clinic_file)
    refused = applied(said="n\n")
    assert refused.exit_code == 1
    assert "C-1001, resolve: " in refused.output
    assert "Mary" not in refused.output
    assert rules_in_force() == before
    result = applied(said="y\n")
    assert "Applied to 1 open complaint." in result.output
    assert rules_in_force() == read_clinic(clinic_file).rules.id
    assert "stands under these rules already" in applied("--yes").output


def test_a_wrong_file_is_refused(clinic_file: Path) -> None:
    clinic_file.write_text("name = 3\n", "utf-8")
    result = applied("--yes")
    assert result.exit_code == 1
    assert "clinic.toml" in result.output
