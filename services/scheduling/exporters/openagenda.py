"""OpenAgenda JSON, version 2: https://developers.openagenda.com/evenements/structure.

An event is an activity at one venue with one way in; its timings are the sessions, and the openings
of an exhibition. What has no hours, and what only Parvis knows, is left out.
"""

import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.importing.marks import long_text, one_line
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    Programme,
    SessionRecord,
    VenueRecord,
)
from services.scheduling.exporters.cleaning import cleaned_activity, cleaned_venue, own_ways_of
from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.marking import activity_mark, session_mark, venue_mark
from services.scheduling.exporters.openagenda_timings import Timing, events_of, zone_of
from services.scheduling.exporters.pictures import openagenda_image
from services.scheduling.importers.openagenda_fields import (
    CANCELLED,
    FULL,
    PUBLISHED,
    ages_of,
)
from services.scheduling.importers.openagenda_places import position
from services.scheduling.importers.own_openagenda import (
    ACTIVITY_STATES,
    GENERATOR,
    SESSION_STATES,
    VENUE_STATES,
)
from services.scheduling.importers.plain_text import web_address
from shared.text import fold

_SCHEDULED = 1
#: OpenAgenda's own length of the short description.
_SHORT = 200
_LABEL = 200


def write_openagenda(source: Extract) -> bytes:
    """Return the edition as the events of an agenda."""
    programme = source.programme
    writer = _Writer(programme, source.public_url)
    events = [writer.event(key, timings) for key, timings in events_of(programme).items()]
    document = {
        "generator": {
            "name": GENERATOR,
            "version": "1",
            "url": f"{source.public_url}/",
            "made_at": source.made_at.isoformat(),
            "edition": {
                "title": one_line(programme.edition.name_fr) or programme.edition.slug,
                "timezone": programme.edition.time_zone,
            },
        },
        "total": len(events),
        "events": events,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


class _Writer:
    """Words events; the records are looked up by their ids."""

    def __init__(self, programme: Programme, public_url: str) -> None:
        self._programme = programme
        self._public_url = public_url
        self._activities = {record.source_id: _said(record) for record in programme.activities}
        self._venues = {record.source_id: _placed(record) for record in programme.venues}
        self._organisations = {record.source_id: record for record in programme.organisations}

    def event(self, key: tuple[Any, ...], timings: list[Timing]) -> dict[str, Any]:
        """Return one event."""
        session = timings[0].session
        activity = self._activities[session.activity]
        image = activity.image
        zone = ZoneInfo(zone_of(self._programme, session.venue))
        uid = _number(repr(key))
        said = [self._timing(timing, zone) for timing in timings]
        return {
            "uid": uid,
            "slug": "-".join((*re.findall(r"[a-z0-9]+", fold(activity.title_fr)), str(uid))),
            "title": _texts(activity.title_fr, activity.title_en),
            "description": _texts(
                _short(activity.description_fr), _short(activity.description_en or "")
            ),
            "longDescription": _texts(activity.description_fr, activity.description_en),
            "conditions": _texts(activity.conditions_fr, activity.conditions_en),
            "keywords": {"fr": [activity.theme]} if activity.theme else {},
            "age": {"min": activity.age_min, "max": activity.age_max},
            "accessibility": {code: code in activity.accessibility for code in ACCESSIBILITY},
            "thematique": _label(activity.theme),
            "type-d-animation": _label(activity.format),
            "attendanceMode": 1,
            "status": _status(session),
            "state": PUBLISHED,
            "draft": 0,
            "private": 0,
            "timezone": zone.key,
            "timings": said,
            "firstTiming": _bare(said[0]),
            "lastTiming": _bare(said[-1]),
            "location": self._location(session.venue),
            "registration": self._registration(session),
            "links": [{"link": activity.link}] if activity.link else [],
            "onlineAccessLink": None,
            "canonicalUrl": f"{self._public_url}/sessions/{session.source_id}",
            "image": openagenda_image(image, self._public_url) if image else None,
            "imageCredits": one_line(image.credit or "") or None if image else None,
            **self._agendas(activity),
            "parvis": {
                "activity": activity.source_id,
                "venue": session.venue,
                **({"organisation": activity.organisation} if activity.organisation else {}),
                **({"imageAlt": _texts(image.alt_fr, image.alt_en)} if image else {}),
                "mark": activity_mark(activity, ACTIVITY_STATES),
            },
        }

    def _timing(self, timing: Timing, zone: ZoneInfo) -> dict[str, Any]:
        record = _stated(timing)
        return {
            "begin": _moment(timing.starts_at, zone),
            "end": _moment(timing.ends_at, zone),
            "parvis": {
                "session": timing.name,
                **({"space": record.space} if record.space else {}),
                "mark": session_mark(record, SESSION_STATES),
            },
        }

    def _location(self, key: str) -> dict[str, Any]:
        venue = self._venues[key]
        return {
            "uid": _number(key),
            "name": venue.name,
            "address": venue.address,
            "postalCode": venue.postcode,
            "city": venue.commune_name,
            "insee": venue.commune_code,
            "countryCode": "FR",
            "latitude": venue.latitude,
            "longitude": venue.longitude,
            "timezone": venue.time_zone,
            "parvis": {"id": key, "mark": venue_mark(venue, VENUE_STATES)},
        }

    def _registration(self, session: SessionRecord) -> list[dict[str, str]]:
        if session.registration == "here":
            page = f"{self._public_url}/sessions/{session.source_id}"
            return [{"type": "link", "value": page}]
        ways = own_ways_of(session)
        stated = (("link", ways.link), ("phone", ways.telephone), ("email", ways.email))
        return [{"type": kind, "value": value} for kind, value in stated if value]

    def _agendas(self, activity: ActivityRecord) -> dict[str, Any]:
        """Return whose event it is: that of the organisation, lent to the edition's agenda."""
        edition = self._programme.edition
        agenda = {"uid": _number(edition.slug), "title": one_line(edition.name_fr)}
        organisation = self._organisations.get(activity.organisation or "")
        if organisation is None:
            return {"originAgenda": agenda, "sourceAgendas": []}
        return {"originAgenda": _agenda(organisation), "sourceAgendas": [agenda]}


def _said(record: ActivityRecord) -> ActivityRecord:
    """Return an activity as this format says it: what it costs stands before the conditions."""
    cleaned = cleaned_activity(record)
    age_min, age_max = ages_of({"min": record.age_min, "max": record.age_max})
    return replace(
        cleaned,
        age_min=age_min,
        age_max=age_max,
        theme=(cleaned.theme or "")[:_LABEL].strip() or None,
        format=(cleaned.format or "")[:_LABEL].strip() or None,
        link=web_address(one_line(record.link or "")),
        accessibility=tuple(code for code in ACCESSIBILITY if code in record.accessibility),
        conditions_fr=_joined(record.price_note_fr, record.conditions_fr),
        conditions_en=_joined(record.price_note_en, record.conditions_en),
    )


def _placed(record: VenueRecord) -> VenueRecord:
    latitude, longitude = position(record.latitude, record.longitude)
    return replace(cleaned_venue(record), latitude=latitude, longitude=longitude)


def _stated(timing: Timing) -> SessionRecord:
    """Return the session of a timing as reading it again gives it."""
    session = timing.session
    ways = own_ways_of(session)
    is_full = _status(session) == FULL
    registration = session.registration
    if registration == "elsewhere" and not (ways.is_stated or is_full):
        registration = "none"
    return replace(
        session,
        starts_at=timing.starts_at,
        ends_at=timing.ends_at,
        registration=registration,
        registration_link=ways.link,
        registration_telephone=ways.telephone,
        registration_email=ways.email,
        registration_full=is_full,
    )


def _status(session: SessionRecord) -> int:
    if session.status == "cancelled":
        return CANCELLED
    is_full = session.registration == "elsewhere" and session.registration_full
    return FULL if is_full else _SCHEDULED


def _joined(*texts: str | None) -> str | None:
    return long_text("\n\n".join(text for text in texts if text)) or None


def _texts(french: str | None, english: str | None) -> dict[str, str]:
    return {language: text for language, text in (("fr", french), ("en", english)) if text}


def _short(text: str) -> str:
    """Return the beginning of a text, on one line, in whole words."""
    line = one_line(text)
    return line if len(line) <= _SHORT else line[: _SHORT + 1].rsplit(" ", 1)[0][:_SHORT]


def _label(word: str | None) -> dict[str, Any] | None:
    return {"id": _number(word), "label": {"fr": word}} if word else None


def _bare(timing: dict[str, Any]) -> dict[str, Any]:
    return {name: timing[name] for name in ("begin", "end")}


def _agenda(organisation: OrganisationRecord) -> dict[str, Any]:
    name = one_line(organisation.name) or "?"
    return {"uid": _number(organisation.source_id), "title": name}


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _number(text: str) -> int:
    """Return a number of 31 bits that names a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest()) >> 1
