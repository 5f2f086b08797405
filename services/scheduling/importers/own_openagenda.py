"""OpenAgenda JSON that Parvis wrote: the same fields as of any agenda, read as they were written.

Beside the fields of OpenAgenda, an event, its timings and its location each have a `parvis` with
ids and marks (`domain/importing/marks.py`). An event is an activity at one venue: an activity that
is shown at three has three events.
"""

from collections.abc import Mapping
from typing import Any

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.importing.marks import long_text, one_line
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    Programme,
    Rejection,
    SessionRecord,
    VenueRecord,
)
from services.scheduling.importers.editions import edition_of, nothing_taken
from services.scheduling.importers.malformed import Malformed, check_description, check_title
from services.scheduling.importers.moments import named_zone
from services.scheduling.importers.openagenda_fields import (
    CANCELLED,
    FORMATS,
    FULL,
    THEMES,
    accessibility_of,
    ages_of,
    instant_of,
    own_field,
    stated_line,
)
from services.scheduling.importers.openagenda_places import position
from services.scheduling.importers.plain_text import web_address
from services.scheduling.importers.ways_in import ways_in
from shared.i18n import lazy_gettext as _l

GENERATOR = "Parvis"

WAY_IN = frozenset(
    (
        "registration",
        "registration_link",
        "registration_telephone",
        "registration_email",
        "registration_full",
    )
)
SESSION_STATES = frozenset(("venue_id", "space_id", "starts_at", "ends_at", "status", *WAY_IN))
ACTIVITY_STATES = frozenset(
    (
        "title_fr",
        "title_en",
        "description_fr",
        "description_en",
        "age_min",
        "age_max",
        "theme",
        "format",
        "link",
        "accessibility",
        "conditions_fr",
        "conditions_en",
    )
)
VENUE_STATES = frozenset(("name", "address", "postcode", "latitude", "longitude"))
SAYS = {"sessions": SESSION_STATES, "activities": ACTIVITY_STATES, "venues": VENUE_STATES}

#: What a new activity or venue is given besides.
_NEW_ACTIVITY = ACTIVITY_STATES | {"edition_id", "organisation_id"}
_NEW_VENUE = VENUE_STATES | {"commune_id", "time_zone"}


def is_ours(generator: Any) -> bool:
    """Tell whether a file's `generator` names Parvis."""
    return isinstance(generator, Mapping) and generator.get("name") == GENERATOR


def session_pages(generator: Mapping[str, Any]) -> str:
    """Return what the addresses of a file's own sessions begin with."""
    return f"{stated_line(generator.get('url')).rstrip('/')}/sessions/"


