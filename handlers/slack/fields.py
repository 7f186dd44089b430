"""Reads the fields of a submitted form, and turns what is wrong into errors at the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flows.hours import Hours
from flows.when import Resolved, Unclear, UnclearTime, future, names_a_time, past
from handlers.slack.pen import Pen
from handlers.slack.pictures import answers

Choice = TypeVar("Choice", bound=Enum)


class Fields:
    """The values of a form; problems are collected, so that all are shown at once."""

    def __init__(self, view: Mapping[str, Any], pen: Pen, now: datetime, zone: ZoneInfo) -> None:
        self._view = view
        self._pen = pen
        self.now = now
        self._zone = zone
        self.errors: dict[str, str] = {}

    def text(self, field: str) -> str | None:
        """The words in a field; None when it is empty."""
        words = self._element(field).get("value")
        return words.strip() or None if isinstance(words, str) else None

    def needed(self, field: str) -> str:
        """The words of a field that must not be blank (Slack accepts spaces)."""
        words = self.text(field)
        if words is None:
            self.errors[field] = self._pen.plain("error.blank")
        return words or ""

    def option(self, field: str) -> str | None:
        """The value of the chosen option; None when nothing is chosen."""
        return option(self._view, field)

    def choice(self, field: str, of: type[Choice]) -> Choice | None:
        """The chosen member of an enumeration; None when nothing is chosen."""
        value = self.option(field)
        if value is None:
            return None
        numeric = all(isinstance(member.value, int) for member in of)
        return of(int(value) if numeric else value)

    def chosen(self, field: str, of: type[Choice]) -> Choice:
        """The chosen member of an enumeration, where Slack makes sure there is one."""
        choice = self.choice(field, of)
        if choice is None:
            self.errors[field] = self._pen.plain("error.choose")
            return next(iter(of))
        return choice

    def person(self, field: str) -> str | None:
        """The chosen person's Slack user id."""
        return self._element(field).get("selected_user")

    def past(self, field: str, *, need_hour: bool) -> Resolved | None:
        """A time looking back, in words; None when the field is empty or unclear (an error).

        Where no hour is needed, a time that only the reader understands (`last week`, `in April`)
        is no error: the words are kept.
        """
        words = self.text(field)
        if words is None:
            return None
        try:
            language = self._pen.language
            return past(words, self.now, self._zone, language, need_hour=need_hour)
        except UnclearTime as problem:
            if not need_hour and problem.reason is Unclear.UNCLEAR and names_a_time(words):
                return None
            self.errors[field] = answers.unclear_time(problem, self._pen)
            return None

    def future(self, field: str, hours: Hours) -> Resolved | None:
        """A time ahead, in words; None when the field is empty or unclear (an error)."""
        words = self.text(field)
        if words is None:
            return None
        try:
            language = self._pen.language
            return future(words, self.now, self._zone, language, hours.call_time, hours.closing)
        except UnclearTime as problem:
            self.errors[field] = answers.unclear_time(problem, self._pen)
            return None

    def _element(self, field: str) -> Mapping[str, Any]:
        return _element(self._view, field)


def option(view: Mapping[str, Any], field: str) -> str | None:
    """The value of the option chosen in a form's field; None when nothing is chosen."""
    chosen = _element(view, field).get("selected_option")
    return str(chosen["value"]) if chosen else None


def _element(view: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    element = view["state"]["values"].get(field, {}).get(field)
    return element if isinstance(element, dict) else {}
