"""The way from one stop to the next: how far, and whether there is time for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from services.scheduling.models import Stop, Venue

#: Mean radius of the Earth, in kilometres (IUGG).
EARTH_KM = 6371.0

#: A lorry's pace as the crow flies, and the margin for loading it: what a leg needs at least.
ROAD_KMH = 40
MARGIN = timedelta(minutes=30)


@dataclass(frozen=True)
class Leg:
    """The way from one stop to the next; `km` is as the crow flies, None where it is not known.

    `needs` is the time that it takes at least, `has` what lies between the two stops.
    """

    start: Stop
    end: Stop
    km: float | None
    needs: timedelta
    has: timedelta

    @property
    def is_short(self) -> bool:
        """Tell whether the next stop is to be delivered before anybody can be there."""
        return self.has < self.needs


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far apart two positions (latitude and longitude, degrees) are: the haversine."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, place)) for place in (one, other))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord)))


def position_of(venue: Venue) -> tuple[float, float] | None:
    """Return where a venue is (latitude and longitude), else where its commune is, if known."""
    for place in (venue, venue.commune):
        if place is not None and place.latitude is not None and place.longitude is not None:
            return place.latitude, place.longitude
    return None


def legs_of(stops: Sequence[Stop]) -> list[Leg]:
    """Return the ways between stops that follow each other; those side by side have none.

    The stops are in the order of their delivery.
    """
    return [_leg(one, other) for one, other in pairwise(stops) if other.arrives_at >= one.leaves_at]


def _leg(one: Stop, other: Stop) -> Leg:
    start, end = position_of(one.venue), position_of(other.venue)
    km = distance_km(start, end) if start and end else None
    needs = timedelta(minutes=one.transport_minutes)
    if km:
        needs = max(needs, timedelta(hours=km / ROAD_KMH) + MARGIN)
    has: timedelta = _between(one.leaves_at, other.arrives_at)
    return Leg(one, other, km, needs, has)


def _between(start: datetime, end: datetime) -> timedelta:
    return end - start
