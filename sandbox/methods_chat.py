"""The Web API's chat.* and reactions.* methods."""

from __future__ import annotations

from sandbox.backend import Backend
from sandbox.forms import named
from sandbox.message_checks import refuse_bad_content
from sandbox.rate_limits import POSTING
from sandbox.refusals import RefusalError
from sandbox.web_calls import Arguments, Method
from sandbox.workspace import BOT_USER, TEAM_DOMAIN, Channel, Json, Member, Message


def direct_channel(backend: Backend, member: Member) -> Channel:
    """The direct message with a member, if Slack lets the bot write to them."""
    if member.deactivated:
        raise RefusalError("user_disabled")
    if member.is_bot or not member.takes_dms:
        raise RefusalError("cannot_dm_bot")
    return backend.workspace.direct_message(member)


def readable_channel(backend: Backend, id_: str) -> Channel:
    """A channel by id, private ones only if the bot is a member."""
    channel = backend.workspace.channels.get(id_)
    if channel is None or (channel.is_private and BOT_USER not in channel.members):
        raise RefusalError("channel_not_found")
    return channel


def writable_channel(backend: Backend, id_: str) -> Channel:
    """Where the bot may write: a channel it is in, a direct message, or a person's id."""
    member = backend.workspace.members.get(id_)
    if member is not None:
        return direct_channel(backend, member)
    return _writable(backend, id_)


def _writable(backend: Backend, id_: str) -> Channel:
    channel = readable_channel(backend, id_)
    if channel.is_im:
        return direct_channel(backend, backend.workspace.members[channel.other_than_bot()])
    if channel.is_archived:
        raise RefusalError("is_archived")
    if BOT_USER not in channel.members:
        raise RefusalError("not_in_channel")
    return channel


def own_message(channel: Channel, ts: str, refusal: str) -> Message:
    """A message of the bot, for changing or deleting it."""
    message = channel.message(ts)
    if message is None or message.ephemeral_to is not None:
        raise RefusalError("message_not_found")
    if not message.by_bot:
        raise RefusalError(refusal)
    return message


def checked_content(arguments: Arguments) -> tuple[str, list[Json]]:
    """The text and blocks of a message, refused as Slack refuses them."""
    text, blocks = arguments.text("text"), arguments.json("blocks") or []
    refuse_bad_content(text, blocks)
    return text, named(blocks)


def checked_metadata(arguments: Arguments) -> Json | None:
    """The metadata of a message, if it is as Slack wants it."""
    metadata = arguments.json("metadata")
    if metadata is None:
        return None
    fits = (
        isinstance(metadata, dict)
        and metadata.keys() == {"event_type", "event_payload"}
        and isinstance(metadata["event_type"], str)
        and isinstance(metadata["event_payload"], dict)
    )
    if not fits:
        raise RefusalError("invalid_metadata_format")
    return dict(metadata)


def post_message(backend: Backend, arguments: Arguments) -> Json:
    """chat.postMessage"""
    channel = writable_channel(backend, arguments.required("channel"))
    text, blocks = checked_content(arguments)
    thread_ts = arguments.text("thread_ts") or None
    if thread_ts is not None and not channel.thread(thread_ts):
        raise RefusalError("thread_not_found")
    metadata = checked_metadata(arguments)
    message = backend.bot_says(
        channel, text=text, blocks=blocks, thread_ts=thread_ts, metadata=metadata
    )
    shown = message.as_slack(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def update(backend: Backend, arguments: Arguments) -> Json:
    """chat.update"""
    channel = _writable(backend, arguments.required("channel"))
    message = own_message(channel, arguments.required("ts"), "cant_update_message")
    text, blocks = checked_content(arguments)
    if (metadata := checked_metadata(arguments)) is not None:
        message.metadata = metadata
    if blocks and not text:
        backend.violations.append(f"an update in {channel.name} has blocks but no text fallback")
    backend.conversations.edit(channel, message, text, blocks)
    shown = message.as_slack(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": shown}


def delete(backend: Backend, arguments: Arguments) -> Json:
    """chat.delete"""
    channel = _writable(backend, arguments.required("channel"))
    message = own_message(channel, arguments.required("ts"), "cant_delete_message")
    backend.conversations.delete(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(backend: Backend, arguments: Arguments) -> Json:
    """chat.postEphemeral"""
    channel = writable_channel(backend, arguments.required("channel"))
    user_id = arguments.required("user")
    if user_id not in channel.members:
        raise RefusalError("user_not_in_channel")
    text, blocks = checked_content(arguments)
    thread_ts = arguments.text("thread_ts") or None
    message = backend.bot_says(
        channel, text=text, blocks=blocks, thread_ts=thread_ts, only_to=user_id
    )
    return {"message_ts": message.ts}


def permalink(backend: Backend, arguments: Arguments) -> Json:
    """chat.getPermalink"""
    channel = readable_channel(backend, arguments.required("channel"))
    ts = arguments.required("message_ts")
    if channel.message(ts) is None:
        raise RefusalError("message_not_found")
    link = f"https://{TEAM_DOMAIN}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(backend: Backend, arguments: Arguments) -> Json:
    """reactions.add"""
    channel = writable_channel(backend, arguments.required("channel"))
    message = channel.message(arguments.required("timestamp"))
    if message is None:
        raise RefusalError("message_not_found")
    emoji = arguments.required("name").strip(":")
    if BOT_USER in message.reactions.get(emoji, ()):
        raise RefusalError("already_reacted")
    backend.conversations.react(channel, message, BOT_USER, emoji)
    return {}


METHODS = {
    "chat.postMessage": Method(post_message, POSTING, "chat:write"),
    "chat.update": Method(update, 3, "chat:write"),
    "chat.delete": Method(delete, 3, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, 4, "chat:write"),
    "chat.getPermalink": Method(permalink, None),
    "reactions.add": Method(add_reaction, 3, "reactions:write"),
}
