"""The waitlist: freed seats go to those who wait, first come first served, whole parties."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from services.registration.domain import facts
from services.registration.domain.admission import Waiting, serve
from services.registration.domain.noting import note_gains
from services.registration.domain.seats import Change, Seats, count, session_versions
from services.registration.models import Booking, Registration
from shared.messaging.outbox import record_all


def serve_waitlist(
    db: Session, seats: Mapping[UUID, Seats], *, now: datetime, release_id: UUID | None = None
) -> list[UUID]:
    """Confirm those who wait for these sessions and fit in what is left; return their bookings.

    `seats` are the locked counters as they are now. Each registration that gains a seat is recorded
    as changed; seats that a release brought are noted, to be told with everything else that it
    changed. A session that is closed serves nobody.
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
    gaining = lock_registrations(db, registrations)
    gained = [
        booking
        for registration in gaining
        for booking in registration.bookings
        if booking.id in served
    ]
    changes: dict[UUID, Change] = {}
    for booking in gained:
        booking.status = "confirmed"
        booking.revision += 1
        booking.changed_at = now
        changes[booking.session_id] = changes.get(booking.session_id, Change()) + Change(
            taken=booking.seats, bookings=1, waiting=-1
        )
    if release_id is None:
        _record(db, gaining, served, now)
    else:
        db.flush()
        note_gains(db, gained, release_id=release_id)
    count(db, changes)
    return [row.id for row in waiting if row.id in served]


def _record(
    db: Session, registrations: Iterable[Registration], served: Collection[UUID], now: datetime
) -> None:
    sessions = {one.session_id for registration in registrations for one in registration.bookings}
    versions = session_versions(db, sessions)
    recorded = []
    for registration in registrations:
        confirmed = [booking.id for booking in registration.bookings if booking.id in served]
        registration.version += 1
        recorded.append(facts.changed(registration, versions, confirmed))
    db.flush()
    record_all(db, recorded, now=now)


def lock_registrations(db: Session, ids: Iterable[UUID]) -> list[Registration]:
    """Lock these registrations in the order of their ids and return them as they are now."""
    wanted = list(ids)
    if not wanted:
        return []
    db.execute(
        sa.select(Registration.id)
        .where(Registration.id.in_(wanted))
        .order_by(Registration.id)
        .with_for_update(key_share=True)  # rows that refer to them may still be inserted
    )
    return list(
        db.scalars(
            sa.select(Registration)
            .where(Registration.id.in_(wanted))
            .order_by(Registration.id)
            .options(selectinload(Registration.bookings).selectinload(Booking.allotment))
            .execution_options(populate_existing=True)
        )
    )
