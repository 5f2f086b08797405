"""Telling the others how many seats are left, for the sessions where that changed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.seats import is_overbooked, seats_left
from services.registration.models import SESSION_SEATS
from shared.contracts.registration import SEATS_COUNTED
from shared.messaging.outbox import Fact, record_all


def count_seats(db: Session, *, now: datetime) -> int:
    """Record the seats left in each session that changed since it was last counted.

    Called by a timer, so at most once per interval and session. Returns how many were recorded.
    Reads without locks and marks last, so that a rush is held up for as short as can be; whoever
    counts twice records the same version twice, which a copy ignores.
    """
    rows = db.execute(
        sa.select(
            SESSION_SEATS.c.session_id,
            SESSION_SEATS.c.capacity,
            SESSION_SEATS.c.taken,
            SESSION_SEATS.c.held,
            SESSION_SEATS.c.extra,
            SESSION_SEATS.c.bookings,
            SESSION_SEATS.c.waiting,
            SESSION_SEATS.c.version,
        )
        .where(SESSION_SEATS.c.version != SESSION_SEATS.c.counted_version)
        .order_by(SESSION_SEATS.c.session_id)
    ).all()
    if not rows:
        return 0
    record_all(
        db,
        [Fact(SEATS_COUNTED, row.session_id, row.version, _counted(row)) for row in rows],
        now=now,
    )
    db.connection().execute(
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id == sa.bindparam("counted", type_=sa.Uuid))
        .where(SESSION_SEATS.c.counted_version < sa.bindparam("at_version", type_=sa.BigInteger))
        .values(counted_version=sa.bindparam("at_version", type_=sa.BigInteger)),
        [{"counted": row.session_id, "at_version": row.version} for row in rows],
    )
    return len(rows)


def _counted(row: Any) -> dict[str, Any]:
    return {
        "session_id": str(row.session_id),
        "seats_left": seats_left(row),
        "capacity": row.capacity,
        "bookings": row.bookings,
        "seats_taken": row.taken,
        "waiting": row.waiting,
        "overbooked": is_overbooked(row),
    }
