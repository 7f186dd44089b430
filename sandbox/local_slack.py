"""The local Slack: one server on loopback with the Web API, Socket Mode and the control API."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, web

from sandbox.backend import Backend, CallRecord, Deliveries
from sandbox.clock import MovableClock
from sandbox.clock_door import ClockDoor
from sandbox.control import Control
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.http_delivery import Requests
from sandbox.loopback import HOST, refuse_strangers
from sandbox.person import ControlClient, Person, Seen
from sandbox.responses import Responses
from sandbox.screen import Screen
from sandbox.sockets import Sockets
from sandbox.views import Triggers
from sandbox.web_api import WebApi
from sandbox.workspace import APP_TOKEN, BOT_TOKEN, BOT_USER, SIGNING_SECRET, Workspace

_LARGEST_BODY = 4 * 1024**2
_SHUTDOWN_SECONDS = 1.0


class LocalSlack:
    """A Slack workspace for as long as it is entered; the real Bolt connects to it."""

    bot_token = BOT_TOKEN
    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET

    def __init__(self, clock: MovableClock, port: int = 0) -> None:
        self.clock = clock
        self._port = port
        self._backend = Backend(clock)
        self._deliveries = Deliveries(self._backend)
        self._clock_door = ClockDoor(clock)
        self._session: ClientSession | None = None
        self._exit = AsyncExitStack()

    @property
    def workspace(self) -> Workspace:
        """The members, channels and grants; tests change them."""
        return self._backend.workspace

    @property
    def faults(self) -> Faults:
        """Where a test makes the Web API fail."""
        return self._backend.faults

    @property
    def events(self) -> Events:
        """The telling of what happens."""
        return self._backend.events

    @property
    def sockets(self) -> Sockets:
        """The Socket Mode connections."""
        return self._backend.sockets

    @property
    def triggers(self) -> Triggers:
        """The trigger ids."""
        return self._backend.triggers

    @property
    def violations(self) -> list[str]:
        """What the bot did that Slack would refuse or that smells; tests want it empty."""
        return self._backend.violations

    @property
    def calls(self) -> list[CallRecord]:
        """Every Web API call so far."""
        return self._backend.calls

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """What the bot takes as SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def control_url(self) -> str:
        """Where people act and time passes."""
        return f"{self.url}/control"

    def tells_by_http(self, *urls: str) -> None:
        """Send events, commands and interactions to these addresses, one after the other."""
        if self._session is None:
            raise RuntimeError("enter the local Slack first")
        self.sockets.requests = Requests(list(urls), self._session)

    def as_(self, name: str, *, waits: bool = True) -> Person:
        """A member, by handle."""
        if self._session is None:
            raise RuntimeError("enter the local Slack first")
        return Person(name, ControlClient(self.control_url, self._session), waits=waits)

    def channel_messages(self, name: str) -> list[Seen]:
        """What a channel's history holds, replies included, as the bot would read it."""
        channel = self.workspace.channel(name)
        if channel is None:
            raise KeyError(name)
        screen = Screen(self._backend, self.workspace.members[BOT_USER])
        return [Seen(**screen.shown_message(place)) for place in screen.messages(channel)]

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            runner = web.AppRunner(
                self._web_application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
            )
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            await web.TCPSite(runner, HOST, self._port).start()
            self._port = runner.addresses[0][1]
            self._backend.response_urls.base = self.url
            self._session = await stack.enter_async_context(ClientSession())
            self.clock.register(self._deliveries)
            self.clock.count(self._backend.traffic)
            stack.callback(self.clock.forget, self._deliveries)
            stack.push_async_callback(self._hang_up)
            self._exit = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._exit.aclose()

    def _web_application(self) -> web.Application:
        app = web.Application(middlewares=[refuse_strangers], client_max_size=_LARGEST_BODY)
        app.add_routes(
            [
                web.route("*", "/api/{method}", WebApi(self._backend).serve),
                web.post("/response/{key}", Responses(self._backend).serve),
                web.get("/link", self._backend.sockets.serve),
                web.get("/control/clock", self._clock_door.serve),
                *Control(self._backend).routes(),
            ]
        )
        return app

    async def _hang_up(self) -> None:
        """End what would keep the server from stopping."""
        self._backend.faults.release()
        await self._backend.events.close()
        await self._backend.sockets.close()
        await self._clock_door.close()
