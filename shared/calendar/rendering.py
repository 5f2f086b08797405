"""Calendars, from entries to octets (RFC 5545, 5546 and 7986)."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import get_args

from shared.calendar.content_line import (
    clean,
    duration,
    fold,
    mailto,
    quoted,
    text_value,
    uri,
    utc_time,
)
from shared.calendar.entry import CalendarEntry, Method, Person
from shared.calendar.time_zone import WITHOUT_DESCRIPTION, describe, named_zone

_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# A calendar without any component is not iCalendar: an empty one describes this zone.
_ZONE_OF_AN_EMPTY_CALENDAR = ("Europe/Paris", 2020, 2020)


def render_calendar(
    entries: Iterable[CalendarEntry],
    *,
    name: str,
    url: str | None = None,
    organizer: Person | None = None,
    method: Method | None = "PUBLISH",
    refresh: timedelta | None = None,
    language: str = "fr",
    description: str | None = None,
    time_zone: str | None = None,
) -> bytes:
    """Return the entries, in their order, as an iCalendar object; the same input, the same octets.

    `organizer` (name, e-mail) is the organizer of the entries that name none, and `url` the page
    that shows the same. `refresh` is how often subscribers should look again. `method` is
    `PUBLISH` for feeds and downloads, `REQUEST` and `CANCEL` for invitations by mail, which
    concern one UID, and None to say nothing. `time_zone` (IANA) is the zone of the calendar as a
    whole, for those who read it: each time says its own.

    Raises `ValueError`, with a sentence, for what the method does not allow (RFC 5546, 3.2).
    """
    listed = list(entries)
    if method not in (None, *get_args(Method)):
        raise ValueError(f"The method {method!r} must be one of {', '.join(get_args(Method))}.")
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"{language!r} is not a language tag.")
    if refresh is not None and refresh < timedelta(seconds=1):
        raise ValueError("A calendar cannot be refreshed more than once a second.")
    if not clean(name).strip():
        raise ValueError("A calendar needs a name.")
    _check_uids(listed, method)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Parvis//Parvis//{language.upper()}",
        "CALSCALE:GREGORIAN",
    ]
    if method is not None:
        lines.append(f"METHOD:{method}")
    lines += _about(name, description, url, refresh, language)
    if time_zone is not None:
        lines.append(f"X-WR-TIMEZONE:{named_zone(time_zone).key}")
    lines += _time_zones(listed)
    for entry in listed:
        _check_method(entry, method, organizer or entry.organizer)
        lines += _event(entry, entry.organizer or organizer, language)
    lines.append("END:VCALENDAR\r\n")
    return b"\r\n".join(map(fold, lines))


def etag(body: bytes) -> str:
    """Return a strong entity tag of `body`, in its quotes (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def _about(
    name: str, description: str | None, url: str | None, refresh: timedelta | None, language: str
) -> list[str]:
    """Return what a calendar says of itself, in RFC 7986's words and in those of before it."""
    lines = [f"NAME;LANGUAGE={language}:{text_value(name)}", f"X-WR-CALNAME:{text_value(name)}"]
    if description and (text := text_value(description)):
        lines += [f"DESCRIPTION;LANGUAGE={language}:{text}", f"X-WR-CALDESC:{text}"]
    if url is not None:
        lines.append(f"URL:{uri(url)}")
    if refresh is not None:
        length = duration(refresh)
        lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{length}", f"X-PUBLISHED-TTL:{length}"]
    return lines


def _check_uids(entries: Sequence[CalendarEntry], method: Method | None) -> None:
    uids = {entry.uid for entry in entries}
    if len(uids) < len(entries):
        raise ValueError("Two entries of a calendar have the same UID.")
    if method in ("REQUEST", "CANCEL") and len(uids) != 1:
        raise ValueError(f"A {method} concerns one entry, not {len(uids)}.")


def _check_method(entry: CalendarEntry, method: Method | None, organizer: Person | None) -> None:
    if organizer is None and (method is not None or entry.attendee is not None):
        raise ValueError(f"The entry {entry.uid} needs an organizer.")
    if method == "PUBLISH" and entry.attendee is not None:
        raise ValueError(f"The entry {entry.uid} is published and cannot have an attendee.")
    if method == "REQUEST" and entry.attendee is None:
        raise ValueError(f"The entry {entry.uid} is a request and needs an attendee.")
    if method == "REQUEST" and entry.status == "CANCELLED":
        raise ValueError(f"The entry {entry.uid} is cancelled: send a CANCEL, not a REQUEST.")
    if method == "CANCEL" and entry.status != "CANCELLED":
        raise ValueError(f"The entry {entry.uid} is not cancelled and cannot be sent as a CANCEL.")


def _time_zones(entries: Sequence[CalendarEntry]) -> list[str]:
    """Return a VTIMEZONE for every zone that a time of the entries is written in."""
    years: dict[str, list[int]] = {}
    for entry in entries:
        if not entry.all_day and entry.time_zone != WITHOUT_DESCRIPTION:
            known = years.setdefault(entry.time_zone, [])
            known += (entry.starts_at.astimezone(UTC).year, entry.ends_at.astimezone(UTC).year)
    lines: list[str] = []
    for zone in sorted(years):
        lines += describe(zone, min(years[zone]), max(years[zone]))
    if not entries:
        lines += describe(*_ZONE_OF_AN_EMPTY_CALENDAR)
    return lines


def _event(entry: CalendarEntry, organizer: Person | None, language: str) -> list[str]:
    changed = utc_time(entry.changed_at)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{text_value(entry.uid)}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{entry.sequence}",
        *_span(entry),
        f"SUMMARY;LANGUAGE={language}:{text_value(entry.summary)}",
    ]
    # An empty property is one that libical, and others, report as a fault.
    if text := text_value(entry.description):
        lines.append(f"DESCRIPTION;LANGUAGE={language}:{text}")
    if text := text_value(entry.location):
        lines.append(f"LOCATION:{text}")
    if entry.latitude is not None and entry.longitude is not None:
        lines.append(f"GEO:{entry.latitude:.6f};{entry.longitude:.6f}")
    if categories := [text for item in entry.categories if (text := text_value(item))]:
        lines.append("CATEGORIES:" + ",".join(categories))
    if entry.url is not None:
        lines.append(f"URL:{uri(entry.url)}")
    if organizer is not None:
        lines.append(_organizer(organizer))
    if entry.attendee is not None:
        lines.append(_attendee(entry, entry.attendee))
    lines.append(f"STATUS:{entry.status}")
    lines.append("TRANSP:TRANSPARENT" if entry.leaves_free else "TRANSP:OPAQUE")
    lines += [f"{own}:{text}" for own, value in entry.extra if (text := text_value(value))]
    if entry.status != "CANCELLED":
        for alarm in entry.alarms:
            lines += _alarm(alarm, entry.summary)
    lines.append("END:VEVENT")
    return lines


