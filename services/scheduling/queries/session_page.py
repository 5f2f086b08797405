"""What a session's page reads: the session with all that it is made of, and its other dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.models import Activity, Commune, Session, Space, Venue
from services.scheduling.queries.api import SESSION_ORDER

#: The most other dates that the page lists.
MOST_OTHER_DATES = 12


def session_with_parts(db: DbSession, session_id: UUID) -> Session | None:
    """Return a session with everything its page shows, read in one statement."""
    query = (
        sa.select(Session)
        .where(Session.id == session_id)
        .options(
            joinedload(Session.activity).joinedload(Activity.organisation),
            joinedload(Session.edition),
            joinedload(Session.venue).joinedload(Venue.commune),
            joinedload(Session.space),
        )
    )
    return db.scalars(query).one_or_none()


def other_dates(db: DbSession, session: Session, now: datetime) -> Sequence[sa.Row[Any]]:
    """Return the same activity's other sessions, to come or open, the soonest first."""
    query = (
        sa.select(
            Session.id,
            Session.starts_at,
            Session.ends_at,
            Session.kind,
            Session.status,
            Session.weekly_hours,
            Session.registration,
            Session.registration_link,
            Session.registration_telephone,
            Session.registration_email,
            Session.registration_full,
            Session.registration_closes_at,
            Session.seats_left,
            Venue.id.label("venue_id"),
            Venue.name.label("venue_name"),
            Commune.name.label("commune_name"),
            Space.name.label("space_name"),
        )
        .select_from(Session)
        .join(Session.venue)
        .outerjoin(Venue.commune)
        .outerjoin(Session.space)
        .where(
            Session.activity_id == session.activity_id,
            Session.id != session.id,
            sa.or_(Session.ends_at > now, Session.registration_closes_at > now),
        )
    )
    return db.execute(query.order_by(*SESSION_ORDER).limit(MOST_OTHER_DATES)).all()
