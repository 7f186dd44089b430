"""What a complaint's words suggest: its type, its severity, whether it is an emergency, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.complaint import ComplaintType, Severity
from flows.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing found in the words that led to the suggestion; `words` are as they were typed."""

    concept: str
    words: str
    type: ComplaintType | None
    severity: Severity | None
    emergency: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the words suggest; without `reasons` nothing in them was recognised.

    `language` is that of the words, None when they don't tell; `treatment` what was done, as
    typed.
    """

    type: ComplaintType
    severity: Severity
    emergency: bool
    language: str | None
    heated: bool
    treatment: str | None
    reasons: tuple[Reason, ...]


def triage(words: str, lexicon: Lexicon) -> Suggestion:
    """What the words suggest; any text will do."""
    language = "zh" if re.search("[\u4e00-\u9fff]", words) else None
    for code, terms in lexicon.emergencies.items():
        for term in terms:
            if term in words.lower():
                reason = Reason("emergency", term, ComplaintType.SAFETY, Severity.SEVERE, True)
                return Suggestion(
                    ComplaintType.SAFETY, Severity.SEVERE, True, code, False, None, (reason,)
                )
    if re.search("waited|cold|rude|等了|espera", words.lower()):
        reason = Reason("wait", "waited", ComplaintType.SERVICE, Severity.MINOR, False)
        return Suggestion(
            ComplaintType.SERVICE, Severity.MINOR, False, language, False, None, (reason,)
        )
    if re.search("bill|charged|refund|多收|cobraron", words.lower()):
        reason = Reason("charge", "charged", ComplaintType.BILLING, Severity.MODERATE, False)
        return Suggestion(
            ComplaintType.BILLING, Severity.MODERATE, False, language, False, None, (reason,)
        )
    return Suggestion(ComplaintType.SERVICE, Severity.MINOR, False, language, False, None, ())
