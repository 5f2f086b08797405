"""Schedule JSON, as pretalx writes it: https://c3voc.de/schedule/schema.json."""

import json
import re
from datetime import timedelta
from typing import Any

from services.scheduling.domain.importing.marks import one_line
from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.frab import clock_length, language_of, length_of
from services.scheduling.exporters.pictures import address, caption
from services.scheduling.exporters.timetable import Day, Event, Timetable, timetable_of
from services.scheduling.importers.own_schedule import GENERATOR, VERSION, origin_with

#: The names of time zones that the schema allows.
_ZONE = re.compile(r"([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")


def write_schedule_json(source: Extract) -> bytes:
    """Return the edition as schedule JSON, valid against the published schema."""
    timetable = timetable_of(source.programme)
    document = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": GENERATOR, "version": VERSION, "url": f"{source.public_url}/"},
        "schedule": {
            "version": f"{source.made_at.isoformat()}{' drafts' * source.is_draft}",
            "base_url": f"{source.public_url}/",
            "conference": _conference(timetable, source.public_url),
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _conference(timetable: Timetable, public_url: str) -> dict[str, Any]:
    edition = timetable.edition
    zone = {"time_zone_name": edition.time_zone} if _ZONE.match(edition.time_zone) else {}
    return {
        "acronym": timetable.acronym,
        "title": one_line(edition.name_fr) or edition.slug,
        "start": edition.starts_on.isoformat(),
        "end": edition.ends_on.isoformat(),
        "daysCount": (edition.ends_on - edition.starts_on).days + 1,
        "timeslot_duration": "00:05",
        **zone,
        "url": f"{public_url}/?edition={edition.slug}",
        "tracks": [{"name": track} for track in timetable.tracks],
        "rooms": [{"name": room.name, "guid": room.guid} for room in timetable.rooms],
        "days": [
            _day(day, index, timetable.acronym, public_url)
            for index, day in enumerate(timetable.days, start=1)
        ],
    }


def _day(day: Day, index: int, acronym: str, public_url: str) -> dict[str, Any]:
    return {
        "index": index,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.isoformat(timespec="seconds"),
        "day_end": day.ends_at.isoformat(timespec="seconds"),
        "rooms": {
            room.name: [_event(event, acronym, public_url) for event in events]
            for room, events in day.rooms
        },
    }


def _event(event: Event, acronym: str, public_url: str) -> dict[str, Any]:
    activity = event.activity
    return {
        "guid": event.guid,
        "id": event.number,
        "logo": address(activity.image, public_url) if activity.image else "",
        "date": event.starts_at.isoformat(timespec="seconds"),
        "start": f"{event.starts_at:%H:%M}",
        "end": event.ends_at.isoformat(timespec="seconds"),
        "duration": clock_length(_whole_minutes(length_of(event))),
        "room": event.room.name,
        "slug": f"{acronym}-{event.slug}",
        "url": f"{public_url}/sessions/{event.session_id}",
        "title": activity.title_fr,
        "subtitle": "",
        "track": activity.theme,
        "type": activity.format or "",
        "language": language_of(event),
        "abstract": "",
        "description": activity.description_fr,
        "persons": _persons(event),
        "links": [{"url": activity.link, "title": activity.link}] if activity.link else [],
        "attachments": _attachments(event, public_url),
        "origin_url": origin_with(public_url, event.session_id, event.mark),
    }


def _persons(event: Event) -> list[dict[str, str]]:
    activity = event.activity
    known = dict(zip(activity.presenters, activity.presenter_ids, strict=True))
    return [
        {"name": name, **({"guid": known[name]} if known.get(name) else {})}
        for name in activity.presenters
    ]


def _attachments(event: Event, public_url: str) -> list[dict[str, str]]:
    """Return the picture, with what is said of it."""
    image = event.activity.image
    if image is None:
        return []
    said = caption(image, is_english=event.is_english)
    return [
        {"type": "media", "url": address(image, public_url), **({"title": said} if said else {})}
    ]


def _whole_minutes(length: timedelta) -> timedelta:
    """Return a length in minutes, at least one: `end` says it to the second."""
    return max(timedelta(minutes=1), timedelta(minutes=length.total_seconds() // 60))
