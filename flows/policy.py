"""The clinic's policy: its people, its locations and all that it has promised."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from phonenumbers import SUPPORTED_REGIONS
from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from flows.complaint import EMERGENCY, DeadlineKind, Severity
from flows.duty import Shift, Shifts
from flows.hours import (
    ClockTime,
    ClosedDays,
    Hours,
    Week,
    Zone,
    check_open_days,
    did_you_mean,
    quoted,
)
from flows.rules import EMERGENCY_RULES, DeadlineRule, Model, PingRule, Rules


def _pattern(pattern: str, what: str) -> AfterValidator:
    """A check that a text has a shape, with an error in words."""

    def check(written: str) -> str:
        if not re.fullmatch(pattern, written):
            raise ValueError(f"{quoted(written)} is not {what}")
        return written

    return AfterValidator(check)


def _check_region(region: str) -> str:
    if region not in SUPPORTED_REGIONS:
        raise ValueError(f'{quoted(region)} is not a phone region such as "US" or "GB"')
    return region


PersonId = Annotated[str, _pattern(r"[UW][A-Z0-9]+", "a Slack user id (such as U0ANA)")]
ChannelId = Annotated[str, _pattern(r"[CG][A-Z0-9]+", "a Slack channel id (such as C0FRONTDESK)")]
LocationId = Annotated[str, _pattern(r"[a-z0-9_-]+", "a short name in small letters and digits")]
GroupId = Annotated[str, _pattern(r"S[A-Z0-9]+", "a Slack user group id (such as S0ONDUTY)")]
Language = Annotated[str, _pattern(r"[a-z]{2}", 'a language code such as "en"')]
Currency = Annotated[str, _pattern(r"[A-Z]{3}", 'a currency code such as "USD"')]
Region = Annotated[str, AfterValidator(_check_region)]
Text = Annotated[str, Field(min_length=1)]


class Role(StrEnum):
    """What a person is in the clinic."""

    STAFF = "staff"
    CLINICIAN = "clinician"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    DIRECTOR = "director"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """The place on the ladder of escalation, 0 to 3; admins stand outside of it, at 0."""
        return {Role.SUPERVISOR: 1, Role.MANAGER: 2, Role.DIRECTOR: 3}.get(self, 0)


class Person(Model):
    """Somebody of the clinic; `id` is the Slack user id."""

    id: PersonId
    name: Text
    role: Role
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en",)
    reports_to: str | None = None
    locations: tuple[str, ...] | None = None
    """Where the person works; None means everywhere."""

    def works_at(self, location: str) -> bool:
        """Whether the person works at that location."""
        return self.locations is None or location in self.locations


class Location(Model):
    """A site with its own channel, people, hours and zone."""

    id: LocationId
    name: Text
    channel: ChannelId
    zone: Zone
    week: Week = Field(alias="hours")
    closed: ClosedDays = ()
    call_time: ClockTime
    phone_region: Region
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en",)
    emergency_number: Text
    on_duty: Annotated[tuple[str, ...], Field(min_length=1)]
    """Who is asked first, by id; the role on the ladder is the person's."""
    on_duty_group: GroupId | None = None
    """A Slack user group: who is in it is on duty."""
    shifts: tuple[Shift, ...] = ()

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        check_open_days(self.week, self.closed)
        return self

    @cached_property
    def hours(self) -> Hours:
        """When the location is open."""
        return Hours(zone=self.zone, week=self.week, closed=self.closed, call_time=self.call_time)

    @cached_property
    def duty(self) -> Shifts:
        """Who is on a shift when."""
        return Shifts(self.shifts, self.hours)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the clinic file: where, as the keys that lead there, and what."""

    where: tuple[str | int, ...]
    what: str

    def __str__(self) -> str:
        return f"{dotted(self.where)}: {self.what}"


def dotted(where: tuple[str | int, ...]) -> str:
    """A place in the clinic file as people read it: `locations.downtown.on_duty[2]`."""
    written = ""
    for part in where:
        written += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return written.removeprefix(".")


class ClinicError(ValueError):
    """Parts of the clinic file contradict each other; names every place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class Clinic(Model):
    """The clinic file as a whole. Fields are in the order in which their checks need each other:
    a check that needs a broken part waits until that part is right."""

    name: Text
    currency: Currency
    people: dict[str, Person]
    locations: Annotated[dict[str, Location], Field(min_length=1)]
    default_location: str
    managers_channel: ChannelId
    admin_channel: ChannelId
    deadlines: dict[DeadlineKind, DeadlineRule]
    pings: PingRule = PingRule()
    playbook: Text | None = None
    """The path of the clinic's own playbook files, which replace ours one by one."""
    lexicon: Text | None = None
    """The path of the clinic's own lexicon files, which are added to ours."""
    _members: frozenset[str] = PrivateAttr(default=frozenset())
    _groups: Mapping[str, tuple[str, ...]] = PrivateAttr(default={})

    @field_validator("people", "locations", mode="before")
    @classmethod
    def _named_by_their_table(cls, tables: object, info: ValidationInfo) -> object:
        """In the file the name of a table is the id of what it describes."""
        if not isinstance(tables, dict):
            return tables
        what = "is not known here; the name of the table is the id"
        _raise_any(
            [
                Problem((str(info.field_name), name, "id"), what)
                for name, table in tables.items()
                if isinstance(table, dict) and "id" in table
            ]
        )
        return {
            name: {**table, "id": name} if isinstance(table, dict) else table
            for name, table in tables.items()
        }

    @field_validator("people")
    @classmethod
    def _people_fit(cls, people: dict[str, Person]) -> dict[str, Person]:
        _raise_any(list(_wrong_superiors(people)))
        return people

    @field_validator("locations")
    @classmethod
    def _locations_fit(
        cls, locations: dict[str, Location], info: ValidationInfo
    ) -> dict[str, Location]:
        people = info.data.get("people")
        if people is not None:
            _raise_any(list(_wrong_staffing(people, locations)))
        return locations

    @field_validator("default_location")
    @classmethod
    def _default_exists(cls, name: str, info: ValidationInfo) -> str:
        locations = info.data.get("locations")
        if locations is not None and name not in locations:
            raise ValueError(_not_in(name, locations, "locations"))
        return name

    @field_validator("admin_channel")
    @classmethod
    def _channels_differ(cls, admin_channel: str, info: ValidationInfo) -> str:
        places: dict[tuple[str | int, ...], str] = {
            ("locations", one.id, "channel"): one.channel
            for one in info.data.get("locations", {}).values()
        }
        places[("managers_channel",)] = info.data.get("managers_channel", "")
        places[("admin_channel",)] = admin_channel
        count = Counter(places.values())
        _raise_any(
            [
                Problem(where, f"the channel {quoted(channel)} is used more than once")
                for where, channel in places.items()
                if count[channel] > 1
            ]
        )
        return admin_channel

    @field_validator("deadlines")
    @classmethod
    def _deadlines_complete(
        cls, deadlines: dict[DeadlineKind, DeadlineRule]
    ) -> dict[DeadlineKind, DeadlineRule]:
        deadlines = {**EMERGENCY_RULES, **deadlines}
        _raise_any(list(_wrong_deadlines(deadlines)))
        return deadlines

    def knowing_members(self, of_managers_channel: frozenset[str]) -> Self:
        """The same clinic, knowing who is in the managers' channel (Slack says, not the file)."""
        clinic = self.model_copy()
        clinic._members = of_managers_channel
        return clinic

    def knowing_groups(self, members: Mapping[str, tuple[str, ...]]) -> Self:
        """The same clinic, knowing who is in these user groups (Slack says, not the file)."""
        clinic = self.model_copy()
        clinic._groups = {**self._groups, **members}
        return clinic

    @property
    def duty_groups(self) -> tuple[str, ...]:
        """The user groups that are on duty somewhere, each once."""
        groups = (one.on_duty_group for one in self.locations.values())
        return tuple(dict.fromkeys(group for group in groups if group is not None))

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Who is in which user group, as far as Slack has said."""
        return self._groups

    def on_shift(self, location: str, now: datetime) -> tuple[str, ...]:
        """Who is on duty now by the user group and the shifts, in the order they are asked."""
        place = self.location(location)
        of_group = self._groups.get(place.on_duty_group or "", ())
        members = (self.people.get(id_) for id_ in of_group)
        here = [member.id for member in members if member and member.works_at(place.id)]
        return tuple(dict.fromkeys((*here, *place.duty.on(now))))

    def at(self, now: datetime) -> Self:
        """The clinic as it stands at an instant: who is on duty then comes first in `on_duty`."""
        changed = {
            place.id: place.model_copy(
                update={"on_duty": tuple(dict.fromkeys((*first, *place.on_duty)))}
            )
            for place in self._with_shifts
            if (first := self.on_shift(place.id, now))
        }
        if not changed:
            return self
        return self.model_copy(update={"locations": {**self.locations, **changed}})

    def next_change(self, now: datetime) -> datetime | None:
        """When somebody comes on or goes off duty next anywhere; None when nobody ever does."""
        changes = (place.duty.next_change(now) for place in self._with_shifts)
        return min((at for at in changes if at is not None), default=None)

    def has_shifts(self, location: str) -> bool:
        """Whether who is on duty there changes by itself."""
        return any(one.id == location for one in self._with_shifts)

    @cached_property
    def _with_shifts(self) -> tuple[Location, ...]:
        return tuple(one for one in self.locations.values() if one.shifts or one.on_duty_group)

    def reads_managers_channel(self, person: str) -> bool:
        """Whether the person is, or by their role may well be, in the managers' channel."""
        member = self.people.get(person)
        likely = member is not None and (member.role.rank > 0 or member.role is Role.ADMIN)
        return likely or person in self._members

    @cached_property
    def rules(self) -> Rules:
        """What a complaint filed now keeps."""
        hours = {one.id: one.hours for one in self.locations.values()}
        return Rules(deadlines=self.deadlines, pings=self.pings, hours=hours)

    def location(self, id_: str) -> Location:
        """The location of that id; the default one for a location that left the file."""
        return self.locations.get(id_) or self.locations[self.default_location]

    def person(self, id_: str) -> Person | None:
        """The person with this Slack user id; None for who is not in the file."""
        return self.people.get(id_)

    def location_of_channel(self, channel: str) -> Location | None:
        """The location whose channel this is; None for any other channel."""
        return next((one for one in self.locations.values() if one.channel == channel), None)

    def of_role(self, role: Role, location: str) -> tuple[Person, ...]:
        """Everybody of that role who works at the location, in the order of the file."""
        return tuple(
            one for one in self.people.values() if one.role is role and one.works_at(location)
        )


