"""An edition as schedule XML and JSON have it: days, in them rooms, in them events.

What these formats cannot say is left out here, and counted: they know neither cancelled sessions
nor periods. An exhibition is an event on each day of the edition on which it is open.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.exhibition_days import open_days, opening_id
from services.scheduling.domain.importing.marks import one_line
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    Programme,
    SessionRecord,
)
from services.scheduling.exporters.cleaning import (
    UNTITLED,
    cleaned_activity,
    cleaned_venue,
    names_of,
)
from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.marking import activity_mark, session_mark
from services.scheduling.importers.own_schedule import ACTIVITY_STATES, SESSION_STATES
from services.scheduling.importers.plain_text import web_address
from shared.text import fold

#: When a day of a schedule begins: what begins earlier belongs to the evening before.
DAY_CHANGE = time(4)
#: The longest event that schedule XML can say.
_LONGEST = timedelta(hours=99, minutes=59)


@dataclass(frozen=True)
class Room:
    """A room: a space, or a venue where no space is named."""

    guid: str
    name: str


@dataclass(frozen=True)
class Event:
    """One event; `number` is its id within the file, the times are local to the edition."""

    guid: str
    number: int
    session_id: str
    room: Room
    starts_at: datetime
    ends_at: datetime
    activity: ActivityRecord
    mark: str
    is_english: bool

    @property
    def slug(self) -> str:
        """Return the title as an address has it; with the number before it, no other has it."""
        words = re.findall(r"[a-z0-9]+", fold(self.activity.title_fr))
        return "-".join((f"{self.number:010d}", *words))[:80].rstrip("-")


@dataclass(frozen=True)
class Day:
    """One day: from the change of the day to the next one, with its rooms that have events."""

    date: date
    starts_at: datetime
    ends_at: datetime
    rooms: tuple[tuple[Room, tuple[Event, ...]], ...]


@dataclass(frozen=True)
class Timetable:
    """The whole edition; `left_out` counts sessions that the format cannot say."""

    edition: EditionRecord
    acronym: str
    days: tuple[Day, ...]
    rooms: tuple[Room, ...]
    tracks: tuple[str, ...]
    left_out: int


def timetable_of(programme: Programme) -> Timetable:
    """Return the timetable of a programme whose records are named by their ids."""
    zone = ZoneInfo(programme.edition.time_zone)
    rooms = _rooms(programme)
    activities = {record.source_id: cleaned_activity(record) for record in programme.activities}
    sessions = [record for record in programme.sessions if record.status != "cancelled"]
    occurrences = [found for record in sessions for found in _occurrences(record, programme)]
    numbers = _numbers(guid for guid, _ in occurrences)
    events = [
        _event(guid, numbers[guid], record, activities, rooms, zone) for guid, record in occurrences
    ]
    events.sort(key=lambda event: (event.starts_at, event.guid))
    said = {event.session_id for event in events}
    used = dict.fromkeys(event.room for event in events)
    tracks = dict.fromkeys(event.activity.theme or "" for event in events)
    return Timetable(
        edition=programme.edition,
        acronym=acronym_of(programme.edition.slug),
        days=_days(programme.edition, events, zone),
        rooms=tuple(sorted(used, key=lambda room: (room.name, room.guid))),
        tracks=tuple(sorted(track for track in tracks if track)),
        left_out=len(programme.sessions) - len(said),
    )


def not_in_schedules(source: Extract) -> int:
    """Return how many sessions schedules cannot say: cancelled, without hours, for days on end."""
    return timetable_of(source.programme).left_out


def acronym_of(slug: str) -> str:
    """Return the slug in the few signs that both formats allow: at least four, without a hyphen."""
    return slug.replace("-", "_").ljust(4, "_")


def _occurrences(
    record: SessionRecord, programme: Programme
) -> Iterator[tuple[str, SessionRecord]]:
    """Give a session's guid and itself; an exhibition's openings in the days of the edition."""
    edition = programme.edition
    if record.kind != "exhibition":
        if timedelta() < record.ends_at - record.starts_at <= _LONGEST:
            yield record.source_id, record
        return
    venues = {venue.source_id: venue.time_zone for venue in programme.venues}
    hours = [vars(opening) for opening in record.weekly_hours]
    closures = [day.isoformat() for day in record.closures]
    zone = venues.get(record.venue) or edition.time_zone
    for opening in open_days(record.starts_at, record.ends_at, hours, closures, zone):
        if edition.starts_on <= opening.day <= edition.ends_on:
            guid = str(opening_id(UUID(record.source_id), opening))
            yield guid, replace(record, starts_at=opening.starts_at, ends_at=opening.ends_at)


def _event(
    guid: str,
    number: int,
    record: SessionRecord,
    activities: dict[str, ActivityRecord],
    rooms: dict[str, Room],
    zone: ZoneInfo,
) -> Event:
    activity = activities[record.activity]
    is_english = bool(activity.title_en) and activity.title_en == activity.title_fr
    ids = dict(zip(activity.presenters, activity.presenter_ids, strict=True))
    present = names_of(record.presenters) or activity.presenters
    said = replace(
        activity,
        presenters=present,
        presenter_ids=tuple(ids.get(name, "") for name in present),
        link=web_address(activity.link or ""),
    )
    marks = (session_mark(record, SESSION_STATES), activity_mark(said, ACTIVITY_STATES))
    return Event(
        guid=guid,
        number=number,
        session_id=record.source_id,
        room=rooms[record.space or record.venue],
        starts_at=record.starts_at.astimezone(zone).replace(microsecond=0),
        ends_at=record.ends_at.astimezone(zone).replace(microsecond=0),
        activity=said,
        mark=".".join(marks),
        is_english=is_english,
    )


def _rooms(programme: Programme) -> dict[str, Room]:
    """Return the rooms by the ids of spaces and venues; no two of them have one name."""
    venues = {venue.source_id: cleaned_venue(venue).name for venue in programme.venues}
    named: dict[str, str] = dict(venues)
    for space in programme.spaces:
        name = one_line(space.name) or UNTITLED
        named[space.source_id] = (
            name if len(venues) == 1 else f"{name}, {venues.get(space.venue, '')}"
        )
    alike: dict[str, list[str]] = defaultdict(list)
    for key, name in named.items():
        alike[name].append(key)
    rooms = {}
    for name, keys in alike.items():
        for place, key in enumerate(sorted(keys)):
            rooms[key] = Room(key, name if place == 0 else f"{name} ({place + 1})")
    return rooms


def _numbers(guids: Iterator[str]) -> dict[str, int]:
    """Return a number of 31 bits for each guid: the same in every export, unless two collide."""
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    for guid in sorted(guids):
        digest = hashlib.blake2b(guid.encode(), digest_size=4).digest()
        number = int.from_bytes(digest) % (2**31 - 2) + 1
        while number in taken:
            number = number % (2**31 - 2) + 1
        taken.add(number)
        numbers[guid] = number
    return numbers


def _days(edition: EditionRecord, events: list[Event], zone: ZoneInfo) -> tuple[Day, ...]:
    """Return the days on which something begins; the first of the edition where nothing does."""
    found: dict[date, dict[Room, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        found[_day_of(event.starts_at)][event.room].append(event)
    if not found:
        found[edition.starts_on] = {}
    return tuple(
        Day(
            day,
            _change_of(day, zone),
            _change_of(day + timedelta(days=1), zone) - timedelta(minutes=1),
            tuple((room, tuple(rooms[room])) for room in sorted(rooms, key=lambda room: room.name)),
        )
        for day, rooms in sorted(found.items())
    )


def _day_of(local: datetime) -> date:
    return local.date() - timedelta(days=local.time() < DAY_CHANGE)


def _change_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, DAY_CHANGE, zone)
