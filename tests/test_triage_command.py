"""`amends triage`: texts in, JSON out; and the report on known cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

CASE = {
    "id": "x1",
    "lang": "en",
    "via": "client",
    "text": "I waited an hour",
    "type": "service",
    "severity": 1,
    "why": "waiting",
}


def run(*arguments: str, typed: str | bytes = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["triage", *arguments], input=typed)
    return result.exit_code, result.output


def report(file: Path, *cases: dict[str, object]) -> tuple[int, str]:
    file.write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
    return run("--report", str(file))


def test_a_line_in_is_an_object_out() -> None:
    status, said = run("--json", typed="I waited an hour\n\n打完玻尿酸嘴唇发白，疼得厉害")
    waited, nothing, filler = map(json.loads, said.splitlines())
    assert status == 0
    assert set(waited) == {"type", "severity", "emergency", "reasons"}
    assert (waited["type"], waited["severity"], waited["emergency"]) == ("service", 1, False)
    assert nothing == {"type": "service", "severity": 1, "emergency": False, "reasons": []}
    assert (filler["type"], filler["severity"], filler["emergency"]) == ("safety", 3, True)
    assert any("发白" in reason for reason in filler["reasons"])


def test_bytes_that_are_no_text_are_taken_all_the_same() -> None:
    status, said = run("--json", typed=b"I waited \xff\xfe an hour\n")
    assert status == 0
    assert json.loads(said)["type"] == "service"


def test_the_report_counts_and_names_what_is_wrong(tmp_path: Path) -> None:
    wrong = CASE | {"id": "x2", "text": "I was charged twice", "severity": 3, "emergency": False}
    status, said = report(tmp_path / "cases.jsonl", CASE, wrong)
    assert status == 0
    assert "type right: 1 of 2 (50.0%)" in said
    assert "severity 3 suggested below 3: 1" in said
    assert "emergencies missed: 0, false alarms: 0" in said
    assert "Wrong: 1\nx2 (en): I was charged twice\n    should be service, severity 3" in said
    assert "said billing, severity 2 (severity 2: “charged twice”" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no cases in it"),
        ("{", "line 1: "),
        ('{"id": "x"}', "line 1: lang: Field required"),
        (json.dumps(CASE | {"type": "cooking"}), "line 1: type: "),
        (json.dumps(CASE) + "\n" + json.dumps(CASE | {"severity": 4}), "line 2: severity: "),
    ],
)
def test_a_file_that_can_not_be_used_is_told_where_and_why(
    tmp_path: Path, text: str, why: str
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(text, "utf-8")
    status, said = run("--report", str(file))
    assert status == 1
    assert why in said


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    status, said = run("--report", str(tmp_path / "nowhere.jsonl"))
    assert status == 1
    assert "can't be read" in said


def test_without_a_wish_it_says_how_to_use_it() -> None:
    status, said = run()
    assert status == 2
    assert "--json" in said
    assert "--report FILE" in said
