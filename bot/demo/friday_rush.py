"""The story of a Friday on which everything happens at once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

from bot.demo.stage import Missed, Stage
from flows.complaint import Severity
from flows.ports import Case, Query

COMPLAINTS = Path(__file__).parent / "complaints.jsonl"
FILERS = ("ana", "ben", "chloe", "omar", "sofia", "nina")


async def friday_rush(stage: Stage) -> None:
    """Twenty-five complaints in three languages, filed by six people at once.

    Buttons are pressed twice, and the bot is stopped and started in the middle: nothing is lost,
    nothing is double, and no manager gets more than two messages for each severity 3 and one
    list an hour besides.
    """
    complaints = [json.loads(line) for line in COMPLAINTS.read_text("utf-8").splitlines()]
    stage.tell(f"{len(FILERS)} people file {len(complaints)} complaints at once.")
    shares = {name: complaints[place :: len(FILERS)] for place, name in enumerate(FILERS)}
    first = {name: share[: len(share) // 2] for name, share in shares.items()}
    await asyncio.gather(*(_files_all(stage, name, share) for name, share in first.items()))

    stage.tell("Each has the form open for the next one when the bot is stopped.")
    halfway = {name: share[len(share) // 2] for name, share in shares.items()}
    await asyncio.gather(*(_opens(stage, name, one) for name, one in halfway.items()))
    await stage.stops_bot()
    for name in FILERS:
        await stage.as_(name).submits()
        modal = await stage.as_(name).modal()
        if modal is None or modal.trouble is None:
            raise Missed(f"{name}'s form closed although nothing was saved")
    stage.tell("The forms stayed open with what was typed. The bot is back; they press again.")
    await stage.starts_bot()
    await asyncio.gather(*(_sends(stage, name) for name in FILERS))
    rest = {name: share[len(share) // 2 + 1 :] for name, share in shares.items()}
    await asyncio.gather(*(_files_all(stage, name, share) for name, share in rest.items()))

    await stage.passes(minutes=5)
    cases = await _all(stage)
    _nothing_lost_or_double(stage, complaints, cases)

    severe = [case for case in cases if case.complaint.severity is Severity.SEVERE]
    stage.tell(f"Maria takes charge of the {len(severe)} severe ones, pressing twice each time.")
    for case in severe:
        await _presses_twice(stage, case.complaint.reference)
        await stage.types("maria", f"/complaint called {case.complaint.reference}", "managers")
        await stage.submits("maria", how="phone", spoke_with="the client", said="Heard them out.")
    stage.tell("Sofia, a supervisor, calls her own clients; the other calls nobody gets to.")
    for case in cases:
        if case.complaint.owner == "U0SOFIA" and case.complaint.severity is not Severity.SEVERE:
            await stage.types("sofia", f"/complaint called {case.complaint.reference}")
            await stage.submits("sofia", how="phone", spoke_with="client", said="Heard them out.")
    await stage.passes(hours=4)
    await stage.look_away()
    _managers_can_breathe(stage, await stage.as_("maria").hears(since="0"), len(severe))


async def _files_all(stage: Stage, name: str, share: list[dict[str, Any]]) -> None:
    for complaint in share:
        await _opens(stage, name, complaint)
        await _sends(stage, name)


async def _opens(stage: Stage, name: str, complaint: dict[str, Any]) -> None:
    person = stage.as_(name)
    place = "amends-admin" if name == "nina" else "front-desk"
    await person.types(f"/complaint {complaint['text']}", place)
    await person.fills(type=complaint["type"], severity=str(complaint["severity"]))
    if name == "nina":  # she works at both locations, so she is asked
        await person.fills(location="downtown")


async def _sends(stage: Stage, name: str) -> None:
    errors = await stage.as_(name).submits()
    if errors:
        raise Missed(f"{name}'s form was not taken: {errors}")


async def _all(stage: Stage) -> list[Case]:
    async with stage.bot.store.look() as books:
        return list(await books.cases(Query(open_only=False, limit=100)))


def _nothing_lost_or_double(
    stage: Stage, complaints: list[dict[str, Any]], cases: list[Case]
) -> None:
    filed = Counter(case.complaint.story for case in cases)
    told = Counter(complaint["text"] for complaint in complaints)
    if filed != told:
        raise Missed(f"filed but not told: {filed - told}; told but not filed: {told - filed}")
    cards = Counter(
        message.event_payload["reference"]
        for channel in ("front-desk", "managers")
        for message in stage.slack.channel_messages(channel)
        if message.event_type == "amends_card"
    )
    if cards != Counter(case.complaint.reference for case in cases):
        raise Missed(f"cards: {cards}")


async def _presses_twice(stage: Stage, reference: str) -> None:
    """Press *Take charge* of the complaint's ping, twice before anything is redrawn."""
    person = stage.slack.as_("maria", waits=False)
    ping = next(
        message
        for message in reversed(await person.sees("@amends"))
        if message.event_payload.get("reference") == reference
    )
    await asyncio.gather(person.clicks("take_charge", ping), person.clicks("take_charge", ping))
    await stage.clock.settle()


def _managers_can_breathe(stage: Stage, heard: list[Any], severe: int) -> None:
    pings = [message for message in heard if message.event_type and not message.ephemeral]
    lists = [message for message in pings if message.event_type == "amends_ping_list"]
    hours = Counter(message.time[:-3] for message in lists)
    if max(hours.values(), default=0) > 1:
        raise Missed(f"more than one list an hour: {hours}")
    if len(pings) - len(lists) > 2 * severe:
        raise Missed(f"{len(pings) - len(lists)} messages to a manager for {severe} severe ones")
