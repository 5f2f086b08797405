"""What registration tells the others: whole states, as JSON values that keep the contracts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.models import Booking, Registration
from shared.contracts.registration import REGISTRATION_CANCELLED, REGISTRATION_CHANGED
from shared.messaging.outbox import Fact


def booking_state(
    booking_id: UUID,
    session_id: UUID,
    party: Mapping[str, int],
    seats: int,
    status: str,
    revision: int,
) -> dict[str, Any]:
    """Return one booking's state."""
    return {
        "id": str(booking_id),
        "session_id": str(session_id),
        "party": party,
        "seats": seats,
        "status": status,
        "revision": revision,
    }


def registration_state(registration: Registration) -> dict[str, Any]:
    """Return a stored registration's whole state, its bookings with it."""
    return {
        "id": str(registration.id),
        "code": registration.code,
        "token": registration.token,
        "ticket": registration.ticket,
        "email": registration.email,
        "name": registration.name,
        "locale": registration.locale,
        "status": registration.status,
        "registered_at": instant(registration.registered_at),
        "bookings": [_state(booking) for booking in registration.bookings],
    }


def changed(
    registration: Registration, bookings: Iterable[UUID], *, address_corrected: bool = False
) -> Fact:
    """Return the fact that these bookings, or the address, changed."""
    return Fact(
        REGISTRATION_CHANGED,
        registration.id,
        registration.version,
        {
            **registration_state(registration),
            "changed_bookings": [str(booking) for booking in bookings],
            "address_corrected": address_corrected,
        },
    )


def cancelled(registration: Registration) -> Fact:
    """Return the fact that the whole registration was cancelled."""
    return Fact(
        REGISTRATION_CANCELLED,
        registration.id,
        registration.version,
        registration_state(registration),
    )


def instant(value: datetime) -> str:
    """Return an instant as the contracts write it (ISO 8601, UTC)."""
    return value.isoformat()


def _state(booking: Booking) -> dict[str, Any]:
    return booking_state(
        booking.id,
        booking.session_id,
        booking.party,
        booking.seats,
        booking.status,
        booking.revision,
    )
