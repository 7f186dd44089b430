"""What goes wrong around us: it is said, nothing confirmed is lost, and it rights itself."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from embedded_postgres import EmbeddedPostgres

from bot import wiring
from bot.demo.stage import Stage
from flows.ports import Case, Query
from sandbox.person import Seen

FIELDS = {"type": "service", "severity": "1"}


async def cases(stage: Stage) -> list[Case]:
    async with stage.bot.store.look() as books:
        return list(await books.cases(Query(open_only=False)))


async def pings(stage: Stage, name: str) -> list[Seen]:
    """The pings in somebody's direct messages."""
    heard = await stage.as_(name).hears(since="0")
    return [message for message in heard if "ping" in (message.event_type or "")]


def admins_heard(stage: Stage) -> list[str]:
    """What the admin channel was told, by key."""
    heard = stage.slack.channel_messages("amends-admin")
    return [str(message.event_type).removeprefix("amends_admin_") for message in heard]


async def presses_submit_until_it_is_taken(stage: Stage, name: str) -> int:
    """How often it took."""
    person = stage.as_(name)
    for tries in range(1, 10):
        await person.submits()
        if await person.modal() is None:
            return tries
    raise AssertionError("never taken")


@contextmanager
def disk_full() -> Iterator[None]:
    """Nothing can be written to any file."""
    _, hard = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_said_and_nothing_confirmed_is_lost(stage: Stage) -> None:
    await stage.files("ana", "waited", **FIELDS)
    ben = stage.as_("ben")
    await ben.types("/complaint double booked")
    await ben.fills(**FIELDS)
    with disk_full():
        await ben.submits()
        form = await ben.modal()
        assert form is not None, "not saved, so it stays open"
        assert form.values["story"] == "double booked"
        await stage.passes(minutes=33)
        assert admins_heard(stage) == ["database_away"]
    assert await presses_submit_until_it_is_taken(stage, "ben") == 1
    await stage.passes(minutes=5)
    assert admins_heard(stage) == ["database_away", "database_back"]
    assert sorted(c.complaint.story for c in await cases(stage)) == ["double booked", "waited"]
    assert len(await pings(stage, "ana")) == 1


@pytest.fixture
async def on_server(tmp_path: Path) -> AsyncIterator[tuple[Stage, EmbeddedPostgres]]:
    """A stage on a PostgreSQL server of its own, which may crash."""
    server = EmbeddedPostgres(tmp_path)
    async with Stage(database_url=server.fresh_database()) as stage:
        yield stage, server


async def test_a_server_that_goes_and_comes_back(
    on_server: tuple[Stage, EmbeddedPostgres],
) -> None:
    stage, server = on_server
    await stage.files("ana", "waited", **FIELDS)
    ben = stage.as_("ben")
    await ben.types("/complaint double booked")
    await ben.fills(**FIELDS)
    server.crash()
    await ben.submits()
    assert await ben.modal() is not None
    await stage.as_("chloe").types("/complaint list")
    assert "出了点问题" in (await stage.as_("chloe").hears())[-1].readable
    await stage.passes(minutes=33)
    assert admins_heard(stage) == ["database_away"]
    server.come_back()
    await stage.passes(seconds=10)
    assert len(await pings(stage, "ana")) == 1
    await presses_submit_until_it_is_taken(stage, "ben")
    assert admins_heard(stage) == ["database_away", "database_back"]
    assert sorted(c.complaint.story for c in await cases(stage)) == ["double booked", "waited"]


async def test_a_refused_token_alarms_nobody_and_everything_comes_afterwards(
    stage: Stage,
) -> None:
    await stage.files("ana", "waited", **FIELDS)
    stage.slack.workspace.token_error = "token_revoked"
    await stage.passes(minutes=65)
    stage.slack.workspace.token_error = None
    await stage.passes(minutes=6)
    assert len(await pings(stage, "ana")) == 2, "the one that waited, and one for all that came"
    assert len(await pings(stage, "sofia")) == 1
    assert await pings(stage, "maria") == []


async def test_the_clock_is_set_back_and_nothing_waits_for_it_to_catch_up(stage: Stage) -> None:
    await stage.files("ana", "waited", **FIELDS)
    with stage.slack.faults.outage():
        await stage.passes(minutes=31)
        await stage.clock.jump(-timedelta(hours=2))
    await stage.passes(minutes=6)
    assert len(await pings(stage, "ana")) == 1
    second = await stage.files("ben", "double booked", **FIELDS)
    await stage.passes(seconds=5)
    assert second in stage.slack.channel_messages("front-desk")[-1].readable
    await stage.passes(minutes=30)
    assert len(await pings(stage, "ben")) == 1


async def test_the_clock_is_set_forward_and_back_and_nobody_hears_twice(stage: Stage) -> None:
    await stage.files("ana", "waited", **FIELDS)
    await stage.clock.jump(timedelta(minutes=35))
    await stage.clock.jump(-timedelta(minutes=35))
    await stage.passes(minutes=49)
    assert len(await pings(stage, "ana")) == 1
    await stage.passes(minutes=1)
    assert len(await pings(stage, "ana")) == 2


async def test_asleep_for_a_night_each_person_is_told_in_one_list(stage: Stage) -> None:
    for words in ("waited", "double booked", "the bill was wrong"):
        await stage.files("ana", words, **FIELDS)
    await stage.look_away()
    await stage.clock.jump(timedelta(hours=19, minutes=30))  # Saturday, before opening
    await stage.passes(seconds=10)
    await stage.hears_nothing_more()
    await stage.until(9, 0)
    await stage.expects(
        ana=["ping_list", "morning_list"],
        sofia=["ping_list"],
        front_desk=["thread_reminded"] * 3,
    )
    (told,) = await pings(stage, "ana")
    for reference in ("C-1001", "C-1002", "C-1003"):
        assert reference in told.readable
    assert "Late" in told.readable
    await stage.until(9, 30)
    await stage.expects(
        maria=["ping_list"], david=["ping_list"], front_desk=["thread_reminded"] * 6
    )


async def test_a_connection_that_went_silent_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "PING_SECONDS", 0.2)
    async with Stage() as stage:
        stage.slack.sockets.fall_silent()
        await asyncio.wait_for(stage.slack.sockets.until_connected(), 20)
        await stage.types("ana", "/complaint mine")
        await stage.expects(ana=["answer"])


async def test_the_watchdog_replaces_a_connection_that_went_silent(stage: Stage) -> None:
    hears = stage.bot.hears
    assert await hears()
    stage.slack.sockets.fall_silent()
    client = stage.bot._socket.client
    # As after twenty seconds without an answer.
    client.last_ping_pong_time = time.time() - 21
    assert sorted([await heard for heard in asyncio.as_completed([hears(), hears()])]) == [
        False,
        True,
    ]
    await asyncio.wait_for(stage.slack.sockets.until_connected(), 5)
    assert await hears()
