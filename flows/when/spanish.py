"""Times in Spanish, with their accents or without."""

from __future__ import annotations

import re
import unicodedata
from datetime import time

from flows.when.pieces import (
    CLOCK_IN_DIGITS,
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
    clock,
    hours,
    rule,
    words,
)

# A las doce de la mañana is noon in Spain and midnight elsewhere.
MORNING, AFTERNOON, NIGHT = Part(1, 12), Part(12, 21), Part(18, 24)
PARTS = {
    "madrugada": Part(0, 7),
    "manana": MORNING,
    "tarde": AFTERNOON,
    "noche": NIGHT,
}
WEEKDAYS = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
_WEEKDAY = r"(lun(?:es)?|martes|mie(?:rcoles)?|jue(?:ves)?|vie(?:rnes)?|sab(?:ado)?|dom(?:ingo)?)"
_AFTER_NOUN = r"(proxim[oa]|que viene|que entra|entrante)"
_MONTH = (
    r"(?:enero|ene|febrero|feb|marzo|mar|abril|abr|mayo|may|junio|jun|julio|jul|agosto|ago"
    r"|septiembre|setiembre|sept?|octubre|oct|noviembre|nov|diciembre|dic)"
)

_UNITS = (
    *("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once"),
    *("doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve"),
    *("veinte", "veintiuno", "veintidos", "veintitres", "veinticuatro", "veinticinco"),
    *("veintiseis", "veintisiete", "veintiocho", "veintinueve"),
)
_TENS = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
NUMBERS = (
    {"un": 1, "una": 1, "veintiun": 21, "veintiuna": 21, "un par de": 2}
    | {word: number for number, word in enumerate(_UNITS, start=1)}
    | dict(zip(_TENS, range(30, 100, 10), strict=True))
    | {
        f"{tens} y {unit}": 10 * ten + one
        for ten, tens in enumerate(_TENS, start=3)
        for one, unit in [*enumerate(_UNITS[:9], start=1), (1, "un"), (1, "una")]
    }
)


