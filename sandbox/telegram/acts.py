"""What a client can do on their phone, done on their behalf."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sandbox.refusals import CannotDoError
from sandbox.telegram.backend import TelegramBackend
from sandbox.telegram.cloud import Said, User, bot_as_telegram
from sandbox.telegram.methods_files import document, photo
from sandbox.telegram.refusals import BotRefusal
from sandbox.telegram.texts import checked_text, length
from sandbox.workspace import Json


@dataclass(frozen=True)
class Picked:
    """A file on somebody's phone that they send."""

    kind: str
    """`photo`, `document`, `voice` or `video`."""
    content: bytes
    name: str | None = None
    mime_type: str = ""
    size: int | None = None
    """What Telegram says it is, in bytes, if not what it is."""


_MIME = {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4"}


class Hands:
    """The hands of one client."""

    def __init__(self, backend: TelegramBackend, user: User) -> None:
        self._backend = backend
        self.user = user

    def starts(self, payload: str) -> Said:
        """Press *Start*, or follow a deep link with its payload."""
        self._unblock()
        text = f"/start {payload}".strip()
        return self._hear(_written(text))

    def writes(self, text: str, reply_to: int | None, group: int | None) -> Said:
        """Send a message."""
        extra = {}
        if reply_to is not None:
            extra["reply_to_message"] = self._backend.cloud.as_telegram(self.message(reply_to))
        return self._hear(_written(text), extra, group)

    def forwards(self, text: str, whose: str) -> Said:
        """Forward what somebody else wrote."""
        at = int(self._backend.clock.now().timestamp())
        origin = {"type": "hidden_user", "sender_user_name": whose, "date": at}
        return self._hear(_written(text), {"forward_origin": origin})

    def sends(self, files: list[Picked], caption: str) -> list[Said]:
        """Send a file, or several as one album; the caption stands under the first."""
        extra: Json = {"media_group_id": str(secrets.randbits(60))} if len(files) > 1 else {}
        sent: list[Said] = []
        for file in files:
            content = self._content(file)
            if caption and not sent:
                content["caption"] = caption
            sent.append(self._hear(content, extra))
        return sent

    def sends_other(self, content: Json) -> Said:
        """Send something that is neither words nor a file, such as a sticker or a place."""
        return self._hear(content)

    def edits(self, id_: int, text: str) -> Said:
        """Change one's own message."""
        said = self.message(id_)
        if said.by_bot:
            raise CannotDoError("only one's own messages can be edited")
        if "text" in said.content:
            said.content = _written(text)
        else:
            said.content = said.content | {"caption": text}
        said.edited_at = self._backend.clock.now()
        self._backend.updates.tell("edited_message", self._backend.cloud.as_telegram(said))
        return said

    async def presses(self, what: str, id_: int | None) -> Json | None:
        """Press a button, by its label or its data; gives the bot's answer, None if none came."""
        said, button = self._button(what, id_)
        if "callback_data" not in button:
            return {"url": button.get("url")}
        query = self._backend.new_query()
        self._backend.updates.tell(
            "callback_query",
            {
                "id": query.id,
                "from": self.user.as_telegram(),
                "message": self._backend.cloud.as_telegram(said),
                "chat_instance": str(self.user.id),
                "data": button["callback_data"],
            },
        )
        await self._backend.until_answered(query)
        return query.answer

    def blocks(self) -> None:
        """Block the bot."""
        if not self.user.has_blocked:
            self.user.has_blocked = True
            self._tell_membership("member", "kicked")

    def unblocks(self) -> None:
        """Let the bot write again."""
        self._unblock()

    def deletes_account(self) -> None:
        """Leave Telegram."""
        self.user.deactivated = True

    def message(self, id_: int) -> Said:
        """A message in the chat with the bot."""
        said = self._backend.cloud.message(self.user.id, id_)
        if said is None:
            raise CannotDoError(f"{self.user.handle} sees no message {id_}")
        return said

    def _button(self, what: str, id_: int | None) -> tuple[Said, Json]:
        visible = list(self._backend.cloud.visible(self.user.id))
        places = [self.message(id_)] if id_ is not None else reversed(visible)
        for said in places:
            for button in buttons(said):
                if what in (button["text"], button.get("callback_data")):
                    return said, button
        raise CannotDoError(f"{self.user.handle} sees no button {what!r}")

    def _content(self, file: Picked) -> Json:
        if file.kind == "photo":
            try:
                return {"photo": photo(self._backend.cloud, file.content, file.size)}
            except BotRefusal:
                raise CannotDoError("only a picture can be sent as a photo") from None
        mime_type = file.mime_type or _MIME.get(file.kind, "application/octet-stream")
        kept = self._backend.cloud.keep_file(
            file.content, mime_type, file.name, file.size, f"{file.kind}s"
        )
        extra = {
            "voice": {"duration": 7},
            "video": {"duration": 7, "width": 640, "height": 480},
        }.get(file.kind, {})
        return {file.kind: document(kept) | extra}

    def _hear(self, content: Json, extra: Json | None = None, group: int | None = None) -> Said:
        if self.user.deactivated:
            raise CannotDoError(f"{self.user.handle} has deleted their account")
        if group is None:
            self._unblock()
        return self._backend.hear(self.user, content, extra or {}, group)

    def _unblock(self) -> None:
        self.user.has_started = True
        if self.user.has_blocked:
            self.user.has_blocked = False
            self._tell_membership("kicked", "member")

    def _tell_membership(self, before: str, now: str) -> None:
        def member(status: str) -> Json:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": bot_as_telegram(), "status": status} | until

        self._backend.updates.tell(
            "my_chat_member",
            {
                "chat": self._backend.cloud.chat_as_telegram(self.user.id),
                "from": self.user.as_telegram(),
                "date": int(self._backend.clock.now().timestamp()),
                "old_chat_member": member(before),
                "new_chat_member": member(now),
            },
        )


def buttons(said: Said) -> list[Json]:
    """The buttons under a message, row after row."""
    rows: list[list[Any]] = (said.keyboard or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _written(text: str) -> Json:
    if length(text) > 4096:
        raise CannotDoError("Telegram sends a longer text as several messages of 4096 characters")
    shown, entities = checked_text(text, None, "", longest=4096, what="message")
    content: Json = {"text": shown}
    return content | ({"entities": entities} if entities else {})
