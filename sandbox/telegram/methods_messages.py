"""The methods by which a bot writes, changes what it wrote, and answers a pressed button."""

from __future__ import annotations

from datetime import timedelta

from sandbox.telegram.backend import TelegramBackend
from sandbox.telegram.calls import Arguments, Method
from sandbox.telegram.cloud import Said
from sandbox.telegram.keyboards import checked_keyboard
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.texts import LONGEST_CAPTION, LONGEST_TEXT, checked_text, length
from sandbox.workspace import Json

_LONGEST_ANSWER = 200
_DELETABLE_FOR = timedelta(hours=48)
_CHAT_ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice"),
        *("upload_voice", "upload_document", "choose_sticker", "find_location"),
        *("record_video_note", "upload_video_note"),
    }
)


def checked_caption(arguments: Arguments) -> Json:
    """The parts of a Message that its caption makes; none without one.

    Raises:
        BotRefusal: Telegram would not take it.
    """
    caption, entities = checked_text(
        arguments.text("caption"),
        arguments.given.get("caption_entities"),
        arguments.text("parse_mode"),
        longest=LONGEST_CAPTION,
        what="message caption",
    )
    if not caption:
        return {}
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})


def new_message(backend: TelegramBackend, arguments: Arguments, chat: int, content: Json) -> Json:
    """Post what was checked, in reply to what it names, with its keyboard.

    Raises:
        BotRefusal: the keyboard is none, or what it replies to is gone, or it comes too soon.
    """
    keyboard = checked_keyboard(arguments.given.get("reply_markup"))
    extra: Json = {}
    reply = arguments.json("reply_parameters") or {}
    to = reply.get("message_id") or arguments.number("reply_to_message_id")
    if to:
        replied = backend.cloud.message(chat, int(to))
        if replied is not None:
            extra["reply_to_message"] = backend.cloud.as_telegram(replied)
        elif not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
    backend.refuse_haste(chat)
    return backend.cloud.as_telegram(backend.post(chat, content, extra=extra, keyboard=keyboard))


def _send_message(backend: TelegramBackend, arguments: Arguments) -> Json:
    chat = backend.chat_to_write_to(arguments.text("chat_id"))
    return new_message(backend, arguments, chat, _checked_content(arguments))


def _checked_content(arguments: Arguments) -> Json:
    text, entities = checked_text(
        arguments.text("text"),
        arguments.given.get("entities"),
        arguments.text("parse_mode"),
        longest=LONGEST_TEXT,
        what="message",
    )
    return {"text": text} | ({"entities": entities} if entities else {})


def _edit_text(backend: TelegramBackend, arguments: Arguments) -> Json:
    said = _own(backend, arguments, "edit")
    if "text" not in said.content:
        raise bad_request("there is no text in the message to edit")
    return _change(backend, arguments, said, _checked_content(arguments))


def _edit_caption(backend: TelegramBackend, arguments: Arguments) -> Json:
    said = _own(backend, arguments, "edit")
    kept = {key: part for key, part in said.content.items() if not key.startswith("caption")}
    return _change(backend, arguments, said, kept | checked_caption(arguments))


def _edit_keyboard(backend: TelegramBackend, arguments: Arguments) -> Json:
    said = _own(backend, arguments, "edit")
    return _change(backend, arguments, said, said.content)


def _change(backend: TelegramBackend, arguments: Arguments, said: Said, content: Json) -> Json:
    keyboard = checked_keyboard(arguments.given.get("reply_markup"))
    if content == said.content and keyboard == said.keyboard:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    backend.refuse_haste(said.chat)
    said.content, said.keyboard, said.edited_at = content, keyboard, backend.clock.now()
    return backend.cloud.as_telegram(said)


def _own(backend: TelegramBackend, arguments: Arguments, what: str) -> Said:
    chat = backend.chat_to_write_to(arguments.text("chat_id"))
    said = backend.cloud.message(chat, arguments.number("message_id"))
    if said is None:
        raise bad_request(f"message to {what} not found")
    if not said.by_bot:
        raise bad_request(f"message can't be {what}ed")
    return said


def _delete(backend: TelegramBackend, arguments: Arguments) -> bool:
    chat = backend.chat_to_write_to(arguments.text("chat_id"))
    said = backend.cloud.message(chat, arguments.number("message_id"))
    if said is None:
        raise bad_request("message to delete not found")
    if backend.clock.now() - said.at > _DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")
    said.deleted = True
    return True


def _answer_query(backend: TelegramBackend, arguments: Arguments) -> bool:
    query = backend.open_query(arguments.text("callback_query_id"))
    if length(arguments.text("text")) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answer = {
        "text": arguments.text("text"),
        "show_alert": arguments.flag("show_alert"),
    }
    query.answered.set()
    return True


def _chat_action(backend: TelegramBackend, arguments: Arguments) -> bool:
    backend.chat_to_write_to(arguments.text("chat_id"))
    if arguments.text("action") not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


METHODS: dict[str, Method] = {
    "sendMessage": _send_message,
    "editMessageText": _edit_text,
    "editMessageCaption": _edit_caption,
    "editMessageReplyMarkup": _edit_keyboard,
    "deleteMessage": _delete,
    "answerCallbackQuery": _answer_query,
    "sendChatAction": _chat_action,
}
