"""`/complaint`: a story opens the filing form, a verb does its work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.coach import coach
from flows.complaint import ComplaintType, Severity, State
from flows.contacts import normalise
from flows.desk import number_of
from flows.next_step import next_step as recommended
from flows.ports import Absence, Query
from flows.standing import Refused
from flows.when import UnclearTime, future, past
from handlers.slack import emergencies, forms
from handlers.slack.calls import Call
from handlers.slack.grammar import (
    ABOUT_ONE,
    BACK,
    FOLLOW_SLACK,
    Command,
    Slip,
    Story,
    absence_words,
    as_typed,
    parse,
    person_in,
    until_words,
)
from handlers.slack.pictures import answers, filing_form, lists, next_step, wording
from handlers.texts import code_of

DOOR = "command"


LAST_MINUTE = time(23, 59)


async def complaint(call: Call) -> None:
    """Everything that `/complaint` can do."""
    match parse(call.body.get("text") or ""):
        case Story(words):
            await forms.open_filing(call, filing_form.Prefill(story=as_typed(words)))
        case Slip(typed, meant):
            await call.tell(answers.slip(as_typed(typed), meant, await call.pen()))
        case Command(verb, reference, _) if verb in ABOUT_ONE and not reference:
            await call.tell(answers.which_one(verb, await call.pen()))
        case Command() as command:
            await VERBS[command.verb](call, command)


async def _help(call: Call, command: Command) -> None:
    pen = await call.pen()
    await call.tell(answers.full_help(pen) if command.rest else answers.help_(pen))


async def _list(call: Call, command: Command) -> None:
    late = "late" in command.rest.lower().split()
    await _answer_list(call, "list", _query(command.rest, call), only_late=late)


async def _mine(call: Call, _command: Command) -> None:
    await _answer_list(call, "mine", Query(owner=call.person))


async def _search(call: Call, command: Command) -> None:
    if not command.rest:
        await call.tell(answers.search_what(await call.pen()))
        return
    await _answer_list(call, "search", await _search_query(command.rest, call))


async def _answer_list(
    call: Call, title: str, query: Query | None, *, only_late: bool = False
) -> None:
    cases = () if query is None else await call.desk.find(query, call.person)
    if only_late:
        now = call.doors.clock.now()
        cases = tuple(
            case for case in cases if any(d.live and d.due_at <= now for d in case.deadlines)
        )
    await call.tell(lists.complaints(title, cases, await call.pen()))


def _query(words: str, call: Call) -> Query:
    """What `/complaint list` narrows to."""
    location = call.desk.clinic.location_of_channel(call.channel or "")
    query = Query(location=location.id if location else None)
    owner = person_in(words)
    if owner is not None:
        query = replace(query, owner=owner)
    for word in words.lower().split():
        if word in set(ComplaintType):
            query = replace(query, type=ComplaintType(word))
        elif word.upper() in Severity.__members__:
            query = replace(query, severity=Severity[word.upper()])
        elif word.lstrip("s") in ("1", "2", "3"):
            query = replace(query, severity=Severity(int(word.lstrip("s"))))
        elif word == "all":
            query = replace(query, open_only=False, location=None)
        elif word in ("closed", "resolved"):
            query = replace(query, open_only=False, states=(State(word),))
    return query


async def _search_query(words: str, call: Call) -> Query | None:
    """What `/complaint search` looks for; None when it can match nothing."""
    everything = Query(open_only=False)
    try:
        return replace(everything, numbers=(number_of(words),))
    except Refused:
        pass
    clinic = call.desk.clinic
    location = clinic.location_of_channel(call.channel or "")
    region = (location or clinic.location(clinic.default_location)).phone_region
    contact = normalise(as_typed(words), region).normalised
    if contact is not None and person_in(words) is None:
        return replace(everything, contact=contact)
    first, _, last = words.partition(" to ")
    language = (await call.pen()).language
    start, end = _day(first, call, language), _day(last or first, call, language)
    if last and end is None:
        end = call.doors.clock.now()  # nothing was filed after today
    if start is not None and end is not None:
        return replace(everything, filed_from=start, filed_before=end + timedelta(days=1))
    query = replace(_query(words, call), open_only=False, location=None)
    return None if query == everything else query


def _day(words: str, call: Call, language: str) -> datetime | None:
    """The start of the day that the words name, in the location's zone."""
    clinic = call.desk.clinic
    zone = ZoneInfo(clinic.location(clinic.default_location).hours.zone)
    try:
        at = past(words, call.doors.clock.now(), zone, language, need_hour=False).at
    except UnclearTime:
        return None
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


async def _show(call: Call, command: Command) -> None:
    await forms.open_sheet(call, command.reference, DOOR)


async def _next(call: Call, command: Command) -> None:
    case = await call.desk.look(command.reference, call.person)
    pen = await call.pen()
    step = recommended(case.complaint, case.deadlines, call.desk.playbook, pen.now)
    may_do = step is not None and await forms.may_open(call, step.done_by, case)
    await call.tell(next_step.next_step(case, pen, may_do=may_do))


async def _note(call: Call, command: Command) -> None:
    if not command.rest:
        await forms.open_form(call, "note", command.reference)
        return
    before = await call.desk.look(command.reference, call.person)
    case = await call.desk.note(command.reference, as_typed(command.rest), call.by(DOOR))
    await emergencies.tell(call, "note", before, case)


