"""Ending a booking: whatever the reason, it frees what it held; with the last one all is over."""

from datetime import datetime

from services.registration.domain.holding import take
from services.registration.domain.seats import Change
from services.registration.models import Booking, Registration


def end(booking: Booking, reason: str) -> Change | None:
    """Cancel a booking in place for a reason (`Booking.ended_for`); return what that changes.

    What changes are its session's counters, and its allotment's; None when it is cancelled already.
    The caller holds the lock on the session's seats and has read the booking since
    (`waitlist.lock_registrations`).
    """
    if booking.status == "cancelled":
        return None
    waits = booking.status == "waitlisted"
    booking.status = "cancelled"
    booking.ended_for = reason
    booking.offer_expires_at = booking.offer_note = None
    if waits:
        return Change(waiting=-1)
    return take(booking, -booking.seats) + Change(bookings=-1, wheelchairs=-booking.wheelchairs)


def end_registration(registration: Registration, now: datetime) -> bool:
    """Cancel a registration in place when all its bookings ended; tell whether it is cancelled."""
    if any(booking.status != "cancelled" for booking in registration.bookings):
        return False
    if registration.status != "cancelled":
        registration.status = "cancelled"
        registration.cancelled_at = now
    return True
