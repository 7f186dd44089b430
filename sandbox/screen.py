"""What one person has before them: the messages they may see, and the things they can press."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.backend import Backend
from sandbox.forms import elements_of, said
from sandbox.reading import Reader
from sandbox.refusals import CannotDoError
from sandbox.views import View
from sandbox.workspace import BOT_USER, Channel, Json, Member, Message


@dataclass(frozen=True)
class InMessage:
    """A message as a place where things can be pressed."""

    channel: Channel
    message: Message


@dataclass(frozen=True)
class Control:
    """A button or select, and where it is."""

    place: InMessage | View
    block: Json
    element: Json

    def is_called(self, what: str) -> bool:
        """Whether a person would call it so: by action id, by that and value, or by its label."""
        action_id = self.element["action_id"]
        written = self.element.get("text") or self.element.get("placeholder") or {}
        return what in (action_id, f"{action_id} {self.element.get('value')}", written.get("text"))


class Screen:
    """The workspace through the eyes of one member."""

    def __init__(self, backend: Backend, member: Member) -> None:
        self._backend = backend
        self.member = member

    def channel(self, name: str) -> Channel:
        """A channel this person is in; `@amends` is their direct message with the bot."""
        workspace = self._backend.workspace
        if name.startswith("@"):
            if workspace.member(name) is not workspace.members[BOT_USER]:
                raise CannotDoError("the sandbox has direct messages with @amends only")
            return workspace.direct_message(self.member)
        channel = workspace.channel(name)
        if channel is None or self.member.id not in channel.members:
            raise CannotDoError(f"{self.member.handle} sees no channel {name!r}")
        return channel

    def messages(self, channel: Channel | None = None) -> list[InMessage]:
        """The messages this person can see, in one channel or in all of theirs, oldest first."""
        channels = [channel] if channel else self._backend.workspace.visible_channels(self.member)
        seen = [
            InMessage(each, message)
            for each in channels
            for message in each.messages
            if message.ephemeral_to in (None, self.member.id)
        ]
        return sorted(seen, key=lambda place: place.message.ts)

    def message(self, channel_name: str, ts: str) -> InMessage:
        """One message this person can see."""
        for place in self.messages(self.channel(channel_name)):
            if place.message.ts == ts:
                return place
        raise CannotDoError(f"{self.member.handle} sees no message {ts} in {channel_name}")

    def modal(self) -> View | None:
        """The modal in front of everything else."""
        return self._backend.views.top(self.member.id)

    def home(self) -> View | None:
        """The Home tab, if the bot has published one."""
        return self._backend.views.homes.get(self.member.id)

    def view(self, view_id: str) -> View:
        """The open modal or the Home tab, by id."""
        for view in (self.modal(), self.home()):
            if view is not None and view.id == view_id:
                return view
        raise CannotDoError(f"{self.member.handle} no longer sees the view {view_id}")

    def find(self, what: str, on: InMessage | View | None) -> Control:
        """What a person would press if told to press `what`: the modal hides all the rest."""
        if (modal := self.modal()) is not None:
            places: list[InMessage | View] = [modal]
        elif on is not None:
            places = [on]
        else:
            home = self.home()
            places = [*reversed(self.messages()), *([home] if home else [])]
        controls = [control for place in places for control in _controls(place)]
        for control in controls:
            if control.is_called(what):
                return control
        there = ", ".join(dict.fromkeys(c.element["action_id"] for c in controls)) or "nothing"
        where = "the open modal" if modal else "what was shown" if on else "any message or Home"
        raise CannotDoError(
            f"{self.member.handle} finds no {what!r} in {where}; to press there is: {there}"
        )

    def shown_message(self, place: InMessage) -> Json:
        """A message as the control API tells it."""
        channel, message = place.channel, place.message
        metadata = message.metadata or {}
        slack = message.as_slack()
        written_at = datetime.fromtimestamp(float(message.ts), ZoneInfo(self.member.tz))
        return {
            "ts": message.ts,
            "time": f"{written_at:%a %H:%M}",
            "channel": channel.id,
            "channel_name": "@amends" if channel.is_im else channel.name,
            "user": self._handle(message.user),
            "by_bot": message.by_bot,
            "text": message.text,
            "blocks": message.blocks,
            "event_type": metadata.get("event_type"),
            "event_payload": metadata.get("event_payload", {}),
            "thread_ts": message.thread_ts,
            "ephemeral": message.ephemeral_to is not None,
            "reactions": message.reactions,
            "buttons": {
                control.element["action_id"]: control.element["text"]["text"]
                for control in _controls(place)
                if control.element["type"] == "button"
            },
            "readable": self._reader().text_of(slack),
        }

    def shown_view(self, view: View) -> Json:
        """A modal or Home tab as the control API tells it."""
        slack = view.as_slack()
        title, submit = (slack.get(key) or {} for key in ("title", "submit"))
        return {
            "id": view.id,
            "callback_id": slack["callback_id"],
            "external_id": slack["external_id"],
            "private_metadata": slack["private_metadata"],
            "title": title.get("text", ""),
            "submit": submit.get("text", ""),
            "blocks": view.blocks,
            "values": self._values(view),
            "errors": view.errors,
            "trouble": view.trouble,
            "readable": self._reader().text_of(slack),
        }

    def _values(self, view: View) -> dict[str, Any]:
        values = {}
        for block in view.blocks:
            for action_id, entry in view.state.get(block["block_id"], {}).items():
                key = block["block_id"] if block["type"] == "input" else action_id
                values[key] = said(entry, self._handle)
        return values

    def _handle(self, user_id: str) -> str:
        return self._backend.workspace.members[user_id].handle

    def _reader(self) -> Reader:
        zone = ZoneInfo(self.member.tz)
        return Reader(zone, self._backend.clock.now(), self._backend.workspace.names())


def _controls(place: InMessage | View) -> Iterator[Control]:
    blocks = place.blocks if isinstance(place, View) else place.message.blocks
    for block in blocks:
        for element in elements_of(block):
            yield Control(place, block, element)
