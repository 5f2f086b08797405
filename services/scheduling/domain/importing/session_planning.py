"""Planning sessions: which are new, and which changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from services.scheduling.domain.importing.columns import session_columns
from services.scheduling.domain.importing.options import Options
from services.scheduling.domain.importing.outcome import Kept, PlannedSession, PlannedSessions
from services.scheduling.domain.importing.own_edits import Said
from services.scheduling.domain.importing.rehearsal import closing_columns
from services.scheduling.domain.importing.settling import (
    Merge,
    beginning,
    blank,
    edited,
    edited_outside,
    merged,
    origin_of,
    stating,
)
from services.scheduling.domain.importing.stored import columns_of
from services.scheduling.domain.party_categories import seated_of
from services.scheduling.domain.programme import Programme, SessionRecord
from services.scheduling.domain.session_parts import SessionParts, parts_of, searchable_text
from services.scheduling.domain.session_state import session_state
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

#: What is one decision: when it is, where it is, how people get in.
TOGETHER = (
    ("kind", "starts_at", "ends_at", "weekly_hours", "closures"),
    ("venue_id", "space_id"),
    (
        "registration",
        "registration_link",
        "registration_telephone",
        "registration_email",
        "registration_full",
    ),
)


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
    stored: Mapping[str, Session],
    rows: Rows,
    *,
    now: datetime,
    ours: Mapping[str, Said] | None = None,
) -> PlannedSessions:
    """Return what becomes of the sessions that the programme names, in its order.

    What was changed here since the last import stays, `ours` as in `settle` (`settling.py`).
    """
    whole = _Whole(rows, stored.values())
    written: list[PlannedSession] = []
    notings: list[dict[str, Any]] = []
    kept: list[Kept] = []
    for record in programme.sessions:
        before = stored.get(record.source_id)
        columns = _columns(record, options, rows)
        closing = closing_columns(record, before, options, now)
        if before is None:
            written.append(_created(programme.source, record, columns, closing, whole, now))
            continue
        said = (ours or {}).get(record.source_id)
        if said is None:
            merge = merged(before, columns, TOGETHER)
        else:
            merge = edited_outside(before, columns, _with_options(said, options, record), TOGETHER)
        title = before.activity.title_fr
        kept += [Kept("sessions", record.source_id, column, title) for column in merge.kept]
        taken = {**merge.taken, **_differing(before, closing)}
        if taken:
            written.append(_changed(before, taken, merge, whole, now))
        elif merge.is_news:
            notings.append({"id": before.id, **stating(before, merge)})
    return PlannedSessions(tuple(written), tuple(notings), tuple(kept))


def _with_options(said: Said, options: Options, record: SessionRecord) -> Said:
    """Return what is said of a session with the operator's own word on it, if there is one."""
    if options.registration is None or record.kind != "timed":
        return said
    ways = {"registration", "capacity"}
    digests = {name: digest for name, digest in (said.digests or {}).items() if name not in ways}
    return Said(said.columns | ways, digests)


def _differing(before: Session, columns: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if getattr(before, name) != value}


def _columns(record: SessionRecord, options: Options, rows: Rows) -> dict[str, Any]:
    return session_columns(
        record,
        edition_id=rows.edition.id,
        activity_id=rows.activities[record.activity].id,
        venue_id=rows.venues[record.venue].id,
        space_id=rows.spaces[record.space].id if record.space else None,
        options=options,
        categories=rows.edition.party_categories,
    )


def _created(
    source: str,
    record: SessionRecord,
    columns: dict[str, Any],
    closing: dict[str, Any],
    whole: "_Whole",
    now: datetime,
) -> PlannedSession:
    identifier = new_id()
    row = {
        **blank(Session),
        "id": identifier,
        "uid": f"{identifier}@parvis",
        "seat_categories": seated_of(record.seat_categories, whole.categories),
        **beginning(Session, now),
        **origin_of(source, record.source_id, columns),
        **columns,
        **closing,
    }
    parts = whole.parts(Session(**row))
    row["searchable"] = searchable_text(parts)
    return PlannedSession(parts, row, before=None)


def _changed(
    before: Session, taken: dict[str, Any], merge: Merge, whole: "_Whole", now: datetime
) -> PlannedSession:
    written = {**taken, **edited(before, now), **stating(before, merge)}
    parts = whole.parts(Session(**{**columns_of(before), **written}))
    row = {"id": before.id, **written, "searchable": searchable_text(parts)}
    return PlannedSession(parts, row, before=session_state(parts_of(before)))


class _Whole:
    """Puts sessions together with the rows they refer to, as these will be."""

    def __init__(self, rows: Rows, sessions: Iterable[Session]) -> None:
        stored = [parts_of(session) for session in sessions]
        self.categories = rows.edition.party_categories
        self._editions = _by_id([*(parts.edition for parts in stored), rows.edition])
        self._communes = _by_id(
            [
                *(parts.commune for parts in stored),
                *(venue.commune for venue in rows.venues.values()),
                *rows.communes.values(),
            ]
        )
        self._organisations = _by_id(
            [
                *(parts.organisation for parts in stored),
                *(activity.organisation for activity in rows.activities.values()),
                *rows.organisations.values(),
            ]
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
