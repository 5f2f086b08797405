"""The way from one stop to the next: how far, and whether there is time for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from services.scheduling.models import Stop, Venue
from shared.travelling import Position, kilometres, travel_minutes

#: A lorry's pace as the crow flies, and the minutes that loading it takes: what a leg needs.
ROAD_KMH = 40
LOADING_MINUTES = 30


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


def position_of(venue: Venue) -> Position | None:
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
    km = kilometres(start, end) if start and end else None
    needs = one.transport_minutes
    if km:
        needs = max(needs, travel_minutes(km, ROAD_KMH, LOADING_MINUTES))
    return Leg(one, other, km, timedelta(minutes=needs), other.arrives_at - one.leaves_at)
