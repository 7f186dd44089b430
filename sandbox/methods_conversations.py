"""The Web API's conversations.* methods and users.conversations."""

from __future__ import annotations

from sandbox.backend import Backend
from sandbox.methods_chat import direct_channel, readable_channel
from sandbox.refusals import RefusalError
from sandbox.web_calls import Arguments, Method
from sandbox.workspace import BOT_USER, Channel, Json, Message

_LARGEST_PAGE = 999


def _need_scope(backend: Backend, channel: Channel, right: str) -> None:
    """Refuse unless the bot has e.g. `groups:history` for a private channel."""
    kind = {"im": "im", "group": "groups", "channel": "channels"}[channel.event_type]
    if (needed := f"{kind}:{right}") not in backend.workspace.scopes:
        provided = ",".join(sorted(backend.workspace.scopes))
        raise RefusalError("missing_scope", needed=needed, provided=provided)


def open_(backend: Backend, arguments: Arguments) -> Json:
    """conversations.open"""
    if id_ := arguments.text("channel"):
        channel = readable_channel(backend, id_)
        return {"channel": _opened(channel, arguments)}
    users = arguments.required("users").split(",")
    if len(users) > 1:
        raise RefusalError("method_not_supported_for_channel_type")
    member = backend.workspace.members.get(users[0])
    if member is None:
        raise RefusalError("user_not_found")
    return {"channel": _opened(direct_channel(backend, member), arguments)}


def _opened(channel: Channel, arguments: Arguments) -> Json:
    return channel.as_slack() if arguments.flag("return_im") else {"id": channel.id}


def _read(backend: Backend, arguments: Arguments) -> Channel:
    channel = readable_channel(backend, arguments.required("channel"))
    _need_scope(backend, channel, "history")
    if BOT_USER not in channel.members:
        raise RefusalError("not_in_channel")
    return channel


def history(backend: Backend, arguments: Arguments) -> Json:
    """conversations.history: newest first, without the replies of threads."""
    channel = _read(backend, arguments)
    messages = [m for m in channel.messages if not m.ephemeral_to and m.thread_ts in (None, m.ts)]
    return _page(list(reversed(_between(messages, arguments))), arguments)


def replies(backend: Backend, arguments: Arguments) -> Json:
    """conversations.replies: oldest first, the thread's first message included."""
    channel = _read(backend, arguments)
    thread = channel.thread(arguments.required("ts"))
    if not thread:
        raise RefusalError("thread_not_found")
    return _page(_between(thread, arguments), arguments)


def _between(messages: list[Message], arguments: Arguments) -> list[Message]:
    oldest, latest = arguments.text("oldest", "0"), arguments.text("latest")
    inclusive = arguments.flag("inclusive")

    def fits(ts: str) -> bool:
        if inclusive and ts in (oldest, latest):
            return True
        return float(ts) > float(oldest) and (not latest or float(ts) < float(latest))

    return [message for message in messages if fits(message.ts)]


def _page(messages: list[Message], arguments: Arguments) -> Json:
    limit = min(arguments.number("limit", 100), _LARGEST_PAGE)
    start = _cursor(arguments)
    with_metadata = arguments.flag("include_all_metadata")
    shown = [m.as_slack(with_metadata=with_metadata) for m in messages[start : start + limit]]
    has_more = start + limit < len(messages)
    return {"messages": shown, "has_more": has_more, **_next_cursor(start + limit, has_more)}


def _cursor(arguments: Arguments) -> int:
    cursor = arguments.text("cursor", "from:0").removeprefix("from:")
    if not cursor.isdigit():
        raise RefusalError("invalid_cursor")
    return int(cursor)


def _next_cursor(start: int, has_more: bool) -> Json:
    return {"response_metadata": {"next_cursor": f"from:{start}" if has_more else ""}}


def info(backend: Backend, arguments: Arguments) -> Json:
    """conversations.info"""
    channel = readable_channel(backend, arguments.required("channel"))
    _need_scope(backend, channel, "read")
    counted = {"num_members": len(channel.members)} if arguments.flag("include_num_members") else {}
    return {"channel": channel.as_slack() | counted}


def members(backend: Backend, arguments: Arguments) -> Json:
    """conversations.members"""
    channel = readable_channel(backend, arguments.required("channel"))
    _need_scope(backend, channel, "read")
    everybody = sorted(channel.members)
    start, limit = _cursor(arguments), min(arguments.number("limit", 100), _LARGEST_PAGE)
    page = everybody[start : start + limit]
    return {"members": page, **_next_cursor(start + limit, start + limit < len(everybody))}


def of_user(backend: Backend, arguments: Arguments) -> Json:
    """users.conversations: the bot's, or those a person shares with it."""
    user_id = arguments.text("user", BOT_USER)
    if user_id not in backend.workspace.members:
        raise RefusalError("user_not_found")
    kinds = arguments.text("types", "public_channel").split(",")
    found = [
        channel
        for channel in backend.workspace.channels.values()
        if {user_id, BOT_USER} <= channel.members and _kind(channel) in kinds
    ]
    for channel in found:
        _need_scope(backend, channel, "read")
    start, limit = _cursor(arguments), min(arguments.number("limit", 100), _LARGEST_PAGE)
    page = [channel.as_slack() for channel in found[start : start + limit]]
    return {"channels": page, **_next_cursor(start + limit, start + limit < len(found))}


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


METHODS = {
    "conversations.open": Method(open_, 3, "im:write"),
    "conversations.history": Method(history, 3),
    "conversations.replies": Method(replies, 3),
    "conversations.info": Method(info, 3),
    "conversations.members": Method(members, 4),
    "users.conversations": Method(of_user, 3),
}
