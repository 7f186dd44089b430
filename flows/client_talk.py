"""The talk with a client: her first words file the complaint, all that follows is added to it.

Every transport speaks it: it takes words and pressed buttons, and says what to tell her as keys
and facts. An unfinished talk is a filed complaint, so nothing has to be finished for it to count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from flows import filing as filing_rules
from flows import replies
from flows.change import Moment, conclude, with_
from flows.client import Client, ClientQuestion, ClientStage, ClientWords
from flows.complaint import Contact, DeadlineKind, Severity, Via
from flows.contacts import normalise
from flows.emergency import alarmed, begun
from flows.filing import Filing
from flows.ports import Case, Message, Outcome, Purpose
from flows.replies import Wish
from flows.triage import triage

ORDER = tuple(ClientQuestion)
TOGETHER = timedelta(minutes=2)
"""What she writes within this span is one story, and answered once."""
ATTACHED = "📎"
"""What stands for her words where she sent only files."""


class Press(StrEnum):
    """The buttons under what she is asked."""

    DANGER = "danger"
    SAFE = "safe"
    GO_ON = "go_on"
    SKIP = "skip"
    BACK = "back"
    STOP = "stop"


WISHED: Mapping[str | None, Press] = {
    Wish.BACK: Press.BACK,
    Wish.SKIP: Press.SKIP,
    Wish.CANCEL: Press.STOP,
}
"""What the words that mean one do."""


@dataclass(frozen=True, slots=True)
class Told:
    """The client afterwards, what changed in a complaint of hers, and what she is told.

    `before` is None where `outcome` files a new complaint. The messages about a complaint that
    changed are among those of its outcome; `messages` are the others.
    """

    client: Client
    before: Case | None = None
    outcome: Outcome | None = None
    messages: tuple[Message, ...] = ()


def greet(client: Client) -> Told:
    """She came without a word yet, or comes back."""
    if client.number is None:
        return Told(client, messages=(_say(client, "client_welcome"),))
    return Told(client, messages=(_say(client, "client_welcome_back", number=client.number),))


def status(client: Client, case: Case | None) -> Told:
    """Where her complaint stands: its number, who looks after it, the next promise."""
    if case is None:
        return Told(client, messages=(_say(client, "client_nothing_open"),))
    complaint = case.complaint
    facts = {**_promise(case), "owner": complaint.owner}
    return Told(client, messages=(_say(client, "client_status", facts, complaint.number),))


def hear(client: Client, words: ClientWords, case: Case | None, moment: Moment) -> Told:
    """She wrote. `case` is the open complaint she talks about, None when there is none."""
    if case is None:
        return _file(client, words, moment)
    wish = replies.meaning(words.text, replies.WISHES) if client.question is not None else None
    if wish in WISHED:
        return press(client, WISHED[wish], client.turn, case, moment)
    return _add(client, words, case, moment)


def press(client: Client, wish: str, turn: int, case: Case | None, moment: Moment) -> Told:
    """She pressed a button of the question number `turn`; one of an earlier question does nothing.

    `wish` is a value of `Press`.
    """
    if case is None or turn != client.turn or client.stage is ClientStage.OPEN:
        return Told(client)
    question = client.question
    match wish:
        case Press.DANGER if question is None:
            return _danger(client, case, moment)
        case Press.SAFE if question is None:
            return _ask(client, ORDER[0], case)
        case Press.GO_ON if question is None:
            return _ask(client, ORDER[0], case)
        case Press.SKIP if question is not None:
            return _ask(client, _after(question), case)
        case Press.BACK if question is not None:
            return _ask(client, ORDER[max(ORDER.index(question) - 1, 0)], case)
        case Press.STOP:
            return _ask(client, None, case)
    return Told(client)


def _file(client: Client, words: ClientWords, moment: Moment) -> Told:
    """File her words as they are, and say at once how it goes on.

    Type and severity are what the words suggest, to be confirmed by whoever handles it. The
    clock runs from when she wrote. Of files without a word nobody knows yet what they tell, so it
    is asked whether she is in danger.
    """
    unheard = not words.text
    found = triage(words.text, moment.lexicon)
    place = client.location or moment.clinic.default_location
    language = found.language or client.language
    client = replace(client, language=language)
    filed = filing_rules.file(
        Filing(
            location=place,
            story=words.text or ATTACHED,
            type=found.type,
            severity=Severity.MODERATE if unheard else found.severity,
            received_at=min(words.at, moment.now),
            client=client.name,
            via=Via.TELEGRAM,
            client_id=client.id,
        ),
        moment,
    )
    case = filed.case
    facts = _promise(case)
    messages = []
    if case.complaint.in_emergency:
        messages.append(_say(client, "client_emergency", {"location": place}))
    client = replace(client, question=None, turn=client.turn + 1)
    key = "client_filed_unheard" if unheard else "client_filed"
    messages.append(_say(client, key, {**facts, "turn": client.turn}))
    entry = moment.entry("client_unheard") if unheard else None
    outcome = replace(
        filed,
        entries=(*filed.entries, *filter(None, (entry,))),
        messages=(*filed.messages, *messages),
        files=words.files,
    )
    after = replace(client, stage=ClientStage.NOTICED, location=place, spoke_at=words.at)
    return Told(after, None, outcome)


def edit(client: Client, words: ClientWords, case: Case | None, moment: Moment) -> Told:
    """She changed a message: what stands there now is kept beside what stood there before.

    `case` may be finished.
    """
    if case is None:
        return Told(client)
    public = {"length": str(len(words.text))}
    entry = moment.entry("client_edited", {"words": words.text}, **public)
    after, alarm = alarmed(case, words.text, moment)
    said = _alert(client, case) if alarm else ()
    return Told(client, case, conclude(case, after, moment, entry, *alarm, messages=said))


def _add(client: Client, words: ClientWords, case: Case, moment: Moment) -> Told:
    """What follows is added, and answers the question that stands if there is one."""
    question = client.question if client.stage is ClientStage.ASKING and words.text else None
    public = {"length": str(len(words.text)), "files": str(len(words.files))}
    if question is not None:
        public["question"] = question.value
    entry = moment.entry("client_wrote", {"words": words.text} if words.text else {}, **public)
    after, alarm = alarmed(case, words.text, moment)
    at_once = client.spoke_at is not None and words.at - client.spoke_at <= TOGETHER
    client = replace(client, spoke_at=words.at)
    messages = _alert(client, case) if alarm else ()
    if question is not None:
        after = _answered(after, question, words.text, moment)
        if not alarm:
            asked = _ask(client, _after(question), after)
            client, messages = asked.client, asked.messages
    elif not at_once:
        number, owner = case.complaint.number, case.complaint.owner
        messages += (Message(Purpose.NOTICE, owner, "notice_client_wrote", number=number),)
        if not alarm:
            messages += (_say(client, "client_added", number=number),)
    outcome = conclude(case, after, moment, entry, *alarm, messages=messages)
    return Told(client, case, replace(outcome, files=words.files))


def _danger(client: Client, case: Case, moment: Moment) -> Told:
    """She says that she may be in danger."""
    client = replace(client, turn=client.turn + 1)
    if case.complaint.in_emergency:
        return Told(client, messages=_alert(client, case))
    after, entries = begun(case, None, moment)
    return Told(
        client, case, conclude(case, after, moment, *entries, messages=_alert(client, case))
    )


def _alert(client: Client, case: Case) -> tuple[Message, ...]:
    facts = {"location": case.complaint.location}
    return (_say(client, "client_emergency", facts, case.complaint.number),)


def _answered(case: Case, question: ClientQuestion, words: str, moment: Moment) -> Case:
    match question:
        case ClientQuestion.HAPPENED:
            return with_(case, happened=words)
        case ClientQuestion.TREATMENT:
            return with_(case, treatment=words)
        case ClientQuestion.REMEDY_SOUGHT:
            return with_(case, remedy_sought=words)
        case ClientQuestion.CONTACT:
            region = moment.clinic.location(case.complaint.location).phone_region
            contact: Contact = normalise(words, region)
            return with_(case, contact=contact)


def _ask(client: Client, question: ClientQuestion | None, case: Case) -> Told:
    """The client with a question asked; None: there is no more to ask."""
    number = case.complaint.number
    stage = ClientStage.OPEN if question is None else ClientStage.ASKING
    client = replace(client, stage=stage, question=question, turn=client.turn + 1)
    if question is None:
        return Told(client, messages=(_say(client, "client_all_asked", _promise(case), number),))
    asked: dict[str, object] = {"turn": client.turn, "question": question.value}
    return Told(client, messages=(_say(client, "client_question", asked, number),))


def _after(question: ClientQuestion) -> ClientQuestion | None:
    place = ORDER.index(question) + 1
    return ORDER[place] if place < len(ORDER) else None


def _promise(case: Case) -> Mapping[str, object]:
    """By when she hears from a person: the deadline that holds."""
    due = case.deadline(DeadlineKind.CLINICIAN_CALL) or case.deadline(DeadlineKind.ACKNOWLEDGE)
    return {"due": due.due_at.isoformat()} if due else {}


def _say(
    client: Client, key: str, facts: Mapping[str, object] | None = None, number: int | None = None
) -> Message:
    return Message(Purpose.NOTICE, client.to, key, facts or {}, number=number)
