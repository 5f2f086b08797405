"""The activities, venues, rooms and organisations that the rows of a spreadsheet speak of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from services.scheduling.domain.editing.fields import REQUIRED
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.importers.malformed import LONGEST_KEY
from services.scheduling.importers.sheet_columns import BY_KEY
from services.scheduling.importers.sheet_rows import KEPT, SheetRow
from services.scheduling.importers.sheet_says import row_mark
from services.scheduling.importers.sheet_things import Thing, Things
from services.scheduling.importers.sheet_times import read_minutes
from services.scheduling.importers.sheet_values import (
    read_ages,
    read_choice,
    read_choices,
    read_code,
    read_degrees,
    read_email,
    read_insee,
    read_line,
    read_link,
    read_name,
    read_names,
    read_paragraphs,
    read_text,
    read_whole,
)
from services.scheduling.importers.sheet_words import (
    ACCESSIBILITY,
    AUDIENCE,
    SCHOOL_LEVELS,
    read_languages,
)
from services.scheduling.importers.sheet_zones import read_zone
from shared.text import fold

#: How each cell of an activity is read, by the key of its column.
_ACTIVITY: dict[str, Callable[[Any], Any]] = {
    "title_en": read_name,
    "description_fr": read_paragraphs,
    "description_en": read_paragraphs,
    "audience": lambda value: read_choice(value, AUDIENCE),
    "theme": read_line,
    "format": read_line,
    "presenters": read_names,
    "duration": read_minutes,
    "school_levels": lambda value: read_choices(value, SCHOOL_LEVELS),
    "languages": read_languages,
    "accessibility": lambda value: read_choices(value, ACCESSIBILITY),
    "price_note_fr": read_paragraphs,
    "price_note_en": read_paragraphs,
    "conditions_fr": read_paragraphs,
    "conditions_en": read_paragraphs,
    "link": read_link,
}
_FIELD = {"duration": "duration_minutes"}

_VENUE: dict[str, Callable[[Any], Any]] = {
    "address": read_line,
    "postcode": read_code,
    "insee": read_insee,
    "latitude": lambda value: read_degrees(value, 90),
    "longitude": lambda value: read_degrees(value, 180),
    "time_zone": read_zone,
}
_VENUE_FIELD = {"insee": "commune_code"}


@dataclass(frozen=True)
class Records:
    """What the sessions that are taken refer to, and activities that have none."""

    organisations: tuple[OrganisationRecord, ...]
    venues: tuple[VenueRecord, ...]
    spaces: tuple[SpaceRecord, ...]
    activities: tuple[ActivityRecord, ...]


class Gathering:
    """Gathers them row by row, and tells the row what is wrong with its cells."""

    def __init__(self) -> None:
        self._organisations = Things()
        self._venues = Things()
        self._spaces = Things()
        self._activities = Things()
        self._used: dict[str, None] = {}
        self._keys: set[str] = set()

    def activity_of(self, row: SheetRow) -> str | None:
        """Return the key of a row's activity, once what the row says of it is taken."""
        self._keys |= row.keys
        title = row.read("title_fr", read_name)
        identifier = _identifier(row, "activity_id")
        is_known = identifier in self._activities or row.is_kept("title_fr")
        if not title and not (identifier and is_known):
            row.fault("title_fr", REQUIRED)
            return None
        organisation = self._organisation_of(row)
        names = (fold(title or ""), organisation or "")
        thing = (
            self._activities.of_id(identifier, *names)
            if identifier
            else self._activities.named(*names)
        )
        said = {key: row.read(key, read) for key, read in _ACTIVITY.items() if key in row.keys}
        youngest, oldest = row.read("ages", read_ages) or (None, None)
        mark = row_mark(read_text(row.value("mark"))) if row.has("mark") else None
        if thing.has_id:
            thing.take(row, "title_fr", {"title_fr": title}, mark)
        else:
            thing.said.setdefault("title_fr", title)
        thing.take(row, "organisation", {"organisation": organisation})
        thing.take(row, "ages", {"age_min": youngest, "age_max": oldest}, mark)
        for key, value in said.items():
            thing.take(row, key, {_FIELD.get(key, key): value}, mark)
        if mark is not None and thing.mark is None:
            thing.mark = mark.activity
        return thing.key

    def place_of(self, row: SheetRow) -> tuple[str | None, str | None]:
        """Return the keys of a row's venue and of its room, if it has one."""
        name = _name(row, "venue", "venue_id")
        if not name:
            row.fault("venue", REQUIRED)
            return None, None
        commune = row.read("commune", read_line)
        venue = self._venues.named(fold(name), fold(commune or ""), _identifier(row, "venue_id"))
        venue.said.setdefault("name", name)
        venue.take(row, "commune", {"commune_name": commune})
        for key, read in _VENUE.items():
            venue.take(row, key, {_VENUE_FIELD.get(key, key): row.read(key, read)})
        room = _name(row, "space", "space_id")
        if not room:
            if row.value("space_capacity") is not None and row.has("space_capacity"):
                row.fault("space", REQUIRED)
            return venue.key, None
        space = self._spaces.named(fold(room), venue.key, _identifier(row, "space_id"))
        space.said.setdefault("name", room)
        space.said.setdefault("venue", venue.key)
        space.take(row, "space_capacity", {"capacity": row.read("space_capacity", read_whole)})
        return venue.key, space.key

    def use(self, activity: str | None) -> None:
        """Keep an activity: a row of it is taken."""
        if activity is not None:
            self._used[activity] = None

    def records(self, sessions: Iterable[SessionRecord]) -> Records:
        """Return the records of what is used."""
        venues: dict[str, None] = {}
        spaces: dict[str, None] = {}
        for session in sessions:
            venues[session.venue] = None
            if session.space:
                spaces[session.space] = None
        activities = [self._activity(self._activities[key]) for key in self._used]
        organisations = dict.fromkeys(
            record.organisation for record in activities if record.organisation
        )
        return Records(
            organisations=tuple(_organisation(self._organisations[key]) for key in organisations),
            venues=tuple(_venue(self._venues[key]) for key in venues),
            spaces=tuple(_space(self._spaces[key]) for key in spaces),
            activities=tuple(activities),
        )

    def _organisation_of(self, row: SheetRow) -> str | None:
        name = _name(row, "organisation", "organisation_id")
        if not name:
            return None
        thing = self._organisations.named(fold(name), "", _identifier(row, "organisation_id"))
        thing.said.setdefault("name", name)
        email = row.read("organisation_email", read_email)
        thing.take(row, "organisation_email", {"email": email})
        return thing.key

    def _activity(self, thing: Thing) -> ActivityRecord:
        """Return an activity's record: with an identifier, it says of empty cells that they are."""
        stated = {"edition_id", *({"title_fr"} - thing.kept)}
        for key in self._keys - thing.kept:
            column = BY_KEY[key]
            if column.table != "activities":
                continue
            renamed = {"organisation_id": "organisation"}
            for name in column.states:
                if thing.has_id or renamed.get(name, name) in thing.fields:
                    stated.add(name)
        fields: dict[str, Any] = {"title_fr": KEPT, **thing.fields}
        return ActivityRecord(
            source_id=thing.key, states=frozenset(stated), mark=thing.mark, **fields
        )


