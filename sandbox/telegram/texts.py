"""What Telegram does to a text, and refuses of one: length, entities, what becomes a link."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from sandbox.telegram.refusals import bad_request
from sandbox.workspace import Json

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_MARKED = frozenset(
    {
        *("bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"),
        *("text_link", "text_mention", "blockquote", "expandable_blockquote", "custom_emoji"),
    }
)
# What a reader could press although nobody meant it, found by the server itself.
_FOUND = {
    "mention": re.compile(r"(?<![\w@])@[A-Za-z][A-Za-z0-9_]{3,31}\b"),
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?(?![\w/])"),
    "hashtag": re.compile(r"(?<!\w)#\w*[^\W\d]\w*"),
    "email": re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    "url": re.compile(r"\b(?:https?://\S+|(?:[\w-]+\.)+(?:com|org|net|io|me|es|cn)\b(?:/\S*)?)"),
}
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
    "a": "text_link",
}


def length(text: str) -> int:
    """How long Telegram says a text is: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """A text as the server keeps it: without control characters, and trimmed."""
    kept = "".join(" " if ch < " " and ch != "\n" else ch for ch in text.replace("\r", ""))
    return kept.strip()


def checked_text(
    given: str, entities: Any, parse_mode: str, *, longest: int, what: str
) -> tuple[str, list[Json]]:
    """The text as it is shown, with its entities.

    Raises:
        BotRefusal: it is empty or too long, or its markup can't be read; `what` names it.
    """
    try:
        given.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if parse_mode and parse_mode.upper() != "HTML":
        # The sandbox reads no other; Telegram also knows Markdown and MarkdownV2.
        raise bad_request("unsupported parse_mode")
    if parse_mode:
        text, marked = _from_html(given)
    else:
        text, marked = given, _checked_entities(given, entities)
    shown = clean(text)
    if not shown and what == "message":
        raise bad_request("message text is empty")
    if length(shown) > longest:
        raise bad_request(f"{what} is too long")
    return shown, [*marked, *_found(shown)]


def _checked_entities(text: str, given: Any) -> list[Json]:
    if given in (None, ""):
        return []
    try:
        entities = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise bad_request("can't parse entities JSON object") from None
    if not isinstance(entities, list):
        raise bad_request("expected an Array of MessageEntity")
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        if not {"type", "offset", "length"} <= entity.keys():
            raise bad_request("can't parse MessageEntity: Can't find field \"type\"")
        if entity["type"] == "text_link" and not entity.get("url"):
            raise bad_request("can't parse MessageEntity: Can't find field \"url\"")
        for place in (entity["offset"], entity["offset"] + entity["length"]):
            if not 0 <= place <= len(units) // 2:
                raise bad_request(f"entity ends after the end of the text at offset {place}")
            if b"\xdc" <= units[2 * place + 1 : 2 * place + 2] <= b"\xdf":
                raise bad_request(f"entity begins in a middle of a UTF-16 symbol at {place}")
    return [entity for entity in entities if entity["type"] in _MARKED and entity["length"]]


def _found(text: str) -> list[Json]:
    return [
        {"type": kind, "offset": length(text[: m.start()]), "length": length(m[0])}
        for kind, pattern in _FOUND.items()
        for m in pattern.finditer(text)
    ]


class _Html(HTMLParser):
    """Telegram's few tags; anything else is refused."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Json] = []
        self._open: list[tuple[str, Json]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(
                f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset '
                f"{len(self.text.encode())}"
            )
        entity: Json = {"type": _TAGS[tag], "offset": length(self.text)}
        if tag == "a":
            entity["url"] = dict(attrs).get("href") or ""
        self._open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise bad_request(
                f"can't parse entities: Unexpected end tag at byte offset {len(self.text.encode())}"
            )
        entity = self._open.pop()[1]
        entity["length"] = length(self.text) - entity["offset"]
        if entity["length"]:
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.text += data

    def finish(self) -> None:
        """Read to the end, where every tag has to be closed."""
        self.close()
        if self._open:
            tag = self._open[-1][0]
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\""
            )


def _from_html(given: str) -> tuple[str, list[Json]]:
    reader = _Html()
    reader.feed(given)
    reader.finish()
    return reader.text, reader.entities