def _raise_any(problems: list[Problem]) -> None:
    if problems:
        raise ClinicError(problems)


def _not_in(name: str, known: Mapping[str, Any], table: str) -> str:
    return f"{quoted(name)} is not in [{table}]{did_you_mean(name, list(known))}"


def _wrong_superiors(people: Mapping[str, Person]) -> Iterator[Problem]:
    for person in people.values():
        above = person.reports_to
        where = ("people", person.id, "reports_to")
        if above is None:
            continue
        if above not in people:
            yield Problem(where, _not_in(above, people, "people"))
            continue
        seen = []
        while above is not None and above in people and above not in seen:
            seen.append(above)
            above = people[above].reports_to
        # Everybody in a circle finds it; once is enough to say it.
        if person.id in seen and person.id == min(seen):
            circle = " → ".join([person.id, *seen[: seen.index(person.id) + 1]])
            yield Problem(where, f"people report to each other in a circle: {circle}")


def _wrong_staffing(
    people: Mapping[str, Person], locations: Mapping[str, Location]
) -> Iterator[Problem]:
    for person in people.values():
        for place, name in enumerate(person.locations or ()):
            if name not in locations:
                where: tuple[str | int, ...] = ("people", person.id, "locations", place)
                yield Problem(where, _not_in(name, locations, "locations"))
    for location in locations.values():
        lists: dict[tuple[str | int, ...], tuple[str, ...]] = {("on_duty",): location.on_duty}
        for number, shift in enumerate(location.shifts):
            lists[("shifts", number, "people")] = shift.people
        for of, ids in lists.items():
            for place, id_ in enumerate(ids):
                where = ("locations", location.id, *of, place)
                if id_ not in people:
                    yield Problem(where, _not_in(id_, people, "people"))
                elif not people[id_].works_at(location.id):
                    yield Problem(where, f"{quoted(id_)} works elsewhere (people.{id_}.locations)")
        # When everybody else is away or concerned, these two are told.
        for role in (Role.DIRECTOR, Role.ADMIN):
            if not any(p.role is role and p.works_at(location.id) for p in people.values()):
                yield Problem(
                    ("locations", location.id), f'nobody with role "{role}" works here in [people]'
                )