def _organisation(thing: Thing) -> OrganisationRecord:
    fields = _named(thing)
    mark = thing.hint or None
    return OrganisationRecord(thing.key, states=frozenset(fields), mark=mark, **fields)


def _venue(thing: Thing) -> VenueRecord:
    fields = _named(thing)
    stated = set(fields)
    if stated & {"commune_name", "commune_code"}:
        stated.add("commune_id")
    mark = thing.hint or None
    return VenueRecord(thing.key, states=frozenset(stated), mark=mark, **fields)


def _space(thing: Thing) -> SpaceRecord:
    fields = _named(thing)
    states = frozenset({*fields, "venue_id"})
    return SpaceRecord(thing.key, states=states, mark=thing.hint or None, **fields)


def _named(thing: Thing) -> dict[str, Any]:
    """Return what is said of a thing; one whose name no cell can carry has none."""
    fields = thing.fields
    return {**fields, "name": ""} if fields["name"] == KEPT else fields


def _name(row: SheetRow, key: str, id_key: str) -> str | None:
    """Return the name of what a cell names; one that it cannot carry has an id beside it."""
    if row.is_kept(key):
        return KEPT if row.has(id_key) else None
    name: str | None = row.read(key, read_name)
    return name


def _identifier(row: SheetRow, key: str) -> str:
    return read_text(row.value(key))[:LONGEST_KEY] if row.value(key) is not None else ""
