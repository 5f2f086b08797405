"""A move that was proposed to a party: a booking that is offered in place of another of its own."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.calls import note_calls
from services.registration.domain.ending import end
from services.registration.domain.facts import instant
from services.registration.domain.party import heads, seats_beside, seats_for, unfit
from services.registration.domain.seats import Change, Seats
from services.registration.domain.told import told_state
from services.registration.models import Booking, Registration

#: Why a booking ended, where that ends what is proposed in its place too, and why that ends then.
#: Whoever lets an offer go, or loses a session that does not take place, may still be moved.
_ENDS_PROPOSALS = {"contact": "declined", "organiser": "organiser"}


def is_proposed(booking: Booking) -> bool:
    """Tell whether a booking is a move that was proposed and is not answered yet."""
    return booking.status == "offered" and booking.replaces_id is not None


def proposed_for(booking: Booking, bookings: Iterable[Booking]) -> Booking | None:
    """Return the move that is proposed in place of a booking, among its registration's bookings."""
    return next(
        (one for one in bookings if one.replaces_id == booking.id and is_proposed(one)), None
    )


def replaced_by(booking: Booking, bookings: Iterable[Booking]) -> Booking | None:
    """Return what a move is proposed in place of, among its registration's, while that stands."""
    return next(
        (one for one in bookings if one.id == booking.replaces_id and one.status != "cancelled"),
        None,
    )


def note_move(
    db: Session,
    registration: Registration,
    move: Booking,
    source: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Note that whoever has no address is to be called about a move; `source` are the details of
    the session that they would leave.
    """
    until = move.offer_expires_at
    details = {
        "from": told_state(source),
        "offer_expires_at": instant(until) if until else None,
        "note": move.offer_note,
    }
    note_calls(db, registration, "move", [move.session_id], now=now, details=details)


def follow_answer(
    bookings: Mapping[UUID, Booking], changes: dict[UUID, Change], *, now: datetime
) -> None:
    """End what an accepted move replaces, and the moves proposed in place of what was cancelled.

    `bookings` are all of one registration, by id; `changes` those that were changed already, to
    which these are added. The caller holds the locks on all their sessions' seats.
    """
    for booking_id in tuple(changes):
        booking = bookings[booking_id]
        if booking.status == "confirmed" and booking.replaces_id is not None:
            _end(bookings[booking.replaces_id], "moved", changes, now)
        proposed = proposed_for(booking, bookings.values())
        if proposed is not None and booking.ended_for in _ENDS_PROPOSALS:
            _end(proposed, _ENDS_PROPOSALS[booking.ended_for], changes, now)


def follow_party(
    booking: Booking,
    bookings: Iterable[Booking],
    seats: Mapping[UUID, Seats],
    changes: dict[UUID, Change],
    *,
    now: datetime,
) -> None:
    """Give the move that is proposed in place of a booking the party that it has now.

    One into which that does not fit is not proposed any longer. As `follow_answer`.
    """
    proposed = proposed_for(booking, bookings)
    if proposed is None or proposed.id in changes:
        return
    target = seats[proposed.session_id]
    wheelchairs = min(proposed.wheelchairs, heads(booking.party))
    needed = seats_beside(booking.party, target.seat_categories, wheelchairs)
    more = needed - proposed.seats
    is_room = more <= 0 or (target.is_open(now) and (target.left is None or more <= target.left))
    if not is_room or never_fits(booking.party, needed, target):
        _end(proposed, "declined", changes, now)
        return
    fewer = proposed.wheelchairs - wheelchairs
    proposed.party, proposed.seats = dict(booking.party), needed
    proposed.wheelchairs = wheelchairs
    _note(proposed, Change(taken=more, wheelchairs=-fewer), changes, now)


def never_fits(party: Mapping[str, int], needed: int, seats: Seats) -> bool:
    """Tell whether a party can never sit in a session: nobody of it does, or it is too large."""
    seated = seats_for(party, seats.seat_categories)
    return bool(unfit(seated, seats.seat_categories, None) or unfit(needed, (), seats.capacity))


def _end(booking: Booking, reason: str, changes: dict[UUID, Change], now: datetime) -> None:
    ended = end(booking, reason)
    if ended is not None:
        _note(booking, ended, changes, now)


def _note(booking: Booking, change: Change, changes: dict[UUID, Change], now: datetime) -> None:
    if booking.id not in changes:
        booking.revision += 1
        booking.changed_at = now
    changes[booking.id] = changes.get(booking.id, Change()) + change
