"""The one recommended step: always one, in order, nothing offered before the client was heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

import flows.playbook
from flows.complaint import (
    Complaint,
    ComplaintType,
    Contact,
    Deadline,
    DeadlineKind,
    Remedy,
    Severity,
    State,
)
from flows.next_step import (
    LineStatus,
    NextStep,
    Playbook,
    assessment_finished,
    checklist,
    next_step,
)
from flows.playbook import STAGES, DoneBy, Phase, Who

FOLDER = Path(flows.playbook.__file__).parent
BOOK = Playbook.parse(
    {
        path.relative_to(FOLDER).as_posix(): path.read_text("utf-8")
        for path in FOLDER.rglob("*.toml")
    }
)
KINDS = list(product(ComplaintType, Severity))
NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
NUMBER = Contact("+1 212 555 0123", "+12125550123")
PROMISED = {
    DeadlineKind.ACKNOWLEDGE: timedelta(hours=1),
    DeadlineKind.FEEDBACK: timedelta(hours=24),
    DeadlineKind.RESOLVE: timedelta(hours=48),
    DeadlineKind.TAKE_CHARGE: timedelta(minutes=15),
    DeadlineKind.FOLLOW_UP: timedelta(days=14),
}


@dataclass
class Story:
    """A complaint that goes on as the Desk's verbs let it, without the Desk."""

    complaint: Complaint
    deadlines: list[Deadline]
    now: datetime = NOON

    @classmethod
    def of(
        cls,
        kind: ComplaintType = ComplaintType.RESULT,
        severity: Severity = Severity.MODERATE,
        contact: Contact | None = NUMBER,
        about_staff: str | None = None,
    ) -> Story:
        complaint = Complaint(
            location="main",
            type=kind,
            severity=severity,
            story="swollen, nobody warned me",
            filed_by="UANA",
            filed_at=NOON,
            received_at=NOON,
            owner="UANA",
            rules_id="r1",
            contact=contact,
            about_staff=about_staff,
        )
        story = cls(complaint, [])
        story.promise(DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE)
        if severity is Severity.SEVERE:
            story.promise(DeadlineKind.TAKE_CHARGE)
        return story

    def promise(self, *kinds: DeadlineKind) -> None:
        self.deadlines += [Deadline(k, self.now, self.now + PROMISED[k], self.now) for k in kinds]

    def keep(self, *kinds: DeadlineKind) -> None:
        self.deadlines = [
            replace(d, met_at=self.now) if d.kind in kinds and d.live else d for d in self.deadlines
        ]

    def change(self, **values: object) -> None:
        self.complaint = replace(self.complaint, **values)  # type: ignore[arg-type]

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def next(self) -> NextStep | None:
        return next_step(self.complaint, self.deadlines, BOOK, self.now)

    def step(self) -> str | None:
        found = self.next()
        return found.step if found else None

    def lines(self) -> list[tuple[str, str]]:
        found = checklist(self.complaint, self.deadlines, BOOK, self.now)
        return [(line.step, line.status.value) for line in found]

    def do(self) -> str:
        """Do the recommended step with its verb; says which it was."""
        step = self.next()
        assert step is not None
        match step.done_by:
            case DoneBy.NEXT_STEP_DONE:
                self.change(steps_done=(*self.complaint.steps_done, step.step))
                if step.step == "get_contact":
                    self.change(contact=NUMBER)
                assessed = assessment_finished(self.complaint, BOOK)
                if self.complaint.state is State.ACKNOWLEDGED and assessed:
                    self.change(state=State.INVESTIGATING)
            case DoneBy.ACKNOWLEDGE:
                self.acknowledge()
            case DoneBy.CONTACT:
                self.keep(DeadlineKind.FEEDBACK)
            case DoneBy.TAKE_CHARGE:
                self.keep(DeadlineKind.TAKE_CHARGE)
            case DoneBy.RESOLVE:
                self.resolve()
            case DoneBy.FOLLOW_UP_DONE:
                self.keep(DeadlineKind.FOLLOW_UP)
                closing = self.now + timedelta(days=7)
                self.deadlines.append(
                    Deadline(DeadlineKind.CUSTOM, self.now, closing, self.now, what="close")
                )
            case DoneBy.CLOSE:
                self.keep(DeadlineKind.CUSTOM)
                self.change(state=State.CLOSED, closed_at=self.now)
        self.wait(minutes=5)
        return step.step

    def acknowledge(self, how: str = "phone") -> None:
        self.keep(DeadlineKind.ACKNOWLEDGE)
        self.change(state=State.ACKNOWLEDGED, acknowledged_at=self.now, acknowledged_how=how)

    def resolve(self, *, accepted: bool | None = True) -> None:
        self.keep(*DeadlineKind)
        self.change(
            state=State.RESOLVED,
            resolved_at=self.now,
            acknowledged_at=self.complaint.acknowledged_at or self.now,
            remedy=Remedy.APOLOGY,
            remedy_accepted=accepted,
        )
        self.promise(DeadlineKind.FOLLOW_UP)

    def reopen(self) -> None:
        kept = (State.NEW, State.ACKNOWLEDGED)
        self.deadlines = [replace(d, dropped_at=self.now) if d.live else d for d in self.deadlines]
        self.change(
            state=State.INVESTIGATING,
            resolved_at=None,
            closed_at=None,
            remedy_accepted=None,
            times_reopened=self.complaint.times_reopened + 1,
            steps_done=tuple(s for s in self.complaint.steps_done if BOOK.stage_of(s) in kept),
        )
        self.promise(DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE)

    def walk(self, until: State | None = None) -> list[str]:
        """Do step after step until the complaint is in that stage, or nothing is left to do."""
        done: list[str] = []
        while self.next() is not None and self.complaint.state is not until:
            assert len(done) < 50, f"no end: {done}"
            done.append(self.do())
        return done


