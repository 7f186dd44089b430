"""How people's names are written where they come from."""

from __future__ import annotations

import re

# Kana, Han and Hangul.
_FAMILY_NAME_FIRST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")


def family_name_first(name: str) -> bool:
    """Whether it is written without spaces, the family name first: 王丽, 김민수, さとう."""
    return _FAMILY_NAME_FIRST.match(name) is not None


def full_name(first: str, last: str | None) -> str:
    """Both names in their order: `Kate Miller`, but 王丽."""
    if family_name_first(first):
        return f"{last or ''}{first}"
    return f"{first} {last}" if last else first
