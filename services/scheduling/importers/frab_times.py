"""Times in schedule XML: durations, instants, time zones, and the day that ends after midnight."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_DURATION = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")

#: The years a session can be in; outside, a date is a slip of the pen.
YEARS = range(1970, 2200)


class Malformed(ValueError):
    """A time that cannot be read; the message is the reason in a few words."""


@dataclass(frozen=True)
class Day:
    """A day of the schedule as it stands in the file: it may begin and end after midnight."""

    date: str = ""
    start: str = ""


def read_duration(text: str) -> timedelta:
    """Return a duration of `HH:MM`, `HH:MM:SS`, or `D:HH:MM` as pretalx writes it.

    Three parts are days when the first has one figure: pretalx writes days so, and every writer
    of seconds has two figures for the hours. Raises `Malformed`; zero is malformed too.
    """
    match = _DURATION.fullmatch(text)
    if not text:
        raise Malformed("it has no duration")
    if match is None:
        raise Malformed(f"its duration “{quoted(text)}” is not HH:MM")
    first, second, third = match.groups()
    if third is None:
        parts = timedelta(hours=int(first), minutes=int(second))
        smallest = int(second)
    elif len(first) == 1:
        parts = timedelta(days=int(first), hours=int(second), minutes=int(third))
        smallest = int(third)
    else:
        parts = timedelta(hours=int(first), minutes=int(second), seconds=int(third))
        smallest = max(int(second), int(third))
    if smallest > 59:
        raise Malformed(f"its duration “{quoted(text)}” is not HH:MM")
    if not parts:
        raise Malformed("its duration is zero")
    return parts


def read_instant(
    moment: str, clock: str, day: Day, day_change: time, zone: tzinfo | None
) -> datetime:
    """Return when an event starts, in UTC.

    `moment` (the event's <date>) says it all when it is a date with a time; else `clock` (its
    <start>) does, on the day it stands in: a time before the day's own beginning is of the next
    morning. Local times are in `zone`. Raises `Malformed`.
    """
    given = _moment(moment) if moment else None
    if isinstance(given, datetime):
        return _in_utc(given, zone)
    if not clock:
        raise Malformed("it has no start")
    on = given or _date_of(day)
    if on is None:
        raise Malformed("nothing says on which date it is")
    at = read_clock(clock)
    begins = _moment_or_none(day.start)
    if isinstance(begins, datetime) and begins.year in YEARS:
        day_change = (begins.astimezone(zone) if begins.tzinfo and zone else begins).time()
    if at < day_change and given is None:
        on = _next(on)
    return _in_utc(datetime.combine(on, at), zone)


def read_clock(text: str) -> time:
    """Return a time of day of `HH:MM` or `HH:MM:SS`. Raises `Malformed`."""
    match = _CLOCK.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        raise Malformed(f"its start “{quoted(text)}” is not HH:MM") from None


def read_date(text: str) -> date | None:
    """Return the date that a text begins with, or None."""
    moment = _moment_or_none(text)
    return moment.date() if isinstance(moment, datetime) else moment


def named_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of an IANA name, or None if there is none of that name."""
    return ZoneInfo(name) if name in _zone_names() else None


def zone_of_offsets(moments: Iterable[str]) -> str | None:
    """Return the name of the zone that all these moments are in, if their offsets are one.

    That is `UTC`, or a fixed offset of whole hours (`Etc/GMT-1` is an hour ahead of UTC); no city
    is guessed. Several offsets, or none, give None.
    """
    found = {
        moment.utcoffset()
        for moment in map(_moment_or_none, moments)
        if isinstance(moment, datetime) and moment.tzinfo
    }
    offset = found.pop() if len(found) == 1 else None
    if offset is None:
        return None
    hours, rest = divmod(offset.total_seconds(), 3600)
    name = "UTC" if not offset else f"Etc/GMT{-hours:+.0f}"
    return name if not rest and named_zone(name) else None


def quoted(text: str) -> str:
    """Return a text from the file, short enough to be quoted in a reason."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _moment(text: str) -> datetime | date:
    try:
        if len(text) <= 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(_padded_offset(text))
    except ValueError:
        raise Malformed(f"its date “{quoted(text)}” is not a date") from None


def _padded_offset(text: str) -> str:
    """Return the moment with two figures for the offset's hours, where there is only one."""
    return re.sub(r"([+-])(\d):(\d{2})$", r"\g<1>0\2:\3", text)


def _moment_or_none(text: str) -> datetime | date | None:
    try:
        return _moment(text)
    except Malformed:
        return None


def _date_of(day: Day) -> date | None:
    return read_date(day.date) or read_date(day.start)


def _next(on: date) -> date:
    if on == date.max:
        raise Malformed("its date is out of range")
    return on + timedelta(days=1)


def _in_utc(moment: datetime, zone: tzinfo | None) -> datetime:
    if moment.year not in YEARS:
        raise Malformed(f"its date is in the year {moment.year}")
    if moment.tzinfo is None:
        if zone is None:
            raise Malformed("nothing says in which time zone it is")
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())
