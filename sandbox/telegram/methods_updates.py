"""The methods by which a bot learns who it is and what happened."""

from __future__ import annotations

import re
from typing import Any

from sandbox.loopback import is_loopback
from sandbox.telegram.backend import TelegramBackend
from sandbox.telegram.calls import Arguments, Method
from sandbox.telegram.cloud import bot_as_telegram
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.updates import Webhook
from sandbox.workspace import Json

_LONGEST_POLL_SECONDS = 50
_MOST_UPDATES = 100
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


def _get_me(_backend: TelegramBackend, _arguments: Arguments) -> Json:
    return bot_as_telegram() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def _get_updates(backend: TelegramBackend, arguments: Arguments) -> list[Json]:
    _take_allowed(backend, arguments)
    limit = min(max(arguments.number("limit", _MOST_UPDATES), 1), _MOST_UPDATES)
    seconds = min(max(arguments.number("timeout"), 0), _LONGEST_POLL_SECONDS)
    return await backend.updates.poll(arguments.number("offset"), limit, seconds)


def _set_webhook(backend: TelegramBackend, arguments: Arguments) -> bool:
    url, secret = arguments.text("url"), arguments.text("secret_token")
    if url and not url.startswith("https://") and not is_loopback(url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _take_allowed(backend, arguments)
    webhook = Webhook(url, secret) if url else None
    backend.updates.set_webhook(webhook, drop_pending=arguments.flag("drop_pending_updates"))
    return True


def _delete_webhook(backend: TelegramBackend, arguments: Arguments) -> bool:
    backend.updates.set_webhook(None, drop_pending=arguments.flag("drop_pending_updates"))
    return True


def _get_webhook_info(backend: TelegramBackend, _arguments: Arguments) -> Json:
    updates = backend.updates
    info: Json = {
        "url": updates.webhook.url if updates.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": updates.pending(),
    }
    if updates.last_trouble is not None:
        info["last_error_message"] = updates.last_trouble
        info["last_error_date"] = int(backend.clock.now().timestamp())
    return info


def _take_allowed(backend: TelegramBackend, arguments: Arguments) -> None:
    allowed: Any = arguments.json("allowed_updates")
    if allowed is not None:
        backend.updates.allowed = set(allowed) or None


METHODS: dict[str, Method] = {
    "getMe": _get_me,
    "getUpdates": _get_updates,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
}
