"""What the staff's page of one registration reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import Allotment, Booking, Registration, SessionCopy


@dataclass(frozen=True)
class StaffBooking:
    """One booking of a registration, with its session and its allotment's name."""

    booking: Booking
    session: SessionCopy
    allotment: str | None

    @property
    def is_alive(self) -> bool:
        """Tell whether there is something to cancel."""
        return self.booking.status != "cancelled" and self.session.status != "cancelled"


@dataclass(frozen=True)
class StaffRegistration:
    """One registration as the staff sees it, with all its bookings by their sessions' starts."""

    registration: Registration
    bookings: tuple[StaffBooking, ...]

    def happenings(self) -> list[tuple[datetime, str, StaffBooking | None]]:
        """Return what is known to have happened, the latest first: when, what, to which booking."""
        found: list[tuple[datetime, str, StaffBooking | None]] = [
            (self.registration.registered_at, "registered", None)
        ]
        for each in self.bookings:
            booking = each.booking
            if booking.still_coming_at is not None:
                found.append((booking.still_coming_at, "still_coming", each))
            if booking.revision:
                what = booking.ended_for or booking.status
                found.append((booking.changed_at, what, each))
        return sorted(found, key=lambda one: one[0], reverse=True)


def staff_registration(db: Session, registration_id: UUID) -> StaffRegistration | None:
    """Return a registration with its bookings; None when there is none or it was erased."""
    rows = db.execute(
        sa.select(Registration, Booking, SessionCopy, Allotment.name)
        .join(Booking, Booking.registration_id == Registration.id)
        .join(SessionCopy, SessionCopy.id == Booking.session_id)
        .outerjoin(Allotment, Allotment.id == Booking.allotment_id)
        .where(Registration.id == registration_id, Registration.erased_at.is_(None))
        .order_by(SessionCopy.starts_at, Booking.id)
    ).all()
    if not rows:
        return None
    bookings = tuple(StaffBooking(row[1], row[2], row[3]) for row in rows)
    return StaffRegistration(rows[0][0], bookings)
