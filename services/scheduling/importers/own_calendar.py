"""Calendars that Parvis wrote: a feed of the programme, or an export, which says where as well.

A session is known by its UID. A calendar says of it when it is and whether it takes place; its
LOCATION is one text, from which nothing is taken back.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo

from services.scheduling.domain.importing.marks import long_text
from services.scheduling.domain.programme import ActivityRecord, SpaceRecord, VenueRecord
from services.scheduling.importers.ics_entry import Entry
from services.scheduling.importers.moments import named_zone
from services.scheduling.importers.plain_text import one_line

_PRODUCT = "-//Parvis//Parvis//"
_MARKS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")

SESSION_STATES = frozenset(("starts_at", "ends_at", "status"))
#: An export has the activity's own text; a feed words more around it, so that its texts stay.
ACTIVITY_STATES = frozenset(("title_fr", "description_fr", "theme"))
SAYS = {"sessions": SESSION_STATES, "activities": ACTIVITY_STATES}
SAYS_OF_A_FEED = {"sessions": SESSION_STATES}


def is_ours(properties: Mapping[str, str]) -> bool:
    """Tell whether a calendar's own lines name Parvis."""
    return properties.get("PRODID", "").startswith(_PRODUCT)


def says(is_export: bool) -> Mapping[str, frozenset[str]]:
    """Return what an export, or a feed, can change of the rows that it names."""
    return SAYS if is_export else SAYS_OF_A_FEED


def has_places(entries: list[Entry]) -> bool:
    """Tell whether entries say in Parvis's own words where they are: they do in an export."""
    return all(_own(entry, "VENUE-ID") for entry in entries)


def marks_of(entry: Entry) -> tuple[str | None, str | None]:
    """Return the marks of an entry's session and activity, where it still has them."""
    found = _MARKS.fullmatch(_own(entry, "MARK"))
    return (found[1], found[2]) if found else (None, None)


def kind_of(entry: Entry) -> str | None:
    """Return what kind of session an entry is, where its times do not tell."""
    return "drop_in" if _own(entry, "KIND") == "drop_in" else None


def zone_of(entry: Entry) -> tzinfo | None:
    """Return the time zone of where an entry is, if it is not the edition's."""
    return named_zone(_own(entry, "TIMEZONE"))


def own_texts(record: ActivityRecord, entry: Entry) -> ActivityRecord:
    """Return an activity with its text as it is; nobody is taken to propose it."""
    return replace(
        record,
        description_fr=long_text(entry.text("DESCRIPTION")),
        organisation=None,
        link=None,
        mark=marks_of(entry)[1],
    )


class OwnPlaces:
    """The places of an export, as its entries say them beside LOCATION."""

    are_venues = True
    are_rooms = False

    def __init__(self, entries: list[Entry]) -> None:
        self._venues: dict[str, VenueRecord] = {}
        self._spaces: dict[str, SpaceRecord] = {}
        for entry in entries:
            venue, space = self.of(entry)
            self._venues.setdefault(venue, _venue(venue, entry))
            if space is not None:
                name = _own(entry, "SPACE") or space
                self._spaces.setdefault(space, SpaceRecord(space, venue, name))

    def of(self, entry: Entry) -> tuple[str, str | None]:
        """Return the venue and the space of an entry."""
        return _own(entry, "VENUE-ID"), _own(entry, "SPACE-ID") or None

    def spaces(self, used: set[str]) -> tuple[SpaceRecord, ...]:
        """Return the rooms that are used."""
        return tuple(record for name, record in self._spaces.items() if name in used)

    def venues(self, used: set[str]) -> tuple[VenueRecord, ...]:
        """Return the places that are used."""
        return tuple(record for name, record in self._venues.items() if name in used)


def _venue(key: str, entry: Entry) -> VenueRecord:
    latitude, longitude = entry.position or (None, None)
    zone = _own(entry, "TIMEZONE")
    return VenueRecord(
        key,
        _own(entry, "VENUE") or key,
        address=_own(entry, "ADDRESS") or None,
        postcode=_own(entry, "POSTCODE") or None,
        commune_code=_own(entry, "INSEE") or None,
        commune_name=_own(entry, "COMMUNE") or None,
        latitude=latitude,
        longitude=longitude,
        time_zone=zone if named_zone(zone) else None,
    )


def _own(entry: Entry, name: str) -> str:
    """Return a text of Parvis's own, which `icalendar` leaves escaped (RFC 5545, 3.3.11)."""
    return one_line(re.sub(r"\\(.)", r"\1", entry.text(f"X-PARVIS-{name}")))
