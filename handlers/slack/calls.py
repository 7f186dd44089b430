"""One call from Slack: who asks, from where, and how to answer; trouble is told kindly."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from flows.desk import By, Desk
from flows.phrasebook import Phrasebook
from flows.ports import Case, Clock, Conversations, Drafts
from flows.standing import Refused
from handlers.slack.directory import Directory
from handlers.slack.pen import Pen
from handlers.slack.pens import Pens
from handlers.slack.pictures import Picture, answers
from handlers.slack.pictures.blocks import ANSWER
from handlers.slack.trouble import CONNECTION, error_of

log = structlog.get_logger()

Listener = Callable[["Call"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Doors:
    """What the listeners work with."""

    client: AsyncWebClient
    desk: Desk
    directory: Directory
    pens: Pens
    clock: Clock
    drafts: Drafts
    conversations: Conversations
    phrasebook: Callable[[], Phrasebook]
    """Read when first asked for: a start has no need of its many patterns."""
    busy: AbstractContextManager[object]
    commits: set[asyncio.Task[Case]] = field(default_factory=set)
    """Commits that took longer than their form could wait; kept, or they would be collected."""

    async def is_outsider(self, person: str) -> bool:
        """Whether it is a guest or of another workspace; never who is in the clinic file."""
        if self.desk.clinic.person(person) is not None:
            return False
        return (await self.directory.member(person)).outsider

    async def learn_members(self) -> None:
        """Learn anew who reads the managers' channel: people join it."""
        self.desk.clinic_file = await self.directory.with_members(self.desk.clinic_file)


class Outsider(Exception):
    """A guest or a stranger: refused kindly."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command, shortcut, button or submitted form."""

    doors: Doors
    body: Mapping[str, Any]
    ack: AsyncAck

    @property
    def desk(self) -> Desk:
        return self.doors.desk

    @property
    def person(self) -> str:
        """The Slack user id of who asks."""
        user = self.body.get("user")
        return str(user["id"] if isinstance(user, dict) else self.body["user_id"])

    @property
    def submits(self) -> bool:
        """Whether it is a form sent in: those are answered only when what they say is saved."""
        return self.body.get("type") == "view_submission"

    @property
    def trigger(self) -> str:
        return str(self.body["trigger_id"])

    @property
    def view(self) -> Mapping[str, Any]:
        """The modal or Home tab it came from; empty when it came from elsewhere."""
        return self.body.get("view") or {}

    @property
    def channel(self) -> str | None:
        """The channel it came from, or that the form was opened from."""
        if "channel_id" in self.body:
            return str(self.body["channel_id"])
        channel = self.body.get("channel")
        if isinstance(channel, dict):
            return str(channel["id"])
        return self.notes.get("channel")

    @property
    def elsewhere(self) -> bool:
        """Whether it came from a channel or an answer: a ping itself shows what came of it."""
        in_answer = any(a.get("block_id") == ANSWER for a in self.body.get("actions", ()))
        return in_answer or (self.channel is not None and not self.channel.startswith("D"))

    @property
    def notes(self) -> dict[str, Any]:
        """What the form carries along (ids only)."""
        found = self.view.get("private_metadata")
        return dict(json.loads(found)) if found else {}

    @property
    def action(self) -> Mapping[str, Any]:
        """The button or select that was used."""
        return dict(self.body["actions"][0])

    def by(self, door: str, *more: str) -> By:
        """The actor, with the ids that make the act happen only once."""
        keys = [f"{door}:{key}" for key in more]
        return By(self.person, door, tuple(keys) or (f"trigger:{self.trigger}",))

    async def pen(self) -> Pen:
        """A pen in the words of who asks."""
        return await self.doors.pens.for_person(self.person)

    async def check_insider(self) -> None:
        """Raise Outsider for guests and people of other workspaces."""
        if await self.doors.is_outsider(self.person):
            raise Outsider

    async def show(self, view: View) -> None:
        """Open a form: on top of the modal it was asked from, else by itself."""
        if self.view.get("type") == "modal":
            await self.doors.client.views_push(trigger_id=self.trigger, view=view)
        else:
            await self.doors.client.views_open(trigger_id=self.trigger, view=view)

    async def tell(self, picture: Picture, *, thread_ts: str | None = None) -> None:
        """Answer only this person: where they are if we are there too, else in a DM."""
        await tell(self.doors, self.person, self.channel, picture, thread_ts=thread_ts)


async def tell(
    doors: Doors,
    person: str,
    channel: str | None,
    picture: Picture,
    *,
    thread_ts: str | None = None,
) -> None:
    """An answer to one person, best effort; what must not be lost goes through the outbox."""
    blocks = [block.to_dict() for block in picture.blocks]
    try:
        if channel is not None and not channel.startswith("D"):
            try:
                await doors.client.chat_postEphemeral(
                    channel=channel,
                    user=person,
                    text=picture.text,
                    blocks=blocks,
                    thread_ts=thread_ts,
                )
            except SlackApiError as problem:
                if error_of(problem) not in NOT_THERE:
                    raise
            else:
                return
        await doors.client.chat_postMessage(
            channel=person, text=picture.text, blocks=blocks, unfurl_links=False
        )
    except (SlackApiError, *CONNECTION) as problem:
        log.warning("answer_lost", problem=type(problem).__name__)


NOT_THERE = ("channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived")


def kindly(doors: Doors, listener: Listener) -> Callable[..., Awaitable[None]]:
    """Wrap a listener: nobody is left with silence, and nothing raises into Bolt.

    Bolt would forget an ack that is followed by an exception within 10 ms (platform.md), so
    whatever happens ends here: rules that say no are told as they are, trouble under a short
    code that is also in the log.
    """

    async def run(ack: AsyncAck, body: dict[str, Any]) -> None:
        call = Call(doors, body, ack)
        with doors.busy:
            try:
                if not call.submits:
                    await ack()
                await call.check_insider()
                await listener(call)
            except Outsider:
                refusal = answers.outsider(await call.pen())
                if call.submits:
                    await _keep_open(call, refusal.text)
                else:
                    await call.tell(refusal)
            except Refused as no:
                await _refuse(call, no)
            except Exception:
                code = secrets.token_hex(2).upper()
                log.exception("listener_failed", code=code)
                trouble = answers.trouble(code, await _pen_in_trouble(call))
                if call.submits:
                    await _keep_open(call, trouble.text)
                else:
                    await call.tell(trouble)

    return run


async def _pen_in_trouble(call: Call) -> Pen:
    try:
        return await call.pen()
    except Exception:  # the trouble may be that nothing can be read
        return await call.doors.pens.without_memory(call.person)


async def _refuse(call: Call, no: Refused) -> None:
    pen = await call.pen()
    if call.submits:
        await _keep_open(call, answers.reason(no, pen), no.field)
    else:
        await call.tell(answers.refused(no, pen))


async def _keep_open(call: Call, reason: str, field: str | None = None) -> None:
    """Leave the form open with what was typed, the reason at the field it belongs to."""
    inputs = [block["block_id"] for block in call.view["blocks"] if block["type"] == "input"]
    where = field if field is not None and field in inputs else inputs[0]
    await call.ack(response_action="errors", errors={where: reason})
