"""The map of a tour, drawn here: its stops where they are, numbered in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH, HEIGHT, MARGIN = 440, 320, 46

#: The least that the picture spans, in degrees of latitude: about four kilometres.
LEAST_SPAN = 0.04

#: A mark's radius, and about how wide a letter of its name is.
RADIUS, LETTER = 13, 7.6

#: Left, top, right and bottom.
Box = tuple[float, float, float, float]


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
    label_x: float
    label_y: float
    anchor: str
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
    taken = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in there]
    marks = []
    for (x, y), at in there.items():
        label_x, label_y, anchor, box = _label(x, y, at[0].name, taken)
        taken.append(box)
        numbers = ", ".join(str(place.number) for place in at)
        is_open = all(place.is_open for place in at)
        marks.append(Mark(x, y, numbers, at[0].name, label_x, label_y, anchor, is_open))
    way = " ".join(
        f"{'M' if index == 0 else 'L'}{x} {y}"
        for index, (x, y) in enumerate(point(place.position) for place in places)
    )
    return TourMap(WIDTH, HEIGHT, tuple(marks), way)


def _label(x: float, y: float, name: str, taken: list[Box]) -> tuple[float, float, str, Box]:
    """Return where a name stands beside its mark: the first side on which it hides nothing."""
    width = len(name) * LETTER
    beside, below = RADIUS + 6, RADIUS + 15
    sides = (
        (x + beside, y + 5, "start", x + beside),
        (x - beside, y + 5, "end", x - beside - width),
        (x, y + below, "middle", x - width / 2),
        (x, y - RADIUS - 5, "middle", x - width / 2),
    )
    tried = [
        (label_x, label_y, anchor, (left, label_y - 14, left + width, label_y + 4))
        for label_x, label_y, anchor, left in sides
    ]
    return min(tried, key=lambda side: _hidden(side[3], taken))


def _hidden(box: Box, taken: list[Box]) -> float:
    """Return how much of the picture a label would hide, or leave; nothing is best."""
    left, top, right, bottom = box
    outside = max(0.0, -left) + max(0.0, right - WIDTH)
    overlaps = sum(
        max(0.0, min(right, other[2]) - max(left, other[0]))
        * max(0.0, min(bottom, other[3]) - max(top, other[1]))
        for other in taken
    )
    return outside * 100 + overlaps
