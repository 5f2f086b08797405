"""Times in a schedule: durations, starts, and the day that ends after midnight."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from services.scheduling.importers.malformed import Malformed, quoted
from services.scheduling.importers.moments import (
    YEARS,
    in_utc,
    moment_or_none,
    read_date,
    read_moment,
)
from shared.i18n import lazy_gettext as _l

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_DURATION = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")


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
        raise Malformed(_l("pas de durée"))
    if match is None:
        raise _no_duration(text)
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
        raise _no_duration(text)
    if not parts:
        raise Malformed(_l("la durée est nulle"))
    return parts


def read_instant(
    moment: str, clock: str, day: Day, day_change: time, zone: tzinfo | None
) -> datetime:
    """Return when an event starts, in UTC.

    `moment` (the event's <date>) says it all when it is a date with a time; else `clock` (its
    <start>) does, on the day it stands in: a time before the day's own beginning is of the next
    morning. Local times are in `zone`. Raises `Malformed`.
    """
    given = read_moment(moment) if moment else None
    if isinstance(given, datetime):
        return in_utc(given, zone)
    if not clock:
        raise Malformed(_l("pas d’heure de début"))
    on = given or read_date(day.date) or read_date(day.start)
    if on is None:
        raise Malformed(_l("rien ne dit à quelle date"))
    at = read_clock(clock)
    begins = moment_or_none(day.start)
    if isinstance(begins, datetime) and begins.year in YEARS:
        day_change = (begins.astimezone(zone) if begins.tzinfo and zone else begins).time()
    if at < day_change and given is None:
        on = _next(on)
    return in_utc(datetime.combine(on, at), zone)


def read_clock(text: str) -> time:
    """Return a time of day of `HH:MM` or `HH:MM:SS`. Raises `Malformed`."""
    match = _CLOCK.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        reason = _l("l’heure de début « %(text)s » n’est pas de la forme HH:MM", text=quoted(text))
        raise Malformed(reason) from None


def _no_duration(text: str) -> Malformed:
    return Malformed(_l("la durée « %(text)s » n’est pas de la forme HH:MM", text=quoted(text)))


def _next(on: date) -> date:
    if on == date.max:
        raise Malformed(_l("la date n’existe pas"))
    return on + timedelta(days=1)
