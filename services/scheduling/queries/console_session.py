"""What the console reads of sessions one by one, and what can be chosen for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.models import Commune, PublishedSession, Session, Venue
from shared.text import fold


def sessions_with_published(
    db: DbSession, condition: sa.ColumnElement[bool]
) -> Sequence[tuple[Session, PublishedSession | None]]:
    """Return the working sessions that match, in order of time, each with what was released."""
    rows = db.execute(
        sa.select(Session, PublishedSession)
        .outerjoin(PublishedSession, PublishedSession.id == Session.id)
        .where(condition)
        .order_by(Session.starts_at, Session.id)
        .options(
            joinedload(Session.activity),
            joinedload(Session.edition),
            joinedload(Session.venue),
            joinedload(Session.space),
        )
    )
    return [(session, published) for session, published in rows]


def latest_session(db: DbSession, activity_id: UUID) -> Session | None:
    """Return the last session of an activity, which a new one is often like."""
    return db.scalars(
        sa.select(Session)
        .where(Session.activity_id == activity_id, Session.status == "confirmed")
        .order_by(Session.starts_at.desc(), Session.id.desc())
        .options(joinedload(Session.venue), joinedload(Session.edition))
        .limit(1)
    ).first()


def venue_choices(db: DbSession) -> Sequence[Any]:
    """Return the venues to choose from, by name, with their commune and their own time zone."""
    rows: Any = db.execute(
        sa.select(Venue.id, Venue.name, Venue.time_zone, Commune.name.label("commune")).outerjoin(
            Commune, Venue.commune_id == Commune.id
        )
    )
    return sorted(rows, key=lambda row: (fold(row.name), fold(row.commune or "")))
