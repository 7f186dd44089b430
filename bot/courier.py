"""The courier: takes letters from the outbox, in order a conversation, and repeats what failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.loops import Busy
from bot.metrics import Metrics
from flows.client import REPLY, TO_CLIENT
from flows.complaint import Reminder, Severity
from flows.desk import By, Desk
from flows.ladder import BOT
from flows.ports import Clock, Letter, PostedAt, Purpose
from handlers.slack.speaker import Speaker
from handlers.trouble import NotNow, Undeliverable
from storage.errors import is_database_trouble
from storage.outbox import AWAY, Head, Outbox

if TYPE_CHECKING:
    from handlers.telegram.speaker import TelegramSpeaker

log = structlog.get_logger()

AT_ONCE = 8
"""How many conversations are served at the same time."""
SENDING_SECONDS = 45.0
"""How long a letter may take; afterwards another process may have taken it on (LEASE)."""
FIRST_PAUSE = timedelta(seconds=2)
POSTS = frozenset({Purpose.CARD, Purpose.THREAD, Purpose.PING, Purpose.NOTICE})
"""What people are told by; a Home tab or a redraw that fails silences nobody."""
LONGEST_PAUSE = timedelta(minutes=1)
TRIES_OF_A_BROKEN_LETTER = 5
"""How often something that can't even be drawn or read is tried."""


@dataclass(slots=True)
class Pace:
    """One call `every` so often, with a short burst, for each key."""

    every: timedelta
    burst: int
    _free_at: dict[str, datetime] = field(default_factory=dict)

    def wait_until(self, key: str, now: datetime) -> datetime | None:
        """None when it may be made now (and is counted), else when it may.

        Not later than it could be by what it may do now: the clock may have been set back.
        """
        latest = now + self.burst * self.every
        self._free_at[key] = free_at = min(max(self._free_at.get(key, now), now), latest)
        if free_at - now >= self.burst * self.every:
            return free_at - (self.burst - 1) * self.every
        self._free_at[key] = free_at + self.every
        return None

    def not_made(self, key: str) -> None:
        """The call that was counted was not made."""
        self._free_at[key] -= self.every


