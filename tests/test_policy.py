"""What a clinic may write about its people, its locations and its promises."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.clinic_file import EXAMPLE
from flows.complaint import DeadlineKind, Severity
from flows.policy import Clinic, Role
from flows.rules import DeadlineRule, LadderStep, Rules, format_duration, parse_duration, parse_when

Change = Callable[[dict[str, Any]], object]


def written() -> dict[str, Any]:
    """The example clinic as its file says it."""
    return tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))


def clinic(*changes: Change) -> Clinic:
    tables = written()
    for change in changes:
        change(tables)
    return Clinic.model_validate(tables)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("1h", 3600), ("14d", 1_209_600), ("1h30m", 5400)],
)
def test_durations_are_written_as_people_say_them(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@given(st.integers(0, 10_000_000))
def test_a_duration_is_read_back_as_it_was_written(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))).total_seconds() == seconds


@pytest.mark.parametrize(
    "text", ["", "15", "15 m", "m", "1.5h", "-5m", "30m1h", "fifteen", 15, "1w"]
)
def test_other_writings_of_a_duration_are_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not a duration such as"):
        parse_duration(text)


def test_a_duration_of_more_than_a_year_is_a_slip() -> None:
    with pytest.raises(ValueError, match="longer than a year"):
        parse_duration("1400d")


@pytest.mark.parametrize(
    "text", ["start", "start+30m", "due", "due-2h", "due+15m", "at 16:00", "next open day"]
)
def test_the_moments_of_a_ladder_are_read_back_as_they_were_written(text: str) -> None:
    assert str(parse_when(text)) == text


@pytest.mark.parametrize(
    "text", ["start-5m", "due+", "due 15m", "at 4pm", "later", "", 5, "due+0m"]
)
def test_other_moments_are_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not|longer than nothing"):
        parse_when(text)


def test_a_step_needs_somebody_to_tell() -> None:
    with pytest.raises(ValidationError, match="when, then who is told"):
        LadderStep.model_validate(["due"])


def test_ranks_follow_the_ladder_and_admins_stand_outside() -> None:
    assert [role.rank for role in Role] == [0, 0, 1, 2, 3, 0]


def test_rules_survive_being_written_down_and_keep_their_id() -> None:
    rules = clinic().rules
    again = Rules.model_validate_json(rules.model_dump_json())
    assert again == rules
    assert again.id == rules.id
    assert again.deadlines[DeadlineKind.RESOLVE].within == {
        Severity.MINOR: timedelta(hours=24),
        Severity.MODERATE: timedelta(hours=48),
        Severity.SEVERE: timedelta(hours=48),
    }


def test_the_id_of_rules_is_that_of_their_content() -> None:
    def turned_around(tables: dict[str, Any]) -> None:
        tables["deadlines"] = dict(reversed(tables["deadlines"].items()))
        tables["locations"] = dict(reversed(tables["locations"].items()))

    assert clinic(turned_around).rules.id == clinic().rules.id
    assert clinic(lambda t: t.update(name="Another")).rules.id == clinic().rules.id
    assert clinic(lambda t: t["pings"].update(hold="16m")).rules.id != clinic().rules.id


def test_a_channel_leads_to_its_location() -> None:
    found = clinic().location_of_channel("C0UPTOWN")
    assert found is not None
    assert found.name == "Uptown"
    assert clinic().location_of_channel("C0LOUNGE") is None


def test_people_are_found_by_id_and_by_role_where_they_work() -> None:
    ours = clinic()
    ana = ours.person("U0ANA")
    assert ana is not None
    assert ana.name == "Ana Ruiz"
    assert ours.person("U0GUS") is None
    assert [one.id for one in ours.of_role(Role.STAFF, "downtown")] == ["U0ANA", "U0BEN"]
    assert [one.id for one in ours.of_role(Role.STAFF, "uptown")] == ["U0BEN"]


def test_pings_have_sensible_times_when_the_file_says_nothing() -> None:
    pings = clinic(lambda t: t.pop("pings")).pings
    assert pings == clinic().pings


def test_pings_need_not_be_gathered() -> None:
    assert clinic(lambda t: t["pings"].update(gather="0s")).pings.gather == timedelta(0)


def test_every_duration_can_be_as_short_as_seconds() -> None:
    def hurried(tables: dict[str, Any]) -> None:
        tables["deadlines"]["acknowledge"] |= {
            "within": {"1": "20s", "2": "20s", "3": "20s"},
            "ladder": [["start+10s", "owner"], ["due", "owner"], ["due+5s", "manager"]],
        }
        tables["deadlines"]["follow_up"]["within"] = {"1": "60s", "2": "60s", "3": "60s"}
        tables["pings"] = {"hold": "5s", "rest": "5s", "snooze": "5s", "gather": "0s"}

    assert clinic(hurried).pings.hold == timedelta(seconds=5)


WRONG: list[tuple[Change, str]] = [
    (
        lambda t: t["people"]["U0SOFIA"].update(reports_to="U0MARRIA"),
        'people.U0SOFIA.reports_to: "U0MARRIA" is not in [people]; did you mean "U0MARIA"?',
    ),
    (
        lambda t: t["people"]["U0DAVID"].update(reports_to="U0SOFIA"),
        "people report to each other in a circle: U0DAVID → U0SOFIA → U0MARIA → U0DAVID",
    ),
    (
        lambda t: t["people"]["U0ANA"].update(reports_to="U0ANA"),
        "people report to each other in a circle: U0ANA → U0ANA",
    ),
    (
        lambda t: t["people"]["U0ANA"].update(locations=["downtwon"]),
        'people.U0ANA.locations[1]: "downtwon" is not in [locations]; did you mean "downtown"?',
    ),
    (
        lambda t: t["people"]["U0ANA"].update(id="U0ANA"),
        "people.U0ANA.id: is not known here; the name of the table is the id",
    ),
    (
        lambda t: t["people"]["U0DAVID"].update(role="manager"),
        'locations.downtown: nobody with role "director" works here',
    ),
    (
        lambda t: t["people"]["U0NINA"].update(locations=["downtown"]),
        'locations.uptown: nobody with role "admin" works here',
    ),
    (
        lambda t: t["locations"]["uptown"]["on_duty"].append("U0BENN"),
        'locations.uptown.on_duty[5]: "U0BENN" is not in [people]; did you mean "U0BEN"?',
    ),
    (
        lambda t: t["locations"]["uptown"]["on_duty"].append("U0ANA"),
        'locations.uptown.on_duty[5]: "U0ANA" works elsewhere',
    ),
    (
        lambda t: t["locations"]["uptown"].update(channel="C0FRONTDESK"),
        'locations.uptown.channel: the channel "C0FRONTDESK" is used more than once',
    ),
    (
        lambda t: t.update(admin_channel="G0MANAGERS"),
        'admin_channel: the channel "G0MANAGERS" is used more than once',
    ),
    (lambda t: t.update(default_location="downtwon"), '"downtwon" is not in [locations]'),
    (lambda t: t["deadlines"].pop("feedback"), "deadlines.feedback: is missing"),
    (lambda t: t["deadlines"]["resolve"].pop("within"), "deadlines.resolve.within: within is"),
    (
        lambda t: t["deadlines"]["resolve"]["within"].pop("2"),
        "within says nothing of severity 2",
    ),
    (
        lambda t: t["deadlines"]["custom"].update(within={"1": "1h", "2": "1h", "3": "1h"}),
        "deadlines.custom.within: is set by hand",
    ),
    (
        lambda t: t["deadlines"]["custom"].update(ladder=[["start+5m", "owner"]]),
        'deadlines.custom.ladder: steps of custom are counted from "due"',
    ),
    (
        lambda t: t["deadlines"]["take_charge"]["within"].update({"2": "15m"}),
        'deadlines.take_charge.within.2: has to be "none"',
    ),
    (
        lambda t: t["deadlines"]["acknowledge"].update(ladder=[["start+90m", "owner"]]),
        '"start+1h30m" does not lie between start and due',
    ),
]


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_what_contradicts_itself_is_refused_in_words(change: Change, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clinic(change)
    assert words in str(caught.value)


def test_a_promise_may_be_none_but_must_be_said() -> None:
    rule = DeadlineRule.model_validate(
        {"within": {"1": "none", "2": "none", "3": "none"}, "ladder": []}
    )
    assert rule.within == dict.fromkeys(Severity)
