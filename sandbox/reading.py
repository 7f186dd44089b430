"""Blocks as plain text, the way one person would read them on their screen."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.forms import elements_of, said
from sandbox.workspace import Json

_SPECIAL = re.compile(r"<([^<>]+)>")
_DATE_TOKEN = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Reader:
    """Whose screen it is: their zone, the present, and how ids read."""

    zone: ZoneInfo
    now: datetime
    names: Mapping[str, str]

    def text_of(self, shown: Json) -> str:
        """A message or view of Slack's, as plain text; a view with what has been filled in."""
        blocks = shown.get("blocks") or []
        values = shown.get("state", {}).get("values", {})
        lines = [self._plain(shown["title"])] if shown.get("title") else []
        for block in blocks:
            lines += self._block(block, values)
        if not blocks:
            lines.append(self.mrkdwn(shown.get("text", "")))
        if shown.get("submit"):
            lines.append(f"[{self._plain(shown['submit'])}]")
        return "\n".join(lines)

    def mrkdwn(self, text: str) -> str:
        """Slack's markup as it reads on screen: names, dates in this zone, links."""
        return html.unescape(_SPECIAL.sub(lambda match: self._special(match[1]), text))

    def _special(self, inside: str) -> str:
        if inside.startswith("!date^"):
            return self._date(inside)
        target, _, label = inside.partition("|")
        if target[0] in "@#":
            return self.names.get(target[1:], label or target)
        if target.startswith("!"):
            return label or f"@{target[1:]}"
        return f"{label} ({target})" if label else target

    def _date(self, inside: str) -> str:
        timing, _, fallback = inside.partition("|")
        parts = timing.split("^")
        if len(parts) < 3 or not parts[1].isdigit():
            return fallback
        instant = datetime.fromtimestamp(int(parts[1]), self.zone)
        return _DATE_TOKEN.sub(lambda match: self._date_token(match[1], instant), parts[2])

    def _date_token(self, token: str, instant: datetime) -> str:
        day = f"{instant:%B} {instant.day}"
        plain = {
            "date_num": f"{instant:%Y-%m-%d}",
            "date": f"{day}, {instant.year}",
            "date_short": f"{instant:%b} {instant.day}, {instant.year}",
            "date_long": f"{instant:%A}, {day}, {instant.year}",
            "time": f"{instant:%I:%M %p}".lstrip("0"),
            "time_secs": f"{instant:%I:%M:%S %p}".lstrip("0"),
            "ago": _ago(self.now - instant),
        }
        if token.endswith("_pretty"):
            return self._near_day(instant) or plain.get(token.removesuffix("_pretty"), token)
        return plain.get(token, token)

    def _near_day(self, instant: datetime) -> str | None:
        days = (instant.date() - self.now.astimezone(self.zone).date()).days
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)

    def _plain(self, text: Json) -> str:
        return self.mrkdwn(text["text"]) if text["type"] == "mrkdwn" else str(text["text"])

    def _block(self, block: Json, values: Json) -> Iterator[str]:
        kind = block["type"]
        if kind == "divider":
            yield "---"
        elif kind == "header":
            yield f"# {self._plain(block['text'])}"
        elif kind == "markdown":
            yield block["text"]
        elif kind == "image":
            yield f"(image: {block['alt_text']})"
        elif kind == "rich_text":
            yield self._rich_text(block)
        elif kind == "context":
            yield "  ".join(self._small(element) for element in block["elements"])
        elif kind == "section":
            yield from (self._plain(t) for t in (block.get("text"), *block.get("fields", ())) if t)
        elif kind == "input":
            yield f"{self._plain(block['label'])}: {self._control(block, block['element'], values)}"
            if block.get("hint"):
                yield f"  ({self._plain(block['hint'])})"
        if kind != "input":
            controls = [self._control(block, element, values) for element in elements_of(block)]
            if controls:
                yield " ".join(controls)

    def _small(self, element: Json) -> str:
        return f"({element['alt_text']})" if element["type"] == "image" else self._plain(element)

    def _control(self, block: Json, element: Json, values: Json) -> str:
        if element["type"] == "button":
            return f"[{self._plain(element['text'])}]"
        if element["type"] == "overflow":
            labels = (self._plain(option["text"]) for option in element["options"])
            return f"[… {' | '.join(labels)}]"
        entry = values.get(block["block_id"], {}).get(element["action_id"])
        filled = None if entry is None else self._filled(entry)
        placeholder = self._plain(element["placeholder"]) if element.get("placeholder") else ""
        return f"<{filled or placeholder}>"

    def _filled(self, entry: Json) -> str:
        option, options = entry.get("selected_option"), entry.get("selected_options")
        if option is not None or options is not None:
            return ", ".join(self._plain(o["text"]) for o in (options or [option]) if o)
        value = said(entry, lambda user: self.names.get(user, user))
        return ", ".join(value) if isinstance(value, list) else str(value or "")

    def _rich_text(self, part: Json) -> str:
        kind = part["type"]
        if kind in ("rich_text", "rich_text_list"):
            bullet = "• " if kind == "rich_text_list" else ""
            return "\n".join(bullet + self._rich_text(each) for each in part["elements"])
        return "".join(self._rich_element(element) for element in part["elements"])

    def _rich_element(self, element: Json) -> str:
        known: dict[str, Any] = {
            "text": element.get("text"),
            "link": element.get("text") or element.get("url"),
            "emoji": f":{element.get('name')}:",
            "user": self.names.get(element.get("user_id", "")),
            "channel": self.names.get(element.get("channel_id", "")),
            "date": element.get("fallback"),
        }
        return str(known.get(element["type"]) or "")


def _ago(elapsed: timedelta) -> str:
    minutes = round(abs(elapsed.total_seconds()) / 60)
    hours, rest = divmod(minutes, 60)
    amount = f"{hours} h {rest} min" if hours else f"{minutes} min"
    return f"{amount} ago" if elapsed >= timedelta(0) else f"in {amount}"
