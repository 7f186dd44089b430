"""The clock's look at what is due: the pings of many complaints, gathered by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows.buttons import buttons_of
from flows.complaint import Deadline, Reminder, ReminderState
from flows.firing import CATCH_UP_AFTER, Change, fire, remind
from flows.ladder import Rung, upcoming
from flows.policy import Clinic
from flows.ports import Absence, Case, Gathering, Message, Outcome, Purpose
from flows.standing import Staffing, Told
from flows.telling import card_messages, home_messages, thread_message


@dataclass(frozen=True, slots=True)
class Tick:
    """What the clock's look at the due cases changes, and the pings over several of them."""

    changes: tuple[tuple[Case, Outcome], ...]
    pings: tuple[Message, ...]
    hand_on: tuple[int, ...]
    """The numbers of complaints of which nobody answered that they still are theirs."""


class Look:
    """One look of the clock: what is due is fired at once, then the pings are written.

    At most one ping a person and complaint. Severity 3 is never gathered; what was missed by more
    than `CATCH_UP_AFTER` (we were down) comes as one list a person.
    """

    def __init__(
        self,
        due: Sequence[Case],
        clinic: Clinic,
        absences: Mapping[str, Absence],
        now: datetime,
    ) -> None:
        """`due` are the cases of which something is due by `now` (aware)."""
        self._clinic = clinic
        self._absences = absences
        self._now = now
        self._changes: dict[int, Change] = {}
        for case in due:
            change = fire(case, clinic, absences, now)
            self._changes[change.number] = change

    @property
    def gathering(self) -> Gathering:
        """What the pings of this look may take along: to be found, and given to `tick`."""
        people: set[str] = set()
        above: set[str] = set()
        for change in self._changes.values():
            if change.severe:
                continue
            for reminder in change.waiting(self._now):
                people.add(reminder.recipient)
                if reminder.recipient != change.before.complaint.owner:
                    above.add(reminder.recipient)
        members = [member for id_ in above if (member := self._clinic.person(id_)) is not None]
        locations = self._clinic.locations
        places = [place for place in locations if any(m.works_at(place) for m in members)]
        until = self._now + self._clinic.pings.gather
        return Gathering(self._now, until, frozenset(people), frozenset(places))

    def tick(self, near: Sequence[Case] = ()) -> Tick:
        """What becomes of the cases; `near` are others of which pings may take something along."""
        changes = {change.number: change for change in map(Change.of, near)} | self._changes
        pings = self._pings(changes)
        return Tick(
            tuple(
                (change.before, _outcome(change, self._clinic))
                for change in changes.values()
                if change.changed
            ),
            tuple(pings),
            tuple(change.number for change in changes.values() if change.hand_on),
        )

    def _pings(self, changes: Mapping[int, Change]) -> list[Message]:
        now = self._now
        waiting: dict[str, dict[int, list[Reminder]]] = defaultdict(lambda: defaultdict(list))
        for number, change in changes.items():
            for reminder in change.waiting(now):
                waiting[reminder.recipient][number].append(reminder)
        soon = self._soon(changes.values())
        messages = []
        for person, by_number in waiting.items():
            missed = any(
                changes[number].missed or now - reminder.send_at > CATCH_UP_AFTER
                for number, reminders in by_number.items()
                for reminder in reminders
            )
            severe = [n for n in by_number if changes[n].severe]
            other = [n for n in by_number if n not in severe]
            if missed and len(by_number) > 1:
                for n in [n for n in severe if changes[n].before.complaint.in_emergency]:
                    messages.append(_ping("ping", person, [n], by_number, changes))
                    severe.remove(n)  # never in a list
                late = [*severe, *other]
                if late:
                    key = "ping_catch_up" if len(late) > 1 else "ping"
                    messages.append(_ping(key, person, late, by_number, changes))
                continue
            messages.extend(_ping("ping", person, [n], by_number, changes) for n in severe)
            if not other:
                continue
            taken = _take_along(soon.get(person, ()), set(by_number), now)
            by_number |= taken
            other.extend(taken)
            key = "ping" if len(other) == 1 else "ping_list"
            messages.append(_ping(key, person, other, by_number, changes))
        return messages

    def _soon(self, changes: Iterable[Change]) -> Mapping[str, Sequence[_Soon]]:
        """By person, what falls due for them within the gathering time; nothing of severity 3."""
        soon: dict[str, list[_Soon]] = defaultdict(list)
        for change in changes:
            case = change.before
            until = self._now + case.rules.pings.gather
            if change.severe:
                continue
            for deadline in change.deadlines:
                if not deadline.live or deadline.next_at is None:
                    continue
                if not self._now < deadline.next_at <= until:
                    continue
                staffing = Staffing(case.complaint, self._clinic, self._absences)
                rungs = upcoming(deadline, case)
                for rung in (rung for rung in rungs if rung.at == rungs[0].at):
                    for told in staffing.tell(rung.planned.tell, deadline.set_by):
                        soon[told.person].append(_Soon(change, deadline, rung, told))
        return soon


