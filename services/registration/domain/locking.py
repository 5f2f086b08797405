"""Locking registrations with everything that they have seats in."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.seats import Seats, lock_seats
from services.registration.domain.waitlist import lock_registrations, sessions_of
from services.registration.models import Registration


def lock_whole(db: Session, ids: Collection[UUID]) -> tuple[dict[UUID, Seats], list[Registration]]:
    """Lock the seats of all sessions of these registrations, then the registrations.

    Returns both as they are under the locks. A session that a registration was given while we
    waited (`moving`) would be locked out of the order: then the locks are let go and taken again.
    """
    while True:
        sessions = set(sessions_of(db, ids))
        attempt = db.begin_nested()
        seats = lock_seats(db, sessions)
        registrations = lock_registrations(db, ids)
        if all(one.session_id in sessions for each in registrations for one in each.bookings):
            attempt.commit()
            return seats, registrations
        attempt.rollback()
