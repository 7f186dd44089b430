"""Filing by conversation in a direct message: the offer, each question, the summary.

What a client said stands in the blocks only; a notification says no more than the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, UserSelectElement

from flows.complaint import Complaint
from flows.conversation import Ask, Conversation, Stage, answered, location_of
from flows.questions import SKIPPED, Option, Question, Slip
from flows.triage import Suggestion
from handlers.slack import ids
from handlers.slack.pen import Mrkdwn, Pen
from handlers.slack.pictures import emergency, suggestion
from handlers.slack.pictures.blocks import (
    Picture,
    button,
    context,
    labelled,
    plain,
    section,
)
from handlers.slack.pictures.inputs import PLACEHOLDER

BUTTONS_A_BLOCK = 25
LABELS = {
    Question.SPOKEN: "spoken",
    Question.TYPE: "type_choice",
    Question.SEVERITY: "severity_choice",
    Question.VIA: "via",
}
"""The tables of texts that name the choices every clinic has."""
HINTS = {Question.TYPE: "type_hint", Question.SEVERITY: "severity_hint"}
"""The tables of texts that explain them."""


def offer(draft: str, found: Suggestion, pen: Pen) -> Picture:
    """*Shall I file this?*, for what somebody wrote to us; `draft` is where that is kept."""
    because = context(suggestion.suggested(found, pen))
    return _offered("talk.offer", draft, pen, because)


def offer_earlier(draft: str, story: str, pen: Pen) -> Picture:
    """*Shall I file this too?*, for what was written between two parts of another story."""
    return _offered("talk.offer_earlier", draft, pen, section(pen.mark(story)))


def unsure(draft: str, pen: Pen) -> Picture:
    """Help, for words that seem to be no complaint; they can be filed all the same."""
    row = [button(pen, ids.TALK_FORM, value=draft)]
    return Picture(
        pen.alert("talk.unsure"), (section(pen.say("talk.unsure")), ActionsBlock(elements=row))
    )


def offer_note(complaint: Complaint, draft: str, alarming: bool, pen: Pen) -> Picture:
    """*Add this as a note?*, for a reply under a message of ours about one complaint."""
    reference = complaint.reference
    value = f"{reference} {draft}"
    row = [
        button(pen, ids.TALK_NOTE, reference, value=value, primary=True),
        button(pen, ids.TALK_NO),
    ]
    first = [section(*emergency.call_now(complaint.location, pen))] if alarming else []
    said = section(pen.say("talk.offer_note", reference=reference))
    return Picture(
        pen.alert("talk.offer_note", reference=reference),
        (*first, said, ActionsBlock(elements=row)),
    )


def offer_taken(key: str, complaint: Complaint, pen: Pen) -> Picture:
    """What stays of an offer that was taken up: which complaint came of it, or has the note."""
    said = section(pen.say(key, reference=complaint.reference))
    return Picture(pen.alert(key, reference=complaint.reference), (said,))


def told(key: str, pen: Pen) -> Picture:
    """A sentence of this part, without a button."""
    return Picture(pen.alert(key), (section(pen.say(key)),))


def asked(conversation: Conversation, ask: Ask, slip: Slip | None, pen: Pen) -> Picture:
    """What is to be answered, below why the last answer was not taken, if it wasn't."""
    blocks = list(_asked(conversation, ask, pen))
    rows = (block for block in blocks if isinstance(block, ActionsBlock))
    for number, block in enumerate(rows):
        block.block_id = f"talk:{conversation.turn}:{number}"
    if slip is not None:
        blocks.insert(0, section(_slip(slip, pen)))
    return Picture(_question(ask.stage, ask.question, pen.alert), tuple(blocks))


def settled(before: Conversation, after: Conversation, pen: Pen) -> Picture:
    """What was asked before, without its buttons, and with its answer if it has one now."""
    question = before.question if before.stage is Stage.ASKING else None
    if question is not None and question in after.answers:
        line = _line(question, after, pen)
    else:
        line = _question(before.stage, question, pen.say)
    return Picture(_question(before.stage, question, pen.alert), (section(line),))


def turn_of(block_id: str) -> int:
    """In which turn of a conversation a button was shown."""
    return int(block_id.split(":")[1])


def _asked(conversation: Conversation, ask: Ask, pen: Pen) -> Iterator[Block]:
    if ask.stage is Stage.STOPPED:
        yield section(*emergency.call_now(location_of(conversation), pen))
    if ask.question is None:
        yield section(_question(ask.stage, None, pen.say))
    else:
        yield section(f"*{_question(ask.stage, ask.question, pen.say)}*")
        yield context(*_hints(ask, ask.question, pen))
    if ask.stage is Stage.SUMMARY:
        yield from _summary(conversation, pen)
    elif ask.stage is Stage.WAITING:
        yield section(pen.mark(conversation.story))
    elif ask.stage is Stage.STOPPED:
        yield context(pen.mark(conversation.alarm))
    yield from _choices(ask, pen)
    row = list(_steps(ask, pen))
    if row:
        yield ActionsBlock(elements=row)


