"""Filing by conversation, whatever is typed or pressed at whatever time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from flows_cast import CHLOE, ONE, moment
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from talk_cast import NEW, STEPS, Talk

from flows.conversation import Conversation, Stage
from flows.filing import file
from flows.questions import Question
from flows.standing import Refused

PHRASES = (
    "no", "yes", "settled", "还没有", "ya", "20 minutes ago", "昨天下午3点", "ayer", "tomorrow 9am",
    "at 1:30", "last week", "billing", "安全", "1", "2", "tres", "Mary Kay", "(415) 555-0132",
    "phone", "review", "微信", "uptown", "Chloe", "nobody", "back", "skip", "cancel", "go on",
    "anew", "file it", "ok", "不是紧急情况",
    "her lips are swelling and she can't breathe", "没有发烧，有点肿", "no puede respirar",
    "chest pain",
)  # fmt: skip
VALUES = (
    "no", "yes", "settled", "billing", "safety", "1", "3", "phone", "web", "downtown", "uptown",
    CHLOE, "U0ANA", "U0TEMP", "",
)  # fmt: skip
NIGHTS = (ONE, datetime(2026, 11, 1, 8, 20, tzinfo=UTC), datetime(2026, 3, 8, 9, 50, tzinfo=UTC))
"""A Friday, and the two nights when the clocks change."""
words = st.one_of(st.sampled_from(PHRASES), st.text(max_size=30))


class Somebody(RuleBasedStateMachine):
    """Somebody who types and presses anything at any time, and files whenever it can be filed."""

    @initialize(
        language=st.sampled_from(["en", "zh", "es"]),
        location=st.sampled_from([None, "downtown"]),
        now=st.sampled_from(NIGHTS),
        story=words,
    )
    def begins(self, language: str, location: str | None, now: datetime, story: str) -> None:
        self.talk = Talk(language, location, now)
        self.talk.begins(story)

    @rule(said=words)
    def says(self, said: str) -> None:
        self._does(f" {said}")

    @rule(step=st.sampled_from([name for name in STEPS if name != "not filed"]))
    def presses(self, step: str) -> None:
        self._does(f"[{step}]")

    @rule(value=st.one_of(st.sampled_from(VALUES), st.text(max_size=5)))
    def chooses(self, value: str) -> None:
        self._does(f"[={value}]")

    @rule(questions=st.integers(1, 11), number=st.integers(0, 4))
    def goes_along(self, questions: int, number: int) -> None:
        """Choose one of the options, or skip where there are none."""
        for _ in range(questions):
            options = self.talk.options
            one = f"={options[number % len(options)].rstrip('*')}" if options else "skip"
            self._does(f"[{one}]")

    @rule(count=st.sampled_from([1, 20, 59, 60, 1500]))
    def waits(self, count: int) -> None:
        self._does(f"+{count}m")

    @precondition(lambda self: self.talk.conversation.stage is Stage.FILING)
    @rule()
    def files(self) -> None:
        filing = self.talk.filing
        assert self.talk.conversation.story in filing.story
        assert self.talk.conversation.alarm in filing.story
        assert filing.received_at <= self.talk.now
        try:
            complaint = file(filing, moment("U0ANA", self.talk.now)).case.complaint
        except Refused:
            self._does("[not filed]")
        else:
            assert complaint.story == filing.story
            earlier = self.talk.conversation.earlier
            if self.talk.is_over():
                assert earlier is not None
                assert self.talk.conversation.answers == earlier.answers
                assert self.talk.conversation.story == earlier.story
            else:
                assert earlier is None
                self.talk.begins("client furious about the bill")

    @invariant()
    def nothing_is_lost(self) -> None:
        known, now = self.talk.conversation, self.talk.now
        assert Conversation.of_json(json.loads(json.dumps(known.to_json()))) == known
        assert all(at <= now for at in known.times.values())
        assert set(known.times) <= set(known.answers)
        assert known.begun_at <= known.touched_at <= now
        assert (known.stage is Stage.STOPPED) <= bool(known.alarm)
        if known.stage is Stage.SUMMARY:
            open_ones = set(Question) - set(known.answers)
            assert open_ones <= {Question.LOCATION} if known.location else not open_ones

    def _does(self, what: str) -> None:
        before = self.talk.conversation
        shown = self.talk.does(what)
        after = self.talk.conversation
        assert after.story.startswith(before.story)
        assert after.key == before.key
        if shown.split(" !")[1:]:
            assert replace(after, touched_at=before.touched_at) == before, "a slip changes nothing"
        if shown == NEW:
            self.talk.begins(what)


Somebody.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestWhateverComesIn = Somebody.TestCase
