"""Calendars judged by three unrelated readers, and by the rules that none of them checks."""

import re
from datetime import date, datetime

import icalendar
import vobject
from ical.calendar_stream import IcsCalendarStream
from ical.exceptions import CalendarParseError

from shared.testing import libical

_LONGEST_LINE = 75
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")


class InvalidCalendar(AssertionError):
    """A calendar that a reader refuses; `problems` has a sentence for each fault."""

    def __init__(self, problems: list[str], body: bytes) -> None:
        super().__init__("\n".join([*problems, "", body.decode(errors="backslashreplace")]))
        self.problems = problems


def assert_valid_calendar(body: bytes) -> None:
    """Raise `InvalidCalendar` unless libical, vobject, ical and RFC 5545's letter accept `body`."""
    problems = _line_problems(body)
    problems += [f"libical: {fault}" for fault in libical.faults(body)]
    problems += _vobject_problems(body)
    problems += _ical_problems(body)
    if not problems:
        problems = _component_problems(body)
    if problems:
        raise InvalidCalendar(problems, body)


def _line_problems(body: bytes) -> list[str]:
    """Return the faults of RFC 5545, section 3.1, which most readers forgive."""
    problems = [] if body.endswith(b"\r\n") else ["the last line does not end with CRLF"]
    for number, line in enumerate(body.removesuffix(b"\r\n").split(b"\r\n"), start=1):
        if len(line) > _LONGEST_LINE:
            problems.append(f"line {number} has {len(line)} octets")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            problems.append(f"line {number} is folded inside a character")
        else:
            if not text.strip():
                problems.append(f"line {number} is empty")
            if _CONTROL.search(text):
                problems.append(f"line {number} has a control character")
    return problems


def _vobject_problems(body: bytes) -> list[str]:
    try:
        for component in vobject.readComponents(body.decode(), validate=False):
            component.validate(raiseException=True)
    except (vobject.base.VObjectError, ValueError) as error:
        return [f"vobject: {error}"]
    return []


def _ical_problems(body: bytes) -> list[str]:
    try:
        IcsCalendarStream.from_ics(body.decode())
    except (CalendarParseError, ValueError) as error:
        return [f"ical: {error}"]
    return []


def _component_problems(body: bytes) -> list[str]:
    """Return the faults between properties that no reader reports."""
    calendar = icalendar.Calendar.from_ical(body)
    described = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    problems = [
        f"{zone} is described twice" for zone in set(described) if described.count(zone) > 1
    ]
    uids = [str(event["UID"]) for event in calendar.walk("VEVENT")]
    problems += [f"{uid} comes twice" for uid in set(uids) if uids.count(uid) > 1]
    for event in calendar.walk("VEVENT"):
        for name in ("DTSTART", "DTEND"):
            zone = event[name].params.get("TZID") if name in event else None
            if zone is not None and zone not in described:
                problems.append(f"{name} of {event['UID']} is in {zone}, which is not described")
        if "DTEND" in event and not _is_later(event.decoded("DTEND"), event.decoded("DTSTART")):
            problems.append(f"DTEND of {event['UID']} is not later than its DTSTART")
    return problems


def _is_later(end: date, start: date) -> bool:
    if isinstance(end, datetime) and isinstance(start, datetime):
        return end.timestamp() > start.timestamp()
    return type(end) is type(start) and end > start
