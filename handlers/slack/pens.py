"""Makes the pen for whoever will read: in that person's or location's language and zone."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flows.desk import Desk
from flows.ports import Absence, Clock
from handlers.slack.directory import Directory
from handlers.slack.pen import Pen
from handlers.texts import Texts


class Pens:
    """Pens with everything a picture needs."""

    def __init__(self, texts: Texts, desk: Desk, directory: Directory, clock: Clock) -> None:
        self._texts = texts
        self._desk = desk
        self._directory = directory
        self._clock = clock

    async def for_person(self, person: str) -> Pen:
        """A pen in the person's language, the chosen one before Slack's, and zone."""
        clinic = self._desk.clinic
        location = clinic.location(clinic.default_location)
        language, zone = await self._directory.language_and_zone(person, location)
        chosen, absences = await self._desk.reader(person)
        member = clinic.person(person)
        speaks = member.languages if member else ()
        return self._pen(chosen or language, zone, speaks, absences)

    async def without_memory(self, person: str) -> Pen:
        """A pen for telling the person of trouble, which may be the database's."""
        clinic = self._desk.clinic
        location = clinic.location(clinic.default_location)
        language, zone = await self._directory.language_and_zone(person, location)
        return self._pen(language, zone, (), {})

    async def for_location(self, location: str) -> Pen:
        """A pen for a channel that many read: in the location's language and zone."""
        place = self._desk.clinic.location(location)
        zone = ZoneInfo(place.hours.zone)
        absences = await self._desk.absences()
        return self._pen(place.languages[0], zone, place.languages, absences)

    async def for_admins(self) -> Pen:
        """A pen for the channels that belong to no location."""
        return await self.for_location(self._desk.clinic.default_location)

    def _pen(
        self,
        language: str,
        zone: ZoneInfo,
        speaks: tuple[str, ...],
        absences: Mapping[str, Absence],
    ) -> Pen:
        return Pen(
            texts=self._texts,
            clinic=self._desk.clinic,
            playbook=self._desk.playbook,
            now=self._clock.now(),
            language=language,
            speaks=speaks,
            zone=zone,
            people=self._directory.names(),
            absences=absences,
        )
