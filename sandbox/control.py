"""The control API: what people do, what they see, and the passing of time, over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox.acts import Acts
from sandbox.backend import Backend
from sandbox.clock import NeverIdleError
from sandbox.refusals import CannotDoError
from sandbox.screen import InMessage, Screen
from sandbox.views import View
from sandbox.workspace import Json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Serves `/control/…` for `Person`, the command line and later the page in a browser."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._heard: dict[str, str] = {}

    def routes(self) -> list[web.RouteDef]:
        """Where everything is."""
        return [
            web.post("/control/as/{name}/{act}", kindly(self._act)),
            web.get("/control/as/{name}/sees", kindly(self._sees)),
            web.get("/control/as/{name}/hears", kindly(self._hears)),
            web.get("/control/as/{name}/modal", kindly(self._modal)),
            web.get("/control/as/{name}/home", kindly(self._home)),
            web.get("/control/now", kindly(self._now)),
            web.post("/control/pass", kindly(self._pass)),
            web.get("/control/people", kindly(self._people)),
        ]

    async def _act(self, request: web.Request) -> web.Response:
        """One act of a person, then everything it causes, then its result."""
        acts, body = self._acts(request), await request.json()
        if acts.screen.member.deactivated:
            raise CannotDoError(f"{acts.screen.member.handle} is deactivated")
        act = request.match_info["act"]
        if act not in _ACTS:
            raise web.HTTPNotFound(text=f"nobody can do {act}")
        result = await _ACTS[act](acts, body)
        if body.get("wait", True):
            await self._backend.clock.settle()
        shown = acts.screen.shown_message(result) if isinstance(result, InMessage) else result
        return web.json_response({"result": shown})

    async def _sees(self, request: web.Request) -> web.Response:
        screen = self._acts(request).screen
        name = request.query.get("channel")
        places = screen.messages(screen.channel(name) if name else None)
        return web.json_response({"result": _shown(screen, places)})

    async def _hears(self, request: web.Request) -> web.Response:
        """The bot's messages to this person alone, since `since` or since this was last asked."""
        screen = self._acts(request).screen
        member_id = screen.member.id
        since = request.query.get("since") or self._heard.get(member_id, "")
        news = [
            place
            for place in screen.messages()
            if place.message.by_bot
            and (place.channel.is_im or place.message.ephemeral_to == member_id)
            and place.message.ts > since
        ]
        if news and "since" not in request.query:
            self._heard[member_id] = news[-1].message.ts
        return web.json_response({"result": _shown(screen, news)})

    async def _modal(self, request: web.Request) -> web.Response:
        screen = self._acts(request).screen
        modal = screen.modal()
        return web.json_response({"result": screen.shown_view(modal) if modal else None})

    async def _home(self, request: web.Request) -> web.Response:
        screen = self._acts(request).screen
        home = screen.home()
        return web.json_response({"result": screen.shown_view(home) if home else None})

    async def _now(self, request: web.Request) -> web.Response:
        return web.json_response({"result": self._time()})

    async def _pass(self, request: web.Request) -> web.Response:
        body = await request.json()
        await self._backend.clock.pass_(timedelta(seconds=body["seconds"]))
        return web.json_response({"result": self._time()})

    async def _people(self, request: web.Request) -> web.Response:
        members = self._backend.workspace.members.values()
        return web.json_response({"result": [m.handle for m in members if not m.is_bot]})

    def _time(self) -> Json:
        now = self._backend.clock.now()
        somebody = next(iter(self._backend.workspace.members.values()))
        return {
            "now": now.isoformat(),
            "local": f"{now.astimezone(ZoneInfo(somebody.tz)):%A %Y-%m-%d %H:%M:%S}",
            "zone": somebody.tz,
            "ts": self._backend.next_ts(),
        }

    def _acts(self, request: web.Request) -> Acts:
        name = request.match_info["name"]
        member = self._backend.workspace.member(name)
        if member is None or member.is_bot:
            people = self._backend.workspace.members.values()
            known = ", ".join(m.handle for m in people if not m.is_bot)
            raise CannotDoError(f"there is nobody called {name!r}; there are: {known}")
        return Acts(self._backend, member)


def _shown(screen: Screen, places: list[InMessage]) -> list[Json]:
    return [screen.shown_message(place) for place in places]


def _message(acts: Acts, body: Json) -> InMessage:
    on = body["on"]
    return acts.screen.message(on["channel"], on["ts"])


def _message_if_any(acts: Acts, body: Json) -> InMessage | None:
    return _message(acts, body) if body.get("on") else None


def _place_if_any(acts: Acts, body: Json) -> InMessage | View | None:
    on = body.get("on") or {}
    return acts.screen.view(on["view"]) if "view" in on else _message_if_any(acts, body)


async def _types(acts: Acts, body: Json) -> InMessage | None:
    return await acts.types(body["text"], body["channel"])


async def _replies(acts: Acts, body: Json) -> InMessage:
    return acts.replies(_message(acts, body), body["text"])


async def _edits(acts: Acts, body: Json) -> None:
    acts.edits(_message(acts, body), body["text"])


async def _reacts(acts: Acts, body: Json) -> None:
    acts.reacts(body["emoji"], _message(acts, body))


async def _shortcut(acts: Acts, body: Json) -> str | None:
    return await acts.shortcut(body["callback_id"], _message_if_any(acts, body))


async def _opens_home(acts: Acts, body: Json) -> None:
    acts.opens_home()


async def _clicks(acts: Acts, body: Json) -> str | None:
    return await acts.clicks(body["what"], _place_if_any(acts, body))


async def _chooses(acts: Acts, body: Json) -> str | None:
    return await acts.chooses(body["what"], body["option"], _place_if_any(acts, body))


async def _fills(acts: Acts, body: Json) -> None:
    await acts.fills(body["values"])


async def _submits(acts: Acts, body: Json) -> dict[str, str]:
    return await acts.submits(body["values"])


async def _closes(acts: Acts, body: Json) -> None:
    await acts.closes()


async def _goes_dnd(acts: Acts, body: Json) -> None:
    acts.goes_dnd(datetime.fromisoformat(body["until"]) if body["until"] else None)


_ACTS: dict[str, Callable[[Acts, Json], Awaitable[Any]]] = {
    "types": _types,
    "replies": _replies,
    "edits": _edits,
    "reacts": _reacts,
    "shortcut": _shortcut,
    "opens_home": _opens_home,
    "clicks": _clicks,
    "chooses": _chooses,
    "fills": _fills,
    "submits": _submits,
    "closes": _closes,
    "goes_dnd": _goes_dnd,
}


def kindly(handler: Handler) -> Handler:
    """Tell what can't be done as JSON: 409 for the person, 504 for a bot that never gets idle."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except CannotDoError as error:
            return web.json_response({"error": str(error)}, status=409)
        except NeverIdleError as error:
            return web.json_response({"error": str(error)}, status=504)

    return handle
