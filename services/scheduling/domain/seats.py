"""The seats of a session: registration counts them, scheduling shows its last word."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import PublishedSession

#: What registration says of a session's seats, and scheduling keeps.
COUNTED = ("seats_left", "seats_taken", "bookings", "waiting")


class UnknownSession(Exception):
    """Seats were counted in a session that scheduling has not released."""


def keep_seats(
    db: DbSession, session_id: UUID, counted: Mapping[str, Any], *, seats_version: int
) -> bool:
    """Keep what was counted if `seats_version` is newer; returns whether it was.

    The session's own `version` stays: the numbers are in no event and in no calendar. Raises
    `UnknownSession`.
    """
    updated: Any = db.execute(
        sa.update(PublishedSession)
        .where(PublishedSession.id == session_id, PublishedSession.seats_version < seats_version)
        .values(**{name: counted[name] for name in COUNTED}, seats_version=seats_version)
    )
    if updated.rowcount:
        return True
    known = sa.select(PublishedSession.id).where(PublishedSession.id == session_id)
    if db.scalar(known) is None:
        raise UnknownSession(str(session_id))
    return False
