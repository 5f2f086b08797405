"""What an earlier import of the same source left in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.importing.in_tray import names_in_tray
from services.scheduling.domain.importing.naming import named
from services.scheduling.domain.importing.own_edits import Said
from services.scheduling.domain.importing.own_rows import read_own_rows
from services.scheduling.domain.importing.recognising import Ours, recognised
from services.scheduling.domain.programme import Programme
from services.scheduling.models import (
    Activity,
    Base,
    Commune,
    Edition,
    Festival,
    MergedRow,
    Organisation,
    Session,
    Space,
    Venue,
)

#: How many ids one statement names.
_NAMED = 500

Sourced = TypeVar("Sourced", Organisation, Venue, Space, Activity)


@dataclass(frozen=True)
class Stored:
    """The rows of a source by their names in it, and what a file of ours says of its own rows.

    `in_tray` names its sessions that wait for a time and a place.
    """

    festival: Festival | None
    edition: Edition | None
    communes: tuple[Commune, ...]
    organisations: Mapping[str, Organisation]
    venues: Mapping[str, Venue]
    spaces: Mapping[str, Space]
    activities: Mapping[str, Activity]
    sessions: Mapping[str, Session]
    ours: Ours = field(default_factory=dict)
    in_tray: frozenset[str] = frozenset()

    @property
    def own_ids(self) -> dict[type[Base], tuple[UUID, ...]]:
        """Return the ids of the rows that the file names by what they are here."""
        tables: dict[type[Base], Mapping[str, Any]] = {
            Organisation: self.organisations,
            Venue: self.venues,
            Space: self.spaces,
            Activity: self.activities,
            Session: self.sessions,
        }
        return {
            model: tuple(sorted({rows[name].id for name in self.ours.get(model, ())}))
            for model, rows in tables.items()
        }

    @property
    def revisions(self) -> dict[UUID, int]:
        """Return the revision of every row of the source."""
        tables: tuple[Mapping[str, Any], ...] = (
            self.organisations,
            self.venues,
            self.spaces,
            self.activities,
            self.sessions,
        )
        return {row.id: row.revision for table in tables for row in table.values()}


def read_stored(db: DbSession, programme: Programme) -> tuple[Programme, Stored]:
    """Read what is stored of a programme's source, in a fixed number of queries.

    The programme is returned too: that of a file which Parvis wrote has other names for rows that
    are recognised (`recognising.py`).
    """
    imported = _imported(db, programme)
    programme = named(db, programme, imported)
    rows = read_own_rows(db, programme, imported.edition, imported.sessions.keys())
    known = recognised(programme, rows)
    return known.programme, replace(
        imported,
        communes=tuple(db.scalars(_communes_of(known.programme))),
        organisations={**known.organisations, **imported.organisations},
        venues={**known.venues, **imported.venues},
        spaces={**known.spaces, **imported.spaces},
        activities={**known.activities, **imported.activities},
        sessions={**known.sessions, **imported.sessions},
        ours={
            model: {**known.ours.get(model, {}), **imported.ours.get(model, {})}
            for model in {*known.ours, *imported.ours}
        },
    )


def _imported(db: DbSession, programme: Programme) -> Stored:
    """Read what earlier imports of the source made, and what that was merged into."""
    source = programme.source
    organisations, merged_organisations = _by_source_id(db, Organisation, source)
    venues, merged_venues = _by_source_id(db, Venue, source)
    spaces, merged_spaces = _by_source_id(db, Space, source)
    sessions = db.scalars(
        sa.select(Session)
        .where(Session.source == source)
        .order_by(Session.id)
        .options(
            joinedload(Session.activity).joinedload(Activity.organisation),
            joinedload(Session.edition),
            joinedload(Session.venue).joinedload(Venue.commune),
            joinedload(Session.space),
        )
    )
    return Stored(
        festival=db.scalar(
            sa.select(Festival).where(Festival.slug == programme.edition.festival_slug)
        ),
        edition=db.scalar(sa.select(Edition).where(Edition.slug == programme.edition.slug)),
        communes=(),
        organisations=organisations,
        venues=venues,
        spaces=spaces,
        activities=_by_source_id(db, Activity, source)[0],
        sessions={session.source_id or "": session for session in sessions},
        ours={
            Organisation: dict.fromkeys(merged_organisations, Said()),
            Venue: dict.fromkeys(merged_venues, Said()),
            Space: dict.fromkeys(merged_spaces, Said()),
        },
        in_tray=names_in_tray(db, source),
    )


def lock_revisions(
    db: DbSession, source: str, own: Mapping[type[Base], Sequence[UUID]] | None = None
) -> dict[UUID, int]:
    """Return the revision of every row of a source and of these ids, locked until the commit.

    Others may refer to them meanwhile: a release does not wait for an import.
    """
    revisions: dict[UUID, int] = {}
    for model in (Organisation, Venue, Space, Activity, Session):
        ids = list((own or {}).get(model, ()))
        named = [ids[start : start + _NAMED] for start in range(0, len(ids), _NAMED)]
        for which in (model.source == source, *map(model.id.in_, named)):
            rows = db.execute(
                sa.select(model.id, model.revision)
                .where(which)
                .order_by(model.id)
                .with_for_update(key_share=True)
            )
            revisions |= {row.id: row.revision for row in rows}
    return revisions


def columns_of(row: Base) -> dict[str, Any]:
    """Return a row's columns, without its relationships."""
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118


def _by_source_id(
    db: DbSession, model: type[Sourced], source: str
) -> tuple[dict[str, Sourced], set[str]]:
    """Return rows by their names in the source, and the names whose row was merged into another."""
    rows = db.scalars(sa.select(model).where(model.source == source))
    found = {row.source_id or "": row for row in rows}
    became = sa.select(MergedRow.source_id, model).join(model, model.id == MergedRow.new_id)
    merged = {
        name: row
        for name, row in db.execute(became.where(MergedRow.source == source))
        if name is not None and name not in found
    }
    return {**found, **merged}, set(merged)


def _communes_of(programme: Programme) -> sa.Select[Any]:
    codes = {venue.commune_code for venue in programme.venues if venue.commune_code}
    names = {venue.commune_name for venue in programme.venues if venue.commune_name}
    return sa.select(Commune).where(
        sa.or_(
            Commune.insee_code.in_(codes),
            sa.and_(Commune.insee_code.is_(None), Commune.name.in_(names)),
        )
    )
