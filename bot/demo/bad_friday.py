"""The story of a Friday evening on which Slack is down."""

from __future__ import annotations

from bot.demo.stage import Missed, Stage

FIELDS = {"type": "service", "severity": "1", "contact": "(415) 555-0132"}


async def bad_friday(stage: Stage) -> None:
    """Slack is down from 16:50 to 18:10, and the clinic closes at 18:00.

    Nobody is told of anything meanwhile, and nobody is alarmed because of it. When Slack is back,
    what is severe is said at once to everybody in charge. The ordinary complaint, late by then,
    begins its ladder when the clinic opens: who handles it and the supervisor first, whoever is
    above at the usual distance, and one call ends it.
    """
    await stage.until(16, 20)
    waited = await stage.files("ana", "Mrs K waited an hour for her peel", **FIELDS)
    await stage.until(16, 45)
    severe = await stage.files(
        "ben",
        "Client says her before picture is on our page",
        type="privacy",
        severity="3",
        contact="(415) 555-0188",
    )
    await stage.clicks("maria", "take_charge")
    await stage.expects(
        ana=["answer"],
        ben=["answer", "notice_taken"],
        maria=["ping"],
        front_desk=["card"],
        managers=["card", "thread_reminded", "thread_took_charge"],
    )
    await stage.until(16, 49)
    await stage.passes(seconds=59)
    stage.tell("One second before ten to five, when Ana would be reminded, Slack goes down.")
    with stage.slack.faults.outage():
        await stage.until(17, 20)
        stage.tell("The hour is over; nobody could be told. The owner's phone stays silent.")
        await stage.hears_nothing_more()
        await stage.until(18, 10)
        await stage.hears_nothing_more()
    stage.tell("Slack is back. What waited goes out, and what is severe is told to all in charge.")
    await stage.passes(minutes=2)
    await stage.expects(ana=["ping"], maria=["ping"], david=["ping"], managers=["thread_reminded"])
    await _says_late(stage, "maria", severe)
    await stage.clicks("maria", "acknowledge")
    await stage.submits("maria", how="phone", spoke_with="the client", said="Picture is down.")
    await stage.expects(managers=["thread_contacted"])

    stage.tell("The evening stays quiet: the other one can wait until the clinic opens.")
    await stage.until(8, 59, days=1)
    await stage.hears_nothing_more()
    await stage.until(9, 0)
    await stage.expects(
        ana=["ping", "morning_list"],
        sofia=["ping"],
        maria=["morning_list"],
        front_desk=["thread_reminded"],
    )
    await _says_late(stage, "ana", waited)
    await stage.clicks("ana", "acknowledge")
    await stage.submits("ana", how="phone", spoke_with="Mrs K", said="Sorry for the long wait.")
    await stage.expects(front_desk=["thread_contacted"])
    await stage.until(9, 45)
    await stage.hears_nothing_more()


async def _says_late(stage: Stage, name: str, reference: str) -> None:
    """The newest ping about it says that it is late."""
    pings = [m for m in await stage.as_(name).sees("@amends") if "ping" in str(m.event_type)]
    if not any(reference in ping.readable and "Late" in ping.readable for ping in pings):
        raise Missed(f"{name} was not told that {reference} is late")
