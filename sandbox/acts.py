"""What a person can do in Slack, done on their behalf; each act ends with Slack's own answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.backend import Backend
from sandbox.forms import chosen, elements_of, initial_state, named, option_named, state_of, unmet
from sandbox.interactions import Interactions
from sandbox.refusals import CannotDoError
from sandbox.screen import Control, InMessage, Screen
from sandbox.views import View
from sandbox.workspace import Channel, Json, Member, Message

_ADDRESSED = re.compile(r"(?<![\w/])([@#])([\w-]+)")


class Acts:
    """The hands of one member."""

    def __init__(self, backend: Backend, member: Member) -> None:
        self._backend = backend
        self._member = member
        self._interactions = Interactions(backend)
        self.screen = Screen(backend, member)

    async def types(self, text: str, channel_name: str) -> InMessage | None:
        """Send a message or a slash command; gives the message, or the command's own answer."""
        channel = self._open_channel(channel_name)
        if not text.startswith("/"):
            return self._post(channel, text, thread_ts=None)
        name, _, rest = text.partition(" ")
        if self._backend.workspace.commands.get(name, False):
            rest = self._escaped(rest, with_label=True)
        answer = await self._interactions.command(self._member, channel, name, rest.strip())
        return InMessage(channel, answer) if answer else None

    def replies(self, place: InMessage, text: str) -> InMessage:
        """Answer in a message's thread."""
        thread_ts = place.message.thread_ts or place.message.ts
        return self._post(self._open_channel(place.channel.id), text, thread_ts=thread_ts)

    def edits(self, place: InMessage, text: str) -> None:
        """Change one's own message."""
        if place.message.user != self._member.id:
            raise CannotDoError(f"{self._member.handle} can edit only their own messages")
        escaped = self._escaped(text, with_label=False)
        blocks = [_as_rich_text(text)]
        self._backend.conversations.edit(place.channel, place.message, escaped, blocks)

    def reacts(self, emoji: str, place: InMessage) -> None:
        """Put an emoji under a message."""
        name = emoji.strip(":")
        if self._member.id in place.message.reactions.get(name, ()):
            raise CannotDoError(f"{self._member.handle} has already reacted with {name}")
        self._backend.conversations.react(place.channel, place.message, self._member.id, name)

    async def shortcut(self, callback_id: str, place: InMessage | None) -> str | None:
        """Use a global shortcut, or one on a message; gives what Slack says if it failed."""
        if place is None:
            return await self._interactions.shortcut(self._member, callback_id)
        return await self._interactions.message_shortcut(
            self._member, callback_id, place.channel, place.message
        )

    def opens_home(self) -> None:
        """Open the bot's Home tab."""
        channel = self._backend.workspace.direct_message(self._member)
        event: Json = {
            "type": "app_home_opened",
            "user": self._member.id,
            "channel": channel.id,
            "tab": "home",
            "event_ts": self._backend.next_ts(),
        }
        home = self.screen.home()
        if home is not None:
            event["view"] = home.as_slack()
        self._backend.events.tell("app_home_opened", event)

    async def clicks(self, what: str, on: InMessage | View | None) -> str | None:
        """Press a button; gives what Slack says if the bot did not answer."""
        control = self.screen.find(what, on)
        element = control.element
        if element["type"] != "button":
            raise CannotDoError(f"{what!r} is no button but a {element['type']}: choose in it")
        pressed: Json = {
            key: element[key] for key in ("type", "text", "value", "style") if key in element
        }
        return await self._dispatch(control, pressed)

    async def chooses(self, what: str, option: Any, on: InMessage | View | None) -> str | None:
        """Pick in a select, overflow or date; gives what Slack says if the bot did not answer."""
        control = self.screen.find(what, on)
        if control.element["type"] == "overflow":
            picked = option_named(control.element, str(option))
            return await self._dispatch(control, {"type": "overflow", "selected_option": picked})
        return await self._fill(control, option)

    async def fills(self, values: dict[str, Any]) -> None:
        """Fill inputs of the open modal, named by block id or action id."""
        for name, value in values.items():
            view = self._modal()
            await self._fill(_input_named(view, name), value)

    async def submits(self, values: dict[str, Any]) -> dict[str, str]:
        """Fill in and send the open modal; gives what stands in red, nothing if it was taken."""
        await self.fills(values)
        view = self._modal()
        if "submit" not in view.definition:
            raise CannotDoError("the open modal has nothing to submit")
        if errors := unmet(view.blocks, view.state):
            view.errors = errors
            return errors
        await self._interactions.submit(self._member, view)
        return {"trouble": view.trouble} if view.trouble else view.errors

    async def closes(self) -> None:
        """Close the open modal."""
        await self._interactions.close(self._member, self._modal())

    def goes_dnd(self, until: datetime | None) -> None:
        """Go into do-not-disturb, or leave it."""
        self._member.dnd_until = until

    def _modal(self) -> View:
        modal = self.screen.modal()
        if modal is None:
            raise CannotDoError(f"{self._member.handle} has no modal open")
        return modal

    async def _fill(self, control: Control, value: Any) -> str | None:
        element, place = control.element, control.place
        entry = state_of(element, chosen(element, value, self._id_of))
        if isinstance(place, View):
            state = place.state
        else:
            blocks = place.message.blocks
            state = place.message.choices.setdefault(self._member.id, initial_state(blocks))
        state[control.block["block_id"]][element["action_id"]] = entry
        if control.block["type"] == "input" and not control.block.get("dispatch_action", False):
            return None
        return await self._dispatch(control, entry)

    async def _dispatch(self, control: Control, entry: Json) -> str | None:
        action = {
            **entry,
            "action_id": control.element["action_id"],
            "block_id": control.block["block_id"],
            "action_ts": self._backend.next_ts(),
        }
        if isinstance(control.place, View):
            return await self._interactions.on_view(self._member, control.place, action)
        place = control.place
        return await self._interactions.on_message(
            self._member, place.channel, place.message, action
        )

    def _id_of(self, name: str) -> str:
        workspace = self._backend.workspace
        found = workspace.member(name) or workspace.channel(name)
        if found is None:
            raise CannotDoError(f"there is nobody and no channel called {name!r}")
        return found.id

    def _open_channel(self, name: str) -> Channel:
        channel = self.screen.channel(name)
        if channel.is_archived:
            raise CannotDoError(f"#{channel.name} is archived")
        return channel

    def _post(self, channel: Channel, text: str, *, thread_ts: str | None) -> InMessage:
        message = Message(
            channel.id,
            self._backend.next_ts(),
            self._member.id,
            self._escaped(text, with_label=False),
            [_as_rich_text(text)],
            thread_ts=thread_ts,
        )
        self._backend.conversations.post(channel, message)
        return InMessage(channel, message)

    def _escaped(self, text: str, *, with_label: bool) -> str:
        """What Slack makes of typed text: entities, and ids for `@somebody` and `#somewhere`."""
        plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return _ADDRESSED.sub(self._addressed(with_label), plain)

    def _addressed(self, with_label: bool) -> Callable[[re.Match[str]], str]:
        def replacement(match: re.Match[str]) -> str:
            sign, name = match.groups()
            workspace = self._backend.workspace
            if sign == "@":
                member = workspace.member(name)
                label = f"|{name}" if with_label else ""
                return f"<@{member.id}{label}>" if member else match[0]
            channel = workspace.channel(name)
            return f"<#{channel.id}|{channel.name}>" if channel else match[0]

        return replacement


def _input_named(view: View, name: str) -> Control:
    names = []
    for block in view.blocks:
        for action_id in view.state.get(block["block_id"], {}):
            names.append(block["block_id"] if block["type"] == "input" else action_id)
            if name in (block["block_id"], action_id):
                element = next(e for e in elements_of(block) if e["action_id"] == action_id)
                return Control(view, block, element)
    raise CannotDoError(f"the open modal has no input {name!r}; it has: {', '.join(names)}")


def _as_rich_text(text: str) -> Json:
    """The block Slack makes of what a person typed."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return named([{"type": "rich_text", "elements": [section]}])[0]
