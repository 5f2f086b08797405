"""The days on which an exhibition is open, for formats that know nothing but hours of a day."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

#: The most days that are looked through: an exhibition lasts two years at most.
_MOST_DAYS = 1_000


@dataclass(frozen=True)
class OpenDay:
    """One opening of an exhibition; the times are UTC, the day is local."""

    day: date
    starts_at: datetime
    ends_at: datetime


def open_days(
    starts_at: datetime,
    ends_at: datetime,
    weekly_hours: Collection[Mapping[str, Any]],
    closures: Collection[str],
    time_zone: str,
) -> Iterator[OpenDay]:
    """Give the openings of an exhibition in order, none where its hours are not known.

    Weekly hours and closures are a session's; an opening is cut to the exhibition's own times.
    """
    zone = ZoneInfo(time_zone)
    first = starts_at.astimezone(zone).date()
    last = ends_at.astimezone(zone).date()
    hours = sorted(weekly_hours, key=lambda opening: str(opening["opens"]))
    for number in range(min((last - first).days + 1, _MOST_DAYS)):
        day = first + timedelta(days=number)
        if day.isoformat() in closures:
            continue
        for opening in hours:
            if opening["weekday"] != day.isoweekday():
                continue
            begins = max(_instant(day, opening["opens"], zone), starts_at)
            ends = min(_instant(day, opening["closes"], zone), ends_at)
            if begins < ends:
                yield OpenDay(day, begins, ends)


def opening_id(session_id: UUID, opening: OpenDay) -> UUID:
    """Return what names one opening for ever: the same as long as it begins when it does."""
    return uuid5(session_id, f"{opening.starts_at:%Y%m%dT%H%M}")


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hours, _, minutes = clock.partition(":")
    return datetime.combine(day, time(int(hours), int(minutes)), zone).astimezone(UTC)
