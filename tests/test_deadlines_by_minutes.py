"""Due times checked against counting minutes one by one: pauses, breaks, holidays, changed clocks.

The reference knows nothing of windows and sums: it walks, and asks of every minute whether it
counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows_cast import ANA
from hypothesis import given
from hypothesis import strategies as st
from test_hours import MINUTE, hours, instants, open_by_the_clock_on_the_wall, unhurried

from flows.change import paused_anew, promise, recomputed, unpaused, with_
from flows.complaint import (
    PAUSABLE,
    Complaint,
    ComplaintType,
    DeadlineKind,
    Pause,
    Severity,
)
from flows.deadlines import due_at
from flows.hours import Hours
from flows.ports import Case
from flows.rules import DeadlineRule, PingRule, Rules

KINDS = (DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK, DeadlineKind.RESOLVE)
HOUR = 60


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    """One location, and a promise of each kind: some of minutes, some of days."""
    within = st.one_of(st.integers(1, 239), st.integers(240, 60 * HOUR))
    deadlines = {
        kind: DeadlineRule.model_validate(
            {"within": {str(s.value): f"{draw(within)}m" for s in Severity}, "ladder": []}
        )
        for kind in KINDS
    }
    every = {kind: DeadlineRule(ladder=()) for kind in DeadlineKind} | deadlines
    none = {str(s.value): "none" for s in Severity}
    charge = DeadlineRule.model_validate({"within": none, "ladder": []})
    every[DeadlineKind.TAKE_CHARGE] = charge
    return Rules(deadlines=every, pings=PingRule(), hours={"main": draw(hours())})


@st.composite
def pauses(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    """Up to three, one after the other, from an hour before the start on."""
    edges = draw(st.lists(st.integers(-HOUR, 50 * HOUR), max_size=6, unique=True).map(sorted))
    spans = zip(edges[::2], edges[1::2], strict=False)
    return tuple(
        Pause(start + begin * MINUTE, start + end * MINUTE, ended_at=start + end * MINUTE)
        for begin, end in spans
    )


def walked(
    kind: DeadlineKind, severity: Severity, start: datetime, rules: Rules, pauses: tuple[Pause, ...]
) -> datetime:
    """When it is due, found by walking."""
    within = rules.deadlines[kind].within
    assert within is not None
    duration = within[severity]
    assert duration is not None
    place = rules.hours["main"]
    only_open = severity is not Severity.SEVERE and duration < timedelta(hours=4)
    at, left = start, duration // MINUTE
    while left:
        stands_still = kind in PAUSABLE and any(p.since <= at < p.end for p in pauses)
        closed = only_open and not open_by_the_clock_on_the_wall(place, at)
        left -= not stands_still and not closed
        at += MINUTE
    if only_open or severity is Severity.SEVERE or in_hours(place, at):
        return at
    while not (is_open(place, at) and not is_open(place, at - MINUTE)):
        at += MINUTE
    return an_hour_open_on_the_same_day(place, at)


def an_hour_open_on_the_same_day(place: Hours, opening: datetime) -> datetime:
    zone = ZoneInfo(place.zone)
    day, at, left, closing = opening.astimezone(zone).date(), opening, HOUR, opening
    while at.astimezone(zone).date() == day and left:
        if is_open(place, at):
            left -= 1
            closing = at + MINUTE
        at += MINUTE
    return closing


def is_open(place: Hours, at: datetime) -> bool:
    return open_by_the_clock_on_the_wall(place, at)


def in_hours(place: Hours, at: datetime) -> bool:
    """Due at the instant of closing is due in hours."""
    return is_open(place, at) or is_open(place, at - MINUTE)


@unhurried
@given(st.data(), rules(), st.sampled_from(KINDS), st.sampled_from(Severity), instants)
def test_a_due_time_is_where_walking_ends(
    data: st.DataObject, rules: Rules, kind: DeadlineKind, severity: Severity, start: datetime
) -> None:
    waited = data.draw(pauses(start))
    due = due_at(kind, severity, start, rules, "main", waited)
    assert due == walked(kind, severity, start, rules, waited)


@unhurried
@given(st.data(), rules(), st.lists(st.sampled_from(Severity), min_size=1, max_size=4), instants)
def test_changes_of_severity_keep_the_pauses_earned(
    data: st.DataObject, rules: Rules, severities: list[Severity], start: datetime
) -> None:
    case = a_case(rules, start)
    waited = data.draw(pauses(start))
    for pause in waited:
        lasting = replace(pause, ended_at=None)
        case = paused_anew(case, (*case.pauses, lasting), pause.since)
        case = unpaused(case, pause.end)
        for severity in severities:
            case = recomputed(case, with_(case, severity=severity), pause.end)
    for deadline in case.deadlines:
        severity = case.complaint.severity
        assert deadline.due_at == walked(deadline.kind, severity, start, rules, case.pauses)


def a_case(rules: Rules, start: datetime) -> Case:
    complaint = Complaint(
        location="main",
        type=ComplaintType.SERVICE,
        severity=Severity.MODERATE,
        story="waited",
        filed_by=ANA,
        filed_at=start,
        received_at=start,
        owner=ANA,
        rules_id=rules.id,
        number=1001,
    )
    case = Case(complaint, rules)
    promises = (promise(kind, case, start, start) for kind in KINDS)
    return replace(case, deadlines=tuple(p for p in promises if p is not None))
