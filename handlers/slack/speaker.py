"""Says a letter in Slack: draws it for its reader, sends it once, and tells what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from flows.desk import Desk
from flows.ports import Case, Letter, NoSuchComplaint, People, PostedAt, Purpose, Store
from flows.telling import card_channel
from handlers.slack import home
from handlers.slack.directory import Directory
from handlers.slack.ids import EVENT_PREFIX
from handlers.slack.own_messages import find
from handlers.slack.pens import Pens
from handlers.slack.pictures import Picture, card, notice, ping, thread
from handlers.slack.trouble import CONNECTION, error_of, meaning_of
from handlers.trouble import NotNow, Undeliverable


class Speaker:
    """Turns letters into Slack calls; keeps nothing and repeats nothing by itself."""

    def __init__(
        self,
        client: AsyncWebClient,
        store: Store,
        people: People,
        desk: Desk,
        directory: Directory,
        pens: Pens,
    ) -> None:
        self._client = client
        self._store = store
        self._people = people
        self._desk = desk
        self._directory = directory
        self._pens = pens

    async def say(self, letter: Letter) -> PostedAt | None:
        """Send the letter; where it stands now, or None when there is nothing left to say.

        Raises:
            NotNow: Slack can't take it now.
            Undeliverable: it can never reach this recipient.
        """
        try:
            match letter.purpose:
                case Purpose.CARD:
                    return await self._card(letter)
                case Purpose.THREAD:
                    return await self._thread(letter)
                case Purpose.PING:
                    return await self._post(letter, await self._ping(letter))
                case Purpose.NOTICE:
                    return await self._post(letter, await self._notice(letter))
                case Purpose.EDIT:
                    return await self._edit(letter)
                case Purpose.HOME:
                    return await self._home(letter)
        except SlackApiError as problem:
            raise meaning_of(problem) from None
        except CONNECTION as problem:
            raise NotNow(type(problem).__name__, uncertain=True) from None
        except NoSuchComplaint:
            return None

    async def disturbs_not(self, person: str, now: datetime) -> bool:
        """Whether the person is in do-not-disturb; False where Slack doesn't say."""
        try:
            answer = await self._client.dnd_info(user=person)
        except (SlackApiError, *CONNECTION):
            return False
        start, end = answer.get("next_dnd_start_ts"), answer.get("next_dnd_end_ts")
        if not answer.get("dnd_enabled") or not start or not end:
            return False
        return bool(float(start) <= now.timestamp() < float(end))

    async def _card(self, letter: Letter) -> PostedAt | None:
        case = await self._case(letter)
        if card_channel(case.complaint, self._desk.clinic) != letter.to:
            return None  # it has moved since; another letter brings it where it belongs
        picture = card.card(case, await self._pens.for_location(case.complaint.location))
        if letter.card is None:
            return await self._post(letter, picture)
        try:
            return await self._update(letter.card, letter, picture)
        except SlackApiError as problem:
            if error_of(problem) != "message_not_found":
                raise
            return await self._post(letter, picture)  # somebody deleted the card

    async def _thread(self, letter: Letter) -> PostedAt | None:
        if letter.thread is None:
            return None
        case = await self._case(letter)
        pen = await self._pens.for_location(case.complaint.location)
        picture = thread.line(letter.key, letter.facts, case, pen)
        return await self._post(letter, picture, thread_ts=letter.thread.ts)

    async def _ping(self, letter: Letter) -> Picture:
        items = _items(letter.facts)
        cases = await self._cases(letter.about)
        pen = await self._pens.for_person(letter.to)
        return ping.ping(letter.key, items, cases, letter.live_items, pen, letter.to)

    async def _notice(self, letter: Letter) -> Picture:
        cases = await self._cases(letter.about)
        pen = (
            await self._pens.for_person(letter.to)
            if _is_person(letter.to)
            else await self._pens.for_admins()
        )
        return notice.notice(letter.key, letter.facts, cases, letter.number, pen)

    async def _edit(self, letter: Letter) -> PostedAt | None:
        if letter.edits is None:
            return None
        if letter.key == "card":
            # A card is redrawn by a letter of its own; edited, it is taken down: it has moved.
            picture = card.card_moved(await self._pens.for_admins())
        else:
            picture = await self._ping(letter)
        try:
            return await self._update(letter.edits, letter, picture)
        except SlackApiError as problem:
            if error_of(problem) == "message_not_found":
                return None
            raise

    async def _home(self, letter: Letter) -> PostedAt:
        pen = await self._pens.for_person(letter.to)
        view = await home.draw(self._desk, letter.to, pen)
        await self._client.views_publish(user_id=letter.to, view=view)
        return PostedAt(letter.to, "home")

    async def _case(self, letter: Letter) -> Case:
        assert letter.number is not None, "cards and threads are about a complaint"  # noqa: S101
        return (await self._cases([letter.number]))[letter.number]

    async def _cases(self, numbers: Sequence[int]) -> dict[int, Case]:
        async with self._store.look() as books:
            return {number: await books.case(number) for number in dict.fromkeys(numbers)}

    async def _channel(self, to: str) -> str:
        """The channel to post to: itself, or the direct messages with a person."""
        if not _is_person(to):
            return to
        if (await self._directory.member(to)).deactivated:
            # Slack would take the message without an error, and nobody would ever read it.
            raise Undeliverable("user_disabled")
        known = await self._people.dm_channel(to)
        if known is not None:
            return known
        answer = await self._client.conversations_open(users=to)
        channel = str(answer["channel"]["id"])
        await self._people.remember_dm(to, channel)
        return channel

    async def _post(
        self, letter: Letter, picture: Picture, thread_ts: str | None = None
    ) -> PostedAt:
        channel = await self._channel(letter.to)
        if letter.uncertain:
            # An earlier call may have taken effect although no answer came.
            wanted = {"letter": letter.id}
            there = await find(self._client, channel, wanted, letter.created_at, thread_ts)
            if there is not None:
                return PostedAt(channel, there)
        answer = await self._client.chat_postMessage(
            channel=channel,
            text=picture.text,
            blocks=_blocks(picture.blocks),
            metadata=_metadata(letter),
            thread_ts=thread_ts,
            unfurl_links=False,
            unfurl_media=False,
        )
        return PostedAt(str(answer["channel"]), str(answer["ts"]))

    async def _update(self, at: PostedAt, letter: Letter, picture: Picture) -> PostedAt:
        answer = await self._client.chat_update(
            channel=at.channel,
            ts=at.ts,
            text=picture.text,
            blocks=_blocks(picture.blocks),
            metadata=_metadata(letter),
        )
        return PostedAt(at.channel, str(answer["ts"]))


def _metadata(letter: Letter) -> dict[str, object]:
    payload: dict[str, object] = {"letter": letter.id}
    if letter.number is not None:
        payload["reference"] = f"C-{letter.number}"
    return {"event_type": EVENT_PREFIX + letter.key, "event_payload": payload}


def _blocks(blocks: Sequence[Block]) -> list[dict[str, object]]:
    return [block.to_dict() for block in blocks]


def _is_person(to: str) -> bool:
    return to.startswith(("U", "W"))


def _items(facts: Mapping[str, object]) -> list[dict[str, object]]:
    items = facts.get("items")
    assert isinstance(items, list), "a ping has items"  # noqa: S101
    return items
