"""One call of the Bot API: its arguments, the files in it, and the method it calls."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.backend import TelegramBackend
from sandbox.telegram.refusals import bad_request
from sandbox.workspace import Json

_TRUE = frozenset({"true", "True", "1", "yes"})


@dataclass(frozen=True)
class Upload:
    """A file that came along with a call."""

    name: str
    content: bytes
    mime_type: str


class Arguments:
    """The arguments of a call, whether they came as a form, a query or JSON."""

    def __init__(self, given: Json, uploads: dict[str, Upload]) -> None:
        self.given = given
        self.uploads = uploads

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """An integer argument.

        Raises:
            BotRefusal: it is none.
        """
        value = self.text(name) or str(default)
        if not value.lstrip("-").isdigit():
            raise bad_request(f"invalid {name} specified")
        return int(value)

    def flag(self, name: str) -> bool:
        """A boolean argument, absent meaning no."""
        return self.text(name) in _TRUE

    def json(self, name: str) -> Any:
        """A structured argument, `None` if it is absent.

        Raises:
            BotRefusal: it is no JSON.
        """
        value = self.given.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def file(self, name: str) -> Upload | str:
        """A file sent along, or the id of one that Telegram has.

        Raises:
            BotRefusal: there is neither.
        """
        if name in self.uploads:
            return self.uploads[name]
        value = self.text(name)
        if value.startswith("attach://"):
            upload = self.uploads.get(value.removeprefix("attach://"))
            if upload is not None:
                return upload
        elif value:
            return value
        raise bad_request(f"there is no {name} in the request")


Method = (
    Callable[[TelegramBackend, Arguments], Any]
    | Callable[[TelegramBackend, Arguments], Awaitable[Any]]
)
"""What a method does; gives its `result`."""
