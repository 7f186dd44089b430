"""Somebody of the local workspace, for tests, the demo and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import ClientSession

from sandbox.clock import NeverIdleError
from sandbox.refusals import CannotDoError
from sandbox.workspace import Json


@dataclass(frozen=True)
class Seen:
    """A message as one person sees it."""

    ts: str
    time: str
    """When it was written, such as `Fri 13:40`, in this person's zone."""
    channel: str
    channel_name: str
    """Without `#`; the direct message with the bot is `@amends`."""
    user: str
    by_bot: bool
    text: str
    blocks: list[Json]
    event_type: str | None
    event_payload: Json
    thread_ts: str | None
    ephemeral: bool
    reactions: dict[str, list[str]]
    buttons: dict[str, str]
    """Action id to label."""
    readable: str
    """Its blocks as plain text, names and times as this person reads them."""


@dataclass(frozen=True)
class SeenView:
    """A modal or Home tab as one person sees it, with what has been typed into it."""

    id: str
    callback_id: str
    external_id: str
    private_metadata: str
    title: str
    submit: str
    blocks: list[Json]
    values: dict[str, Any]
    """Block id (outside of input blocks: action id) to value, people by handle."""
    errors: dict[str, str]
    trouble: str | None
    """What Slack itself says when the app did not answer."""
    readable: str


class ControlClient:
    """Speaks the control API."""

    def __init__(self, control_url: str, session: ClientSession) -> None:
        self._url = control_url.rstrip("/")
        self._session = session

    async def get(self, path: str, **query: str) -> Any:
        """Ask."""
        async with self._session.get(f"{self._url}/{path}", params=query) as response:
            return _result(response.status, await response.json())

    async def post(self, path: str, body: Json) -> Any:
        """Do."""
        async with self._session.post(f"{self._url}/{path}", json=body) as response:
            return _result(response.status, await response.json())


def _result(status: int, answer: Json) -> Any:
    if status == 409:
        raise CannotDoError(answer["error"])
    if status == 504:
        raise NeverIdleError(answer["error"])
    return answer["result"]


class Person:
    """One member's hands, eyes and ears.

    Every act returns when Slack has answered it and, unless `waits` is false, when the bot has
    done all that follows from it. What Slack's screen does not allow raises `CannotDoError`.
    """

    def __init__(self, name: str, client: ControlClient, *, waits: bool = True) -> None:
        self.name = name
        self._client = client
        self._waits = waits

    async def types(self, text: str, channel: str = "front-desk") -> Seen | None:
        """Send a message, or a slash command if it starts with one.

        Gives the message, or what the command itself answered (by Slack: that it failed).
        """
        seen = await self._do("types", text=text, channel=channel)
        return Seen(**seen) if seen else None

    async def replies(self, message: Seen, text: str) -> Seen:
        """Answer in the message's thread."""
        return Seen(**await self._do("replies", on=_key(message), text=text))

    async def edits(self, message: Seen, text: str) -> None:
        """Change one's own message."""
        await self._do("edits", on=_key(message), text=text)

    async def reacts(self, emoji: str, message: Seen) -> None:
        """Put an emoji under a message."""
        await self._do("reacts", emoji=emoji, on=_key(message))

    async def shortcut(self, callback_id: str, message: Seen | None = None) -> str | None:
        """Use a shortcut; gives what Slack says if the bot did not answer."""
        return await self._do_maybe("shortcut", callback_id=callback_id, on=_key(message))

    async def opens_home(self) -> SeenView | None:
        """Open the bot's Home tab and look at it."""
        await self._do("opens_home")
        home = await self._client.get(f"as/{self.name}/home")
        return SeenView(**home) if home else None

    async def clicks(self, what: str, on: Seen | SeenView | None = None) -> str | None:
        """Press a button; gives what Slack says if the bot did not answer.

        `what` is its action id, its action id and value (`open C-1042`), or its label. It is
        looked for in the open modal; without one on `on`, or else on the newest message that has
        it, then on the Home tab.
        """
        return await self._do_maybe("clicks", what=what, on=_key(on))

    async def chooses(
        self, what: str, option: Any, on: Seen | SeenView | None = None
    ) -> str | None:
        """Pick an option by value or text in a select or overflow menu, found like a button."""
        return await self._do_maybe("chooses", what=what, option=option, on=_key(on))

    async def fills(self, **values: Any) -> None:
        """Fill inputs of the open modal; options by value or text, people by handle."""
        await self._do("fills", values=values)

    async def submits(self, **values: Any) -> dict[str, str]:
        """Fill in and send the open modal; gives what stands in red, nothing if it was taken."""
        errors: dict[str, str] = await self._do("submits", values=values)
        return errors

    async def closes(self) -> None:
        """Close the open modal."""
        await self._do("closes")

    async def goes_dnd(self, until: datetime | None) -> None:
        """Go into do-not-disturb until then, or leave it."""
        await self._do("goes_dnd", until=until.isoformat() if until else None)

    async def modal(self) -> SeenView | None:
        """The modal in front, with what is filled in."""
        modal = await self._client.get(f"as/{self.name}/modal")
        return SeenView(**modal) if modal else None

    async def home(self) -> SeenView | None:
        """The Home tab as it stands, without opening it."""
        home = await self._client.get(f"as/{self.name}/home")
        return SeenView(**home) if home else None

    async def sees(self, channel: str | None = None) -> list[Seen]:
        """The messages this person can see, oldest first."""
        query = {"channel": channel} if channel else {}
        seen = await self._client.get(f"as/{self.name}/sees", **query)
        return [Seen(**each) for each in seen]

    async def hears(self, since: str | None = None) -> list[Seen]:
        """The bot's direct and ephemeral messages since the last `hears()`, or after a ts."""
        query = {"since": since} if since else {}
        heard = await self._client.get(f"as/{self.name}/hears", **query)
        return [Seen(**each) for each in heard]

    async def _do(self, act: str, **arguments: Any) -> Any:
        body = {**arguments, "wait": self._waits}
        return await self._client.post(f"as/{self.name}/{act}", body)

    async def _do_maybe(self, act: str, **arguments: Any) -> str | None:
        trouble: str | None = await self._do(act, **arguments)
        return trouble


def _key(place: Seen | SeenView | None) -> Json | None:
    if isinstance(place, Seen):
        return {"channel": place.channel, "ts": place.ts}
    return {"view": place.id} if place else None
