"""Direct messages: a story is offered to be filed, a reply as a note, an answer is taken.

The conversation is kept before Slack hears of it, and its question's place afterwards. Where that
is missing, we stopped in between: it is looked for by its metadata, and should it not stand there,
the question is asked again before an answer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError

from flows import intake as rules
from flows import replies
from flows.conversation import Conversation, Stage, Turn
from flows.desk import By
from flows.ports import Case, VersionConflict
from flows.questions import Setting
from flows.standing import Refused
from flows.triage import triage
from handlers.slack import emergencies, forms, ids
from handlers.slack.calls import Call, Doors
from handlers.slack.own_messages import find
from handlers.slack.pen import Pen
from handlers.slack.pictures import Picture, answers, filing_form, talk
from handlers.slack.trouble import CONNECTION, meaning_of
from handlers.trouble import NotNow

log = structlog.get_logger()

DOOR = "talk"
TRIES = 3
TWICE = timedelta(seconds=3)
"""Pressed again that soon, a button was pressed twice: the first press is still answered."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The message that is answered. `again`: somebody began to, and may have."""

    event_id: str
    sent_at: datetime
    again: bool


class Talk:
    """One person's direct messages with us, at the moment of one message or button."""

    def __init__(
        self, doors: Doors, person: str, channel: str, pen: Pen, heard: Heard | None = None
    ) -> None:
        self._heard = heard
        self._doors = doors
        self._person = person
        self._whose = f"slack:{person}"
        self._channel = channel
        self._pen = pen
        self._setting = Setting(
            doors.clock.now(), pen.language, doors.desk.clinic, doors.desk.lexicon
        )

    @classmethod
    async def of(cls, doors: Doors, person: str, channel: str, heard: Heard) -> Talk:
        """The direct messages with this person, of whom this was heard."""
        return cls(doors, person, channel, await doors.pens.for_person(person), heard)

    # -------------------------------------------------------------------------------- messages

    async def hears(self, words: str, heard: Heard) -> None:
        """Take what the person wrote: an answer, or something new. A second time does nothing."""
        known = await self._doors.conversations.of(self._whose)
        if known is not None and known.stage is Stage.FILING:
            filing, known = known, await self._filed(known)
            if filing.heard == heard.event_id:
                return
        if await self._heard_before(known, heard):
            return
        if known is None or not rules.belongs(known, words, self._setting):
            await self._something_new(known, words, heard)
            return
        known = await self._asked(known)
        if known.asked is None and not self._alarming(words):
            await self._again(known)
        else:
            turn = rules.answer(known, words, self._setting)
            taken = replace(turn.conversation, heard=heard.event_id)
            await self._take(known, replace(turn, conversation=taken))

    async def hears_reply(self, words: str, about: Sequence[int], heard: Heard) -> None:
        """Take a reply under a message of ours about these complaints.

        Words of alarm under a list are a story of their own: whose they are can be told later.
        """
        alarming = self._alarming(words)
        if len(about) == 1:
            case = await self._doors.desk.look(f"C-{about[0]}", self._person)
            draft = await self._draft(words)
            await self._answer(talk.offer_note(case.complaint, draft, alarming, self._pen))
        elif alarming:
            known = await self._known()
            if not await self._heard_before(known, heard):
                await self._begin(known, heard.event_id, words, heard.sent_at)
        else:
            await self._answer(talk.told("talk.which_note", self._pen))

    async def hears_no_words(self) -> None:
        """Take a message without words: a picture, a file."""
        await self._answer(talk.told("talk.no_words", self._pen))

    async def _something_new(self, known: Conversation | None, words: str, heard: Heard) -> None:
        if self._alarming(words):
            await self._begin(known, heard.event_id, words, heard.sent_at)
        else:
            await self._offer(words)

    async def _heard_before(self, known: Conversation | None, heard: Heard) -> bool:
        """Whether this was taken already; what we could not ask then is asked now."""
        if known is None:
            if not heard.again:
                return False
            return await self._standing(heard.sent_at, event=heard.event_id) is not None
        if known.heard != heard.event_id:
            return False
        known = await self._asked(known)
        if known.asked is None:
            await self._again(known)
        return True

    async def _offer(self, words: str) -> None:
        if replies.meaning(words, replies.ALARM) is not None:
            # A yes or no, to what can only be pressed: an offer, or something long over.
            await self._answer(talk.told("talk.press", self._pen))
            return
        found = triage(words, self._setting.lexicon)
        draft = await self._draft(words)
        if rules.worth_offering(words, found):
            await self._answer(talk.offer(draft, found, self._pen))
        else:
            await self._answer(talk.unsure(draft, self._pen))

    async def _begin(
        self, known: Conversation | None, key: str, words: str, sent_at: datetime
    ) -> None:
        """Begin a conversation; an unfinished one comes back after it."""
        place = forms.location_of(self._setting.clinic, self._person)
        location = place.id if place else None
        turn = rules.begin(key, words, sent_at, location, self._setting)
        fresh = replace(turn.conversation, heard=key)
        await self._ask(known, rules.instead_of(known, replace(turn, conversation=fresh)))

    async def _offer_earlier(self, words: str) -> None:
        """Offer what was written in a pause of the story that goes on now."""
        draft = await self._draft(words)
        await self._answer(talk.offer_earlier(draft, words, self._pen), "earlier")

    # --------------------------------------------------------------------------------- buttons

    async def walks(self, draft: str, offer_ts: str) -> None:
        """*Ask me one by one*, on an offer."""
        known = await self._known()
        if known is not None and known.stage is not Stage.KEPT:
            if known.key != draft:
                await self._answer(talk.told("talk.busy", self._pen))
            elif self._just_now(known):
                return
            await self._again(known)
            return
        words = await self._doors.drafts.words(draft)
        if words is None:
            await self.redraw(offer_ts, talk.told("talk.forgotten", self._pen))
            return
        await self._begin(known, draft, words, _instant(offer_ts))
        await self.redraw(offer_ts, talk.told("talk.walking", self._pen))

    async def declines(self, offer_ts: str) -> None:
        """*No*, on an offer."""
        await self.redraw(offer_ts, talk.told("talk.declined", self._pen))

    async def presses(self, action: str, value: str, turn_shown: int, ts: str) -> None:
        """A button of a question, shown in that turn of the conversation."""
        known = await self._doors.conversations.of(self._whose)
        if known is not None and known.stage is Stage.FILING:
            if self._just_now(known):
                return  # the first press files it
            known = await self._filed(known)
        if known is None:
            await self.redraw(ts, talk.told("talk.over", self._pen))
            return
        if known.turn != turn_shown:
            if not self._just_now(known):
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
            await self._file(before, await self._save(after))
        elif before.pending and after.stage is Stage.KEPT:
            await self._anew(before, after)
        elif before.earlier is not None and after.stage is Stage.KEPT:
            await self._settle(before, after)
            await self._over(after)
        else:
            found = triage(before.pending, self._setting.lexicon)
            if after.stage is Stage.ASKING and rules.worth_offering(before.pending, found):
                await self._offer_earlier(before.pending)
            await self._ask(before, turn)

    async def _file(self, before: Conversation, filing: Conversation) -> None:
        """File what is kept as to be filed: words that come meanwhile are a story of their own.

        Under the conversation's key it is filed once, however often we come here.
        """
        wanted = rules.filing(filing, self._setting)
        if wanted.about_staff is not None:
            await self._doors.learn_members()
        try:
            by = By(self._person, DOOR, (f"talk:{filing.key}",))
            case = await self._doors.desk.file(wanted, by)
        except Refused as no:
            await self._post(answers.refused(no, self._pen), "refused")
            await self._ask(before, rules.not_filed(filing, self._setting))
            return
        await self._settle(before, filing)
        mark = f"{filing.key}:filed"
        # Who comes here with what was kept as to be filed doesn't know how far the first came.
        if before is not filing or await self._standing(filing.touched_at, mark=mark) is None:
            await self._post(answers.filed(case, self._pen), mark)
        await self._over(filing)

    async def _over(self, done: Conversation) -> None:
        """Take up the conversation whose place this one took, or forget this one."""
        back = rules.back_again(done, self._setting)
        if back is not None:
            await self._ask(None, back)
        else:
            await self._doors.conversations.end(self._whose, done.version)

    async def _anew(self, before: Conversation, after: Conversation) -> None:
        """Leave the conversation for what was written after the pause."""
        await self._offer(before.pending)
        await self._settle(before, after)
        await self._save(after)

    async def _again(self, known: Conversation) -> None:
        """Ask once more, below everything else."""
        await self._ask(known, Turn(known, rules.asking(known, self._setting)))

    async def _asked(self, known: Conversation) -> Conversation:
        """The conversation, its question found should it stand although we don't know where."""
        if known.asked is not None:
            return known
        ts = await self._standing(known.touched_at, mark=f"{known.key}:{known.version}")
        return known if ts is None else await self._save(replace(known, asked=ts))

    async def _ask(self, before: Conversation | None, turn: Turn) -> None:
        """Keep the conversation, ask in the place of what was asked before, keep where."""
        kept = await self._save(replace(turn.conversation, asked=None))
        if before is not None:
            await self._settle(before, kept)
        picture = talk.asked(kept, turn.ask, turn.slip, self._pen)
        ts = await self._post(picture, f"{kept.key}:{kept.version}")
        await self._save(replace(kept, asked=ts))

    async def _settle(self, before: Conversation, after: Conversation) -> None:
        """The question that was asked loses its buttons."""
        if before.asked is not None:
            await self.redraw(before.asked, talk.settled(before, after, self._pen))

    def _just_now(self, known: Conversation) -> bool:
        return abs(self._setting.now - known.touched_at) <= TWICE

    def _alarming(self, words: str) -> bool:
        return triage(words, self._setting.lexicon).emergency

    async def _known(self) -> Conversation | None:
        """The conversation there is; one that we stopped in the middle of filing is filed first."""
        known = await self._doors.conversations.of(self._whose)
        filing = known is not None and known.stage is Stage.FILING
        return await self._filed(known) if known and filing else known

    async def _filed(self, filing: Conversation) -> Conversation | None:
        """What there is after this one was filed."""
        await self._file(filing, filing)
        return await self._doors.conversations.of(self._whose)

    async def _save(self, conversation: Conversation) -> Conversation:
        return await self._doors.conversations.save(self._whose, conversation)

    async def _draft(self, words: str) -> str:
        return await self._doors.drafts.keep(words, self._setting.now)

    # ---------------------------------------------------------------------------------- Slack

    async def _answer(self, picture: Picture, mark: str = "answer") -> None:
        """Answer the message that was heard, once."""
        heard = self._heard
        if heard is not None and heard.again:
            wanted = {"event": heard.event_id, "mark": mark}
            if await self._standing(heard.sent_at, **wanted) is not None:
                return
        await self._post(picture, mark)

    async def _standing(self, since: datetime, **wanted: str) -> str | None:
        """Where what we said since then stands, should we have said it before we were stopped."""
        return await find(self._doors.client, self._channel, wanted, since)

    async def _post(self, picture: Picture, mark: str, tries: int = TRIES) -> str:
        """Write to the person; where it stands. Who answers fast meets Slack's limit: we wait.

        By the mark, and the message that it answers, it is found again.
        """
        payload = {"mark": mark} | ({"event": self._heard.event_id} if self._heard else {})
        try:
            answer = await self._doors.client.chat_postMessage(
                channel=self._channel,
                text=picture.text,
                blocks=[block.to_dict() for block in picture.blocks],
                metadata={"event_type": f"{ids.EVENT_PREFIX}talk", "event_payload": payload},
                unfurl_links=False,
            )
        except SlackApiError as problem:
            meaning = meaning_of(problem)
            if tries == 1 or not isinstance(meaning, NotNow) or meaning.seconds is None:
                raise
            clock = self._doors.clock
            await clock.sleep_until(clock.now() + timedelta(seconds=meaning.seconds))
            return await self._post(picture, mark, tries - 1)
        return str(answer["ts"])

    async def redraw(self, ts: str, picture: Picture) -> None:
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
        await call.tell(talk.told("talk.forgotten", await call.pen()))
        return
    offer = f"{call.action['value']} {call.channel} {_ts(call)}"
    await forms.open_filing(call, filing_form.Prefill(words, _instant(_ts(call)), offer=offer))


