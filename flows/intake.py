"""Filing by conversation: what is asked next, what an answer means, and when nothing is asked.

Every transport speaks it: it takes words and choices, and says what to ask as a question with its
options, never as a sentence. Whatever comes in, nothing that was said is lost: a wrong answer
leaves its question standing, a cancelled conversation is kept until another begins, and words of
alarm stop the questions at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flows import questions, replies
from flows.complaint import ComplaintType, Severity, Via
from flows.contacts import normalise
from flows.conversation import Ask, Conversation, Stage, Turn, location_of
from flows.filing import Filing, Spoken, proves_talk
from flows.lexicon.words import is_han
from flows.policy import Location
from flows.questions import SKIPPED, Option, Question, Read, Setting, Slip
from flows.replies import Wish
from flows.triage import Suggestion, triage

PAUSE = timedelta(hours=1)
"""After a silence of this length it is first said what the conversation was about."""
FEWEST_WORDS = 3
FEWEST_CHARACTERS = 4
"""Chinese says in four characters what takes three words elsewhere."""


def worth_offering(words: str, found: Suggestion) -> bool:
    """Whether words that nobody asked for may tell of a complaint: some words, with a hit."""
    if replies.meaning(words, replies.HELP) is not None:
        return False
    han = sum(map(is_han, words))
    enough = han >= FEWEST_CHARACTERS or len(words.split()) >= FEWEST_WORDS
    return enough and bool(found.reasons)


def begin(key: str, story: str, begun_at: datetime, location: str | None, setting: Setting) -> Turn:
    """Begin with the words of a message; `location` is None where it has to be asked."""
    told_at = min(begun_at, setting.now)  # the transport's clock may be ahead of ours
    fresh = Conversation(key, story, told_at, setting.now, location=location)
    if _alarmed(fresh, story, setting):
        return _turn(fresh, setting, stage=Stage.STOPPED, alarm=story)
    return _ask_next(fresh, setting)


def belongs(conversation: Conversation, words: str, setting: Setting) -> bool:
    """Whether words that come now are for this conversation, and no story of their own.

    After a pause, words of alarm are: another client may be meant, and nothing may be asked first.
    """
    alarming = triage(words, setting.lexicon).emergency
    match conversation.stage:
        case Stage.ASKING | Stage.SUMMARY:
            return not (alarming and _idle(conversation, setting.now))
        case Stage.PAUSED | Stage.WAITING:
            return not alarming
        case Stage.STOPPED:
            wished = replies.meaning(words, replies.ALARM) is not None
            return wished or not _idle(conversation, setting.now)
        case Stage.KEPT:
            return replies.meaning(words, replies.GOING_ON) == Wish.GO_ON
        case Stage.FILING:
            return False


def answer(conversation: Conversation, words: str, setting: Setting) -> Turn:
    """Take typed words, of any kind."""
    words = words.strip()
    match conversation.stage:
        case Stage.PAUSED | Stage.WAITING:
            return _after_pause(conversation, words, setting)
        case Stage.STOPPED:
            return _alarm_answered(conversation, words, setting)
        case Stage.KEPT:
            return go_on(conversation, setting)
        case Stage.FILING:
            return _again(conversation, setting)
    if _idle(conversation, setting.now):
        return pause(conversation, words, setting)
    if _alarmed(conversation, words, setting):
        return _turn(conversation, setting, stage=Stage.STOPPED, alarm=words)
    match replies.meaning(words, replies.WISHES):
        case Wish.BACK:
            return back(conversation, setting)
        case Wish.SKIP:
            return skip(conversation, setting)
        case Wish.CANCEL:
            return keep(conversation, setting)
    if conversation.stage is Stage.SUMMARY:
        if replies.meaning(words, replies.FILING) == Wish.FILE:
            return file(conversation, setting)
        return _again(conversation, setting, Slip("talk.slip.summary"))
    if not words:
        return _again(conversation, setting)
    found = questions.read(conversation.question, words, _zone(conversation, setting), setting)
    return (
        _again(conversation, setting, found)
        if isinstance(found, Slip)
        else _taken(conversation, found, setting)
    )


def choose(conversation: Conversation, value: str, setting: Setting) -> Turn:
    """Take what was pressed: the value of an option, or a person's id."""
    if conversation.stage is Stage.STOPPED and value in setting.clinic.locations:
        return file(replace(conversation, location=value), setting)
    if conversation.stage is not Stage.ASKING or not value:
        return _again(conversation, setting)
    question = conversation.question
    if question is not Question.ABOUT_STAFF and value not in questions.values(question, setting):
        return _again(conversation, setting)
    return _taken(conversation, Read(value), setting)


