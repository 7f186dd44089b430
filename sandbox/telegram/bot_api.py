"""The Bot API's doors: `/bot<token>/<method>`, and `/file/bot<token>/<path>` for downloads."""

from __future__ import annotations

import hmac
import inspect
from typing import Any

from aiohttp import web

from sandbox.faults import Fault
from sandbox.telegram import methods_files, methods_messages, methods_profile, methods_updates
from sandbox.telegram.backend import BotCall, TelegramBackend, too_many
from sandbox.telegram.calls import Arguments, Method, Upload
from sandbox.telegram.cloud import BOT_TOKEN
from sandbox.telegram.refusals import BotRefusal
from sandbox.workspace import Json

METHODS: dict[str, Method] = {
    **methods_updates.METHODS,
    **methods_messages.METHODS,
    **methods_files.METHODS,
    **methods_profile.METHODS,
}
# What a careful bot never hears, unlike what people do to it or what comes of haste.
_NOBODYS_MISTAKE = (
    "chat not found",
    "query is too old",
    "message is not modified",
    "message to ",
    "message can't be deleted for everyone",
    "wrong file_id",
    "file is too big",
)
_FAULTY_SECONDS = 3


class BotApi:
    """Answers the calls of one bot."""

    def __init__(self, backend: TelegramBackend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Where everything is."""
        return [
            web.route("*", "/bot{token}/{method}", self._serve),
            web.get("/file/bot{token}/{path:.+}", self._download),
        ]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        """One call, recorded with its answer."""
        name = request.match_info["method"]
        fault = self._backend.faults.next(name)
        arguments = await _arguments(request)
        answer: Json = {"ok": False, "error_code": 500, "description": "fault injected"}
        if fault is None or fault.after_effect:
            answer = await self._answer(name, request.match_info["token"], arguments)
        if name != "getUpdates":
            at = self._backend.clock.now()
            self._backend.calls.append(BotCall(name, arguments.given, answer, at))
            self._backend.updates.changed.fire()
        # An outage that began while a poll was waiting breaks that as well.
        fault = fault or (self._backend.faults.next(name) if name == "getUpdates" else None)
        if fault is not None:
            return await self._fail(request, fault)
        return web.json_response(answer, status=answer.get("error_code", 200))

    async def _answer(self, name: str, token: str, arguments: Arguments) -> Json:
        try:
            self._refuse_token(token)
            method = METHODS.get(name)
            if method is None:
                raise BotRefusal(404, "Not Found: method not found")
            result = method(self._backend, arguments)
            return {"ok": True, "result": await result if inspect.isawaitable(result) else result}
        except BotRefusal as refusal:
            if refusal.code in (400, 404):
                self._note_mistake(name, refusal)
            answer: Json = {
                "ok": False,
                "error_code": refusal.code,
                "description": refusal.description,
            }
            return answer | ({"parameters": refusal.parameters} if refusal.parameters else {})

    def _note_mistake(self, name: str, refusal: BotRefusal) -> None:
        why = refusal.description.removeprefix("Bad Request: ")
        if not why.startswith(_NOBODYS_MISTAKE):
            self._backend.violations.append(f"{name}: {refusal.description}")

    def _refuse_token(self, token: str) -> None:
        if self._backend.token_revoked or not hmac.compare_digest(token, BOT_TOKEN):
            raise BotRefusal(401, "Unauthorized")

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hang:
            await self._backend.faults.hang()
        if fault.status == 429:
            refusal = too_many(_FAULTY_SECONDS)
            told = {"error_code": 429, "description": refusal.description}
            answer = {"ok": False, **told, "parameters": refusal.parameters}
            return web.json_response(answer, status=429)
        if fault.error is not None:
            code = 403 if fault.error.startswith("Forbidden") else 400
            answer = {"ok": False, "error_code": code, "description": fault.error}
            return web.json_response(answer, status=code)
        if fault.status is not None:
            return web.Response(status=fault.status, text="upstream failure")
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        fault = self._backend.faults.next("file")
        if fault is not None:
            return await self._fail(request, fault)
        now, path = self._backend.clock.now(), request.match_info["path"]
        for file in self._backend.cloud.files.values():
            if file.path == path and file.link_until is not None and now <= file.link_until:
                self._refuse_download(request.match_info["token"])
                return web.Response(body=file.content, content_type="application/octet-stream")
        raise web.HTTPNotFound(text='{"ok":false,"error_code":404,"description":"Not Found"}')

    def _refuse_download(self, token: str) -> None:
        if not hmac.compare_digest(token, BOT_TOKEN):
            raise web.HTTPUnauthorized


async def _arguments(request: web.Request) -> Arguments:
    given: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.method == "POST" and request.content_type == "application/json":
        given |= await request.json()
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            _take(name, value, given, uploads)
    return Arguments(given, uploads)


def _take(name: str, value: Any, given: Json, uploads: dict[str, Upload]) -> None:
    if isinstance(value, web.FileField):
        uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
    else:
        given[name] = value
