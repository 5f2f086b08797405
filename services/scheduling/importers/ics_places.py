"""Where events of a calendar are: rooms of one place, or places with an address.

A LOCATION is one text (RFC 5545, 3.8.1.7): “Arena” in the calendar of a conference, “Muséum,
1 rue Dolomieu, 38000 Grenoble” in that of a town. A calendar is of one kind as a whole.
"""

import re
from collections.abc import Iterable, Mapping

from services.scheduling.domain.programme import SpaceRecord, VenueRecord
from services.scheduling.importers.ics_entry import Entry
from services.scheduling.importers.malformed import LONGEST_KEY, Malformed
from services.scheduling.importers.plain_text import one_line
from shared.i18n import lazy_gettext as _l

#: The name of the one venue of a calendar of rooms, in its source.
VENUE = "venue"

_ADDRESS = re.compile(r"[,\n].*\d", re.DOTALL)
_TOWN = re.compile(r"(?:^|,\s*|\s)(\d{5})\s+([^\d,]{2,60})(?:,\s*France)?$", re.IGNORECASE)


class Places:
    """The places of one calendar, by its locations."""

    def __init__(self, entries: Iterable[Entry], zones: Mapping[str, str]) -> None:
        """`zones` gives the zone of an entry, by its UID, where it names one."""
        first: dict[str, Entry] = {}
        for entry in entries:
            if location := location_of(entry):
                first.setdefault(location, entry)
        self._first = first
        self._zones = zones
        addresses = sum(is_address(entry) for entry in first.values())
        self.are_venues = bool(first) and 2 * addresses >= len(first)

    @property
    def are_rooms(self) -> bool:
        """Tell whether there are locations, which are rooms."""
        return bool(self._first) and not self.are_venues

    def of(self, entry: Entry) -> tuple[str, str | None]:
        """Return the venue and the space of an entry. Raises `Malformed`."""
        location = location_of(entry)
        if len(location) > LONGEST_KEY:
            raise Malformed(_l("le lieu est trop long"))
        if not self.are_venues:
            return VENUE, location or None
        if not location:
            raise Malformed(_l("pas de lieu"))
        return location, None

    def spaces(self, used: set[str]) -> tuple[SpaceRecord, ...]:
        """Return the rooms that are used."""
        return tuple(SpaceRecord(name, VENUE, name) for name in self._first if name in used)

    def venues(self, used: set[str]) -> tuple[VenueRecord, ...]:
        """Return the places that are used."""
        return tuple(self._venue(name) for name in self._first if name in used)

    def _venue(self, location: str) -> VenueRecord:
        entry = self._first[location]
        name, _, address = location.partition(", ")
        town = _TOWN.search(address)
        position = entry.position or (None, None)
        return VenueRecord(
            location,
            name,
            address=(address[: town.start()].rstrip(" ,") if town else address) or None,
            postcode=town[1] if town else None,
            commune_name=town[2].strip() if town else None,
            latitude=position[0],
            longitude=position[1],
            time_zone=self._zones.get(entry.uid),
        )


def location_of(entry: Entry) -> str:
    """Return an entry's location on one line, its lines parted by commas."""
    lines = (one_line(line).strip(" ,") for line in entry.text("LOCATION").splitlines())
    return ", ".join(line for line in lines if line)


def is_address(entry: Entry) -> bool:
    """Tell whether an entry's location is a place with an address, not a room."""
    return entry.position is not None or bool(_ADDRESS.search(location_of(entry)))
