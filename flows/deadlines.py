"""When a deadline is due, when its ladder tells whom, and why: the one place for this arithmetic.

The rules (design.md, *Deadlines and pings*). While we wait for the client, the clock of `feedback`
and `resolve` stands still. Severity 3 never waits: durations are simply added.
For severity 1 and 2 what is shorter than four hours counts open minutes only; what is longer runs
on the wall clock, and a due time outside hours moves to an hour after the next opening. A ping
outside hours comes at opening. The follow-up is a day, not a duration: whole days after the
resolution at the usual call time of an open day, whatever the severity.

All instants are aware and in UTC. `rules` are those the complaint was filed under.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from flows.complaint import PAUSABLE, Deadline, DeadlineKind, Pause, Said, Severity
from flows.hours import ONE_DAY, Hours
from flows.rules import Again, Rules, When

COUNTED_OPEN = timedelta(hours=4)
"""Shorter than this counts open minutes; from here on the wall clock."""

ONE_SECOND = timedelta(seconds=1)

AFTER_OPENING = timedelta(hours=1)
"""How long after opening something is due that would have been due while we were closed."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One rung of a deadline's ladder as an instant.

    `round` counts how often this `tell` is told on the full ladder, from 1. `index` is the place
    on the full ladder in the order of time, each step counted once for each who is told; rungs
    dropped because they were past when the deadline was set keep their index, so that
    `Deadline.rungs_fired` (the index of the last rung behind us, plus one) means the same always.
    A moved deadline has another order: whoever moves it sets `rungs_fired` back to 0. `again`:
    it is told over and over, and this is the first time of these that is not behind us. `offset`
    is how long after half time or the due time it comes, None where it is counted otherwise.
    """

    at: datetime
    tell: str
    round: int
    before_due: bool
    index: int
    again: bool = False
    offset: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    """A due time together with what explains it, so that the two can't drift apart."""

    due: datetime
    because: tuple[Said, ...]


