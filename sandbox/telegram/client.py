"""One client of the clinic with their phone, for tests, stories and the command line."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.person import ControlClient
from sandbox.refusals import CannotDoError
from sandbox.telegram.acts import Picked
from sandbox.workspace import Json


@dataclass(frozen=True)
class Bubble:
    """A message as a client sees it."""

    id: int
    time: str
    """When it was written, such as `Fri 23:40`, in this client's zone."""
    by_bot: bool
    text: str
    entities: list[Json]
    kind: str
    """`text`, `photo`, `document`, `voice`, `video` or `other`."""
    file_id: str | None
    edited: bool
    keyboard: list[list[str]]
    """The labels of its buttons, row by row."""
    data: list[str | None]
    """What each button carries, in the same order."""

    @property
    def buttons(self) -> list[str]:
        """The labels, one after the other."""
        return [label for row in self.keyboard for label in row]


class Client:
    """One client's hands and eyes.

    Every act returns when Telegram has taken it and, unless `waits` is false, when the bot has
    done all that follows from it.
    """

    def __init__(self, name: str, client: ControlClient, *, waits: bool = True) -> None:
        self.name = name
        self._client = client
        self._waits = waits

    async def starts(self, payload: str = "") -> Bubble:
        """Press *Start*, or follow a deep link with its payload."""
        return Bubble(**await self._do("starts", payload=payload))

    async def writes(
        self, text: str, *, reply_to: Bubble | None = None, group: int | None = None
    ) -> Bubble:
        """Send a message to the bot, or in a group where it is."""
        to = reply_to.id if reply_to else None
        return Bubble(**await self._do("writes", text=text, reply_to=to, group=group))

    async def forwards(self, text: str, whose: str = "Somebody") -> Bubble:
        """Forward what somebody else wrote."""
        return Bubble(**await self._do("forwards", text=text, whose=whose))

    async def sends(self, *files: Picked, caption: str = "") -> list[Bubble]:
        """Send a file, or several as one album."""
        given = [
            asdict(file) | {"content": base64.b64encode(file.content).decode()} for file in files
        ]
        return [Bubble(**b) for b in await self._do("sends", files=given, caption=caption)]

    async def sends_other(self, **content: Any) -> Bubble:
        """Send something that is neither words nor a file, such as a sticker or a place."""
        return Bubble(**await self._do("sends_other", content=content))

    async def edits(self, bubble: Bubble, text: str) -> Bubble:
        """Change one's own message."""
        return Bubble(**await self._do("edits", id=bubble.id, text=text))

    async def presses(self, what: str, bubble: Bubble | None = None) -> Json | None:
        """Press a button, by its label or its data, on the newest message that has it.

        Gives what the bot answered (`text` to show, and whether as an alert), None if nothing.
        """
        pressed: Json | None = await self._do(
            "presses", what=what, id=bubble.id if bubble else None
        )
        return pressed

    async def blocks(self) -> None:
        """Block the bot."""
        await self._do("blocks")

    async def unblocks(self) -> None:
        """Let the bot write again."""
        await self._do("unblocks")

    async def deletes_account(self) -> None:
        """Leave Telegram."""
        await self._do("deletes_account")

    async def sees(self) -> list[Bubble]:
        """The chat with the bot, oldest first."""
        return [Bubble(**b) for b in await self._client.get(f"client/{self.name}/sees")]

    async def hears(self, after: Bubble | None = None) -> list[Bubble]:
        """What the bot has written since `after`, or since the client wrote last."""
        seen = await self.sees()
        mine = [bubble.id for bubble in seen if not bubble.by_bot]
        since = after.id if after else max(mine, default=0)
        return [bubble for bubble in seen if bubble.by_bot and bubble.id > since]

    async def last(self) -> Bubble:
        """The bot's newest message.

        Raises:
            CannotDoError: it has written none.
        """
        bubbles = [bubble for bubble in await self.sees() if bubble.by_bot]
        if not bubbles:
            raise CannotDoError(f"the bot has not written to {self.name}")
        return bubbles[-1]

    async def _do(self, act: str, **arguments: Any) -> Any:
        return await self._client.post(
            f"client/{self.name}/{act}", {"wait": self._waits, **arguments}
        )
