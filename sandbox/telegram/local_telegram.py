"""The local Telegram: one server on loopback with the Bot API and the control API."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, web

from sandbox.clock import MovableClock
from sandbox.faults import Faults
from sandbox.loopback import HOST, refuse_strangers
from sandbox.person import ControlClient
from sandbox.telegram.backend import BotCall, TelegramBackend, TelegramDeliveries
from sandbox.telegram.bot_api import BotApi
from sandbox.telegram.client import Client
from sandbox.telegram.cloud import BOT_TOKEN, Cloud
from sandbox.telegram.control import TelegramControl
from sandbox.telegram.updates import Updates

_LARGEST_BODY = 64 * 1024**2
_SHUTDOWN_SECONDS = 1.0


class LocalTelegram:
    """A Telegram for as long as it is entered; the real python-telegram-bot connects to it."""

    token = BOT_TOKEN

    def __init__(self, clock: MovableClock, port: int = 0) -> None:
        self.clock = clock
        self._port = port
        self.backend = TelegramBackend(clock)
        self._deliveries = TelegramDeliveries(self.backend)
        self._session: ClientSession | None = None
        self._exit = AsyncExitStack()

    @property
    def cloud(self) -> Cloud:
        """The people, chats and files; tests change them."""
        return self.backend.cloud

    @property
    def faults(self) -> Faults:
        """Where a test makes the Bot API fail."""
        return self.backend.faults

    @property
    def updates(self) -> Updates:
        """The telling of what happens."""
        return self.backend.updates

    @property
    def violations(self) -> list[str]:
        """What the bot did that Telegram would refuse; tests want it empty."""
        return self.backend.violations

    @property
    def calls(self) -> list[BotCall]:
        """Every call so far, but for the asking for updates."""
        return self.backend.calls

    @property
    def url(self) -> str:
        """What the bot takes as TELEGRAM_API_URL."""
        return f"http://{HOST}:{self._port}"

    def as_(self, name: str, *, waits: bool = True) -> Client:
        """A client, by the sandbox's name for them."""
        if self._session is None:
            raise RuntimeError("enter the local Telegram first")
        return Client(name, ControlClient(f"{self.url}/control", self._session), waits=waits)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            app = web.Application(middlewares=[refuse_strangers], client_max_size=_LARGEST_BODY)
            app.add_routes(
                [*BotApi(self.backend).routes(), *TelegramControl(self.backend).routes()]
            )
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            await web.TCPSite(runner, HOST, self._port).start()
            self._port = runner.addresses[0][1]
            self._session = await stack.enter_async_context(ClientSession())
            await self.updates.start(self._session)
            self.clock.register(self._deliveries)
            self.clock.count(self.backend.traffic)
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

    async def _hang_up(self) -> None:
        """End what would keep the server from stopping."""
        self.faults.release()
        await self.updates.close()
