"""What is found by other than its key; only who builds or compares tables needs to know.

Apart from the tables, since an index with a condition makes SQLAlchemy import the drivers of every
database, and each start would wait for them.
"""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Index

from storage.tables import (
    complaint,
    complaint_open,
    deadline,
    deadline_live,
    event_waiting,
    inbox,
    letter_is_card,
    letter_unsettled,
    metadata,
    outbox,
    pause,
    pause_lasting,
    ping_item,
    ping_live,
    reminder,
    reminder_queued,
    reminder_waiting,
)

__all__ = ["metadata"]


def _partial(name: str, *columns: Column[object], where: ColumnElement[bool]) -> None:
    """An index over the few rows that still matter, so that its cost stays flat over the years."""
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


_partial("ix_complaint_open", complaint.c.id, where=complaint_open)
_partial("ix_complaint_open_owner", complaint.c.owner, where=complaint_open)
_partial("ix_complaint_open_location", complaint.c.location, where=complaint_open)
Index(None, complaint.c.filed_at)
_partial("ix_deadline_next", deadline.c.next_at, where=deadline_live)
_partial("ix_deadline_live", deadline.c.complaint_id, deadline.c.due_at, where=deadline_live)
_partial("ix_outbox_unsettled", outbox.c.conversation, outbox.c.id, where=letter_unsettled)
_partial("ix_outbox_slot", outbox.c.slot, where=letter_unsettled)
_partial("ix_outbox_card", outbox.c.complaint_id, where=letter_is_card)
Index(None, outbox.c.channel, outbox.c.ts)
_partial("ix_reminder_waiting", reminder.c.send_at, where=reminder_waiting)
_partial("ix_reminder_queued", reminder.c.outbox_id, where=reminder_queued)
_partial("ix_ping_item_live", ping_item.c.complaint_id, where=ping_live)
_partial("ix_pause_lasting", pause.c.until, where=pause_lasting)
_partial("ix_inbox_waiting", inbox.c.lane, inbox.c.id, where=event_waiting)
