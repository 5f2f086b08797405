"""Ending a booking: whatever the reason, it frees what it held."""

from services.registration.domain.seats import Change
from services.registration.models import Booking


def end(booking: Booking) -> Change | None:
    """Cancel a booking in place; return what that changes of its session's counters.

    None when it is cancelled already: then nothing changed.
    """
    if booking.status == "cancelled":
        return None
    waits = booking.status == "waitlisted"
    booking.status = "cancelled"
    return Change(waiting=-1) if waits else Change(taken=-booking.seats, bookings=-1)
