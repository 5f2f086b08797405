"""What stands in schedule XML (frab, pentabarf, pretalx, wafer), as text, not yet understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.scheduling.importers.frab_times import Day
from services.scheduling.importers.plain_text import one_line
from services.scheduling.importers.safe_xml import (
    Document,
    Progress,
    local_name,
    open_document,
    walk,
)

_RECORDS = frozenset(("conference", "event"))


@dataclass(frozen=True)
class Room:
    """A room of one day; `key` is its guid, else its name, which rooms of other days share."""

    name: str
    key: str


@dataclass(frozen=True)
class RawEvent:
    """An event as it stands in the file; `room` is the element around it, if there is one."""

    line: int
    guid: str
    id: str
    day: Day
    room: Room | None
    texts: Mapping[str, str]
    persons: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return its name for ever in this source: its guid, else its id."""
        return self.guid.lower() or (f"id:{self.id}" if self.id else "")


@dataclass
class RawSchedule:
    """The whole file; `days` counts its days, `rooms` are those of all days, once each."""

    conference: Mapping[str, str] = field(default_factory=dict)
    days: list[Day] = field(default_factory=list)
    rooms: dict[str, Room] = field(default_factory=dict)
    nameless_rooms: int = 0
    events: list[RawEvent] = field(default_factory=list)


def read_schedule(path: Path, progress: Progress = lambda _done, _total: None) -> RawSchedule:
    """Read a file. Raises `ImportRefused` when it is not sound, or no schedule."""
    with open_document(path, progress) as document:
        return _Reader().read(document)


class _Reader:
    """Goes through the file once and remembers in which day and room it is."""

    def __init__(self) -> None:
        self._schedule = RawSchedule()
        self._day = Day()
        self._room: Room | None = None

    def read(self, document: Document) -> RawSchedule:
        for what, element in walk(document, "schedule", _RECORDS):
            name = local_name(element)
            if what == "record":
                self._take(name, element)
            elif name == "day":
                self._enter_day(element) if what == "start" else self._leave_day()
            elif name == "room":
                self._room = self._room_of(element) if what == "start" else None
        return self._schedule

    def _take(self, name: str, element: Any) -> None:
        if name == "conference":
            self._schedule.conference = self._schedule.conference or _texts(element)
        else:
            self._schedule.events.append(self._event(element))

    def _enter_day(self, element: Any) -> None:
        self._day = Day(_attribute(element, "date"), _attribute(element, "start"))
        self._schedule.days.append(self._day)

    def _leave_day(self) -> None:
        self._day = Day()

    def _room_of(self, element: Any) -> Room:
        name = one_line(_attribute(element, "name"))
        key = _attribute(element, "guid").lower() or name
        room = Room(name, key)
        if name:
            self._schedule.rooms.setdefault(key, room)
        else:
            self._schedule.nameless_rooms += 1
        return room

    def _event(self, element: Any) -> RawEvent:
        return RawEvent(
            line=element.sourceline or 0,
            guid=_attribute(element, "guid"),
            id=_attribute(element, "id"),
            day=self._day,
            room=self._room,
            texts=_texts(element),
            persons=_persons(element),
        )


def _attribute(element: Any, name: str) -> str:
    return str(element.get(name) or "").strip()


def _texts(element: Any) -> dict[str, str]:
    """Return the text of each child by its name; of two of one name, the first."""
    texts: dict[str, str] = {}
    for child in element.iterchildren(tag="*"):
        texts.setdefault(local_name(child), "".join(child.itertext()).strip())
    return texts


def _persons(element: Any) -> tuple[str, ...]:
    names = (
        one_line("".join(person.itertext()) or _attribute(person, "name"))
        for child in element.iterchildren(tag="*")
        if local_name(child) == "persons"
        for person in child.iterchildren(tag="*")
        if local_name(person) == "person"
    )
    return tuple(dict.fromkeys(name for name in names if name))
