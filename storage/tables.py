"""The tables; the migrations build the same ones, and a test holds the two together.

What is found by other than its key is in `storage.indexes`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    insert_sentinel,
    literal_column,
    text,
)

from flows.complaint import ReminderState, State
from flows.ports import Purpose
from storage.instant import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class LetterState(StrEnum):
    """Where a letter of the outbox is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


def is_word(column: Column[str], word: StrEnum) -> ColumnElement[bool]:
    """`column = 'word'` with the word in the SQL itself.

    PostgreSQL's generic plans use a partial index only when its condition is a literal.
    """
    return column == literal_column(f"'{word.value}'")


def _lease() -> tuple[Column[str], Column[datetime]]:
    """Which process works on it, and until when by the database's wall clock nobody else does."""
    return (Column("claimed_by", String(96)), Column("lease_until", UtcDateTime))


def _sealed(*, optional: bool = False) -> tuple[Column[bytes], Column[str]]:
    return (
        Column("sealed", LargeBinary, nullable=optional),
        Column("key_id", String(8), nullable=optional),
    )


rules = Table(
    "rules",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

complaint = Table(
    "complaint",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("location", String(64), nullable=False),
    Column("type", String(16), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("filed_by", String(64), nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("rules_id", ForeignKey("rules.id"), nullable=False),
    Column("via", String(16)),
    Column("happened_at", UtcDateTime),
    Column("language", String(16), nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_how", String(16)),
    Column("resolved_at", UtcDateTime),
    Column("remedy", String(16)),
    Column("remedy_accepted", Boolean),
    Column("rating", Integer),
    Column("booked_again", Boolean),
    Column("came_back", String(16)),
    Column("closed_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("steps_done", JSON, nullable=False),
    Column("times_reopened", Integer, nullable=False),
    Column("conflict_exception", Boolean, nullable=False),
    Column("heated", Boolean, nullable=False, server_default=false()),
    Column("emergency_at", UtcDateTime),
    Column("called_at", UtcDateTime),
    Column("called_by", String(64)),
    Column("all_clear_at", UtcDateTime),
    Column("contact_hash", String(64), index=True),
    Column("client_id", String(64)),
    *_sealed(),
    # A number that was said aloud once is never given to another complaint.
    sqlite_autoincrement=True,
)
complaint_open = and_(
    *(complaint.c.state != literal_column(f"'{s.value}'") for s in State if s.finished)
)

deadline = Table(
    "deadline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("complaint_id", ForeignKey("complaint.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("rungs_fired", Integer, nullable=False),
    Column("hold_until", UtcDateTime),
    Column("rest_until", UtcDateTime),
    Column("next_at", UtcDateTime),
    Column("met_at", UtcDateTime),
    Column("dropped_at", UtcDateTime),
    Column("set_by", String(64)),
    *_sealed(optional=True),
)
deadline_live = and_(deadline.c.met_at.is_(None), deadline.c.dropped_at.is_(None))

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("key", String(128), nullable=False),
    *_sealed(),
    Column("complaint_id", ForeignKey("complaint.id")),
    Column("edits", ForeignKey("outbox.id")),
    # What a waiting letter redraws; a newer one of the same slot takes its place.
    Column("slot", String(80)),
    Column("state", String(16), nullable=False),
    Column("uncertain", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("channel", String(64)),
    # Only on rows that are a message of their own: not on redraws of an earlier one.
    Column("ts", String(32)),
    Column("reason", Text),
    *_lease(),
    # Lets SQLAlchemy insert many rows at once and still tell which id went to which.
    insert_sentinel("place"),
    sqlite_autoincrement=True,
)
letter_unsettled = outbox.c.settled_at.is_(None)
letter_is_card = is_word(outbox.c.purpose, Purpose.CARD)

reminder = Table(
    "reminder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("complaint_id", ForeignKey("complaint.id"), nullable=False, index=True),
    Column("deadline_id", ForeignKey("deadline.id"), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("rung", String(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("why", String(128), nullable=False),
    Column("send_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("seen_at", UtcDateTime),
    Column("acted_at", UtcDateTime),
    Column("outbox_id", ForeignKey("outbox.id"), index=True),
    UniqueConstraint("deadline_id", "due_at", "rung", "round", "recipient"),
)
reminder_waiting = is_word(reminder.c.state, ReminderState.WAITING)
reminder_queued = is_word(reminder.c.state, ReminderState.QUEUED)

ping_item = Table(
    "ping_item",
    metadata,
    Column("outbox_id", ForeignKey("outbox.id"), primary_key=True),
    Column("complaint_id", ForeignKey("complaint.id"), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("kinds", JSON, nullable=False),
    Column("live", Boolean, nullable=False),
)
ping_live = ping_item.c.live.is_(True)

snooze = Table(
    "snooze",
    metadata,
    Column("complaint_id", ForeignKey("complaint.id"), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("times", Integer, nullable=False),
)

pause = Table(
    "pause",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("complaint_id", ForeignKey("complaint.id"), nullable=False, index=True),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
pause_lasting = pause.c.ended_at.is_(None)

timeline = Table(
    "timeline",
    metadata,
    Column("complaint_id", ForeignKey("complaint.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("door", String(32), nullable=False),
    Column("digests", JSON, nullable=False),
    Column("hash", String(64), nullable=False),
    # Empty once erased; the chain holds all the same.
    *_sealed(optional=True),
)

daily = Table(
    "daily",
    metadata,
    Column("day", Date, primary_key=True),
    Column("location", String(64), primary_key=True),
    Column("type", String(16), primary_key=True),
    Column("severity", Integer, primary_key=True),
    Column("filed", Integer, nullable=False),
    Column("acknowledged", Integer, nullable=False),
    Column("acknowledge_seconds", BigInteger, nullable=False),
    Column("resolved", Integer, nullable=False),
    Column("resolve_seconds", BigInteger, nullable=False),
)

act = Table(
    "act",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("complaint_id", ForeignKey("complaint.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event_id", String(255), nullable=False, unique=True),
    # Whose it is: one person's events are handled in their order.
    Column("lane", String(96), nullable=False, server_default=""),
    Column("received_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("not_before", UtcDateTime),
    *_lease(),
    # Emptied when done: knowing the event again takes its id only.
    *_sealed(optional=True),
)
event_waiting = inbox.c.done_at.is_(None)

person = Table(
    "person",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("dm_channel", String(64)),
    Column("home_opened_at", UtcDateTime),
    # Chosen by the person; NULL follows Slack.
    Column("language", String(16)),
)

absence = Table(
    "absence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String(64), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("cover", String(64)),
)

location = Table(
    "location",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("morning_list_at", UtcDateTime),
    Column("hand_over_at", UtcDateTime),
    # Whom it was handed over to last, as a list of people; NULL where nobody is on shift ever.
    Column("on_shift", JSON(none_as_null=True)),
)

draft = Table(
    "draft",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kept_at", UtcDateTime, nullable=False),
    *_sealed(),
)

# Where each person is in a filing by conversation; `id` is the transport and the person.
conversation = Table(
    "conversation",
    metadata,
    Column("id", String(96), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    *_sealed(),
)

# A client who writes to us herself, by a keyed hash of her address.
client = Table(
    "client",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    *_sealed(),
)

# What a client sent along; the transport still has the file itself.
attachment = Table(
    "attachment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("complaint_id", ForeignKey("complaint.id"), nullable=False, index=True),
    Column("received_at", UtcDateTime, nullable=False),
    *_sealed(),
)

# What only one process does at a time, by its name.
lone_task = Table(
    "lone_task",
    metadata,
    Column("id", String(32), primary_key=True),
    *_lease(),
)

secret = Table(
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    *_sealed(),
)

# One row: which programs can work on this shape of the tables (storage/migrations).
shape = Table(
    "shape",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lives_with", String(32), nullable=False),
)

SEALED = (
    complaint,
    deadline,
    outbox,
    timeline,
    inbox,
    draft,
    conversation,
    client,
    attachment,
    secret,
)
"""The tables with encrypted columns, for the change of keys."""
