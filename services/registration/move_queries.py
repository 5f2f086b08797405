"""Where the parties of a session can be moved to: the other sessions of its activity."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.names import Viewer, may_act
from services.registration.domain.seats import seats_left
from services.registration.models import SessionCopy, SessionSeats


@dataclass(frozen=True)
class MoveTarget:
    """A session that may be proposed; `left` is null where seats are not limited."""

    session: SessionCopy
    left: int | None
    waiting: int


def move_targets(
    db: Session, source: SessionCopy, viewer: Viewer, *, now: datetime
) -> list[MoveTarget]:
    """Return the sessions of the same activity that can be booked and that somebody runs."""
    rows = db.execute(
        sa.select(SessionCopy, SessionSeats)
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(
            SessionCopy.edition_id == source.edition_id,
            SessionCopy.details["activity_id"].as_string() == source.details["activity_id"],
            SessionCopy.id != source.id,
            SessionSeats.bookable.is_(True),
            SessionSeats.closes_at > now,
        )
        .order_by(SessionCopy.starts_at, SessionCopy.id)
    )
    return [
        MoveTarget(copy, seats_left(seats), seats.waiting)
        for copy, seats in rows
        if may_act(viewer, copy.organisation_id, copy.venue_id)
    ]
