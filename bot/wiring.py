"""Puts the parts together and runs them: database, desk, Slack app, clock loop, courier."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import ClientSession, ClientTimeout, TCPConnector
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.alarm import Alarm
from bot.books import read_lexicon, read_phrasebook, read_playbook
from bot.courier import Courier
from bot.loops import TROUBLE_PAUSE, BotActivity, Loop
from bot.metrics import Metrics
from bot.server import Server
from bot.watchdog import Watchdog
from flows.client_desk import ClientDesk
from flows.desk import Desk
from flows.policy import Clinic
from flows.ports import Clock, Store
from handlers.slack import register
from handlers.slack.calls import Doors
from handlers.slack.directory import Directory, unreachable
from handlers.slack.events import Events
from handlers.slack.pens import Pens
from handlers.slack.speaker import Speaker
from handlers.slack.trouble import CONNECTION, goes_by
from handlers.texts import Texts
from storage.database import Database
from storage.inbox import Event
from storage.replica import POLL

if TYPE_CHECKING:
    from bot.clients import Clients
    from handlers.telegram.speaker import TelegramSpeaker

log = structlog.get_logger()

SLACK_TIMEOUT_SECONDS = 10
KEPT_OPEN_SECONDS = 10
"""How long a connection to Slack waits for its next use: shorter than Slack would close it."""
GROUPS_SECONDS = 60.0
"""How often Slack is asked who is in the user groups that are on duty."""
PING_SECONDS = 5.0
"""How often a connection of Socket Mode is tried; silent for four times as long, it is replaced."""
DRAIN_SECONDS = 3.0
"""How long listeners and letters in flight are waited for at the end."""
CLOSE_SECONDS = 1.0
TRIES_AN_EVENT = 5
EVENT_SECONDS = 45.0
"""How long handling one may take; afterwards another process may have taken it on (LEASE)."""


@dataclass(frozen=True, slots=True)
class SlackAddress:
    """Which Slack to speak to, and as whom.

    It tells us what happens by Socket Mode, which takes the app-level token, or by HTTP requests
    that are signed with the secret: exactly one of the two is given.
    """

    api_url: str
    bot_token: str
    app_token: str | None = None
    signing_secret: str | None = None


@dataclass(frozen=True, slots=True)
class TelegramAddress:
    """Which Telegram to speak to, and as which bot."""

    api_url: str
    token: str


@dataclass(frozen=True, slots=True)
class Operation:
    """How the bot is run: where it serves (nowhere without a port), whom it tells all is well."""

    host: str = "127.0.0.1"
    port: int | None = None
    heartbeat_url: str | None = None


class Bot:
    """A running bot; its clinic may be replaced while it runs."""

    def __init__(
        self,
        slack: SlackAddress,
        database: Database,
        clinic: Clinic,
        clock: Clock,
        operation: Operation,
        telegram: TelegramAddress | None = None,
    ) -> None:
        self.metrics = Metrics()
        self.activity = BotActivity(clock)
        self._clock = clock
        self._database = database
        playbook, lexicon = read_playbook(clinic.playbook), read_lexicon(clinic.lexicon)
        self.desk = Desk(database.store, clinic, playbook, lexicon, clock, self._after_commit)
        # One for all calls: to connect anew for each costs more than the call.
        self._session = ClientSession(
            timeout=ClientTimeout(total=SLACK_TIMEOUT_SECONDS),
            connector=TCPConnector(keepalive_timeout=KEPT_OPEN_SECONDS),
        )
        client = AsyncWebClient(
            slack.bot_token,
            base_url=slack.api_url,
            session=self._session,
            retry_handlers=[],  # only the courier repeats a call
        )
        self._directory = directory = Directory(client, clock)
        texts = Texts.load()
        pens = Pens(texts, self.desk, directory, clock)
        doors = Doors(
            client=client,
            desk=self.desk,
            directory=directory,
            pens=pens,
            clock=clock,
            drafts=database.drafts,
            conversations=database.conversations,
            phrasebook=read_phrasebook,
            busy=self.activity.answering,
        )
        speaker = Speaker(client, database.store, database.people, self.desk, directory, pens)
        self._clients: Clients | None = None
        to_clients: TelegramSpeaker | None = None
        if telegram is not None:
            # Read only where it is wanted: it takes time and memory at each start.
            from bot.clients import Clients
            from handlers.telegram.speaker import TelegramSpeaker

            self._clients = Clients(
                *(telegram.api_url, telegram.token, self._write_update_down, database.lone_tasks)
            )
            desk = ClientDesk(database.store, self.desk, self._after_commit)
            self._clients.serve(desk, texts)
            telegram_bot = self._clients.application.bot
            to_clients = TelegramSpeaker(telegram_bot, database.store, self.desk, texts, clock)
        self._events = Events(doors, database.people, database.outbox.by_message)
        self._courier = Courier(
            *(database.outbox, speaker, to_clients, self.desk, clock),
            *(self.activity.busy, self.metrics),
        )
        # Bolt's own loggers take their level from this one.
        self._app = AsyncApp(
            client=client,
            signing_secret=slack.signing_secret,
            logger=logging.getLogger("slack_bolt"),
        )
        register(self._app, doors, self._write_down)
        self._app_token = slack.app_token
        self._socket = slack.app_token and AsyncSocketModeHandler(
            self._app, slack.app_token, ping_interval=PING_SECONDS
        )
        self.server: Server | None = None
        if operation.port is not None:
            by_http = self._app if slack.signing_secret is not None else None
            self.server = Server(self, operation.host, operation.port, by_http)
        changed = self.activity.has_changed
        courier, inbox = self._courier, database.inbox
        alarm = Alarm(client, self.desk, texts, clock, self.activity.busy)
        first = self.activity.answering
        self._due = Loop(
            *("clock", clock, self._run_due, self._next_due, changed, POLL, alarm.met),
            people_first=first,
        )
        self._delivery = Loop(
            *("courier", clock, courier.step, courier.next_due, changed, POLL), people_first=first
        )
        self._courier.done_with_one = self._delivery.wake
        self._courier.heard_again = self._after_commit
        self._inbox = Loop("inbox", clock, self._read_inbox, inbox.next_at, changed, POLL)
        self._watchdog = Watchdog(self.desk.audit, self.hears, alarm, operation.heartbeat_url)
        self.activity.loops = (self._due, self._delivery, self._inbox)
        self._connecting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def store(self) -> Store:
        """What the bot remembers."""
        return self._database.store

    async def verify(self, number: int) -> None:
        """Raise ChainBroken if a complaint's history is not as it was written."""
        await self._database.verify(number)

    async def start(self) -> None:
        """Connect to Slack and start working.

        Raises:
            DatabaseUnusable: another process works on the same SQLite file.
            slack_sdk.errors.SlackApiError: Slack refuses a token.
            aiohttp.ClientError: Slack can't be reached.
        """
        await self._database.replica.join(self._due.wake)
        self._directory.team = (await self._app.client.auth_test()).get("team_id")
        if self._app_token is not None:
            # The socket client would try a refused token again for ever without a word.
            await self._app.client.apps_connections_open(app_token=self._app_token)
        await self.desk.take_clinic(await self._as_slack_knows(self.desk.clinic_file))
        if self._socket:
            await self._socket.connect_async()
        if self.server is not None:
            await self.server.start()
        self._tasks = [
            asyncio.create_task(loop.run(), name=loop.name) for loop in self.activity.loops
        ]
        self._tasks.append(asyncio.create_task(self._watchdog.run(), name="watchdog"))
        self._tasks.append(asyncio.create_task(self._ask_for_groups(), name="groups"))
        if self._clients is not None:
            self._tasks.append(asyncio.create_task(self._clients.run(), name="clients"))

    async def hears(self) -> bool:
        """Whether Slack takes what we say, and can tell us what happens.

        A connection of Socket Mode that went silent is made anew.
        """
        if await self._courier.nobody_hears():
            return False
        try:
            await self._app.client.auth_test()
        except (SlackApiError, *CONNECTION) as problem:
            log.warning("slack_away", problem=type(problem).__name__)
            return False
        async with self._connecting:  # two at once would each end what the other has just made
            if not self._socket or await self._socket.client.is_connected():
                return True
            log.warning("socket_silent")
            await self._socket.client.connect_to_new_endpoint(force=True)
            # The silence was the old one's; else the new one would be replaced before it answers.
            self._socket.client.last_ping_pong_time = None
        return False

    async def take_clinic(self, clinic: Clinic) -> None:
        """Go by another clinic file from now on, with its playbook and lexicon.

        Raises:
            FolderError, PlaybookError, LexiconError: the clinic's own texts can't be used; nothing
                has changed.
        """
        playbook = await asyncio.to_thread(read_playbook, clinic.playbook)
        lexicon = await asyncio.to_thread(read_lexicon, clinic.lexicon)
        clinic = await self._as_slack_knows(clinic.knowing_groups(self.desk.clinic_file.groups))
        self.desk.playbook, self.desk.lexicon = playbook, lexicon
        await self.desk.take_clinic(clinic)

    async def unreachable(self) -> list[str]:
        """The channels and people of the clinic file that Slack doesn't know or let us reach."""
        return await unreachable(self._app.client, self.desk.clinic)

    async def stop(self) -> None:
        """Take nothing new, finish what is in flight, keep the rest for the next start."""
        if self.server is not None:
            await self.server.stop()
        if self._socket:
            with suppress(TimeoutError):
                # Slack owes us no answer to our good-bye.
                await asyncio.wait_for(self._socket.close_async(), CLOSE_SECONDS)
        for in_flight in (self.activity.answering, self.activity.busy):
            await in_flight.drained(DRAIN_SECONDS)
        pending = set(self._tasks)
        while pending:
            # Asked again: what a task is waiting in may swallow a cancellation.
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=CLOSE_SECONDS)
        await self._courier.stop()
        if self._clients is not None:
            await self._clients.stop()
        await self._session.close()

    async def _as_slack_knows(self, clinic: Clinic) -> Clinic:
        """The clinic, with who is in its channels and user groups."""
        groups = await self._directory.groups(clinic)
        return await self._directory.with_members(clinic.knowing_groups(groups))

    async def _ask_for_groups(self) -> None:
        while True:
            await asyncio.sleep(GROUPS_SECONDS)
            try:
                await self.learn_groups()
            except Exception:
                log.exception("groups_failed")

    async def learn_groups(self) -> None:
        """Ask Slack who is in the user groups now; it tells nobody by itself."""
        found = await self._directory.groups(self.desk.clinic_file)
        if found:
            await self.desk.know_groups(found)

    async def _run_due(self) -> bool:
        return not await self._courier.nobody_hears() and await self.desk.run_due()

    async def _next_due(self) -> datetime | None:
        return None if await self._courier.nobody_hears() else await self.desk.next_due()

    def _after_commit(self) -> None:
        self._due.wake()
        self._delivery.wake()

    async def _write_down(self, event_id: str, body: dict[str, Any]) -> None:
        person = str((body.get("event") or {}).get("user"))
        with self.activity.busy:
            await self._database.inbox.write_down(event_id, person, body, self._clock.now())
            self._inbox.wake()

    async def _write_update_down(self, event_id: str, address: str, update: dict[str, Any]) -> None:
        with self.activity.busy:
            lane = self._database.client_id(address)
            await self._database.inbox.write_down(event_id, lane, update, self._clock.now())
            self._inbox.wake()

    async def _read_inbox(self) -> bool:
        """Handle what waits: each person's events in order, nobody waiting for somebody else's."""
        events = await self._database.inbox.claim(self._clock.now())
        await asyncio.gather(*map(self._read, events))
        return bool(events)

    async def _read(self, event: Event) -> None:
        """Handle an event. It is over when it had its effect, or failed too often.

        What somebody wrote is kept as long as Slack is away; the rest is given up by and by.
        """
        inbox = self._database.inbox
        from_client = "update_id" in event.payload  # never given up: nothing she said is lost
        try:
            async with asyncio.timeout(EVENT_SECONDS):
                again = event.again or event.tries > 0
                if not from_client:
                    await self._events.handle(event.id, event.payload, again=again)
                elif self._clients is not None:
                    await self._clients.handle(dict(event.payload))
                else:
                    raise RuntimeError("there is no Telegram any more to handle it")
        except Exception as problem:
            words = (event.payload.get("event") or {}).get("type") == "message"
            tries = event.tries + (not (from_client or (words and goes_by(problem))))
            log.exception("event_failed", event_id=event.id, tries=tries)
            if tries < TRIES_AN_EVENT:
                await inbox.postpone(event.id, self._clock.now() + TROUBLE_PAUSE, tries)
                return
        finally:
            inbox.release(event.id)
        await inbox.done(event.id, self._clock.now())


@asynccontextmanager
async def running(
    slack: SlackAddress,
    database_url: str,
    keys: str,
    clinic: Clinic,
    clock: Clock,
    operation: Operation = Operation(),
    telegram: TelegramAddress | None = None,
) -> AsyncIterator[Bot]:
    """A bot at work for as long as the block lasts."""
    database = await Database.open(database_url, keys, now=clock.now)
    try:
        bot = Bot(slack, database, clinic, clock, operation, telegram)
        try:
            await bot.start()
            yield bot
        finally:
            await bot.stop()
    finally:
        await database.close()
