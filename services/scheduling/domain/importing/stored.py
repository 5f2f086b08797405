"""What an earlier import of the same source left in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.programme import Programme
from services.scheduling.models import (
    Activity,
    Base,
    Commune,
    Edition,
    Festival,
    Organisation,
    Session,
    Space,
    Venue,
)

Sourced = TypeVar("Sourced", Organisation, Venue, Space, Activity)


@dataclass(frozen=True)
class Stored:
    """The rows of a source by their names in it."""

    festival: Festival | None
    edition: Edition | None
    communes: tuple[Commune, ...]
    organisations: Mapping[str, Organisation]
    venues: Mapping[str, Venue]
    spaces: Mapping[str, Space]
    activities: Mapping[str, Activity]
    sessions: Mapping[str, Session]

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


def read_stored(db: DbSession, programme: Programme) -> Stored:
    """Read what is stored of a programme's source, in a fixed number of queries."""
    source = programme.source
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
        communes=tuple(db.scalars(_communes_of(programme))),
        organisations=_by_source_id(db, Organisation, source),
        venues=_by_source_id(db, Venue, source),
        spaces=_by_source_id(db, Space, source),
        activities=_by_source_id(db, Activity, source),
        sessions={session.source_id or "": session for session in sessions},
    )


def lock_revisions(db: DbSession, source: str) -> dict[UUID, int]:
    """Return the revision of every row of a source, locked until the commit.

    Others may refer to them meanwhile: a release does not wait for an import.
    """
    revisions: dict[UUID, int] = {}
    for model in (Organisation, Venue, Space, Activity, Session):
        rows = db.execute(
            sa.select(model.id, model.revision)
            .where(model.source == source)
            .order_by(model.id)
            .with_for_update(key_share=True)
        )
        revisions |= {row.id: row.revision for row in rows}
    return revisions


def columns_of(row: Base) -> dict[str, Any]:
    """Return a row's columns, without its relationships."""
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118


def _by_source_id(db: DbSession, model: type[Sourced], source: str) -> dict[str, Sourced]:
    rows = db.scalars(sa.select(model).where(model.source == source))
    return {row.source_id or "": row for row in rows}


def _communes_of(programme: Programme) -> sa.Select[Any]:
    codes = {venue.commune_code for venue in programme.venues if venue.commune_code}
    names = {venue.commune_name for venue in programme.venues if venue.commune_name}
    return sa.select(Commune).where(
        sa.or_(
            Commune.insee_code.in_(codes),
            sa.and_(Commune.insee_code.is_(None), Commune.name.in_(names)),
        )
    )
