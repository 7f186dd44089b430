"""Looking whether every promise is watched and every reminder on its way.

Each question touches only what is open, waiting or live, through the partial indexes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.ports import Audit, Purpose
from storage import tables as t
from storage.rows import number_of

GRACE = timedelta(minutes=2)
"""How late something may be before it counts: a loop may just be at it."""
TOLD_BY = (Purpose.CARD, Purpose.THREAD, Purpose.PING, Purpose.NOTICE)
"""What people are told by; a Home tab or a redraw that is late misses nobody."""


async def audit(conn: AsyncConnection, now: datetime) -> Audit:
    """What is open, waiting, and late by more than the grace at `now` (aware)."""
    then = now - GRACE
    letter, reminder = t.outbox.c, t.reminder.c
    watched = select(t.deadline.c.id).where(
        t.deadline.c.complaint_id == t.complaint.c.id, t.deadline_live
    )
    unwatched = (
        select(t.complaint.c.id)
        .where(t.complaint_open, ~watched.exists())
        .order_by(t.complaint.c.id)
    )
    astray = (
        select(func.count())
        .select_from(t.reminder.join(t.outbox, reminder.outbox_id == letter.id))
        .where(t.reminder_queued, ~t.letter_unsettled)
    )
    return Audit(
        unwatched=tuple(map(number_of, await conn.scalars(unwatched))),
        late_rungs=await _count(conn, t.deadline, t.deadline_live, t.deadline.c.next_at < then),
        late_reminders=await _count(conn, t.reminder, t.reminder_waiting, reminder.send_at < then),
        late_letters=await _count(
            conn,
            t.outbox,
            t.letter_unsettled,
            letter.purpose.in_(TOLD_BY),
            letter.created_at < then,
        ),
        late_events=await _count(conn, t.inbox, t.event_waiting, t.inbox.c.received_at < then),
        astray=await conn.scalar(astray) or 0,
        open=await _count(conn, t.complaint, t.complaint_open),
        waiting=await _count(conn, t.outbox, t.letter_unsettled),
    )


async def _count(conn: AsyncConnection, table: Table, *where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(*where)
    return await conn.scalar(query) or 0
