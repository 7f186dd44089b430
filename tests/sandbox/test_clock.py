"""Time is moved, stops where something is due, and waits for who is busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from little_bot import Alarm
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import MovableClock, NeverIdleError, SandboxTime, friday_at_one
from sandbox.local_slack import LocalSlack
from sandbox.remote_clock import RemoteClock


@asynccontextmanager
async def ringing(clock: SandboxTime, every: timedelta) -> AsyncIterator[Alarm]:
    alarm = Alarm(clock, every)
    task = asyncio.ensure_future(alarm.run())
    try:
        yield alarm
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_the_sandbox_starts_on_a_friday_at_one():
    assert friday_at_one("America/Los_Angeles") == datetime(2026, 6, 12, 20, 0, tzinfo=UTC)


async def test_with_nobody_there_time_just_moves(clock: MovableClock):
    start = clock.now()
    await clock.pass_(timedelta(days=14))
    assert clock.now() - start == timedelta(days=14)


async def test_time_stops_at_every_due_instant_on_the_way(clock: MovableClock):
    start = clock.now()
    async with ringing(clock, timedelta(minutes=10)) as alarm:
        clock.register(alarm)
        await clock.pass_(timedelta(minutes=35))
    assert [rang - start for rang in alarm.rang_at] == [
        timedelta(minutes=10),
        timedelta(minutes=20),
        timedelta(minutes=30),
    ]
    assert clock.now() - start == timedelta(minutes=35)


async def test_a_bot_that_never_gets_idle_is_named(clock: MovableClock):
    alarm = Alarm(clock, timedelta(minutes=10))
    clock.register(alarm)
    clock.patience_seconds = 0.06
    with pytest.raises(NeverIdleError, match="an alarm"):
        await clock.pass_(timedelta(minutes=1))


async def test_a_bot_that_leaves_due_work_undone_is_named(clock: MovableClock):
    alarm = Alarm(clock, timedelta(0))
    clock.register(alarm)
    clock.patience_seconds = 0.06
    with pytest.raises(NeverIdleError, match="does not do it"):
        await clock.settle()


async def test_a_flowing_clock_wakes_sleepers_by_itself_and_when_moved():
    clock = MovableClock(friday_at_one("UTC"), flowing=True)
    start = clock.now()
    await clock.sleep_until(start + timedelta(milliseconds=20))
    assert clock.now() - start >= timedelta(milliseconds=20)
    sleeper = asyncio.ensure_future(clock.sleep_until(start + timedelta(hours=1)))
    await asyncio.sleep(0)
    await clock.pass_(timedelta(hours=2))
    await sleeper


@pytest.mark.parametrize("url", ["http://example.com", "http://10.0.0.1:8065", "nonsense"])
def test_a_clock_is_taken_from_this_machine_only(url: str):
    with pytest.raises(ValueError, match="from this machine only"):
        RemoteClock(url)


async def test_a_bot_in_another_process_is_waited_for(slack: LocalSlack, clock: MovableClock):
    start = clock.now()
    remote = RemoteClock(slack.url)
    await remote.connect()
    assert remote.now() == start
    async with ringing(remote, timedelta(minutes=10)) as alarm:
        remote.report(alarm)
        await clock.pass_(timedelta(minutes=35))
        assert [rang - start for rang in alarm.rang_at] == [
            timedelta(minutes=10),
            timedelta(minutes=20),
            timedelta(minutes=30),
        ]
        assert remote.now() == clock.now()
        await remote.close()
        await clock.pass_(timedelta(days=1))
    assert len(alarm.rang_at) == 3


async def test_a_remote_bot_that_has_not_spoken_since_the_last_call_is_asked(
    slack: LocalSlack, clock: MovableClock
):
    remote = RemoteClock(slack.url)
    await remote.connect()
    async with ringing(remote, timedelta(minutes=10)) as alarm:
        remote.report(alarm)
        await clock.settle()
        await AsyncWebClient(slack.bot_token, base_url=slack.api_url).auth_test()
        await clock.settle()
        await remote.close()
