"""The desk as clients meet it: what they write and press, each in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flows import client_talk
from flows.change import Moment
from flows.client import CLIENT, Client, ClientWords
from flows.client_talk import Told
from flows.desk import By, Desk
from flows.ports import Case, Store

Decide = Callable[[Client, Case | None, Moment], Told]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, as the transport knows her; `key` makes what she did count once.

    `language` is the code of the language she uses the transport in.
    """

    address: str
    door: str
    key: str
    name: str | None
    language: str


class ClientDesk:
    """What clients can do. What was taken already, by its key, is taken as done."""

    def __init__(self, store: Store, desk: Desk, wake: Callable[[], None]) -> None:
        self._store = store
        self._desk = desk
        self._wake = wake

    async def starts(self, writer: Writer) -> None:
        """She opened the talk."""
        await self._take(writer, lambda client, _case, _moment: client_talk.greet(client))

    async def hears(self, writer: Writer, words: ClientWords) -> None:
        """She wrote."""
        await self._take(
            writer, lambda client, case, moment: client_talk.hear(client, words, case, moment)
        )

    async def edits(self, writer: Writer, words: ClientWords) -> None:
        """She changed what she had written; `words` are what stands there now."""
        await self._take(
            writer,
            lambda client, case, moment: client_talk.edit(client, words, case, moment),
            finished=True,
        )

    async def asks(self, writer: Writer) -> None:
        """She asks where her complaint stands."""
        await self._take(writer, lambda client, case, _moment: client_talk.status(client, case))

    async def presses(self, writer: Writer, wish: str, turn: int) -> None:
        """She pressed a button of the question number `turn`: a value of `client_talk.Press`."""
        await self._take(
            writer, lambda client, case, moment: client_talk.press(client, wish, turn, case, moment)
        )

    async def _take(self, writer: Writer, decide: Decide, *, finished: bool = False) -> None:
        """Decide about the complaint she talks about; one that is `finished` only if wanted."""
        by = By(CLIENT, writer.door, (writer.key,))
        async with self._store.work() as unit:
            client = await unit.client_at(writer.address)
            if client.heard == writer.key:
                return
            if client.version == 0:
                client = replace(client, name=writer.name, language=writer.language)
            case = None if client.number is None else await unit.case(client.number)
            if case is not None and case.complaint.state.finished and not finished:
                case = None
            told = decide(client, case, await self._desk.moment(unit, by))
            number = told.client.number
            if told.outcome is not None and told.before is None:
                number = (await unit.file(told.outcome, by.keys)).number
            elif told.outcome is not None and told.before is not None:
                await unit.save([(told.before, told.outcome)], by.keys)
            await unit.post(told.messages)
            await unit.save_client(replace(told.client, number=number, heard=writer.key))
        self._wake()
