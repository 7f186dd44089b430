"""Serves response_url."""

from __future__ import annotations

from aiohttp import web

from sandbox.backend import Backend
from sandbox.forms import named
from sandbox.message_checks import refuse_bad_content
from sandbox.refusals import RefusalError
from sandbox.response_urls import ResponseUrl
from sandbox.workspace import Json


class Responses:
    """Answers `/response/{key}`: Slack says `ok`, or 404 and an error name."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def serve(self, request: web.Request) -> web.Response:
        """One use of a response_url."""
        body = await request.json()
        try:
            self._respond(self._backend.response_urls.use(request.match_info["key"]), body)
        except RefusalError as refusal:
            self._backend.violations.append(f"response_url: {refusal.error} {refusal.details}")
            return web.json_response({"ok": False, "error": refusal.error}, status=404)
        return web.Response(text="ok")

    def _respond(self, url: ResponseUrl, body: Json) -> None:
        original = url.message
        if body.get("delete_original"):
            if original in url.channel.messages:
                self._backend.conversations.delete(url.channel, original)
            return
        text, blocks = body.get("text", ""), body.get("blocks") or []
        refuse_bad_content(text, blocks)
        if body.get("replace_original") and original is not None and original.by_bot:
            self._backend.conversations.edit(url.channel, original, text, named(blocks))
            return
        self._backend.bot_says(
            url.channel,
            text=text,
            blocks=named(blocks),
            thread_ts=body.get("thread_ts"),
            only_to=None if body.get("response_type") == "in_channel" else url.user_id,
        )
