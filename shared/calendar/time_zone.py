"""VTIMEZONE: a time zone described for readers that do not know its name (RFC 5545, 3.6.5).

The transitions are read from `zoneinfo`. icalendar 7.3 can describe a zone too, but gives the
start of daylight saving as the clock shows it afterwards (03:00 in Paris), where the RFC wants it
in the offset that ends (02:00), so that its readers change an hour late.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

#: What a calendar's times are written in without a VTIMEZONE.
WITHOUT_DESCRIPTION = "UTC"

# Names of the zone database that are no zones: this machine's own, "unknown", and second copies of
# the whole, one of them with leap seconds.
_NOT_ZONES = frozenset({"localtime", "posixrules", "Factory"})
_COPIES = ("posix/", "right/")
# "The fourth Sunday" and "the last Sunday" are told apart by looking at a dozen years.
_SHORTEST_OUTLOOK = 12
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1024)
def named_zone(name: str) -> ZoneInfo:
    """Return the IANA zone called `name`; raises `ValueError` when there is none."""
    try:
        if name in _NOT_ZONES or name.startswith(_COPIES):
            raise KeyError(name)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"There is no time zone named {name!r}.") from error


@dataclass(frozen=True)
class _State:
    """What the clocks of a zone follow between two transitions."""

    offset: timedelta
    saving: timedelta
    name: str


@dataclass(frozen=True)
class _Observance:
    """A change of the clocks that comes back: from one offset to a state."""

    offset_from: timedelta
    state: _State


@lru_cache(maxsize=256)
def describe(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """Return the VTIMEZONE of a zone, as unfolded content lines.

    It is right for every instant from the start of `first_year` to the end of `last_year` (UTC),
    and goes on with the zone's rule where it has one.
    """
    zone = named_zone(name)
    opening = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    end = max(last_year + 2, first_year - 1 + _SHORTEST_OUTLOOK)
    onsets: dict[_Observance, list[datetime]] = defaultdict(list)
    before = _state(zone, opening)
    changes = _transitions(zone, opening, datetime(end, 1, 1, tzinfo=UTC))
    if not changes or changes[0].year >= first_year:
        onsets[_Observance(before.offset, before)].append(_wall(opening, before.offset))
    for instant in changes:
        after = _state(zone, instant)
        onsets[_Observance(before.offset, after)].append(_wall(instant, before.offset))
        before = after
    # Ireland and Morocco have winter as the exception ("negative saving"): readers expect DAYLIGHT
    # to be the later clock, so what counts is the difference from the least saving of the zone.
    least = min(timedelta(), *(observance.state.saving for observance in onsets))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    for observance, starts in onsets.items():
        kind = "DAYLIGHT" if observance.state.saving > least else "STANDARD"
        lines += [
            f"BEGIN:{kind}",
            f"DTSTART:{_local(starts[0])}",
            *_recurrence(starts, last_year=end - 1),
            f"TZNAME:{observance.state.name}",
            f"TZOFFSETFROM:{_offset(observance.offset_from)}",
            f"TZOFFSETTO:{_offset(observance.state.offset)}",
            f"END:{kind}",
        ]
    return (*lines, "END:VTIMEZONE")


def _state(zone: ZoneInfo, instant: datetime) -> _State:
    local = instant.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    return _State(offset, local.dst() or timedelta(), local.tzname() or str(offset))


def _transitions(zone: ZoneInfo, first: datetime, last: datetime) -> list[datetime]:
    """Return the instants, to the second, at which the clocks change."""
    found = []
    instant, state = first, _state(zone, first)
    while instant < last:
        following = instant + _DAY
        if _state(zone, following) != state:
            low, high = instant, following
            while high - low > _SECOND:
                middle = low + (high - low) // _SECOND // 2 * _SECOND
                if _state(zone, middle) == state:
                    low = middle
                else:
                    high = middle
            found.append(high)
            state = _state(zone, following)
        instant = following
    return found


def _recurrence(starts: list[datetime], *, last_year: int) -> list[str]:
    """Return the RRULE or, where there is no such rule, the RDATE that gives the later starts."""
    if len(starts) == 1:
        return []
    rule = _yearly_rule(starts, last_year)
    return [rule or "RDATE:" + ",".join(_local(start) for start in starts[1:])]


def _yearly_rule(starts: list[datetime], last_year: int) -> str | None:
    first = starts[0]
    years = [start.year for start in starts]
    if years != list(range(first.year, last_year + 1)):
        return None
    if len({(start.month, start.weekday(), start.time()) for start in starts}) > 1:
        return None
    from_the_start = {(start.day + 6) // 7 for start in starts}
    is_last = all((start + 7 * _DAY).month != start.month for start in starts)
    if not is_last and len(from_the_start) > 1:
        return None
    nth = -1 if is_last else from_the_start.pop()
    return f"RRULE:FREQ=YEARLY;BYMONTH={first.month};BYDAY={nth}{_WEEKDAYS[first.weekday()]}"


def _wall(instant: datetime, offset: timedelta) -> datetime:
    return (instant + offset).replace(tzinfo=None)


def _local(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")


def _offset(offset: timedelta) -> str:
    minutes, seconds = divmod(abs(offset) // _SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{hours:02}{minutes:02}" + (f"{seconds:02}" if seconds else "")
