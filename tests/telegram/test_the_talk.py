"""Staff write to the client from Slack, and what she writes reaches them."""

from __future__ import annotations

from datetime import timedelta

from telegram_cast import SOON, answers, case_of, owner_of

from bot.demo.stage import Stage
from sandbox.telegram.client import Client
from sandbox.telegram.local_telegram import LocalTelegram

WORDS = "I waited 40 minutes and nobody at the desk said a word."
REPLY = "I'm sorry you had to wait, Kate. May I call you at three? @kate /status *bold*"


async def test_a_reply_that_arrived_is_the_first_contact(stage: Stage, kate: Client):
    await answers(stage, kate, WORDS)
    owner = await owner_of(stage)
    assert await owner.clicks("reply") is None
    modal = await owner.modal()
    assert modal is not None
    assert "To Kate Miller, on Telegram" in modal.readable
    assert "The client WILL see this." in modal.readable
    await owner.submits(text=REPLY)
    await stage.clock.pass_(SOON)
    got = await kate.last()
    assert got.text.split("\n\n")[1].replace("\u2060", "") == REPLY
    assert got.entities == []
    complaint = (await case_of(stage)).complaint
    assert complaint.acknowledged_by == complaint.owner
    assert complaint.acknowledged_how == "message"
    lines = [m.readable for m in stage.slack.channel_messages("front-desk") if m.thread_ts]
    assert lines[-1].startswith("The client has got what")
    assert not any("sorry you had to wait" in line for line in lines)


async def test_a_queued_reply_is_no_contact(stage: Stage, telegram: LocalTelegram, kate: Client):
    await answers(stage, kate, WORDS)
    owner = await owner_of(stage)
    with telegram.faults.outage():
        await owner.clicks("reply")
        await owner.submits(text=REPLY)
        await stage.clock.pass_(timedelta(minutes=5))
        assert (await case_of(stage)).complaint.acknowledged_at is None
    await stage.clock.pass_(timedelta(minutes=2))
    assert (await case_of(stage)).complaint.acknowledged_at is not None


async def test_a_reply_to_who_blocked_us_becomes_a_call(stage: Stage, kate: Client):
    await answers(stage, kate, WORDS)
    owner = await owner_of(stage)
    await kate.blocks()
    await owner.hears()
    await owner.clicks("reply")
    await owner.submits(text=REPLY)
    await stage.clock.pass_(SOON)
    assert any("please phone" in message.readable for message in await owner.hears())
    assert (await case_of(stage)).complaint.acknowledged_at is None
    lines = [m.readable for m in stage.slack.channel_messages("front-desk") if m.thread_ts]
    assert lines[-1] == "What was written did not reach the client: somebody has to phone."


async def test_there_is_no_reply_to_who_never_wrote(stage: Stage):
    ana = stage.slack.as_("ana")
    await ana.types("/complaint Mrs K waited 40 minutes")
    await ana.submits(type="service", severity="1")
    await ana.types("/complaint reply C-1001")
    [refusal] = [m for m in await ana.sees("front-desk") if m.ephemeral][-1:]
    assert "did not write to us on Telegram" in refusal.readable
