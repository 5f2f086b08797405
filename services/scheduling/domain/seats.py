"""The seats left in a session: registration counts them, scheduling shows its last word."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Session


class UnknownSession(Exception):
    """Seats were counted in a session that scheduling does not have."""


def keep_seats_left(
    db: DbSession, session_id: UUID, seats_left: int | None, *, seats_version: int
) -> bool:
    """Keep the number of seats left if `seats_version` is newer; returns whether it was.

    The session's own `version` stays: the number is in no event and in no calendar. Raises
    `UnknownSession`.
    """
    updated: Any = db.execute(
        sa.update(Session)
        .where(Session.id == session_id, Session.seats_version < seats_version)
        .values(seats_left=seats_left, seats_version=seats_version)
    )
    if updated.rowcount:
        return True
    if db.scalar(sa.select(Session.id).where(Session.id == session_id)) is None:
        raise UnknownSession(str(session_id))
    return False
