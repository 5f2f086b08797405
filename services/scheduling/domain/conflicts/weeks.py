"""Weekly hours, as venues, schools and exhibitions have them: local, by day of the week."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)

#: What ends at the last minute of a day ends with the day.
_LAST_MINUTE = 23 * 60 + 59
_MIDNIGHT = 24 * 60

#: Nothing that is asked about lasts longer; it bounds the work.
_MOST_DAYS = 31


class Week:
    """The hours of a week: `{"weekday": 1, "opens": "09:00", "closes": "18:00"}`, Monday is 1."""

    def __init__(self, hours: Iterable[Mapping[str, Any]]) -> None:
        self._hours = list(hours)

    def __bool__(self) -> bool:
        return bool(self._hours)

    @cached_property
    def days(self) -> dict[int, list[tuple[int, int]]]:
        """Return the openings of each weekday in minutes since midnight; those that touch are one.

        A weekday without any is missing.
        """
        found: dict[int, list[tuple[int, int]]] = {}
        stated = sorted(
            (int(hours["weekday"]), _minute(hours["opens"]), _minute(hours["closes"]))
            for hours in self._hours
        )
        for weekday, opens, closes in stated:
            day = found.setdefault(weekday, [])
            if day and opens <= day[-1][1]:
                day[-1] = (day[-1][0], max(day[-1][1], closes))
            else:
                day.append((opens, closes))
        return found

    def __add__(self, other: "Week") -> "Week":
        return Week([*self._hours, *other._hours])

    def covers(self, starts: datetime, ends: datetime) -> bool:
        """Tell whether a local time is within one opening of each day that it touches."""
        if starts.day == ends.day and ends - starts < _DAY:
            begin, end = _clock(starts), _clock(ends)
            for opens, closes in self.days.get(starts.isoweekday(), ()):
                if opens <= begin and end <= closes:
                    return True
            return False
        return all(
            any(opens <= begin and end <= closes for opens, closes in self.days.get(weekday, ()))
            for weekday, begin, end in _parts(starts, ends)
        )

    def reaches(self, starts: datetime, ends: datetime) -> bool:
        """Tell whether a local time is between the first opening and the last closing of its days.

        It may go over a pause, but not lie in it altogether.
        """
        for weekday, begin, end in _parts(starts, ends):
            openings = self.days.get(weekday)
            if not openings or begin < openings[0][0] or end > openings[-1][1]:
                return False
            if not any(opens < end and begin < closes for opens, closes in openings):
                return False
        return True

    def meets(self, starts: datetime, ends: datetime) -> bool:
        """Tell whether a local time and an opening overlap."""
        return any(
            opens < end and begin < closes
            for weekday, begin, end in _parts(starts, ends)
            for opens, closes in self.days.get(weekday, ())
        )

    def spans(
        self, first: datetime, last: datetime, zone: ZoneInfo, closures: frozenset[str]
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield the instants (UTC) between which it is open, from `first` until `last`."""
        day = first.astimezone(zone).date()
        last_day = last.astimezone(zone).date()
        while day <= last_day:
            if day.isoformat() not in closures:
                for opens, closes in self.days.get(day.isoweekday(), ()):
                    begin = max(_instant(day, opens, zone), first)
                    end = min(_instant(day, closes, zone), last)
                    if begin < end:
                        yield begin, end
            day += _DAY


def local_days(starts: datetime, ends: datetime) -> list[date]:
    """Return the days that a local time touches, the first month of them."""
    last = ends if ends == starts else ends - timedelta(microseconds=1)
    count = min((last.date() - starts.date()).days + 1, _MOST_DAYS)
    return [starts.date() + number * _DAY for number in range(count)]


def _parts(starts: datetime, ends: datetime) -> Iterator[tuple[int, int, int]]:
    """Yield what a local time takes of each day: the weekday, from and until which minute."""
    days = local_days(starts, ends)
    for day in days:
        begin = _clock(starts) if day == starts.date() else 0
        end = _clock(ends) if day == ends.date() else _MIDNIGHT
        yield day.isoweekday(), begin, end


def _clock(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _minute(clock: str) -> int:
    hour, _colon, minute = clock.partition(":")
    found = int(hour) * 60 + int(minute)
    return _MIDNIGHT if found >= _LAST_MINUTE else found


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, time.min)
    return (midnight + timedelta(minutes=minute)).replace(tzinfo=zone).astimezone(UTC)
