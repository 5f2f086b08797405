"""The folded text that the console's search looks in, kept with what it is made of."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.session_parts import parts_of, searchable_text
from services.scheduling.models import Activity, Session, Venue


def refresh_searchable(db: DbSession, sessions: Iterable[UUID]) -> None:
    """Write the searchable text of these sessions anew, where it differs; it counts no edit."""
    db.flush()
    found = db.scalars(
        sa.select(Session)
        .where(Session.id.in_(list(sessions)))
        .options(
            joinedload(Session.activity).joinedload(Activity.organisation),
            joinedload(Session.edition),
            joinedload(Session.venue).joinedload(Venue.commune),
            joinedload(Session.space),
        )
        .execution_options(populate_existing=True)
    )
    for session in found:
        session.searchable = searchable_text(parts_of(session))
    db.flush()


def refresh_searchable_of(db: DbSession, condition: sa.ColumnElement[bool]) -> None:
    """Do the same for the sessions that match, such as `Session.venue_id == venue.id`."""
    db.flush()
    refresh_searchable(db, db.scalars(sa.select(Session.id).where(condition)).all())
