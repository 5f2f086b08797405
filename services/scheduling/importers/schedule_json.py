"""What stands in schedule JSON (pretalx, frab, c3voc), as text, not yet understood.

The format: https://c3voc.de/schedule/schema.json. What is of another type than it says is as if it
were not there.
"""

from collections.abc import Mapping
from typing import Any

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers.frab_times import Day
from services.scheduling.importers.given_file import GivenFile, Progress
from services.scheduling.importers.plain_text import one_line
from services.scheduling.importers.raw_schedule import RawEvent, RawSchedule, Room
from services.scheduling.importers.safe_json import Steps, walk
from shared.i18n import lazy_gettext as _l

#: What leads to an event, a star being any name or place.
_EVENT = ("schedule", "conference", "days", "*", "rooms", "*", "*")
_LARGEST_CAPACITY = 1_000_000


def read_schedule_json(file: GivenFile, progress: Progress) -> RawSchedule:
    """Read a file. Raises `ImportRefused` when it is not sound, or no schedule."""
    return _Reader().read(file, progress)


class _Reader:
    """Collects what a file says; its days and rooms may stand after their events."""

    def __init__(self) -> None:
        self._conference: dict[str, str] = {}
        self._generator = ""
        self._days: dict[str | int, dict[str, Any]] = {}
        self._rooms: list[Mapping[str, Any]] = []
        self._events: list[tuple[Steps, int, Any]] = []

    def read(self, file: GivenFile, progress: Progress) -> RawSchedule:
        is_schedule = False
        for path, line, value in walk(file, progress, _leads_to_events):
            is_schedule = is_schedule or path[:1] == ("schedule",)
            if len(path) == len(_EVENT):
                self._events.append((path, line, value))
            elif len(path) == 5:
                self._days.setdefault(path[3], {})[str(path[4])] = value
            elif path == ("generator",) and isinstance(value, Mapping):
                self._generator = _text(value.get("name"))
            elif len(path) == 3:
                self._take(str(path[2]), value)
        if not is_schedule:
            raise ImportRefused(_l("%(name)s est du JSON, mais pas un programme.", name=file.name))
        return self._schedule()

    def _take(self, name: str, value: Any) -> None:
        if name == "rooms" and isinstance(value, list):
            self._rooms = [room for room in value if isinstance(room, Mapping)]
        else:
            self._conference[name] = _text(value)

    def _schedule(self) -> RawSchedule:
        schedule = RawSchedule(conference=self._conference, generator=self._generator)
        days = {
            place: Day(_text(found.get("date")), _text(found.get("day_start")))
            for place, found in self._days.items()
        }
        schedule.days = list(days.values())
        rooms: dict[str, Room] = {}
        for found in self._rooms:
            name = one_line(_text(found.get("name")))
            room = Room(name, _guid(found), _capacity(found.get("capacity")))
            schedule.add_room(room, "rooms")
            rooms.setdefault(name, room)
        for path, line, value in self._events:
            name = one_line(str(path[5]))
            if name not in rooms:
                rooms[name] = Room(name)
                schedule.add_room(rooms[name], "rooms")
            schedule.events.append(_event(value, line, days.get(path[3], Day()), rooms[name]))
        return schedule


def _leads_to_events(path: Steps) -> bool:
    return len(path) < len(_EVENT) and all(
        wanted in ("*", found) for wanted, found in zip(_EVENT, path, strict=False)
    )


def _event(value: Any, line: int, day: Day, room: Room) -> RawEvent:
    found = value if isinstance(value, Mapping) else {}
    return RawEvent(
        line=line,
        guid=_guid(found),
        id=one_line(_text(found.get("id"))),
        day=day,
        room=room,
        texts={name: _text(text) for name, text in found.items()},
        persons=_persons(found.get("persons")),
        links=_links(found.get("links")),
    )


def _persons(value: Any) -> tuple[str, ...]:
    people = value if isinstance(value, list) else []
    names = (
        one_line(_text(person.get("public_name")) or _text(person.get("name")))
        for person in people
        if isinstance(person, Mapping)
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _links(value: Any) -> tuple[str, ...]:
    links = value if isinstance(value, list) else []
    return tuple(_text(link.get("url")) for link in links if isinstance(link, Mapping))


def _text(value: Any) -> str:
    """Return a text or a number as text; nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def _guid(found: Mapping[str, Any]) -> str:
    return one_line(_text(found.get("guid"))).lower()


def _capacity(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value <= _LARGEST_CAPACITY else None
