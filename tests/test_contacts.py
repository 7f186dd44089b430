"""How to reach a client, from what staff typed."""

from __future__ import annotations

import pytest

from flows.contacts import normalise


@pytest.mark.parametrize(
    "typed",
    [
        "(415) 555-0132",
        "415.555.0132",
        "1 415 555 0132",
        "+1 415 555 0132",
        "(415) 555-0132 ext 3",
        "415-555-0132 x3",
        "４１５－５５５－０１３２",
        "  415 555 0132 ",
        "call after 5: 415-555-0132",
        "mobile (415) 555-0132, after 6",
        "bo@x.io or 415 555 0132",
    ],
)
def test_one_phone_number_has_one_form_however_it_is_typed(typed: str) -> None:
    contact = normalise(typed, "US")
    assert contact.normalised == "+14155550132"
    assert contact.typed == typed


def test_a_number_is_read_as_dialled_where_the_clinic_is() -> None:
    assert normalise("020 7946 0958", "GB").normalised == "+442079460958"
    assert normalise("+44 20 7946 0958", "US").normalised == "+442079460958"


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("Jo.Doe@Example.COM", "jo.doe@example.com"),
        (" jo@example.co.uk ", "jo@example.co.uk"),
        ("@Jo_Doe", "@jo_doe"),
        ("＠Jo.Doe", "@jo.doe"),
    ],
)
def test_addresses_and_handles_become_lower_case(typed: str, normalised: str) -> None:
    assert normalise(typed, "US").normalised == normalised


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "12",
        "555-0132",  # no area code: it would be somebody else in the next town
        "415-555-0132 or 415-555-0199",
        "jo@example",
        "@",
        "ask her sister",
        "DOB 06/12/1990",
        "2026-06-20",
        "9" * 40,
    ],
)
def test_what_is_not_clearly_one_way_to_reach_somebody_stays_as_typed(typed: str) -> None:
    contact = normalise(typed, "US")
    assert (contact.typed, contact.normalised) == (typed, None)
