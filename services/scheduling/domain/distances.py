"""Where somebody is, and how far it is to a place as the crow flies."""

from dataclasses import dataclass
from math import cos, hypot, radians

#: Kilometres in a degree of latitude, and in one of longitude at the equator (WGS 84, rounded).
LATITUDE_KM = 111.13
LONGITUDE_KM = 111.32


@dataclass(frozen=True)
class Point:
    """A position in WGS 84 degrees."""

    latitude: float
    longitude: float

    @property
    def longitude_km(self) -> float:
        """Return how many kilometres a degree of longitude is here."""
        return LONGITUDE_KM * cos(radians(self.latitude))


def distance_km(here: Point, there: Point) -> float:
    """Return the distance, on a plane that touches the globe here: within 1 % up to 300 km."""
    return hypot(
        (there.latitude - here.latitude) * LATITUDE_KM,
        (there.longitude - here.longitude) * here.longitude_km,
    )


def read_point(text: str) -> Point | None:
    """Read `45.187,5.735`, as a browser gives it; nothing for what is no position."""
    parts = text.split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Point(latitude, longitude)
