"""One call of the Web API: its arguments and the method it calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.backend import Backend
from sandbox.refusals import RefusalError
from sandbox.workspace import Json

_JSON_ARGUMENTS = frozenset({"blocks", "metadata", "view", "attachments"})
_TRUE = frozenset({"1", "true", "True"})


class Arguments:
    """The arguments of a call, whether they came as a form, a query or JSON."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given: Json = {key: _decoded(key, value) for key, value in given.items()}

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """A string argument that must be there."""
        value = self.text(name)
        if not value:
            complaint = f"missing required field: {name}"
            raise RefusalError.because("invalid_arguments", [complaint])
        return value

    def flag(self, name: str) -> bool:
        """A boolean argument, absent meaning no."""
        value = self.given.get(name, False)
        return value if isinstance(value, bool) else str(value) in _TRUE

    def number(self, name: str, default: int) -> int:
        """An integer argument."""
        value = self.text(name) or str(default)
        if not value.isdigit():
            raise RefusalError.because("invalid_arguments", [f"{name} must be a number"])
        return int(value)

    def json(self, name: str) -> Any:
        """A structured argument, `None` if it is absent."""
        return self.given.get(name)


def _decoded(name: str, value: Any) -> Any:
    if name not in _JSON_ARGUMENTS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        error = f"invalid_{name}" if name == "blocks" else "invalid_arguments"
        raise RefusalError.because(error, [f"{name} is not valid JSON"]) from None


@dataclass(frozen=True)
class Method:
    """A method of the Web API: what it does, the scope it needs and how often it may be called."""

    answer: Callable[[Backend, Arguments], Json]
    tier: int | str | None
    scope: str | None = None
    """`None` if none is needed, or if it depends on the channel and `answer` looks itself."""
