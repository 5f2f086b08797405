"""The dates of a series: those of its rule, those added to it, without those taken out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from services.scheduling.importers.ics_entry import Clock, Entry, When, instant_of
from services.scheduling.importers.ics_series import MOST_DATES, dates_of, is_endless, until_of
from services.scheduling.importers.malformed import Malformed
from shared.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Occurrence:
    """One date of a series; `key` names it among the others, nothing the first."""

    key: str
    start: When
    end: When


@dataclass(frozen=True)
class Series:
    """The dates of one entry, in order; `is_cut` when it goes on for ever in its file."""

    occurrences: tuple[Occurrence, ...]
    is_cut: bool = False


def series_of(entry: Entry, clock: Clock) -> Series:
    """Return an entry's dates; one that does not repeat has its own. Raises `Malformed`."""
    start, end = entry.starts(clock), entry.ends(clock)
    if not entry.has_rule:
        return Series((Occurrence("", start, end),))
    rule = entry.rule
    dates: dict[When, When | None] = {start: end}
    if rule is not None:
        dates |= dict.fromkeys(_ruled(rule, start, clock), None)
    for added, its_end in entry.added(clock):
        if isinstance(added, datetime) == isinstance(start, datetime):
            dates.setdefault(added, its_end)
    dates[start] = end
    if len(dates) > MOST_DATES:
        raise Malformed(_l("la répétition a plus de %(n)s dates", n=MOST_DATES))
    removed = {key_of(when) for when in entry.removed(clock)}
    length = _length(start, end, clock.floating)
    found = tuple(
        Occurrence("" if when == start else key_of(when), when, its_end or _plus(when, length))
        for when, its_end in sorted(dates.items(), key=lambda item: _at(item[0], clock))
        if key_of(when) not in removed and _day(when) not in removed
    )
    if not found:
        raise Malformed(_l("la répétition n’a aucune date"))
    return Series(found, rule is not None and is_endless(rule))


def key_of(when: When) -> str:
    """Return a date's name: its instant in UTC, or its day."""
    if isinstance(when, datetime):
        return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{when:%Y%m%d}"


def _ruled(rule: str, start: When, clock: Clock) -> list[When]:
    zone = start.tzinfo if isinstance(start, datetime) else None
    local = _local(start)
    found = dates_of(rule, local, _until(rule, zone))
    if zone is None:
        return [moment.date() for moment in found]
    return [moment.replace(tzinfo=zone) for moment in found]


def _until(rule: str, zone: tzinfo | None) -> datetime | None:
    """Return the rule's own end, local; a day is meant to its last second."""
    text = until_of(rule)
    if not text:
        return None
    try:
        if len(text) == 8:
            return datetime.strptime(text, "%Y%m%d") + timedelta(days=1, seconds=-1)
        moment = datetime.strptime(text[:15], "%Y%m%dT%H%M%S")
        if text.endswith("Z") and zone is not None:
            utc = datetime.strptime(text + "+0000", "%Y%m%dT%H%M%SZ%z")
            return utc.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Malformed(_l("la fin de la répétition n’est pas une date")) from None
    return moment


def _local(when: When) -> datetime:
    if isinstance(when, datetime):
        return when.replace(tzinfo=None)
    return datetime(when.year, when.month, when.day)


def _length(start: When, end: When, zone: tzinfo) -> timedelta:
    if isinstance(start, datetime):
        return instant_of(end, zone) - instant_of(start, zone)
    return _local(end) - _local(start)


def _plus(when: When, length: timedelta) -> When:
    if isinstance(when, datetime):
        return (when.astimezone(UTC) + length).astimezone(when.tzinfo)
    return when + length


def _at(when: When, clock: Clock) -> datetime:
    return instant_of(when, clock.floating)


def _day(when: When) -> str:
    return f"{when:%Y%m%d}"
