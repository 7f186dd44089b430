"""What is said in channels, and the events it causes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sandbox.events import Events
from sandbox.workspace import BOT_USER, Channel, Json, Message


class Conversations:
    """Writes messages and reactions into channels, and tells the bot what it subscribed to."""

    def __init__(self, events: Events, next_ts: Callable[[], str]) -> None:
        self._events = events
        self._next_ts = next_ts

    def post(self, channel: Channel, message: Message) -> None:
        """Add a new message; an ephemeral one causes no event."""
        channel.messages.append(message)
        if message.ephemeral_to is not None:
            return
        event = message.as_slack(with_metadata=True)
        self._tell(channel, event, event_ts=message.ts)
        mentioned = f"<@{BOT_USER}" in message.text and not message.by_bot
        if mentioned and not channel.is_im and BOT_USER in channel.members:
            place = {"channel": channel.id, "event_ts": message.ts}
            self._events.tell("app_mention", event | place | {"type": "app_mention"})

    def edit(self, channel: Channel, message: Message, text: str, blocks: Iterable[Json]) -> None:
        """Give a message another text."""
        before = message.as_slack(with_metadata=True)
        message.text, message.blocks, message.edited_ts = text, list(blocks), self._next_ts()
        if message.ephemeral_to is not None:
            return
        self._tell(
            channel,
            {
                "type": "message",
                "subtype": "message_changed",
                "message": message.as_slack(with_metadata=True),
                "previous_message": before,
                "hidden": True,
                "ts": message.edited_ts,
            },
            event_ts=message.edited_ts,
        )

    def delete(self, channel: Channel, message: Message) -> None:
        """Take a message away."""
        channel.messages.remove(message)
        if message.ephemeral_to is not None:
            return
        ts = self._next_ts()
        self._tell(
            channel,
            {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": message.as_slack(with_metadata=True),
                "deleted_ts": message.ts,
                "hidden": True,
                "ts": ts,
            },
            event_ts=ts,
        )

    def react(self, channel: Channel, message: Message, user: str, emoji: str) -> None:
        """Add a reaction."""
        message.reactions.setdefault(emoji, []).append(user)
        if BOT_USER not in channel.members:
            return
        self._events.tell(
            "reaction_added",
            {
                "type": "reaction_added",
                "user": user,
                "reaction": emoji,
                "item_user": message.user,
                "item": {"type": "message", "channel": channel.id, "ts": message.ts},
                "event_ts": self._next_ts(),
            },
        )

    def _tell(self, channel: Channel, event: Json, *, event_ts: str) -> None:
        if BOT_USER not in channel.members:
            return
        place = {"channel": channel.id, "channel_type": channel.event_type, "event_ts": event_ts}
        plural = "im" if channel.is_im else f"{channel.event_type}s"
        self._events.tell(f"message.{plural}", event | place)