async def _emergency(call: Call, command: Command) -> None:
    words = as_typed(command.rest)
    case = await call.desk.emergency(command.reference, words, call.by(DOOR))
    await call.tell(emergencies.answer(call, case, await call.pen()))


async def _assign(call: Call, command: Command) -> None:
    person = person_in(command.rest)
    if person is None:
        await forms.open_form(call, "assign", command.reference)
        return
    await forms.check_active(call, person)
    case = await call.desk.assign(command.reference, person, call.by(DOOR))
    await call.tell(answers.done("assign", case, await call.pen()))


async def _follow_up(call: Call, command: Command) -> None:
    if not command.rest:
        await forms.open_form(call, "follow_up", command.reference)
        return
    case = await call.desk.look(command.reference, call.person)
    at = await forms.future_time(call, as_typed(command.rest), case.complaint.location)
    case = await call.desk.follow_up_at(command.reference, at, call.by(DOOR))
    await call.tell(answers.done("follow_up", case, await call.pen()))


async def _escalate(call: Call, command: Command) -> None:
    if not command.rest:
        await forms.open_form(call, "escalate", command.reference)
        return
    reason = as_typed(command.rest)
    before = await call.desk.look(command.reference, call.person)
    case = await call.desk.escalate(command.reference, reason, call.by(DOOR))
    await emergencies.tell(call, "escalate", before, case)


async def _pause(call: Call, command: Command) -> None:
    """`pause C-1042 until Friday`: the form, with the time filled in."""
    until = until_words(as_typed(command.rest))
    typed = as_typed(command.rest) if until is None else until
    await forms.open_form(call, "pause", command.reference, typed)


async def _resume(call: Call, command: Command) -> None:
    case = await call.desk.resume(command.reference, call.by(DOOR))
    await call.tell(answers.done("resume", case, await call.pen()))


def _with_form(action: str) -> Callable[[Call, Command], Awaitable[None]]:
    """A verb that asks the rest in its form; what was typed behind it is already filled in."""

    async def open_form(call: Call, command: Command) -> None:
        await forms.open_form(call, action, command.reference, as_typed(command.rest))

    return open_form


async def _wording(call: Call, command: Command) -> None:
    advice = coach(as_typed(command.rest), call.doors.phrasebook())
    await call.tell(wording.answer(command.rest, advice, await call.pen()))


async def _away(call: Call, command: Command) -> None:
    """`away`, `away back`, `away until Monday @ben`, `away from Monday until Friday @ben`.

    Without a time it is the rest of the day; from a day on without an end, that day.
    """
    desk = call.desk
    now = call.doors.clock.now()
    pen = await call.pen()
    words = as_typed(command.rest)
    if words.lower() in BACK:
        await call.tell(answers.back(await desk.back(call.person), now, pen))
        return
    said = absence_words(words)
    if said is None:
        await call.tell(answers.until_when(pen))
        return
    since, until = now, None
    clinic = desk.clinic
    hours = clinic.location(clinic.default_location).hours
    zone, begins = ZoneInfo(hours.zone), datetime.min.time()
    try:
        # A day without an hour means when it begins, so that its morning list comes; but who says
        # from Monday to Friday is away on Friday too.
        if said.since:
            since = future(said.since, now, zone, pen.language, begins, hours.closing).at
        if said.until:
            ends = LAST_MINUTE if said.since else begins
            until = future(said.until, since, zone, pen.language, ends, hours.closing).at
    except UnclearTime as problem:
        await call.tell(answers.unclear(problem, pen))
        return
    if until is None:
        until = hours.at_local(hours.local_day(since) + timedelta(days=1), begins)
    absence = Absence(call.person, since, until, person_in(command.rest))
    await desk.away(absence)
    await call.tell(answers.away(absence, now, pen))


async def _language(call: Call, command: Command) -> None:
    """`language es`: in which language this person is answered; `language slack`: as in Slack."""
    spoken = (await call.pen()).texts.languages
    wanted = None if command.rest.lower() == FOLLOW_SLACK else code_of(command.rest)
    if not command.rest or (wanted is not None and wanted not in spoken):
        await call.tell(answers.which_language(await call.pen()))
        return
    await call.desk.speak(call.person, wanted)
    await call.tell(answers.language_set(await call.pen()))


VERBS: dict[str, Callable[[Call, Command], Awaitable[None]]] = {
    "help": _help,
    "list": _list,
    "mine": _mine,
    "show": _show,
    "next": _next,
    "called": _with_form("acknowledge"),
    "tried": _with_form("tried"),
    "note": _note,
    "reply": _with_form("reply"),
    "assign": _assign,
    "severity": _with_form("change_severity"),
    "move": _with_form("move"),
    "emergency": _emergency,
    "follow-up": _follow_up,
    "escalate": _escalate,
    "pause": _pause,
    "resume": _resume,
    "resolve": _with_form("resolve"),
    "close": _with_form("close"),
    "reopen": _with_form("reopen"),
    "withdraw": _with_form("withdraw"),
    "away": _away,
    "language": _language,
    "search": _search,
    "wording": _wording,
}
