"""The desk: one method a human verb, each one transaction; and the clock's own work."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flows import acts, emergency, ending, moving, ownership, pausing, severity
from flows import filing as filing_rules
from flows.acts import Evidence
from flows.change import DueChange, Moment
from flows.complaint import (
    REFERENCE_BASE,
    Attempt,
    CameBack,
    Contact,
    Remedy,
    Reminder,
    Severity,
)
from flows.emergency import Facts
from flows.ending import FollowUp
from flows.filing import Filing
from flows.hand_over import hand_over
from flows.ladder import BOT, fail_over
from flows.lexicon import Lexicon
from flows.morning import morning_lists
from flows.next_step import Playbook
from flows.policy import Clinic
from flows.ports import (
    Absence,
    AlreadyDone,
    Audit,
    Books,
    Case,
    Clock,
    HistoryLine,
    Message,
    NoSuchComplaint,
    Outcome,
    Purpose,
    Query,
    Store,
    Unit,
)
from flows.standing import Refused, may_see
from flows.tick import Look

BATCH = 100
"""How many due cases the clock takes at once; measured on the prototype (platform.md)."""

CATCH_UP = 500
"""How many it takes at once when there are more; people who want to file wait meanwhile."""
EVERYTHING = 10_000
TOGETHER = timedelta(seconds=0.25)
"""What falls due within this span is done in one go."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts and by which door; `keys` are the ids that make the act happen only once."""

    person: str
    door: str
    keys: tuple[str, ...] = ()


def number_of(reference: str) -> int:
    """The number in a reference as people type it: `C-1042`, `c1042`, `1042`.

    Raises:
        Refused: it is no reference.
    """
    found = re.fullmatch(r"#?[cC]?\W?(\d{4,9})\W?", reference.strip())
    if found is None or int(found[1]) <= REFERENCE_BASE:
        raise Refused("refused.not_found", reference=reference)
    return int(found[1])


