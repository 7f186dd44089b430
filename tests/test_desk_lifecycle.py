"""The whole lifecycle through the desk, in any order: whatever people do, the promises hold."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Coroutine, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.books import read_lexicon, read_playbook
from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC
from flows.acts import Evidence
from flows.complaint import (
    PAUSABLE,
    Attempt,
    CameBack,
    ComplaintType,
    DeadlineKind,
    How,
    Remedy,
    Severity,
    State,
)
from flows.desk import By, Desk
from flows.ending import FollowUp
from flows.filing import Filing
from flows.ports import Absence, Case, Query, Totals
from flows.standing import Refused
from sandbox.clock import MovableClock, friday_at_one
from storage.database import Database
from storage.vault import new_key

CLINIC = read_clinic(SANDBOX_CLINIC)
PLAYBOOK, LEXICON = read_playbook(), read_lexicon()
PEOPLE = st.sampled_from([*CLINIC.people, "U0NEW"])
LOCATIONS = st.sampled_from(sorted(CLINIC.locations))
PLACES = st.integers(0, 5)
"""Which of the complaints, counted from the newest."""
MINUTES = st.sampled_from([1, 7, 31, 60, 95, 240, 24 * 60, 3 * 24 * 60, 14 * 24 * 60])
Result = TypeVar("Result")


class Lifecycle(RuleBasedStateMachine):
    """A clinic with its desk on a real database; the machine acts as its people and its clock."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self._clock = MovableClock(friday_at_one("America/Los_Angeles"), flowing=False)
        url = f"sqlite+aiosqlite:///{Path(self._folder.name)}/desk.sqlite3"
        self._database = self._do(Database.open(url, new_key(), self._clock.now))
        self._desk = Desk(
            *(self._database.store, CLINIC, PLAYBOOK, LEXICON, self._clock),
            wake=lambda: None,
        )
        self._do(self._desk.take_clinic(CLINIC))
        self._references: list[str] = []
        self._acts = 0

    def teardown(self) -> None:
        self._do(self._database.close())
        self._loop.close()
        self._folder.cleanup()

    def _do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(work)

    def _by(self, person: str) -> By:
        self._acts += 1
        return By(person, "test", (f"act:{self._acts}",))

    def _tries(self, act: Awaitable[object]) -> None:
        """An act; what a rule refuses changes nothing."""

        async def tried() -> None:
            with suppress(Refused):
                await act

        self._do(tried())

    def _one(self, place: int) -> str:
        return self._references[-1 - place % len(self._references)]

    # ------------------------------------------------------------------------------ what people do

    @rule(
        who=PEOPLE,
        type_=st.sampled_from(ComplaintType),
        severity=st.sampled_from(Severity),
        earlier=st.sampled_from([0, 0, 30, 90, 3000]),
        about=st.none() | PEOPLE,
    )
    def file(
        self, who: str, type_: ComplaintType, severity: Severity, earlier: int, about: str | None
    ) -> None:
        filing = Filing(
            location="downtown",
            type=type_,
            severity=severity,
            story="Waited, and nobody said sorry",
            received_at=self._clock.now() - timedelta(minutes=earlier),
            about_staff=about,
        )

        async def filed() -> None:
            with suppress(Refused):
                case = await self._desk.file(filing, self._by(who))
                self._references.append(case.complaint.reference)

        self._do(filed())

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, place=PLACES, how=st.sampled_from(How))
    def contact(self, who: str, place: int, how: How) -> None:
        said = Evidence(how, "the client", "Heard her out.")
        self._tries(self._desk.contact(self._one(place), said, self._by(who)))

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, place=PLACES, how=st.sampled_from(Attempt))
    def tried(self, who: str, place: int, how: Attempt) -> None:
        self._tries(self._desk.tried(self._one(place), how, "", self._by(who)))

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, other=PEOPLE, place=PLACES, what=st.integers(0, 10))
    def press(self, who: str, other: str, place: int, what: int) -> None:
        reference, desk, by = self._one(place), self._desk, self._by(who)
        acts = (
            lambda: desk.claim(reference, by),
            lambda: desk.take_charge(reference, by),
            lambda: desk.assign(reference, other, by),
            lambda: desk.snooze(reference, "busy", by),
            lambda: desk.escalate(reference, "I need help", by),
            lambda: desk.resume(reference, by),
            lambda: desk.emergency(reference, "she can't breathe", by),
            lambda: desk.calling(reference, by),
            lambda: desk.all_clear(reference, "Dr. Weiss", "No danger.", by),
            lambda: desk.open(reference, by),
            lambda: desk.still_mine(reference, by),
        )
        self._tries(acts[what]())

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, place=PLACES, severity=st.sampled_from(Severity))
    def change_severity(self, who: str, place: int, severity: Severity) -> None:
        shown = self._case(self._one(place)).complaint.severity
        by = self._by(who)
        self._tries(
            self._desk.change_severity(self._one(place), severity, "Looks different", shown, by)
        )

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, place=PLACES, location=LOCATIONS)
    def move(self, who: str, place: int, location: str) -> None:
        shown = self._case(self._one(place)).complaint.location
        by = self._by(who)
        self._tries(self._desk.move(self._one(place), location, "Treated there", shown, by))

    @rule(who=PEOPLE, cover=st.none() | PEOPLE, starts=st.sampled_from([0, 95]), minutes=MINUTES)
    def away(self, who: str, cover: str | None, starts: int, minutes: int) -> None:
        since = self._clock.now() + timedelta(minutes=starts)
        absence = Absence(who, since, since + timedelta(minutes=minutes), cover)
        self._tries(self._desk.away(absence))

    @rule(who=PEOPLE)
    def back(self, who: str) -> None:
        self._tries(self._desk.back(who))

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, place=PLACES, minutes=MINUTES)
    def pause(self, who: str, place: int, minutes: int) -> None:
        until = self._clock.now() + timedelta(minutes=minutes)
        self._tries(self._desk.pause(self._one(place), until, "Photos", self._by(who)))

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, place=PLACES, minutes=MINUTES)
    def follow_up_at(self, who: str, place: int, minutes: int) -> None:
        at = self._clock.now() + timedelta(minutes=minutes)
        self._tries(self._desk.follow_up_at(self._one(place), at, self._by(who)))

    @precondition(lambda self: self._references)
    @rule(who=PEOPLE, place=PLACES, what=st.integers(0, 4), reached=st.sampled_from(["yes", "no"]))
    def end(self, who: str, place: int, what: int, reached: str) -> None:
        reference, desk, by = self._one(place), self._desk, self._by(who)
        found = FollowUp(reached, "She is content.", booked_again=True, rating=5)
        acts = (
            lambda: desk.resolve(reference, "Redone", Remedy.REDO, True, by),
            lambda: desk.follow_up_done(reference, found, by),
            lambda: desk.close(reference, "Talk first", CameBack.YES, by),
            lambda: desk.reopen(reference, "It came back", by),
            lambda: desk.withdraw(reference, "Filed twice", by),
        )
        self._tries(acts[what]())

    # ------------------------------------------------------------------------------ what time does

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        """The clock looks whenever something is due, and at the end."""
        self._do(self._pass(self._clock.now() + timedelta(minutes=minutes)))

    @rule(minutes=MINUTES)
    def asleep(self, minutes: int) -> None:
        """The clock looks only after that time."""
        self._do(self._clock.jump(timedelta(minutes=minutes)))
        self._do(self._run())

    async def _pass(self, end: datetime) -> None:
        while (due := await self._desk.next_due()) is not None and due <= end:
            await self._clock.jump(max(due - self._clock.now(), timedelta(0)))
            await self._run()
        await self._clock.jump(end - self._clock.now())

    async def _run(self) -> None:
        while await self._desk.run_due():
            pass
        await self._deliver()

    async def _deliver(self) -> None:
        """A courier for whom everything goes well."""
        outbox, now = self._database.outbox, self._clock.now()
        while heads := await outbox.heads(now):
            for letter in await outbox.claim([head.id for head in heads], now):
                await outbox.delivered(letter.id, letter.to, f"{letter.id}.0", now)

    # -------------------------------------------------------------------------- what always holds

    def _case(self, reference: str) -> Case:
        async def read() -> Case:
            async with self._database.store.look() as books:
                return await books.case(int(reference[2:]))

        return self._do(read())

    @invariant()
    def every_promise_is_watched_and_every_complaint_makes_sense(self) -> None:
        self._do(self._run())
        assert self._do(self._desk.audit()).faults == {}

        async def read() -> list[Case]:
            async with self._database.store.look() as books:
                return list(await books.cases(Query(open_only=False, limit=1000)))

        cases = self._do(read())
        for case in cases:
            self._makes_sense(case)
            self._do(self._database.verify(case.complaint.number or 0))
        self._add_up(cases)

    def _add_up(self, cases: list[Case]) -> None:
        async def read() -> Sequence[Totals]:
            async with self._database.store.look() as books:
                return await books.totals(date.min, date.max)

        figures: dict[tuple[ComplaintType, Severity], Totals] = {}
        for complaint in (case.complaint for case in cases):
            key = complaint.type, complaint.severity
            none = Totals(*key, 0, 0, timedelta(0), 0, timedelta(0))
            sofar = figures.get(key, none)
            acknowledged, resolved = (
                None if at is None else timedelta(seconds=int((at - received).total_seconds()))
                for received in (complaint.received_at,)
                for at in (complaint.acknowledged_at, complaint.resolved_at)
            )
            figures[key] = Totals(
                *key,
                sofar.filed + 1,
                sofar.acknowledged + (acknowledged is not None),
                sofar.to_acknowledge + (acknowledged or timedelta(0)),
                sofar.resolved + (resolved is not None),
                sofar.to_resolve + (resolved or timedelta(0)),
            )
        stored = self._do(read())
        assert {(each.type, each.severity): each for each in stored} == figures

    def _makes_sense(self, case: Case) -> None:
        complaint, now = case.complaint, self._clock.now()
        live = {deadline.kind for deadline in case.deadlines if deadline.live}
        if complaint.state.finished:
            assert not live
            assert case.pause is None
        if complaint.acknowledged_at is not None:
            assert DeadlineKind.ACKNOWLEDGE not in live
        if complaint.state is State.RESOLVED:
            assert not live & {DeadlineKind.RESOLVE, DeadlineKind.FEEDBACK}
        if case.pause is not None:
            assert complaint.acknowledged_at is not None
            assert not complaint.in_emergency
            assert case.pause.since <= now < case.pause.until
            assert all(
                d.due_at > case.pause.until or d.due_at <= case.pause.since
                for d in case.deadlines
                if d.live and d.kind in PAUSABLE
            )
        assert complaint.owner != complaint.about_staff
        for deadline in case.deadlines:
            if deadline.live:
                assert deadline.next_at is None or deadline.next_at > now


class TestLifecycle(Lifecycle.TestCase):  # type: ignore[misc,name-defined]
    settings = settings(
        max_examples=8,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
