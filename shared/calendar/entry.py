"""One entry of a calendar, checked when it is made."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from shared.calendar.content_line import clean, mailto, uri
from shared.calendar.time_zone import named_zone

Status = Literal["CONFIRMED", "CANCELLED", "TENTATIVE"]
Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
#: A name and an e-mail address.
Person = tuple[str, str]

_STATUSES = get_args(Status)
_OWN_NAME = re.compile("X(-[A-Z0-9]+)+")
_YEARS = range(1900, 3000)
_LARGEST_SEQUENCE = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """What a calendar shows of one session.

    `starts_at`, `ends_at` and `changed_at` are aware; `time_zone` (IANA) is the zone they are
    shown in. `sequence` rises with every change of time, place or status, and `changed_at` is the
    time of the last change: it gives LAST-MODIFIED and DTSTAMP. An `all_day` entry is one span of
    whole local days, from the first to the last, that leaves its reader free (an exhibition).
    `transparent` entries, and cancelled ones, leave their reader free too. `alarms` are times
    before the start; a cancelled entry rings no more. `organizer` defaults to the calendar's.
    `extra` are texts under names of one's own (`X-…`, RFC 5545, section 3.8.8.2).

    Raises `ValueError`, with a sentence, when a value cannot be written in a calendar.
    """

    uid: str
    sequence: int
    summary: str
    description: str = ""
    location: str = ""
    url: str | None = None
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    status: Status = "CONFIRMED"
    changed_at: datetime
    latitude: float | None = None
    longitude: float | None = None
    all_day: bool = False
    transparent: bool = False
    categories: tuple[str, ...] = ()
    organizer: Person | None = None
    attendee: Person | None = None
    alarms: tuple[timedelta, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no calendar can carry."""
        _check_identity(self)
        _check_times(self)
        _check_place(self)
        if self.url is not None:
            uri(self.url)
        for person in (self.organizer, self.attendee):
            if person is not None:
                mailto(person[1])

    @property
    def leaves_free(self) -> bool:
        """Tell whether the entry takes none of its reader's time."""
        return self.transparent or self.all_day or self.status == "CANCELLED"


def _check_identity(entry: CalendarEntry) -> None:
    if not entry.uid.strip():
        raise ValueError("A calendar entry needs a UID.")
    if "\n" in entry.uid or clean(entry.uid) != entry.uid:
        raise ValueError(f"The UID {entry.uid!r} has a line end or a control character.")
    if not 0 <= entry.sequence <= _LARGEST_SEQUENCE:
        raise ValueError(f"The sequence {entry.sequence} must be between 0 and 2147483647.")
    if entry.status not in _STATUSES:
        raise ValueError(f"The status {entry.status!r} must be one of {', '.join(_STATUSES)}.")
    for name, _text in entry.extra:
        if not _OWN_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of one's own: X-, capitals and hyphens.")
    if not clean(entry.summary).strip():
        raise ValueError(f"The entry {entry.uid} has no summary.")


def _check_times(entry: CalendarEntry) -> None:
    named_zone(entry.time_zone)
    for name in ("starts_at", "ends_at", "changed_at"):
        moment: datetime = getattr(entry, name)
        if moment.utcoffset() is None:
            raise ValueError(f"{name} of {entry.uid} has no time zone.")
        if moment.year not in _YEARS:
            raise ValueError(f"{name} of {entry.uid} is outside the years 1900 to 2999.")
    # Subtracting across zones compares instants; within one zone Python compares wall clocks.
    if entry.ends_at.timestamp() < entry.starts_at.timestamp():
        raise ValueError(f"The entry {entry.uid} ends before it starts.")
    if any(alarm < timedelta() for alarm in entry.alarms):
        raise ValueError(f"An alarm of {entry.uid} comes after its start.")


def _check_place(entry: CalendarEntry) -> None:
    latitude, longitude = entry.latitude, entry.longitude
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        raise ValueError(f"The position of {entry.uid} needs a latitude and a longitude.")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"The position {latitude}, {longitude} of {entry.uid} is not on Earth.")
