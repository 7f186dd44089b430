"""Times in words, in three languages: read rightly, or refused with a reason."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from flows.when import UnclearTime, names_a_time, read

LA = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 6, 10, 14, 30, tzinfo=LA)
"""A Wednesday."""


def will_be(words: str, language: str, now: datetime = NOW) -> str:
    """The local time or day meant, looking ahead, or why it is refused."""
    return _meant(words, language, now, ahead=True)


def was(words: str, language: str, now: datetime = NOW) -> str:
    """The same looking back."""
    return _meant(words, language, now, ahead=False)


def _meant(words: str, language: str, now: datetime, *, ahead: bool) -> str:
    try:
        meant = read(words, now, LA, language, ahead=ahead)
    except UnclearTime as problem:
        return problem.reason.value
    if isinstance(meant, datetime):
        return f"{meant.astimezone(LA):%Y-%m-%d %H:%M}"
    return meant.isoformat()


PUBLISHED = {
    "en": {
        "in 2 hours": "2026-06-10 16:30",
        "in two hours": "2026-06-10 16:30",
        "in 30 minutes": "2026-06-10 15:00",
        "in half an hour": "2026-06-10 15:00",
        "in an hour and a half": "2026-06-10 16:00",
        "in two weeks": "2026-06-24",
        "in 3 days": "2026-06-13",
        "1 week from now": "2026-06-17",
        "2h": "2026-06-10 16:30",
        "tomorrow": "2026-06-11",
        "tomorrow 3pm": "2026-06-11 15:00",
        "tomorrow at 3:30 pm": "2026-06-11 15:30",
        "tomorrow morning": "2026-06-11",
        "noon tomorrow": "2026-06-11 12:00",
        "the day after tomorrow": "2026-06-12",
        "Friday": "2026-06-12",
        "Friday at 10am": "2026-06-12 10:00",
        "next Monday 10am": "2026-06-15 10:00",
        "next Monday": "2026-06-15",
        "next week": "2026-06-17",
        "this Friday 4pm": "2026-06-12 16:00",
        "5pm": "2026-06-10 17:00",
        "9am": "2026-06-11 09:00",
        "tonight at 8": "2026-06-10 20:00",
        "June 20 at 2pm": "2026-06-20 14:00",
        "6/20 2pm": "2026-06-20 14:00",
        "12/06 10:00": "2026-12-06 10:00",
        "2026-06-20 14:00": "2026-06-20 14:00",
        "end of day": "2026-06-10",
        "next month": "2026-07-10",
    },
    "zh": {
        "明天": "2026-06-11",
        "明天下午3点": "2026-06-11 15:00",
        "明天下午三点": "2026-06-11 15:00",
        "明天上午10点半": "2026-06-11 10:30",
        "明早9点": "2026-06-11 09:00",
        "后天": "2026-06-12",
        "后天下午2点": "2026-06-12 14:00",
        "下周一": "2026-06-15",
        "下周一上午10点": "2026-06-15 10:00",
        "星期五上午9点": "2026-06-12 09:00",
        "周五下午2点": "2026-06-12 14:00",
        "两周后": "2026-06-24",
        "2周后": "2026-06-24",
        "半小时后": "2026-06-10 15:00",
        "两小时后": "2026-06-10 16:30",
        "2小时后": "2026-06-10 16:30",
        "两个小时后": "2026-06-10 16:30",
        "十分钟后": "2026-06-10 14:40",
        "3天后": "2026-06-13",
        "三天后": "2026-06-13",
        "一个月后": "2026-07-10",
        "今晚8点": "2026-06-10 20:00",
        "下午5点": "2026-06-10 17:00",
        "6月20日下午2点": "2026-06-20 14:00",
        "下个月1号": "2026-07-01",
        "15:00": "2026-06-10 15:00",
    },
    "es": {
        "mañana": "2026-06-11",
        "mañana a las 10": "2026-06-11 10:00",
        "mañana a las 15:00": "2026-06-11 15:00",
        "mañana a las 3 de la tarde": "2026-06-11 15:00",
        "mañana por la mañana": "2026-06-11",
        "pasado mañana": "2026-06-12",
        "en 2 horas": "2026-06-10 16:30",
        "en dos horas": "2026-06-10 16:30",
        "en media hora": "2026-06-10 15:00",
        "dentro de dos semanas": "2026-06-24",
        "dentro de 3 días": "2026-06-13",
        "en una semana": "2026-06-17",
        "dentro de un mes": "2026-07-10",
        "el lunes": "2026-06-15",
        "el lunes a las 10": "2026-06-15 10:00",
        "el próximo lunes a las 10": "2026-06-15 10:00",
        "el viernes a las 15:00": "2026-06-12 15:00",
        "la próxima semana": "2026-06-17",
        "20 de junio a las 14:00": "2026-06-20 14:00",
        "20/06 14:00": "2026-06-20 14:00",
        "hoy a las 5 de la tarde": "2026-06-10 17:00",
        "esta noche a las 8": "2026-06-10 20:00",
        "a las 9": "2026-06-11 09:00",
    },
}
"""Common phrases, of which libraries get half."""


def rows(table: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    """The language, the words and what they mean."""
    return [(code, words, meant) for code, said in table.items() for words, meant in said.items()]


@pytest.mark.parametrize(("language", "words", "meant"), rows(PUBLISHED))
def test_common_phrases_are_read_rightly(language: str, words: str, meant: str) -> None:
    assert will_be(words, language) == meant


AHEAD = {
    "en": {
        # Lengths from now.
        "in an hour": "2026-06-10 15:30",
        "in forty-five minutes": "2026-06-10 15:15",
        "in a couple of hours": "2026-06-10 16:30",
        "in 1.5 hours": "2026-06-10 16:00",
        "two and a half hours": "2026-06-10 17:00",
        "two weeks from Friday": "2026-06-26",
        "1h30m": "2026-06-10 16:00",
        "in 1 hour and 20 minutes": "2026-06-10 15:50",
        "in a quarter of an hour": "2026-06-10 14:45",
        "½ hour": "2026-06-10 15:00",
        "in two weeks' time": "2026-06-24",
        "in a fortnight": "2026-06-24",
        "in 2 weeks at 3pm": "2026-06-24 15:00",
        "a week from Monday": "2026-06-22",
        "a week from tomorrow at 10": "2026-06-18 10:00",
        "in six months": "2026-12-10",
        # Clocks.
        "3 o’clock": "2026-06-10 15:00",
        "at noon": "2026-06-11 12:00",
        "quarter past 3 pm": "2026-06-10 15:15",
        "half past two in the afternoon": "2026-06-11 14:30",
        "ten to four": "2026-06-10 15:50",
        "930am": "2026-06-11 09:30",
        "2.10pm tomorrow": "2026-06-11 14:10",
        "tomorrow, 9 a.m.": "2026-06-11 09:00",
        "８ pm tonight": "2026-06-10 20:00",
        "about 5pm": "2026-06-10 17:00",
        "12am": "2026-06-11 00:00",
        "midnight": "2026-06-11 00:00",
        # A bare hour is the one in a clinic's day.
        "monday at 9": "2026-06-15 09:00",
        "tomorrow at 3": "2026-06-11 15:00",
        "tomorrow 2:10": "2026-06-11 14:10",
        "07:30": "2026-06-11 07:30",
        # Days, and parts of them.
        "tmrw 3pm": "2026-06-11 15:00",
        "first thing tomorrow": "2026-06-11",
        "this afternoon": "2026-06-10",
        "tomorrow evening at 7": "2026-06-11 19:00",
        "Friday afternoon at 3": "2026-06-12 15:00",
        "COB Friday": "2026-06-12",
        "the week after next": "2026-06-24",
        "Friday next week": "2026-06-19",
        "this coming Friday": "2026-06-12",
        "next Tuesday at 2": "2026-06-16 14:00",
        "tomorrow, Thursday, 3pm": "2026-06-11 15:00",
        # Dates.
        "20th of june": "2026-06-20",
        "Jan. 5": "2027-01-05",
        "Monday, June 15, 2026 at 10am": "2026-06-15 10:00",
        "the 15th at 3pm": "2026-06-15 15:00",
        "the 1st of next month": "2026-07-01",
        "6/20/2026 2pm": "2026-06-20 14:00",
        "2026-06-20T14:00": "2026-06-20 14:00",
    },
    "zh": {
        "三个半小时后": "2026-06-10 18:00",
        "1小时30分钟后": "2026-06-10 16:00",
        "一刻钟后": "2026-06-10 14:45",
        "三十五分鐘後": "2026-06-10 15:05",
        "半個鐘頭後": "2026-06-10 15:00",
        "再过半小时": "2026-06-10 15:00",
        "三天后的上午十点": "2026-06-13 10:00",
        "半个月后": "2026-06-25",
        "半年后": "2026-12-10",
        "一百天后": "2026-09-18",
        "下午３：３０": "2026-06-10 15:30",
        "3點一刻": "2026-06-10 15:15",
        "差一刻三点": "2026-06-10 14:45",
        "三点零五分": "2026-06-10 15:05",
        "下午十二点半": "2026-06-11 12:30",
        "中午": "2026-06-11 12:00",
        "明天中午一点": "2026-06-11 13:00",
        "明天凌晨2点": "2026-06-11 02:00",
        "今晚十二点": "2026-06-11 00:00",
        "二十点三十分": "2026-06-10 20:30",
        "10点": "2026-06-11 10:00",
        "明天3点": "2026-06-11 15:00",
        "明早": "2026-06-11",
        "明晚七点半": "2026-06-11 19:30",
        "大後天": "2026-06-13",
        "周一": "2026-06-15",
        "這週五下午三點": "2026-06-12 15:00",
        "下周五": "2026-06-19",
        "下禮拜天": "2026-06-21",
        "下下周五": "2026-06-26",
        "三天后晚上8点": "2026-06-13 20:00",
        "周二十点": "2026-06-16 10:00",
        "下周": "2026-06-17",
        "下个月": "2026-07-10",
        "本月二十五号": "2026-06-25",
        "廿五日": "2026-06-25",
        "六月二十日下午两点": "2026-06-20 14:00",
        "二〇二六年六月二十日": "2026-06-20",
        "明年1月5日": "2027-01-05",
        "6/20 下午2点": "2026-06-20 14:00",
        "周五下班前": "2026-06-12",
        "明天 下午 3 点。": "2026-06-11 15:00",
    },
    "es": {
        "en una hora y media": "2026-06-10 16:00",
        "en 1,5 horas": "2026-06-10 16:00",
        "dentro de tres cuartos de hora": "2026-06-10 15:15",
        "en treinta y cinco minutos": "2026-06-10 15:05",
        "en un par de horas": "2026-06-10 16:30",
        "dentro de quince dias": "2026-06-25",
        "de aquí a dos semanas": "2026-06-24",
        "dos semanas a partir de hoy": "2026-06-24",
        "en dos días a las 4 de la tarde": "2026-06-12 16:00",
        "a las diez y media": "2026-06-11 10:30",
        "a las cuatro menos cuarto": "2026-06-10 15:45",
        "un cuarto para las 4": "2026-06-10 15:45",
        "a las 8 menos cuarto de la tarde": "2026-06-10 19:45",
        "a las 5 p. m.": "2026-06-10 17:00",
        "a las 17h": "2026-06-10 17:00",
        "viernes a las 15h30": "2026-06-12 15:30",
        "a las 2 de la madrugada": "2026-06-11 02:00",
        "a las 12 de la noche": "2026-06-11 00:00",
        "a medianoche": "2026-06-11 00:00",
        "mañana al mediodía": "2026-06-11 12:00",
        "a la una": "2026-06-11 13:00",
        "manana a las 3": "2026-06-11 15:00",
        "pasado manana a las 9": "2026-06-12 09:00",
        "mañana por la tarde": "2026-06-11",
        "mañana a primera hora": "2026-06-11",
        "el miercoles que viene": "2026-06-17",
        "este viernes": "2026-06-12",
        "el viernes de la semana que viene": "2026-06-19",
        "la semana que viene": "2026-06-17",
        "el mes que viene": "2026-07-10",
        "el 1 del mes que viene": "2026-07-01",
        "el jueves 11 a las 10": "2026-06-11 10:00",
        "el lunes 15 de junio": "2026-06-15",
        "el 3 de julio a las 9:30": "2026-07-03 09:30",
        "primero de julio": "2026-07-01",
        "el 3/7 a las 10": "2026-07-03 10:00",
        "a las ocho de la noche del lunes": "2026-06-15 20:00",
        "al final del día": "2026-06-10",
    },
}


@pytest.mark.parametrize(("language", "words", "meant"), rows(AHEAD))
def test_what_will_be_is_read_rightly(language: str, words: str, meant: str) -> None:
    assert will_be(words, language) == meant


BACK = {
    "en": {
        "just now": "2026-06-10 14:30",
        "half an hour ago": "2026-06-10 14:00",
        "an hour and a half ago": "2026-06-10 13:00",
        "about an hour ago": "2026-06-10 13:30",
        "2h": "2026-06-10 12:30",
        "9am": "2026-06-10 09:00",
        "this morning at 9:30": "2026-06-10 09:30",
        "noon": "2026-06-10 12:00",
        "yesterday": "2026-06-09",
        "yesterday afternoon at 3": "2026-06-09 15:00",
        "last night at 9": "2026-06-09 21:00",
        "last night at midnight": "2026-06-10 00:00",
        "the day before yesterday 10:00": "2026-06-08 10:00",
        "on Mon at 10am": "2026-06-08 10:00",
        "this past Monday": "2026-06-08",
        "last friday 3pm": "2026-06-05 15:00",
        "Monday last week": "2026-06-01",
        "3 days ago at 4pm": "2026-06-07 16:00",
        "a year ago": "2025-06-10",
        "5th of June 14:00": "2026-06-05 14:00",
        "12/25 9am": "2025-12-25 09:00",
        "the 5th of last month": "2026-05-05",
    },
    "zh": {
        "刚才": "2026-06-10 14:30",
        "半小时前": "2026-06-10 14:00",
        "大概两个小时前": "2026-06-10 12:30",
        "三天前": "2026-06-07",
        "昨天下午": "2026-06-09",
        "昨晚九點": "2026-06-09 21:00",
        "昨晚12点": "2026-06-10 00:00",
        "两天前晚上9点": "2026-06-08 21:00",
        "前天傍晚6点": "2026-06-08 18:00",
        "今早9点": "2026-06-10 09:00",
        "凌晨3点": "2026-06-10 03:00",
        "上周五下午3点": "2026-06-05 15:00",
        "上周一": "2026-06-01",
        "这周一": "2026-06-08",
        "两周以前": "2026-05-27",
        "上个月5号": "2026-05-05",
        "去年12月25日": "2025-12-25",
    },
    "es": {
        "ahora mismo": "2026-06-10 14:30",
        "hace media hora": "2026-06-10 14:00",
        "hace como una hora": "2026-06-10 13:30",
        "hace dos días": "2026-06-08",
        "dos días atrás a las 10": "2026-06-08 10:00",
        "ayer por la tarde": "2026-06-09",
        "ayer a eso de las 5 de la tarde": "2026-06-09 17:00",
        "anoche a las nueve": "2026-06-09 21:00",
        "anteayer": "2026-06-08",
        "esta mañana a las 9": "2026-06-10 09:00",
        "el viernes pasado": "2026-06-05",
        "el jueves de la semana pasada a las 4 de la tarde": "2026-06-04 16:00",
        "5/6 14:00": "2026-06-05 14:00",
        "el 25 de diciembre": "2025-12-25",
    },
}


@pytest.mark.parametrize(("language", "words", "meant"), rows(BACK))
def test_what_was_is_read_rightly(language: str, words: str, meant: str) -> None:
    assert was(words, language) == meant


REFUSED_AHEAD = {
    "in_past": {
        "en": ["now", "yesterday", "30 minutes ago", "today at 9am", "this morning", "june 9"],
        "zh": ["刚才", "昨天", "三天前", "今天上午", "6月9日", "上周五"],
        "es": ["ahora", "ayer", "hace dos días", "hoy a las 9", "esta mañana", "el 9 de junio"],
    },
    "too_far": {
        "en": ["in 400 days", "in 13 months", "2028-01-01", "9999 hours"],
        "zh": ["400天后", "13个月后", "2028年1月1日"],
        "es": ["en 400 días", "en 13 meses", "1/1/2028"],
    },
}


@pytest.mark.parametrize(
    ("reason", "language", "words"),
    [
        (reason, language, words)
        for reason, said in REFUSED_AHEAD.items()
        for language, phrases in said.items()
        for words in phrases
    ],
)
def test_what_is_over_or_too_far_ahead_is_refused(reason: str, language: str, words: str) -> None:
    assert will_be(words, language) == reason


@pytest.mark.parametrize(
    ("language", "words", "reason"),
    [
        *(("en", "5pm", "in_future"), ("en", "tonight", "in_future")),
        *(("en", "tomorrow 9am", "in_future"), ("en", "2 years ago", "too_old")),
        *(("en", "june 11", "in_future"), ("en", "2025-06-01 12:00", "too_old")),
        *(("zh", "下午5点", "in_future"), ("zh", "今晚", "in_future"), ("zh", "明天", "in_future")),
        *(("zh", "半小时后", "in_future"), ("zh", "两年前", "too_old")),
        *(("es", "a las 5 de la tarde", "in_future"), ("es", "esta noche", "in_future")),
        *(("es", "mañana", "in_future"), ("es", "hace dos años", "too_old")),
    ],
)
def test_what_is_to_come_or_too_long_ago_is_refused(language: str, words: str, reason: str) -> None:
    assert was(words, language) == reason


UNCLEAR = {
    "en": [
        # Nothing that is a time.
        *("", " ", "a", "am", "1", "10", "3", "1500", "2026", "may", "june", "next june", "at"),
        *("soon", "later", "asap", "in a bit", "😀 3pm", "not tomorrow 3pm", "call at 3pm"),
        # Vague.
        *("in a few days", "sometime next week", "3ish", "by Friday", "before 5pm", "after 3pm"),
        *("end of month", "this week", "next year", "lunchtime", "monday or tuesday"),
        *("3pm to 4pm", "3-4pm", "monday 9-10am", "10 to 11", "half two", "every monday"),
        # This week's or next week's; today or in a week.
        *("next friday", "next sunday", "this monday", "wednesday 5pm", "Monday week"),
        *("next thursday at 10", "sunday next week"),
        # Morning or evening; at which end of the day.
        *("tomorrow at 8", "7:30", "tonight at 1", "tomorrow at midnight", "monday 9"),
        *("next week at 3pm", "12 in the morning"),
        # Not possible.
        *("tomorrow 25:00", "tomorrow 10:61", "13pm", "0am", "24:00", "12:60", "15:30 pm"),
        *("feb 30 9am", "june 31 9am", "2026-02-30", "13/13", "0/20", "june 0", "may 32"),
        *("20/6", "2027-02-29", "this morning at 15:00", "evening 9am", "9pm in the morning"),
        # Pieces that don't go together.
        *("in 2 hours ago", "2 hours at 3pm", "1 day 2 hours ago", "in 2 weeks on monday"),
        *(
            "monday tomorrow",
            "noon in the morning",
            "3 days 4pm",
            "Tuesday June 15",
            "3pm 4pm",
            "in tomorrow",
            "5 pm may",
            "today now",
        ),
        *("3pm PST", "2026-06-20T14:00Z", "in -2 hours", "in 0 minutes", "in 999999 days"),
        "99999999999 hours ago",
    ],
    "zh": [
        *("一会儿", "尽快", "过两天", "过几天", "两三天后", "十几分钟后", "前两天", "前几天"),
        *(
            "月底",
            "周末",
            "下周末",
            "国庆后",
            "三点多",
            "下午三四点",
            "3点到4点",
            "3点前",
            "周五前",
        ),
        *(
            "早点",
            "晚点",
            "晚一点",
            "早两天",
            "晚三天",
            "下周两点",
            "3点5",
            "3日后",
            "每周一",
            "周一或周二",
            "不是明天",
            "明天回访",
        ),
        *("周三", "8点", "明天七点", "晚上1点", "今天午夜", "上午12点", "10", "三", "6月", "1500"),
        *("25点", "24点", "3点75", "6月31日", "2月30号", "13月1日", "20/6", "上午15点", "星期八"),
        *("明天昨天", "明天半小时后", "下个月后", "周一6月16日", "三点四点"),
    ],
    "es": [
        *("luego", "pronto", "en un rato", "en unos días", "más tarde", "lo antes posible"),
        *("fin de mes", "el fin de semana", "antes de las 5", "después de las 5", "hasta el lunes"),
        *("de 3 a 4", "entre las 3 y las 4", "los lunes", "mañana o pasado", "no mañana"),
        *("el próximo viernes", "el viernes que viene", "este lunes", "el miércoles"),
        *("mañana a las 8", "a las 7", "mañana a medianoche", "esta noche a la 1", "16h", "10"),
        *("mañana a las 12 de la noche", "tres", "mañana temprano", "a última hora"),
        *("a las 12 de la mañana", "la semana que viene a las 10"),
        *("a las 25", "30 de febrero", "el 31 de junio", "06/20", "31/4", "a las 3:75"),
        *("mañana viernes", "el lunes 16", "el martes 15 de junio", "mañana ayer", "lunes martes"),
    ],
}


@pytest.mark.parametrize(
    ("language", "words"), [(code, words) for code, said in UNCLEAR.items() for words in said]
)
def test_what_could_mean_several_things_or_nothing_is_refused(language: str, words: str) -> None:
    assert will_be(words, language) == "unclear"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(("en", "last monday 3pm"), ("en", "last week"), ("en", "yesterday at 8")),
        *(("en", "last sunday"), ("en", "yesterday at midnight"), ("en", "yesterday end of day")),
        *(("zh", "上周"), ("zh", "前两天"), ("zh", "昨天8点"), ("zh", "3日前"), ("zh", "最近")),
        *(("es", "el lunes pasado"), ("es", "la semana pasada"), ("es", "hace un rato")),
    ],
)
def test_what_was_is_refused_where_it_could_be_two_days_or_hours(language: str, words: str) -> None:
    assert was(words, language) == "unclear"


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "mañana a las 10", "2026-06-11 10:00"),
        ("en", "明天下午3点", "2026-06-11 15:00"),
        ("en-US", "hoy a las 5 de la tarde", "2026-06-10 17:00"),
        ("zh", "next Monday 10am", "2026-06-15 10:00"),
        ("zh", "dentro de dos semanas", "2026-06-24"),
        ("zh", "明天3pm", "2026-06-11 15:00"),
        ("es", "in half an hour", "2026-06-10 15:00"),
        ("es", "下周五", "2026-06-19"),
        ("es-MX", "lunes 3pm", "2026-06-15 15:00"),
        ("fr", "tomorrow 3pm", "2026-06-11 15:00"),
        ("en", "in 15h", "2026-06-11 05:30"),
        ("en", "a week today", "2026-06-17"),
        ("zh", "俩小时后", "2026-06-10 16:30"),
    ],
)
def test_the_words_of_the_other_languages_are_read_too(
    language: str, words: str, meant: str
) -> None:
    assert will_be(words, language) == meant


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("en", "7/8", "2026-07-08"),
        ("zh", "7/8", "2026-07-08"),
        ("es", "7/8", "2026-08-07"),
        # A Spanish sentence in the hands of a reader who writes the month first.
        ("en", "el 7/8 a las 10", "unclear"),
        ("zh", "el 7/8 a las 10", "unclear"),
        ("es", "7/8 下午3点", "unclear"),
        ("en", "el 7/7 a las 10", "2026-07-07 10:00"),
        # Impossible in the reader's order; not read in another's.
        ("en", "20/6 a las 10", "unclear"),
        ("es", "6/20 2pm", "unclear"),
        # Sixteen hours, or four in the afternoon: Spanish knows it and refuses it.
        ("es", "16h", "unclear"),
        ("en", "16h", "unclear"),
        ("en", "15h30", "unclear"),
        ("es", "mañana Friday", "unclear"),
    ],
)
def test_where_languages_disagree_nothing_is_guessed(language: str, words: str, meant: str) -> None:
    assert will_be(words, language) == meant


def test_the_day_is_that_of_the_reader_not_of_utc() -> None:
    late_evening = datetime(2026, 6, 10, 22, 0, tzinfo=LA).astimezone(ZoneInfo("UTC"))
    assert was("today 9am", "en", late_evening) == "2026-06-10 09:00"
    assert will_be("明天9点", "zh", late_evening) == "2026-06-11 09:00"
    assert will_be("mañana", "es", late_evening) == "2026-06-11"


def test_a_week_that_begins_on_sunday_or_on_monday_is_both_minded() -> None:
    sunday = datetime(2026, 6, 14, 12, 0, tzinfo=LA)
    assert will_be("next monday", "en", sunday) == "unclear"
    assert will_be("el próximo sábado", "es", sunday) == "unclear"
    assert will_be("下周六", "zh", sunday) == "2026-06-20"
    saturday = datetime(2026, 6, 13, 12, 0, tzinfo=LA)
    assert will_be("next monday", "en", saturday) == "2026-06-15"
    assert will_be("next saturday", "en", saturday) == "2026-06-20"


def test_the_same_day_of_a_shorter_month_is_its_last() -> None:
    last_of_january = datetime(2026, 1, 31, 12, 0, tzinfo=LA)
    assert will_be("in a month", "en", last_of_january) == "2026-02-28"
    assert will_be("一个月后", "zh", last_of_january) == "2026-02-28"


@pytest.mark.parametrize(
    "words",
    [
        *("last week", "in April", "Mondays", "a while ago", "recently", "May 2024", "in 2023"),
        *(
            "上周",
            "前几天",
            "去年夏天",
            "最近",
            "上次",
            "la semana pasada",
            "el otro día",
            "en verano",
        ),
    ],
)
def test_words_name_some_time_however_vaguely(words: str) -> None:
    assert names_a_time(words)


@pytest.mark.parametrize(
    "words", ["", "?", "no idea", "she doesn't say", "不知道", "有点疼", "no sé", "ni idea"]
)
def test_words_name_no_time(words: str) -> None:
    assert not names_a_time(words)
