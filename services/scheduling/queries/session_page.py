"""What a session's page reads: the session as it was released, and its other dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import PublishedSession
from services.scheduling.queries.released import LISTED, SESSION_ORDER

#: The most other dates that the page lists.
MOST_OTHER_DATES = 12


def other_dates(
    db: DbSession, session_id: UUID, activity_id: UUID, now: datetime
) -> Sequence[sa.Row[Any]]:
    """Return the same activity's other sessions, to come or open, the soonest first."""
    query = LISTED.where(
        PublishedSession.activity_id == activity_id,
        PublishedSession.id != session_id,
        sa.or_(PublishedSession.ends_at > now, PublishedSession.registration_closes_at > now),
    )
    return db.execute(query.order_by(*SESSION_ORDER).limit(MOST_OTHER_DATES)).all()
