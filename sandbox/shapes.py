"""A small language for saying what JSON Slack takes, giving complaints with JSON pointers.

A check is a function from a value and its pointer to complaints. `Shape` checks an object's
keys; the functions here make the checks of single values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def complaint(what: str, pointer: str) -> str:
    """One complaint in Slack's manner."""
    return f"{what} [json-pointer:{pointer}]"


def string(at_most: int, *, at_least: int = 1, pattern: str | None = None) -> Check:
    """A string of a limited length, empty only if `at_least` is 0."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complaint("must be a string", pointer)
        elif len(value) < at_least:
            yield complaint(f"must be more than {at_least - 1} characters", pointer)
        elif len(value) > at_most:
            yield complaint(f"must be less than {at_most + 1} characters", pointer)
        elif pattern is not None and not re.fullmatch(pattern, value):
            yield complaint(f"must match {pattern}", pointer)

    return check


def boolean(value: Any, pointer: str) -> Iterator[str]:
    """A boolean."""
    if not isinstance(value, bool):
        yield complaint("must be a boolean", pointer)


def whole_number(at_least: int, at_most: int) -> Check:
    """An integer within bounds."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield complaint("must be an integer", pointer)
        elif not at_least <= value <= at_most:
            yield complaint(f"must be from {at_least} to {at_most}", pointer)

    return check


def one_of(*values: str) -> Check:
    """One of a few words."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in values:
            yield complaint(f"must be one of {', '.join(values)}", pointer)

    return check


def many(item: Check, *, at_most: int, at_least: int = 1) -> Check:
    """A list of limited length whose items are all checked."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complaint("must be an array", pointer)
            return
        if len(value) < at_least:
            yield complaint(f"no fewer than {at_least} items required", pointer)
        if len(value) > at_most:
            yield complaint(f"no more than {at_most} items allowed", pointer)
        for index, each in enumerate(value):
            yield from item(each, f"{pointer}/{index}")

    return check


@dataclass(frozen=True)
class Shape:
    """An object with these keys and no others; calling it checks a value."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    also: Check | None = None
    """What else must hold, looked at only when all keys are right."""

    def __call__(self, value: Any, pointer: str) -> Iterator[str]:
        """Complain about missing, unknown and wrong keys."""
        if not isinstance(value, dict):
            yield complaint("must be an object", pointer)
            return
        complaints = list(self._of_keys(value, pointer))
        yield from complaints
        if not complaints and self.also is not None:
            yield from self.also(value, pointer)

    def _of_keys(self, value: dict[str, Any], pointer: str) -> Iterator[str]:
        for key in self.required.keys() - value.keys():
            yield complaint(f"missing required field: {key}", pointer)
        checks = {**self.required, **self.optional}
        for key, each in value.items():
            if key == "type":
                continue
            if key not in checks:
                yield complaint(f"unknown field: {key}", f"{pointer}/{key}")
            else:
                yield from checks[key](each, f"{pointer}/{key}")


def kinds(shapes: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` says which of the shapes it must have."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in shapes:
            yield complaint(f"unsupported type of {what}: {kind}", f"{pointer}/type")
        else:
            yield from shapes[kind](value, pointer)

    return check


def anything(value: Any, pointer: str) -> Iterator[str]:
    """No complaint at all: what the sandbox leaves unchecked."""
    yield from ()
