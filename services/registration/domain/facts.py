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
    offer_expires_at: datetime | None = None,
) -> dict[str, Any]:
    """Return one booking's state, as whoever made it is told."""
    return {
        "id": str(booking_id),
        "session_id": str(session_id),
        "party": party,
        "seats": seats,
        "status": status,
        "revision": revision,
        "offer_expires_at": instant(offer_expires_at) if offer_expires_at else None,
    }


def told_booking(
    state: Mapping[str, Any],
    session_version: int,
    *,
    wheelchairs: int = 0,
    answer_by: datetime | None = None,
    ended_for: str | None = None,
    replaces: UUID | None = None,
    offer_note: str | None = None,
) -> dict[str, Any]:
    """Return a booking's state as events tell it: with the version of the session known here."""
    return {
        **state,
        "session_version": session_version,
        "wheelchairs": wheelchairs,
        "answer_by": instant(answer_by) if answer_by else None,
        "ended_for": ended_for,
        "replaces": str(replaces) if replaces else None,
        "offer_note": offer_note,
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
    registration: Registration,
    versions: Mapping[UUID, int],
    bookings: Iterable[UUID],
    *,
    asked: Iterable[UUID] = (),
    address_corrected: bool = False,
    ticket_renewed: bool = False,
    session_changes: Iterable[Mapping[str, Any]] = (),
    release_id: UUID | None = None,
) -> Fact:
    """Return the fact that these bookings, the address, the ticket or sessions changed.

    Of those `asked` it is asked whether the party still comes. `versions` are the versions of the
    registration's sessions that are known here.
    """
    return Fact(
        REGISTRATION_CHANGED,
        registration.id,
        registration.version,
        {
            **_told(registration, versions),
            "changed_bookings": [str(booking) for booking in bookings],
            "asked_bookings": [str(booking) for booking in asked],
            "address_corrected": address_corrected,
            "ticket_renewed": ticket_renewed,
            "session_changes": list(session_changes),
            "release_id": str(release_id) if release_id else None,
        },
        release_id=release_id,
    )


def cancelled(registration: Registration, versions: Mapping[UUID, int]) -> Fact:
    """Return the fact that the whole registration was cancelled; `versions` as for `changed`."""
    return Fact(
        REGISTRATION_CANCELLED,
        registration.id,
        registration.version,
        _told(registration, versions),
    )


def _told(registration: Registration, versions: Mapping[UUID, int]) -> dict[str, Any]:
    return {
        **registration_state(registration),
        "bookings": [
            told_booking(
                _state(booking),
                versions[booking.session_id],
                wheelchairs=booking.wheelchairs,
                answer_by=booking.answer_by,
                ended_for=booking.ended_for,
                replaces=booking.replaces_id,
                offer_note=booking.offer_note,
            )
            for booking in registration.bookings
        ],
    }


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
        booking.offer_expires_at,
    )