async def form_filed(call: Call, case: Case) -> None:
    """The form of an offer was filed: the offer says so, and has no buttons any more."""
    if "offer" in call.notes:
        _, channel, ts = call.notes["offer"].split()
        pen = await call.pen()
        done = talk.offer_taken("talk.offer_filed", case.complaint, pen)
        await Talk(call.doors, call.person, channel, pen).redraw(ts, done)


async def walk(call: Call) -> None:
    """*Ask me one by one*."""
    try:
        await (await _talk(call)).walks(call.action["value"], _ts(call))
    except VersionConflict:
        log.info("talk_raced")  # pressed twice: the first press answers


async def decline(call: Call) -> None:
    """*No*."""
    await (await _talk(call)).declines(_ts(call))


async def add_note(call: Call) -> None:
    """*Add the note*: a reply under a message of ours."""
    reference, draft = call.action["value"].split()
    words = await call.doors.drafts.words(draft)
    if words is None:
        await call.tell(talk.told("talk.forgotten", await call.pen()))
        return
    before = await call.desk.look(reference, call.person)
    after = await call.desk.note(reference, words, call.by(DOOR, f"note:{draft}"))
    await emergencies.tell(call, ids.NOTE, before, after)
    done = talk.offer_taken("talk.offer_noted", after.complaint, await call.pen())
    await (await _talk(call)).redraw(_ts(call), done)


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


def _instant(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _ts(call: Call) -> str:
    return str(call.body["container"]["message_ts"])
