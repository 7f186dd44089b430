"""Reading the clinic file: what is wrong is named by line, in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.clinic_file import EXAMPLE, TABLES, ClinicFileError, keys_of, read_clinic
from flows.complaint import DeadlineKind
from flows.policy import Role

ROOT = Path(__file__).parent.parent
SANDBOX = ROOT / "sandbox" / "clinic.toml"
DOCS = ROOT / "docs" / "clinic-file.md"


def problems(tmp_path: Path, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    """The example with some words replaced: each problem's line, as text, and what is said."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file = tmp_path / "clinic.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ClinicFileError) as caught:
        read_clinic(file)
    lines = ["", *text.splitlines()]
    return [(lines[line or 0], what) for line, what in caught.value.problems]


@pytest.mark.parametrize("file", [EXAMPLE, SANDBOX])
def test_our_own_clinic_files_are_right(file: Path) -> None:
    clinic = read_clinic(file)
    assert set(clinic.deadlines) == set(DeadlineKind)
    assert set(clinic.locations) == {"downtown", "uptown"}


def test_the_sandbox_keeps_the_promises_of_the_example() -> None:
    assert read_clinic(SANDBOX).deadlines == read_clinic(EXAMPLE).deadlines
    assert read_clinic(SANDBOX).pings == read_clinic(EXAMPLE).pings


def test_the_sandbox_has_its_cast() -> None:
    clinic = read_clinic(SANDBOX)
    assert {person.id: person.role for person in clinic.people.values()} == {
        "U0ANA": Role.STAFF,
        "U0BEN": Role.STAFF,
        "U0CHLOE": Role.STAFF,
        "U0OMAR": Role.CLINICIAN,
        "U0SOFIA": Role.SUPERVISOR,
        "U0MARIA": Role.MANAGER,
        "U0DAVID": Role.DIRECTOR,
        "U0NINA": Role.ADMIN,
    }


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known(tmp_path: Path) -> None:
    assert problems(tmp_path, ('reports_to = "U0DAVID"', 'report_to = "U0DAVID"')) == [
        (
            'report_to = "U0DAVID"',
            'people.U0MARIA.report_to: is not known here; did you mean "reports_to"?',
        )
    ]


def test_all_problems_are_listed_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ('role = "staff"', 'role = "stuff"'),
        ('name = "Downtown"\n', ""),
        ("America/Los_Angeles", "America/LosAngeles"),
        ('thu = "09:00-20:00"', 'thr = "09:00-20:00"'),
        ('["due+15m", "manager"]', '["due+15", "manager"]'),
        ("[deadlines.feedback]", "[deadlines.feedbacks]"),
        ('rest = "20m"', 'rest = "20 min"'),
    )
    assert [line.split("#")[0].strip() for line, _ in found] == [
        'role = "stuff"',
        "[locations.downtown]",
        'zone = "America/LosAngeles"',
        'thr = "09:00-20:00"',
        '["due+15", "manager"],',
        "[deadlines.feedbacks]",
        'rest = "20 min"',
    ]
    assert [what.partition(": ")[2] for _, what in found] == [
        '"stuff" is not one of staff, clinician, supervisor, manager, director or admin',
        "is missing",
        '"America/LosAngeles" is not a time zone; did you mean "America/Los_Angeles"?',
        'is not known here; did you mean "thu"?',
        '"15" is not a duration such as "90s", "15m", "1h30m" or "14d"',
        'is not known here; did you mean "feedback"?',
        '"20 min" is not a duration such as "90s", "15m", "1h30m" or "14d"',
    ]


def test_people_who_are_not_there_are_found_in_a_list(tmp_path: Path) -> None:
    split = '[\n  "U0BEN", "U0SOFIA",\n  "U0MARRIA", # not yet\n  "U0DAVID"]'
    before = '["U0BEN", "U0SOFIA", "U0MARIA", "U0DAVID"]'
    assert problems(tmp_path, (before, split)) == [
        (
            '  "U0MARRIA", # not yet',
            'locations.uptown.on_duty[3]: "U0MARRIA" is not in [people]; did you mean "U0MARIA"?',
        )
    ]


