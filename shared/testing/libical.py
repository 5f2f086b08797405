"""libical, the calendar library of GNOME and KDE, asked through its C interface."""

import ctypes
import ctypes.util
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

_EVENT = 4  # ICAL_VEVENT_COMPONENT in icalenums.h
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Time(ctypes.Structure):
    """`struct icaltimetype` of libical 3 (icaltime.h)."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


@cache
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(ctypes.util.find_library("ical") or "libical.so.3")
    except OSError as error:
        raise RuntimeError("libical is missing: install the package libical3.") from error
    component = ctypes.c_void_p
    for name, arguments, result in (
        ("icalparser_parse_string", [ctypes.c_char_p], component),
        ("icalcomponent_count_errors", [component], ctypes.c_int),
        ("icalrestriction_check", [component], ctypes.c_int),
        ("icalcomponent_as_ical_string", [component], ctypes.c_char_p),
        ("icalcomponent_get_first_component", [component, ctypes.c_int], component),
        ("icalcomponent_get_next_component", [component, ctypes.c_int], component),
        ("icalcomponent_get_uid", [component], ctypes.c_char_p),
        ("icalcomponent_get_dtstart", [component], _Time),
        ("icalcomponent_get_dtend", [component], _Time),
        ("icaltime_as_timet_with_zone", [_Time, ctypes.c_void_p], ctypes.c_long),
        ("icalcomponent_free", [component], None),
    ):
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = result
    return library


@contextmanager
def _parsed(body: bytes) -> Iterator[int | None]:
    component: int | None = _library().icalparser_parse_string(body)
    try:
        yield component
    finally:
        if component:
            _library().icalcomponent_free(component)


def faults(body: bytes) -> list[str]:
    """Return what libical finds wrong in a calendar: its syntax, then iTIP's restrictions."""
    with _parsed(body) as component:
        if not component:
            return ["it is not a calendar"]
        errors = _library().icalcomponent_count_errors(component)
        is_allowed = _library().icalrestriction_check(component)
        if not errors and is_allowed:
            return []
        written: bytes = _library().icalcomponent_as_ical_string(component)
        lines = written.decode(errors="replace").replace("\r\n ", "").splitlines()
        told = [line for line in lines if line.startswith("X-LIC-ERROR")]
        return told or [f"{errors} errors, allowed: {bool(is_allowed)}"]


def spans(body: bytes) -> dict[str, tuple[datetime, datetime]]:
    """Return the start and the end (UTC) of every entry by UID.

    Zones come from the calendar's own VTIMEZONEs where it has them.
    """
    library = _library()
    found = {}
    with _parsed(body) as component:
        event = library.icalcomponent_get_first_component(component, _EVENT)
        while event:
            found[library.icalcomponent_get_uid(event).decode()] = (
                _instant(library.icalcomponent_get_dtstart(event)),
                _instant(library.icalcomponent_get_dtend(event)),
            )
            event = library.icalcomponent_get_next_component(component, _EVENT)
    return found


def _instant(time: _Time) -> datetime:
    seconds: int = _library().icaltime_as_timet_with_zone(time, time.zone)
    return _EPOCH + timedelta(seconds=seconds)