def _either(names: list[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_NUMBER = rf"(\d{{1,4}}|{_either(list(NUMBERS))})"
_HOUR = rf"(\d{{1,2}}|{_either(['una', *_UNITS[1:12]])})"
_MINUTE = rf"(media|cuarto|\d{{1,2}}|{_either(list(NUMBERS))})(?: minutos)?"
_NTH = r"(?:\d{1,2}|1 ?(?:ro|er|o)|primero)"
_OF_YEAR = r"(?: (?:del? )?\d{4})?"
_AT = r"(?:(?:a|sobre|hacia|para|como a|a eso de) las?)"
_HOURS = r"(?: ?(?:h|hs|hrs?|horas?)\b)?"
_MORE = rf"(?: (y|con|menos) {_MINUTE})?(?: en punto)?"
_PART_BEHIND = (
    r"(?:(?:de|por|en) la (?:madrugada|manana|tarde|noche)|de madrugada|del medio ?dia)\b"
)
_HALF = r"(?: ?([ap]m))?"


def _number(said: str) -> int:
    return int(said) if said.isdecimal() else NUMBERS[said]


def _minutes(said: str) -> int:
    return {"media": 30, "cuarto": 15}[said] if said in ("media", "cuarto") else _number(said)


def _hour(match: re.Match[str]) -> Made:
    """`a las 10`, `a las tres y media`, `a las 4 menos cuarto pm`."""
    hour, sign, minute, half = match.groups()
    minutes = _minutes(minute) if minute else 0
    return Clock(_number(hour), -minutes if sign == "menos" else minutes, half)


def _to(match: re.Match[str]) -> Made:
    """`un cuarto para las cuatro`."""
    return Clock(_number(match[2]), -_minutes(match[1]), match[3])


def _weekday(which: Which | None, name: str) -> Weekday:
    return Weekday(WEEKDAYS.index(name[:3]), which)


def _named(match: re.Match[str]) -> Made:
    """A date as dateparser takes it; the first may be `primero` or `1ro`."""
    said = re.sub(r"\b(?:primero|1 ?(?:ro|er|o))\b", "1", match[0])
    return NamedDate(said.replace(" del ", " de ").replace("el ", "").replace("dia ", ""))


def _amount(match: re.Match[str]) -> Made:
    number, unit = _number(match[1]), match[2]
    if unit in ("h", "hora", "hr"):
        return Amount(minutes=60 * number)
    if unit in ("m", "min", "minuto"):
        return Amount(minutes=number)
    if unit in ("d", "dia"):
        return Amount(days=number)
    if unit in ("semana", "sem"):
        return Amount(days=7 * number)
    return Amount(months=number * (12 if unit == "ano" else 1))


def _hours(match: re.Match[str]) -> Amount:
    return Amount(minutes=60 * int(match[1]) + int(match[2] or 0))


def _hours_or_clock(match: re.Match[str]) -> Made:
    """`2h` is a length; `16h` may be a length or 16:00."""
    return _hours(match) if int(match[1]) < 7 else Word.UNCLEAR


RULES = [
    *words(
        {
            "ahora(?: mismo)?": Word.NOW,
            "hoy(?: mismo)?": Offset(0),
            "manana(?: mismo)?": Offset(1),
            "ayer": Offset(-1),
            "pasado manana": Offset(2),
            "ante ?ayer|antes de ayer|antier": Offset(-2),
            "anoche|ayer (?:por la )?noche": (Offset(-1), NIGHT),
            "ayer tarde": (Offset(-1), AFTERNOON),
            "anteanoche": (Offset(-2), NIGHT),
            "a primera hora(?: de la manana)?": MORNING,
            "(?:al?|del?) ?medio ?dia|medio ?dia": Part(11, 16, alone=time(12)),
            "(?:a (?:la )?|de )?media ?noche": Word.MIDNIGHT,
            "(?:al |a )?(?:final|fin|cierre) (?:del dia|de la jornada)|al cierre": Word.END_OF_DAY,
            "(?:la )?semana pasada": Week(-1),
            "esta semana": Week(0),
            rf"(?:la )?semana {_AFTER_NOUN}|(?:la )?proxima semana": Week(1),
            "(?:el )?mes pasado": Month(-1),
            "este mes": Month(0),
            rf"(?:el )?mes {_AFTER_NOUN}|(?:el )?proximo mes": Month(1),
            "(?:el )?ano pasado": Year(-1),
            "este ano": Year(0),
            rf"(?:el )?ano {_AFTER_NOUN}|(?:el )?proximo ano": Year(1),
            "en(?: unas| unos)?|dentro de(?: unas| unos)?|de aqui a|mas tarde|despues": Word.AHEAD,
            "hace(?: unas| unos| como| ya)?|atras": Word.AGO,
            "a partir de ahora|desde ahora": Word.AHEAD,
            "a partir de": Word.FROM,
            r"el(?: dia)?(?= \d+[/-]\d)": Word.FILLER,
            "de|del|y|aproximadamente|mas o menos|para|,": Word.FILLER,
            "media hora": Amount(minutes=30),
            "hora y media": Amount(minutes=90),
            "(?:un )?cuarto de hora": Amount(minutes=15),
            "tres cuartos de hora": Amount(minutes=45),
            "una quincena": Amount(days=15),
        }
    ),
    rule(r"(?:de|por|en|a) la (madrugada|manana|tarde|noche)", lambda m: PARTS[m[1]]),
    rule(r"(?:de|por) (madrugada|noche)", lambda m: PARTS[m[1]]),
    rule(r"esta (madrugada|manana|tarde|noche)", lambda m: (Offset(0), PARTS[m[1]])),
    rule(rf"(?:el |para el )?{_WEEKDAY}", lambda m: _weekday(None, m[1])),
    rule(rf"este {_WEEKDAY}", lambda m: _weekday(Which.THIS, m[1])),
    rule(rf"(?:el )?proximo {_WEEKDAY}", lambda m: _weekday(Which.NEXT, m[1])),
    rule(rf"este proximo {_WEEKDAY}", lambda m: _weekday(Which.COMING, m[1])),
    rule(rf"(?:el )?{_WEEKDAY} {_AFTER_NOUN}", lambda m: _weekday(Which.NEXT, m[1])),
    rule(rf"(?:el )?{_WEEKDAY} pasado", lambda m: _weekday(Which.LAST, m[1])),
    rule(rf"(?:el )?pasado {_WEEKDAY}", lambda m: _weekday(Which.LAST, m[1])),
    rule(rf"(?:el )?(?:dia )?{_NTH}(?: de)? {_MONTH}{_OF_YEAR}", _named),
    rule(rf"{_MONTH} {_NTH}{_OF_YEAR}", _named),
    rule(r"(?:el |el dia |dia )(\d{1,2})(?! ?[:/h])", lambda m: DayOfMonth(int(m[1]))),
    rule(r"(?:el )?(?:dia )?primero", DayOfMonth(1)),
    rule(
        rf"el {_WEEKDAY} (\d{{1,2}})(?!(?: de)? {_MONTH}\b)",
        lambda m: (_weekday(None, m[1]), DayOfMonth(int(m[2]))),
    ),
    rule(r"(\d{1,4})([md])", _amount),
    rule(r"(\d{1,2})h(?: ?([0-5]?\d)(?:m|min)?)?", _hours_or_clock),
    rule(r"en (\d{1,3})h(?: ?([0-5]?\d)(?:m|min)?)?", lambda m: (Word.AHEAD, _hours(m))),
    rule(r"hace (\d{1,3})h(?: ?([0-5]?\d)(?:m|min)?)?", lambda m: (Word.AGO, _hours(m))),
    rule(
        rf"{_NUMBER}(?:(?<=\d) ?| )(min|minuto|hora|hr|dia|sem|semana|mes|ano)(?:e?s)?",
        _amount,
    ),
    rule(rf"{_NUMBER} horas? y media", lambda m: Amount(minutes=60 * _number(m[1]) + 30)),
    rule(rf"{_NUMBER} horas? y (?:un )?cuarto", lambda m: Amount(minutes=60 * _number(m[1]) + 15)),
    rule(r"(\d{0,3}[.,](?:5|25|75)) ?(?:h|horas?)", hours),
    rule(rf"{_AT} {_HOUR}{_HOURS}{_MORE}{_HALF}", _hour),
    rule(rf"(?:{_AT} )?{_HOUR}{_MORE}()(?= {_PART_BEHIND})", _hour),
    rule(rf"(?:a )?(?:un )?{_MINUTE} para las? {_HOUR}{_HALF}", _to),
    rule(
        rf"(?:{_AT} )?{CLOCK_IN_DIGITS}{_HOURS}(?: en punto)?",
        lambda m: clock(m[1], m[2], m[3]),
    ),
    rule(
        rf"{_AT} (\d{{1,2}})[.h]([0-5]\d){_HOURS}{_HALF}",
        lambda m: clock(m[1], m[2], m[3]),
    ),
]  # fmt: skip


def plain(text: str) -> str:
    """The words without accents and points."""
    letters = unicodedata.normalize("NFD", text.replace("@", " a las "))
    text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    text = re.sub(r"(?<=[a-z])\.(?= |$)", " ", text)
    return " ".join(text.split())


SPANISH = Language(
    code="es",
    plain=plain,
    rules=RULES,
    names=(
        r"\b(ayer|hoy|manana|anteayer|antier|anoche|ahora|hace|pasad[oa]|minutos?|horas?|dias?"
        r"|semanas?|mes(es)?|anos?|tardes?|noches?|madrugada|mediodia|medianoche|verano|invierno"
        rf"|primavera|otono|navidad|recien(temente)?|{_WEEKDAY}|{_MONTH})\b"
    ),
    back=("hace 30 minutos", "ayer a las 16:00"),
    on=("mañana a las 10:00", "en dos semanas"),
    day_first=True,
)
