"""The map of a tour, drawn here: its stops where they are, numbered in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH, HEIGHT, MARGIN = 440, 320, 46

#: The least that the picture spans, in degrees of latitude: about four kilometres.
LEAST_SPAN = 0.04


@dataclass(frozen=True)
class Place:
    """A stop of the tour: its number, what its place is called, latitude and longitude."""

    number: int
    name: str
    position: tuple[float, float]
    is_open: bool = False


@dataclass(frozen=True)
class Mark:
    """A place in the picture; two stops at one place share their mark."""

    x: float
    y: float
    numbers: str
    name: str
    is_at_end: bool
    is_open: bool


@dataclass(frozen=True)
class TourMap:
    """The picture: the marks, and the way through them (an SVG path)."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    way: str


def draw_map(places: Sequence[Place]) -> TourMap | None:
    """Return the picture; north is up, and a kilometre is as long in each direction.

    None where no place has a position.
    """
    if not places:
        return None
    latitudes = [place.position[0] for place in places]
    longitudes = [place.position[1] for place in places]
    shrink = cos(radians(sum(latitudes) / len(latitudes)))
    north_south = max(max(latitudes) - min(latitudes), LEAST_SPAN)
    east_west = max((max(longitudes) - min(longitudes)) * shrink, LEAST_SPAN)
    scale = min((WIDTH - 2 * MARGIN) / east_west, (HEIGHT - 2 * MARGIN) / north_south)
    middle = (
        (max(latitudes) + min(latitudes)) / 2,
        (max(longitudes) + min(longitudes)) / 2,
    )

    def point(position: tuple[float, float]) -> tuple[float, float]:
        latitude, longitude = position
        return (
            round(WIDTH / 2 + (longitude - middle[1]) * shrink * scale, 1),
            round(HEIGHT / 2 - (latitude - middle[0]) * scale, 1),
        )

    there: dict[tuple[float, float], list[Place]] = {}
    for place in places:
        there.setdefault(point(place.position), []).append(place)
    marks = tuple(
        Mark(
            x,
            y,
            ", ".join(str(place.number) for place in at),
            at[0].name,
            x > WIDTH * 0.6,
            all(place.is_open for place in at),
        )
        for (x, y), at in there.items()
    )
    way = " ".join(
        f"{'M' if index == 0 else 'L'}{x} {y}"
        for index, (x, y) in enumerate(point(place.position) for place in places)
    )
    return TourMap(WIDTH, HEIGHT, marks, way)
