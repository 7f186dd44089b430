"""The Web API's door: who may call, how often, and what goes wrong on purpose."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox import methods_chat, methods_conversations, methods_users, methods_views
from sandbox.backend import Backend, CallRecord
from sandbox.faults import Fault
from sandbox.rate_limits import POSTING, RATES
from sandbox.refusals import RefusalError
from sandbox.web_calls import Arguments, Method
from sandbox.workspace import APP_TOKEN, BOT_TOKEN, Json

METHODS: dict[str, Method] = {
    **methods_chat.METHODS,
    **methods_conversations.METHODS,
    **methods_users.METHODS,
    **methods_views.METHODS,
}
_APP_SCOPES = {"connections:write"}
# Refusals that a careful bot never meets, unlike those of a workspace that has changed.
_OWN_MISTAKES = frozenset(
    {
        "duplicate_external_id",
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_arguments",
        "invalid_blocks",
        "invalid_metadata_format",
        "invalid_trigger_id",
        "missing_scope",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "not_allowed_token_type",
        "push_limit_reached",
        "unknown_method",
        "view_too_large",
    }
)
_NO_TOKEN_NEEDED = "api.test"  # noqa: S105


class WebApi:
    """Answers `/api/{method}`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call, recorded with its answer."""
        name = request.match_info["method"]
        fault = self._backend.faults.next(name)
        given = await _given(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = token or str(given.pop("token", ""))
        if fault is None or fault.after_effect:
            given, answer = self._answer(name, token, given)
        else:
            answer = {"ok": False, "error": fault.error or "fault injected"}
        at = self._backend.clock.now()
        self._backend.calls.append(CallRecord(name, given, answer, at))
        if fault is not None:
            return await self._fail(request, fault)
        if answer.get("error") == "ratelimited":
            retry_after = {"Retry-After": str(answer["retry_after"])}
            return web.json_response(answer, status=429, headers=retry_after)
        scopes = {"X-OAuth-Scopes": ",".join(sorted(self._backend.workspace.scopes))}
        return web.json_response(answer, headers=scopes)

    def _answer(self, name: str, token: str, given: Json) -> tuple[Json, Json]:
        """The arguments as they were understood, and the answer to them."""
        try:
            arguments = Arguments(given)
            given = arguments.given
            return given, {"ok": True, **self._called(name, token, arguments)}
        except RefusalError as refusal:
            if refusal.error in _OWN_MISTAKES:
                self._backend.violations.append(f"{name}: {refusal.error} {refusal.details}")
            return given, {"ok": False, "error": refusal.error, **refusal.details}

    def _called(self, name: str, token: str, arguments: Arguments) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise RefusalError("unknown_method", req_method=name)
        self._refuse_token(name, token)
        self._refuse_scope(method, token)
        if method.tier is not None:
            # Posting is limited in each channel, everything else over all channels.
            channel = arguments.text("channel") if method.tier == POSTING else ""
            wait = self._backend.rate_limits.take(f"{name} {channel}", RATES[method.tier])
            if wait is not None:
                raise RefusalError("ratelimited", retry_after=wait)
        return method.answer(self._backend, arguments)

    def _refuse_token(self, name: str, token: str) -> None:
        if name == _NO_TOKEN_NEEDED:
            return
        if not token:
            raise RefusalError("not_authed")
        if token not in (BOT_TOKEN, APP_TOKEN):
            raise RefusalError("invalid_auth")
        if (token == APP_TOKEN) != (name == "apps.connections.open"):
            raise RefusalError("not_allowed_token_type")
        if token == BOT_TOKEN and self._backend.workspace.token_error:
            raise RefusalError(self._backend.workspace.token_error)

    def _refuse_scope(self, method: Method, token: str) -> None:
        granted = _APP_SCOPES if token == APP_TOKEN else self._backend.workspace.scopes
        if method.scope is not None and method.scope not in granted:
            provided = ",".join(sorted(granted))
            raise RefusalError("missing_scope", needed=method.scope, provided=provided)

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hang:
            await self._backend.faults.hang()
        if fault.error is not None:
            return web.json_response({"ok": False, "error": fault.error})
        if fault.status is not None:
            return web.Response(status=fault.status, text="upstream failure")
        # Nothing was asked for: the connection breaks before an answer.
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)


async def _given(request: web.Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        return dict(body)
    return {**request.query, **await request.post()}
