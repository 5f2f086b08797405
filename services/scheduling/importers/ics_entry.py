"""One VEVENT, as it stands in its file: its texts, its times, and what it repeats."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Event
from icalendar.prop import vBroken

from services.scheduling.importers.ics_zones import Zones
from services.scheduling.importers.malformed import LONGEST_KEY, Malformed, quoted
from services.scheduling.importers.moments import check_exists, in_utc
from services.scheduling.importers.plain_text import one_line
from services.scheduling.importers.safe_ics import Block
from shared.i18n import lazy_gettext as _l

#: When something is: an aware instant in the zone it was written in, or a whole day.
When = datetime | date

_PRIVATE = ("PRIVATE", "CONFIDENTIAL")


@dataclass(frozen=True)
class Clock:
    """What times are read with: the zones of the calendar, and the one of times without any."""

    zones: Zones
    floating: tzinfo

    def read(self, value: date, parameters: Mapping[str, Any]) -> When:
        """Return when a value is. Raises `Malformed`."""
        if not isinstance(value, datetime):
            in_utc(datetime(value.year, value.month, value.day), UTC)
            return value
        name = parameters.get("TZID")
        if value.tzinfo is not None and str(value.tzinfo) == "UTC":
            when = value.astimezone(UTC)
        else:
            zone = self.zones.find(str(name)) if name else self.floating
            if zone is None:
                raise Malformed(
                    _l("le fuseau horaire « %(zone)s » est inconnu", zone=quoted(str(name)))
                )
            when = check_exists(value.replace(tzinfo=zone))
        in_utc(when, None)
        return when


class Entry:
    """One VEVENT. Its times are read when they are asked for, and raise `Malformed`."""

    def __init__(self, block: Block) -> None:
        self.line = block.line
        self._lines = block.lines
        try:
            self._event: Any = Event.from_ical(block.text())
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
            self._event = {}
        self.uid = one_line(self.text("UID"))[: LONGEST_KEY + 1]

    def text(self, name: str) -> str:
        """Return a text; of several of one name, the first."""
        return str(next(self._all(name), ""))

    def language(self, name: str) -> str:
        """Return the language that a text says it is in."""
        return str(self._parameters(name).get("LANGUAGE", "")).lower()

    @property
    def is_private(self) -> bool:
        """Tell whether it is not for everybody."""
        return self.text("CLASS").strip().upper() in _PRIVATE

    @property
    def category(self) -> str | None:
        """Return its first category."""
        for found in self._all("CATEGORIES"):
            words = (one_line(str(word)) for word in getattr(found, "cats", ()))
            if word := next((word for word in words if word), ""):
                return word[:200]
        return None

    @property
    def organiser(self) -> tuple[str, str | None] | None:
        """Return the name and the address of who organises it, if it has a name."""
        name = one_line(str(self._parameters("ORGANIZER").get("CN", "")))[:300]
        address = re.sub(r"(?i)^mailto:", "", self.text("ORGANIZER").strip())
        is_mail = re.fullmatch(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}", address)
        if not name or "@" in name:
            return None
        return name, address if is_mail else None

    @property
    def position(self) -> tuple[float, float] | None:
        """Return its latitude and longitude in degrees."""
        found = next(self._all("GEO"), None)
        latitude, longitude = getattr(found, "latitude", None), getattr(found, "longitude", None)
        if latitude is None or longitude is None:
            return None
        if not (abs(latitude) <= 90 and abs(longitude) <= 180) or not (latitude or longitude):
            return None
        return float(latitude), float(longitude)

    def starts(self, clock: Clock) -> When:
        """Return when it starts."""
        return self._when("DTSTART", clock) or _no_start()

    def ends(self, clock: Clock) -> When:
        """Return when it ends: the day after its last one if it has no hours (RFC 5545, 3.6.1)."""
        start = self.starts(clock)
        end = self._when("DTEND", clock)
        if end is None:
            end = _after(start, self._duration())
        if isinstance(end, datetime) != isinstance(start, datetime):
            raise Malformed(_l("le début et la fin ne sont pas de même sorte"))
        if _instant(end) <= _instant(start):
            raise Malformed(_l("la fin n’est pas après le début"))
        return end

    def recurrence(self, clock: Clock) -> When | None:
        """Return which date of its series it replaces, if it replaces one."""
        if "RANGE" in self._parameters("RECURRENCE-ID"):
            raise Malformed(_l("il change aussi les dates suivantes de sa série (RANGE)"))
        return self._when("RECURRENCE-ID", clock)

    @property
    def replaces_one(self) -> bool:
        """Tell whether it replaces a date of a series."""
        return next(self._all("RECURRENCE-ID"), None) is not None

    @property
    def rule(self) -> str | None:
        """Return its rule as it is written, if it has one."""
        rules = [line for line in self._lines if re.match(r"(RRULE|EXRULE)[:;]", line, re.I)]
        if len(rules) > 1 or any(line.upper().startswith("EX") for line in rules):
            raise Malformed(_l("la répétition a plusieurs règles"))
        return rules[0].partition(":")[2].strip() if rules else None

    @property
    def has_rule(self) -> bool:
        """Tell whether it repeats, or is said to."""
        return any(re.match(r"(RRULE|EXRULE|RDATE)[:;]", line, re.I) for line in self._lines)

    def added(self, clock: Clock) -> Iterator[tuple[When, When | None]]:
        """Give the dates that are added to its rule, with their own ends where they have them."""
        for value, parameters in self._listed("RDATE"):
            if isinstance(value, tuple):
                begin = clock.read(value[0], parameters)
                yield begin, _period_end(begin, value[1], clock, parameters)
            else:
                yield clock.read(value, parameters), None

    def removed(self, clock: Clock) -> Iterator[When]:
        """Give the dates that are taken out of its series."""
        for value, parameters in self._listed("EXDATE"):
            if not isinstance(value, tuple):
                yield clock.read(value, parameters)

    def zone_name(self, zones: Zones) -> str | None:
        """Return the IANA name of the zone that it starts in, if it names one."""
        name = self._parameters("DTSTART").get("TZID")
        return zones.iana_name(str(name)) if name else None

    @property
    def is_in_utc(self) -> bool:
        """Tell whether its start is written as an instant in UTC."""
        value = getattr(next(self._all("DTSTART"), None), "dt", None)
        return isinstance(value, datetime) and str(value.tzinfo) == "UTC"

    def _when(self, name: str, clock: Clock) -> When | None:
        found = next(self._all(name), None)
        if found is None:
            if self._stated(name):
                raise Malformed(_l("%(name)s n’est pas lisible", name=name))
            return None
        value = getattr(found, "dt", None)
        if not isinstance(value, date):
            raise Malformed(_l("%(name)s n’est pas une date", name=name))
        return clock.read(value, self._parameters(name))

    def _duration(self) -> timedelta | None:
        found = next(self._all("DURATION"), None)
        value = getattr(found, "dt", None)
        if value is None and self._stated("DURATION"):
            raise Malformed(_l("%(name)s n’est pas lisible", name="DURATION"))
        return value if isinstance(value, timedelta) else None

    def _listed(self, name: str) -> Iterator[tuple[Any, Mapping[str, Any]]]:
        for found in self._readable(name):
            for item in getattr(found, "dts", ()):
                first = item.dt[0] if isinstance(item.dt, tuple) else item.dt
                if not isinstance(first, date):
                    raise Malformed(_l("%(name)s n’est pas une date", name=name))
                yield item.dt, getattr(found, "params", {}) or item.params

    def _all(self, name: str) -> Iterator[Any]:
        """Give the values of a name that could be read."""
        value = self._event.get(name)
        values = value if isinstance(value, list) else [] if value is None else [value]
        return (found for found in values if not isinstance(found, vBroken))

    def _readable(self, name: str) -> Iterator[Any]:
        """Give the values of a name. Raises `Malformed` when one of them cannot be read."""
        found = list(self._all(name))
        value = self._event.get(name, [])
        if len(found) < (len(value) if isinstance(value, list) else 1):
            raise Malformed(_l("%(name)s n’est pas lisible", name=name))
        return iter(found)

    def _stated(self, name: str) -> bool:
        return name in self._event

    def _parameters(self, name: str) -> Mapping[str, Any]:
        parameters = getattr(next(self._all(name), None), "params", None)
        return parameters if isinstance(parameters, Mapping) else {}


def instant_of(when: When, zone: tzinfo) -> datetime:
    """Return the instant at which something is; a whole day begins at midnight in `zone`."""
    if isinstance(when, datetime):
        return when.astimezone(UTC)
    return datetime(when.year, when.month, when.day, tzinfo=zone).astimezone(UTC)


def _instant(when: When) -> datetime:
    return instant_of(when, UTC)


def _after(start: When, duration: timedelta | None) -> When:
    if isinstance(start, datetime):
        if duration is None:
            raise Malformed(_l("pas de fin"))
        local = start.replace(tzinfo=None) + timedelta(days=duration.days)
        rest = timedelta(seconds=duration.seconds)
        return (local.replace(tzinfo=start.tzinfo).astimezone(UTC) + rest).astimezone(start.tzinfo)
    return start + max(
        timedelta(days=1), timedelta(days=duration.days) if duration else timedelta()
    )


def _period_end(begin: When, end: Any, clock: Clock, parameters: Mapping[str, Any]) -> When | None:
    if isinstance(end, timedelta):
        return _after(begin, end)
    return clock.read(end, parameters) if isinstance(end, date) else None


def _no_start() -> When:
    raise Malformed(_l("pas d’heure de début"))
