"""VEVENT: one entry as octets, its lines folded (RFC 5545, section 3.6.1)."""

from datetime import datetime, timedelta
from functools import lru_cache

from shared.calendar.content_line import (
    compact,
    duration,
    fold,
    mailto,
    quoted,
    text_value,
    uri,
    utc_time,
)
from shared.calendar.entry import CalendarEntry, Person
from shared.calendar.time_zone import WITHOUT_DESCRIPTION, named_zone


def write_event(entry: CalendarEntry, organizer: Person | None, language: str) -> bytes:
    """Return an entry's VEVENT, without the line end after its last line.

    A feed writes thousands: lines that are short whatever they say are not asked for their length.
    """
    changed = utc_time(entry.changed_at)
    times = f"DTSTAMP:{changed}\r\nLAST-MODIFIED:{changed}\r\nSEQUENCE:{entry.sequence}"
    summary = text_value(entry.summary)
    lines = [
        b"BEGIN:VEVENT",
        fold(f"UID:{text_value(entry.uid)}"),
        times.encode(),
        *_span(entry),
        fold(f"SUMMARY;LANGUAGE={language}:{summary}"),
    ]
    # An empty property is one that libical, and others, report as a fault.
    if text := text_value(entry.description):
        lines.append(fold(f"DESCRIPTION;LANGUAGE={language}:{text}"))
    if text := text_value(entry.location):
        lines.append(fold(f"LOCATION:{text}"))
    if entry.latitude is not None and entry.longitude is not None:
        lines.append(f"GEO:{entry.latitude:.6f};{entry.longitude:.6f}".encode())
    if categories := [text for item in entry.categories if (text := text_value(item))]:
        lines.append(fold("CATEGORIES:" + ",".join(categories)))
    if entry.url is not None:
        lines.append(fold(f"URL:{uri(entry.url)}"))
    if organizer is not None:
        lines.append(_organizer(organizer))
    if entry.attendee is not None:
        lines.append(_attendee(entry, entry.attendee))
    transparency = "TRANSPARENT" if entry.leaves_free else "OPAQUE"
    lines.append(f"STATUS:{entry.status}\r\nTRANSP:{transparency}".encode())
    lines += [fold(f"{own}:{text}") for own, value in entry.extra if (text := text_value(value))]
    if entry.status != "CANCELLED":
        for alarm in entry.alarms:
            lines += _alarm(alarm, summary)
    lines.append(b"END:VEVENT")
    return b"\r\n".join(lines)


def _span(entry: CalendarEntry) -> list[bytes]:
    """Return DTSTART and, unless the entry lasts no time, DTEND: it must come later."""
    zone = named_zone(entry.time_zone)
    starts = entry.starts_at.astimezone(zone).replace(microsecond=0)
    ends = entry.ends_at.astimezone(zone).replace(microsecond=0)
    if entry.all_day:
        # Whoever closes at midnight is not open on the day that begins then.
        last_day = max(starts.date(), (ends - timedelta(microseconds=1)).date())
        after = last_day + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{starts:%Y%m%d}\r\nDTEND;VALUE=DATE:{after:%Y%m%d}".encode()]
    start, end = _time(starts, entry.time_zone), _time(ends, entry.time_zone)
    lines = [f"DTSTART{start}"] if start == end else [f"DTSTART{start}", f"DTEND{end}"]
    return list(map(fold, lines))


def _time(moment: datetime, zone: str) -> str:
    """Return the parameters and value of a local time.

    When clocks go back an hour comes twice. There a local time means the first (RFC 5545, section
    3.3.5), but libical 3 takes the second: UTC is what all readers understand.
    """
    comes_twice = moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
    if zone == WITHOUT_DESCRIPTION or comes_twice:
        return f":{utc_time(moment)}"
    return f";TZID={zone}:{compact(moment)}"


@lru_cache(maxsize=1024)
def _organizer(organizer: Person) -> bytes:
    return fold(f"ORGANIZER;CN={quoted(organizer[0])}:{mailto(organizer[1])}")


def _attendee(entry: CalendarEntry, attendee: Person) -> bytes:
    answer = {"CONFIRMED": ";PARTSTAT=ACCEPTED", "TENTATIVE": ";PARTSTAT=TENTATIVE"}
    return fold(
        f"ATTENDEE;CN={quoted(attendee[0])};ROLE=REQ-PARTICIPANT"
        f"{answer.get(entry.status, '')};RSVP=FALSE:{mailto(attendee[1])}"
    )


def _alarm(before: timedelta, summary: str) -> list[bytes]:
    lines = (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{summary}",
        f"TRIGGER:{duration(-before)}",
        "END:VALARM",
    )
    return list(map(fold, lines))
