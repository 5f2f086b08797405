"""A schedule as it stands in its file, XML or JSON: texts, not yet understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.scheduling.importers.frab_times import Day


@dataclass(frozen=True)
class Room:
    """A room as it stands in one day, or in the list of them all."""

    name: str
    guid: str = ""
    capacity: int | None = None


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
    links: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return its name for ever in this source: its guid, else its id."""
        return self.guid.lower() or (f"id:{self.id}" if self.id else "")


@dataclass
class RawSchedule:
    """The whole file; `days` are its days, `rooms` all the rooms that it has, by guid and name.

    `generator` is the name of the program that wrote it, where it says so.
    """

    conference: Mapping[str, str] = field(default_factory=dict)
    generator: str = ""
    days: list[Day] = field(default_factory=list)
    rooms: dict[tuple[str, str], Room] = field(default_factory=dict)
    nameless_rooms: int = 0
    shared_guids: set[str] = field(default_factory=set)
    events: list[RawEvent] = field(default_factory=list)
    _beside: dict[tuple[str | int, str], str] = field(default_factory=dict)

    def add_room(self, room: Room, place: str | int) -> None:
        """Take a room that stands in `place`: a day, or a list.

        A guid that two rooms of one place have is in `shared_guids`: it names neither.
        """
        if not room.name:
            self.nameless_rooms += 1
            return
        self.rooms.setdefault((room.guid, room.name), room)
        if room.guid and self._beside.setdefault((place, room.guid), room.name) != room.name:
            self.shared_guids.add(room.guid)

    def key_of(self, room: Room) -> str:
        """Return a room's name for ever in this source: its guid, else its name.

        So a room of several days is one, also where it is renamed on the second.
        """
        return room.name if not room.guid or room.guid in self.shared_guids else room.guid
