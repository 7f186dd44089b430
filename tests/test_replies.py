"""What is typed where a button could be pressed, in three languages, and what must not be read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flows_cast import BEN, CLINIC, LA, LEXICON, OMAR, ONE, at, clinic_where
from hypothesis import given
from hypothesis import strategies as st

from flows import questions, replies
from flows.complaint import ComplaintType, Via
from flows.questions import SKIPPED, Answers, Option, Question, Read, Setting, Slip
from flows.replies import Wish, Words, meaning, named
from handlers.texts import Texts

LABELS = {
    Question.SPOKEN: "spoken",
    Question.TYPE: "type_choice",
    Question.SEVERITY: "severity_choice",
    Question.VIA: "via",
}
BUTTONS = [
    ("talk_back", replies.WISHES, Wish.BACK),
    ("talk_skip", replies.WISHES, Wish.SKIP),
    ("talk_cancel", replies.WISHES, Wish.CANCEL),
    ("talk_file", replies.FILING, Wish.FILE),
    ("talk_file", replies.ALARM, Wish.FILE),
    ("talk_no_alarm", replies.ALARM, Wish.NO),
    ("talk_cancel", replies.ALARM, Wish.CANCEL),
    ("talk_go_on", replies.GOING_ON, Wish.GO_ON),
    ("talk_go_on", replies.AFTER_A_PAUSE, Wish.GO_ON),
    ("talk_anew", replies.AFTER_A_PAUSE, Wish.ANEW),
]


def setting(language: str = "en", now: datetime = ONE) -> Setting:
    return Setting(now, language, CLINIC, LEXICON)


def read(
    question: Question,
    words: str,
    language: str = "en",
    now: datetime = ONE,
    zone: ZoneInfo = LA,
) -> Read | Slip:
    return questions.read(question, words, zone, setting(language, now))


# ------------------------------------------------------------------------------- buttons, typed


@pytest.mark.parametrize("language", ["en", "zh", "es"])
@pytest.mark.parametrize(
    ("question", "value"),
    [(question, value) for question, words in questions.WORDS.items() for value in words],
)
def test_the_label_of_a_choice_can_be_typed(question: Question, value: str, language: str) -> None:
    label = Texts.load().sentence(language, f"{LABELS[question]}.{value}", {})
    assert read(question, label, language) == Read(value)


@pytest.mark.parametrize("language", ["en", "zh", "es"])
@pytest.mark.parametrize(("button", "words", "wish"), BUTTONS)
def test_the_label_of_a_step_can_be_typed(
    button: str, words: Words, wish: Wish, language: str
) -> None:
    label = Texts.load().sentence(language, f"button.{button}", {})
    assert meaning(label, words) == wish


# ------------------------------------------------------------------------------ how people say it


@pytest.mark.parametrize(
    ("question", "words", "value"),
    [
        (Question.SPOKEN, "No, not yet.", "no"),
        (Question.SPOKEN, "yep!", "yes"),
        (Question.SPOKEN, "Yes, I’ve spoken with the client", "yes"),
        (Question.SPOKEN, "还没有", "no"),
        (Question.SPOKEN, "联系过了", "yes"),
        (Question.SPOKEN, "已经解决了", "settled"),
        (Question.SPOKEN, "Todavía no", "no"),
        (Question.SPOKEN, "SÍ", "yes"),
        (Question.SPOKEN, "ya está", "settled"),
        (Question.TYPE, "it's about the bill", ComplaintType.BILLING),
        (Question.TYPE, "I think it's the service", ComplaintType.SERVICE),
        (Question.TYPE, "关于收费的问题", ComplaintType.BILLING),
        (Question.TYPE, "应该是态度问题", ComplaintType.SERVICE),
        (Question.TYPE, "es sobre la factura", ComplaintType.BILLING),
        (Question.TYPE, "Atención", ComplaintType.SERVICE),
        (Question.SEVERITY, "level 2", "2"),
        (Question.SEVERITY, "maybe two", "2"),
        (Question.SEVERITY, "２", "2"),
        (Question.SEVERITY, "三级吧", "3"),
        (Question.SEVERITY, "de gravedad 3", "3"),
        (Question.VIA, "by e-mail", Via.EMAIL),
        (Question.VIA, "通过微信", Via.MESSAGE),
        (Question.VIA, "打电话的", Via.PHONE),
        (Question.VIA, "Llamó", Via.PHONE),
        (Question.VIA, "en una reseña", Via.REVIEW),
        (Question.LOCATION, "uptown", "uptown"),
        (Question.LOCATION, "Downtown.", "downtown"),
        (Question.ABOUT_STAFF, "Ben Ortiz", BEN),
        (Question.ABOUT_STAFF, "haddad", OMAR),
        # Asked for something that there isn't, people say so.
        (Question.ABOUT_STAFF, "nobody", SKIPPED),
        (Question.ABOUT_STAFF, "没有", SKIPPED),
        (Question.ABOUT_STAFF, "nadie", SKIPPED),
        (Question.CLIENT, "none", SKIPPED),
        (Question.CONTACT, "没有", SKIPPED),
        (Question.REMEDY_SOUGHT, "No", SKIPPED),
        # What is asked in words is kept as it was said.
        (Question.CLIENT, "王丽", "王丽"),
        (Question.REMEDY_SOUGHT, "no refund, only an apology", "no refund, only an apology"),
    ],
)
def test_is_read(question: Question, words: str, value: str) -> None:
    assert read(question, words) == Read(value)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("go back", Wish.BACK),
        ("返回", Wish.BACK),
        ("volver", Wish.BACK),
        ("I don't know", Wish.SKIP),
        ("不知道", Wish.SKIP),
        ("No sé", Wish.SKIP),
        ("stop!", Wish.CANCEL),
        ("算了", Wish.CANCEL),
        ("cancelar", Wish.CANCEL),
    ],
)
def test_is_a_wish(words: str, wish: Wish) -> None:
    assert meaning(words, replies.WISHES) == wish


# -------------------------------------------------------------------------- what must not be read


@pytest.mark.parametrize(
    ("question", "words"),
    [
        # Its denial holds the word, too.
        (Question.TYPE, "not billing"),
        (Question.TYPE, "不是收费"),
        (Question.TYPE, "no es la factura"),
        (Question.SPOKEN, "not settled"),
        (Question.SPOKEN, "没解决"),
        (Question.SPOKEN, "no está resuelto"),
        (Question.SEVERITY, "not severe"),
        (Question.SEVERITY, "不严重"),
        (Question.VIA, "not by phone"),
        # Two answers are none.
        (Question.TYPE, "billing and service"),
        (Question.SEVERITY, "1 or 2"),
        (Question.SEVERITY, "1-2"),
        (Question.SPOKEN, "yes and no"),
        # A guess at what only the filer can know.
        (Question.SPOKEN, "maybe resolved"),
        (Question.SPOKEN, "应该是解决了"),
        # "No problem" and "there's a problem" are no answer.
        (Question.SPOKEN, "没问题"),
        (Question.SPOKEN, "没有问题"),
        (Question.SPOKEN, "有问题"),
        (Question.ABOUT_STAFF, "没问题"),
        (Question.SEVERITY, "4"),
        (Question.SEVERITY, "12"),
        (Question.TYPE, "the"),
        (Question.TYPE, "?!"),
        (Question.VIA, "🙂"),
        (Question.LOCATION, "town"),
        (Question.LOCATION, "not downtown"),
        (Question.ABOUT_STAFF, "not Ben"),
        (Question.ABOUT_STAFF, "Be"),
    ],
)
def test_is_not_read(question: Question, words: str) -> None:
    key = "talk.slip.person" if question is Question.ABOUT_STAFF else "talk.slip.choose"
    assert read(question, words) == Slip(key)


@pytest.mark.parametrize(
    ("words", "among"),
    [
        # It would be filed.
        ("don't file it", replies.FILING),
        ("maybe file it", replies.FILING),
        ("not ok", replies.FILING),
        ("好问题", replies.FILING),
        ("对了", replies.FILING),
        ("no registrar", replies.FILING),
        # An alarm would be no alarm.
        ("no, she can't breathe", replies.ALARM),
        ("I think no emergency", replies.ALARM),
        ("应该是没事", replies.ALARM),
        ("是不是", replies.ALARM),
        ("no sé", replies.ALARM),
        # Said after a conversation was left, it is no wish to take it up.
        ("ok", replies.GOING_ON),
        ("不继续", replies.GOING_ON),
        # It would be lost.
        ("she asked us to cancel", replies.WISHES),
        ("call back", replies.WISHES),
        ("she came back", replies.WISHES),
    ],
)
def test_is_no_wish(words: str, among: Words) -> None:
    assert meaning(words, among) is None


@pytest.mark.parametrize("among", [*questions.WORDS.values(), replies.WISHES, replies.NOBODY])
@given(st.text(max_size=12))
def test_arbitrary_words_mean_nothing_or_something_known(among: Words, words: str) -> None:
    assert meaning(words, among) in {None, *among}


@pytest.mark.parametrize(
    ("among", "where"),
    [
        (questions.WORDS[Question.SPOKEN], "spoken"),
        (questions.WORDS[Question.TYPE], "type"),
        (questions.WORDS[Question.SEVERITY], "severity"),
        (questions.WORDS[Question.VIA], "via"),
        (replies.WISHES, "wishes"),
        (replies.ALARM, "alarm"),
        (replies.AFTER_A_PAUSE, "after a pause"),
    ],
)
def test_every_phrase_listed_is_understood(among: Words, where: str) -> None:
    for value, lines in among.items():
        for phrase in "|".join(lines).split("|"):
            assert meaning(phrase, among) == value, f"{phrase} among {where}"


def test_a_name_that_two_have_is_nobodys() -> None:
    two = [("U1", "Ben Ortiz"), ("U2", "Ben Stone"), ("U3", "王丽")]
    assert named("Ben", two) is None
    assert named("stone", two) == "U2"
    assert named("王丽", two) == "U3"
    assert named("", two) is None


# ----------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("question", "language", "words", "meant"),
    [
        (Question.RECEIVED, "en", "20 minutes ago", at("12:40")),
        (Question.RECEIVED, "zh", "今天上午11点", at("11:00")),
        (Question.RECEIVED, "es", "hoy a las 11", at("11:00")),
        # Only when it happened may be a day, or a time that only the reader understands.
        (Question.HAPPENED, "en", "yesterday", at("12:00", 11)),
        (Question.HAPPENED, "zh", "前天", at("12:00", 10)),
        (Question.HAPPENED, "es", "hace dos días", at("12:00", 10)),
        (Question.HAPPENED, "en", "last week", None),
        (Question.HAPPENED, "zh", "上个月", None),
    ],
)
def test_a_time_is_read(
    question: Question, language: str, words: str, meant: datetime | None
) -> None:
    assert read(question, words, language) == Read(words, meant)


@pytest.mark.parametrize(
    ("question", "language", "words", "why"),
    [
        (Question.RECEIVED, "en", "yesterday", "hour_missing"),
        (Question.RECEIVED, "en", "last week", "unclear"),
        (Question.RECEIVED, "en", "5pm", "in_future"),
        (Question.RECEIVED, "zh", "明天上午10点", "in_future"),
        (Question.HAPPENED, "en", "tomorrow", "in_future"),
        (Question.HAPPENED, "es", "mañana a las 10", "in_future"),
        (Question.HAPPENED, "en", "five years ago", "too_old"),
        (Question.HAPPENED, "en", "she is upset", "unclear"),
    ],
)
def test_a_time_is_refused_with_an_example(
    question: Question, language: str, words: str, why: str
) -> None:
    found = read(question, words, language)
    assert isinstance(found, Slip)
    assert found.key == f"unclear.{why}"
    assert isinstance(read(question, found.example, language), Read), "the example is clear"


# ----------------------------------------------------------------------- what goes with what


@pytest.mark.parametrize(
    ("question", "answers", "expected"),
    [
        (Question.LOCATION, {}, False),
        (Question.SPOKEN, {}, False),
        (Question.TYPE, {}, False),
        (Question.SEVERITY, {}, False),
        (Question.RECEIVED, {}, True),
        (Question.ABOUT_STAFF, {}, True),
        (Question.VIA, {}, True),
        (Question.VIA, {Question.SPOKEN: "no"}, True),
        (Question.VIA, {Question.SPOKEN: "yes"}, False),
        (Question.VIA, {Question.SPOKEN: "settled"}, False),
    ],
)
def test_can_be_skipped(question: Question, answers: Answers, expected: bool) -> None:
    assert questions.can_skip(question, answers) is expected


@pytest.mark.parametrize(
    ("question", "value", "answers", "why"),
    [
        (Question.VIA, "phone", {Question.SPOKEN: "yes"}, None),
        (Question.VIA, "review", {Question.SPOKEN: "no"}, None),
        (Question.VIA, "review", {Question.SPOKEN: "yes"}, "refused.spoken_needs_via"),
        (Question.VIA, "web", {Question.SPOKEN: "settled"}, "refused.spoken_needs_via"),
        (Question.SEVERITY, "1", {Question.SPOKEN: "settled"}, None),
        (Question.SEVERITY, "2", {Question.SPOKEN: "settled"}, "refused.settled_only_minor"),
        (Question.SEVERITY, "3", {Question.SPOKEN: "yes"}, None),
        # The other way round, after going back.
        (Question.SPOKEN, "settled", {Question.SEVERITY: "1"}, None),
        (Question.SPOKEN, "settled", {Question.SEVERITY: "3"}, "refused.settled_only_minor"),
        (Question.SPOKEN, "settled", {}, None),
    ],
)
def test_goes_together(question: Question, value: str, answers: Answers, why: str | None) -> None:
    assert questions.check(question, value, answers) == (Slip(why) if why else None)


@pytest.mark.parametrize(
    ("question", "story", "answers", "expected"),
    [
        # What the story suggests comes first; without any hit nothing is suggested.
        (Question.TYPE, "furious about the bill", {},
         ("billing*", "result", "service", "privacy", "safety")),
        (Question.SEVERITY, "furious about the bill", {}, ("2*", "1", "3")),
        (Question.TYPE, "hello", {}, ("result", "service", "billing", "privacy", "safety")),
        (Question.SEVERITY, "hello", {}, ("1", "2", "3")),
        (Question.LOCATION, "", {}, ("downtown", "uptown")),
        (Question.VIA, "", {Question.SPOKEN: "yes"}, ("in_person", "phone", "message", "email")),
        (Question.VIA, "", {}, tuple(Via)),
        (Question.CLIENT, "", {}, ()),
        (Question.RECEIVED, "", {}, ()),
    ],
)  # fmt: skip
def test_can_be_chosen(
    question: Question, story: str, answers: Answers, expected: tuple[str, ...]
) -> None:
    wanted = tuple(Option(one.removesuffix("*"), one.endswith("*")) for one in expected)
    assert questions.options(question, answers, story, setting()) == wanted


def test_a_location_may_be_called_by_a_word_of_its_name() -> None:
    def renamed(tables: dict[str, dict[str, dict[str, str]]]) -> None:
        tables["locations"]["downtown"]["name"] = "Rosen Straße"
        tables["locations"]["uptown"]["name"] = "Rosen Platz"

    where = Setting(ONE, "en", clinic_where(renamed), LEXICON)
    assert questions.read(Question.LOCATION, "platz", LA, where) == Read("uptown")
    assert questions.read(Question.LOCATION, "STRASSE", LA, where) == Read("downtown")
    assert questions.read(Question.LOCATION, "Rosen", LA, where) == Slip("talk.slip.choose")
