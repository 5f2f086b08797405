"""What allotments hold of a session's seats, and what changes when somebody takes or leaves some.

Whoever comes here holds the lock on the session's seats, and has read the allotments since.
"""

from services.registration.domain.seats import Change, Seats
from services.registration.models import Allotment, Booking


def held_by(allotment: Allotment) -> int:
    """Return the seats that an allotment keeps and nobody has taken; none once it is released."""
    if allotment.released_at is not None:
        return 0
    return max(0, allotment.seats - allotment.taken)


def room_in(allotment: Allotment, seats: Seats) -> int | None:
    """Return how many seats a party may take in an allotment; None where they are not limited.

    They are those that it holds, then those that are left for the public. A capacity that fell
    below what is taken and held is shared by whoever comes first.
    """
    if seats.capacity is None or seats.left is None:
        return None
    sold_out_at = seats.capacity + seats.extra - seats.taken
    return max(0, min(held_by(allotment) + seats.left, sold_out_at))


def room_for(booking: Booking, seats: Seats) -> int | None:
    """Return how many seats more a booking may take, as `room_in` says of its allotment's."""
    return seats.left if booking.allotment is None else room_in(booking.allotment, seats)


def take(booking: Booking, more: int) -> Change:
    """Count so many seats more (or less) for a booking in its allotment; return what changes.

    What an allotment holds is taken first, and what is left of one that is not released goes back
    to it; what goes beyond its seats comes from, and returns to, the public's.
    """
    allotment = booking.allotment
    if allotment is None:
        return Change(taken=more)
    held = held_by(allotment)
    allotment.taken += more
    return Change(taken=more, held=held_by(allotment) - held)