@dataclass(frozen=True, slots=True)
class _Soon:
    """A rung of another complaint that a ping may take along."""

    change: Change
    deadline: Deadline
    rung: Rung
    told: Told


def _take_along(
    soon: Sequence[_Soon], already: set[int], now: datetime
) -> dict[int, list[Reminder]]:
    """The reminders of other complaints that one person's ping takes along."""
    taken: dict[int, list[Reminder]] = {}
    for ahead in soon:
        change, person = ahead.change, ahead.told.person
        if change.number in already:
            continue
        if any(s.person == person and s.until > now for s in change.before.snoozes):
            continue
        reminder = remind(change, ahead.deadline, ahead.rung, ahead.told, now)
        if reminder is not None:
            taken.setdefault(change.number, []).append(reminder)
    return taken


def _outcome(change: Change, clinic: Clinic) -> Outcome:
    after = change.after()
    edits = tuple(
        Message(Purpose.EDIT, ping.person, "edit", number=change.number, edits=ping.id)
        for ping in change.before.pings
        if ping.id in change.retired
    )
    if not change.entries:
        return Outcome(after, (), edits)
    lines = (thread_message(after, clinic, entry) for entry in change.entries)
    said = (
        *card_messages(change.before, after, clinic),
        *home_messages(change.before, after, *change.told),
        *change.notices,
        *(line for line in lines if line is not None),
    )
    return Outcome(after, tuple(change.entries), (*edits, *said))


def _ping(
    key: str,
    person: str,
    numbers: Sequence[int],
    by_number: Mapping[int, list[Reminder]],
    changes: Mapping[int, Change],
) -> Message:
    """One message with an item a complaint; it takes over the buttons of earlier pings."""
    items = []
    delivers: list[tuple[int, Reminder]] = []
    for number in numbers:
        change = changes[number]
        newest = _newest_of_each_deadline(by_number[number])
        for reminder in by_number[number]:
            state = ReminderState.QUEUED if reminder in newest else ReminderState.SUPERSEDED
            place = change.reminders.index(reminder)
            change.reminders[place] = replace(reminder, state=state)
            if reminder in newest:
                delivers.append((number, change.reminders[place]))
        change.retired |= {ping.id for ping in change.before.pings if ping.person == person}
        items.append(
            {
                "number": number,
                "kinds": [reminder.deadline.value for reminder in newest],
                "due": min(reminder.due_at for reminder in newest).isoformat(),
                "why": newest[-1].why,
                "buttons": list(buttons_of(newest, person, change.before)),
            }
        )
    only = numbers[0] if len(numbers) == 1 else None
    return Message(
        Purpose.PING, person, key, {"items": items}, number=only, reminders=tuple(delivers)
    )


def _newest_of_each_deadline(reminders: Sequence[Reminder]) -> list[Reminder]:
    newest = {(reminder.deadline, reminder.due_at): reminder for reminder in reminders}
    return list(newest.values())
