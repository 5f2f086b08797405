"""Instants and time zones as files write them (ISO 8601, IANA names)."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from services.scheduling.importers.malformed import Malformed, quoted
from shared.i18n import lazy_gettext as _l

#: The years a session can be in; outside, a date is a slip of the pen.
YEARS = range(1970, 2200)


def read_moment(text: str) -> datetime | date:
    """Return the instant or the date that a text is. Raises `Malformed`."""
    try:
        if len(text) <= 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(_padded_offset(text))
    except ValueError:
        raise Malformed(_l("« %(text)s » n’est pas une date", text=quoted(text))) from None


def moment_or_none(text: str) -> datetime | date | None:
    """Return the instant or the date that a text is, or None."""
    try:
        return read_moment(text)
    except Malformed:
        return None


def read_date(text: str) -> date | None:
    """Return the date that a text begins with, or None."""
    moment = moment_or_none(text)
    return moment.date() if isinstance(moment, datetime) else moment


def in_utc(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return an instant in UTC; one without an offset is local to `zone`. Raises `Malformed`."""
    if moment.year not in YEARS:
        raise Malformed(_l("la date est de l’année %(year)s", year=moment.year))
    if moment.tzinfo is None:
        if zone is None:
            raise Malformed(_l("rien ne dit dans quel fuseau horaire est l’heure"))
        moment = check_exists(moment.replace(tzinfo=zone))
    return moment.astimezone(UTC)


def check_exists(moment: datetime) -> datetime:
    """Return a local time that clocks show; raises `Malformed` for one that they skip."""
    shown = moment.astimezone(UTC).astimezone(moment.tzinfo)
    if shown.replace(tzinfo=None, fold=0) != moment.replace(tzinfo=None, fold=0):
        raise Malformed(
            _l(
                "le %(day)s, l’heure change et il n’est jamais %(clock)s",
                day=f"{moment:%Y-%m-%d}",
                clock=f"{moment:%H:%M}",
            )
        )
    return moment


def has_other_offset(text: str, zone: tzinfo | None) -> bool:
    """Tell whether a moment is written with another offset from UTC than its zone has then.

    UTC itself is none: many systems write every instant so.
    """
    moment = moment_or_none(text)
    if zone is None or not isinstance(moment, datetime) or moment.year not in YEARS:
        return False
    return bool(moment.utcoffset()) and moment.utcoffset() != moment.astimezone(zone).utcoffset()


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
        for moment in map(moment_or_none, moments)
        if isinstance(moment, datetime) and moment.tzinfo
    }
    offset = found.pop() if len(found) == 1 else None
    if offset is None:
        return None
    hours, rest = divmod(offset.total_seconds(), 3600)
    name = "UTC" if not offset else f"Etc/GMT{-hours:+.0f}"
    return name if not rest and named_zone(name) else None


def _padded_offset(text: str) -> str:
    """Return the moment with two figures for the offset's hours, where there is only one."""
    return re.sub(r"([+-])(\d):(\d{2})$", r"\g<1>0\2:\3", text)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())