@pytest.mark.parametrize(
    ("shift", "line", "what"),
    [
        ('people = ["U0BNE"]', 2, 'people[1]: "U0BNE" is not in [people]; did you mean "U0BEN"?'),
        ('peple = ["U0BEN"]', 2, 'peple: is not known here; did you mean "people"?'),
        ('people = ["U0BEN"]\ndates = { 24.12 = "09:00-12:00" }', 3, "24: is not a date"),
        ('people = ["U0BEN"]\ndates = { xmas = "09:00-12:00" }', 3, "is not a date such as"),
        ('people = ["U0BEN"]\nhours = { fri = "9-12" }', 3, '"9" is not a clock time'),
        ('people = ["U0BEN"]', 1, "has no time"),
    ],
)
def test_a_wrong_shift_is_found_with_its_line(
    tmp_path: Path, shift: str, line: int, what: str
) -> None:
    table = f"[[locations.downtown.shifts]]\n{shift}\n"
    if "hours" not in shift and "dates" not in shift and what != "has no time":
        table += 'hours = { fri = "09:00-12:00" }\n'
    file = tmp_path / "clinic.toml"
    before = EXAMPLE.read_text(encoding="utf-8")
    file.write_text(f"{before}{table}", encoding="utf-8")
    with pytest.raises(ClinicFileError) as caught:
        read_clinic(file)
    line += len(before.splitlines())
    assert [number for number, said in caught.value.problems if what in said] == [line]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("snoozes = 2", 'snoozes = "two"', '"two" has to be a whole number'),
        ('currency = "USD"', "currency = 3", "3 has to be text in quotes"),
        ('currency = "USD"', 'currency = "dollars"', '"dollars" is not a currency code'),
        ('hold = "15m"', 'hold = "0s"', '"0s" has to be longer than nothing'),
        ('languages = ["en", "es"]', 'languages = "en"', '"en" has to be a list in [ ]'),
        ('languages = ["en", "es"]', "languages = []", "must not be empty"),
        ('phone_region = "US"', 'phone_region = "USA"', "is not a phone region"),
        ("[people.U0BEN]", "[people.ben]", '"ben" is not a Slack user id'),
        ('"C0FRONTDESK"', '"#front-desk"', '"#front-desk" is not a Slack channel id'),
        ("{ 1 = ", "{ 4 = ", "is not known here; it may be 1, 2, 3"),
        ("[pings]", "[pings]\ncolour = 1", "it may be hold, rest, snooze, snoozes, gather"),
        ("[2026-11-26, ", '["Thanksgiving", ', '"Thanksgiving" is not right'),
        ('name = "Rose', 'nme = "Rose', 'did you mean "name"?'),
    ],
)
def test_each_mistake_has_its_words(tmp_path: Path, before: str, after: str, words: str) -> None:
    found = problems(tmp_path, (before, after))
    assert any(words in what for _, what in found), found


def test_a_table_that_is_no_table_is_said_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "clinic.toml"
    file.write_text("pings = 5\n", encoding="utf-8")
    with pytest.raises(ClinicFileError, match=r"clinic.toml, line 1: pings: 5 has to be a table"):
        read_clinic(file)


def test_dotted_keys_and_inline_tables_have_lines_too(tmp_path: Path) -> None:
    dotted = 'pings.rest = "20 min"\npings . "hold" = "no"\npings.snoozes = 2\n'
    file = tmp_path / "clinic.toml"
    file.write_text(dotted, encoding="utf-8")
    with pytest.raises(ClinicFileError) as caught:
        read_clinic(file)
    lines = {what.partition(":")[0]: line for line, what in caught.value.problems}
    assert (lines["pings.rest"], lines["pings.hold"]) == (1, 2)
    assert lines["people"] is None


@pytest.mark.parametrize(
    ("text", "line"), [("name = \n", 1), ('name = "x"\n[people', 2), ('a = 1\nb = "x\n', 2)]
)
def test_what_is_no_toml_is_said_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "clinic.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ClinicFileError, match=f"line {line}: this is not TOML"):
        read_clinic(file)


def test_a_file_that_is_not_there_or_no_text_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ClinicFileError, match="can't be read"):
        read_clinic(tmp_path / "nowhere.toml")
    picture = tmp_path / "picture.toml"
    picture.write_bytes(b"\xff\xd8")
    with pytest.raises(ClinicFileError, match="not a text file"):
        read_clinic(picture)


def test_the_docs_list_every_key_of_every_table_and_no_other() -> None:
    documented = [
        tuple(re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE))
        for section in re.split(r"^## ", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ]
    assert [keys for keys in documented if keys] == [keys_of(table) for table in TABLES]
