"""What the organisers do to several bookings of one session at once: to all of them or none."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain import facts
from services.registration.domain.calls import drop_calls, note_calls
from services.registration.domain.ending import end, end_registration
from services.registration.domain.locking import lock_whole
from services.registration.domain.moves import follow_answer
from services.registration.domain.seats import Change, count, lock_seats
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import Booking, Registration
from shared.messaging.outbox import record_all


def cancel_bookings(
    db: Session, session_id: UUID, bookings: Collection[UUID], *, now: datetime
) -> list[Registration]:
    """Cancel these bookings of a session for its organiser, and serve its waitlist.

    Each contact is told that the organiser cancelled. What is cancelled already, or is of another
    session, is left alone. Returns the registrations that lost a booking. Call it inside
    `database.write()`.
    """
    wanted = set(bookings)
    ids = set(
        db.scalars(
            sa.select(Booking.registration_id).where(
                Booking.session_id == session_id, Booking.id.in_(wanted)
            )
        )
    )
    if not ids:
        return []
    seats, registrations = lock_whole(db, ids)
    versions = {session: row.session_version for session, row in seats.items()}
    changed, recorded = [], []
    freed: dict[UUID, Change] = {}
    for registration in registrations:
        ended: dict[UUID, Change] = {}
        for booking in registration.bookings:
            if booking.id not in wanted or booking.session_id != session_id:
                continue
            change = end(booking, "organiser")
            if change is not None:
                booking.revision += 1
                booking.changed_at = now
                ended[booking.id] = change
        if not ended:
            continue
        bookings = {booking.id: booking for booking in registration.bookings}
        follow_answer(bookings, ended, now=now)
        for booking_id, change in ended.items():
            session = bookings[booking_id].session_id
            freed[session] = freed.get(session, Change()) + change
        registration.version += 1
        if end_registration(registration, now):
            recorded.append(facts.cancelled(registration, versions))
        else:
            recorded.append(facts.changed(registration, versions, ended))
        drop_calls(db, registration, ("offer", "move"), [bookings[one].session_id for one in ended])
        note_calls(db, registration, "cancelled_by_organiser", [session_id], now=now)
        changed.append(registration)
    db.flush()
    count(db, freed)
    record_all(db, recorded, now=now)
    if changed:
        serve_waitlist(db, lock_seats(db, freed), now=now)
    return changed
