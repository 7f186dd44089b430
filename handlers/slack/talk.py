"""Direct messages: a story is offered to be filed, a reply as a note, an answer is taken.

The conversation is kept before Slack hears of it, and its question's place afterwards. Where that
is missing, we stopped in between: the question is asked again before an answer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError

from flows import conversation as rules
from flows.conversation import Conversation, Stage, Turn
from flows.desk import By
from flows.ports import VersionConflict
from flows.questions import Setting
from flows.standing import Refused
from flows.triage import triage
from handlers.slack import emergencies, forms, ids
from handlers.slack.calls import Call, Doors
from handlers.slack.pen import Pen
from handlers.slack.pictures import Picture, answers, filing_form, talk
from handlers.slack.trouble import CONNECTION, NotNow, meaning_of

log = structlog.get_logger()

DOOR = "talk"
TRIES = 3
TWICE = timedelta(seconds=3)
"""Pressed again that soon, a button was pressed twice."""


class Talk:
    """One person's direct messages with us, at the moment of one message or button."""

    def __init__(self, doors: Doors, person: str, channel: str, pen: Pen) -> None:
        self._doors = doors
        self._person = person
        self._whose = f"slack:{person}"
        self._channel = channel
        self._pen = pen
        self._setting = Setting(
            doors.clock.now(), pen.language, doors.desk.clinic, doors.desk.lexicon
        )

    @classmethod
    async def of(cls, doors: Doors, person: str, channel: str) -> Talk:
        """The direct messages with this person."""
        return cls(doors, person, channel, await doors.pens.for_person(person))

    # -------------------------------------------------------------------------------- messages

    async def hears(self, words: str, event_id: str, sent_at: datetime) -> None:
        """Take what the person wrote: an answer, or something new. A second time does nothing."""
        known = await self._known()
        if known is not None and known.heard == event_id:
            if known.asked is None:
                await self._again(known)
        elif known is None or not rules.belongs(known, words, self._setting):
            await self._something_new(known, words, event_id, sent_at)
        elif known.asked is None and not self._alarming(words):
            await self._again(known)
        else:
            turn = rules.answer(known, words, self._setting)
            heard = replace(turn.conversation, heard=event_id)
            await self._take(known, replace(turn, conversation=heard))

    async def hears_reply(self, words: str, about: Sequence[int]) -> None:
        """Take a reply under a message of ours about these complaints."""
        if len(about) > 1:
            await self._post(talk.told("which_note", self._pen))
            return
        reference = f"C-{about[0]}"
        await self._doors.desk.look(reference, self._person)
        draft = await self._draft(words)
        await self._post(talk.offer_note(reference, draft, self._alarming(words), self._pen))

    async def hears_no_words(self) -> None:
        """Take a message without words: a picture, a file."""
        await self._post(talk.told("no_words", self._pen))

    async def _something_new(
        self, known: Conversation | None, words: str, key: str, sent_at: datetime
    ) -> None:
        found = triage(words, self._setting.lexicon)
        if found.emergency:
            await self._begin(known, key, words, sent_at)
            return
        draft = await self._draft(words)
        if rules.worth_offering(words, found):
            await self._post(talk.offer(draft, found, self._pen))
        else:
            await self._post(talk.unsure(draft, self._pen))

    async def _begin(
        self, known: Conversation | None, key: str, words: str, sent_at: datetime
    ) -> None:
        """Begin a conversation; the story of an unfinished one is offered once more."""
        place = forms.location_of(self._setting.clinic, self._person)
        location = place.id if place else None
        turn = rules.begin(key, words, sent_at, location, self._setting)
        fresh = replace(turn.conversation, heard=key, version=known.version if known else 0)
        await self._ask(known, replace(turn, conversation=fresh))
        if known is not None and known.stage is not Stage.KEPT:
            await self._offer_earlier(known.story)

    async def _offer_earlier(self, words: str) -> None:
        """Offer what something else took the place of, if it tells of a complaint."""
        if rules.worth_offering(words, triage(words, self._setting.lexicon)):
            await self._post(talk.offer_earlier(await self._draft(words), words, self._pen))

    # --------------------------------------------------------------------------------- buttons

    async def walks(self, draft: str, offer_ts: str) -> None:
        """*Ask me one by one*, on an offer."""
        known = await self._known()
        if known is not None and known.stage is not Stage.KEPT:
            if known.key != draft:
                await self._post(talk.told("busy", self._pen))
            await self._again(known)
            return
        words = await self._doors.drafts.words(draft)
        if words is None:
            await self._redraw(offer_ts, talk.told("forgotten", self._pen))
            return
        await self._redraw(offer_ts, talk.told("walking", self._pen))
        await self._begin(known, draft, words, datetime.fromtimestamp(float(offer_ts), UTC))

    async def declines(self, offer_ts: str) -> None:
        """*No*, on an offer."""
        await self._redraw(offer_ts, talk.told("declined", self._pen))

    async def presses(self, action: str, value: str, turn_shown: int, ts: str) -> None:
        """A button of a question, shown in that turn of the conversation."""
        known = await self._known()
        if known is None:
            await self._redraw(ts, talk.told("over", self._pen))
            return
        if known.turn != turn_shown:
            if self._setting.now - known.touched_at > TWICE or known.asked is None:
                await self._again(known)
            return
        match action:
            case ids.TALK_BACK:
                turn = rules.back(known, self._setting)
            case ids.TALK_SKIP:
                turn = rules.skip(known, self._setting)
            case ids.TALK_CANCEL | ids.TALK_ANEW:
                turn = rules.keep(known, self._setting)
            case ids.TALK_NO_ALARM:
                turn = rules.clear(known, self._setting)
            case ids.TALK_GO_ON:
                turn = rules.go_on(known, self._setting)
            case ids.TALK_FILE:
                turn = rules.file(known, self._setting)
            case _:
                turn = rules.choose(known, value, self._setting)
        await self._take(known, turn)

    # ------------------------------------------------------------------------------- the turns

    async def _take(self, before: Conversation, turn: Turn) -> None:
        """Go on with what an answer led to."""
        after = turn.conversation
        if after.stage is Stage.FILING:
            await self._file(before, after)
        elif before.pending and after.stage is Stage.KEPT:
            await self._anew(before, after)
        else:
            await self._ask(before, turn)
            if before.pending and after.stage is Stage.ASKING:
                await self._offer_earlier(before.pending)

    async def _file(self, before: Conversation, after: Conversation) -> None:
        wanted = rules.filing(after, self._setting)
        if wanted.about_staff is not None:
            await self._doors.learn_members()
        try:
            # Under the conversation's key it is filed once, however often we come here.
            by = By(self._person, DOOR, (f"talk:{after.key}",))
            case = await self._doors.desk.file(wanted, by)
        except Refused as no:
            await self._post(answers.refused(no, self._pen))
            await self._ask(before, rules.not_filed(after, self._setting))
            return
        await self._doors.conversations.end(self._whose)
        await self._settle(before, after)
        absences = await self._doors.desk.absences()
        await self._post(answers.filed(case, absences, self._pen))

    async def _anew(self, before: Conversation, after: Conversation) -> None:
        """Leave the conversation for what was written after the pause."""
        await self._save(after)
        await self._settle(before, after)
        draft = await self._draft(before.pending)
        found = triage(before.pending, self._setting.lexicon)
        await self._post(talk.offer(draft, found, self._pen))

    async def _again(self, known: Conversation) -> None:
        """Ask once more, below everything else."""
        await self._ask(known, Turn(known, rules.asking(known, self._setting)))

    async def _ask(self, before: Conversation | None, turn: Turn) -> None:
        """Keep the conversation, ask in the place of what was asked before, keep where."""
        kept = await self._save(replace(turn.conversation, asked=None))
        if before is not None:
            await self._settle(before, kept)
        ts = await self._post(talk.asked(kept, turn.ask, turn.slip, self._pen))
        await self._save(replace(kept, asked=ts))

    async def _settle(self, before: Conversation, after: Conversation) -> None:
        """The question that was asked loses its buttons."""
        if before.asked is not None:
            await self._redraw(before.asked, talk.settled(before, after, self._pen))

    def _alarming(self, words: str) -> bool:
        return triage(words, self._setting.lexicon).emergency

    async def _known(self) -> Conversation | None:
        return await self._doors.conversations.of(self._whose)

    async def _save(self, conversation: Conversation) -> Conversation:
        return await self._doors.conversations.save(self._whose, conversation)

    async def _draft(self, words: str) -> str:
        return await self._doors.drafts.keep(words, self._setting.now)

    # ---------------------------------------------------------------------------------- Slack

    async def _post(self, picture: Picture, tries: int = TRIES) -> str:
        """Write to the person; where it stands. Who answers fast meets Slack's limit: we wait."""
        try:
            answer = await self._doors.client.chat_postMessage(
                channel=self._channel,
                text=picture.text,
                blocks=[block.to_dict() for block in picture.blocks],
                unfurl_links=False,
            )
        except SlackApiError as problem:
            meaning = meaning_of(problem)
            if tries == 1 or not isinstance(meaning, NotNow) or meaning.seconds is None:
                raise
            clock = self._doors.clock
            await clock.sleep_until(clock.now() + timedelta(seconds=meaning.seconds))
            return await self._post(picture, tries - 1)
        return str(answer["ts"])

    async def _redraw(self, ts: str, picture: Picture) -> None:
        """Redraw a message of ours, best effort: it may have been deleted."""
        blocks = [block.to_dict() for block in picture.blocks]
        try:
            await self._doors.client.chat_update(
                channel=self._channel, ts=ts, text=picture.text, blocks=blocks
            )
        except (SlackApiError, *CONNECTION) as problem:
            log.info("question_not_redrawn", problem=type(problem).__name__)


