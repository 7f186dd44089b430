"""What clients do on Telegram, one update after the other, from the inbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from flows.client import ClientFile, ClientWords
from flows.client_desk import ClientDesk, Writer
from handlers.names import full_name
from handlers.texts import Texts

DOOR = "telegram"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates that we ask Telegram for."""
App = Application[Any, Any, Any, Any, Any, Any]
Handler = Callable[[Update, ContextTypes.DEFAULT_TYPE], Awaitable[None]]


def address_of(update: dict[str, Any]) -> str:
    """Whose an update is: the address of a client, or empty."""
    for kind in KINDS:
        if kind in update:
            part = update[kind]
            return str((part.get("from") or part.get("chat") or {}).get("id", ""))
    return ""


def register(application: App, desk: ClientDesk, texts: Texts) -> None:
    """Tell the application who handles what."""
    hands = _Hands(desk, texts)
    private = filters.ChatType.PRIVATE
    new, edited = private & filters.UpdateType.MESSAGE, private & filters.UpdateType.EDITED_MESSAGE
    application.add_handler(CommandHandler("start", hands.starts, new))
    application.add_handler(CommandHandler("status", hands.asks, new))
    application.add_handler(MessageHandler(new, hands.writes))
    application.add_handler(MessageHandler(edited, hands.edits))
    application.add_handler(CallbackQueryHandler(hands.presses))


class _Hands:
    def __init__(self, desk: ClientDesk, texts: Texts) -> None:
        self._desk = desk
        self._texts = texts

    async def starts(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._desk.starts(self._writer(update))

    async def writes(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        assert message is not None  # noqa: S101  as the filter says
        await self._desk.hears(self._writer(update), _words(message))

    async def edits(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.edited_message
        assert message is not None  # noqa: S101  as the filter says
        await self._desk.edits(self._writer(update), _words(message))

    async def asks(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._desk.asks(self._writer(update))

    async def presses(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101
        with suppress(TelegramError):  # it only ends the waiting; an old one is refused
            await query.answer()
        wish, _, turn = (query.data or "").partition(":")
        if turn.isdigit():
            await self._desk.presses(self._writer(update), wish, int(turn))

    def _writer(self, update: Update) -> Writer:
        user = update.effective_user
        assert user is not None  # noqa: S101  in private chats there is one
        return Writer(
            address=str(user.id),
            door=DOOR,
            key=f"update:{update.update_id}",
            name=full_name(user.first_name, user.last_name),
            language=self._texts.language(user.language_code or ""),
        )


def _words(message: Message) -> ClientWords:
    """What she sent; of what is neither words nor a file, what it says in words."""
    text = message.text or message.caption or ""
    if message.contact is not None:
        text = message.contact.phone_number
    elif message.location is not None:
        text = f"{message.location.latitude}, {message.location.longitude}"
    elif message.sticker is not None:
        text = message.sticker.emoji or ""
    return ClientWords(message.date, str(message.id), text, tuple(_files(message)))


def _files(message: Message) -> Iterator[ClientFile]:
    if message.photo:
        largest = message.photo[-1]
        yield ClientFile("photo", largest.file_id, None, "image/jpeg", largest.file_size)
    for kind in ("document", "voice", "video", "audio", "video_note", "animation"):
        file = getattr(message, kind)
        if file is not None and (kind != "document" or message.animation is None):
            name = getattr(file, "file_name", None)
            mime_type = getattr(file, "mime_type", None)
            yield ClientFile(kind, file.file_id, name, mime_type, file.file_size)
