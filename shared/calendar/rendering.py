"""Calendars, from entries to octets (RFC 5545, 5546 and 7986)."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import get_args

from shared.calendar.content_line import clean, duration, fold, text_value, uri
from shared.calendar.entry import CalendarEntry, Method, Person
from shared.calendar.event import write_event
from shared.calendar.time_zone import WITHOUT_DESCRIPTION, describe, named_zone

_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# A calendar without any component is not iCalendar: an empty one describes this zone.
_ZONE_OF_AN_EMPTY_CALENDAR = ("Europe/Paris", 2020, 2020)


class CalendarWriter:
    """Writes an iCalendar object as its entries come; the same input, the same octets.

    Of an entry only its octets are kept, so that a feed of ten thousand is read, written and
    forgotten one by one: that takes a third less time than keeping them until the end, when
    Python's garbage collector has to look through them all.

    `organizer` (name, e-mail) is the organizer of the entries that name none. `method` is
    `PUBLISH` for feeds and downloads, `REQUEST` and `CANCEL` for invitations by mail, which
    concern one UID, and None to say nothing.
    """

    def __init__(
        self,
        *,
        organizer: Person | None = None,
        method: Method | None = "PUBLISH",
        language: str = "fr",
    ) -> None:
        if method not in (None, *get_args(Method)):
            raise ValueError(f"The method {method!r} must be one of {', '.join(get_args(Method))}.")
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{language!r} is not a language tag.")
        self._organizer = organizer
        self._method = method
        self._language = language
        self._uids: set[str] = set()
        self._years: dict[str, tuple[int, int]] = {}
        self._events: list[bytes] = []

    def add(self, entry: CalendarEntry) -> None:
        """Write one more entry.

        Raises `ValueError`, with a sentence, for what the method does not allow (RFC 5546, 3.2).
        """
        if entry.uid in self._uids:
            raise ValueError("Two entries of a calendar have the same UID.")
        _check_method(entry, self._method, self._organizer or entry.organizer)
        self._uids.add(entry.uid)
        self._note_zone(entry)
        organizer = entry.organizer or self._organizer
        self._events.append(write_event(entry, organizer, self._language))

    def render(
        self,
        *,
        name: str,
        url: str | None = None,
        refresh: timedelta | None = None,
        description: str | None = None,
        time_zone: str | None = None,
    ) -> bytes:
        """Return the calendar with all that was added, in that order.

        `url` is the page that shows the same, and `refresh` how often subscribers should look
        again. `time_zone` (IANA) is the zone of the calendar as a whole, for those who read it:
        each time says its own.

        Raises `ValueError`, with a sentence, for what cannot be written.
        """
        if refresh is not None and refresh < timedelta(seconds=1):
            raise ValueError("A calendar cannot be refreshed more than once a second.")
        if not clean(name).strip():
            raise ValueError("A calendar needs a name.")
        if self._method in ("REQUEST", "CANCEL") and len(self._uids) != 1:
            raise ValueError(f"A {self._method} concerns one entry, not {len(self._uids)}.")
        language = self._language
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:-//Parvis//Parvis//{language.upper()}",
            "CALSCALE:GREGORIAN",
        ]
        if self._method is not None:
            lines.append(f"METHOD:{self._method}")
        lines += _about(name, description, url, refresh, language)
        if time_zone is not None:
            lines.append(f"X-WR-TIMEZONE:{named_zone(time_zone).key}")
        lines += self._time_zones()
        return b"\r\n".join([*map(fold, lines), *self._events, b"END:VCALENDAR\r\n"])

    def _note_zone(self, entry: CalendarEntry) -> None:
        """Remember the first and last year (UTC) for which the entry's zone is described."""
        if entry.all_day or entry.time_zone == WITHOUT_DESCRIPTION:
            return
        first, last = entry.starts_at.astimezone(UTC).year, entry.ends_at.astimezone(UTC).year
        known = self._years.get(entry.time_zone)
        if known is not None:
            first, last = min(first, known[0]), max(last, known[1])
        self._years[entry.time_zone] = first, last

    def _time_zones(self) -> list[str]:
        """Return a VTIMEZONE for every zone that a time of the entries is written in."""
        if not self._events:
            return list(describe(*_ZONE_OF_AN_EMPTY_CALENDAR))
        return [line for zone in sorted(self._years) for line in describe(zone, *self._years[zone])]


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
    """Return the entries, in their order, as an iCalendar object: see `CalendarWriter`.

    Raises `ValueError`, with a sentence, for what cannot be written.
    """
    writer = CalendarWriter(organizer=organizer, method=method, language=language)
    for entry in entries:
        writer.add(entry)
    return writer.render(
        name=name, url=url, refresh=refresh, description=description, time_zone=time_zone
    )


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