def due_at(
    kind: DeadlineKind,
    severity: Severity,
    starts_at: datetime,
    rules: Rules,
    location_id: str,
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """When it is due; None where the clinic promises nothing, and for what is set by hand."""
    target = _target(kind, severity, starts_at, rules, location_id, pauses)
    return target.due if target else None


def plan(
    deadline: Deadline, severity: Severity, rules: Rules, location_id: str
) -> tuple[Planned, ...]:
    """The ladder of a deadline as instants, soonest first.

    Left out are rungs at half time of a short promise, or where one would come after the due time,
    and rungs before the due time that were past when it was set; a rung at the start itself is told
    to all the same when the deadline was set at its start. A due time that was past when it was
    set counts from then: its rung comes at once and later ones keep their distance. What is told
    over and over (`again`) comes last, with its next time only.
    """
    counted_from = max(deadline.due_at, deadline.set_at)
    long = deadline.due_at - deadline.starts_at >= COUNTED_OPEN
    at_start = deadline.set_at == deadline.starts_at
    ladder = _ladder(deadline, severity, rules, location_id)
    # Who is asked has to have the time to answer.
    asks = long and all(at < deadline.due_at for at, when, _ in ladder if when.anchor == "half")
    rounds: dict[str, int] = {}
    planned = []
    for index, (at, when, who) in enumerate(ladder):
        rounds[who] = rounds.get(who, 0) + 1
        told_at_start = at_start and when == When("start")
        if at <= deadline.set_at and at < counted_from and not told_at_start:
            continue
        if when.anchor == "half" and not asks:
            continue
        offset = when.offset if when.anchor in ("half", "due") else None
        before_due = at < deadline.due_at
        planned.append(Planned(at, who, rounds[who], before_due, index, offset=offset))
    again = rules.deadlines[deadline.kind].again
    if again is not None:
        told = len(again.tell)
        times = -(-max(0, deadline.rungs_fired - len(ladder)) // told)  # behind us, rounded up
        at = _first_again(deadline, again, ladder) + times * again.every
        index = len(ladder) + times * told
        planned.extend(
            Planned(at, who, rounds.get(who, 0) + times + 1, False, index + place, again=True)
            for place, who in enumerate(again.tell)
        )
    return tuple(planned)


def behind(
    deadline: Deadline, severity: Severity, rules: Rules, location_id: str, now: datetime
) -> int:
    """How many rungs are behind us at `now` by what is told over and over; 0 where nothing is.

    So that after an outage one reminder stands for all that were missed.
    """
    again = rules.deadlines[deadline.kind].again
    if again is None:
        return 0
    ladder = _ladder(deadline, severity, rules, location_id)
    first = _first_again(deadline, again, ladder)
    if now < first:
        return 0
    times = (now - first) // again.every + 1
    return len(ladder) + times * len(again.tell)


def _ladder(
    deadline: Deadline, severity: Severity, rules: Rules, location_id: str
) -> list[tuple[datetime, When, str]]:
    """The whole ladder as instants, soonest first, each step once for each who is told."""
    hours = rules.hours[location_id]
    due = max(deadline.due_at, deadline.set_at)
    # Sorting is stable: rungs of one instant stay in the order of the clinic file.
    return sorted(
        (
            (_instant(step.when, deadline.starts_at, due, severity, hours), step.when, who)
            for step in rules.deadlines[deadline.kind].ladder
            for who in step.tell
        ),
        key=lambda rung: rung[0],
    )


def _first_again(
    deadline: Deadline, again: Again, ladder: list[tuple[datetime, When, str]]
) -> datetime:
    """When it is told again for the first time: whole intervals after the due time."""
    due = max(deadline.due_at, deadline.set_at)
    end = ladder[-1][0] if ladder else due
    return due + max(1, (end - due) // again.every + 1) * again.every


def counted_anew(
    deadline: Deadline,
    offset: timedelta,
    at: datetime,
    severity: Severity,
    rules: Rules,
    location_id: str,
) -> Deadline:
    """The late deadline with its ladder moved, so that the rung of that `offset` comes at `at`.

    Not before the next opening, unless severe; later rungs keep their distance from it.
    """
    if severity is Severity.SEVERE:
        return replace(deadline, set_at=at - offset)
    hours = rules.hours[location_id]
    # A second later than the opening: counted back from there it would be closing time.
    at = at if hours.is_open(at) else hours.next_opening(at) + bool(offset) * ONE_SECOND
    short = abs(offset) < COUNTED_OPEN
    return replace(deadline, set_at=hours.add_open(at, -offset) if short else at - offset)


def explain(
    deadline: Deadline,
    severity: Severity,
    rules: Rules,
    location_id: str,
    pauses: Sequence[Pause] = (),
) -> tuple[Said, ...]:
    """Why a deadline is due when it is, as text keys; instants and durations stay what they are.

    What rules can't account for was set by hand. `explain.met`, `explain.hold` and
    `explain.rest` follow where they apply.
    """
    target = _target(deadline.kind, severity, deadline.starts_at, rules, location_id, pauses)
    if target is not None and target.due == deadline.due_at:
        said = list(target.because)
    else:
        said = [Said("explain.as_set", {"due": deadline.due_at, "set_at": deadline.set_at})]
    if deadline.met_at is not None:
        said.append(Said("explain.met", {"at": deadline.met_at}))
    elif deadline.live:
        if deadline.hold_until is not None:
            said.append(Said("explain.hold", {"until": deadline.hold_until}))
        if deadline.rest_until is not None:
            said.append(Said("explain.rest", {"until": deadline.rest_until}))
    return tuple(said)


def _target(
    kind: DeadlineKind,
    severity: Severity,
    starts_at: datetime,
    rules: Rules,
    location_id: str,
    pauses: Sequence[Pause],
) -> _Target | None:
    within = rules.deadlines[kind].within
    duration = within[severity] if within is not None else None
    if duration is None:
        return None
    hours = rules.hours[location_id]
    if kind is DeadlineKind.FOLLOW_UP and not duration % ONE_DAY:
        return _on_a_day(duration // ONE_DAY, starts_at, hours)
    counts_open = severity is not Severity.SEVERE and duration < COUNTED_OPEN
    clock = _OpenMinutes(hours) if counts_open and kind is not DeadlineKind.FOLLOW_UP else _Wall()
    due, stood_still = _after(
        starts_at, duration, sorted(pauses, key=_since) if kind in PAUSABLE else (), clock
    )
    facts = {"start": starts_at, "duration": duration}
    paused = (Said("explain.paused", {"duration": stood_still}),) if stood_still else ()
    if severity is Severity.SEVERE:
        return _Target(due, (Said("explain.never_waits", {**facts, "due": due}), *paused))
    if kind is DeadlineKind.FOLLOW_UP:
        # Less than days is for trying things out; nobody wants to wait for opening then.
        return _Target(due, (Said("explain.wall_clock", {**facts, "due": due}),))
    if counts_open:
        return _Target(due, (Said("explain.open_minutes", {**facts, "due": due}), *paused))
    because = (Said("explain.wall_clock", {**facts, "due": due}), *paused)
    if hours.covers(due):
        return _Target(due, because)
    opening = hours.next_opening(due)
    moved = hours.add_open(opening, AFTER_OPENING)
    closing = hours.closing(hours.local_day(opening))
    if closing is not None:
        # A day that is open for less than an hour is not a reason to lose another day.
        moved = min(moved, closing)
    facts_of_move = {"was": due, "opening": opening, "due": moved}
    return _Target(moved, (*because, Said("explain.moved_to_opening", facts_of_move)))


class _Clock(Protocol):
    """How time is counted: what `duration` later is, and how long it is between two instants."""

    def later(self, at: datetime, duration: timedelta) -> datetime: ...

    def between(self, begin: datetime, end: datetime) -> timedelta: ...


class _Wall:
    """Around the clock."""

    def later(self, at: datetime, duration: timedelta) -> datetime:
        return at + duration

    def between(self, begin: datetime, end: datetime) -> timedelta:
        return end - begin


@dataclass(frozen=True, slots=True)
class _OpenMinutes:
    """Only while the location is open."""

    hours: Hours

    def later(self, at: datetime, duration: timedelta) -> datetime:
        return self.hours.add_open(at, duration)

    def between(self, begin: datetime, end: datetime) -> timedelta:
        return self.hours.open_time(begin, end)


def _after(
    start: datetime, duration: timedelta, pauses: Sequence[Pause], clock: _Clock
) -> tuple[datetime, timedelta]:
    """When `duration` has passed since `start` by that clock, and how long it stood still.

    `pauses` are in the order of time. One that begins when it is due, or later, changes nothing.
    """
    at, left, stood_still = start, duration, timedelta(0)
    for pause in pauses:
        if pause.end <= at:
            continue
        begin = max(pause.since, at)
        if clock.later(at, left) <= begin:
            break
        left -= clock.between(at, begin)
        stood_still += pause.end - begin
        at = pause.end
    return clock.later(at, left), stood_still


def _since(pause: Pause) -> datetime:
    return pause.since


def _on_a_day(days: int, starts_at: datetime, hours: Hours) -> _Target:
    day = hours.local_day(starts_at) + days * ONE_DAY
    wanted = hours.call_at(day)
    if hours.open_day(day):
        facts = {"start": starts_at, "days": days, "due": wanted}
        return _Target(wanted, (Said("explain.follow_up_day", facts),))
    due = hours.call_at(hours.next_open_day(day))
    facts = {"start": starts_at, "days": days, "due": due, "was": wanted}
    return _Target(due, (Said("explain.follow_up_moved", facts),))


def _instant(
    when: When, starts_at: datetime, due: datetime, severity: Severity, hours: Hours
) -> datetime:
    """When a rung comes."""
    if when.anchor == "next_open_day":
        opening = hours.opening(hours.next_open_day(hours.local_day(due)))
        assert opening is not None, "an open day has an opening"  # noqa: S101
        return opening
    if when.anchor == "half":
        # Whoever is asked has to be there, however severe it is.
        return hours.add_open(hours.open_from(starts_at + (due - starts_at) / 2), when.offset)
    if when.anchor == "clock":
        at = hours.at_local(hours.local_day(due), when.clock)
    else:
        base = starts_at if when.anchor == "start" else due
        counts_open = severity is not Severity.SEVERE and abs(when.offset) < COUNTED_OPEN
        if counts_open and when.offset:
            return hours.add_open(base, when.offset)  # ends in opening hours
        at = base + when.offset
    if severity is Severity.SEVERE or hours.covers(at):
        return at
    return hours.next_opening(at)
