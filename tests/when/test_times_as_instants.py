"""Times in words become instants: the usual hours, the clocks that change, and arbitrary text."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.hours import Hours
from flows.when import Unclear, UnclearTime, future, past

LA = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 6, 10, 14, 30, tzinfo=LA)
"""A Wednesday."""
CLINIC = Hours(
    zone="America/Los_Angeles",
    week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00"),
    call_time="10:00",
)
LANGUAGES = ("en", "zh", "es")


def was(words: str, language: str = "en", now: datetime = NOW, *, need_hour: bool = True) -> str:
    """The local time meant, looking back, or why it is refused; `~` where no hour was said."""
    try:
        resolved = past(words, now, LA, language, need_hour=need_hour)
    except UnclearTime as problem:
        return problem.reason.value
    said = "" if resolved.hour_said else "~"
    return f"{said}{resolved.at.astimezone(LA):%Y-%m-%d %H:%M}"


def will_be(words: str, language: str = "en", now: datetime = NOW, zone: ZoneInfo = LA) -> str:
    """The same looking ahead."""
    try:
        resolved = future(words, now, zone, language, CLINIC.call_time, CLINIC.closing)
    except UnclearTime as problem:
        return problem.reason.value
    said = "" if resolved.hour_said else "~"
    return f"{said}{resolved.at.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "tomorrow", "~2026-06-11 10:00"),
        ("en", "tomorrow morning", "~2026-06-11 10:00"),
        ("en", "tomorrow 3pm", "2026-06-11 15:00"),
        ("en", "in 2 hours", "2026-06-10 16:30"),
        ("zh", "两周后", "~2026-06-24 10:00"),
        ("zh", "下周一上午10点", "2026-06-15 10:00"),
        ("es", "el lunes", "~2026-06-15 10:00"),
        ("es", "mañana por la mañana", "~2026-06-11 10:00"),
        # The usual call time is at ten: over today, and no afternoon.
        ("en", "today", "hour_missing"),
        ("en", "tonight", "hour_missing"),
        ("zh", "明天下午", "hour_missing"),
        ("es", "mañana por la tarde", "hour_missing"),
    ],
)
def test_a_day_ahead_without_an_hour_means_the_usual_call_time(
    language: str, words: str, meant: str
) -> None:
    assert will_be(words, language) == meant


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "end of day", "2026-06-10 18:00"),
        ("en", "EOD Friday", "2026-06-12 18:00"),
        ("zh", "明天下班前", "2026-06-11 18:00"),
        ("es", "al cierre", "2026-06-10 18:00"),
        # Closed on Saturdays.
        ("en", "close of business Saturday", "hour_missing"),
        ("en", "yesterday eod", "in_past"),
    ],
)
def test_the_end_of_a_day_is_when_the_clinic_closes(language: str, words: str, meant: str) -> None:
    assert will_be(words, language) == meant


def test_the_end_of_today_is_over_after_closing() -> None:
    assert will_be("end of day", now=NOW.replace(hour=18, minute=1)) == "in_past"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(("en", "yesterday"), ("en", "yesterday afternoon"), ("en", "monday"), ("en", "june 5")),
        *(("en", "3 days ago"), ("zh", "昨天下午"), ("es", "hace dos días"), ("es", "ayer")),
    ],
)
def test_a_day_that_was_needs_its_hour_where_clocks_start(language: str, words: str) -> None:
    assert was(words, language) == "hour_missing"


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "yesterday afternoon", "~2026-06-09 12:00"),
        ("en", "today", "~2026-06-10 12:00"),
        ("zh", "三天前", "~2026-06-07 12:00"),
        ("es", "hace dos semanas", "~2026-05-27 12:00"),
        ("en", "yesterday 4pm", "2026-06-09 16:00"),
    ],
)
def test_where_the_day_is_enough_the_hour_may_be_missing(
    language: str, words: str, meant: str
) -> None:
    assert was(words, language, need_hour=False) == meant


def test_today_without_an_hour_is_never_in_the_future() -> None:
    assert was("today", now=NOW.replace(hour=8), need_hour=False) == "~2026-06-10 08:30"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_has_an_example_in_the_readers_language(language: str) -> None:
    for words in ("soon", "5pm", "yesterday", "2020-01-01 9am"):
        with pytest.raises(UnclearTime) as caught:
            past(words, NOW, LA, language, need_hour=True)
        assert was(caught.value.example, language) not in set(Unclear)
    for words in ("soon", "now", "today", "in 400 days"):
        with pytest.raises(UnclearTime) as caught:
            future(words, NOW, LA, language, CLINIC.call_time, CLINIC.closing)
        assert will_be(caught.value.example, language) not in set(Unclear)
    assert language == "en" or "tomorrow" not in caught.value.example


BEFORE_AUTUMN = datetime(2026, 10, 31, 23, 30, tzinfo=LA)
BEFORE_SPRING = datetime(2026, 3, 7, 12, 0, tzinfo=LA)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "in 3 hours"), ("zh", "三小时后"), ("es", "en 180 minutos")]
)
def test_hours_that_pass_are_real_hours_when_the_clocks_change(language: str, words: str) -> None:
    def resolved(now: datetime) -> datetime:
        return future(words, now, LA, language, CLINIC.call_time, CLINIC.closing).at

    assert resolved(BEFORE_AUTUMN) == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert will_be(words, language, BEFORE_AUTUMN) == "2026-11-01 01:30"
    before_the_gap = datetime(2026, 3, 8, 1, 0, tzinfo=LA)
    assert resolved(before_the_gap) == datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
    assert will_be(words, language, before_the_gap) == "2026-03-08 05:00"


def test_hours_that_passed_are_real_hours_when_the_clocks_change() -> None:
    assert was("2 hours ago", now=datetime(2026, 3, 8, 4, 0, tzinfo=LA)) == "2026-03-08 01:00"
    after_autumn = datetime(2026, 11, 1, 3, 0, tzinfo=LA)
    assert past("3小时前", after_autumn, LA, "zh", need_hour=True).at == datetime(
        2026, 11, 1, 8, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "tomorrow 10am"),
        ("zh", "明天上午10点"),
        ("es", "mañana a las 10"),
        ("en", "in 1 day"),
    ],
)
def test_clock_times_stay_what_they_are_when_the_clocks_change(language: str, words: str) -> None:
    assert will_be(words, language, BEFORE_AUTUMN).endswith("2026-11-01 10:00")
    assert will_be(words, language, BEFORE_SPRING).endswith("2026-03-08 10:00")


def test_a_skipped_time_moves_forward_and_of_a_double_one_the_first_is_meant() -> None:
    assert will_be("tomorrow 2:30am", now=BEFORE_SPRING) == "2026-03-08 03:30"
    doubled = future("明天凌晨1点半", BEFORE_AUTUMN, LA, "zh", time(10), CLINIC.closing)
    assert doubled.at == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    madrid = ZoneInfo("Europe/Madrid")
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=madrid)
    assert will_be("mañana a las 2:30 de la madrugada", "es", saturday, madrid) == (
        "2026-03-29 03:30"
    )


TOKENS = """
at in on the next last this ago from now today tomorrow yesterday monday friday week month hours 2
3pm 10:30 25:00 june 31 6/20 2026-02-30 noon midnight half an and to morning night eod 15th 9999
years 明天 昨 晚 上午 下 下周 周 五 一 两 十 三 点 半 刻 分钟 小时 天 后 前 个 月 号 日 年 6月 过 差
mañana ayer el lunes próximo a las de la tarde noche y media menos cuarto hace en dentro dos horas
días semana que viene pasado mediodía 20/06 junio 16h dia 1
"""
WORDS = st.sampled_from(TOKENS.split())
PHRASES = st.one_of(
    st.text(max_size=60),
    st.lists(WORDS, max_size=7).map(" ".join),
    st.lists(WORDS, max_size=7).map("".join),
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
ZONES = st.sampled_from(("America/Los_Angeles", "Asia/Shanghai", "Europe/Madrid", "Pacific/Apia"))
A_YEAR = timedelta(days=366)


@given(PHRASES, st.sampled_from(LANGUAGES), MOMENTS, ZONES.map(ZoneInfo))
def test_whatever_is_typed_no_follow_up_is_in_the_past(
    words: str, language: str, now: datetime, zone: ZoneInfo
) -> None:
    try:
        resolved = future(words, now, zone, language, CLINIC.call_time, CLINIC.closing)
    except UnclearTime:
        return
    assert now < resolved.at <= now + A_YEAR


@given(PHRASES, st.sampled_from(LANGUAGES), MOMENTS, ZONES.map(ZoneInfo), st.booleans())
def test_whatever_is_typed_no_event_is_in_the_future(
    words: str, language: str, now: datetime, zone: ZoneInfo, need_hour: bool
) -> None:
    try:
        resolved = past(words, now, zone, language, need_hour=need_hour)
    except UnclearTime:
        return
    assert now - A_YEAR <= resolved.at <= now


def test_a_long_text_is_refused_at_once() -> None:
    assert will_be("tomorrow " * 10_000) == "unclear"
