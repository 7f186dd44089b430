"""How to reach a client, from what staff typed: a phone number, an e-mail address or a handle."""

from __future__ import annotations

import re
import unicodedata

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    parse,
)

from flows.complaint import Contact

EMAIL = re.compile(r"[^@\s,;:<>()]+@[^@\s,;:<>()]+\.[^@\s,;:<>().\d]{2,}")
HANDLE = re.compile(r"@[\w.]{2,64}")
PHONE = re.compile(r"\+?[\d\s()./-]+(?:(?:ext\.?|extension|x|#)\s*\d{1,6})?", re.IGNORECASE)


def normalise(typed: str, region: str) -> Contact:
    """What was typed, with a form in which the same client is found again.

    A phone number becomes E.164 (without its extension), read as dialled in `region` when it has
    no country code; an e-mail address or `@handle` becomes lower case. Among other words, a
    number counts when it is the only one and valid there. Otherwise `normalised` is None.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if EMAIL.fullmatch(text) or HANDLE.fullmatch(text):
        return Contact(typed, text.lower())
    if PHONE.fullmatch(text):
        return Contact(typed, _possible(text, region))
    found = list(PhoneNumberMatcher(text, region, leniency=Leniency.VALID))
    if len(found) != 1:
        return Contact(typed, None)
    return Contact(typed, format_number(found[0].number, PhoneNumberFormat.E164))


def _possible(text: str, region: str) -> str | None:
    try:
        number = parse(text, region)
    except NumberParseException:
        return None
    # "Possible, local only" lacks an area code: it would be another client elsewhere.
    if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    return format_number(number, PhoneNumberFormat.E164)
