"""A client who writes to us herself: who she is, where the talk with her stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

CLIENT = "client"
"""Who acts, in history and as the filer, when the client herself does."""
REPLY = "client_reply"
"""The key of a message in which somebody of the clinic writes to her."""
TO_CLIENT = "client:"
"""Before a client's id, in a message that goes to her."""


class ClientQuestion(StrEnum):
    """What a client is asked once her complaint is filed, in this order."""

    HAPPENED = "happened"
    TREATMENT = "treatment"
    REMEDY_SOUGHT = "remedy_sought"
    CONTACT = "contact"


class ClientStage(StrEnum):
    """Where the talk with a client stands."""

    NEW = "new"
    """She has told us nothing yet."""
    NOTICED = "noticed"
    """Her complaint is filed; before the first question stands what she should know."""
    ASKING = "asking"
    OPEN = "open"
    """Nothing is asked: what she writes is added."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client and the talk with her. Instants are aware and in UTC.

    `id` stands for her in columns; `address` is the transport's (a chat's id). `language` is a
    code such as `zh`. `number` is the complaint she talks about. `turn` grows with every question,
    so that a button of an earlier one is known. `spoke_at` is when she wrote last, `heard` the key
    of what was taken last, so that nothing is taken twice. `version` is the storage's.
    """

    id: str
    address: str
    name: str | None = None
    language: str = "en"
    location: str | None = None
    stage: ClientStage = ClientStage.NEW
    number: int | None = None
    question: ClientQuestion | None = None
    turn: int = 0
    spoke_at: datetime | None = None
    heard: str | None = None
    version: int = 0

    @property
    def to(self) -> str:
        """The recipient of a message to her."""
        return f"{TO_CLIENT}{self.id}"

    def to_json(self) -> dict[str, Any]:
        """What is kept of her, but for the id and the version."""
        known = asdict(self)
        del known["id"], known["version"]
        return known | {"spoke_at": self.spoke_at.isoformat() if self.spoke_at else None}

    @classmethod
    def of_json(cls, id_: str, version: int, known: Mapping[str, Any]) -> Client:
        """Read what is kept."""
        spoke_at, question = known["spoke_at"], known["question"]
        fields = {
            **known,
            "stage": ClientStage(known["stage"]),
            "question": ClientQuestion(question) if question else None,
            "spoke_at": datetime.fromisoformat(spoke_at) if spoke_at else None,
        }
        return cls(id=id_, version=version, **fields)


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A picture, a voice note or another file that a client sent.

    `kind` is `photo`, `voice`, `video`, `audio` or `document`; `handle` is what the transport
    gives it out for, `size` its bytes as far as they are known.
    """

    kind: str
    handle: str
    name: str | None = None
    mime_type: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ClientWords:
    """What a client sent: words, files, or both.

    `at` is when, by the transport's clock (aware UTC). `message` is the transport's id of it.
    """

    at: datetime
    message: str
    text: str = ""
    files: tuple[ClientFile, ...] = ()