class TestTheWay:
    @pytest.mark.parametrize(("kind", "severity"), KINDS)
    @pytest.mark.parametrize("contact", [NUMBER, None], ids=["reachable", "no contact"])
    @pytest.mark.parametrize("about_staff", [None, "UBEN"], ids=["", "about staff"])
    def test_leads_from_new_to_closed_and_never_repeats_a_step(
        self,
        kind: ComplaintType,
        severity: Severity,
        contact: Contact | None,
        about_staff: str | None,
    ) -> None:
        story = Story.of(kind, severity, contact, about_staff)
        stages = []
        done: list[str] = []
        while (step := story.next()) is not None:
            stages.append(story.complaint.state)
            assert step.stage is story.complaint.state
            assert 1 <= step.number <= step.of
            done.append(story.do())
        assert len(done) == len(set(done))
        assert list(dict.fromkeys(stages)) == list(STAGES)
        assert story.complaint.state is State.CLOSED
        assert ("coach_colleague" in done) == (about_staff is not None)
        assert story.lines() == [(step, "done") for step in done]

    def test_of_a_minor_one_is_short(self) -> None:
        story = Story.of(ComplaintType.SERVICE, Severity.MINOR)
        assert story.walk() == ["call", "check_one", "settle", "follow_up", "close", "improve"]

    def test_of_the_published_case_is_the_published_one(self) -> None:
        story = Story.of(ComplaintType.RESULT, Severity.MODERATE)
        assert story.walk() == [
            "call",  # the client-care manager calls within the hour
            "agree_plan",
            "pull_records",
            "hear_colleague",
            "give_feedback",
            "clinician_explains",  # the treating doctor, one to one
            "recheck",  # accompanied
            "agree_remedy",
            "settle",  # a complimentary repair treatment
            "written_answer",
            "follow_up",  # after two weeks
            "close",
            "improve",  # the template for the talk before, and the aftercare FAQ
        ]

    def test_of_a_severe_one_has_the_crisis_procedure(self) -> None:
        story = Story.of(ComplaintType.PRIVACY, Severity.SEVERE)
        assert story.walk() == [
            "take_charge",
            "call",
            "stop_spread",
            "secure_records",
            "one_voice",
            "pull_records",
            "take_accounts",
            "give_feedback",
            "account_for_data",
            "agree_answer",
            "settle",
            "written_answer",
            "follow_up",
            "close",
            "review_together",
        ]

    def test_says_who_by_when_and_how_it_is_done(self) -> None:
        story = Story.of()
        assert story.next() == NextStep(
            step="call",
            stage=State.NEW,
            who=Who.OWNER,
            by=NOON + timedelta(hours=1),
            late=False,
            done_by=DoneBy.ACKNOWLEDGE,
            phase=Phase.LISTEN,
            number=1,
            of=1,
        )
        story.walk(until=State.INVESTIGATING)
        for _ in range(2):
            story.do()
        found = story.next()
        assert found is not None
        assert (found.step, found.number, found.of) == ("give_feedback", 3, 7)


