"""Tells the admins what is wrong with us: the database can't be used, reminders come late.

That is told straight to Slack: what would otherwise tell them stands in the database, or is late.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.loops import Busy
from flows.desk import Desk
from flows.ports import Clock
from handlers.slack.ids import EVENT_PREFIX
from handlers.slack.own_messages import find
from handlers.slack.trouble import CONNECTION
from handlers.texts import Texts
from storage.errors import is_database_trouble

log = structlog.get_logger()

TOLD_AFTER = timedelta(minutes=1)
"""A database that comes back sooner is nobody's trouble: everything is tried again."""
TOLD_ONCE_IN = timedelta(hours=1)
"""Of several processes one tells."""


class Alarm:
    """Whether the database can be used, by what the loops meet; told once each way."""

    def __init__(
        self, client: AsyncWebClient, desk: Desk, texts: Texts, clock: Clock, busy: Busy
    ) -> None:
        self._client = client
        self._desk = desk
        self._texts = texts
        self._clock = clock
        self._busy = busy
        self._since: datetime | None = None
        self._told = False

    async def met(self, problem: Exception | None) -> None:
        """Take note of what became of a step: None if it went well."""
        if problem is None:
            told, self._since, self._told = self._told, None, False
            if told:
                await self.tell("admin_database_back")
        elif is_database_trouble(problem):
            now = self._clock.now()
            self._since = self._since or now
            if not self._told and now - self._since >= TOLD_AFTER:
                self._told = True
                await self.tell("admin_database_away")

    async def tell(self, key: str, **facts: str) -> None:
        """Tell the admins a notice, unless they were told the same within the last hour."""
        clinic = self._desk.clinic
        language = clinic.location(clinic.default_location).languages[0]
        text = self._texts.sentence(language, f"notice.{key}", facts)
        mark = {"mark": " ".join((key, *facts.values()))}
        channel = clinic.admin_channel
        try:
            with self._busy:
                recently = self._clock.now() - TOLD_ONCE_IN
                if await find(self._client, channel, mark, recently) is None:
                    await self._client.chat_postMessage(
                        channel=channel,
                        text=text,
                        metadata={"event_type": EVENT_PREFIX + key, "event_payload": mark},
                    )
        except (SlackApiError, *CONNECTION) as problem:
            log.warning("alarm_lost", key=key, problem=type(problem).__name__)