def back(conversation: Conversation, setting: Setting) -> Turn:
    """To the question before; its answer stays until there is another."""
    order = _order(conversation)
    if conversation.stage is Stage.SUMMARY:
        return _turn(conversation, setting, stage=Stage.ASKING, question=order[-1])
    if conversation.stage is not Stage.ASKING:
        return _again(conversation, setting)
    place = order.index(conversation.question)
    if place == 0:
        return _again(conversation, setting, Slip("talk.slip.first"))
    return _turn(conversation, setting, question=order[place - 1])


def skip(conversation: Conversation, setting: Setting) -> Turn:
    """Leave the question open, if it may be."""
    if conversation.stage is not Stage.ASKING:
        return _again(conversation, setting)
    if not questions.can_skip(conversation.question, conversation.answers):
        needs_via = conversation.question is Question.VIA
        key = "refused.spoken_needs_via" if needs_via else "talk.slip.needed"
        return _again(conversation, setting, Slip(key))
    return _taken(conversation, Read(SKIPPED), setting)


def keep(conversation: Conversation, setting: Setting) -> Turn:
    """Leave it: it is kept until another begins. What stopped it doesn't stop it again."""
    if conversation.stage is Stage.FILING:
        return _again(conversation, setting)
    return _turn(_cleared(conversation, setting), setting, stage=Stage.KEPT, pending="")


def clear(conversation: Conversation, setting: Setting) -> Turn:
    """What stopped it is no emergency, says the person: the questions go on."""
    if conversation.stage is not Stage.STOPPED:
        return _again(conversation, setting)
    return _ask_next(_cleared(conversation, setting), setting)


def pause(conversation: Conversation, words: str, setting: Setting) -> Turn:
    """Ask whether to go on or to start anew with these words."""
    pending = "\n".join(filter(None, (conversation.pending, words)))
    return _turn(conversation, setting, stage=Stage.PAUSED, pending=pending)


def go_on(conversation: Conversation, setting: Setting) -> Turn:
    """Take up a conversation that was left or paused."""
    if conversation.stage not in (Stage.PAUSED, Stage.WAITING, Stage.KEPT):
        return _again(conversation, setting)
    return _ask_next(replace(conversation, pending=""), setting)


def file(conversation: Conversation, setting: Setting) -> Turn:
    """It is to be filed: all was asked, or there is no time to ask."""
    if conversation.stage not in (Stage.SUMMARY, Stage.STOPPED):
        return _again(conversation, setting)
    return _turn(conversation, setting, stage=Stage.FILING)


def not_filed(conversation: Conversation, setting: Setting) -> Turn:
    """A rule said no to the filing: the summary stands again, with all its answers."""
    return _ask_next(conversation, setting)


def asking(conversation: Conversation, setting: Setting) -> Ask:
    """What is asked as things stand."""
    stage, question, answers = conversation.stage, conversation.question, conversation.answers
    if stage is Stage.STOPPED and location_of(conversation) is None:
        return Ask(stage, options=tuple(map(Option, setting.clinic.locations)))
    if stage is not Stage.ASKING:
        return Ask(stage, can_go_back=stage is Stage.SUMMARY)
    order = _order(conversation)
    return Ask(
        stage,
        question,
        place=order.index(question) + 1,
        places=len(order),
        options=questions.options(question, answers, conversation.story, setting),
        can_skip=questions.can_skip(question, answers),
        can_go_back=question is not order[0],
    )


def instead_of(earlier: Conversation | None, turn: Turn) -> Turn:
    """The beginning of a conversation in the place of another, which is not lost.

    One that was left is: it was kept until now.
    """
    if earlier is None:
        return turn
    unfinished = earlier.earlier if earlier.stage is Stage.KEPT else earlier
    fresh = replace(turn.conversation, earlier=unfinished, version=earlier.version)
    return replace(turn, conversation=fresh)


def back_again(conversation: Conversation, setting: Setting) -> Turn | None:
    """The conversation whose place this one took, now that this one is over; None if none."""
    earlier = conversation.earlier
    if earlier is None:
        return None
    resting = (Stage.PAUSED, Stage.STOPPED)
    return _turn(
        replace(earlier, turn=conversation.turn, heard=conversation.heard, asked=None),
        setting,
        stage=earlier.stage if earlier.stage in resting else Stage.WAITING,
        version=conversation.version,
    )


def filing(conversation: Conversation, setting: Setting) -> Filing:
    """What is filed. Stopped by an alarm, it is severe and about safety whatever was answered."""
    given = {question: words for question, words in conversation.answers.items() if words}
    place = _place(conversation, setting)
    via = given.get(Question.VIA)
    kind = ComplaintType(given.get(Question.TYPE, ComplaintType.SAFETY))
    severity = Severity(int(given.get(Question.SEVERITY, Severity.SEVERE)))
    if conversation.alarm:
        kind, severity = ComplaintType.SAFETY, Severity.SEVERE
    contact = given.get(Question.CONTACT)
    return Filing(
        location=place.id,
        story=_story(conversation),
        type=kind,
        severity=severity,
        received_at=conversation.times.get(Question.RECEIVED, conversation.begun_at),
        spoken=questions.spoken(given),
        client=given.get(Question.CLIENT),
        contact=normalise(contact, place.phone_region) if contact else None,
        via=Via(via) if via else None,
        remedy_sought=given.get(Question.REMEDY_SOUGHT),
        happened=given.get(Question.HAPPENED),
        happened_at=conversation.times.get(Question.HAPPENED),
        about_staff=given.get(Question.ABOUT_STAFF),
    )