class TestOrder:
    @pytest.mark.parametrize(("kind", "severity"), KINDS)
    def test_nothing_is_offered_before_the_client_was_heard(
        self, kind: ComplaintType, severity: Severity
    ) -> None:
        story = Story.of(kind, severity)
        story.wait(days=30)  # however late everything is
        seen = []
        while story.complaint.state is State.NEW:
            step = story.next()
            assert step is not None
            seen.append(step.phase)
            locked = {step for step, status in story.lines() if status == "locked"}
            assert "settle" in locked
            story.do()
        assert Phase.RESPOND not in seen

    def test_is_locked_behind_the_next_step(self) -> None:
        story = Story.of(ComplaintType.SERVICE, Severity.MODERATE)
        assert story.lines()[:4] == [
            ("call", "next"),
            ("agree_plan", "locked"),
            ("pull_records", "locked"),
            ("hear_colleague", "locked"),
        ]
        story.walk(until=State.INVESTIGATING)
        assert story.lines()[:4] == [
            ("call", "done"),
            ("agree_plan", "done"),
            ("pull_records", "next"),
            ("hear_colleague", "locked"),
        ]

    @pytest.mark.parametrize(("kind", "severity"), KINDS)
    def test_has_exactly_one_next_step(self, kind: ComplaintType, severity: Severity) -> None:
        story = Story.of(kind, severity, contact=None)
        while (step := story.next()) is not None:
            following = [name for name, status in story.lines() if status == "next"]
            assert following == [step.step]
            story.do()

    def test_moves_on_when_the_last_step_of_the_assessment_is_done(self) -> None:
        story = Story.of(ComplaintType.SAFETY, Severity.SEVERE)
        story.walk(until=State.ACKNOWLEDGED)
        for step in ("clinician_review", "secure_records"):
            assert story.do() == step
            assert not assessment_finished(story.complaint, BOOK)
        assert story.do() == "one_voice"
        assert assessment_finished(story.complaint, BOOK)


class TestWhatIsMissing:
    @pytest.mark.parametrize(("kind", "severity"), KINDS)
    def test_a_number_comes_first(self, kind: ComplaintType, severity: Severity) -> None:
        story = Story.of(kind, severity, contact=None)
        assert story.step() == "get_contact"
        story.wait(hours=5)
        assert story.step() == "get_contact"
        story.do()
        assert story.step() != "get_contact"

    @pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.INVESTIGATING, State.RESOLVED])
    def test_a_number_comes_first_in_later_stages_too(self, state: State) -> None:
        story = Story.of()
        story.walk(until=state)
        story.change(contact=None)
        assert story.step() == "get_contact"

    def test_a_number_added_by_editing_unlocks_the_call(self) -> None:
        story = Story.of(contact=None)
        story.change(contact=NUMBER)
        assert story.step() == "call"
        assert "get_contact" not in dict(story.lines())

    def test_after_an_attempt_the_step_is_to_try_again(self) -> None:
        story = Story.of()
        story.change(attempts=1)
        assert story.step() == "try_again"
        assert "call" not in dict(story.lines())
        story.do()
        assert story.step() == "agree_plan"
        assert dict(story.lines())["call"] == "done"

    def test_a_voicemail_is_not_listening(self) -> None:
        story = Story.of(ComplaintType.BILLING, Severity.MINOR)
        story.change(attempts=1)
        story.acknowledge("voicemail")
        assert story.walk(until=State.INVESTIGATING) == ["reach_after_voicemail", "check_one"]

    def test_what_was_raised_late_gets_its_crisis_steps(self) -> None:
        story = Story.of(ComplaintType.SERVICE, Severity.MODERATE)
        story.walk(until=State.INVESTIGATING)
        assert story.do() == "pull_records"
        story.change(severity=Severity.SEVERE)
        story.promise(DeadlineKind.TAKE_CHARGE)
        assert story.walk(until=State.RESOLVED)[:4] == [
            "take_charge",
            "secure_records",
            "one_voice",
            "take_accounts",
        ]

    def test_what_was_lowered_is_assessed_anew_but_keeps_what_was_done(self) -> None:
        story = Story.of(ComplaintType.SERVICE, Severity.SEVERE)
        story.walk(until=State.ACKNOWLEDGED)
        assert story.do() == "secure_records"
        story.change(severity=Severity.MODERATE)
        assert story.step() == "agree_plan"
        assert dict(story.lines())["secure_records"] == "done"

    def test_an_assessment_without_anything_left_does_not_hold_up_the_next_stage(self) -> None:
        story = Story.of(ComplaintType.SERVICE, Severity.MODERATE)
        story.acknowledge()
        story.change(steps_done=("agree_plan",))
        assert story.step() == "pull_records"

    def test_a_refused_remedy_or_a_low_rating_brings_in_the_supervisor(self) -> None:
        story = Story.of()
        story.walk(until=State.INVESTIGATING)
        story.resolve(accepted=False)
        assert story.step() == "still_unhappy"
        story = Story.of()
        story.walk(until=State.RESOLVED)
        assert story.do() == "written_answer"
        assert story.do() == "follow_up"
        story.change(rating=3)
        assert story.walk() == ["still_unhappy", "close", "improve"]


