"""What has to be true after a storm, as the workspace shows it and as the database holds it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from chaos.storm import Storm
from flows.complaint import Deadline, DeadlineKind, Severity
from flows.ports import Case, HistoryLine, Query
from sandbox.workspace import BOT_USER, Channel, Message
from storage.database import Database
from storage.errors import ChainBroken

MARK = re.compile(r"mark\d{5}")
PINGED = frozenset(
    {
        DeadlineKind.ACKNOWLEDGE,
        DeadlineKind.FEEDBACK,
        DeadlineKind.RESOLVE,
        DeadlineKind.TAKE_CHARGE,
        DeadlineKind.CLINICIAN_CALL,
        DeadlineKind.ALL_CLEAR,
    }
)
"""The promises somebody is pinged about at their due time; the others are on morning lists."""
EARLY = timedelta(minutes=5)
"""A ping may take along what falls due in the next minutes."""
RESTED = timedelta(minutes=21)
"""Taking charge holds a ladder for a quarter of an hour, a snooze for ten minutes."""
UNANSWERED = (
    "was not acknowledged within",
    "acknowledged an envelope that was never sent",
    "views.open: expired_trigger_id",
)
"""What a killed bot, or one whose database is locked for seconds, can't help."""


class Findings:
    """What a storm broke."""

    def __init__(self, storm: Storm) -> None:
        self._storm = storm
        self._messages = [
            (channel, message)
            for channel in storm.slack.workspace.channels.values()
            for message in channel.messages
            if message.user == BOT_USER and message.ephemeral_to is None
        ]

    async def all(self) -> list[str]:
        """Every one, in words; the bots have to be stopped."""
        database = await Database.open(self._storm.url, self._storm.keys)
        try:
            return [found async for found in self._all(database)]
        finally:
            await database.close()

    async def _all(self, database: Database) -> AsyncIterator[str]:
        async with database.store.look() as books:
            cases = list(await books.cases(Query(open_only=False, limit=100_000)))
            histories = {
                case.complaint.number: await books.history(case.complaint.number or 0)
                for case in cases
            }
            faults = (await books.audit(self._storm.clock.now())).faults
            if faults:
                yield f"the audit finds {dict(faults)}"
        for found in (
            *self._nothing_lost(cases, histories),
            *self._nothing_double(),
            *self._one_card_each(cases),
            *await self._no_deadline_passed_in_silence(database, cases),
            *(v for v in self._storm.slack.violations if not any(u in v for u in UNANSWERED)),
        ):
            yield found
        for case in cases:
            try:
                await database.verify(case.complaint.number or 0)
            except ChainBroken as broken:
                yield str(broken)
        unsent, unheard = await database.outbox.waiting(), await database.inbox.waiting()
        if unsent or unheard:
            yield f"{unsent} letters and {unheard} events still wait"

    def _nothing_lost(
        self, cases: Sequence[Case], histories: Mapping[int | None, Sequence[HistoryLine]]
    ) -> Iterator[str]:
        told = self._storm.staff.told
        stories = Counter(MARK.findall(" ".join(case.complaint.story for case in cases)))
        for mark in told.stories:
            if stories[mark] != 1:
                yield f"the story {mark} was filed {stories[mark]} times"
        notes = Counter(
            mark
            for history in histories.values()
            for line in history
            if line.entry.kind == "noted"
            for mark in MARK.findall(str(line.entry.private))
        )
        for mark, count in notes.items():
            if count > 1:
                yield f"the note {mark} is there {count} times"
        for mark in told.notes:
            if not notes[mark]:
                yield f"the note {mark} is lost"

    def _nothing_double(self) -> Iterator[str]:
        letters = Counter(
            message.metadata["event_payload"]["letter"]
            for _, message in self._messages
            if message.metadata and "letter" in message.metadata["event_payload"]
        )
        for letter, count in letters.items():
            if count > 1:
                yield f"letter {letter} was posted {count} times"

    def _one_card_each(self, cases: list[Case]) -> Iterator[str]:
        cards = defaultdict[int, list[tuple[Channel, Message]]](list)
        for channel, message in self._messages:
            if message.metadata and message.metadata["event_type"] == "amends_card":
                reference = message.metadata["event_payload"]["reference"]
                cards[int(reference[2:])].append((channel, message))
        for case in cases:
            complaint = case.complaint
            assert complaint.number is not None
            standing = [
                c for c in cards[complaint.number] if complaint.reference in str(c[1].blocks)
            ]
            if len(standing) != 1:
                yield f"{complaint.reference} has {len(standing)} cards"
            elif f"severity {complaint.severity.value}" not in str(standing[0][1].blocks).lower():
                yield f"the card of {complaint.reference} shows another severity"

    async def _no_deadline_passed_in_silence(
        self, database: Database, cases: list[Case]
    ) -> list[str]:
        told = await self._told(database)
        return [
            f"C-{case.complaint.number}: {deadline.kind} was due {deadline.due_at:%d %b %H:%M} "
            f"and nobody was told by {latest:%d %b %H:%M}"
            for case in cases
            for deadline in case.deadlines
            if deadline.kind in PINGED
            and (latest := self._latest(deadline, case)) <= self._storm.clock.now()
            and not any(end <= latest for end in (deadline.met_at, deadline.dropped_at) if end)
            and not any(
                deadline.due_at - EARLY <= at <= latest for at in told[case.complaint.number]
            )
        ]

    async def _told(self, database: Database) -> dict[int | None, list[datetime]]:
        """When anybody was told of each complaint, by the pings that stand in the workspace.

        A long list shows its first complaints and counts the others.
        """
        told = defaultdict[int | None, list[datetime]](list)
        for channel, message in self._messages:
            metadata = message.metadata or {}
            if channel.is_im and metadata.get("event_type", "").startswith("amends_ping"):
                letter = await database.outbox.by_message(channel.id, message.ts)
                for number in letter.about if letter else ():
                    told[number].append(_said_at(message))
        return told

    def _latest(self, deadline: Deadline, case: Case) -> datetime:
        """When somebody has to have been told, at the latest.

        A promise may move into the past, as when a severe case no longer waits for opening hours.
        What was missed in a time of trouble is said after it, in opening hours unless severe.
        """
        due = deadline.due_at
        latest = max(due, deadline.set_at, deadline.hold_until or due) + RESTED
        for begin, end in self._storm.trouble:
            if begin - RESTED <= due <= end:
                latest = max(latest, end + RESTED)
        if latest > due + RESTED and case.complaint.severity is not Severity.SEVERE:
            hours = case.rules.hours[case.complaint.location]
            latest = max(latest, hours.open_from(latest - RESTED) + RESTED)
        return latest


def _said_at(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC)
