"""The form with which a complaint is filed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, Option
from slack_sdk.models.views import View

from flows.complaint import ComplaintType, Severity, Via
from flows.filing import Spoken
from flows.policy import Location
from flows.triage import Suggestion
from handlers.slack import ids
from handlers.slack.pen import Pen
from handlers.slack.pictures import emergency, inputs, suggestion
from handlers.slack.pictures.blocks import context, section

FORM = "file"
"""The table of its texts."""


@dataclass(frozen=True, slots=True)
class Prefill:
    """What is known before the form opens.

    `location` is None when it has to be asked. `channel` is where the answer goes; `source_…`
    name the message that the complaint was made from. `draft` is where a story is kept whole
    that is too long for its field. `suggested` is what the story suggests, if anything. `offer` is
    what in a direct message it was opened from: the draft, the channel and the timestamp.
    """

    story: str = ""
    received_at: datetime | None = None
    location: str | None = None
    channel: str | None = None
    source_channel: str | None = None
    source_ts: str | None = None
    draft: str | None = None
    suggested: Suggestion | None = None
    offer: str | None = None


def filing_form(prefill: Prefill, pen: Pen, locations: Sequence[Location] = ()) -> View:
    """Draw the form; `locations` are those to choose from, if it has to be asked."""
    carried = {
        "location": prefill.location,
        "channel": prefill.channel,
        "source_channel": prefill.source_channel,
        "source_ts": prefill.source_ts,
        "draft": prefill.draft,
        "offer": prefill.offer,
        "shown": prefill.suggested.severity.value if prefill.suggested else None,
    }
    metadata = json.dumps({name: known for name, known in carried.items() if known is not None})
    return inputs.modal(pen, FORM, ids.FILE_COMPLAINT, _blocks(prefill, pen, locations), metadata)


def severity_options(pen: Pen, severities: Sequence[Severity] = tuple(Severity)) -> list[Option]:
    """The levels, each with who it is for."""
    return [
        inputs.option(
            str(severity.value),
            pen.plain(f"severity_choice.{severity.value}"),
            pen.plain(f"severity_hint.{severity.value}"),
        )
        for severity in severities
    ]


def _blocks(prefill: Prefill, pen: Pen, locations: Sequence[Location]) -> Iterator[Block]:
    found = prefill.suggested
    alarming = found is not None and found.emergency
    if alarming:
        yield section(*emergency.call_now(prefill.location, pen), pen.say("talk_stage.stopped"))
    else:
        yield section(pen.say("file.say_now"))
    if prefill.source_ts is not None:
        yield context(pen.say("file.from_message"))
    if len(prefill.story) > inputs.LONGEST:
        yield context(pen.say("file.kept_whole"))
    if found is not None:
        yield context(suggestion.suggested(found, pen))
    if prefill.location is None and len(locations) > 1:
        places = [inputs.option(place.id, place.name) for place in locations]
        yield inputs.choice(pen, FORM, "location", places)
    yield inputs.text(pen, FORM, "story", long=True, value=prefill.story)
    if not alarming:
        said = inputs.options(pen, "spoken", Spoken)
        yield inputs.choice(pen, FORM, "spoken", said, optional=True, value=Spoken.NO)
    yield inputs.text(pen, FORM, "received", optional=True, value=_received(prefill, pen))
    types = [
        inputs.option(kind, pen.plain(f"type_choice.{kind}"), pen.plain(f"type_hint.{kind}"))
        for kind in ComplaintType
    ]
    yield inputs.choice(pen, FORM, "type", types, value=found.type if found else None)
    severity = str(found.severity.value) if found else None
    yield inputs.choice(pen, FORM, "severity", severity_options(pen), value=severity)
    yield inputs.text(pen, FORM, "client", optional=True)
    yield inputs.text(pen, FORM, "contact", optional=True)
    if not alarming:
        yield inputs.choice(pen, FORM, "via", inputs.options(pen, "via", Via), optional=True)
        yield inputs.text(pen, FORM, "remedy_sought", optional=True)
    yield inputs.text(pen, FORM, "happened", optional=True)
    yield inputs.person(pen, FORM, "about_staff", optional=True)


def _received(prefill: Prefill, pen: Pen) -> str | None:
    """The receipt as staff could have typed it, in the zone in which it will be read."""
    if prefill.received_at is None:
        return None
    place = pen.clinic.locations[prefill.location or pen.clinic.default_location]
    return f"{prefill.received_at.astimezone(ZoneInfo(place.hours.zone)):%Y-%m-%d %H:%M}"