def _turn(before: Conversation, setting: Setting, slip: Slip | None = None, **changes: Any) -> Turn:
    after = replace(before, turn=before.turn + 1, touched_at=setting.now, **changes)
    return Turn(after, asking(after, setting), slip)


def _again(conversation: Conversation, setting: Setting, slip: Slip | None = None) -> Turn:
    """The same question once more."""
    touched = replace(conversation, touched_at=setting.now)
    return Turn(touched, asking(touched, setting), slip)


def _ask_next(conversation: Conversation, setting: Setting) -> Turn:
    """The first question without an answer, or the summary."""
    for question in _order(conversation):
        if question not in conversation.answers:
            return _turn(conversation, setting, stage=Stage.ASKING, question=question)
    return _turn(conversation, setting, stage=Stage.SUMMARY)


def _order(conversation: Conversation) -> list[Question]:
    known = {Question.LOCATION} if conversation.location is not None else set()
    return [question for question in Question if question not in known]


def _idle(conversation: Conversation, now: datetime) -> bool:
    return now - conversation.touched_at >= PAUSE


def _alarmed(conversation: Conversation, words: str, setting: Setting) -> bool:
    """Whether there are words of alarm that the person has not yet said to be none."""
    found = triage(words, setting.lexicon)
    alarms = {reason.words for reason in found.reasons if reason.emergency}
    return found.emergency and not alarms <= set(conversation.cleared)


def _cleared(conversation: Conversation, setting: Setting) -> Conversation:
    """Without the alarm; its words are part of the story from now on."""
    found = triage(conversation.alarm, setting.lexicon).reasons
    words = tuple(reason.words for reason in found if reason.emergency)
    cleared = conversation.cleared + words
    return replace(conversation, story=_story(conversation), alarm="", cleared=cleared)


def _after_pause(conversation: Conversation, words: str, setting: Setting) -> Turn:
    if replies.meaning(words, replies.AFTER_A_PAUSE) == Wish.GO_ON:
        return go_on(conversation, setting)
    if replies.meaning(words, replies.AFTER_A_PAUSE) == Wish.ANEW:
        return keep(conversation, setting)
    return pause(conversation, words, setting)


def _alarm_answered(conversation: Conversation, words: str, setting: Setting) -> Turn:
    """Whatever else comes is more about the alarm."""
    wish = replies.meaning(words, replies.ALARM)
    if wish == Wish.FILE:
        return file(conversation, setting)
    if wish == Wish.NO:
        return clear(conversation, setting)
    if wish == Wish.CANCEL:
        return keep(conversation, setting)
    alarm = "\n".join(filter(None, (conversation.alarm, words)))
    return _turn(conversation, setting, alarm=alarm)


def _taken(conversation: Conversation, found: Read, setting: Setting) -> Turn:
    """Keep an answer that goes with the others, and go on to what has none yet."""
    question = conversation.question
    slip = questions.check(question, found.value, conversation.answers)
    if slip is not None:
        return _again(conversation, setting, slip)
    answers: dict[Question, str] = {**conversation.answers, question: found.value}
    via = answers.get(Question.VIA)
    talked = question is Question.SPOKEN and found.value != Spoken.NO
    if talked and via is not None and not proves_talk(via):
        del answers[Question.VIA]  # it no longer goes with this, so it is asked once more
    times = {key: at for key, at in conversation.times.items() if key is not question}
    if found.at is not None:
        times[question] = found.at
    after = replace(conversation, answers=answers)
    if _zone(after, setting) != _zone(conversation, setting):
        for meant_elsewhere in times:
            del answers[meant_elsewhere]  # so it is asked once more
        times = {}
    return _ask_next(replace(after, times=times), setting)


def _story(conversation: Conversation) -> str:
    """The story with the words of alarm; a story that was one itself stands among them."""
    story, alarm = conversation.story, conversation.alarm
    return alarm if alarm.startswith(story) else "\n".join(filter(None, (story, alarm)))


def _place(conversation: Conversation, setting: Setting) -> Location:
    return setting.clinic.location(location_of(conversation) or setting.clinic.default_location)


def _zone(conversation: Conversation, setting: Setting) -> ZoneInfo:
    """The zone in which times are meant: that of where it happened."""
    return ZoneInfo(_place(conversation, setting).hours.zone)
