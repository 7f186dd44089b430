"""What the rules need from the outside world, as protocols that others implement."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from flows.client import Client, ClientFile
from flows.complaint import (
    Complaint,
    ComplaintType,
    Deadline,
    DeadlineKind,
    Entry,
    Pause,
    Reminder,
    Severity,
    State,
)
from flows.rules import Rules

if TYPE_CHECKING:
    from flows.conversation import Conversation


class Clock(Protocol):
    """The time as the whole program sees it; the sandbox gives one that a person can move."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...

    async def sleep_until(self, instant: datetime | None) -> None:
        """Return when `instant` (aware) has come, or earlier if the clock was moved.

        `None` waits until the clock is moved.
        """
        ...


@dataclass(frozen=True, slots=True)
class LivePing:
    """A delivered or waiting ping that still carries buttons for this complaint."""

    id: int
    """The message's row in the outbox."""
    person: str
    kinds: frozenset[DeadlineKind]


@dataclass(frozen=True, slots=True)
class Snooze:
    """One person's wish not to be pinged about this complaint until then; the ladder goes on."""

    person: str
    until: datetime
    times: int


@dataclass(frozen=True, slots=True)
class PostedCard:
    """Where the complaint's card stands; `id` is its row in the outbox."""

    id: int
    channel: str


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint with all that decides what happens to it next."""

    complaint: Complaint
    rules: Rules
    deadlines: tuple[Deadline, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    pings: tuple[LivePing, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    card: PostedCard | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def pause(self) -> Pause | None:
        """The pause that lasts, if there is one."""
        return next((pause for pause in self.pauses if pause.ended_at is None), None)

    def deadline(self, kind: DeadlineKind) -> Deadline | None:
        """The live deadline of that kind, the soonest if there are several."""
        live = [d for d in self.deadlines if d.kind is kind and d.live]
        return min(live, key=lambda d: d.due_at, default=None)


class Purpose(StrEnum):
    """What a message is for; it decides how the courier sends it and what may replace it."""

    CARD = "card"
    """The complaint's card in a channel: posted once, then edited; waiting redraws coalesce."""
    THREAD = "thread"
    """A line in the card's thread."""
    PING = "ping"
    """A reminder to one person, with buttons; one or several complaints."""
    NOTICE = "notice"
    """Something told without a duty, to a person or a channel."""
    EDIT = "edit"
    """An earlier message redrawn to the newest state (a ping that loses its buttons)."""
    HOME = "home"
    """A person's Home tab; waiting redraws coalesce."""


def lane_of(purpose: Purpose, to: str) -> str:
    """The queue that a message waits in; only within one is the order kept.

    Redraws have queues of their own, so that one that fails holds no ping back.
    """
    match purpose:
        case Purpose.HOME | Purpose.EDIT:
            return f"{purpose}:{to}"
        case _:
            return to


@dataclass(frozen=True, slots=True)
class Message:
    """One message to be said: its key and facts, never its sentences.

    `to` is a Slack user id or a channel id. `facts` must be JSON (datetimes as ISO strings).
    `number` is the complaint it is about; None for lists over several complaints, and for the
    messages of a complaint that is just being filed (the store fills the new number in).
    `reminders` are the ledger rows this message delivers, each with its complaint's number.
    `edits` is the outbox row of the message that an EDIT redraws.
    """

    purpose: Purpose
    to: str
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    number: int | None = None
    reminders: tuple[tuple[int, Reminder], ...] = ()
    edits: int | None = None


