"""Filing by conversation, as tables of what is said or pressed and what is asked after it.

`[step]` is a button, `[=value]` a choice, `+90m` lets time pass; what is shown is the question or
the stage, and behind `!` why an answer was not taken.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flows_cast import CHLOE, LEXICON, MINOR, MODERATE, ONE, at, clinic_where, moment
from talk_cast import NEW, at_summary, begun

from flows import intake as rules
from flows.complaint import ComplaintType, Contact, Via
from flows.conversation import Conversation, Stage, answered
from flows.filing import Filing, Spoken, file
from flows.questions import Question
from flows.triage import triage

BILLING, SERVICE = ComplaintType.BILLING, ComplaintType.SERVICE
PHONE = Contact("(415) 555-0132", "+14155550132")

# ------------------------------------------------------------------------------ the whole intake

ENGLISH = (
    "Client furious about the bill",
    [
        ("Uptown", "spoken"),
        ("Yes", "received"),
        ("20 minutes ago", "type"),
        ("it's about the bill", "severity"),
        ("2", "client"),
        ("Mary Kay", "contact"),
        ("(415) 555-0132", "via"),
        ("by phone", "remedy_sought"),
        ("an apology", "happened"),
        ("yesterday", "about_staff"),
        ("Chloe", "summary"),
        ("file it", "filing"),
    ],
    Filing(
        "uptown", "Client furious about the bill", BILLING, MODERATE, at("12:40"), Spoken.YES,
        "Mary Kay", PHONE, Via.PHONE, "an apology", "yesterday", at("12:00", 11), CHLOE,
    ),
)  # fmt: skip
CHINESE = (
    "客户说价格和当初说的不一样，很生气",
    [
        ("downtown", "spoken"),
        ("还没有", "received"),
        ("今天上午11点", "type"),
        ("收费的问题", "severity"),
        ("二级", "client"),
        ("王丽", "contact"),
        ("不知道", "via"),
        ("微信", "remedy_sought"),
        ("没有", "happened"),
        ("上个月", "about_staff"),
        ("没有", "summary"),
        ("提交", "filing"),
    ],
    Filing(
        "downtown", "客户说价格和当初说的不一样，很生气", BILLING, MODERATE, at("11:00"),
        client="王丽", via=Via.MESSAGE, happened="上个月",
    ),
)  # fmt: skip
SPANISH = (
    "La clienta esperó una hora y nadie le pidió perdón",
    [
        ("Downtown", "spoken"),
        ("Sí, y quedó resuelta", "received"),
        ("hace 30 minutos", "type"),
        ("Atención", "severity"),
        ("leve", "client"),
        ("María José", "contact"),
        ("paso", "via"),
        ("en persona", "remedy_sought"),
        ("una disculpa", "happened"),
        ("hoy a las 11", "about_staff"),
        ("nadie", "summary"),
        ("registrar", "filing"),
    ],
    Filing(
        "downtown", "La clienta esperó una hora y nadie le pidió perdón", SERVICE, MINOR,
        at("12:30"), Spoken.SETTLED, "María José", None, Via.IN_PERSON, "una disculpa",
        "hoy a las 11", at("11:00"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "intake"), [("en", ENGLISH), ("zh", CHINESE), ("es", SPANISH)]
)
def test_all_of_it_in_words(language: str, intake: tuple[str, Any, Filing]) -> None:
    story, rows, filing = intake
    talk = begun(story, language=language, location=None)
    assert talk.shown == "location"
    talk.plays(rows)
    assert talk.filing == filing
    assert file(talk.filing, moment("U0ANA")).case.complaint.story == story


def test_all_of_it_in_presses() -> None:
    talk = begun(location=None)
    talk.plays([
        ("[=uptown]", "spoken"),
        ("[=settled]", "received"),
        ("[skip]", "type"),
        ("[=service]", "severity"),
        ("[=1]", "client"),
        ("[skip]", "contact"),
        ("[skip]", "via"),
        ("[=in_person]", "remedy_sought"),
        ("[skip]", "happened"),
        ("[skip]", "about_staff"),
        (f"[={CHLOE}]", "summary"),
        ("[file]", "filing"),
    ])  # fmt: skip
    assert talk.filing == Filing(
        "uptown", "Client furious about the bill", SERVICE, MINOR, ONE, Spoken.SETTLED,
        via=Via.IN_PERSON, about_staff=CHLOE,
    )  # fmt: skip


def test_a_question_tells_its_place_and_what_can_be_done() -> None:
    talk = begun(location=None)
    seen = []
    while talk.shown != "summary":
        assert talk.turn is not None
        ask = talk.turn.ask
        seen.append((ask.place, ask.places, ask.can_skip, ask.can_go_back))
        talk.does("[skip]" if ask.can_skip else f"[={ask.options[0].value}]")
    needed = {1, 2, 4, 5}
    assert seen == [(place, 11, place not in needed, place > 1) for place in range(1, 12)]
    assert answered(talk.conversation) == list(Question)


def test_what_the_story_suggests_comes_first() -> None:
    talk = begun()
    for press, options in (
        ("[=no]", []),
        ("[skip]", ["billing*", "result", "service", "privacy", "safety"]),
        ("[=billing]", ["2*", "1", "3"]),
    ):
        talk.does(press)
        assert talk.options == options


# ------------------------------------------------------------------------- what is not understood


@pytest.mark.parametrize(
    "rows",
    [
        # A slip leaves the question standing, whether typed or pressed.
        [("not billing", "spoken !choose"), ("perhaps", "spoken !choose"), ("yes", "received")],
        [("[=maybe]", "spoken"), ("[=]", "spoken"), ("[=3]", "spoken"), ("   ", "spoken")],
        [("[skip]", "spoken !needed"), ("I don't know", "spoken !needed")],
        [("[back]", "spoken !first"), ("volver", "spoken !first")],
        # Steps that the question doesn't have do nothing.
        [("[file]", "spoken"), ("[go on]", "spoken"), ("[no alarm]", "spoken")],
        [("yes", "received"), ("soon", "received !unclear"), ("5pm", "received !in_future")],
        # A talk needs a way in which people talk, and can't leave it open.
        [("yes", "received"), ("skip", "type"), ("billing", "severity"), ("2", "client"),
         ("skip", "contact"), ("skip", "via"), ("skip", "via !spoken_needs_via"),
         ("review", "via !spoken_needs_via"), ("[=web]", "via !spoken_needs_via"),
         ("[=email]", "remedy_sought")],
        # Settled is only what is minor.
        [("settled", "received"), ("skip", "type"), ("billing", "severity"),
         ("2", "severity !settled_only_minor"), ("[=3]", "severity !settled_only_minor"),
         ("1", "client")],
    ],
)  # fmt: skip
def test_a_slip_leaves_the_question_standing(rows: list[tuple[str, str]]) -> None:
    begun().plays(rows)


def test_the_summary_takes_only_what_it_asks_for() -> None:
    at_summary(
        ("she is nice", "summary !summary"),
        ("maybe file it", "summary !summary"),
        ("[=billing]", "summary"),
        ("[skip]", "summary"),
        ("", "summary !summary"),
        ("ok", "filing"),
        ("wait", NEW),
    )


# -------------------------------------------------------------------------------------- going back


def test_back_keeps_the_answers_and_asks_only_what_is_open() -> None:
    talk = begun()
    talk.plays([
        ("no", "received"),
        ("skip", "type"),
        ("billing", "severity"),
        ("back", "type"),
        ("[back]", "received"),
        ("20 minutes ago", "severity"),
        ("2", "client"),
    ])  # fmt: skip
    assert talk.conversation.answers[Question.TYPE] == "billing"
    assert talk.conversation.times == {Question.RECEIVED: at("12:40")}


def test_from_the_summary_back_goes_to_the_last_question() -> None:
    talk = at_summary(("[back]", "about_staff"), ("Chloe", "summary"), ("file", "filing"))
    assert talk.filing.about_staff == CHLOE


def test_a_time_taken_back_is_no_longer_meant() -> None:
    talk = at_summary(
        ("back", "about_staff"), ("back", "happened"), ("yesterday", "summary"),
        ("back", "about_staff"), ("back", "happened"), ("skip", "summary"),
    )  # fmt: skip
    assert (talk.filing.happened, talk.filing.happened_at) == (None, None)


def test_having_spoken_after_all_asks_again_for_a_way_in_which_people_talk() -> None:
    talk = begun()
    for one in ("no", "skip", "billing", "1", "skip", "skip"):
        talk.does(one)
    talk.plays([
        ("review", "remedy_sought"),
        *[("[back]", name) for name in
          ("via", "contact", "client", "severity", "type", "received", "spoken")],
        ("yes", "via"),
        ("phone", "remedy_sought"),
    ])  # fmt: skip


def test_settled_after_a_higher_severity_is_refused() -> None:
    begun().plays([
        ("no", "received"), ("skip", "type"), ("billing", "severity"), ("3", "client"),
        ("back", "severity"), ("back", "type"), ("back", "received"), ("back", "spoken"),
        ("settled", "spoken !settled_only_minor"), ("yes", "client"),
    ])  # fmt: skip


def test_times_meant_in_another_zone_are_asked_once_more() -> None:
    def moved(tables: dict[str, Any]) -> None:
        tables["locations"]["uptown"]["zone"] = "America/New_York"

    talk = begun(location=None, clinic=clinic_where(moved))
    talk.plays([
        ("downtown", "spoken"), ("no", "received"), ("at 11", "type"),
        ("back", "received"), ("back", "spoken"), ("back", "location"),
        ("downtown", "type"),
        ("back", "received"), ("back", "spoken"), ("back", "location"),
        ("uptown", "received"), ("at 11", "type"),
    ])  # fmt: skip
    assert talk.conversation.times == {Question.RECEIVED: at("08:00")}


def test_refused_its_answers_stand_again() -> None:
    before = at_summary().conversation
    talk = at_summary(("file", "filing"), ("[not filed]", "summary"))
    assert talk.conversation.answers == before.answers


# --------------------------------------------------------------------------- offers, and as JSON


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("client furious about the bill", True),
        ("客户说价格不对", True),
        ("clienta furiosa por la factura", True),
        ("furious client", False),
        ("差评", False),
        ("see you on Monday then", False),
        ("what can you do?", False),
        ("", False),
    ],
)
def test_is_worth_offering(words: str, expected: bool) -> None:
    assert rules.worth_offering(words, triage(words, LEXICON)) is expected


@pytest.mark.parametrize("stage", Stage)
def test_as_json_nothing_is_lost(stage: Stage) -> None:
    full = Conversation(
        "Ev1", "王丽 is furious", ONE, at("13:05"), stage, Question.VIA, "downtown",
        {Question.SPOKEN: "yes", Question.RECEIVED: "at 11", Question.CLIENT: ""},
        {Question.RECEIVED: datetime(2026, 6, 12, 18, 0, 0, 123456, tzinfo=UTC)},
        7, "pus", ("chest pain", "burn"), "later", Conversation("Ev0", "pus", ONE, ONE),
        "1781.2", "Ev2", 3,
    )  # fmt: skip
    for one in (full, Conversation("Ev1", "", ONE, ONE, stage)):
        assert Conversation.of_json(json.loads(json.dumps(one.to_json()))) == replace(
            one, version=0
        )
