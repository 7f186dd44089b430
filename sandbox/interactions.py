"""What a person's commands, clicks and submissions send to the bot, and what its answers do."""

from __future__ import annotations

from typing import Any

from sandbox import payloads
from sandbox.backend import Backend
from sandbox.forms import initial_state, named
from sandbox.message_checks import refuse_bad_content
from sandbox.refusals import RefusalError
from sandbox.sockets import Ack, Delivery
from sandbox.view_checks import view_complaints
from sandbox.views import View
from sandbox.workspace import SLACKBOT, Channel, Json, Member, Message

CLICK_TROUBLE = "Sorry, that didn't work. Try again?"
MODAL_TROUBLE = "We had some trouble connecting. Try again?"


class Interactions:
    """Sends interactions and obeys their acknowledgements; none is ever sent twice."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def command(
        self, member: Member, channel: Channel, name: str, text: str
    ) -> Message | None:
        """Run a slash command; gives what the bot, or Slack in its place, answered at once."""
        if name not in self._backend.workspace.commands:
            return self._slackbot_says(member, channel, f"{name} is not a valid command.")
        trigger_id = self._backend.triggers.issue(member.id)
        response_url = self._backend.response_urls.issue(member.id, channel, None)
        payload = payloads.command(member, channel, name, text, trigger_id, response_url)
        ack = await self._send("slash_commands", f"command {name}", payload)
        if ack is None:
            failure = f'{name} failed with the error "dispatch_failed"'
            return self._slackbot_says(member, channel, failure)
        return self._command_answer(member, channel, name, ack.payload) if ack.payload else None

    def _command_answer(self, member: Member, channel: Channel, name: str, answer: Json) -> Message:
        text, blocks = answer.get("text", ""), answer.get("blocks", [])
        try:
            refuse_bad_content(text, blocks)
        except RefusalError as refusal:
            self._backend.violations.append(f"answer to {name}: {refusal.error} {refusal.details}")
            failure = f'{name} failed with the error "invalid_command_response"'
            return self._slackbot_says(member, channel, failure)
        only_to = None if answer.get("response_type") == "in_channel" else member.id
        return self._backend.bot_says(channel, text=text, blocks=named(blocks), only_to=only_to)

    def _slackbot_says(self, member: Member, channel: Channel, text: str) -> Message:
        ts = self._backend.next_ts()
        message = Message(channel.id, ts, SLACKBOT, text, ephemeral_to=member.id)
        self._backend.conversations.post(channel, message)
        return message

    async def shortcut(self, member: Member, callback_id: str) -> str | None:
        """Use a global shortcut; gives what Slack says if the bot does not answer."""
        payload = payloads.shortcut(
            member, callback_id, self._backend.triggers.issue(member.id), self._backend.next_ts()
        )
        return await self._told(f"shortcut {callback_id}", payload)

    async def message_shortcut(
        self, member: Member, callback_id: str, channel: Channel, message: Message
    ) -> str | None:
        """Use a shortcut on a message; gives what Slack says if the bot does not answer."""
        payload = payloads.message_action(
            member,
            callback_id,
            channel,
            message,
            self._backend.triggers.issue(member.id),
            self._backend.response_urls.issue(member.id, channel, message),
            self._backend.next_ts(),
        )
        return await self._told(f"shortcut {callback_id}", payload)

    async def on_message(
        self, member: Member, channel: Channel, message: Message, action: Json
    ) -> str | None:
        """Send an action on a message; gives what Slack says if the bot does not answer."""
        state = message.choices.setdefault(member.id, initial_state(message.blocks))
        payload = payloads.message_click(
            member,
            action,
            channel,
            message,
            state,
            self._backend.triggers.issue(member.id),
            self._backend.response_urls.issue(member.id, channel, message),
        )
        return await self._told(f"click on {action['action_id']}", payload)

    async def on_view(self, member: Member, view: View, action: Json) -> str | None:
        """Send an action on a view; gives what Slack says if the bot does not answer."""
        trigger_id = self._backend.triggers.issue(member.id)
        payload = payloads.view_click(member, action, view, trigger_id)
        return await self._told(f"click on {action['action_id']}", payload)

    async def submit(self, member: Member, view: View) -> None:
        """Send the top modal; it goes, changes, or stays with what is wrong with it."""
        what = f"submission of {view.definition.get('callback_id')}"
        trigger_id = self._backend.triggers.issue(member.id, by_submission=True)
        view.errors, view.trouble = {}, None
        ack = await self._send("interactive", what, payloads.submission(member, view, trigger_id))
        if ack is None:
            view.trouble = MODAL_TROUBLE
            return
        try:
            self._obey(view, ack.payload)
        except RefusalError as refusal:
            self._backend.violations.append(f"{what}: {refusal.error} {refusal.details}")
            view.trouble = MODAL_TROUBLE

    def _obey(self, view: View, answer: Json) -> None:
        action = answer.get("response_action")
        if not answer:
            self._backend.views.close(view)
        elif action == "clear":
            self._backend.views.clear(view.user_id)
        elif action == "errors":
            view.errors = _checked_errors(view, answer.get("errors"))
        elif action == "update":
            self._backend.views.update(view, _checked_view(answer.get("view")))
        elif action == "push":
            self._backend.views.push(view.user_id, _checked_view(answer.get("view")))
        else:
            raise RefusalError("unknown response_action", response_action=action)

    async def close(self, member: Member, view: View) -> None:
        """Close the top modal with its button, or all of them if it asks for that."""
        clears = view.definition.get("clear_on_close", False)
        closed = self._backend.views.stack(member.id)[::-1] if clears else [view]
        for each in list(closed):
            self._backend.views.close(each)
            if each.definition.get("notify_on_close", False):
                what = f"closing of {each.definition.get('callback_id')}"
                payload = payloads.closing(member, each, is_cleared=clears)
                await self._send("interactive", what, payload)

    async def _told(self, what: str, payload: Json) -> str | None:
        ack = await self._send("interactive", what, payload)
        return CLICK_TROUBLE if ack is None else None

    async def _send(self, kind: str, what: str, payload: Json) -> Ack | None:
        return await self._backend.sockets.deliver(Delivery(kind, what, payload, True))


def _checked_view(view: Any) -> Json:
    if complaints := view_complaints(view, "modal"):
        raise RefusalError.because("invalid view", complaints)
    return dict(view)


def _checked_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise RefusalError("errors for blocks that are no inputs of the view", errors=errors)
    return {block_id: str(text) for block_id, text in errors.items()}