class OwnAgenda:
    """One file on its way to a programme."""

    def __init__(
        self,
        name: str,
        edition_slug: str,
        events: list[tuple[int, Any]],
        generator: Mapping[str, Any],
        known_zone: str | None,
    ) -> None:
        self._name = name
        self._edition_slug = edition_slug
        self._events = events
        self._generator = generator
        self._known_zone = known_zone
        self._organisations: dict[str, OrganisationRecord] = {}
        self._venues: dict[str, VenueRecord] = {}
        self._activities: dict[str, ActivityRecord] = {}
        self._sessions: dict[str, SessionRecord] = {}
        self._rejections: list[Rejection] = []

    def programme(self) -> Programme:
        """Return what the file says. Raises `ImportRefused`."""
        for line, event in self._events:
            self._take(line, event)
        about = self._generator.get("edition")
        about = about if isinstance(about, Mapping) else {}
        zone = stated_line(about.get("timezone"))
        zone = zone if named_zone(zone) else self._known_zone or ""
        if not named_zone(zone):
            raise ImportRefused(
                _l("%(name)s ne dit pas dans quel fuseau horaire il est.", name=self._name)
            )
        edition = edition_of(
            self._edition_slug,
            stated_line(about.get("title")) or self._edition_slug,
            zone,
            self._sessions.values(),
        )
        if edition is None:
            raise nothing_taken(self._name, self._rejections)
        return Programme(
            source=f"parvis:{self._edition_slug}",
            edition=edition,
            organisations=tuple(self._organisations.values()),
            venues=tuple(self._venues.values()),
            activities=tuple(self._activities.values()),
            sessions=tuple(self._sessions.values()),
            rejections=tuple(self._rejections),
            says=SAYS,
        )

    def _take(self, line: int, event: Any) -> None:
        key = ""
        try:
            if not isinstance(event, Mapping):
                raise Malformed(_l("ce n’est pas un événement"))
            key = stated_line(event.get("uid")) or str(event.get("uid") or "")
            activity = self._activity(key, event)
            venue = self._venue(event.get("location"))
            way_in = self._way_in(event)
        except Malformed as fault:
            self._rejections.append(Rejection(line, key, fault.reason))
            return
        timings = event.get("timings")
        for timing in timings if isinstance(timings, list) else []:
            try:
                self._add_session(line, activity, venue, way_in, event, timing)
            except Malformed as fault:
                self._rejections.append(
                    Rejection(line, _of(timing, "session") or key, fault.reason)
                )
        self._activities.setdefault(activity.source_id, activity)
        if activity.organisation:
            name = stated_line((event.get("originAgenda") or {}).get("title"))
            self._organisations.setdefault(
                activity.organisation, OrganisationRecord(activity.organisation, name)
            )

    def _activity(self, key: str, event: Mapping[str, Any]) -> ActivityRecord:
        age_min, age_max = ages_of(event.get("age"))
        links = event.get("links")
        return ActivityRecord(
            source_id=key,
            title_fr=check_title(one_line(_text(event, "title", "fr"))),
            title_en=one_line(_text(event, "title", "en"))[:500] or None,
            description_fr=check_description(long_text(_text(event, "longDescription", "fr"))),
            description_en=check_description(long_text(_text(event, "longDescription", "en")))
            or None,
            organisation=_of(event, "organisation") or None,
            age_min=age_min,
            age_max=age_max,
            theme=own_field(event, THEMES),
            format=own_field(event, FORMATS),
            link=next(
                (
                    address
                    for link in (links if isinstance(links, list) else [])
                    if isinstance(link, Mapping)
                    and (address := web_address(stated_line(link.get("link"))))
                ),
                None,
            ),
            accessibility=accessibility_of(event.get("accessibility")),
            conditions_fr=long_text(_text(event, "conditions", "fr")) or None,
            conditions_en=long_text(_text(event, "conditions", "en")) or None,
            states=_NEW_ACTIVITY,
            mark=_of(event, "mark") or None,
        )

    def _venue(self, location: Any) -> str:
        if not isinstance(location, Mapping):
            raise Malformed(_l("pas de lieu"))
        key = _of(location, "id") or str(location.get("uid") or "")
        name = stated_line(location.get("name"))
        if not key or not name:
            raise Malformed(_l("le lieu n’a pas de nom") if key else _l("le lieu n’a pas d’uid"))
        latitude, longitude = position(location.get("latitude"), location.get("longitude"))
        zone = stated_line(location.get("timezone"))
        record = VenueRecord(
            key,
            name,
            address=stated_line(location.get("address")) or None,
            postcode=stated_line(location.get("postalCode")) or None,
            commune_code=stated_line(location.get("insee")) or None,
            commune_name=stated_line(location.get("city")) or None,
            latitude=latitude,
            longitude=longitude,
            time_zone=zone if named_zone(zone) else None,
            states=_NEW_VENUE,
            mark=_of(location, "mark") or None,
        )
        self._venues.setdefault(key, record)
        return key

    def _way_in(self, event: Mapping[str, Any]) -> dict[str, Any]:
        stated = event.get("registration")
        entries = stated if isinstance(stated, list) else []
        pages = session_pages(self._generator)
        is_here = any(
            isinstance(entry, Mapping) and stated_line(entry.get("value")).startswith(pages)
            for entry in entries
        )
        ways = ways_in(entries)
        is_full = event.get("status") == FULL
        if is_here or not (ways.is_stated or is_full):
            return {"registration": "here" if is_here else "none"}
        return {
            "registration": "elsewhere",
            "registration_link": ways.link,
            "registration_telephone": ways.telephone,
            "registration_email": ways.email,
            "registration_full": is_full,
        }

    def _add_session(
        self,
        line: int,
        activity: ActivityRecord,
        venue: str,
        way_in: Mapping[str, Any],
        event: Mapping[str, Any],
        timing: Any,
    ) -> None:
        zone = named_zone(stated_line(event.get("timezone")))
        starts_at = instant_of(timing, "begin", zone)
        ends_at = instant_of(timing, "end", zone)
        name = _of(timing, "session") or f"{activity.source_id}/{starts_at:%Y%m%dT%H%M%SZ}"
        if ends_at <= starts_at:
            raise Malformed(_l("la fin n’est pas après le début"))
        if name in self._sessions:
            raise Malformed(_l("un autre horaire est la même séance"))
        is_there = _of(event, "venue") in ("", venue)
        self._sessions[name] = SessionRecord(
            source_id=name,
            activity=activity.source_id,
            venue=venue,
            space=(_of(timing, "space") or None) if is_there else None,
            starts_at=starts_at,
            ends_at=ends_at,
            status="cancelled" if event.get("status") == CANCELLED else "confirmed",
            line=line,
            mark=_of(timing, "mark") or None,
            **way_in,
        )


def _of(value: Any, name: str) -> str:
    """Return what Parvis wrote down beside the fields of OpenAgenda."""
    own = value.get("parvis") if isinstance(value, Mapping) else None
    return stated_line(own.get(name))[:400] if isinstance(own, Mapping) else ""


def _text(event: Mapping[str, Any], name: str, language: str) -> str:
    texts = event.get(name)
    found = texts.get(language) if isinstance(texts, Mapping) else None
    return found if isinstance(found, str) else ""
