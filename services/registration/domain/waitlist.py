"""The waitlist: freed seats go to those who wait, first come first served, whole parties."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from services.registration.domain import facts
from services.registration.domain.admission import Waiting, serve
from services.registration.domain.seats import Change, Seats, count
from services.registration.models import Booking, Registration
from shared.messaging.outbox import record_all


def serve_waitlist(db: Session, seats: Mapping[UUID, Seats], *, now: datetime) -> list[UUID]:
    """Confirm those who wait for these sessions and fit in what is left; return their bookings.

    `seats` are the locked counters as they are now. Each registration that gains a seat is recorded
    as changed. A session that is closed serves nobody.
    """
    left = {
        session: row.left
        for session, row in seats.items()
        if row.is_open(now) and row.waiting and row.left != 0
    }
    if not left:
        return []
    waiting = db.execute(
        sa.select(Booking.id, Booking.session_id, Booking.seats, Booking.registration_id)
        .where(Booking.session_id.in_(left), Booking.status == "waitlisted")
        .order_by(Booking.id)
    ).all()
    served = set(serve(left, [Waiting(row.id, row.session_id, row.seats) for row in waiting]))
    registrations = {row.registration_id for row in waiting if row.id in served}
    changes: dict[UUID, Change] = {}
    recorded = []
    for registration in lock_registrations(db, registrations):
        confirmed = [booking for booking in registration.bookings if booking.id in served]
        for booking in confirmed:
            booking.status = "confirmed"
            booking.revision += 1
            booking.changed_at = now
            changes[booking.session_id] = changes.get(booking.session_id, Change()) + Change(
                taken=booking.seats, waiting=-1
            )
        registration.version += 1
        recorded.append(facts.changed(registration, [booking.id for booking in confirmed]))
    db.flush()
    count(db, changes)
    record_all(db, recorded, now=now)
    return [row.id for row in waiting if row.id in served]


def lock_registrations(db: Session, ids: Iterable[UUID]) -> list[Registration]:
    """Lock these registrations in the order of their ids and return them as they are now."""
    wanted = list(ids)
    if not wanted:
        return []
    db.execute(
        sa.select(Registration.id)
        .where(Registration.id.in_(wanted))
        .order_by(Registration.id)
        .with_for_update()
    )
    return list(
        db.scalars(
            sa.select(Registration)
            .where(Registration.id.in_(wanted))
            .order_by(Registration.id)
            .options(selectinload(Registration.bookings))
            .execution_options(populate_existing=True)
        )
    )