def _span(entry: CalendarEntry) -> list[str]:
    """Return DTSTART and, unless the entry lasts no time, DTEND: it must come later."""
    zone = named_zone(entry.time_zone)
    starts = entry.starts_at.astimezone(zone).replace(microsecond=0)
    ends = entry.ends_at.astimezone(zone).replace(microsecond=0)
    if entry.all_day:
        # Whoever closes at midnight is not open on the day that begins then.
        last_day = max(starts.date(), (ends - timedelta(microseconds=1)).date())
        return [
            f"DTSTART;VALUE=DATE:{starts:%Y%m%d}",
            f"DTEND;VALUE=DATE:{last_day + timedelta(days=1):%Y%m%d}",
        ]
    start, end = _time(starts, entry.time_zone), _time(ends, entry.time_zone)
    return [f"DTSTART{start}"] if start == end else [f"DTSTART{start}", f"DTEND{end}"]


def _time(moment: datetime, zone: str) -> str:
    """Return the parameters and value of a local time.

    When clocks go back an hour comes twice. There a local time means the first (RFC 5545, section
    3.3.5), but libical 3 takes the second: UTC is what all readers understand.
    """
    comes_twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    if zone == WITHOUT_DESCRIPTION or comes_twice:
        return f":{utc_time(moment)}"
    return f";TZID={zone}:{moment:%Y%m%dT%H%M%S}"


@lru_cache(maxsize=1024)
def _organizer(organizer: Person) -> str:
    return f"ORGANIZER;CN={quoted(organizer[0])}:{mailto(organizer[1])}"


def _attendee(entry: CalendarEntry, attendee: Person) -> str:
    answer = {"CONFIRMED": ";PARTSTAT=ACCEPTED", "TENTATIVE": ";PARTSTAT=TENTATIVE"}
    return (
        f"ATTENDEE;CN={quoted(attendee[0])};ROLE=REQ-PARTICIPANT"
        f"{answer.get(entry.status, '')};RSVP=FALSE:{mailto(attendee[1])}"
    )


def _alarm(before: timedelta, summary: str) -> list[str]:
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{text_value(summary)}",
        f"TRIGGER:{duration(-before)}",
        "END:VALARM",
    ]