def _question(stage: Stage, question: Question | None, say: Callable[[str], str]) -> str:
    return say(f"talk_stage.{stage}") if question is None else say(f"file.{question}.label")


def _hints(ask: Ask, question: Question, pen: Pen) -> Iterator[str]:
    if ask.places:
        yield pen.say("talk.place", place=ask.place, places=ask.places)
    example = f"file.{question}.placeholder"
    if example in pen.texts.keys:
        yield pen.say("talk.example", example=pen.plain(example))
    if question is Question.RECEIVED:
        yield pen.say("talk.received")
    if question in HINTS:
        for option in ask.options:
            label = Mrkdwn(f"*{pen.mark(_label(question, option.value, pen))}*")
            hint = pen.plain(f"{HINTS[question]}.{option.value}")
            yield pen.say("talk.explained", label=label, hint=hint)


def _choices(ask: Ask, pen: Pen) -> Iterator[Block]:
    buttons = [
        labelled(
            _choice(ask.question or Question.LOCATION, option, pen),
            pen,
            f"{ids.TALK_CHOOSE}{number}",
            value=option.value,
            primary=option.suggested,
        )
        for number, option in enumerate(ask.options, start=1)
    ]
    for start in range(0, len(buttons), BUTTONS_A_BLOCK):
        yield ActionsBlock(elements=list(buttons[start : start + BUTTONS_A_BLOCK]))
    if ask.question is Question.ABOUT_STAFF:
        placeholder = plain(pen.plain("form.choose_person"), PLACEHOLDER)
        select = UserSelectElement(action_id=ids.TALK_PERSON, placeholder=placeholder)
        yield ActionsBlock(elements=[select])


def _steps(ask: Ask, pen: Pen) -> Iterator[ButtonElement]:
    """What can be wanted instead of an answer."""
    match ask.stage:
        case Stage.ASKING | Stage.SUMMARY:
            if ask.stage is Stage.SUMMARY:
                yield button(pen, ids.TALK_FILE, primary=True)
            if ask.can_go_back:
                yield button(pen, ids.TALK_BACK)
            if ask.can_skip:
                yield button(pen, ids.TALK_SKIP)
            yield button(pen, ids.TALK_CANCEL)
        case Stage.PAUSED:
            yield button(pen, ids.TALK_GO_ON, primary=True)
            yield button(pen, ids.TALK_ANEW)
        case Stage.WAITING:
            yield button(pen, ids.TALK_GO_ON, primary=True)
            yield button(pen, ids.TALK_CANCEL)
        case Stage.STOPPED:
            if not ask.options:
                yield button(pen, ids.TALK_FILE, primary=True)
            yield button(pen, ids.TALK_NO_ALARM)
            yield button(pen, ids.TALK_CANCEL)
        case Stage.KEPT:
            yield button(pen, ids.TALK_GO_ON)


def _choice(question: Question, option: Option, pen: Pen) -> str:
    label = _label(question, option.value, pen)
    return pen.plain("talk.suggested", label=label) if option.suggested else label


def _label(question: Question, value: str, pen: Pen) -> str:
    if question is Question.LOCATION:
        return pen.clinic.location(value).name
    return pen.plain(f"{LABELS[question]}.{value}")


def _summary(conversation: Conversation, pen: Pen) -> Iterator[Block]:
    yield section(f"*{pen.say('file.story.label')}*", pen.mark(conversation.story))
    for question in answered(conversation):
        yield section(_line(question, conversation, pen))


def _line(question: Question, conversation: Conversation, pen: Pen) -> str:
    """A question with its answer; a time also as it was understood."""
    value = conversation.answers[question]
    if value == SKIPPED:
        said = pen.say("talk.skipped")
    elif question in LABELS or question is Question.LOCATION:
        said = Mrkdwn(pen.mark(_label(question, value, pen)))
    elif question is Question.ABOUT_STAFF:
        said = Mrkdwn(pen.mark(pen.person(value)))
    elif question in conversation.times:
        said = pen.say("talk.time", words=value, at=conversation.times[question])
    else:
        said = Mrkdwn(pen.mark(value))
    return f"*{pen.say(f'file.{question}.label')}*\n{said}"


def _slip(slip: Slip, pen: Pen) -> str:
    return pen.say(slip.key, **({"example": slip.example} if slip.example else {}))


def _offered(key: str, draft: str, pen: Pen, *between: Block) -> Picture:
    row = [
        button(pen, action, value=draft, primary=action == ids.TALK_FORM)
        for action in (ids.TALK_FORM, ids.TALK_WALK, ids.TALK_NO)
    ]
    blocks = (section(pen.say(key)), *between, ActionsBlock(elements=row))
    return Picture(pen.alert(key), blocks)
