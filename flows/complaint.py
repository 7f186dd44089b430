"""The nouns of complaint recovery: a complaint, its deadlines, its reminders and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

REFERENCE_BASE = 1000
"""References start at C-1001, so that even the first ones are said aloud as four digits."""


ENOUGH_DIGITS = 7
"""The fewest digits with which what was typed may still be somebody's number."""


class ComplaintType(StrEnum):
    """The five complaint types of the field (domain.md)."""

    RESULT = "result"
    SERVICE = "service"
    BILLING = "billing"
    PRIVACY = "privacy"
    SAFETY = "safety"


class Severity(IntEnum):
    """The three levels of the field: who handles it and how fast depends on them."""

    MINOR = 1
    MODERATE = 2
    SEVERE = 3


class State(StrEnum):
    """Where a complaint is in its life; the first five are the five stages of the method."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def finished(self) -> bool:
        """Whether nothing more is expected of anybody."""
        return self in (State.CLOSED, State.WITHDRAWN)


class DeadlineKind(StrEnum):
    """What has to happen by a deadline; the table of design.md says when and who is told."""

    ACKNOWLEDGE = "acknowledge"
    FEEDBACK = "feedback"
    RESOLVE = "resolve"
    TAKE_CHARGE = "take_charge"
    CLINICIAN_CALL = "clinician_call"
    ALL_CLEAR = "all_clear"
    FOLLOW_UP = "follow_up"
    CUSTOM = "custom"


EMERGENCY = frozenset({DeadlineKind.CLINICIAN_CALL, DeadlineKind.ALL_CLEAR})
"""The deadlines of a medical emergency; no snooze holds their pings back."""


class Via(StrEnum):
    """How the client told us."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    MESSAGE = "message"
    EMAIL = "email"
    WEB = "web"
    REVIEW = "review"
    TELEGRAM = "telegram"


class How(StrEnum):
    """How a colleague spoke with the client; also the doors that prove a contact."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    MESSAGE = "message"
    EMAIL = "email"


class Attempt(StrEnum):
    """How a colleague tried to reach the client without success."""

    PHONE = "phone"
    VOICEMAIL = "voicemail"
    MESSAGE = "message"
    EMAIL = "email"


class Remedy(StrEnum):
    """What was given for the trouble."""

    NONE = "none"
    APOLOGY = "apology"
    EXPLANATION = "explanation"
    REDO = "redo"
    COMPLIMENTARY = "complimentary"
    DISCOUNT = "discount"
    REFUND = "refund"


class CameBack(StrEnum):
    """Whether the client returned after the complaint."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the client.

    `typed` is kept as staff typed it; `normalised` is E.164 for phones, lower case for e-mail and
    handles, and None when nothing could be made of it.
    """

    typed: str
    normalised: str | None

    @property
    def usable(self) -> bool:
        """Whether somebody could reach the client with it: normalised, or with enough digits."""
        return self.normalised is not None or sum(map(str.isdigit, self.typed)) >= ENOUGH_DIGITS


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint as it stands now; every change of it is also a timeline entry.

    All instants are aware and in UTC. `number` is None until the complaint is stored; people say
    it as `reference`. `owner` is a Slack user id and never empty. `language` is the client's.
    `heated` says that the client's words were furious. `treatment` and `treated_by` are what was
    done and by whom, in the words of who filed it; they are asked for in an emergency. `client_id`
    is the client who filed it herself, with whom we can talk; None where a colleague did.
    """

    location: str
    type: ComplaintType
    severity: Severity
    story: str
    filed_by: str
    filed_at: datetime
    received_at: datetime
    owner: str
    rules_id: str
    number: int | None = None
    version: int = 0
    state: State = State.NEW
    client: str | None = None
    contact: Contact | None = None
    via: Via | None = None
    remedy_sought: str | None = None
    happened: str | None = None
    happened_at: datetime | None = None
    about_staff: str | None = None
    source_link: str | None = None
    language: str = "en"
    claimed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_how: str | None = None
    resolved_at: datetime | None = None
    remedy: Remedy | None = None
    remedy_accepted: bool | None = None
    rating: int | None = None
    booked_again: bool | None = None
    came_back: CameBack | None = None
    closed_at: datetime | None = None
    attempts: int = 0
    steps_done: tuple[str, ...] = ()
    times_reopened: int = 0
    conflict_exception: bool = False
    heated: bool = False
    emergency_at: datetime | None = None
    called_at: datetime | None = None
    called_by: str | None = None
    all_clear_at: datetime | None = None
    treatment: str | None = None
    treated_by: str | None = None
    client_id: str | None = None

    @property
    def in_emergency(self) -> bool:
        """Whether the client may be in danger: alarm signs are told and no all-clear is given."""
        return self.emergency_at is not None and self.all_clear_at is None

    @property
    def reference(self) -> str:
        """The short name people say aloud, such as `C-1042`."""
        if self.number is None:
            raise ValueError("a complaint has no reference before it is stored")
        return f"C-{self.number}"

    @property
    def restricted(self) -> bool:
        """Whether only managers and those working on it may know of it (design.md, privacy)."""
        return self.about_staff is not None or (
            self.type is ComplaintType.PRIVACY and self.severity is Severity.SEVERE
        )


PAUSABLE = frozenset({DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE})
"""The promises whose clock stands still while we wait for the client."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which we wait for the client, from `since` on.

    `until` is its planned end and `ended_at` when it ended, both aware; `ended_at` is None while
    it lasts.
    """

    since: datetime
    until: datetime
    id: int | None = None
    ended_at: datetime | None = None

    @property
    def end(self) -> datetime:
        """When the clock runs again."""
        return self.until if self.ended_at is None else self.ended_at


@dataclass(frozen=True, slots=True)
class Deadline:
    """One promise with its due time.

    `set_at` is when this due time was fixed: rungs before it are dropped, and when the due time
    itself was already past then, later rungs keep their distance from `set_at`. `rungs_fired`
    counts the planned rungs that are behind us. `hold_until` holds the whole ladder (somebody took
    charge), `rest_until` only the owner's pings before the due time (nobody answered the phone).
    `next_at` is when the clock has to look at it again; None when its ladder has ended.
    """

    kind: DeadlineKind
    starts_at: datetime
    due_at: datetime
    set_at: datetime
    id: int | None = None
    rungs_fired: int = 0
    hold_until: datetime | None = None
    rest_until: datetime | None = None
    next_at: datetime | None = None
    met_at: datetime | None = None
    dropped_at: datetime | None = None
    set_by: str | None = None
    what: str | None = None

    @property
    def live(self) -> bool:
        """Whether somebody still has to act on it."""
        return self.met_at is None and self.dropped_at is None


class ReminderState(StrEnum):
    """What became of a reminder."""

    WAITING = "waiting"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Reminder:
    """That one person is told of one rung of one deadline; unique on those and the round."""

    deadline: DeadlineKind
    due_at: datetime
    rung: str
    round: int
    recipient: str
    why: str
    send_at: datetime
    id: int | None = None
    state: ReminderState = ReminderState.WAITING
    seen_at: datetime | None = None
    acted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a complaint's history: who did what, when, by which door.

    `public` holds facts fit for the thread in a channel; `private` what may be read only in a
    permission-checked modal (the client's words, notes, reasons).
    """

    kind: str
    actor: str
    at: datetime
    door: str
    public: Mapping[str, str] = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to be said, as a text key with its facts; the wording lives with the texts."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
