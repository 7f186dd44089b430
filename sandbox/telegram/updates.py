"""What happened, told to the bot: kept until it is confirmed, by long polling or by webhook."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.clock import MovableClock, Signal
from sandbox.telegram.refusals import BotRefusal
from sandbox.workspace import Json

KEPT_FOR = timedelta(hours=24)
WEBHOOK_SECONDS = 10.0
TRIED_AGAIN_AFTER = timedelta(seconds=5)
_BETWEEN_POLLS_SECONDS = 2.0
"""Within this much real time a bot that has polled is taken to poll again."""
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True)
class Update:
    """One update, and when it happened."""

    id: int
    kind: str
    content: Json
    at: datetime

    def as_telegram(self) -> Json:
        """The Update object."""
        return {"update_id": self.id, self.kind: self.content}


@dataclass
class _Poll:
    """One getUpdates request that waits."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    """Ended by another one, or because whoever asked is gone."""


@dataclass
class Webhook:
    """Where the bot wants its updates sent."""

    url: str
    secret: str


class Updates:
    """The updates that the bot has not confirmed."""

    def __init__(self, clock: MovableClock) -> None:
        self.changed = Signal()
        self.webhook: Webhook | None = None
        self.last_trouble: str | None = None
        """Why the last delivery to the webhook failed."""
        self.allowed: set[str] | None = None
        self.each_twice = False
        """Whether each is told once more although it was confirmed, as happens at times."""
        self.shuffle: random.Random | None = None
        """Tells what is pending in another order than it happened."""
        self.told = 0
        """Grows with every answer that carried updates."""
        self._clock = clock
        self._pending: list[Update] = []
        self._told_once: set[int] = set()
        self._next_id = 100_000_000
        self._poll: _Poll | None = None
        self._to_deliver = asyncio.Event()
        self._polled_at = float("-inf")
        self._session: ClientSession | None = None
        self._delivering: asyncio.Task[None] | None = None
        self._again_at: datetime | None = None

    def tell(self, kind: str, content: Json) -> None:
        """Keep an update for the bot, if it wants that kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT
        if not wanted:
            return
        self._next_id += 1
        self._pending.append(Update(self._next_id, kind, content, self._clock.now()))
        self._wake()

    def waiting(self) -> bool:
        """Whether updates wait for a bot that is there to take them."""
        if not self._current():
            return False
        if self.webhook is not None:
            return self._again_at is None
        return self._poll is not None or self._polled_lately()

    def next_try(self) -> datetime | None:
        """When the webhook is tried again."""
        return self._again_at

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Confirm what is before `offset`, and give what comes after, waiting for it if need be.

        Raises:
            BotRefusal: another bot polls, or there is a webhook.
        """
        if self.webhook is not None:
            raise BotRefusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._confirm(offset)
        if self._poll is not None:
            self._poll.ended = True
            self._poll.news.set()
        mine = self._poll = _Poll()
        try:
            async with asyncio.timeout(seconds):
                while not (batch := self._batch(limit)):
                    mine.news.clear()
                    await mine.news.wait()
                    if mine.ended:
                        raise BotRefusal(
                            409,
                            "Conflict: terminated by other getUpdates request; "
                            "make sure that only one bot instance is running",
                        )
            self.told += 1
            return batch
        except TimeoutError:
            return []
        except asyncio.CancelledError:
            mine.ended = True  # the bot hung up, and is not about to poll again
            raise
        finally:
            if self._poll is mine:
                self._poll = None
                self._polled_at = float("-inf") if mine.ended else time.monotonic()
            self.changed.fire()

    def set_webhook(self, webhook: Webhook | None, *, drop_pending: bool) -> None:
        """Send updates there from now on; None: they wait to be polled."""
        self.webhook = webhook
        self._again_at = None
        if drop_pending:
            self._pending.clear()
        self._wake()

    def polled(self) -> bool:
        """Whether a bot waits for updates now."""
        return self._poll is not None

    def pending(self) -> int:
        """How many wait to be confirmed."""
        return len(self._current())

    async def start(self, session: ClientSession) -> None:
        """Begin to deliver to webhooks."""
        self._session = session
        self._delivering = asyncio.create_task(self._deliver())

    async def close(self) -> None:
        """Stop delivering, and end a poll."""
        if self._delivering is not None:
            self._delivering.cancel()
            await asyncio.gather(self._delivering, return_exceptions=True)
        if self._poll is not None:
            self._poll.ended = True
            self._poll.news.set()

    def _wake(self) -> None:
        self._to_deliver.set()
        if self._poll is not None:
            self._poll.news.set()
        self.changed.fire()

    def _polled_lately(self) -> bool:
        return time.monotonic() - self._polled_at < _BETWEEN_POLLS_SECONDS

    def _current(self) -> list[Update]:
        oldest = self._clock.now() - KEPT_FOR
        self._pending = [update for update in self._pending if update.at >= oldest]
        return self._pending

    def _batch(self, limit: int) -> list[Json]:
        batch = self._current()[:limit]
        if self.shuffle is not None:
            self.shuffle.shuffle(batch)
        return [update.as_telegram() for update in batch]

    def _confirm(self, offset: int) -> None:
        self._pending = [update for update in self._pending if not self._is_done(update, offset)]
        self.changed.fire()

    def _is_done(self, update: Update, offset: int) -> bool:
        if update.id >= offset:
            return False
        if self.each_twice and update.id not in self._told_once:
            self._told_once.add(update.id)
            return False
        return True

    async def _deliver(self) -> None:
        while True:
            self._to_deliver.clear()
            batch = self._batch(1)
            if self.webhook is None or not batch:
                await self._to_deliver.wait()
                continue
            if await self._posted(self.webhook, batch[0]):
                self._again_at = None
                self._confirm(batch[0]["update_id"] + 1)
                continue
            self._again_at = self._clock.now() + TRIED_AGAIN_AFTER
            self.changed.fire()
            while self._again_at is not None and self._clock.now() < self._again_at:
                await self._clock.sleep_until(self._again_at)
            self._again_at = None

    async def _posted(self, webhook: Webhook, update: Json) -> bool:
        assert self._session is not None  # noqa: S101
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        timeout = ClientTimeout(WEBHOOK_SECONDS)
        self.told += 1
        try:
            async with self._session.post(
                webhook.url, json=update, headers=headers, timeout=timeout
            ) as answer:
                self.last_trouble = None
                if answer.status // 100 != 2:
                    self.last_trouble = f"Wrong response from the webhook: {answer.status}"
        except (ClientError, TimeoutError) as problem:
            self.last_trouble = type(problem).__name__
        finally:
            self.told += 1
        return self.last_trouble is None
