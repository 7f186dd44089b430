"""Times in Chinese, in simplified and traditional characters."""

from __future__ import annotations

import re
from datetime import time

from flows.when.pieces import (
    Amount,
    Clock,
    DayOfMonth,
    Language,
    Made,
    Month,
    Offset,
    OnDate,
    Part,
    Week,
    Weekday,
    Word,
    Year,
    hours,
    rule,
    words,
)

_SIMPLIFIED = str.maketrans(
    "頭後鐘鍾點週號兩俩個時間內過這剛現從來會淩晝裡禮陽曆開約幾貳兒當",
    "头后钟钟点周号两两个时间内过这刚现从来会凌昼里礼阳历开约几二儿当",
)

_DIGITS = "零一二三四五六七八九"
_DIGIT = "[一二三四五六七八九]"
_TEENS = rf"(?:{_DIGIT}?十{_DIGIT}?|[廿卅]{_DIGIT}?)"
_NUMBER = rf"(\d{{1,4}}|{_DIGIT}百(?:零{_DIGIT}|{_TEENS})?|{_TEENS}|[{_DIGITS}两])"
_DAY = rf"(\d{{1,2}}|{_TEENS}|{_DIGIT})"
_HOUR = rf"(\d{{1,2}}|{_TEENS}|[{_DIGITS}两])"
_MINUTE = rf"(\d{{2}}分?|\d分|零{_DIGIT}分?|{_TEENS}分?|{_DIGIT}分)"
_QUARTER = r"([一三13])刻钟?"
_WEEK = r"(?:周|星期|礼拜)"
_WEEKDAYS = "一二三四五六日"
_WHICH = {
    "上上": -2,
    "上": -1,
    "这": 0,
    "本": 0,
    "下": 1,
    "下下": 2,
}
_BEHIND_LENGTH = "(?<=[天周期拜月年时头钟半分])"
_RELATIVE = r"(上上|上|这|本|下下|下)"


def _number(said: str) -> int:
    """`15`, `十五`, `两`, `廿五`, `一百二十`."""
    if said.isdecimal():
        return int(said)
    said = said.replace("廿", "二十").replace("卅", "三十").replace("两", "二")
    hundreds, _, rest = said.rpartition("百")
    tens, ten, unit = rest.lstrip("零").rpartition("十")
    number = 100 * _DIGITS.index(hundreds) if hundreds else 0
    number += 10 * (_DIGITS.index(tens) if tens else 1) if ten else 0
    return number + (_DIGITS.index(unit) if unit else 0)


def _quarters(said: str) -> int:
    return 15 * _number(said)


def _clock(match: re.Match[str]) -> Made:
    """`3点`, `三点半`, `3点一刻`, `三点零五分`, `3点过5分`."""
    hour, half, quarter, minute = match.groups()
    if half:
        return Clock(_number(hour), 30)
    if quarter:
        return Clock(_number(hour), _quarters(quarter))
    return Clock(_number(hour), _number(minute.rstrip("分")) if minute else 0)


def _minutes_to(match: re.Match[str]) -> Made:
    """`差一刻三点`, `三点差五分`."""
    hour_first, quarter_last, minute_last, quarter_first, minute_first, hour_last = match.groups()
    quarter, minute = quarter_first or quarter_last, minute_first or minute_last
    missing = _quarters(quarter) if quarter else _number(minute.rstrip("分"))
    return Clock(_number(hour_first or hour_last), -missing)


def _weekday(match: re.Match[str]) -> Made:
    day = Weekday(_WEEKDAYS.index(match[2].replace("天", "日")))
    return (Week(_WHICH[match[1]]), day) if match[1] else day


def _date(match: re.Match[str]) -> Made:
    written, month, day = match.groups()
    digits = [_DIGITS.find(char) for char in (written or "").replace("〇", "零")]
    year = int(written) if (written or "").isdecimal() else int("".join(map(str, digits)) or 0)
    return OnDate(year or None, _number(month), _number(day))


MORNING, NIGHT = Part(4, 12), Part(17, 24)
_MORNING = "早上|早晨|清晨|清早|一早|一大早|大清早|早"
_NIGHT = "晚上|夜晚|夜里|夜间|晚间|晚|深夜|半夜"