class TestWhatIsLate:
    @pytest.mark.parametrize("kind", ComplaintType)
    def test_a_late_call_comes_before_taking_charge(self, kind: ComplaintType) -> None:
        story = Story.of(kind, Severity.SEVERE)
        story.wait(minutes=59)
        assert story.step() == "take_charge"
        story.wait(minutes=1)
        found = story.next()
        assert found is not None
        assert (found.step, found.late) == ("call", True)
        assert story.do() == "call"
        assert story.step() == "take_charge"

    def test_a_late_second_attempt_comes_before_taking_charge(self) -> None:
        story = Story.of(severity=Severity.SEVERE)
        story.change(attempts=2)
        story.wait(hours=1)
        assert story.step() == "try_again"

    def test_late_feedback_comes_before_looking_further(self) -> None:
        story = Story.of(ComplaintType.BILLING, Severity.MODERATE)
        story.walk(until=State.INVESTIGATING)
        assert story.step() == "pull_records"
        story.wait(hours=24)
        assert story.do() == "give_feedback"
        assert story.step() == "pull_records"

    def test_a_late_resolution_skips_no_step(self) -> None:
        story = Story.of(ComplaintType.BILLING, Severity.MODERATE)
        story.walk(until=State.INVESTIGATING)
        story.keep(DeadlineKind.FEEDBACK)
        story.wait(days=5)
        assert story.step() == "pull_records"
        story.do()
        found = story.next()
        assert found is not None
        assert (found.step, found.late) == ("hear_colleague", True)

    def test_a_follow_up_that_is_due_comes_before_the_letter(self) -> None:
        story = Story.of()
        story.walk(until=State.RESOLVED)
        assert story.step() == "written_answer"
        story.wait(days=14)
        assert story.step() == "follow_up"

    def test_a_custom_deadline_counts_only_for_the_verb_it_was_set_for(self) -> None:
        story = Story.of(severity=Severity.MINOR)
        story.walk(until=State.RESOLVED)
        story.do()
        reminder = Deadline(DeadlineKind.CUSTOM, NOON, NOON, NOON, what="contact")
        story.deadlines.insert(0, reminder)
        found = story.next()
        assert found is not None
        assert found.step == "close"
        assert found.by is not None
        assert found.by > story.now
        assert not found.late

    def test_a_promise_that_is_over_gives_no_time(self) -> None:
        story = Story.of()
        story.walk(until=State.INVESTIGATING)
        story.keep(DeadlineKind.FEEDBACK)
        found = story.next()
        assert found is not None
        assert (found.step, found.by, found.late) == ("pull_records", None, False)


class TestComingBack:
    def test_a_reopened_complaint_is_heard_again_first(self) -> None:
        story = Story.of(ComplaintType.BILLING, Severity.MODERATE)
        story.walk(until=State.RESOLVED)
        story.reopen()
        assert story.walk(until=State.RESOLVED) == [
            "hear_again",
            "pull_records",
            "hear_colleague",
            "bill_together",
            "agree_remedy",
            "settle",
        ]
        story.reopen()
        assert story.step() == "hear_again"

    def test_one_settled_at_the_desk_shows_only_what_was_done(self) -> None:
        story = Story.of(ComplaintType.SERVICE, Severity.MINOR)
        story.resolve()
        assert story.lines() == [
            ("call", "done"),
            ("settle", "done"),
            ("follow_up", "next"),
            ("close", "locked"),
            ("improve", "locked"),
        ]

    def test_resolving_at_once_does_not_claim_the_contacts_in_between(self) -> None:
        story = Story.of(ComplaintType.SERVICE, Severity.SEVERE)
        story.resolve()
        assert [step for step, status in story.lines() if status == "done"] == ["call", "settle"]

    def test_a_withdrawn_one_has_nothing_left_to_do(self) -> None:
        story = Story.of(severity=Severity.SEVERE)
        story.deadlines = [replace(d, dropped_at=NOON) for d in story.deadlines]
        story.change(state=State.WITHDRAWN)
        assert story.next() is None
        assert story.lines() == []

    def test_a_closed_one_ends_with_its_improvement(self) -> None:
        story = Story.of()
        story.walk(until=State.CLOSED)
        assert story.step() == "improve"
        story.do()
        assert story.next() is None
        found = checklist(story.complaint, story.deadlines, BOOK, story.now)
        assert {line.status for line in found} == {LineStatus.DONE}

    def test_a_step_the_playbook_no_longer_has_does_no_harm(self) -> None:
        story = Story.of()
        story.change(steps_done=("a_step_of_last_year",))
        assert story.step() == "call"
