"""Times in English."""

from __future__ import annotations

import re

from flows.when.pieces import (
    Amount,
    Clock,
    DayOfMonth,
    Language,
    Made,
    Month,
    NamedDate,
    Offset,
    Part,
    Week,
    Weekday,
    Which,
    Word,
    Year,
    hours,
    rule,
    words,
)

# Twelve in the morning is noon to some and midnight to others.
MORNING, AFTERNOON, EVENING, NIGHT = Part(1, 12), Part(12, 19), Part(16, 24), Part(18, 24)
PARTS = {"morning": MORNING, "afternoon": AFTERNOON, "evening": EVENING, "night": NIGHT}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = (
    r"(mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
_WHICH = {
    "this": Which.THIS,
    "next": Which.NEXT,
    "last": Which.LAST,
    "coming": Which.COMING,
    "upcoming": Which.COMING,
    "this coming": Which.COMING,
    "past": Which.PAST,
    "this past": Which.PAST,
}
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"

_UNITS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS = (
    {word: number for number, word in enumerate(_UNITS, start=1)}
    | dict(zip(_TENS, range(20, 100, 10), strict=True))
    | {
        f"{tens} {unit}": 10 * ten + one
        for ten, tens in enumerate(_TENS, start=2)
        for one, unit in enumerate(_UNITS[:9], start=1)
    }
)
_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
_NUMBER = rf"(\d{{1,4}}|an?(?: couple)?|couple|{_WORD})"
_HOUR = rf"(\d{{1,2}}|{'|'.join(sorted(_UNITS[:12], key=len, reverse=True))})"
_HALF = r"(?: ?([ap]m))?"
_MINUTES = rf"(?:(quarter|half|{_WORD})|(\d{{1,2}})(?: min(?:ute)?s?)?)"

_UNIT = {
    "m": Amount(minutes=1),
    "h": Amount(minutes=60),
    "d": Amount(days=1),
    "w": Amount(days=7),
    "fortnight": Amount(days=14),
    "mo": Amount(months=1),
    "y": Amount(months=12),
}


def _number(word: str) -> int:
    if word in ("a", "an"):
        return 1
    if word.endswith("couple"):
        return 2
    return int(word) if word.isdigit() else NUMBERS[word]


def _amount(match: re.Match[str]) -> Made:
    unit = match[2]
    short = unit if unit in _UNIT else "mo" if unit.startswith("mo") else unit[0]
    one, number = _UNIT[short], _number(match[1])
    return Amount(one.minutes * number, one.days * number, one.months * number)


def _past_or_to(match: re.Match[str]) -> Made:
    """`quarter past 3 pm`, `ten to four`; `10 to 11` may be a span."""
    word, digits, side, hour, half = match.groups()
    if word == "half":
        minute = 30
    else:
        minute = 15 if word == "quarter" else NUMBERS[word] if word else int(digits)
    to = side in ("to", "til", "till")
    unclear_span = to and digits is not None and "min" not in match[0]
    if minute > 30 or unclear_span or (to and minute == 30):
        return Word.UNCLEAR
    return Clock(_number(hour), -minute if to else minute, half)


def _hour_in_words(match: re.Match[str]) -> Made:
    """`at 3`, `ten thirty am`, `3 o'clock`."""
    hour, minute, half = match.groups()
    return Clock(_number(hour), NUMBERS[minute] if minute else 0, half)


RULES = [
    *words(
        {
            "now|(?:just|right) now": Word.NOW,
            "today": Offset(0),
            "tomorrow|tmrw?|tmw|tomm?or+ow": Offset(1),
            "yesterday|yday": Offset(-1),
            "day after tomorrow": Offset(2),
            "day before yesterday": Offset(-2),
            "(?:a )?week today": Offset(7),
            "(?:a )?week tomorrow": Offset(8),
            "tonight": (Offset(0), NIGHT),
            "last night": (Offset(-1), NIGHT),
            "last evening": (Offset(-1), EVENING),
            "first thing(?: in morning)?": MORNING,
            "(?:at |12 ?)?noon|(?:at |12 )?midday": Clock(12, half="pm"),
            "(?:at |12 )?midnight": Word.MIDNIGHT,
            "(?:at |by )?(?:end (?:business )?day|eod|close business|cob)": Word.END_OF_DAY,
            "(?:at |by )?closing(?: time)?": Word.END_OF_DAY,
            "next week|following week": Week(1),
            "week after next": Week(2),
            "this week": Week(0),
            "last week": Week(-1),
            "week before last": Week(-2),
            "next month": Month(1),
            "month after next": Month(2),
            "this month": Month(0),
            "last month": Month(-1),
            "next year": Year(1),
            "this year": Year(0),
            "last year": Year(-1),
            "in|from now|later|time": Word.AHEAD,
            "ago": Word.AGO,
            "from": Word.FROM,
            "and|sharp": Word.FILLER,
            "half (?:an )?hour|a half (?:an )?hour": Amount(minutes=30),
            "(?:a )?quarter (?:an )?hour": Amount(minutes=15),
            "three quarters (?:an )?hour": Amount(minutes=45),
        }
    ),
    rule(r"this (morning|afternoon|evening)", lambda m: (Offset(0), PARTS[m[1]])),
    rule(r"(?:in )?(morning|afternoon|evening)|(?:at )?(night)", lambda m: PARTS[m[1] or m[2]]),
    rule(
        rf"(?:({'|'.join(_WHICH)}) )?{_WEEKDAY}",
        lambda m: Weekday(WEEKDAYS.index(m[2][:3]), _WHICH.get(m[1])),
    ),
    rule(rf"(?:{_MONTH} {_NTH}|{_NTH} {_MONTH})(?: \d{{4}})?", lambda m: NamedDate(m[0])),
    rule(_ORDINAL, lambda m: DayOfMonth(int(m[1]))),
    # A number in words needs a unit in words, or "am" would be a minute.
    # By itself `15h` or `15h30` may be in the afternoon.
    rule(
        r"(?<!in )(?:1[3-9]|2[0-4])h(?: ?[0-5]\d)?(?!\w| (?:later|ago|from now|time))",
        Word.UNCLEAR,
    ),
    rule(r"(\d{1,4})([mhdw])", _amount),
    rule(
        rf"{_NUMBER}(?:(?<=\d) ?| )(min|minute|hr|hour|day|wk|week|fortnight|month|year)s?",
        _amount,
    ),
    rule(
        rf"{_NUMBER} (?:hour|hr)s? and (?:a )?(half|quarter)",
        lambda m: Amount(minutes=60 * _number(m[1]) + (30 if m[2] == "half" else 15)),
    ),
    rule(rf"{_NUMBER} and (?:a )?half hours?", lambda m: Amount(minutes=60 * _number(m[1]) + 30)),
    rule(r"(\d{0,3}\.(?:5|25|75)) ?(?:h|hrs?|hours?)", hours),
    rule(r"(\d{1,2})h ?([0-5]?\d)m?", lambda m: Amount(minutes=60 * int(m[1]) + int(m[2]))),
    rule(rf"(?:at )?(?:a )?{_MINUTES} (past|after|to|til|till) {_HOUR}{_HALF}", _past_or_to),
    rule(rf"at {_HOUR}(?: (thirty|fifteen|forty five))?{_HALF}(?: oclock)?", _hour_in_words),
    rule(rf"{_HOUR}(?: (thirty|fifteen|forty five))? ?([ap]m)", _hour_in_words),
    rule(rf"(?:at )?{_HOUR}() oclock{_HALF}", _hour_in_words),
    rule(
        rf"{_HOUR}()()(?= (?:in (?:morning|afternoon|evening)|at night|tonight)\b)",
        _hour_in_words,
    ),
    rule(r"at(?= \d{1,2}(?::\d|\.\d|\d* ?[ap]m))", Word.FILLER),
]  # fmt: skip


def plain(text: str) -> str:
    """The words without points and commas, apostrophes, and what says nothing about the time."""
    text = text.replace("@", " at ").replace("½", ".5")
    text = re.sub(r"\bo ?'? ?clock\b", "oclock", text)
    text = re.sub(r"(?<=[a-z])'s?(?= time\b)", "", text)
    text = re.sub(r"(?<=[a-z])[.-](?=[a-z ]|$)", " ", text)
    return " ".join(
        word
        for word in text.split()
        if word not in ("the", "on", "about", "around", "of", "approximately", "roughly", "approx")
    )


ENGLISH = Language(
    code="en",
    plain=plain,
    rules=RULES,
    names=(
        r"\b(last|ago|now|today|tonight|yesterday|tomorrow|noon|midnight|minutes?|hours?|weeks?"
        r"|months?|days?|years?|weekend|mornings?|afternoons?|evenings?|nights?|spring|summer"
        rf"|autumn|fall|winter|recently|christmas|easter|(?:{_WEEKDAY}|{_MONTH})s?)\b"
    ),
    back=("30 minutes ago", "yesterday 4pm"),
    on=("tomorrow 10am", "in two weeks"),
)
