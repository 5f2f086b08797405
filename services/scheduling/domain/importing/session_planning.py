"""Planning sessions: which are new, which changed, and what a change does to their revision."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from services.scheduling.domain.importing.columns import session_columns
from services.scheduling.domain.importing.options import Options
from services.scheduling.domain.importing.outcome import PlannedSession
from services.scheduling.domain.importing.rehearsal import closing_columns
from services.scheduling.domain.importing.settling import blank
from services.scheduling.domain.importing.stored import columns_of
from services.scheduling.domain.programme import Programme, SessionRecord
from services.scheduling.domain.publishing import differs, is_rescheduled, session_data
from services.scheduling.domain.session_parts import SessionParts, parts_of, searchable_text
from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.identifiers import new_id

Row = TypeVar("Row", Activity, Commune, Edition, Organisation, Space, Venue)

#: What a session begins with, where its source does not say.
BEGINNINGS: dict[str, Any] = {
    "sequence": 0,
    "version": 1,
    "status": "confirmed",
    "registration": "none",
    "registration_full": False,
    "seats_version": 0,
    "changed_at": datetime.fromtimestamp(0, UTC),  # replaced at the moment of application
}


@dataclass(frozen=True)
class Rows:
    """The rows that sessions refer to, as they will be, by their names in the source."""

    edition: Edition
    communes: Mapping[str, Commune]
    organisations: Mapping[str, Organisation]
    venues: Mapping[str, Venue]
    spaces: Mapping[str, Space]
    activities: Mapping[str, Activity]


def plan_sessions(
    programme: Programme,
    options: Options,
    touched: Iterable[Session],
    rows: Rows,
    *,
    now: datetime,
) -> tuple[PlannedSession, ...]:
    """Return the sessions to write: those the programme names, in its order, then those carried.

    A session is carried when the programme does not name it and yet what others are told of it
    changes, with its venue, its space, its activity or its organisation.
    """
    return tuple(_planned(programme, options, tuple(touched), rows, now))


def _planned(
    programme: Programme,
    options: Options,
    touched: tuple[Session, ...],
    rows: Rows,
    now: datetime,
) -> Iterator[PlannedSession]:
    whole = _Whole(rows, touched)
    ours = {session.source_id: session for session in touched if session.source == programme.source}
    named: set[UUID] = set()
    for record in programme.sessions:
        before = ours.get(record.source_id)
        columns = _columns(record, options, rows)
        columns |= closing_columns(record, before, options, now)
        if before is None:
            yield _created(programme.source, record, columns, whole)
            continue
        named.add(before.id)
        yield from _changed(before, columns, whole, is_named=True)
    for session in touched:
        if session.id not in named:
            yield from _changed(session, {}, whole, is_named=False)


def _columns(record: SessionRecord, options: Options, rows: Rows) -> dict[str, Any]:
    return session_columns(
        record,
        edition_id=rows.edition.id,
        activity_id=rows.activities[record.activity].id,
        venue_id=rows.venues[record.venue].id,
        space_id=rows.spaces[record.space].id if record.space else None,
        options=options,
    )


def _created(
    source: str, record: SessionRecord, columns: dict[str, Any], whole: "_Whole"
) -> PlannedSession:
    identifier = new_id()
    row = {
        **blank(Session),
        **BEGINNINGS,
        "id": identifier,
        "uid": f"{identifier}@parvis",
        "source": source,
        "source_id": record.source_id,
        "seat_categories": list(record.seat_categories),
        **columns,
    }
    parts = whole.parts(Session(**row))
    row["searchable"] = searchable_text(parts)
    return PlannedSession(parts, row, is_new=True, is_named=True)


def _changed(
    before: Session, columns: dict[str, Any], whole: "_Whole", *, is_named: bool
) -> Iterator[PlannedSession]:
    old = session_data(parts_of(before))
    row = {**columns_of(before), **columns}
    new = session_data(whole.parts(Session(**row)))
    if not differs(old, new):
        return
    revision = {
        "version": before.version + 1,
        "sequence": before.sequence + is_rescheduled(old, new),
    }
    parts = whole.parts(Session(**row | revision))
    written = {
        "id": before.id,
        **columns,
        **revision,
        "searchable": searchable_text(parts),
    }
    yield PlannedSession(parts, written, is_new=False, is_named=is_named)


class _Whole:
    """Puts sessions together with the rows they refer to, as these will be."""

    def __init__(self, rows: Rows, touched: Iterable[Session]) -> None:
        stored = [parts_of(session) for session in touched]
        self._editions = _by_id([*(parts.edition for parts in stored), rows.edition])
        self._communes = _by_id([*(parts.commune for parts in stored), *rows.communes.values()])
        self._organisations = _by_id(
            [*(parts.organisation for parts in stored), *rows.organisations.values()]
        )
        self._venues = _by_id([*(parts.venue for parts in stored), *rows.venues.values()])
        self._spaces = _by_id([*(parts.space for parts in stored), *rows.spaces.values()])
        self._activities = _by_id(
            [*(parts.activity for parts in stored), *rows.activities.values()]
        )

    def parts(self, session: Session) -> SessionParts:
        """Return a session's parts by the ids in its columns."""
        venue = self._venues[session.venue_id]
        activity = self._activities[session.activity_id]
        return SessionParts(
            session=session,
            activity=activity,
            edition=self._editions[session.edition_id],
            venue=venue,
            commune=self._communes[venue.commune_id] if venue.commune_id else None,
            space=self._spaces[session.space_id] if session.space_id else None,
            organisation=(
                self._organisations[activity.organisation_id] if activity.organisation_id else None
            ),
        )


def _by_id(rows: Iterable[Row | None]) -> dict[UUID, Row]:
    return {row.id: row for row in rows if row is not None}