def _wrong_deadlines(deadlines: Mapping[DeadlineKind, DeadlineRule]) -> Iterator[Problem]:
    for kind in DeadlineKind:
        where = ("deadlines", kind.value)
        rule = deadlines.get(kind)
        if rule is None:
            yield Problem(where, "is missing")
            continue
        if (rule.within is None) is not (kind is DeadlineKind.CUSTOM):
            what = "is set by hand, so it has no within" if rule.within else "within is missing"
            yield Problem((*where, "within"), what)
        if kind is DeadlineKind.CUSTOM and any(s.when.anchor == "start" for s in rule.ladder):
            yield Problem((*where, "ladder"), 'steps of custom are counted from "due"')
        if kind in {DeadlineKind.TAKE_CHARGE} | EMERGENCY and rule.within is not None:
            for severity in (Severity.MINOR, Severity.MODERATE):
                if rule.within[severity] is not None:
                    yield Problem(
                        (*where, "within", str(severity.value)),
                        f'has to be "none": {kind} is only for severity 3',
                    )
        if kind in EMERGENCY and rule.within is not None and rule.within[Severity.SEVERE] is None:
            what = "has to be a duration: an emergency always has it"
            yield Problem((*where, "within", "3"), what)
        if (rule.again is not None) is not (kind in EMERGENCY):
            what = "is only for emergencies" if rule.again else "is missing"
            yield Problem((*where, "again"), what)
