"""What the workspace tells us: reactions and replies on cards, messages to the bot, Home tabs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flows.complaint import State
from flows.desk import By
from flows.ports import Case, Letter, People, Purpose, VersionConflict
from flows.standing import Refused
from handlers.slack import home
from handlers.slack.calls import Doors, tell
from handlers.slack.grammar import as_typed
from handlers.slack.pictures import answers
from handlers.slack.talk import Heard, Talk

DOOR = "event"
TAKES = "eyes"
"""👀 on a card: I'll take it."""
SPOKEN = "white_check_mark"
"""✅ on a card: asks whether to log a call."""

WRITTEN = (None, "file_share", "thread_broadcast")
"""The subtypes of messages that somebody wrote; the others tell of what happened to one."""

FindMessage = Callable[[str, str], Awaitable[Letter | None]]
"""The letter that stands at a channel and timestamp."""


class Events:
    """Handles one event after the other, from the inbox; doing one again does nothing twice."""

    def __init__(self, doors: Doors, people: People, find: FindMessage) -> None:
        self._doors = doors
        self._people = people
        self._find = find

    async def handle(self, event_id: str, body: Mapping[str, Any], *, again: bool) -> None:
        """Do what the event asks for; what a rule refuses is told to the person.

        `again`: somebody began to, and may have.
        """
        event = body.get("event") or {}
        person = event.get("user")
        if not isinstance(person, str) or event.get("bot_id"):
            return
        by = By(person, DOOR, (f"event:{event_id}",))
        try:
            match event.get("type"):
                case "app_home_opened":
                    await self._home_opened(event, person)
                case "reaction_added":
                    await self._reaction(event, by)
                case "message" if event.get("subtype") in WRITTEN:
                    await self._message(event_id, event, by, again=again)
        except Refused as no:
            pen = await self._doors.pens.for_person(person)
            channel = event.get("channel") or (event.get("item") or {}).get("channel")
            await tell(self._doors, person, channel, answers.refused(no, pen))

    async def _home_opened(self, event: Mapping[str, Any], person: str) -> None:
        if event.get("tab", "home") != "home":
            return
        pen = await self._doors.pens.for_person(person)
        if await self._doors.is_outsider(person):
            view = home.closed(pen)
        else:
            await self._people.home_opened(person, self._doors.clock.now())
            view = await home.draw(self._doors.desk, person, pen)
        await self._doors.client.views_publish(user_id=person, view=view)

    async def _reaction(self, event: Mapping[str, Any], by: By) -> None:
        if event.get("reaction") not in (TAKES, SPOKEN):
            return
        item = event.get("item") or {}
        case = await self._case_of(item.get("channel"), item.get("ts"), by.person)
        if case is None:
            return
        if event["reaction"] == TAKES:
            await self._doors.desk.claim(case.complaint.reference, by)
        else:
            await self._ask_to_log(case, by.person, item["channel"], None)

    async def _message(
        self, event_id: str, event: Mapping[str, Any], by: By, *, again: bool
    ) -> None:
        channel = str(event["channel"])
        thread = event.get("thread_ts")
        if thread == event.get("ts"):
            thread = None
        if event.get("channel_type") == "im":
            sent_at = datetime.fromtimestamp(float(event["ts"]), UTC)
            heard = Heard(event_id, sent_at, again)
            words = as_typed(event.get("text") or "").strip()
            await self._direct_message(words, heard, by.person, channel, thread)
        elif thread is not None:
            case = await self._case_of(channel, thread, by.person)
            if case is not None and case.complaint.owner == by.person:
                await self._ask_to_log(case, by.person, channel, thread)

    async def _direct_message(
        self, words: str, heard: Heard, person: str, channel: str, thread: str | None
    ) -> None:
        talk = await Talk.of(self._doors, person, channel, heard)
        about = await self._about(channel, thread)
        if await self._doors.is_outsider(person):
            pen = await self._doors.pens.for_person(person)
            await tell(self._doors, person, channel, answers.outsider(pen))
        elif not words:
            await talk.hears_no_words()
        elif about:
            await talk.hears_reply(words, about, heard)
        else:
            try:
                await talk.hears(words, heard)
            except VersionConflict:  # a button was quicker: the words come after it
                talk = await Talk.of(self._doors, person, channel, heard)
                await talk.hears(words, heard)

    async def _about(self, channel: str, thread: str | None) -> Sequence[int]:
        """The complaints that the message a thread hangs on tells of, if it is one of ours."""
        letter = await self._find(channel, thread) if thread is not None else None
        return () if letter is None else letter.about

    async def _ask_to_log(
        self, case: Case, person: str, channel: str, thread_ts: str | None
    ) -> None:
        """*Log this as your call?*, as long as nobody logged the first one."""
        if case.complaint.state is not State.NEW:
            return
        pen = await self._doors.pens.for_person(person)
        await tell(self._doors, person, channel, answers.log_this(case, pen), thread_ts=thread_ts)

    async def _case_of(self, channel: str | None, ts: str | None, person: str) -> Case | None:
        """The complaint whose card that message is, if the person may see it."""
        if channel is None or ts is None:
            return None
        letter = await self._find(channel, ts)
        if letter is None or letter.number is None or letter.purpose is not Purpose.CARD:
            return None
        try:
            return await self._doors.desk.look(f"C-{letter.number}", person)
        except Refused:
            return None
