"""How long it takes from one place to another: as the crow flies, at a speed."""

from collections.abc import Iterable
from math import asin, ceil, cos, radians, sin, sqrt

#: How fast people travel, and the minutes they need beside it, where nothing else is said.
TRAVEL_KMH = 40
TRAVEL_MARGIN_MINUTES = 15

_EARTH_KM = 6371.0088

#: No degree is longer, north or east.
_DEGREE_KM = 111.4

#: Latitude and longitude in degrees (WGS 84).
Position = tuple[float, float]


def kilometres(here: Position, there: Position) -> float:
    """Return the distance along the great circle (the haversine formula)."""
    (latitude, longitude), (other_latitude, other_longitude) = here, there
    north = sin(radians(other_latitude - latitude) / 2)
    east = sin(radians(other_longitude - longitude) / 2)
    level = cos(radians(latitude)) * cos(radians(other_latitude))
    square = north * north + level * east * east
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(square)))


def travel_minutes(km: float, kmh: int, margin: int) -> int:
    """Return the whole minutes that a way takes, with the margin."""
    return ceil(km * 60 / kmh) + margin


def farthest(positions: Iterable[Position]) -> float:
    """Return kilometres that no two of these positions are farther apart than, found quickly."""
    known = list(positions)
    if len(known) < 2:
        return 0.0
    latitudes = [latitude for latitude, _longitude in known]
    longitudes = [longitude for _latitude, longitude in known]
    return _DEGREE_KM * (max(latitudes) - min(latitudes) + max(longitudes) - min(longitudes))
