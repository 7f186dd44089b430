"""The control API of the local Telegram: what clients do and see, over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox.control import kindly
from sandbox.refusals import CannotDoError
from sandbox.telegram.acts import Hands, Picked
from sandbox.telegram.backend import TelegramBackend
from sandbox.telegram.cloud import Said
from sandbox.workspace import Json


class TelegramControl:
    """Serves `/control/client/…`."""

    def __init__(self, backend: TelegramBackend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        """Where everything is."""
        return [
            web.post("/control/client/{name}/{act}", kindly(self._act)),
            web.get("/control/client/{name}/sees", kindly(self._sees)),
            web.get("/control/client/{name}/file/{id}", kindly(self._file)),
            web.get("/control/clients", kindly(self._clients)),
        ]

    async def _act(self, request: web.Request) -> web.Response:
        """One act of a client, then everything it causes, then its result."""
        hands, body = self._hands(request), await request.json()
        act = _ACTS.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound(text=f"nobody can do {request.match_info['act']}")
        result = await act(hands, body)
        if body.get("wait", True):
            await self._backend.clock.settle()
        return web.json_response({"result": self._shown_result(hands, result)})

    def _shown_result(self, hands: Hands, result: Any) -> Any:
        if isinstance(result, Said):
            return self._shown(hands, result)
        if isinstance(result, list):
            return [self._shown(hands, said) for said in result]
        return result

    async def _sees(self, request: web.Request) -> web.Response:
        hands = self._hands(request)
        visible = self._backend.cloud.visible(hands.user.id)
        return web.json_response({"result": [self._shown(hands, said) for said in visible]})

    async def _file(self, request: web.Request) -> web.Response:
        file = self._backend.cloud.files.get(request.match_info["id"])
        if file is None:
            raise CannotDoError("there is no such file")
        return web.Response(body=file.content, content_type=file.mime_type)

    async def _clients(self, request: web.Request) -> web.Response:
        users = self._backend.cloud.users.values()
        return web.json_response({"result": [user.handle for user in users]})

    def _shown(self, hands: Hands, said: Said) -> Json:
        content = self._backend.cloud.as_telegram(said)
        local = said.at.astimezone(ZoneInfo(hands.user.tz))
        kinds = [kind for kind in ("photo", "document", "voice", "video") if kind in content]
        rows = (said.keyboard or {}).get("inline_keyboard", [])
        return {
            "id": said.id,
            "time": f"{local:%a %H:%M}",
            "by_bot": said.by_bot,
            "text": content.get("text", content.get("caption", "")),
            "entities": content.get("entities", content.get("caption_entities", [])),
            "kind": kinds[0] if kinds else "text" if "text" in content else "other",
            "file_id": _file_id(content, kinds[0]) if kinds else None,
            "edited": said.edited_at is not None,
            "keyboard": [[button["text"] for button in row] for row in rows],
            "data": [button.get("callback_data") for row in rows for button in row],
        }

    def _hands(self, request: web.Request) -> Hands:
        name = request.match_info["name"]
        user = self._backend.cloud.user(name)
        if user is None:
            known = ", ".join(user.handle for user in self._backend.cloud.users.values())
            raise CannotDoError(f"there is no client called {name!r}; there are: {known}")
        return Hands(self._backend, user)


def _file_id(content: Json, kind: str) -> str:
    part = content[kind][-1] if kind == "photo" else content[kind]
    return str(part["file_id"])


async def _starts(hands: Hands, body: Json) -> Said:
    return hands.starts(body.get("payload", ""))


async def _writes(hands: Hands, body: Json) -> Said:
    return hands.writes(body["text"], body.get("reply_to"), body.get("group"))


async def _forwards(hands: Hands, body: Json) -> Said:
    return hands.forwards(body["text"], body["whose"])


async def _sends(hands: Hands, body: Json) -> list[Said]:
    files = [
        Picked(**{**file, "content": base64.b64decode(file["content"])}) for file in body["files"]
    ]
    return hands.sends(files, body.get("caption", ""))


async def _sends_other(hands: Hands, body: Json) -> Said:
    return hands.sends_other(body["content"])


async def _edits(hands: Hands, body: Json) -> Said:
    return hands.edits(body["id"], body["text"])


async def _presses(hands: Hands, body: Json) -> Json | None:
    return await hands.presses(body["what"], body.get("id"))


async def _blocks(hands: Hands, _body: Json) -> None:
    hands.blocks()


async def _unblocks(hands: Hands, _body: Json) -> None:
    hands.unblocks()


async def _deletes_account(hands: Hands, _body: Json) -> None:
    hands.deletes_account()


_ACTS: dict[str, Callable[[Hands, Json], Awaitable[Any]]] = {
    "starts": _starts,
    "writes": _writes,
    "forwards": _forwards,
    "sends": _sends,
    "sends_other": _sends_other,
    "edits": _edits,
    "presses": _presses,
    "blocks": _blocks,
    "unblocks": _unblocks,
    "deletes_account": _deletes_account,
}