async def open_form(call: Call) -> None:
    """*Open the form*, with what was written to us."""
    words = await call.doors.drafts.words(call.action["value"])
    if words is None:
        await call.tell(talk.told("forgotten", await call.pen()))
        return
    await forms.open_filing(call, filing_form.Prefill(story=words))


async def walk(call: Call) -> None:
    """*Ask me one by one*."""
    await (await _talk(call)).walks(call.action["value"], _ts(call))


async def decline(call: Call) -> None:
    """*No*."""
    await (await _talk(call)).declines(_ts(call))


async def add_note(call: Call) -> None:
    """*Add the note*: a reply under a message of ours."""
    reference, draft = call.action["value"].split()
    words = await call.doors.drafts.words(draft)
    if words is None:
        await call.tell(talk.told("forgotten", await call.pen()))
        return
    before = await call.desk.look(reference, call.person)
    after = await call.desk.note(reference, words, call.by(DOOR, f"note:{draft}"))
    await emergencies.tell(call, ids.NOTE, before, after)


async def step(call: Call) -> None:
    """A button of a question."""
    action = call.action
    chosen = action.get("selected_user") or action.get("value") or ""
    turn = talk.turn_of(action["block_id"])
    try:
        await (await _talk(call)).presses(action["action_id"], chosen, turn, _ts(call))
    except VersionConflict:
        log.info("talk_raced")  # another press or message was quicker, and answers


async def _talk(call: Call) -> Talk:
    return Talk(call.doors, call.person, call.channel or call.person, await call.pen())


def _ts(call: Call) -> str:
    return str(call.body["container"]["message_ts"])
