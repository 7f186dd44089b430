"""Filing by conversation, interrupted: left, paused, stopped by words of alarm.

The tables are written as in `test_conversation.py`.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from flows_cast import ONE, SEVERE, at, moment
from talk_cast import NEW, Talk, at_summary, begun

from flows.complaint import ComplaintType
from flows.filing import file
from flows.questions import Question

SAFETY = ComplaintType.SAFETY
ALARM = "her lips are swelling and she can't breathe"

# ------------------------------------------------------------------------------------ leaving it


@pytest.mark.parametrize("cancel", ["cancel", "[cancel]", "算了", "parar"])
def test_what_was_left_is_kept_and_taken_up(cancel: str) -> None:
    talk = begun()
    talk.plays([
        ("no", "received"),
        (cancel, "kept"),
        # Anything else is a story of its own; only these words take it up, also after days.
        ("ok", NEW),
        ("Client furious about the wait", NEW),
        ("[file]", "kept"),
        ("[skip]", "kept"),
        ("+3000m", "kept"),
        ("继续", "received"),
        ("[cancel]", "kept"),
        ("[go on]", "received"),
        ("skip", "type"),
    ])  # fmt: skip
    assert talk.conversation.answers[Question.SPOKEN] == "no"


def test_after_an_hour_it_is_said_first_what_it_was_about() -> None:
    talk = begun()
    talk.plays([
        ("no", "received"),
        ("+59m", "received"),
        ("skip", "type"),
        ("+60m", "type"),
        ("billing", "paused"),
        ("she calls again", "paused"),
    ])  # fmt: skip
    assert talk.conversation.pending == "billing\nshe calls again"
    talk.plays([("sí", "type"), ("billing", "severity")])
    assert talk.conversation.pending == ""


def test_anew_leaves_it_and_it_can_still_be_taken_up() -> None:
    begun().plays([
        ("no", "received"), ("+1500m", "received"), ("a client waited an hour", "paused"),
        ("重新开始", "kept"), ("go on", "received"),
    ])  # fmt: skip


def test_a_press_goes_on_also_after_a_pause() -> None:
    begun().plays([("+1500m", "spoken"), ("[=yes]", "received")])


# --------------------------------------------------------------------------------- words of alarm


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ALARM), ("zh", "客人打完针后看不清东西"), ("es", "la clienta no puede respirar")],
)
def test_words_of_alarm_stop_everything(language: str, words: str) -> None:
    assert begun(words, language=language).shown == "stopped"
    talk = begun(language=language)
    talk.plays([("no", "received"), ("5pm", "received !in_future"), (words, "stopped")])
    assert at_summary((words, "stopped")).filing.severity is SEVERE
    talk.plays([("[skip]", "stopped"), ("[back]", "stopped"), ("[file]", "filing")])
    filed = file(talk.filing, moment("U0ANA")).case.complaint
    assert (filed.in_emergency, filed.type, filed.severity) == (True, SAFETY, SEVERE)
    assert filed.story == f"Client furious about the bill\n{words}"


def test_what_is_said_after_an_alarm_belongs_to_it_once() -> None:
    talk = begun(ALARM)
    talk.plays([("it is Mary Kay, filler at noon", "stopped"), ("yes", "filing")])
    assert talk.filing.story == f"{ALARM}\nit is Mary Kay, filler at noon"


def test_stopped_where_there_are_several_locations_choosing_one_files_it_there() -> None:
    talk = begun(ALARM, location=None)
    assert talk.options == ["downtown", "uptown"]
    talk.plays([("[=elsewhere]", "stopped"), ("[=uptown]", "filing")])
    assert (talk.filing.location, talk.filing.received_at) == ("uptown", ONE)
    assert begun(ALARM).options == []


def test_stopped_and_filed_without_a_location_it_is_the_default_one() -> None:
    talk = begun(ALARM, location=None)
    talk.plays([("file it", "filing")])
    assert talk.filing.location == "downtown"


@pytest.mark.parametrize("no", ["no", "[no alarm]", "不是紧急情况", "no es una emergencia"])
def test_cleared_words_of_alarm_do_not_stop_twice(no: str) -> None:
    begun().plays([
        ("no", "received"), (ALARM, "stopped"), (no, "received"),
        (ALARM, "received !unclear"), ("she has chest pain", "stopped"), (no, "received"),
        (f"{ALARM} and has chest pain", "received !unclear"), ("skip", "type"),
    ])  # fmt: skip


def test_an_alarm_that_is_left_is_kept_too() -> None:
    begun(ALARM).plays([
        ("no complaint", "kept"), ("go on", "spoken"), ("no", "received"),
        (ALARM, "received !unclear"),
    ])  # fmt: skip


def test_after_a_pause_words_of_alarm_are_a_new_story() -> None:
    begun().plays([("+60m", "spoken"), (ALARM, NEW), ("she called", "paused"), (ALARM, NEW)])
    begun(ALARM).plays([("more about it", "stopped"), ("+60m", "stopped"), ("file", "filing")])


# ------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("now", "words", "shown", "meant"),
    [
        # The clocks went back: half past one is there twice.
        ("2026-11-01T08:20+00:00", "1:30 am", "received !in_future", None),
        ("2026-11-01T09:40+00:00", "90 minutes ago", "type", "2026-11-01T08:10+00:00"),
        ("2026-11-01T10:30+00:00", "today 12:30 am", "type", "2026-11-01T07:30+00:00"),
        # The clocks went forward: half past two is not there at all.
        ("2026-03-08T10:10+00:00", "today 2:30 am", "received !in_future", None),
        ("2026-03-08T10:10+00:00", "30 minutes ago", "type", "2026-03-08T09:40+00:00"),
    ],
)
def test_received_is_never_in_the_future(
    now: str, words: str, shown: str, meant: str | None
) -> None:
    talk = begun(now=datetime.fromisoformat(now))
    talk.plays([("no", "received"), (words, shown)])
    times = {Question.RECEIVED: datetime.fromisoformat(meant)} if meant else {}
    assert talk.conversation.times == times


def test_a_message_dated_ahead_of_our_clock_was_received_now() -> None:
    talk = Talk()
    talk.begins("Client furious about the bill", begun_at=at("13:01"))
    assert talk.filing.received_at == ONE


def test_skipped_it_was_received_when_it_was_written() -> None:
    talk = at_summary(("+40m", "summary"), ("file", "filing"))
    assert talk.filing.received_at == ONE
    assert talk.filing.happened_at is None
