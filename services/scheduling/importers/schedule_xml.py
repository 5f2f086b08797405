"""What stands in schedule XML (frab, pentabarf, pretalx, wafer), as text, not yet understood."""

from typing import Any

from services.scheduling.importers.frab_times import Day
from services.scheduling.importers.given_file import GivenFile, Progress
from services.scheduling.importers.plain_text import one_line
from services.scheduling.importers.raw_schedule import RawEvent, RawSchedule, Room
from services.scheduling.importers.safe_xml import Document, local_name, walk

_RECORDS = frozenset(("generator", "conference", "event"))


def read_schedule_xml(file: GivenFile, progress: Progress) -> RawSchedule:
    """Read a file. Raises `ImportRefused` when it is not sound, or no schedule."""
    return _Reader().read(Document(file, progress))


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
        if name == "generator":
            self._schedule.generator = self._schedule.generator or _attribute(element, "name")
        elif name == "conference":
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
        room = Room(name, _attribute(element, "guid").lower())
        self._schedule.add_room(room, len(self._schedule.days))
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
            links=_links(element),
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


def _links(element: Any) -> tuple[str, ...]:
    return tuple(
        _attribute(link, "href")
        for child in element.iterchildren(tag="*")
        if local_name(child) == "links"
        for link in child.iterchildren(tag="*")
    )
