"""What is shown while somebody files by conversation, and what the form says of a suggestion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk.models.views import View
from test_pictures import (
    ANA,
    MARKUP,
    NOW,
    ORDINARY,
    STRANGER,
    TEXTS,
    WORST,
    World,
    drawn,
    texts_in,
    world,
)

from bot.books import read_lexicon
from flows import intake as rules
from flows.complaint import Severity
from flows.conversation import Conversation, Stage
from flows.questions import SKIPPED, Question, Setting, Slip
from flows.triage import triage
from handlers.slack.pictures import Picture, filing_form, suggestion, talk
from sandbox.message_checks import refuse_bad_content
from sandbox.view_checks import view_complaints

__all__ = ["world"]

LEXICON = read_lexicon()
ALARM = "Her lip turned white after the filler. "


def setting(world: World) -> Setting:
    return Setting(NOW, world.language, world.clinic, LEXICON)


def conversations(world: World) -> Iterator[Conversation]:
    """At every stage, each question unanswered and all answered with what people say."""
    answers = {
        Question.LOCATION: "downtown",
        Question.SPOKEN: "no",
        Question.RECEIVED: world.words[:3000],
        Question.TYPE: "billing",
        Question.SEVERITY: "2",
        Question.CLIENT: world.client,
        Question.CONTACT: world.contact,
        Question.VIA: SKIPPED,
        Question.REMEDY_SOUGHT: world.words,
        Question.HAPPENED: world.words,
        Question.ABOUT_STAFF: STRANGER,
    }
    fresh = Conversation("key", world.words, NOW, NOW)
    full = replace(fresh, answers=answers, times={Question.RECEIVED: NOW - timedelta(hours=1)})
    for question in Question:
        yield replace(fresh, question=question)
        yield replace(full, question=question)
    for stage in set(Stage) - {Stage.ASKING}:
        yield replace(full, stage=stage, alarm=ALARM, pending=world.words)
        yield replace(fresh, stage=stage, alarm=ALARM + world.words)


def messages(world: World) -> Iterator[tuple[str, Picture]]:
    pen, complaint = world.pen, world.case().complaint
    for alarming in (False, True):
        found = triage(ALARM * alarming + world.words, LEXICON)
        yield "offer", talk.offer("draft", found, pen)
        yield "offer note", talk.offer_note(complaint, "draft", alarming, pen)
    yield "offer earlier", talk.offer_earlier("draft", world.words, pen)
    yield "unsure", talk.unsure("draft", pen)
    for key in ("talk.offer_filed", "talk.offer_noted"):
        yield key, talk.offer_taken(key, complaint, pen)
    slip = Slip("talk.slip.choose")
    for one in conversations(world):
        name = f"{one.stage} {one.question}"
        yield name, talk.asked(one, rules.asking(one, setting(world)), None, pen)
        yield f"{name} again", talk.asked(one, rules.asking(one, setting(world)), slip, pen)
        yield f"{name} settled", talk.settled(one, one, pen)


def modals(world: World) -> Iterator[tuple[str, View]]:
    pen = world.pen
    for words in (world.words, ALARM + world.words):
        found = triage(words, LEXICON)
        prefill = filing_form.Prefill(words, NOW, suggested=found, offer="draft D0ANA 1.2")
        opened = filing_form.filing_form(prefill, pen, tuple(world.clinic.locations.values()))
        yield "opened", opened
        asked = suggestion.asked(opened.to_dict(), found, Severity.MINOR, pen)
        yield "asked", asked
        wrong = {"received": "No time. " * 20, "story": "Too short. " * 20}
        refused = suggestion.not_filed(asked.to_dict(), wrong, pen, "downtown")
        yield "not filed", refused
        yield "not filed again", suggestion.not_filed(refused.to_dict(), wrong, pen)
        yield "filed", suggestion.filed(talk.unsure("draft", pen), pen)


def test_every_message_is_one_slack_takes(world: World) -> None:
    for name, picture in messages(world):
        refuse_bad_content(picture.text, drawn(picture))
        assert not picture.text[0].islower(), name
        assert len(picture.text) < 600, name


def test_every_form_is_one_slack_takes_and_carries_ids_only(world: World) -> None:
    known = {"location", "channel", "shown", "offer"}
    for name, view in modals(world):
        assert view_complaints(view.to_dict(), "modal") == [], name
        assert json.loads(view.private_metadata or "{}").keys() <= known, name


def test_peoples_words_never_become_markup() -> None:
    for name, picture in messages(WORST):
        for text in (picture.text, *texts_in(drawn(picture))):
            assert not MARKUP.search(text.replace("<tel:911|911>", "")), name
    for name, view in modals(WORST):
        for text in texts_in(view.to_dict()):
            assert not MARKUP.search(text.replace("<tel:911|911>", "")), name


def test_no_notification_says_what_a_client_said() -> None:
    for name, picture in messages(ORDINARY):
        for secret in ("nobody cared", "Karen", "0132", "white"):
            assert secret not in picture.text, name


def test_refused_twice_it_says_why_once() -> None:
    views = dict(modals(ORDINARY))
    once = [block for block in views["not filed"].to_dict()["blocks"] if block["type"] != "input"]
    again = views["not filed again"].to_dict()["blocks"]
    assert len([block for block in again if block["type"] != "input"]) == len(once) - 1


@pytest.mark.parametrize("language", TEXTS.languages)
def test_in_an_emergency_the_form_has_nothing_to_say_or_to_offer(language: str) -> None:
    alarmed = replace(ORDINARY, words=ALARM, language=language)
    pen = alarmed.pen
    found = triage(ALARM, LEXICON)
    form = filing_form.filing_form(filing_form.Prefill(ALARM, suggested=found), pen).to_dict()
    shown = json.dumps(form, ensure_ascii=False)
    assert pen.plain("talk_stage.stopped") in shown
    assert pen.plain("emergency.call_treating") in shown
    for hidden in ("file.say_now", "file.remedy_sought.label", "file.spoken.label"):
        assert pen.plain(hidden) not in shown
    assert ANA not in shown