RULES = [
    *words(
        {
            "大前[天日]": Offset(-3),
            "前[天日]": Offset(-2),
            "昨[天日儿]": Offset(-1),
            "今[天日儿]": Offset(0),
            "明[天日儿]": Offset(1),
            "后[天日]": Offset(2),
            "大后[天日]": Offset(3),
            "今[早晨]": (Offset(0), MORNING),
            "明[早晨]": (Offset(1), MORNING),
            "昨[晚夜]": (Offset(-1), NIGHT),
            "前晚(?!上)": (Offset(-2), NIGHT),
            "今[晚夜]": (Offset(0), NIGHT),
            "明晚": (Offset(1), NIGHT),
            "凌晨": Part(0, 6),
            _MORNING: MORNING,
            "上午|午前": Part(6, 12),
            "中午|正午": Part(11, 15, alone=time(12)),
            "下午|午后": Part(12, 19),
            "傍晚": Part(16, 21),
            _NIGHT: NIGHT,
            "午夜": Word.MIDNIGHT,
            "(?:午夜|半夜)(?:十二|12)点": Word.MIDNIGHT,
            "去年": Year(-1),
            "今年": Year(0),
            "明年": Year(1),
            "现在|刚才|刚刚": Word.NOW,
            "下班前|下班时|下班的时候|下班|打烊前": Word.END_OF_DAY,
            # Behind a length only: 前两天 is said for "the other day", 3日前 for "before the 3rd".
            f"{_BEHIND_LENGTH}[以之过]?后": Word.AHEAD,
            f"{_BEHIND_LENGTH}[以之]?前": Word.AGO,
            # 过两天 is said for "in a few days".
            "再?过(?!(?:两|二|2)个?(?:[天日周年月]|星期|礼拜))": Word.AHEAD,
            "的|在|于|约|大约|大概|差不多|左右|整|,|、|。|请": Word.FILLER,
            "半个?(?:小时|钟头|钟)": Amount(minutes=30),
            "半个月": Amount(days=15),
            "半年": Amount(months=6),
        }
    ),
    rule(
        rf"{_RELATIVE}?个?{_WEEK}([一二三四五六日天])",
        _weekday,
    ),
    rule(rf"{_RELATIVE}个?{_WEEK}", lambda m: Week(_WHICH[m[1]])),
    rule(rf"{_RELATIVE}个?月", lambda m: Month(_WHICH[m[1]])),
    rule(rf"(?:(\d{{4}}|[{_DIGITS}〇]{{4}})年)?{_DAY}月{_DAY}[日号]", _date),
    rule(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})(?![点时分\d:天个])", _date),
    rule(rf"{_DAY}[日号]", lambda m: DayOfMonth(_number(m[1]))),
    rule(rf"{_HOUR}(?:点钟|点|时)(?:(半)|过?{_QUARTER}|过?{_MINUTE})?", _clock),
    rule(
        rf"(?:{_HOUR}点)差(?:{_QUARTER}|{_MINUTE})|差(?:{_QUARTER}|{_MINUTE})钟?到?{_HOUR}点钟?",
        _minutes_to,
    ),
    rule(rf"{_NUMBER}分钟?", lambda m: Amount(minutes=_number(m[1]))),
    rule(rf"{_NUMBER}刻钟", lambda m: Amount(minutes=15 * _number(m[1]))),
    rule(rf"{_NUMBER}个?(?:小时|钟头|钟)", lambda m: Amount(minutes=60 * _number(m[1]))),
    rule(
        rf"{_NUMBER}个?(?:半(?:小时|钟头|钟)|(?:小时|钟头|钟)半)",
        lambda m: Amount(minutes=60 * _number(m[1]) + 30),
    ),
    rule(r"(\d{0,3}\.(?:5|25|75))个?(?:小时|钟头)", hours),
    rule(rf"{_NUMBER}天", lambda m: Amount(days=_number(m[1]))),
    rule(rf"{_NUMBER}个?{_WEEK}", lambda m: Amount(days=7 * _number(m[1]))),
    rule(rf"{_NUMBER}个月", lambda m: Amount(months=_number(m[1]))),
    rule(rf"{_NUMBER}年", lambda m: Amount(months=12 * _number(m[1]))),
    rule(r"(\d{1,4})m", lambda m: Amount(minutes=int(m[1]))),
    rule(r"(\d{1,4})h", lambda m: Amount(minutes=60 * int(m[1]))),
]  # fmt: skip


def plain(text: str) -> str:
    """The words in simplified characters, with spaces only between digits and Latin letters."""
    text = text.translate(_SIMPLIFIED)
    return re.sub(r"(?<![a-z0-9]) +| +(?![a-z0-9])", "", text)


CHINESE = Language(
    code="zh",
    plain=plain,
    rules=RULES,
    names=(
        r"[年月日号天周昨夜晨晚早春夏秋冬]|星期|礼拜|小时|钟头|分钟|(?<![有一])点|[上下中]午|刚[才刚]"
        r"|最近|以前|之前|上次|前几"
    ),
    back=("30分钟前", "昨天下午4点"),
    on=("明天上午10点", "两周后"),
    weeks_from_monday=True,
)
