"""A timeline drawn as SVG: lanes of bars between two days, with a mark for today.

It is a picture for wide screens of what the page also lists in words. Positions are in the units of
its `viewBox`; colours come from the style sheet, by the kind of bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from shared.i18n import current_locale
from shared.i18n.times import BABEL_LOCALES

WIDTH = 1000
LANE = 46
TOP = 26

#: The most marks along the top, and the shortest bar that can still be seen.
MOST_TICKS = 13
SHORTEST = 3.0


@dataclass(frozen=True)
class Bar:
    """What lasts from one instant to another; `kind` is its class in the style sheet."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    words: str = ""


@dataclass(frozen=True)
class Lane:
    """Bars under one label."""

    label: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class DrawnBar:
    """A bar in the units of the picture."""

    kind: str
    x: float
    width: float
    words: str


@dataclass(frozen=True)
class DrawnLane:
    """A lane in the units of the picture; `y` is its upper edge."""

    label: str
    label_x: float
    is_label_at_end: bool
    y: float
    bars: tuple[DrawnBar, ...]


@dataclass(frozen=True)
class Tick:
    """A day along the top."""

    x: float
    words: str


@dataclass(frozen=True)
class Drawing:
    """The whole picture; `today` is where today is, None outside it."""

    height: int
    lanes: tuple[DrawnLane, ...]
    ticks: tuple[Tick, ...]
    today: float | None

    @property
    def width(self) -> int:
        """Return the picture's width."""
        return WIDTH


def draw(lanes: Sequence[Lane], now: datetime, time_zone: str) -> Drawing | None:
    """Return the lanes as a picture, on the days of this zone; None where there is nothing."""
    bars = [bar for lane in lanes for bar in lane.bars]
    if not bars:
        return None
    zone = ZoneInfo(time_zone)
    first = min(bar.starts_at for bar in bars).astimezone(zone).date()
    last = max(bar.ends_at for bar in bars).astimezone(zone).date() + timedelta(days=1)
    margin = max(timedelta(days=1), (last - first) // 40)
    first, last = first - margin, last + margin
    start = datetime.combine(first, datetime.min.time(), zone).timestamp()
    length = datetime.combine(last, datetime.min.time(), zone).timestamp() - start

    def x_of(at: datetime) -> float:
        return round((at.timestamp() - start) / length * WIDTH, 1)

    drawn = []
    for number, lane in enumerate(lanes):
        placed = tuple(
            DrawnBar(
                bar.kind,
                x_of(bar.starts_at),
                max(SHORTEST, round(x_of(bar.ends_at) - x_of(bar.starts_at), 1)),
                bar.words,
            )
            for bar in lane.bars
        )
        left = min((bar.x for bar in placed), default=0.0)
        is_late = left > WIDTH * 0.6
        right = max((bar.x + bar.width for bar in placed), default=0.0)
        edge = right if is_late else left
        drawn.append(DrawnLane(lane.label, edge, is_late, TOP + number * LANE, placed))
    today = x_of(now)
    return Drawing(
        TOP + len(lanes) * LANE + 4,
        tuple(drawn),
        tuple(
            Tick(x_of(datetime.combine(day, datetime.min.time(), zone)), words)
            for day, words in _ticks(first, last)
        ),
        today if 0 <= today <= WIDTH else None,
    )


def _ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Return the Mondays of a short period, else the first days of months, not too many."""
    if (last - first).days <= 7 * MOST_TICKS:
        monday = first + timedelta(days=-first.weekday() % 7)
        days = [monday + timedelta(days=7 * week) for week in range(MOST_TICKS + 1)]
        return [(day, _words(day, "d MMM")) for day in days if day < last]
    months = []
    day = first.replace(day=1)
    while day < last:
        if day >= first:
            months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = -(-len(months) // MOST_TICKS)
    kept = [month for month in months if (month.month - 1) % step == 0] if step > 1 else months
    return [(month, _words(month, "MMM" if month.month > 1 else "MMM y")) for month in kept]


def _words(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=BABEL_LOCALES[current_locale()])