class Desk:
    """What people can do with complaints. All methods raise `Refused` when a rule says no.

    Methods return the case as it stands after the act. `wake` is called after every commit, so that
    what is due or to be sent is looked at.
    """

    def __init__(
        self,
        store: Store,
        clinic: Clinic,
        playbook: Playbook,
        lexicon: Lexicon,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clinic = clinic
        self._stands: tuple[datetime, datetime | None, Clinic] | None = None
        self.playbook = playbook
        self.lexicon = lexicon
        self._clock = clock
        self._wake = wake

    @property
    def clinic(self) -> Clinic:
        """The clinic as it stands now: who is on duty is asked first."""
        now = self._clock.now()
        if self._stands is not None:
            begins, ends, clinic = self._stands
            if begins <= now and (ends is None or now < ends):
                return clinic
        clinic = self._clinic.at(now)
        self._stands = (now, self._clinic.next_change(now), clinic)
        return clinic

    @property
    def clinic_file(self) -> Clinic:
        """The clinic as its file describes it, with what Slack says of its channels and groups."""
        return self._clinic

    @clinic_file.setter
    def clinic_file(self, clinic: Clinic) -> None:
        self._clinic, self._stands = clinic, None

    async def file(self, filing: Filing, by: By) -> Case:
        """File a complaint; filing again with the same key gives back the same complaint."""
        try:
            async with self._store.work() as unit:
                for key in by.keys:
                    known = await unit.already_done(key)
                    if known is not None:
                        return await unit.case(known)
                moment = await self.moment(unit, by)
                outcome = filing_rules.file(filing, moment)
                stored = await unit.file(outcome, by.keys)
                case = replace(outcome.case, complaint=stored)
        except AlreadyDone as meanwhile:
            async with self._store.look() as books:
                return await books.case(meanwhile.number)
        self._wake()
        return case

    async def contact(self, reference: str, evidence: Evidence, by: By) -> Case:
        """Log that the client was spoken with."""
        return await self._act(reference, by, lambda c, m: acts.contact(c, evidence, m))

    async def tried(self, reference: str, how: Attempt, note: str, by: By) -> Case:
        """Log an attempt that did not reach the client."""
        return await self._act(reference, by, lambda c, m: acts.tried(c, how, note, m))

    async def claim(self, reference: str, by: By) -> Case:
        """Take the complaint on."""
        return await self._act(reference, by, acts.claim)

    async def assign(
        self, reference: str, person: str, by: By, shown_owner: str | None = None
    ) -> Case:
        """Hand the complaint to `person` (a Slack user id), from the owner that was shown."""
        return await self._act(reference, by, lambda c, m: acts.assign(c, person, m, shown_owner))

    async def take_charge(self, reference: str, by: By) -> Case:
        """Take charge of the complaint, as a supervisor or above."""
        return await self._act(reference, by, acts.take_charge)

    async def emergency(self, reference: str, words: str, by: By) -> Case:
        """Say by hand that the client may be in danger, with words if there are any."""
        return await self._act(reference, by, lambda c, m: emergency.by_hand(c, words, m))

    async def emergency_facts(self, reference: str, facts: Facts, by: By) -> Case:
        """Add what who calls the client in an emergency needs to know."""
        return await self._act(reference, by, lambda c, m: emergency.facts_added(c, facts, m))

    async def calling(self, reference: str, by: By) -> Case:
        """Say that one is calling the client, as a clinician."""
        return await self._act(reference, by, emergency.calling)

    async def emergency_care(self, reference: str, by: By) -> Case:
        """Say that the client was sent to emergency care."""
        return await self._act(reference, by, emergency.emergency_care)

    async def all_clear(self, reference: str, given_by: str, said: str, by: By) -> Case:
        """Record that the client is in no danger: who said so, and what."""
        return await self._act(
            reference, by, lambda c, m: emergency.all_clear(c, given_by, said, m)
        )

    async def change_severity(
        self, reference: str, new: Severity, reason: str, shown: Severity, by: By
    ) -> Case:
        """Change the severity from what was `shown`."""
        return await self._act(
            reference,
            by,
            lambda c, m: severity.change_severity(c, new, reason, shown, m),
        )

    async def note(self, reference: str, text: str, by: By) -> Case:
        """Write a note."""
        return await self._act(reference, by, lambda c, m: acts.note(c, text, m))

    async def reply(self, reference: str, text: str, by: By) -> Case:
        """Write to the client who filed it herself."""
        return await self._act(reference, by, lambda c, m: acts.reply(c, text, m))

    async def next_step_done(
        self, reference: str, step: str, fact: str, contact: Contact | None, by: By
    ) -> Case:
        """Mark the step that was shown as done; `contact` if the fact says how to reach her."""
        return await self._act(
            reference, by, lambda c, m: acts.step_done(c, step, fact, m, contact)
        )

    async def follow_up_at(
        self, reference: str, at: datetime, by: By, *, moves: bool = False
    ) -> Case:
        """Set when to follow up (aware); `moves` a reminder set by hand, if there is one."""
        return await self._act(
            reference, by, lambda c, m: ending.follow_up_at(c, at, m, moves=moves)
        )

    async def follow_up_done(self, reference: str, found: FollowUp, by: By) -> Case:
        """Log the follow-up."""
        return await self._act(reference, by, lambda c, m: ending.follow_up_done(c, found, m))

    async def snooze(self, reference: str, reason: str, by: By) -> Case:
        """Hold back this person's pings for a while."""
        return await self._act(reference, by, lambda c, m: acts.snooze(c, reason, m))

    async def escalate(self, reference: str, reason: str, by: By) -> Case:
        """Tell the next rung now."""
        return await self._act(reference, by, lambda c, m: acts.escalate(c, reason, m))

    async def pause(self, reference: str, until: datetime, waiting_for: str, by: By) -> Case:
        """Let the clock stand still until then (aware), because we wait for the client."""
        return await self._act(reference, by, lambda c, m: pausing.pause(c, until, waiting_for, m))

    async def still_mine(self, reference: str, by: By) -> Case:
        """Say that it is looked after, as who was asked."""
        return await self._act(reference, by, ownership.still_mine)

    async def resume(self, reference: str, by: By) -> Case:
        """Let the clock run again."""
        return await self._act(reference, by, pausing.resume)

    async def resolve(
        self, reference: str, done: str, remedy: Remedy, accepted: bool | None, by: By
    ) -> Case:
        """Record what settled the complaint."""
        return await self._act(
            reference, by, lambda c, m: ending.resolve(c, done, remedy, accepted, m)
        )

    async def reopen(self, reference: str, reason: str, by: By) -> Case:
        """Take a finished complaint up again."""
        return await self._act(reference, by, lambda c, m: ending.reopen(c, reason, m))

    async def close(self, reference: str, learned: str, came_back: CameBack, by: By) -> Case:
        """End a followed-up complaint."""
        return await self._act(reference, by, lambda c, m: ending.close(c, learned, came_back, m))

    async def withdraw(self, reference: str, reason: str, by: By) -> Case:
        """The client takes the complaint back, or it was filed by mistake."""
        return await self._act(reference, by, lambda c, m: ending.withdraw(c, reason, m))

    async def open(self, reference: str, by: By) -> tuple[Case, Sequence[HistoryLine]]:
        """Everything about one complaint; that this person read it is recorded."""
        case = await self._act(reference, by, acts.opened)
        async with self._store.look() as books:
            return case, await books.history(number_of(reference))

    async def done_before(self, by: By) -> bool:
        """Whether an act with one of these keys was done already."""
        async with self._store.look() as books:
            known = [await books.already_done(key) for key in by.keys]
        return any(number is not None for number in known)

    async def sheet(self, reference: str, person: str) -> tuple[Case, Sequence[HistoryLine]]:
        """What `open` gives, without recording it: for redrawing what is open already."""
        case = await self.look(reference, person)
        async with self._store.look() as books:
            return case, await books.history(number_of(reference))

    async def look(self, reference: str, person: str) -> Case:
        """The complaint without its history and without a trace, for forms and previews."""
        number = number_of(reference)
        async with self._store.look() as books:
            case = await self._case(books, number)
        if not may_see(person, case, self.clinic):
            raise Refused("refused.not_found", reference=reference)
        return case

    async def preview_severity(
        self, reference: str, new: Severity, by: By
    ) -> tuple[DueChange, ...]:
        """What a change of severity would do to the deadlines."""
        case = await self.look(reference, by.person)
        async with self._store.look() as books:
            moment = await self.moment(books, by)
        return severity.severity_changes(case, new, moment)

    async def move(self, reference: str, location: str, reason: str, shown: str, by: By) -> Case:
        """Move the complaint from the location that was `shown` to another (a short name)."""
        return await self._act(
            reference, by, lambda c, m: moving.move(c, location, reason, shown, m)
        )

    async def preview_move(self, reference: str, location: str, by: By) -> tuple[DueChange, ...]:
        """What another location would do to the deadlines."""
        case = await self.look(reference, by.person)
        async with self._store.look() as books:
            moment = await self.moment(books, by)
        return moving.location_changes(case, location, moment)

    async def preview_policy(self) -> list[tuple[Case, tuple[DueChange, ...]]]:
        """The open complaints that stand under other rules, and what these would move."""
        async with self._store.look() as books:
            moment = await self.moment(books, By(BOT, "preview"))
            cases = await books.cases(Query(limit=EVERYTHING))
        return [
            (case, moving.policy_changes(case, moment))
            for case in cases
            if case.complaint.rules_id != moment.clinic.rules.id
        ]

    async def apply_policy(self, reference: str, by: By) -> Case:
        """Let an open complaint stand under the clinic file as it is now."""
        return await self._act(reference, by, moving.apply_policy)

    async def away(self, absence: Absence) -> None:
        """Record an absence; who covers is told."""
        person, cover = absence.person, absence.cover
        if cover == person:
            raise Refused("refused.cover_self")
        if cover is not None and self.clinic.person(cover) is None:
            raise Refused("refused.not_in_clinic_file")
        async with self._store.work() as unit:
            await unit.set_absence(absence)
            if cover is not None:
                since, until = absence.since.isoformat(), absence.until.isoformat()
                facts = {"absent": person, "since": since, "until": until}
                await unit.post([Message(Purpose.NOTICE, cover, "covering", facts)])
        self._wake()

    async def back(self, person: str) -> Absence | None:
        """End the absence that lasts, else the next one; who covered is told. Returns it."""
        async with self._store.work() as unit:
            ended = await unit.end_absence(person, self._clock.now())
            if ended is not None and ended.cover is not None:
                facts = {"absent": person}
                await unit.post([Message(Purpose.NOTICE, ended.cover, "covering_no_more", facts)])
        self._wake()
        return ended

    async def speak(self, person: str, language: str | None) -> None:
        """Answer this person in that language from now on (a code); None follows Slack."""
        async with self._store.work() as unit:
            await unit.set_language(person, language)
            await unit.post([Message(Purpose.HOME, person, "home")])
        self._wake()

    async def absences(self) -> Mapping[str, Absence]:
        """Who is away now, by person."""
        async with self._store.look() as books:
            return await books.absences(self._clock.now())

    async def reader(self, person: str) -> tuple[str | None, Mapping[str, Absence]]:
        """The language this person chose (None: Slack's), and who is away now."""
        async with self._store.look() as books:
            return await books.reader(person, self._clock.now())

    async def find(self, query: Query, person: str) -> tuple[Case, ...]:
        """The complaints of a query that this person may see, as many as the query's limit."""
        seen: list[Case] = []
        wanted = replace(query, limit=EVERYTHING)
        async with self._store.look() as books, aclosing(books.each(wanted)) as found:
            async for case in found:
                if may_see(person, case, self.clinic):
                    seen.append(case)
                if len(seen) == query.limit:
                    break
        return tuple(seen)

    async def severity(self, number: int) -> Severity:
        """How severe a complaint is."""
        async with self._store.look() as books:
            return (await books.case(number)).complaint.severity

    async def run_due(self) -> bool:
        """Do what the clock asks for now; True when there may be more."""
        now = self._clock.now()
        async with self._store.look() as books:
            due = await books.next_due()
        if due is None or due > now:
            return False
        until = now + self.clinic.pings.gather
        async with self._store.work() as unit:
            absences = await unit.absences(now)
            cases = await unit.due(now, until, BATCH)
            if len(cases) == BATCH:
                # So much at once is a catch-up: each person is to get one list of it all.
                cases = await unit.due_by_location(now, until, CATCH_UP)
            broken = await self._tick(unit, cases, absences, now)
            mornings = await unit.mornings_due(now)
            for location in mornings:
                await self._open_the_day(unit, location, absences, now)
            hand_overs = await unit.hand_overs_due(now)
            for location, before in hand_overs.items():
                await self._hand_over(unit, location, before, absences, now)
        self._wake()
        if broken is not None:
            raise broken
        # Nothing to do although something is due: another process is at it.
        return bool(cases or mornings or hand_overs)

    async def audit(self) -> Audit:
        """Whether every promise is watched and every reminder on its way, as of now."""
        async with self._store.look() as books:
            return await books.audit(self._clock.now())

    async def take_clinic(self, clinic: Clinic) -> None:
        """Work by this clinic file from now on; every location gets its next morning list."""
        self.clinic_file = clinic
        async with self._store.work() as unit:
            await self._watch_shifts(unit)
            known = await unit.morning_lists()
            for location in known.keys() - clinic.locations.keys():
                await unit.set_morning_list(location, None)
            for location in clinic.locations.keys() - known.keys():
                opening = self._next_opening(location, self._clock.now())
                await unit.set_morning_list(location, opening)
        self._wake()

    async def know_groups(self, members: Mapping[str, tuple[str, ...]]) -> None:
        """Who is in these Slack user groups now; where that changes who is on duty, it is said."""
        self.clinic_file = self._clinic.knowing_groups(members)
        now = self._clock.now()
        async with self._store.look() as books:
            known = await books.hand_overs()
        if any(self._clinic.on_shift(place, now) != people for place, people in known.items()):
            async with self._store.work() as unit:
                await self._watch_shifts(unit)
            self._wake()

    async def next_due(self) -> datetime | None:
        """When the clock has to look again, on the quarter second; None when nothing is ahead."""
        async with self._store.look() as books:
            due = await books.next_due()
        return None if due is None else due + (BEGINNING - due) % TOGETHER

    async def not_reached(self, number: int, reminder: Reminder) -> None:
        """Tell the next rung: this reminder's recipient can't be reached."""
        now = self._clock.now()
        async with self._store.work() as unit:
            case = await unit.case(number)
            outcome = fail_over(case, reminder, self.clinic, await unit.absences(now), now)
            await unit.save([(case, outcome)])
        self._wake()

    async def reply_delivered(self, number: int, sender: str, at: datetime, key: str) -> None:
        """What `sender` wrote to the client has reached her, at that instant (aware).

        The key makes it count once.
        """
        by = By(sender, "telegram", (key,))
        await self._act(
            f"C-{number}",
            by,
            lambda c, m: acts.reply_delivered(c, replace(m, now=min(at, m.now))),
        )

    async def client_unreachable(self, number: int, reason: str, key: str) -> None:
        """Nothing reaches the client who filed this herself; the key makes it count once."""
        by = By(BOT, "telegram", (key,))
        await self._act(f"C-{number}", by, lambda c, m: acts.reply_failed(c, reason, m))

    async def channel_unreachable(self, channel: str, reason: str) -> None:
        """Tell the admins that cards can't be posted in a channel; `reason` is Slack's word."""
        location = self.clinic.location_of_channel(channel)
        place = location.name if location else self.clinic.name
        facts = {"place": place, "reason": reason}
        async with self._store.work() as unit:
            await unit.post(
                [
                    Message(
                        Purpose.NOTICE,
                        self.clinic.admin_channel,
                        "admin_channel_unreachable",
                        facts,
                    )
                ]
            )
        self._wake()

    async def _tick(
        self, unit: Unit, cases: Sequence[Case], absences: Mapping[str, Absence], now: datetime
    ) -> Exception | None:
        """Do what the clock asks for; a case that can't be decided holds no other back."""
        looks, broken = self._looks(cases, absences, now)
        for look in looks:
            near = await unit.falling_due(look.gathering, BATCH)
            try:
                done = look.tick(near)
            except Exception as problem:
                done, broken = look.tick(), problem
            await unit.save(done.changes)
            await unit.post(done.pings)
            for number in done.hand_on:
                case = await unit.case(number)
                moment = await self.moment(unit, By(BOT, "clock"))
                await unit.save([(case, ownership.hand_on(case, moment))])
        return broken

    def _looks(
        self, cases: Sequence[Case], absences: Mapping[str, Absence], now: datetime
    ) -> tuple[list[Look], Exception | None]:
        try:
            return [Look(cases, self.clinic, absences, now)], None
        except Exception:
            looks, broken = [], None
            for case in cases:
                try:
                    looks.append(Look([case], self.clinic, absences, now))
                except Exception as problem:
                    broken = problem
            return looks, broken

    async def _open_the_day(
        self, unit: Unit, location: str, absences: Mapping[str, Absence], now: datetime
    ) -> None:
        here = await unit.cases(Query(location=location, limit=EVERYTHING))
        await unit.post(morning_lists(here, location, self.clinic, absences, now))
        await unit.set_morning_list(location, self._next_opening(location, now))

    async def _hand_over(
        self,
        unit: Unit,
        location: str,
        before: Sequence[str],
        absences: Mapping[str, Absence],
        now: datetime,
    ) -> None:
        here = await unit.cases(Query(location=location, limit=EVERYTHING))
        await unit.post(hand_over(here, location, before, self.clinic, absences, now))
        await self._set_shift(unit, location, now)

    async def _watch_shifts(self, unit: Unit) -> None:
        """Let the clock hand over at each change of who is on duty, at once where it has come."""
        now, known = self._clock.now(), await unit.hand_overs()
        for location in known.keys() | self._clinic.locations.keys():
            if not self._clinic.has_shifts(location):
                if location in known:
                    await unit.set_hand_over(location, None, None)
                continue
            before = known.get(location)
            if before is None or before == self._clinic.on_shift(location, now):
                await self._set_shift(unit, location, now)
            else:
                await unit.set_hand_over(location, now, before)

    async def _set_shift(self, unit: Unit, location: str, now: datetime) -> None:
        place = self._clinic.location(location)
        people = self._clinic.on_shift(location, now)
        await unit.set_hand_over(location, place.duty.next_change(now), people)

    def _next_opening(self, location: str, now: datetime) -> datetime:
        return self.clinic.location(location).hours.next_opening(now)

    async def _act(self, reference: str, by: By, decide: Callable[[Case, Moment], Outcome]) -> Case:
        number = number_of(reference)
        async with self._store.work() as unit:
            before = await self._case(unit, number)
            for key in by.keys:
                if await unit.already_done(key) is not None:
                    return before
            outcome = decide(before, await self.moment(unit, by))
            await unit.save([(before, outcome)], by.keys)
            case = await unit.case(number)
        self._wake()
        return case

    async def _case(self, books: Books, number: int) -> Case:
        try:
            return await books.case(number)
        except NoSuchComplaint:
            raise Refused("refused.not_found", reference=f"C-{number}") from None

    async def moment(self, books: Books, by: By) -> Moment:
        """What a decision now is given, for somebody who acts."""
        now = self._clock.now()
        absences = await books.absences(now)
        return Moment(by.person, by.door, now, self.clinic, absences, self.playbook, self.lexicon)
