"""Every picture stays within Slack's limits, keeps people's words inert, and tells no secrets."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from slack_sdk.models.views import View

from bot.books import read_playbook
from bot.clinic_file import read_clinic
from bot.serve import SANDBOX_CLINIC
from flows.change import DueChange
from flows.coach import Advice, AdviceKind
from flows.complaint import (
    CameBack,
    Complaint,
    ComplaintType,
    Contact,
    Deadline,
    DeadlineKind,
    Entry,
    Pause,
    Remedy,
    Reminder,
    Severity,
    State,
    Via,
)
from flows.contacts import normalise
from flows.deadlines import due_at, explain
from flows.next_step import checklist
from flows.policy import Clinic
from flows.ports import Absence, Case, HistoryLine, Snooze
from flows.standing import Refused, Verb
from flows.telling import THREAD_KINDS
from flows.when import Unclear, UnclearTime
from handlers.slack import ids
from handlers.slack.pen import Pen, initials
from handlers.slack.pictures import (
    Picture,
    answers,
    card,
    emergency,
    filing_form,
    forms,
    home,
    lists,
    next_step,
    notice,
    ping,
    sheet,
    thread,
    wording,
)
from handlers.slack.pictures.step import current
from handlers.texts import Forms, Texts
from sandbox.message_checks import refuse_bad_content
from sandbox.view_checks import view_complaints

CLINIC = read_clinic(SANDBOX_CLINIC)
PLAYBOOK = read_playbook()
TEXTS = Texts.load()
NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)
ANA, OMAR, SOFIA, MARIA = "U0ANA", "U0OMAR", "U0SOFIA", "U0MARIA"
STRANGER = "U0STRANGER"

HOSTILE = (
    "<!channel> <@U123> *bold* _it_ ~no~ `code` @here &lt;b&gt; <https://evil.example|click> "
    "\u202eback\u2066 \x00 🙂 > quote"
)


@dataclass(frozen=True)
class World:
    """What the pictures are drawn from: the words that people gave, and how much there is."""

    client: str
    contact: str
    words: str
    colleague: str
    many: int
    language: str = "en"

    @property
    def clinic(self) -> Clinic:
        people = {
            id_: person.model_copy(update={"name": f"{self.colleague}{id_[2:]}"})
            for id_, person in CLINIC.people.items()
        }
        return CLINIC.model_copy(update={"people": people})

    @property
    def pen(self) -> Pen:
        zone = ZoneInfo("America/Los_Angeles")
        return Pen(
            TEXTS, self.clinic, PLAYBOOK, NOW, self.language, zone, {STRANGER: self.colleague}
        )

    def case(self, number: int = 1042, **changes: Any) -> Case:
        """A severe complaint with everything in it that can be in it."""
        complaint = Complaint(
            location="downtown",
            type=ComplaintType.RESULT,
            severity=Severity.SEVERE,
            story=self.words,
            filed_by=ANA,
            filed_at=NOW - timedelta(minutes=50),
            received_at=NOW - timedelta(minutes=70),
            owner=ANA,
            rules_id=CLINIC.rules.id,
            number=number,
            client=self.client,
            contact=normalise(self.contact, "US"),
            via=Via.PHONE,
            remedy_sought=self.words,
            happened=self.words,
            about_staff=STRANGER,
            source_link="https://rose.slack.com/archives/C0FRONTDESK/p1",
            attempts=2,
        )
        deadlines = [self.deadline(kind, minutes) for kind, minutes in DUE.items()]
        asked = Reminder(
            DeadlineKind.RESOLVE, NOW, "escalate_manager", 1, MARIA, f"escalated:{ANA}", NOW
        )
        waited = Pause(NOW - timedelta(minutes=30), NOW, 1, ended_at=NOW - timedelta(minutes=20))
        complaint = replace(complaint, **changes)
        case = Case(complaint, CLINIC.rules, tuple(deadlines), (asked,), pauses=(waited,))
        if case.complaint.acknowledged_at is None:
            return case
        return replace(
            case,
            deadlines=tuple(
                replace(d, met_at=NOW - timedelta(minutes=5))
                if d.kind is DeadlineKind.ACKNOWLEDGE
                else d
                for d in case.deadlines
            ),
        )

    def deadline(self, kind: DeadlineKind, minutes: int) -> Deadline:
        return Deadline(
            kind,
            NOW - timedelta(minutes=70),
            NOW + timedelta(minutes=minutes),
            NOW - timedelta(minutes=50),
            rungs_fired=int(minutes < 60),
            what="contact" if kind is DeadlineKind.CUSTOM else None,
            hold_until=NOW,
            rest_until=NOW,
        )


DUE = {
    DeadlineKind.ACKNOWLEDGE: -10,
    DeadlineKind.TAKE_CHARGE: 20,
    DeadlineKind.FEEDBACK: 1370,
    DeadlineKind.RESOLVE: 2810,
    DeadlineKind.CUSTOM: 60,
}

ORDINARY = World("Mrs Karen Miller", "+1 415 555 0132", "Waited an hour, nobody cared.", "Lee", 3)
LONGEST = World(
    "Karen Quentin " * 40, "k.miller@example.com " * 30, "It hurt so. " * 3500, "Lee " * 125, 60
)
WORST = World(HOSTILE, HOSTILE, HOSTILE * 30, HOSTILE, 60)
CHINESE = World("王丽", "微信 wangli", "等了一个小时，没有人理我。" * 300, "李明", 20)
WORLDS = {"ordinary": ORDINARY, "longest": LONGEST, "worst": WORST, "chinese": CHINESE}

STATES: Mapping[str, dict[str, Any]] = {
    "new": {},
    "acknowledged": {
        "state": State.ACKNOWLEDGED,
        "acknowledged_at": NOW - timedelta(minutes=5),
        "acknowledged_by": SOFIA,
        "acknowledged_how": "phone",
        "claimed_at": NOW - timedelta(minutes=9),
    },
    "resolved": {
        "state": State.RESOLVED,
        "acknowledged_at": NOW - timedelta(minutes=5),
        "acknowledged_by": SOFIA,
        "acknowledged_how": "voicemail",
        "resolved_at": NOW,
        "remedy": Remedy.REFUND,
        "remedy_accepted": False,
        "rating": 2,
        "booked_again": True,
    },
    "closed": {"state": State.CLOSED, "closed_at": NOW, "came_back": CameBack.YES},
    "withdrawn": {"state": State.WITHDRAWN, "closed_at": NOW},
}

EMERGENCIES: Mapping[str, dict[str, Any]] = {
    "alarm": {"emergency_at": NOW - timedelta(minutes=6)},
    "called": {
        "emergency_at": NOW - timedelta(minutes=6),
        "called_at": NOW - timedelta(minutes=2),
        "called_by": "U0OMAR",
    },
    "care": {"emergency_at": NOW - timedelta(minutes=40)},
}

PUBLIC: Mapping[str, dict[str, str]] = {
    "filed": {"severity": "2"},
    "client_wrote": {"length": "3200", "files": "1"},
    "client_edited": {"length": "3200"},
    "contacted": {"how": "phone", "first": "yes"},
    "tried": {"how": "phone", "attempts": "3", "acknowledges": "no"},
    "assigned": {"person": SOFIA},
    "moved": {"before": "downtown", "after": "uptown", "owner": SOFIA},
    "handed_on": {"person": SOFIA, "former": STRANGER},
    "owner_excepted": {"person": SOFIA},
    "severity_changed": {"before": "1", "after": "3"},
    "step_done": {"step": "call"},
    "follow_up_set": {"at": NOW.isoformat()},
    "followed_up": {"reached": "yes", "rating": "5"},
    "escalated": {"people": ",".join([SOFIA, MARIA, STRANGER, *CLINIC.people])},
    "resolved": {"remedy": "refund", "accepted": "yes"},
    "closed": {"came_back": "no"},
    "paused": {"until": NOW.isoformat()},
    "snoozed": {"reason": "busy", "until": NOW.isoformat()},
    "reminded": {
        "people": SOFIA,
        "deadline": "feedback",
        "due": NOW.isoformat(),
        "rung": "supervisor",
    },
}
VARIANTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("client_wrote", {"length": "0", "files": "1"}),
    ("reply_failed", {"reason": "forbidden"}),
    ("contacted", {"how": "email", "first": "no"}),
    ("tried", {"how": "voicemail", "attempts": "1", "acknowledges": "yes"}),
    ("step_done", {"step": "a_step_of_an_older_playbook"}),
    ("followed_up", {"reached": "no"}),
    ("followed_up", {"reached": "message"}),
    ("closed", {"came_back": "yes"}),
    ("closed", {"came_back": "unknown"}),
)
WHYS = (
    "owner",
    "on_duty",
    "all_managers",
    "set_by",
    "clinician",
    f"covering:{STRANGER}",
    f"not_reached:{SOFIA}",
    f"escalated:{ANA}",
    *(f"in_place:{rung}" for rung in ("owner", "supervisor", "manager", "managers", "director")),
    *(f"in_place:{rung}" for rung in ("clinician", "clinicians")),
)
ALL_BUTTONS = ("take_charge", "acknowledge", "contact", "tried", "assign", "open", *ids.SNOOZES)


def item(number: int, why: str = "owner", kinds: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "number": number,
        "kinds": list(kinds or ("acknowledge", "take_charge", "feedback", "resolve", "custom")),
        "due": (NOW + timedelta(minutes=DUE[DeadlineKind.ACKNOWLEDGE])).isoformat(),
        "why": why,
        "buttons": list(ALL_BUTTONS),
    }


def emergency_case(world: World, name: str, *, told: bool = True) -> Case:
    """A medical emergency; `told`: with everything known of it."""
    facts = {"treatment": world.words, "treated_by": world.colleague} if told else {}
    if not told:
        facts |= {"contact": None, "happened": None}
    case = world.case(**EMERGENCIES[name], **facts)
    kinds = [DeadlineKind.ALL_CLEAR]
    if name == "alarm":
        kinds.insert(0, DeadlineKind.CLINICIAN_CALL)
    alarms = [world.deadline(kind, -1 if name != "called" else 28) for kind in kinds]
    return replace(case, deadlines=(*case.deadlines, *alarms))


def emergency_messages(world: World) -> Iterator[tuple[str, Picture]]:
    """What is shown of an emergency; in private it names what helps to call, links to tap too."""
    pen = world.pen
    for name, told in product(EMERGENCIES, (True, False)):
        case = emergency_case(world, name, told=told)
        yield f"answer {name} {told}", emergency.answer(case, ANA, pen)
        facts = item(1042, "clinician", ("clinician_call", "take_charge", "resolve"))
        yield (
            f"alert {name} {told}",
            ping.ping("ping", [facts], {1042: case}, [1042], pen, OMAR),
        )


def emergency_modals(world: World) -> Iterator[tuple[str, View]]:
    pen = world.pen
    for name, told in product(EMERGENCIES, (True, False)):
        case = emergency_case(world, name, told=told)
        yield f"view {name} {told}", emergency.view(case, pen, "C0FRONTDESK")
        yield f"all clear {name} {told}", emergency.all_clear(case, pen, world.colleague)
        yield f"sheet {name} {told}", sheet_of(case, world)


def messages(world: World) -> Iterator[tuple[str, Picture]]:
    """Everything that is shown in channels, in direct messages and in answers."""
    pen = world.pen
    for name, changes in STATES.items():
        case = world.case(**changes)
        yield f"card {name}", card.card(case, pen)
        yield f"next step {name}", next_step.next_step(case, pen, may_do=True)
        over = ping.ping("ping", [item(1042)], {1042: case}, [], pen, ANA)
        yield f"ping over {name}", over
    yield "card moved", card.card_moved(pen)
    yield from _pings(world)
    case = world.case()
    for kind in THREAD_KINDS:
        facts = {"actor": STRANGER, **PUBLIC.get(kind, {})}
        yield f"thread {kind}", thread.line(f"thread_{kind}", facts, case, pen)
    for kind, public in VARIANTS:
        facts = {"actor": "amends", **public}
        yield f"thread {public}", thread.line(f"thread_{kind}", facts, case, pen)
    for key in NOTICES:
        one = notice.notice(key, {"actor": STRANGER}, {1042: case}, 1042, pen)
        yield key, one
    cases = {number: world.case(number) for number in range(1001, 1001 + world.many)}
    due = [{"number": n, "kind": "resolve", "due": NOW.isoformat()} for n in cases]
    sections = {"sections": {"late": due, "today": due, "follow_up": due}}
    yield "morning list", notice.notice("morning_list", sections, cases, None, pen)
    for title in ("list", "mine", "search"):
        yield title, lists.complaints(title, list(cases.values()), pen)
        yield f"no {title}", lists.complaints(title, [], pen)
    yield from _answers(world)


NOTICES = (
    "notice_assigned",
    "notice_taken",
    "notice_given",
    "notice_moderate",
    "notice_restricted",
    "notice_reopened",
    "notice_emergency",
    "notice_calling",
    "notice_emergency_care",
    "notice_all_clear",
    "notice_from_client",
    "notice_client_wrote",
    "notice_phone_client",
    "admin_nobody_reached",
    "admin_unwatched",
    "admin_conflict_exception",
)


def _pings(world: World) -> Iterator[tuple[str, Picture]]:
    pen = world.pen
    case = world.case()
    for why in WHYS:
        yield (
            f"ping {why}",
            ping.ping("ping", [item(1042, why)], {1042: case}, [1042], pen, SOFIA),
        )
    quiet = replace(case, snoozes=(Snooze(ANA, NOW + timedelta(minutes=10), 1),))
    yield "ping snoozed", ping.ping("ping", [item(1042)], {1042: quiet}, [1042], pen, ANA)
    cases = {number: world.case(number) for number in range(1001, 1001 + world.many)}
    items = [item(number) for number in cases]
    for key, live in product(("ping_list", "ping_catch_up"), (list(cases), [])):
        yield f"{key} {len(live)}", ping.ping(key, items, cases, live, pen, ANA)


def _answers(world: World) -> Iterator[tuple[str, Picture]]:
    pen = world.pen
    snoozed = (Snooze(ANA, NOW, 1),)
    for name, changes in STATES.items():
        case = replace(world.case(**changes), snoozes=snoozed)
        yield f"filed {name}", answers.filed(case, pen)
    case = replace(world.case(), snoozes=snoozed)
    for action in (*ids.FORMS, *ids.AT_ONCE):
        yield f"done {action}", answers.done(action, case, pen)
    yield "filed for another", answers.filed(world.case(owner=SOFIA), pen)
    yield "log this", answers.log_this(case, pen)
    yield "trouble", answers.trouble("4F2A", pen)
    yield "outsider", answers.outsider(pen)
    yield "slip", answers.slip(world.words, "list", pen)
    advice = [Advice(kind, world.words, world.words) for kind in AdviceKind] * 3
    yield "wording", wording.answer(world.words, advice, pen)
    yield "done with advice", answers.done("contact", world.case(), pen, advice)
    yield "which one", answers.which_one("note", pen)
    yield "search what", answers.search_what(pen)
    for when, since in (("", NOW), (" later", NOW + timedelta(days=2))):
        until = NOW + timedelta(days=4)
        yield f"away{when}", answers.away(Absence(STRANGER, since, until, STRANGER), NOW, pen)
        yield f"away{when} uncovered", answers.away(Absence(STRANGER, since, until), NOW, pen)
        yield f"back{when}", answers.back(Absence(STRANGER, since, until), NOW, pen)
    yield "back from nothing", answers.back(None, NOW, pen)
    yield "help", answers.help_(pen)
    yield "full help", answers.full_help(pen)
    for reason in Unclear:
        yield f"unclear {reason}", answers.unclear(UnclearTime(reason, "tomorrow 10am"), pen)
    for key in sorted(TEXTS.keys):
        if key.startswith("refused."):
            yield key, answers.refused(Refused(key, **REFUSED_FACTS), pen)


REFUSED_FACTS: dict[str, Any] = {
    "person": STRANGER,
    "at": NOW,
    "until": NOW,
    "length": timedelta(days=7),
    "due": NOW,
    "severity": Severity.SEVERE,
    "verb": "resolve",
    "reference": HOSTILE,
    "times": 2,
    "place": HOSTILE,
}


def modals(world: World) -> Iterator[tuple[str, View]]:
    """What opens only for those who may see it."""
    pen = world.pen
    places = tuple(CLINIC.locations.values())
    channel = "C0FRONTDESK"
    shortcut = filing_form.Prefill(world.words, NOW, None, channel, channel, "1.2")
    yield "filing", filing_form.filing_form(filing_form.Prefill(), pen)
    long = filing_form.Prefill("It hurt so. " * 300)
    yield "filing a long story", filing_form.filing_form(long, pen)
    yield "filing from a message", filing_form.filing_form(shortcut, pen, places)
    for name, changes in STATES.items():
        case = world.case(**changes)
        for action in (ids.ACKNOWLEDGE, ids.CONTACT):
            typed = {"how": "phone", "spoke_with": world.client, "said": world.words}
            yield f"{action} {name}", forms.contact(case, pen, action, typed, channel)
        for action, draw in forms.FORMS.items():
            yield f"{action} {name}", draw(case, pen, world.words, channel)
        step = current(case, pen)
        if step is not None:
            yield f"step {name}", forms.next_step_done(case, step, pen, channel)
        changed = tuple(DueChange(kind, NOW, None) for kind in DeadlineKind)
        changed += tuple(DueChange(kind, None, NOW) for kind in DeadlineKind)
        changed += (DueChange(DeadlineKind.RESOLVE, NOW, NOW + timedelta(days=1)),)
        severity = forms.change_severity(case, pen, Severity.MINOR, changed, channel)
        yield f"change_severity {name}", severity
        yield f"move {name}", forms.move(case, pen, "uptown", changed, channel)
        yield "move", forms.move(case, pen, None, (), channel)
        yield "change_severity", forms.change_severity(case, pen, None, (), channel)
        yield "no change", forms.change_severity(case, pen, Severity.MODERATE, (), channel)
        yield f"sheet {name}", sheet_of(case, world)


def sheet_of(case: Case, world: World) -> View:
    lines = checklist(case.complaint, case.deadlines, PLAYBOOK, NOW)
    return sheet.sheet(case, history(world), lines, frozenset(Verb), world.pen, "C0FRONTDESK")


def history(world: World) -> list[HistoryLine]:
    kinds = sorted(THREAD_KINDS | {"opened", "snoozed", "owner_excepted"})
    said = {"said": f"{world.words}!", "spoke_with": world.client}
    entries = [
        Entry(kind, STRANGER, NOW - timedelta(minutes=n), "form", PUBLIC.get(kind, {}), said)
        for n, kind in enumerate(kinds * 2)
    ]
    entries += [
        Entry("snoozed", ANA, NOW, "button", {"reason": reason, "until": NOW.isoformat()})
        for reason in ("calling", "waiting")
    ]
    return [HistoryLine(place, entry) for place, entry in enumerate(entries, start=1)]


def homes(world: World) -> Iterator[tuple[str, View]]:
    cases = [world.case(number) for number in range(1001, 1001 + world.many)]
    yield "home", home.home(cases, cases, world.pen)
    yield "empty home", home.home([], [], world.pen)
    yield "closed home", home.closed(world.pen)


def texts_in(value: Any, kind: str = "mrkdwn") -> Iterator[str]:
    """All texts of a kind within blocks."""
    if isinstance(value, list):
        for each in value:
            yield from texts_in(each, kind)
    elif isinstance(value, dict):
        if value.get("type") == kind and isinstance(value.get("text"), str):
            yield value["text"]
        for each in value.values():
            yield from texts_in(each, kind)


def drawn(picture: Picture) -> list[dict[str, Any]]:
    return [block.to_dict() for block in picture.blocks]


@pytest.fixture(params=product(WORLDS, TEXTS.languages), ids="-".join)
def world(request: pytest.FixtureRequest) -> World:
    name, language = request.param
    return replace(WORLDS[name], language=language)


def test_every_message_is_one_slack_takes(world: World) -> None:
    for name, picture in (*messages(world), *emergency_messages(world)):
        refuse_bad_content(picture.text, drawn(picture))
        assert not picture.text[0].islower(), name
        assert len(picture.text) < 600, name


def test_every_modal_and_home_tab_is_one_slack_takes(world: World) -> None:
    for name, view in (*modals(world), *emergency_modals(world)):
        assert view_complaints(view.to_dict(), "modal") == [], name
        assert len(json.dumps(view.to_dict())) < 250_000, name
    for name, view in homes(world):
        assert view_complaints(view.to_dict(), "home") == [], name
        assert len(json.dumps(view.to_dict())) < 250_000, name


MARKUP = re.compile(r"<(?!!date\^)|\*bold|_it_|~no~|`code|@here|&lt;b&gt;|[\x00\u202e\u2066]")


def test_peoples_words_never_become_markup() -> None:
    link = "<https://rose.slack.com/archives/C0FRONTDESK/p1|"
    for name, picture in messages(WORST):
        for text in (picture.text, *texts_in(drawn(picture))):
            assert not MARKUP.search(text), name
    for name, picture in emergency_messages(WORST):
        for text in (picture.text, *texts_in(drawn(picture))):
            assert not MARKUP.search(text.replace("<tel:911|911>", "")), name
    for name, view in (*modals(WORST), *emergency_modals(WORST), *homes(WORST)):
        for text in texts_in(view.to_dict()):
            text = text.replace(link, "").replace("<tel:911|911>", "")
            assert not MARKUP.search(text), name
        everything = json.dumps(view.to_dict(), ensure_ascii=False)
        assert not re.search(r"\\u0000|[\u202e\u2066]", everything), name


def test_slack_makes_no_links_of_its_own() -> None:
    for name, picture in messages(ORDINARY):
        for block in drawn(picture):
            shown = json.dumps(block)
            assert shown.count('"mrkdwn"') == shown.count('"verbatim": true'), name


def test_names_contacts_and_words_stay_out_of_messages_and_home_tabs() -> None:
    secret = re.compile("Karen|Miller|0132|nobody cared", re.IGNORECASE)
    for name, picture in messages(ORDINARY):
        if name in ("slip", "wording", "done with advice"):
            continue  # only who typed these words sees them again
        assert not secret.search(picture.text + json.dumps(drawn(picture))), name
    for name, view in homes(ORDINARY):
        assert not secret.search(json.dumps(view.to_dict())), name


def test_what_modals_carry_along_are_ids_only(world: World) -> None:
    for name, view in (*modals(world), *emergency_modals(world)):
        carried = json.loads(view.private_metadata or "{}")
        known = {"reference", "version", "channel", "step", "severity", "location"}
        assert carried.keys() <= known | {"source_channel", "source_ts", "owner"}, name


def test_an_alert_has_what_helps_to_call_and_nothing_else() -> None:
    case = emergency_case(ORDINARY, "alarm")
    case = replace_(case, treatment="Lip filler", happened="Today 11", about_staff=None)
    facts = [item(1042, "clinician", ("clinician_call",))]
    picture = ping.ping("ping", facts, {1042: case}, [1042], ORDINARY.pen, OMAR)
    assert picture.text == (
        "C-1042 · Result · severity 3: Nobody is calling the client yet: a clinician has to, now. "
        "It was due Fri, Nov 27, 1:29 PM."
    )
    lines, small, row = drawn(picture)
    assert re.sub(r"<!date.*?>", "1:29 PM", lines["text"]["text"]).splitlines() == [
        "C-1042 · K.M. · Result · severity 3",
        "*Nobody is calling the client yet: a clinician has to, now. It was due 1:29 PM.*",
        "What was done: Lip filler",
        "When: Today 11",
        "By whom: Lee",
        "Call the client: <tel:+14155550132|+1 415 555 0132>",
        "Nobody answered so far: 2 attempts.",
    ]
    assert "because a clinician has to act" in json.dumps(small)
    assert [each["action_id"] for each in row["elements"]][:3] == [
        ids.CALLING,
        ids.ALL_CLEAR,
        ids.EMERGENCY_CARE,
    ]


def replace_(case: Case, **facts: Any) -> Case:
    return replace(case, complaint=replace(case.complaint, **facts))


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (Contact("(415) 555-0132", "+14155550132"), "<tel:+14155550132|(415) 555-0132>"),
        (Contact("ext 4155550132", None), "ext 4155550132"),
        (Contact("415 555 0132", None), "<tel:4155550132|415 555 0132>"),
        (Contact("Mei@Example.org", "mei@example.org"), "Mei@Example.org"),
        (Contact("<tel:911|x> 5550132", None), "&lt;tel:911|x&gt; 5550132"),
    ],
)
def test_a_number_is_to_tap_and_anything_else_is_text(contact: Contact, shown: str) -> None:
    case = replace_(emergency_case(ORDINARY, "alarm"), contact=contact)
    assert f"Call the client: {shown}" in emergency.alert(case, ORDINARY.pen)


def test_an_emergency_shows_no_words_no_remedies_and_no_waiting_times() -> None:
    forbidden = re.compile("Say:|Words|remed|offer|Solution|where things stand", re.IGNORECASE)
    for name in EMERGENCIES:
        case = emergency_case(ORDINARY, name)
        shown = [
            card.card(case, ORDINARY.pen),
            next_step.next_step(case, ORDINARY.pen, may_do=True),
        ]
        shown += [answers.filed(case, ORDINARY.pen), answers.done("note", case, ORDINARY.pen)]
        shown += [picture for _, picture in emergency_messages(ORDINARY)]
        shown.append(lists.complaints("mine", [case], ORDINARY.pen))
        for picture in shown:
            assert not forbidden.search(json.dumps(drawn(picture))), picture.text
        quiet = replace(case, complaint=replace(case.complaint, remedy_sought=None))
        lines = checklist(case.complaint, case.deadlines, PLAYBOOK, NOW)
        allowed = frozenset(Verb) - {Verb.RESOLVE}
        view = sheet.sheet(quiet, [], lines, allowed, ORDINARY.pen)
        assert not forbidden.search(json.dumps(view.to_dict())), name


def test_the_sheet_shows_the_clients_words_as_they_came() -> None:
    shown = "".join(texts_in(sheet_of(LONGEST.case(), LONGEST).to_dict(), "plain_text"))
    assert LONGEST.words.strip() in shown
    shown = "".join(texts_in(sheet_of(ORDINARY.case(), ORDINARY).to_dict(), "plain_text"))
    for words in (ORDINARY.client, ORDINARY.contact, ORDINARY.words):
        assert words in shown


def test_the_sheet_says_why_each_due_time_is_what_it_is() -> None:
    said: set[str] = set()
    for severity, kind, hours in product(Severity, DeadlineKind, range(0, 72, 5)):
        start = NOW + timedelta(hours=hours)
        due = due_at(kind, severity, start, CLINIC.rules, "downtown")
        deadline = Deadline(kind, start, due or start, start, met_at=NOW if hours else None)
        case = replace(ORDINARY.case(severity=severity), deadlines=(deadline,))
        reasons = explain(deadline, severity, CLINIC.rules, "downtown")
        said.update(reason.key for reason in reasons)
        shown = "\n".join(texts_in(sheet_of(case, ORDINARY).to_dict()))
        for reason in reasons:
            assert (
                ORDINARY.pen.say(reason.key, **reason.facts, n=reason.facts.get("days", 0)) in shown
            )
    assert {key for key in TEXTS.keys if key.startswith("explain.")} - said == {
        "explain.hold",
        "explain.paused",
        "explain.rest",
    }


def test_a_card_is_three_lines_and_at_most_four_buttons() -> None:
    for changes in STATES.values():
        blocks = drawn(card.card(ORDINARY.case(**changes), ORDINARY.pen))
        lines = "\n".join(texts_in(blocks[:2])).splitlines()
        assert len(lines) == 3
        assert lines[0] == "C-1042 · K.M. · Result · severity 3"
        assert len(blocks[2]["elements"]) <= 4
        assert blocks[2]["elements"][-1]["action_id"] == ids.OPEN


def test_the_card_says_late_as_a_word_and_offers_what_makes_sense() -> None:
    fresh = ORDINARY.case(severity=Severity.MINOR)
    blocks = drawn(card.card(fresh, ORDINARY.pen))
    assert "· late" in blocks[0]["text"]["text"]
    assert [each["action_id"] for each in blocks[2]["elements"]] == [
        ids.ACKNOWLEDGE,
        ids.CLAIM,
        ids.OPEN,
    ]
    closed = drawn(card.card(ORDINARY.case(**STATES["closed"]), ORDINARY.pen))
    assert [each["action_id"] for each in closed[2]["elements"]] == [ids.OPEN]


def test_a_ping_that_is_over_says_what_happened_and_has_no_buttons() -> None:
    pen = ORDINARY.pen
    spoken = ORDINARY.case(**STATES["acknowledged"])
    facts = [item(1042, kinds=("acknowledge",))]
    blocks = drawn(ping.ping("ping", facts, {1042: spoken}, [], pen, ANA))
    assert [block["type"] for block in blocks] == ["section"]
    assert "LeeSOFIA spoke with the client" in blocks[0]["text"]["text"]
    taken = ORDINARY.case(owner=MARIA, claimed_at=NOW)
    blocks = drawn(ping.ping("ping", [item(1042)], {1042: taken}, [], pen, ANA))
    assert "LeeMARIA handles this now" in blocks[0]["text"]["text"]
    moved = [{**item(1042), "due": NOW.isoformat()}]
    blocks = drawn(ping.ping("ping", moved, {1042: ORDINARY.case()}, [], pen, ANA))
    assert "This was moved" in blocks[0]["text"]["text"]


def test_snoozes_say_how_long_and_go_once_pressed() -> None:
    pen = ORDINARY.pen
    case = ORDINARY.case()

    def labels(case: Case) -> list[str]:
        blocks = drawn(ping.ping("ping", [item(1042)], {1042: case}, [1042], pen, ANA))
        return [each["text"]["text"] for each in blocks[-1]["elements"]]

    assert "Busy: 10 min" in labels(case)
    quiet = replace(case, snoozes=(Snooze(ANA, NOW + timedelta(minutes=10), 1),))
    assert "Busy: 10 min" not in labels(quiet)
    assert "I've spoken with the client" in labels(quiet)


def test_the_short_help_is_six_lines_and_a_button() -> None:
    section, row = drawn(answers.help_(ORDINARY.pen))
    assert len(section["text"]["text"].splitlines()) == 6
    assert row["elements"][0]["action_id"] == ids.MORE_HELP


def test_the_filing_form_asks_what_the_contract_says() -> None:
    view = filing_form.filing_form(filing_form.Prefill("x" * 4000), ORDINARY.pen).to_dict()
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert view["callback_id"] == ids.FILE_COMPLAINT
    assert " ".join(block["block_id"] for block in inputs) == (
        "story spoken received type severity client contact via remedy_sought happened about_staff"
    )
    assert all(block["block_id"] == block["element"]["action_id"] for block in inputs)
    needed = [block["block_id"] for block in inputs if not block.get("optional")]
    assert needed == ["story", "type", "severity"]
    assert inputs[0]["element"]["initial_value"] == "x" * 2999 + "…"


def test_each_form_has_the_fields_of_the_contract() -> None:
    fields = {
        "tried": "how note",
        "resolve": "done remedy accepted",
        "follow_up": "when",
        "change_time": "when",
        "follow_up_done": "reached outcome booked_again rating again",
        "pause": "when waiting_for",
        "note": "text",
        "reply": "text",
        "assign": "person",
        "escalate": "reason",
        "reopen": "reason",
        "withdraw": "reason",
        "close": "outcome came_back",
    }
    assert fields.keys() == forms.FORMS.keys()
    drawings = {name: draw(ORDINARY.case(), ORDINARY.pen, "", None) for name, draw in FORMS}
    for name, view in drawings.items():
        blocks = view.to_dict()["blocks"]
        asked = [block["block_id"] for block in blocks if block["type"] == "input"]
        assert (view.callback_id, " ".join(asked)) == (name, fields[name])


FORMS = tuple(forms.FORMS.items())


class Recorder(Texts):
    """Texts that remember which sentences were asked for."""

    def __init__(self, sentences: Mapping[str, Mapping[str, Forms]]) -> None:
        super().__init__(sentences)
        self.asked: set[str] = set()

    def sentence(self, language: str, key: str, facts: Mapping[str, str], n: int = 0) -> str:
        self.asked.add(key)
        return super().sentence(language, key, facts, n)


def test_every_sentence_of_the_forms_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder.load()
    assert isinstance(recorder, Recorder)
    monkeypatch.setattr(sys.modules[__name__], "TEXTS", recorder)
    assert len([name for name, _ in modals(ORDINARY)]) > 50
    assert len([name for name, _ in emergency_modals(ORDINARY)]) > 10
    tables = {"file", "form", "contact", *forms.FORMS, ids.CHANGE_SEVERITY, ids.NEXT_STEP_DONE}
    tables |= {ids.MOVE, ids.ALL_CLEAR, ids.EMERGENCY_FACTS}
    of_forms = {key for key in recorder.keys if key.partition(".")[0] in tables}
    # The step's own question is asked instead; the sentence stays for a step without one.
    assert of_forms - recorder.asked - {"next_step_done.fact.label"} == set()


def test_a_severity_that_is_chosen_shows_what_would_move() -> None:
    moved = (DueChange(DeadlineKind.TAKE_CHARGE, NOW, None),)
    case = ORDINARY.case()
    view = forms.change_severity(case, ORDINARY.pen, Severity.MINOR, moved).to_dict()
    assert "A manager in charge: no longer due." in list(texts_in(view))
    chosen = next(block for block in view["blocks"] if block.get("block_id") == "severity")
    assert chosen["dispatch_action"] is True
    assert chosen["element"]["initial_option"]["value"] == "1"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Sra. García", "G."),
        ("Mrs Karen Miller", "K.M."),
        ("karen", "K."),
        ("Dr. Maria del Carmen López", "M.L."),
        ("王丽", "王*"),
        ("Ms 王丽", "王*"),
        ("김민수", "김*"),
        ("Ólafur O'Brien", "Ó.O."),
        ("<!channel>", "C."),
        ("Mr", "M."),
        ("🙂 42", None),
        ("", None),
        (None, None),
    ],
)
def test_initials(name: str | None, short: str | None) -> None:
    assert initials(name) == short


def test_times_are_absolute_and_in_the_readers_zone() -> None:
    pen = ORDINARY.pen
    due = datetime(2026, 11, 27, 23, 40, tzinfo=UTC)
    assert pen.tell(due) == "Fri, Nov 27, 3:40 PM"
    assert pen.mark(due) == (
        f"<!date^{int(due.timestamp())}^{{date_short_pretty}} {{time}}|Fri, Nov 27, 3:40 PM PST>"
    )


def test_times_durations_and_people_are_written_as_the_language_writes_them() -> None:
    pen = replace(ORDINARY, language="zh").pen
    assert pen.tell(datetime(2026, 11, 27, 23, 40, tzinfo=UTC)) == "11月27日周五 15:40"
    assert pen.tell(datetime(2027, 1, 4, 17, 0, tzinfo=UTC)) == "2027年1月4日周一 09:00"
    assert pen.tell(timedelta(minutes=90)) == "1 小时 30 分钟"
    assert pen.everybody([ANA, SOFIA, MARIA]) == "LeeANA、LeeSOFIA和LeeMARIA"
    assert pen.everybody([ANA] * 6) == "LeeANA、LeeANA、LeeANA、LeeANA和另外 2 人"
    pen = replace(ORDINARY, language="es").pen
    assert pen.tell(datetime(2026, 11, 27, 23, 40, tzinfo=UTC)) == "vie, 27 nov, 15:40"
    assert pen.tell(datetime(2027, 1, 4, 17, 0, tzinfo=UTC)) == "lun, 4 ene 2027, 9:00"
    assert pen.tell(timedelta(minutes=90)) == "1 h y 30 min"
    assert pen.everybody([ANA, SOFIA, MARIA]) == "LeeANA, LeeSOFIA y LeeMARIA"
    assert pen.everybody([ANA] * 6) == "LeeANA, LeeANA, LeeANA, LeeANA y 2 más"


@pytest.mark.parametrize("language", TEXTS.languages)
def test_several_passages_are_quoted_in_one_breath(language: str) -> None:
    pen = replace(ORDINARY, language=language).pen
    for passages in (["red"], ["red", "hot"], ["red", "hot", "pus"]):
        said = pen.quoted(passages)
        assert re.findall("“(.+?)”", said) == passages


@pytest.mark.parametrize(
    ("colleague", "said"),
    [
        ("Inés", "LeeANA e Inés"),
        ("Hilda", "LeeANA e Hilda"),
        ("Iago", "LeeANA y Iago"),
        ("Yolanda", "LeeANA y Yolanda"),
    ],
)
def test_and_is_written_as_spanish_sounds(colleague: str, said: str) -> None:
    pen = replace(replace(ORDINARY, language="es").pen, people={STRANGER: colleague})
    assert pen.everybody([ANA, STRANGER]) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(hours=4), "4 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=26), "26 h"),
    ],
)
def test_durations_are_never_rounded(length: timedelta, said: str) -> None:
    assert ORDINARY.pen.tell(length) == said


def test_people_are_called_by_name_and_strangers_a_colleague() -> None:
    pen = replace(ORDINARY.pen, people={})
    assert pen.person(ANA) == "LeeANA"
    assert pen.person(STRANGER) == "a colleague"
    assert pen.everybody([ANA, SOFIA]) == "LeeANA and LeeSOFIA"
    assert pen.say("event.claimed", person=pen.person(STRANGER)) == "A colleague took this on."
