"""The methods by which files come and go."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import partial

from PIL import Image

from sandbox.telegram.backend import TelegramBackend
from sandbox.telegram.calls import Arguments, Method, Upload
from sandbox.telegram.cloud import Cloud, File
from sandbox.telegram.methods_messages import checked_caption, new_message
from sandbox.telegram.refusals import bad_request
from sandbox.workspace import Json

LINK_GOOD_FOR = timedelta(hours=1)
_LARGEST_DOWNLOAD = 20 * 1024**2
_LARGEST_PHOTO = 10 * 1024**2
_LARGEST_FILE = 50 * 1024**2
_PHOTO_SIDES = (90, 320, 800, 1280)
"""The longer sides of the sizes that Telegram makes of a photo, in pixels."""


def photo(cloud: Cloud, content: bytes, size: int | None = None) -> list[Json]:
    """The PhotoSize objects of a picture, smallest first.

    Raises:
        BotRefusal: it is no picture.
    """
    try:
        picture = Image.open(io.BytesIO(content)).convert("RGB")
    except OSError:
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    sizes = []
    for side in _PHOTO_SIDES:
        smaller = picture.copy()
        smaller.thumbnail((side, side))
        written = io.BytesIO()
        smaller.save(written, "JPEG")
        last = max(picture.size) <= side or side == _PHOTO_SIDES[-1]
        told_size = size if last else None
        file = cloud.keep_file(written.getvalue(), "image/jpeg", None, told_size, "photos")
        width, height = smaller.size
        sizes.append(reference(file) | {"width": width, "height": height})
        if last:
            break
    return sizes


def reference(file: File) -> Json:
    """What every object that names a file has."""
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}


def document(file: File) -> Json:
    """The Document, Voice or Video object, without what belongs to one of them."""
    named = {"file_name": file.name} if file.name else {}
    return reference(file) | {"mime_type": file.mime_type} | named


def _send_photo(backend: TelegramBackend, arguments: Arguments) -> Json:
    chat = backend.chat_to_write_to(arguments.text("chat_id"))
    upload = arguments.file("photo")
    content = _content(backend.cloud, upload, _LARGEST_PHOTO).content
    caption = checked_caption(arguments)
    return new_message(backend, arguments, chat, {"photo": photo(backend.cloud, content)} | caption)


def _send_file(kind: str, backend: TelegramBackend, arguments: Arguments) -> Json:
    chat = backend.chat_to_write_to(arguments.text("chat_id"))
    file = _content(backend.cloud, arguments.file(kind), _LARGEST_FILE)
    caption = checked_caption(arguments)
    return new_message(backend, arguments, chat, {kind: document(file)} | caption)


def _content(cloud: Cloud, given: Upload | str, largest: int) -> File:
    if isinstance(given, str):
        return _known(cloud, given)
    if not given.content:
        raise bad_request("file must be non-empty")
    if len(given.content) > largest:
        raise bad_request("file is too big")
    return cloud.keep_file(given.content, given.mime_type, given.name, None, "documents")


def _known(cloud: Cloud, id_: str) -> File:
    file = cloud.files.get(id_)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return file


def _get_file(backend: TelegramBackend, arguments: Arguments) -> Json:
    file = _known(backend.cloud, arguments.text("file_id"))
    if file.size > _LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    file.link_until = backend.clock.now() + LINK_GOOD_FOR
    return reference(file) | {"file_path": file.path}


METHODS: dict[str, Method] = {
    "sendPhoto": _send_photo,
    "sendDocument": partial(_send_file, "document"),
    "sendVoice": partial(_send_file, "voice"),
    "sendVideo": partial(_send_file, "video"),
    "getFile": _get_file,
}
