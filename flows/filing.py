"""How a complaint comes into being: what is asked, who gets it, which promises start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from flows.change import PROMISES, Moment, acknowledged, conclude, promise
from flows.complaint import (
    Complaint,
    ComplaintType,
    Contact,
    DeadlineKind,
    Entry,
    How,
    Remedy,
    Severity,
    Via,
)
from flows.emergency import begun
from flows.ending import resolved
from flows.lexicon import Lexicon
from flows.ports import Case, Message, Outcome, Purpose
from flows.standing import Refused, Staffing, first_owner, may_see
from flows.triage import Suggestion, triage


class Spoken(StrEnum):
    """Whether the filer already spoke with the client, and whether that settled it."""

    NO = "no"
    YES = "yes"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Filing:
    """What a colleague, or the client herself, tells us. Instants are aware and in UTC."""

    location: str
    story: str
    type: ComplaintType
    severity: Severity
    received_at: datetime
    spoken: Spoken = Spoken.NO
    client: str | None = None
    contact: Contact | None = None
    via: Via | None = None
    remedy_sought: str | None = None
    happened: str | None = None
    happened_at: datetime | None = None
    about_staff: str | None = None
    source_link: str | None = None
    client_id: str | None = None


def file(filing: Filing, moment: Moment) -> Outcome:
    """File a complaint.

    The promises to the client count from the receipt, `take_charge` from now. What was already
    said to the client is filed as the acknowledgement with its evidence; a severity 1 that is
    settled is resolved in the same act. Severity 2 tells the supervisor. Words of alarm begin the
    medical emergency, whatever type and severity were chosen; nothing is settled then, and
    nothing refused.

    Raises:
        Refused: `settled` for severity 2 or 3, or `spoken` without saying how.
    """
    suggested = triage(filing.story, moment.lexicon)
    alarm = alarm_in(filing, moment.lexicon)
    if alarm is not None:
        filing = _unsettled(filing)
    _check(filing)
    clinic = moment.clinic
    rules = clinic.rules
    complaint = Complaint(
        location=filing.location,
        type=filing.type,
        severity=filing.severity,
        story=filing.story,
        filed_by=moment.actor,
        filed_at=moment.now,
        received_at=filing.received_at,
        owner=moment.actor,
        rules_id=rules.id,
        client=filing.client,
        contact=filing.contact,
        via=filing.via,
        remedy_sought=filing.remedy_sought,
        happened=filing.happened,
        happened_at=filing.happened_at,
        about_staff=filing.about_staff,
        source_link=filing.source_link,
        language=suggested.language or clinic.location(filing.location).languages[0],
        heated=suggested.heated,
        client_id=filing.client_id,
    )
    charge = first_owner(complaint, clinic, moment.absences)
    complaint = replace(complaint, owner=charge.owner, conflict_exception=charge.exception)
    case = Case(complaint, rules)
    promises = [promise(kind, case, filing.received_at, moment.now) for kind in PROMISES]
    promises.append(promise(DeadlineKind.TAKE_CHARGE, case, moment.now, moment.now))
    case = replace(case, deadlines=tuple(d for d in promises if d is not None))

    entries = [_filed(filing, suggested, moment, asked=alarm is None)]
    if charge.exception:
        entries.append(moment.entry("owner_excepted", person=charge.owner))
    after = case
    if alarm is not None:
        after, alarm_entries = begun(case, alarm, moment)
        entries.extend(alarm_entries)
    if filing.spoken is not Spoken.NO:
        assert filing.via is not None  # noqa: S101  (checked above)
        entries.append(
            moment.entry("contacted", {"said": filing.story}, how=filing.via.value, first="yes")
        )
        after = acknowledged(after, filing.via.value, moment)
    if filing.spoken is Spoken.SETTLED:
        after = resolved(after, Remedy.APOLOGY, accepted=True, moment=moment)
        entries.append(
            moment.entry(
                "resolved", {"done": filing.story}, remedy=Remedy.APOLOGY.value, accepted="yes"
            )
        )
    return conclude(None, after, moment, *entries, messages=_notices(after, moment))


def alarm_in(filing: Filing, lexicon: Lexicon) -> Suggestion | None:
    """What is suggested by the first of its words that tell of alarm signs; None if none do."""
    told = filter(None, (filing.story, filing.happened, filing.remedy_sought))
    suggested = (triage(words, lexicon) for words in told)
    return next((one for one in suggested if one.emergency), None)


def proves_talk(via: str | None) -> bool:
    """Whether somebody can have spoken with the client that way."""
    return via in set(How)


def _unsettled(filing: Filing) -> Filing:
    """Nothing is settled in an emergency; a talk counts if it is said how, and holds nothing up."""
    spoke = filing.spoken is not Spoken.NO and proves_talk(filing.via)
    return replace(filing, spoken=Spoken.YES if spoke else Spoken.NO)


def _filed(filing: Filing, suggested: Suggestion, moment: Moment, *, asked: bool) -> Entry:
    """The first line of history: what was chosen, beside what the words suggest and why.

    `asked`: the filer was asked whether it should not be as severe as the words suggest.
    """
    kept = asked and filing.severity < suggested.severity
    because = {"reasons": ", ".join(reason.words for reason in suggested.reasons)}
    return moment.entry(
        "filed",
        {"story": filing.story, **because},
        type=filing.type.value,
        severity=str(filing.severity.value),
        suggested_type=suggested.type.value,
        suggested_severity=str(suggested.severity.value),
        kept="yes" if kept else "no",
    )


def _check(filing: Filing) -> None:
    if filing.spoken is Spoken.NO:
        return
    if not proves_talk(filing.via):
        raise Refused("refused.spoken_needs_via", field="via")
    if filing.spoken is Spoken.SETTLED and filing.severity is not Severity.MINOR:
        raise Refused("refused.settled_only_minor", field="spoken")


def _notices(case: Case, moment: Moment) -> tuple[Message, ...]:
    """Who hears of the filing besides the filer: nobody is given a duty by these."""
    complaint = case.complaint
    people: dict[str, str] = {}
    if complaint.owner != moment.actor:
        by_client = complaint.client_id is not None
        people[complaint.owner] = "notice_from_client" if by_client else "notice_given"
    if complaint.severity is Severity.MODERATE:
        staffing = Staffing(complaint, moment.clinic, moment.absences)
        for told in staffing.tell("supervisor"):
            if may_see(told.person, case, moment.clinic):
                people.setdefault(told.person, "notice_moderate")
    people.pop(moment.actor, None)
    messages = [Message(Purpose.NOTICE, person, key) for person, key in people.items()]
    if complaint.conflict_exception:
        messages.append(
            Message(Purpose.NOTICE, moment.clinic.admin_channel, "admin_conflict_exception")
        )
    return tuple(messages)
