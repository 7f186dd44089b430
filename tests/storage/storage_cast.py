"""The storage's cast: a complaint by Mary Kay, her deadline, and what is said about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from flows.complaint import (
    Complaint,
    ComplaintType,
    Contact,
    Deadline,
    DeadlineKind,
    Entry,
    Reminder,
    Severity,
)
from flows.ports import Case, Letter, Message, Outcome, Purpose
from flows.rules import Rules
from storage.database import Database

NOON = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
DUE = NOON + timedelta(hours=1)
CARD = Message(Purpose.CARD, "C-desk", "card")


def minutes(count: int) -> datetime:
    """The instant that many minutes after noon."""
    return NOON + timedelta(minutes=count)


def case(rules: Rules, **facts: Any) -> Case:
    """A complaint at noon with one promise: to speak with the client within the hour."""
    complaint = Complaint(
        location="main",
        type=ComplaintType.SERVICE,
        severity=Severity.MINOR,
        story="Waited fifty minutes and nobody said sorry",
        filed_by="U-ana",
        filed_at=NOON,
        received_at=NOON,
        owner="U-ana",
        rules_id=rules.id,
        client="Mary Kay",
        contact=Contact("(415) 555-0132", "+14155550132"),
    )
    return Case(replace(complaint, **facts), rules, (promise(),))


def promise(kind: DeadlineKind = DeadlineKind.ACKNOWLEDGE, due_at: datetime = DUE) -> Deadline:
    """A promise made at noon that the clock looks at when half an hour has passed."""
    return Deadline(kind, NOON, due_at, NOON, next_at=minutes(30))


def reminder(recipient: str = "U-ana", rung: str = "owner", **facts: Any) -> Reminder:
    """That this person is told, half an hour after noon, of the promise."""
    told = Reminder(DeadlineKind.ACKNOWLEDGE, DUE, rung, 0, recipient, "owner", minutes(30))
    return replace(told, **facts)


def entry(kind: str = "filed", **facts: str) -> Entry:
    """A line of history with one private fact."""
    return Entry(kind, "U-ana", NOON, "slack", facts, {"story": "Waited fifty minutes"})


async def filed(
    database: Database, rules: Rules, *messages: Message, keys: Sequence[str] = (), **facts: Any
) -> Case:
    """File a complaint and read it back."""
    async with database.store.work() as unit:
        outcome = Outcome(case(rules, **facts), (entry(),), messages)
        stored = await unit.file(outcome, keys)
        assert stored.number is not None
        return await unit.case(stored.number)


async def saved(database: Database, before: Case, outcome: Outcome) -> Case:
    """Save a change of one case and read it back."""
    number = before.complaint.number
    assert number is not None
    async with database.store.work() as unit:
        await unit.save([(before, outcome)])
        return await unit.case(number)


async def pinged(database: Database, before: Case, *recipients: str) -> Case:
    """Remind these people of the promise, each with a ping of their own."""
    number = before.complaint.number
    assert number is not None
    told = tuple(reminder(one) for one in recipients)
    pings = tuple(
        Message(Purpose.PING, one.recipient, "ping", number=number, reminders=((number, one),))
        for one in told
    )
    after = replace(before, reminders=(*before.reminders, *told))
    return await saved(database, before, Outcome(after, messages=pings))


async def taken(database: Database, now: datetime = NOON) -> list[Letter]:
    """Take on every letter that may go out now."""
    heads = await database.outbox.heads(now)
    return await database.outbox.claim([head.id for head in heads], now)


async def letters(database: Database, now: datetime = NOON) -> list[Letter]:
    """What a courier would send now; it is left as it was."""
    seen = await taken(database, now)
    for letter in seen:
        outbox = database.outbox
        await outbox.postpone(letter.id, NOON, "looked at", uncertain=letter.uncertain)
    return seen


async def delivered_all(database: Database) -> list[str]:
    """Deliver every letter that waits, in order; returns what was said, as `to: key`."""
    said = []
    while heads := await taken(database):
        for letter in heads:
            await database.outbox.delivered(letter.id, letter.to, f"{letter.id}.0", NOON)
            said.append(f"{letter.to}: {letter.key}")
    return said


@asynccontextmanager
async def raw(url: str) -> AsyncIterator[AsyncConnection]:
    """The database without us."""
    engine = create_async_engine(url)
    async with engine.begin() as conn:
        yield conn
    await engine.dispose()


async def alter(url: str, statement: str) -> None:
    """Change something behind our back."""
    async with raw(url) as conn:
        changed = (await conn.exec_driver_sql(statement)).rowcount
    assert changed > 0