@dataclass(frozen=True, slots=True)
class PostedAt:
    """Where a message stands, and since when by the transport's clock, if that says (aware UTC)."""

    channel: str
    ts: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way, as the courier takes it from the outbox.

    `uncertain`: it was being sent when we stopped, so it may be there already. `edits` is the
    message an EDIT redraws (key and facts are then those of that message), `thread` the card a
    THREAD line belongs under, `card` what a CARD redraws; each None where there is none.
    `live_items` are the numbers of the complaints for which a ping still carries buttons.
    """

    id: int
    purpose: Purpose
    to: str
    key: str
    facts: Mapping[str, object]
    number: int | None
    created_at: datetime
    attempts: int
    uncertain: bool
    edits: PostedAt | None = None
    thread: PostedAt | None = None
    card: PostedAt | None = None
    live_items: tuple[int, ...] = ()

    @property
    def lane(self) -> str:
        """The queue it waits in."""
        return lane_of(self.purpose, self.to)

    @property
    def about(self) -> tuple[int, ...]:
        """The numbers of the complaints it tells of: its own, a ping's items, a list's lines."""
        sections = self.facts.get("sections")
        lists = list(sections.values()) if isinstance(sections, dict) else []
        lists.append(self.facts.get("items") or [])
        found = [int(item["number"]) for items in lists for item in items]
        return tuple(dict.fromkeys([*found, *([] if self.number is None else [self.number])]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision changes: the case as it is afterwards, its new history, what to say.

    `files` are those of a client that came along.
    """

    case: Case
    entries: tuple[Entry, ...] = ()
    messages: tuple[Message, ...] = ()
    files: tuple[ClientFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """A person who is away, since and until when (aware UTC), and who covers, if anybody."""

    person: str
    since: datetime
    until: datetime
    cover: str | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """What a round of pings may take along: what falls due after `now` until `until` (aware).

    That is what `people` own (user ids), and what they may be told of at `locations`.
    """

    now: datetime
    until: datetime
    people: frozenset[str]
    locations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Audit:
    """Whether every promise is watched and every reminder on its way; all is well when all is 0.

    `unwatched` are the numbers of open complaints without a live deadline. `late_rungs`,
    `late_reminders`, `late_letters` and `late_events` count what should have been fired, sent or
    handled more than a grace ago; `astray` are reminders whose letter is over without a word on
    what became of them. `open` and `waiting` (letters) are no faults.
    """

    unwatched: tuple[int, ...] = ()
    late_rungs: int = 0
    late_reminders: int = 0
    late_letters: int = 0
    late_events: int = 0
    astray: int = 0
    open: int = 0
    waiting: int = 0

    @property
    def faults(self) -> Mapping[str, int]:
        """What is not as it should be, by kind, with how many."""
        counts = {
            "unwatched": len(self.unwatched),
            "late_rungs": self.late_rungs,
            "late_reminders": self.late_reminders,
            "late_letters": self.late_letters,
            "late_events": self.late_events,
            "astray": self.astray,
        }
        return {kind: count for kind, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Totals:
    """The complaints of one type and severity that were filed in some days.

    `acknowledged` and `resolved` count those that have been by now; `to_acknowledge` and
    `to_resolve` are the times these took from the receipt, added up.
    """

    type: ComplaintType
    severity: Severity
    filed: int
    acknowledged: int
    to_acknowledge: timedelta
    resolved: int
    to_resolve: timedelta


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A timeline entry as stored, with its place in the complaint's chain."""

    sequence: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Query:
    """What to list. Every given field narrows; `contact` is a normalised phone or handle."""

    open_only: bool = True
    numbers: tuple[int, ...] = ()
    location: str | None = None
    type: ComplaintType | None = None
    severity: Severity | None = None
    owner: str | None = None
    filed_by: str | None = None
    states: tuple[State, ...] = ()
    filed_from: datetime | None = None
    filed_before: datetime | None = None
    contact: str | None = None
    told: str | None = None
    """Only complaints about which this person has a live ping."""
    limit: int = 50


class NoSuchComplaint(LookupError):
    """There is no complaint of that number."""


class VersionConflict(RuntimeError):
    """Somebody changed it between our reading and our writing; try again."""


class AlreadyDone(RuntimeError):
    """An act of this key was already applied, to complaint `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"already done, for complaint {number}")
        self.number = number


class Books(Protocol):
    """What can be read: inside a unit of work, or from a snapshot."""

    async def case(self, number: int) -> Case:
        """One complaint with all that belongs to it; NoSuchComplaint if there is none."""
        ...

    async def cases(self, query: Query) -> Sequence[Case]:
        """The complaints of a query, soonest live deadline first, then newest."""
        ...

    def each(self, query: Query) -> AsyncGenerator[Case, None]:
        """Like `cases`, one after the other: whoever takes a few pays for a few."""
        ...

    async def history(self, number: int) -> Sequence[HistoryLine]:
        """The timeline of one complaint, oldest first."""
        ...

    async def already_done(self, key: str) -> int | None:
        """The number of the complaint that an act of this key was applied to, if it was."""
        ...

    async def client(self, id_: str) -> Client | None:
        """A client who wrote to us herself."""
        ...

    async def client_at(self, address: str) -> Client:
        """The client whom the transport reaches there; one of version 0 who never wrote yet."""
        ...

    async def files(self, number: int) -> Sequence[ClientFile]:
        """What the client sent along with a complaint, oldest first."""
        ...

    async def absences(self, now: datetime) -> Mapping[str, Absence]:
        """Who is away at `now`, by person."""
        ...

    async def reader(self, person: str, now: datetime) -> tuple[str | None, Mapping[str, Absence]]:
        """The language this person chose (a code such as `es`; None: Slack's), and who is away."""
        ...

    async def hand_overs(self) -> Mapping[str, tuple[str, ...]]:
        """Whom each location with shifts was handed over to last."""
        ...

    async def totals(
        self, first: date, last: date, location: str | None = None
    ) -> Sequence[Totals]:
        """What was filed from the first to the last local day, by type and severity."""
        ...

    async def audit(self, now: datetime) -> Audit:
        """Whether every promise is watched and every reminder on its way."""
        ...

    async def next_due(self) -> datetime | None:
        """The earliest `next_at`, `send_at`, end of a pause or morning list; None for nothing."""
        ...


class Unit(Books, Protocol):
    """One transaction: everything saved in it becomes true together, or nothing does.

    What `case` and `due` gave is changed by nobody else until it ends.
    """

    async def file(self, outcome: Outcome, keys: Sequence[str]) -> Complaint:
        """Store a new complaint; returns it with its number. `keys` make the act unique.

        Raises AlreadyDone if one of the keys was used before.
        """
        ...

    async def save(self, changes: Sequence[tuple[Case, Outcome]], keys: Sequence[str] = ()) -> None:
        """Store what the outcomes changed (before, after).

        The complaint's version goes up when the complaint itself changed. Raises VersionConflict
        if one was changed since it was read, AlreadyDone if one of the keys was used before.
        """
        ...

    async def post(self, messages: Sequence[Message]) -> None:
        """Put messages into the outbox that belong to no single complaint."""
        ...

    async def due(self, now: datetime, until: datetime, limit: int) -> Sequence[Case]:
        """Cases of which a deadline's `next_at`, a waiting reminder's `send_at` or the end of a
        pause is <= now, the longest overdue first; without those that another unit works on.

        Only as much of each as the clock needs: not the words of a complaint that anybody may
        know of, nor deadlines that ask for nothing `until`
        then.
        """
        ...

    async def due_by_location(self, now: datetime, until: datetime, limit: int) -> Sequence[Case]:
        """Like `due`, but all that is due at the first locations, as many as make up `limit`."""
        ...

    async def falling_due(self, gathering: Gathering, limit: int) -> Sequence[Case]:
        """Like `due`, the cases of which a deadline's `next_at` falls into the gathering."""
        ...

    async def save_client(self, client: Client) -> None:
        """Keep her in the place of the version she was made from.

        Raises VersionConflict when the talk went on meanwhile.
        """
        ...

    async def set_absence(self, absence: Absence) -> None:
        """Record an absence; what was known of the same time gives way to it."""
        ...

    async def end_absence(self, person: str, now: datetime) -> Absence | None:
        """End what lasts now, else what comes next; returns what was ended."""
        ...

    async def set_language(self, person: str, language: str | None) -> None:
        """Record the language a person wants to be answered in; None follows Slack."""
        ...

    async def morning_lists(self) -> Mapping[str, datetime]:
        """When each location's next morning list is to be written."""
        ...

    async def mornings_due(self, now: datetime) -> Sequence[str]:
        """The locations whose morning list is to be written by `now`, and by nobody else."""
        ...

    async def set_morning_list(self, location: str, at: datetime | None) -> None:
        """Set when the location's next morning list is to be written; None for never."""
        ...

    async def hand_overs_due(self, now: datetime) -> Mapping[str, tuple[str, ...]]:
        """The locations to be handed over by `now`, and by nobody else; who had them so far."""
        ...

    async def set_hand_over(
        self, location: str, at: datetime | None, on_shift: Sequence[str] | None
    ) -> None:
        """Record who is on shift, and when that is to be looked at next; None for never."""
        ...


class People(Protocol):
    """What is remembered of people besides the clinic file."""

    async def dm_channel(self, person: str) -> str | None:
        """The channel of our direct messages with this person, once it was opened."""
        ...

    async def remember_dm(self, person: str, channel: str) -> None:
        """Remember the channel of our direct messages with this person."""
        ...

    async def home_opened(self, person: str, now: datetime) -> None:
        """Remember that the person looks at the Home tab, so that it is kept up to date."""
        ...


class Drafts(Protocol):
    """Words that somebody may yet file: of an offer, or too long for a form's field."""

    async def keep(self, words: str, now: datetime) -> str:
        """Keep a text; gives the id under which it is found again."""
        ...

    async def words(self, draft_id: str) -> str | None:
        """The text kept under that id, if it is still there."""
        ...


class Conversations(Protocol):
    """Where each person is in a filing by conversation; `whose` is the transport and the person."""

    async def of(self, whose: str) -> Conversation | None:
        """The conversation of this person, if there is one."""
        ...

    async def save(self, whose: str, conversation: Conversation) -> Conversation:
        """Keep it in the place of the version it was made from (0: of none).

        Returns it with its new version; raises VersionConflict when somebody was quicker.
        """
        ...

    async def end(self, whose: str, version: int) -> None:
        """Forget that version of it: it was filed. A later one stays."""
        ...


class Store(Protocol):
    """The door to what is remembered."""

    def work(self) -> AbstractAsyncContextManager[Unit]:
        """A unit of work: commits when the block ends, rolls back when it raises."""
        ...

    def look(self) -> AbstractAsyncContextManager[Books]:
        """A consistent snapshot for reading."""
        ...
