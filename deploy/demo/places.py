"""The demo's communes, venues and spaces."""

from collections.abc import Iterator
from typing import Any

from deploy.demo.files import read_folder
from services.scheduling.domain.programme import SpaceRecord, VenueRecord

#: What the demo says of a space.
_OF_SPACE = frozenset({"venue_id", "name", "capacity", "sessions_at_once"})


def venues() -> Iterator[VenueRecord]:
    """Yield the venues, each with the facts of its commune."""
    for commune, venue in _stored():
        commune_latitude, commune_longitude = commune["position"]
        latitude, longitude = venue["position"]
        yield VenueRecord(
            source_id=venue["id"],
            name=venue["name"],
            address=venue["address"],
            postcode=venue["postcode"],
            commune_code=commune["code"],
            commune_name=commune["name"],
            commune_latitude=commune_latitude,
            commune_longitude=commune_longitude,
            latitude=latitude,
            longitude=longitude,
        )


def spaces() -> Iterator[SpaceRecord]:
    """Yield the spaces; one is named `venue/space` everywhere in the demo."""
    for _, venue in _stored():
        for space in venue["spaces"]:
            yield SpaceRecord(
                source_id=f"{venue['id']}/{space['id']}",
                venue=venue["id"],
                name=space["name"],
                capacity=space["capacity"],
                sessions_at_once=None if space.get("yard") else 1,
                states=_OF_SPACE,
            )


def yards() -> frozenset[str]:
    """Return the spaces where several sessions may stand side by side: a *village des sciences*."""
    return frozenset(
        f"{venue['id']}/{space['id']}"
        for _, venue in _stored()
        for space in venue["spaces"]
        if space.get("yard")
    )


def _stored() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for document in read_folder("places"):
        for commune in document["commune"]:
            for venue in commune["venue"]:
                yield commune, venue
