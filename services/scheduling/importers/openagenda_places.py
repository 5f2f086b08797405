"""Places of OpenAgenda: a location becomes a venue, in the commune of its INSEE code."""

import re
from collections.abc import Mapping
from typing import Any

from services.scheduling.domain.programme import VenueRecord
from services.scheduling.importers.malformed import Malformed
from services.scheduling.importers.moments import named_zone
from services.scheduling.importers.plain_text import one_line
from shared.i18n import lazy_gettext as _l
from shared.text import fold

_INSEE = re.compile(r"\d[0-9AB]\d{3}")


class Places:
    """The venues of one agenda, each once, by the `uid` of its location."""

    def __init__(self) -> None:
        self.venues: dict[str, VenueRecord] = {}

    def venue_of(self, location: Any) -> str:
        """Return the name in its source of a location, which is taken. Raises `Malformed`."""
        if not isinstance(location, Mapping):
            raise Malformed(_l("pas de lieu"))
        key = key_of(location.get("uid"))
        name = _line(location.get("name"))
        if not key:
            raise Malformed(_l("le lieu n’a pas d’uid"))
        if not name:
            raise Malformed(_l("le lieu n’a pas de nom"))
        if key not in self.venues:
            self.venues[key] = _venue(key, name, location)
        return key

    def with_communes(self) -> tuple[list[VenueRecord], int]:
        """Return the venues and how many of them were given the INSEE code of another.

        A place without a code is in the commune of the places of the same city and postcode.
        """
        codes: dict[tuple[str, str | None], set[str]] = {}
        for venue in self.venues.values():
            if venue.commune_code and venue.commune_name:
                codes.setdefault(_whereabouts(venue), set()).add(venue.commune_code)
        found = []
        completed = 0
        for venue in self.venues.values():
            known = codes.get(_whereabouts(venue), set())
            if venue.commune_code or not venue.commune_name or len(known) != 1:
                found.append(venue)
                continue
            (code,) = known
            completed += 1
            found.append(_in_commune(venue, code))
        return found, completed


def key_of(uid: Any) -> str:
    """Return an identifier as text; nothing where there is none."""
    if isinstance(uid, bool) or not isinstance(uid, int | str):
        return ""
    return one_line(str(uid))[:200]


def _venue(key: str, name: str, location: Mapping[str, Any]) -> VenueRecord:
    postcode = _line(location.get("postalCode")) or None
    city = _line(location.get("city")) or None
    code = _line(location.get("insee"))
    latitude, longitude = position(location.get("latitude"), location.get("longitude"))
    zone = _line(location.get("timezone"))
    return VenueRecord(
        source_id=key,
        name=name[:500],
        address=street_of(_line(location.get("address")), postcode, city),
        postcode=postcode,
        commune_code=code if _INSEE.fullmatch(code) else None,
        commune_name=city,
        latitude=latitude,
        longitude=longitude,
        time_zone=zone if named_zone(zone) else None,
    )


def position(latitude: Any, longitude: Any) -> tuple[float | None, float | None]:
    """Return a position in degrees; nothing for what is on no globe, or in the sea off Africa.

    0, 0 is what systems write that do not know.
    """
    numbers = (latitude, longitude)
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180 or (not latitude and not longitude):
        return None, None
    return float(latitude), float(longitude)


def street_of(address: str, postcode: str | None, city: str | None) -> str | None:
    """Return an address without the postcode, the city and the country that end it.

    A city alone ends it after a comma only: “Rue de Grenoble” is a street.
    """
    street = _without(address, "France")
    if postcode and city:
        street = _without(street, f"{postcode} {city}")
    if city and (_folded(street) == _folded(city) or "," in street):
        before, _, last = street.rpartition(",")
        street = before if _folded(last) == _folded(city) else street
    return street.strip(" ,-") or None


def _without(address: str, ending: str) -> str:
    words = address.split()
    count = len(ending.split())
    if _folded(" ".join(words[-count:])) != _folded(ending):
        return address
    return " ".join(words[:-count]).rstrip(" ,-")


def _in_commune(venue: VenueRecord, code: str) -> VenueRecord:
    return VenueRecord(**{**vars(venue), "commune_code": code})


def _whereabouts(venue: VenueRecord) -> tuple[str, str | None]:
    return _folded(venue.commune_name or ""), venue.postcode


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


def _line(value: Any) -> str:
    return one_line(value)[:1000] if isinstance(value, str) else ""
