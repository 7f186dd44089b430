"""How the Web API says no, and how a person is told that something can't be done."""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    """The Web API's `{"ok": false, "error": …}` with whatever Slack adds to that error."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    @classmethod
    def because(cls, error: str, complaints: list[str]) -> RefusalError:
        """A refusal that says in `response_metadata.messages` what is wrong where."""
        messages = [f"[ERROR] {complaint}" for complaint in complaints]
        return cls(error, errors=complaints, response_metadata={"messages": messages})


class CannotDoError(Exception):
    """A person was asked to do what Slack's screen does not let them do."""
