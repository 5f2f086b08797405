"""Rows that a file names by their own ids: a file that Parvis wrote comes back.

Nothing is told by names or places: an id is a row's, or it is nobody's. A session that is known
says which activity it is of, a room that is known which venue it is in, so that a format need not.
Rows that were merged into others are followed, for every source.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from services.scheduling.domain.importing.combining import combined
from services.scheduling.domain.importing.marks import read_mark
from services.scheduling.domain.importing.own_edits import Said
from services.scheduling.domain.importing.own_rows import OwnRows
from services.scheduling.domain.programme import (
    ActivityRecord,
    Programme,
    Rejection,
    Sentence,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.models import (
    Activity,
    Base,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.i18n import lazy_gettext as _l
from shared.i18n import lazy_ngettext

Row = TypeVar("Row", bound=Base)

#: What a file says of each row that it names, by table and by the row's name in it.
Ours = Mapping[type[Base], Mapping[str, Said]]


@dataclass(frozen=True)
class Recognised:
    """A programme with the names of its own rows, and these rows by their names."""

    programme: Programme
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    venues: Mapping[str, Venue] = field(default_factory=dict)
    spaces: Mapping[str, Space] = field(default_factory=dict)
    activities: Mapping[str, Activity] = field(default_factory=dict)
    sessions: Mapping[str, Session] = field(default_factory=dict)
    ours: Ours = field(default_factory=dict)


def recognised(programme: Programme, rows: OwnRows) -> Recognised:
    """Return a file that Parvis wrote with the rows that it names; another one as it is."""
    if programme.says is None:
        return Recognised(programme)
    return _Recognising(programme, programme.says, rows).run()


class _Recognising:
    """One file on its way: sessions are known first, they say the most."""

    def __init__(
        self, programme: Programme, says: Mapping[str, frozenset[str]], rows: OwnRows
    ) -> None:
        self._programme = programme
        self._says = says
        self._rows = rows
        self._rejections: list[Rejection] = []
        self._notes: list[Sentence] = []
        self._sessions: dict[str, Session] = {}
        self._activities: dict[str, str] = {}
        self._moved_openings = 0
        self._lost: set[str] = set()

    def run(self) -> Recognised:
        sessions = list(self._known_sessions())
        activities = self._known_activities(sessions)
        sessions, spaces = self._placed(sessions)
        venues = self._venues(sessions, spaces)
        if self._moved_openings:
            self._notes.append(_openings_note(self._moved_openings))
        programme = replace(
            self._programme,
            venues=tuple(venues),
            spaces=tuple(spaces),
            activities=tuple(activities),
            sessions=tuple(
                replace(record, activity=self._activities.get(record.activity, record.activity))
                for record in sessions
            ),
            rejections=(*self._programme.rejections, *self._rejections),
            notes=(*self._programme.notes, *self._notes),
        )
        rows = self._rows
        return Recognised(
            programme,
            organisations=_named_by(programme.organisations, rows.organisations),
            venues=_named_by(venues, rows.venues),
            spaces=_named_by(spaces, rows.spaces),
            activities=_named_by(activities, rows.activities),
            sessions=self._sessions,
            ours={
                Organisation: self._said("organisations", programme.organisations),
                Venue: self._said("venues", programme.venues),
                Space: self._said("spaces", programme.spaces),
                Activity: self._said("activities", programme.activities),
                Session: self._said("sessions", programme.sessions),
            },
        )

    def _said(self, table: str, records: Iterable[Any]) -> dict[str, Said]:
        says = self._says.get(table, frozenset())
        known: Mapping[str, Any] = {
            "organisations": self._rows.organisations,
            "venues": self._rows.venues,
            "spaces": self._rows.spaces,
            "activities": self._rows.activities,
            "sessions": self._sessions,
        }[table]
        return {
            record.source_id: self._said_of(record, says)
            for record in records
            if record.source_id in known
        }

    def _said_of(self, record: Any, says: frozenset[str]) -> Said:
        """Return what a file says of a row: nothing of one that became another.

        The days of an exhibition are said by formats alone that know what one is.
        """
        if record.source_id in self._rows.merged:
            return Said()
        columns = says
        if getattr(record, "kind", None) == "exhibition" and "kind" not in says:
            columns = says - {"starts_at", "ends_at"}
        return Said(columns, read_mark(record.mark, says))

    def _known_sessions(self) -> Iterator[SessionRecord]:
        """Give the sessions to plan, those that are known with what their rows say of them."""
        taken: set[UUID] = set()
        for record in self._programme.sessions:
            name = record.source_id
            row = self._rows.session(name)
            if name in self._rows.imported_sessions or (row is None and self._is_new(record)):
                yield record
            elif row is not None and row.id in taken:
                self._reject(record, _l("un autre plus haut est la même séance"))
            elif row is not None:
                taken.add(row.id)
                self._sessions[name] = row
                self._activities.setdefault(record.activity, str(row.activity_id))
                yield self._completed(record, row)

    def _completed(self, record: SessionRecord, row: Session) -> SessionRecord:
        """Return the record of a session that is known with what its format cannot say."""
        says = self._says.get("sessions", frozenset())
        if "kind" not in says:
            record = replace(record, kind=row.kind)
        if "venue_id" not in says:
            space = str(row.space_id) if row.space_id else None
            record = replace(record, venue=str(row.venue_id), space=space)
        return record

    def _is_new(self, record: SessionRecord) -> bool:
        """Tell whether a session that is not known is to be made; say what else it is."""
        rows, name = self._rows, record.source_id
        if (opening := rows.openings.get(name)) is not None:
            exhibition, starts_at, ends_at = opening
            self._activities.setdefault(record.activity, str(exhibition.activity_id))
            self._moved_openings += (record.starts_at, record.ends_at) != (starts_at, ends_at)
            return False
        if name in rows.unplaced:
            self._reject(record, _l("elle attend ici une heure ou un lieu : placez-la d’abord"))
            return False
        if name in rows.deleted:
            self._reject(record, _l("elle a été supprimée ici depuis que ce fichier a été écrit"))
            return False
        return True

    def _known_activities(self, sessions: Iterable[SessionRecord]) -> list[ActivityRecord]:
        """Return the activities, several records of one put together."""
        together: dict[str, list[ActivityRecord]] = {}
        lost = self._lost - {record.activity for record in sessions}
        for record in self._programme.activities:
            if record.source_id in lost and record.source_id not in self._activities:
                continue
            known = record.source_id in self._rows.activities
            name = record.source_id if known else self._activities.get(record.source_id)
            self._activities[record.source_id] = name or record.source_id
            together.setdefault(name or record.source_id, []).append(record)
        says = self._says.get("activities", frozenset())
        found = []
        for name, records in together.items():
            record, differing = combined(records, says)
            found.append(replace(record, source_id=name))
            if differing:
                self._notes.append(
                    _l(
                        "« %(title)s » est écrit de plusieurs façons dans le fichier "
                        "(%(fields)s) : la première est prise.",
                        title=record.title_fr,
                        fields=", ".join(differing),
                    )
                )
        return found

    def _placed(
        self, sessions: list[SessionRecord]
    ) -> tuple[list[SessionRecord], list[SpaceRecord]]:
        """Return sessions and rooms in the venues that the rooms are in."""
        rows = self._rows
        where: dict[str, tuple[str, str | None]] = {}
        spaces = []
        for space in self._programme.spaces:
            name = space.source_id
            if (known := rows.spaces.get(name)) is not None:
                venue = space.venue if space.venue in rows.venues else str(known.venue_id)
                where[name] = (venue, name)
                spaces.append(replace(space, venue=venue))
            elif name in rows.venues:
                where[name] = (name, None)
            else:
                spaces.append(space)
        homes = set() if self._programme.finds_by_name else {venue for venue, _ in where.values()}
        if len(homes) == 1:  # a new room is in the one venue that there is
            (home,) = homes
            lost = {space.source_id for space in spaces if space.venue not in rows.venues}
            where |= {name: (home, name) for name in lost}
            spaces = [
                replace(space, venue=home) if space.source_id in lost else space for space in spaces
            ]
        placed = []
        stated = {space.source_id for space in self._programme.spaces}
        for record in sessions:
            venue, room = where.get(record.space or "", (record.venue, record.space))
            if room is not None and room not in stated:
                room = room if self._is_room_of(room, venue) else None
            if room is not None and room not in stated:
                stated.add(room)
                known = rows.spaces[room]
                spaces.append(SpaceRecord(room, venue, known.name, states=frozenset()))
            placed.append(replace(record, venue=venue, space=room))
        return placed, spaces

    def _is_room_of(self, room: str, venue: str) -> bool:
        """Tell whether a room that only sessions name is one here, in the venue that they name."""
        space, home = self._rows.spaces.get(room), self._rows.venues.get(venue)
        return space is not None and home is not None and space.venue_id == home.id

    def _venues(
        self, sessions: list[SessionRecord], spaces: list[SpaceRecord]
    ) -> list[VenueRecord]:
        """Return the venues: those that are used and not in the file are as they are here."""
        stated = {record.source_id: record for record in self._programme.venues}
        used = dict.fromkeys(
            [*(record.venue for record in sessions), *(space.venue for space in spaces)]
        )
        found = [
            record for name, record in stated.items() if name in used or name in self._rows.venues
        ]
        for name in used:
            row = self._rows.venues.get(name)
            if name not in stated and row is not None:
                found.append(VenueRecord(name, row.name, states=frozenset()))
        return found

    def _reject(self, record: SessionRecord, reason: Sentence) -> None:
        self._lost.add(record.activity)
        self._rejections.append(Rejection(record.line, record.source_id, reason))


def _named_by(records: Iterable[Any], rows: Mapping[str, Row]) -> dict[str, Row]:
    """Return the rows that the file names: on these alone the plan is made."""
    names = [record.source_id for record in records]
    return {name: rows[name] for name in names if name in rows}


def _openings_note(count: int) -> Sentence:
    return lazy_ngettext(
        "%(n)s jour d’exposition a d’autres heures dans le fichier : elles se changent dans la "
        "séance, pas par ce format.",
        "%(n)s jours d’exposition ont d’autres heures dans le fichier : elles se changent dans "
        "les séances, pas par ce format.",
        count,
    )
