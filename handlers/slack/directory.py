"""Who people are in Slack: name, language, zone, and whether they may file at all."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from flows.policy import Clinic, Location
from flows.ports import Clock
from handlers.slack.trouble import CONNECTION, error_of

log = structlog.get_logger()

FRESH_FOR = timedelta(hours=1)
"""How long what Slack said of a person is believed."""
ASKED_AGAIN_AFTER = timedelta(seconds=10)
"""How long Slack is not asked again about whom it said nothing: one call asks several times."""
ANSWER_SECONDS = 1.0
"""How long Slack is waited for: somebody stands at the desk."""
GROUPS_AT_ONCE = 10
MEMBERS_SECONDS = 0.5
"""How long Slack is asked who is in a channel, while a form waits to be saved."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person as Slack knows them. `language` and `zone` are None where Slack has none."""

    id: str
    name: str
    language: str | None
    zone: ZoneInfo | None
    outsider: bool
    """A guest or somebody from another workspace: neither files nor sees complaints."""
    deactivated: bool = False


class Directory:
    """Asks Slack about people, and remembers the answers for a while."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[datetime, Member]] = {}
        self._groups_asked: dict[str, float] = {}
        self.team: str | None = None
        """Our workspace's id; people of another one are outsiders."""

    async def member(self, person: str) -> Member:
        """The person; what was known before, or next to nothing, when Slack can't be asked.

        Who is not known yet and can't be asked about counts as an outsider.
        """
        now = self._clock.now()
        known = self._known.get(person)
        if known is not None and abs(now - known[0]) < FRESH_FOR:
            return known[1]
        try:
            answer = await asyncio.wait_for(
                self._client.users_info(user=person, include_locale=True), ANSWER_SECONDS
            )
        except (SlackApiError, *CONNECTION):
            member = known[1] if known else Member(person, "", None, None, outsider=True)
            self._known[person] = (now - FRESH_FOR + ASKED_AGAIN_AFTER, member)
            return member
        member = _read(answer.get("user", {}), self.team)
        self._known[person] = (now, member)
        return member

    async def with_members(self, clinic: Clinic) -> Clinic:
        """The clinic, knowing who reads its managers' channel.

        No card there may be seen by whom it is about. Where Slack doesn't say so in time, it is
        what was known before, or the roles of the clinic file decide alone.
        """
        members = await self._members_of(clinic.managers_channel)
        return clinic if members is None else clinic.knowing_members(members)

    async def _members_of(self, channel: str) -> frozenset[str] | None:
        members: set[str] = set()
        cursor: str | None = None
        try:
            async with asyncio.timeout(MEMBERS_SECONDS):
                while cursor != "":
                    answer = await self._client.conversations_members(
                        channel=channel, limit=200, cursor=cursor
                    )
                    members |= set(answer["members"])
                    cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        except (SlackApiError, *CONNECTION) as problem:
            log.warning("members_unknown", problem=type(problem).__name__)
            return None
        return frozenset(members)

    async def groups(self, clinic: Clinic) -> dict[str, tuple[str, ...]]:
        """Who is in the user groups that are on duty, as far as Slack says so in time.

        Slack allows about twenty questions a minute: those asked longest ago come first.
        """
        waiting = sorted(clinic.duty_groups, key=lambda group: self._groups_asked.get(group, 0.0))
        found = {}
        for group in waiting[:GROUPS_AT_ONCE]:
            self._groups_asked[group] = time.monotonic()
            try:
                answer = await asyncio.wait_for(
                    self._client.usergroups_users_list(usergroup=group), ANSWER_SECONDS
                )
            except (SlackApiError, *CONNECTION) as problem:
                log.warning("group_unknown", group=group, problem=type(problem).__name__)
                continue
            found[group] = tuple(answer["users"])
        return found

    def names(self) -> dict[str, str]:
        """The names learned so far, by person."""
        return {person: member.name for person, (_, member) in self._known.items() if member.name}

    async def language_and_zone(self, person: str, location: Location) -> tuple[str, ZoneInfo]:
        """The person's language and zone; the location's where Slack has none (design.md)."""
        member = await self.member(person)
        return (
            member.language or location.languages[0],
            member.zone or ZoneInfo(location.hours.zone),
        )


async def unreachable(client: AsyncWebClient, clinic: Clinic) -> list[str]:
    """The channels and people of the clinic file that Slack doesn't know or let us reach."""
    channels = [location.channel for location in clinic.locations.values()]
    missing = []
    for channel in (*channels, clinic.managers_channel, clinic.admin_channel):
        try:
            await client.conversations_history(channel=channel, limit=1)
        except SlackApiError as problem:
            missing.append(f"channel {channel}: {error_of(problem)}")
    for group in clinic.duty_groups:
        try:
            await client.usergroups_users_list(usergroup=group)
        except SlackApiError as problem:
            missing.append(f"user group {group}: {error_of(problem)}")
    for person in clinic.people.values():
        try:
            await client.users_info(user=person.id)
        except SlackApiError as problem:
            missing.append(f"{person.name} ({person.id}): {error_of(problem)}")
    return missing


def _read(user: dict[str, object], team: str | None) -> Member:
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    name = profile.get("display_name") or user.get("real_name") or profile.get("real_name")
    locale = str(user.get("locale") or "")
    zone = None
    if user.get("tz"):
        try:
            zone = ZoneInfo(str(user["tz"]))
        except (ZoneInfoNotFoundError, ValueError):
            zone = None
    return Member(
        str(user.get("id", "")),
        str(name or user.get("name") or ""),
        locale.split("-")[0] or None,
        zone,
        outsider=any(
            user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger")
        )
        or _foreign(user, team),
        deactivated=bool(user.get("deleted")),
    )


def _foreign(user: dict[str, object], team: str | None) -> bool:
    """Whether the person belongs to another workspace (Slack Connect), not to our enterprise."""
    theirs = user.get("team_id")
    enterprise = user.get("enterprise_user")
    teams = enterprise.get("teams") if isinstance(enterprise, dict) else None
    return (
        team is not None
        and theirs is not None
        and theirs != team
        and team not in (teams if isinstance(teams, list) else [])
    )
