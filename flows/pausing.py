"""Waiting for the client: the clock of `feedback` and `resolve` stands still, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.change import Moment, conclude, notice_to, paused_anew, still_open, unpaused
from flows.complaint import PAUSABLE, Pause
from flows.ports import Case, Outcome
from flows.standing import Refused, Verb, check


def can_pause(case: Case) -> bool:
    """Whether there is a clock that may stand still: the client was heard, and is in no danger."""
    complaint = case.complaint
    return (
        complaint.acknowledged_at is not None
        and not complaint.in_emergency
        and case.pause is None
        and _start(case) is not None
    )


def pause(case: Case, until: datetime, waiting_for: str, moment: Moment) -> Outcome:
    """Stop the clock until then (aware), because it is the client's turn.

    All pauses together are no longer than the clinic's `longest_pause`.
    """
    check(moment.actor, Verb.PAUSE, case, moment.clinic)
    still_open(case)
    complaint = case.complaint
    if complaint.in_emergency:
        raise Refused("refused.emergency_open")
    if complaint.acknowledged_at is None:
        raise Refused("refused.pause_unheard")
    if case.pause is not None:
        raise Refused("refused.already_paused", until=case.pause.until)
    start = _start(case)
    if start is None:
        raise Refused("refused.nothing_to_pause")
    used = sum((p.end - p.since for p in case.pauses if p.since >= start), timedelta(0))
    latest = moment.now + case.rules.pings.longest_pause - used
    if latest <= moment.now:
        raise Refused("refused.no_pause_left", length=case.rules.pings.longest_pause)
    if until > latest:
        raise Refused("refused.pause_too_long", field="when", until=latest)
    after = paused_anew(case, (*case.pauses, Pause(moment.now, until)), moment.now)
    entry = moment.entry("paused", {"waiting_for": waiting_for}, until=until.isoformat())
    notice = notice_to(complaint.owner, "notice_paused", case, moment)
    return conclude(case, after, moment, entry, messages=notice)


def resume(case: Case, moment: Moment) -> Outcome:
    """Let the clock run again before the pause's planned end."""
    check(moment.actor, Verb.RESUME, case, moment.clinic)
    still_open(case)
    if case.pause is None:
        raise Refused("refused.not_paused")
    after = unpaused(case, moment.now)
    return conclude(case, after, moment, moment.entry("resumed"))


def _start(case: Case) -> datetime | None:
    """When the promises that may stand still were made; None when none is live."""
    starts = [d.starts_at for d in case.deadlines if d.live and d.kind in PAUSABLE]
    return min(starts, default=None)
