"""A clinic's own playbook and lexicon: laid over ours, checked, named when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.books import LEXICON, PLAYBOOK, read_playbook
from bot.cli import app
from bot.clinic_file import EXAMPLE, ClinicFileError, read_clinic
from flows.complaint import ComplaintType, Severity

SERVICE = "en/service.toml"
OUR_WHY = "Almost every complaint is about how somebody was treated"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A clinic's folder with one file of ours, and a clinic file beside it."""
    folder = tmp_path / "our words"
    (folder / "en").mkdir(parents=True)
    (folder / SERVICE).write_text((PLAYBOOK / SERVICE).read_text("utf-8"), "utf-8")
    return folder


def change(own: Path, before: str, after: str) -> None:
    text = (own / SERVICE).read_text("utf-8")
    assert before in text
    (own / SERVICE).write_text(text.replace(before, after, 1), "utf-8")


def clinic_file(beside: Path, *lines: str) -> Path:
    file = beside.parent / "clinic.toml"
    file.write_text("\n".join([*lines, EXAMPLE.read_text("utf-8")]), "utf-8")
    return file


def check(folder: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["playbook", "check", str(folder)])
    return result.exit_code, result.output


def test_a_file_of_the_clinic_replaces_ours_and_the_rest_stays(own: Path) -> None:
    change(own, OUR_WHY, "Because Rose says so.")
    book, minor = read_playbook(str(own)), Severity.MINOR
    assert book.words("call", ComplaintType.SERVICE, minor).why.startswith("Because Rose")
    ours = read_playbook()
    billing = ComplaintType.BILLING
    assert book.words("call", billing, minor) == ours.words("call", billing, minor)
    assert book.steps == ours.steps


def test_the_check_says_what_is_the_clinics_and_counts(own: Path) -> None:
    status, said = check(own)
    assert status == 0
    assert "Yours: en/service.toml" in said
    steps, languages = len(read_playbook().steps), len(read_playbook().languages)
    assert f"{steps} steps, {languages} languages (en" in said
    assert "All right." in said


def test_the_check_names_every_problem(own: Path) -> None:
    change(own, "[call]", "[cal]")
    (own / "en" / "notes.toml").write_text("", "utf-8")
    (own / "en" / "safety.toml").write_text("[call", "utf-8")
    status, said = check(own)
    assert status == 1
    assert 'en/service.toml, step "cal": there is no such step in steps.toml' in said
    assert "en/notes.toml is no file of the playbook" in said
    assert "en/safety.toml: " in said


@pytest.mark.parametrize("what", ["nowhere", "empty", "picture"])
def test_a_folder_that_can_not_be_used_is_told_kindly(tmp_path: Path, what: str) -> None:
    folder = tmp_path / what
    if what != "nowhere":
        folder.mkdir()
    if what == "picture":
        (folder / "steps.toml").write_bytes(b"\xff\xd8")
    status, said = check(folder)
    assert status == 1
    told = {
        "nowhere": "there is no folder nowhere\n",
        "empty": "empty has no TOML file\n",
        "picture": "picture has a file that is no text in UTF-8\n",
    }
    assert said == told[what]


def test_the_clinic_file_finds_its_folders_from_where_it_is(own: Path) -> None:
    clinic = read_clinic(clinic_file(own, 'playbook = "our words"'))
    assert clinic.playbook == str(own)
    assert clinic.lexicon is None


def test_a_broken_playbook_is_a_problem_of_the_clinic_file(own: Path) -> None:
    change(own, "[call]", "[cal]")
    file = clinic_file(own, "", 'playbook = "our words"', 'lexicon = "nowhere"')
    with pytest.raises(ClinicFileError) as caught:
        read_clinic(file)
    first, second = str(caught.value).splitlines()[:2]
    assert first.startswith('clinic.toml, line 2: playbook: en/service.toml, step "cal"')
    assert second == "clinic.toml, line 3: lexicon: there is no folder nowhere"


def test_the_clinic_check_looks_at_them_too(own: Path) -> None:
    (own / SERVICE).unlink()
    file = clinic_file(own, 'playbook = "our words"')
    result = CliRunner().invoke(app, ["clinic", "check", str(file)])
    assert result.exit_code == 1
    assert "clinic.toml, line 1: playbook: our words has no TOML file" in result.output


def test_a_lexicon_of_the_clinic_is_read_beside_ours(own: Path) -> None:
    (own / SERVICE).unlink()
    (own / "en.toml").write_text((LEXICON / "en.toml").read_text("utf-8"), "utf-8")
    assert read_clinic(clinic_file(own, 'lexicon = "our words"')).lexicon == str(own)
