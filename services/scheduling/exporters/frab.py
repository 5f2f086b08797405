"""Schedule XML, as frab, pentabarf and pretalx write it: https://c3voc.de/wiki/schedule."""

from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from services.scheduling.domain.importing.marks import one_line
from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.pictures import address, caption
from services.scheduling.exporters.timetable import Day, Event, Room, Timetable, timetable_of
from services.scheduling.importers.own_schedule import GENERATOR, VERSION, origin_with


def write_frab(source: Extract) -> bytes:
    """Return the edition as schedule XML, valid against the published schema."""
    timetable = timetable_of(source.programme)
    root = etree.Element("schedule")
    etree.SubElement(root, "generator", name=GENERATOR, system=source.public_url, version=VERSION)
    _add(root, "version", f"{source.made_at.isoformat()}{' drafts' * source.is_draft}")
    root.append(_conference(timetable, source.public_url))
    for index, day in enumerate(timetable.days, start=1):
        root.append(_day(day, index, timetable, source.public_url))
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def language_of(event: Event) -> str:
    """Return the language of an event: that of its title, else the first it is held in."""
    if event.is_english:
        return "en"
    return event.activity.languages[0] if event.activity.languages else "fr"


def clock_length(length: timedelta) -> str:
    """Return a length as `HH:MM`, or `HH:MM:SS` where it has seconds."""
    seconds = round(length.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")


def length_of(event: Event) -> timedelta:
    """Return how long an event lasts, also across a change of the clock."""
    return timedelta(seconds=event.ends_at.timestamp() - event.starts_at.timestamp())


def _conference(timetable: Timetable, public_url: str) -> Any:
    edition = timetable.edition
    element = etree.Element("conference")
    _add(element, "title", one_line(edition.name_fr) or edition.slug)
    _add(element, "acronym", timetable.acronym)
    _add(element, "start", edition.starts_on.isoformat())
    _add(element, "end", edition.ends_on.isoformat())
    _add(element, "days", str((edition.ends_on - edition.starts_on).days + 1))
    _add(element, "timeslot_duration", "00:05")
    _add(element, "base_url", f"{public_url}/")
    _add(element, "url", f"{public_url}/?edition={edition.slug}")
    _add(element, "time_zone_name", edition.time_zone)
    for track in timetable.tracks:
        etree.SubElement(element, "track", name=track)
    return element


def _day(day: Day, index: int, timetable: Timetable, public_url: str) -> Any:
    element = etree.Element(
        "day",
        index=str(index),
        date=day.date.isoformat(),
        start=_moment(day.starts_at),
        end=_moment(day.ends_at),
    )
    for room, events in day.rooms:
        inside = etree.SubElement(element, "room", name=room.name, guid=room.guid)
        for event in events:
            inside.append(_event(event, room, timetable.acronym, public_url))
    return element


def _event(event: Event, room: Room, acronym: str, public_url: str) -> Any:
    activity = event.activity
    element = etree.Element("event", guid=event.guid, id=str(event.number))
    _add(element, "room", room.name)
    _add(element, "title", activity.title_fr)
    _add(element, "subtitle", "")
    _add(element, "type", activity.format or "")
    _add(element, "date", _moment(event.starts_at))
    _add(element, "start", f"{event.starts_at:%H:%M}")
    _add(element, "duration", clock_length(length_of(event)))
    _add(element, "abstract", "")
    _add(element, "slug", f"{acronym}-{event.slug}")
    _add(element, "track", activity.theme or "")
    if activity.image:
        _add(element, "logo", address(activity.image, public_url))
    persons = etree.SubElement(element, "persons")
    known = dict(zip(activity.presenters, activity.presenter_ids, strict=True))
    for name in activity.presenters:
        person = etree.SubElement(persons, "person")
        person.text = name
        if known.get(name):
            person.set("guid", known[name])
    _add(element, "language", language_of(event))
    _add(element, "description", activity.description_fr)
    links = etree.SubElement(element, "links")
    if activity.link:
        etree.SubElement(links, "link", href=activity.link).text = activity.link
    attachments = etree.SubElement(element, "attachments")
    if activity.image:
        attachment = etree.SubElement(attachments, "attachment", type="image/webp")
        attachment.set("href", address(activity.image, public_url))
        attachment.text = caption(activity.image, is_english=event.is_english)
    _add(element, "url", f"{public_url}/sessions/{event.session_id}")
    _add(element, "origin_url", origin_with(public_url, event.session_id, event.mark))
    return element


def _add(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
