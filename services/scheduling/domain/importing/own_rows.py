"""The rows that a file's names may be ids of, read in a fixed number of queries or a few more."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.exhibition_days import open_days, opening_id
from services.scheduling.domain.programme import Programme
from services.scheduling.models import (
    Activity,
    Edition,
    HistoryEntry,
    MergedRow,
    Organisation,
    Session,
    Space,
    UnplacedSession,
    Venue,
)

Row = TypeVar("Row", Organisation, Venue, Space)

#: How many ids one statement names.
_NAMED = 500
#: How many merges are followed, one after the other.
_MOST_MERGES = 20

#: An exhibition, and one of its openings.
Opening = tuple[Session, datetime, datetime]


@dataclass
class OwnRows:
    """Rows by the names that a file may have for them: their ids, or those merged into them.

    `openings` are the openings of exhibitions by their ids; `merged` the names whose row became
    another; `imported_sessions` the names that an earlier import of the same source has.
    """

    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    venues: Mapping[str, Venue] = field(default_factory=dict)
    spaces: Mapping[str, Space] = field(default_factory=dict)
    activities: Mapping[str, Activity] = field(default_factory=dict)
    sessions: Mapping[str, Session] = field(default_factory=dict)
    openings: Mapping[str, Opening] = field(default_factory=dict)
    unplaced: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()
    imported_sessions: frozenset[str] = frozenset()

    def session(self, name: str) -> Session | None:
        """Return the session of an id, or of a calendar's UID."""
        return self.sessions.get(name) or self.sessions.get(name.lower())


def read_own_rows(
    db: DbSession, programme: Programme, edition: Edition | None, imported: Collection[str]
) -> OwnRows:
    """Read what a file that Parvis wrote may name: places and organisations of every edition.

    Sessions and activities are those of this edition, if it exists.
    """
    if programme.says is None:
        return OwnRows()
    sessions = list(db.scalars(_sessions_of(edition))) if edition else []
    activities = list(db.scalars(_activities_of(edition))) if edition else []
    by_name = {session.uid: session for session in sessions}
    by_name |= {str(session.id): session for session in sessions}
    stated = {record.source_id for record in programme.sessions}
    unknown = stated - by_name.keys() - set(imported)
    ids = _ids(unknown)
    places = _ids(
        [
            *(record.source_id for record in programme.venues),
            *(record.source_id for record in programme.spaces),
            *(record.venue for record in programme.sessions),
            *(record.space or "" for record in programme.sessions),
        ]
    )
    venues, merged_venues = _with_merged(db, Venue, places)
    organisations, merged = _with_merged(
        db, Organisation, _ids(record.source_id for record in programme.organisations)
    )
    spaces = {places[row.id]: row for row in _of_ids(db, Space, places)}
    return OwnRows(
        organisations=organisations,
        venues={
            **{str(session.venue_id): session.venue for session in sessions},
            **{str(space.venue_id): space.venue for space in spaces.values()},
            **venues,
        },
        spaces={
            **{str(session.space_id): session.space for session in sessions if session.space},
            **spaces,
        },
        activities={str(row.id): row for row in activities},
        sessions=by_name,
        openings=_openings(sessions) if unknown else {},
        unplaced=frozenset(_found(db, sa.select(UnplacedSession.id), UnplacedSession.id, ids)),
        deleted=frozenset(_found(db, _DELETED, HistoryEntry.row_id, ids)),
        merged=frozenset(merged | merged_venues),
        imported_sessions=frozenset(imported),
    )


_DELETED = sa.select(HistoryEntry.row_id).where(
    HistoryEntry.noun == Session.__tablename__, HistoryEntry.action == "deleted"
)


def _activities_of(edition: Edition) -> sa.Select[Any]:
    return sa.select(Activity).where(Activity.edition_id == edition.id)


def _sessions_of(edition: Edition) -> sa.Select[Any]:
    return (
        sa.select(Session)
        .where(Session.edition_id == edition.id)
        .order_by(Session.id)
        .options(
            joinedload(Session.activity).joinedload(Activity.organisation),
            joinedload(Session.edition),
            joinedload(Session.venue).joinedload(Venue.commune),
            joinedload(Session.space),
        )
    )


def _openings(sessions: Iterable[Session]) -> dict[str, Opening]:
    return {
        str(opening_id(session.id, opening)): (session, opening.starts_at, opening.ends_at)
        for session in sessions
        if session.kind == "exhibition"
        for opening in open_days(
            session.starts_at,
            session.ends_at,
            session.weekly_hours,
            session.closures,
            session.venue.time_zone or session.edition.time_zone,
        )
    }


def _ids(names: Iterable[str]) -> dict[UUID, str]:
    """Return the names that are ids, or calendars' UIDs of ours, by what they are the ids of."""
    found = {}
    for name in names:
        try:
            found[UUID(name.removesuffix("@parvis"))] = name
        except ValueError:
            continue
    return found


def _of_ids(db: DbSession, model: type[Row], ids: Mapping[UUID, str]) -> Iterator[Row]:
    for some in _some(ids):
        yield from db.scalars(sa.select(model).where(model.id.in_(some)))


def _found(
    db: DbSession, query: sa.Select[Any], column: Any, ids: Mapping[UUID, str]
) -> Iterator[str]:
    for some in _some(ids):
        for found in db.scalars(query.where(column.in_(some))):
            yield ids[found]


def _with_merged(
    db: DbSession, model: type[Row], ids: Mapping[UUID, str]
) -> tuple[dict[str, Row], set[str]]:
    """Return rows by the names they have in the file, and the names that are another's id."""
    found = {ids[row.id]: row for row in _of_ids(db, model, ids)}
    lost = {identifier: name for identifier, name in ids.items() if name not in found}
    became = {name: identifier for identifier, name in lost.items()}
    for _step in range(_MOST_MERGES):
        steps = _merges(db, set(became.values()))
        if not steps:
            break
        became = {name: steps.get(identifier, identifier) for name, identifier in became.items()}
    rows = {row.id: row for row in _of_ids(db, model, dict.fromkeys(became.values(), ""))}
    followed = {name: rows[identifier] for name, identifier in became.items() if identifier in rows}
    return found | followed, set(followed)


def _some(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Give ids in order, as many at a time as a statement names."""
    listed = sorted(ids)
    for start in range(0, len(listed), _NAMED):
        yield listed[start : start + _NAMED]


def _merges(db: DbSession, ids: Collection[UUID]) -> dict[UUID, UUID]:
    steps: dict[UUID, UUID] = {}
    for some in _some(ids):
        query = sa.select(MergedRow.old_id, MergedRow.new_id).where(MergedRow.old_id.in_(some))
        steps |= {row.old_id: row.new_id for row in db.execute(query)}
    return steps