class Courier:
    """Delivers what was committed. Only it repeats a call; it never loses or doubles a letter."""

    def __init__(
        self,
        outbox: Outbox,
        speaker: Speaker,
        clients: TelegramSpeaker | None,
        desk: Desk,
        clock: Clock,
        busy: Busy,
        metrics: Metrics,
    ) -> None:
        self._metrics = metrics
        self._outbox = outbox
        self._speaker = speaker
        self._clients = clients
        self._desk = desk
        self._clock = clock
        self._busy = busy
        self.done_with_one: Callable[[], None] = lambda: None
        """Called when a conversation is free for its next letter."""
        self.heard_again: Callable[[], None] = lambda: None
        """Called when Slack takes messages again."""
        # Slack takes one message a second and channel, and some 50 edits a minute in all; both
        # with short bursts (platform.md).
        self._posts = Pace(timedelta(seconds=1), burst=3)
        self._edits = Pace(timedelta(seconds=1.2), burst=10)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._paced: datetime | None = None
        self._slack_is_away = False
        self._reported: set[str] = set()

    async def nobody_hears(self) -> bool:
        """Whether Slack takes no messages, so that no ladder goes on meanwhile.

        Only as long as there is a letter that finds out when it does again.
        """
        return self._slack_is_away and await self._outbox.waits_for_slack()

    async def step(self) -> bool:
        """Start on the conversations that have a letter to send; whether there may be more."""
        now = self._clock.now()
        self._paced = None
        chosen: dict[int, Head] = {}
        for head in await self._outbox.heads(now):
            if head.lane in self._under_way or len(self._under_way) + len(chosen) >= AT_ONCE:
                continue
            pace, key = self._pace_of(head)
            later = pace.wait_until(key, now)
            if later is not None:
                self._paced = min(self._paced or later, later)
                continue
            chosen[head.id] = head
        if not chosen:
            return False
        for letter in await self._outbox.claim(chosen.keys(), now):
            del chosen[letter.id]
            self._under_way[letter.lane] = asyncio.create_task(self._deliver(letter))
        for taken_by_another in chosen.values():
            pace, key = self._pace_of(taken_by_another)
            pace.not_made(key)
        return len(self._under_way) < AT_ONCE

    def _pace_of(self, head: Head) -> tuple[Pace, str]:
        return (self._edits, "workspace") if head.redraws else (self._posts, head.lane)

    async def next_due(self) -> datetime | None:
        """When a letter may be sent that could not be sent yet."""
        postponed = await self._outbox.next_at()
        now = self._clock.now()
        if postponed is not None and postponed <= now:
            postponed = None  # under way, or waiting for its pace
        dues = [due for due in (postponed, self._paced) if due is not None]
        return min(dues, default=None)

    async def stop(self) -> None:
        """Give up what is under way; it stays in the outbox and is looked for at the next start."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, letter: Letter) -> None:
        with self._busy:
            try:
                await self._send(letter)
            except Exception as problem:
                log.exception("letter_failed", letter=letter.id, key=letter.key)
                if is_database_trouble(problem):
                    pass  # as if we had been stopped: it is uncertain, and taken up again
                # A letter that can't be drawn must not silence its conversation for good.
                elif letter.attempts < TRIES_OF_A_BROKEN_LETTER:
                    await self._postpone(letter, None, "error", uncertain=True)
                else:
                    await self._give_up(letter, "error")
            finally:
                self._outbox.release(letter.id)
                del self._under_way[letter.lane]
                self.done_with_one()

    async def _send(self, letter: Letter) -> None:
        try:
            async with asyncio.timeout(SENDING_SECONDS):
                if letter.purpose is Purpose.PING:
                    await self._mind_do_not_disturb(letter)
                posted = await self._say(letter)
        except TimeoutError:
            await self._postpone(letter, None, "too_slow", uncertain=True)
            return
        except NotNow as later:
            uncertain = letter.uncertain or later.uncertain
            if later.seconds is not None or _is_to_client(letter):
                await self._postpone(letter, later.seconds, later.reason, uncertain=uncertain)
                return
            if letter.purpose in POSTS and not self._slack_is_away:
                self._slack_is_away = True
                log.warning("slack_is_away", reason=later.reason)
            await self._postpone(letter, None, AWAY + later.reason, uncertain=uncertain)
            return
        except Undeliverable as problem:
            await self._slack_answers(letter)
            await self._give_up(letter, problem.reason)
            return
        await self._slack_answers(letter)
        if posted is None:
            await self._outbox.drop(letter.id)
            return
        now = self._clock.now()
        if letter.key == REPLY and letter.number is not None:
            at, sender = posted.at or now, str(letter.facts["sender"])
            await self._desk.reply_delivered(letter.number, sender, at, _arrived(letter))
        await self._outbox.delivered(letter.id, posted.channel, posted.ts, now)
        self._metrics.letter("sent", (now - letter.created_at).total_seconds())

    async def _say(self, letter: Letter) -> PostedAt | None:
        if not _is_to_client(letter):
            return await self._speaker.say(letter)
        if self._clients is None:
            raise NotNow("no_telegram")
        if letter.key == REPLY and await self._desk.done_before(By(BOT, "", (_arrived(letter),))):
            return PostedAt(letter.to, "")  # it was delivered, only not yet noted as such
        return await self._clients.say(letter)

    async def _slack_answers(self, letter: Letter) -> None:
        """After an outage everything that waited for its end goes out now."""
        if self._slack_is_away and letter.purpose in POSTS and not _is_to_client(letter):
            self._slack_is_away = False
            log.info("slack_answers_again")
            await self._outbox.hasten()
            self.heard_again()

    async def _give_up(self, letter: Letter, reason: str) -> None:
        log.warning("undeliverable", letter=letter.id, key=letter.key, reason=reason)
        self._metrics.letter("failed")
        # The next rung first: should we stop in between, the letter fails again, and telling the
        # next rung twice does nothing; the other way round nobody would be told.
        await self._fail_over(await self._outbox.reminders(letter.id))
        if _is_to_client(letter) and letter.number is not None:
            await self._desk.client_unreachable(letter.number, reason, f"lost:{letter.id}")
        await self._outbox.failed(letter.id, reason, self._clock.now())
        if letter.purpose is Purpose.CARD and letter.to not in self._reported:
            self._reported.add(letter.to)
            await self._desk.channel_unreachable(letter.to, reason)

    async def _postpone(
        self, letter: Letter, seconds: float | None, reason: str, *, uncertain: bool
    ) -> None:
        pause = (
            timedelta(seconds=seconds)
            if seconds is not None
            else min(FIRST_PAUSE * 2 ** min(letter.attempts, 10), LONGEST_PAUSE)
        )
        if not self._slack_is_away:  # else each letter would say so once a minute
            log.warning("postponed", letter=letter.id, key=letter.key, reason=reason)
        self._metrics.letter("postponed")
        until = self._clock.now() + pause
        await self._outbox.postpone(letter.id, until, reason, uncertain=uncertain)

    async def _fail_over(self, reminders: list[tuple[int, Reminder]]) -> None:
        for number, reminder in reminders:
            await self._desk.not_reached(number, reminder)

    async def _mind_do_not_disturb(self, letter: Letter) -> None:
        """Slack stays silent for a person in do-not-disturb: severe cases go up at once as well."""
        reminders = await self._outbox.reminders(letter.id)
        severe = [
            (number, reminder)
            for number, reminder in reminders
            if await self._desk.severity(number) is Severity.SEVERE
        ]
        if severe and await self._speaker.disturbs_not(letter.to, self._clock.now()):
            await self._fail_over(severe)


def _arrived(letter: Letter) -> str:
    """What makes the delivery of a letter count once."""
    return f"arrived:{letter.id}"


def _is_to_client(letter: Letter) -> bool:
    return letter.to.startswith(TO_CLIENT)
