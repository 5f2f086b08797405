"""What the console lists beside sessions: festivals with editions, organisations, venues."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Festival,
    Organisation,
    PublishedSession,
    Session,
    Space,
    Venue,
)
from shared.text import fold

Rows = Sequence[Any]


def festivals(db: DbSession) -> Rows:
    """Return every festival, by name."""
    rows: Any = db.execute(
        sa.select(Festival.id, Festival.slug, Festival.name_fr, Festival.name_en)
    )
    return sorted(rows, key=lambda row: fold(row.name_fr))


def editions(db: DbSession) -> Rows:
    """Return every edition, the latest first, with the number of its sessions."""
    return db.execute(
        sa.select(
            Edition.id,
            Edition.festival_id,
            Edition.slug,
            Edition.name_fr,
            Edition.name_en,
            Edition.starts_on,
            Edition.ends_on,
            Edition.published.is_not(None).label("is_released"),
            sa.func.count(Session.id).label("sessions"),
        )
        .outerjoin(Session, Session.edition_id == Edition.id)
        .group_by(Edition.id)
        .order_by(Edition.starts_on.desc(), Edition.id)
    ).all()


def organisations(db: DbSession, words: str = "") -> Rows:
    """Return the organisations whose name or address has these words, by name."""
    rows: Any = db.execute(
        sa.select(
            Organisation.id,
            Organisation.name,
            Organisation.email,
            sa.func.count(Activity.id).label("activities"),
        )
        .outerjoin(Activity, Activity.organisation_id == Organisation.id)
        .group_by(Organisation.id)
    )
    return _found(rows, words, lambda row: f"{row.name} {row.email or ''}")


def venues(db: DbSession, words: str = "", commune_id: UUID | None = None) -> Rows:
    """Return the venues whose name, address or commune has these words, by name."""
    spaces = (
        sa.select(
            Space.venue_id,
            sa.func.count().label("spaces"),
            sa.func.sum(Space.capacity).label("capacity"),
        )
        .group_by(Space.venue_id)
        .subquery()
    )
    sessions = (
        sa.select(Session.venue_id, sa.func.count().label("sessions"))
        .group_by(Session.venue_id)
        .subquery()
    )
    query = (
        sa.select(
            Venue.id,
            Venue.name,
            Venue.address,
            Venue.postcode,
            Commune.name.label("commune"),
            sa.func.coalesce(spaces.c.spaces, 0).label("spaces"),
            spaces.c.capacity,
            sa.func.coalesce(sessions.c.sessions, 0).label("sessions"),
        )
        .outerjoin(Commune, Venue.commune_id == Commune.id)
        .outerjoin(spaces, spaces.c.venue_id == Venue.id)
        .outerjoin(sessions, sessions.c.venue_id == Venue.id)
    )
    if commune_id is not None:
        query = query.where(Venue.commune_id == commune_id)
    return _found(
        db.execute(query),
        words,
        lambda row: f"{row.name} {row.address or ''} {row.postcode or ''} {row.commune or ''}",
    )


def communes(db: DbSession) -> Rows:
    """Return the communes that are known, by name."""
    rows: Any = db.execute(sa.select(Commune.id, Commune.name, Commune.insee_code))
    return sorted(rows, key=lambda row: (fold(row.name), row.insee_code or ""))


def spaces_of(db: DbSession, venue_id: UUID) -> Rows:
    """Return the spaces of a venue, with how many sessions are in each."""
    rows: Any = db.execute(
        sa.select(
            Space.id,
            Space.name,
            Space.capacity,
            Space.revision,
            sa.func.count(Session.id).label("sessions"),
        )
        .where(Space.venue_id == venue_id)
        .outerjoin(Session, Session.space_id == Space.id)
        .group_by(Space.id)
    )
    return sorted(rows, key=lambda row: fold(row.name))


def is_announced(db: DbSession, column: Any, row_id: UUID) -> bool:
    """Tell whether released sessions refer to a row by this column."""
    query = sa.select(PublishedSession.id).where(column == row_id).limit(1)
    return db.scalar(query) is not None


def _found(rows: Any, words: str, text_of: Any) -> Rows:
    wanted = fold(words).split()
    kept = [row for row in rows if all(word in fold(text_of(row)) for word in wanted)]
    return sorted(kept, key=lambda row: fold(row.name))
