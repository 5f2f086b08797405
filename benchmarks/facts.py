"""Facts for benchmarks: registrations that nobody made."""

from datetime import datetime
from typing import Any

from shared.contracts.registration import REGISTRATION_MADE
from shared.identifiers import new_code, new_id, new_token
from shared.messaging.outbox import Fact


def made_registration(now: datetime) -> dict[str, Any]:
    """Return the data of `registration_made` for a family of three in one session."""
    booking = {
        "id": str(new_id()),
        "session_id": str(new_id()),
        "party": {"adults": 1, "children": 2},
        "seats": 3,
        "status": "confirmed",
        "revision": 0,
    }
    return {
        "id": str(new_id()),
        "code": new_code(),
        "token": new_token(),
        "ticket": "P1." + "A" * 112,
        "status": "active",
        "bookings": [booking],
        "email": "famille.durand@example.org",
        "name": "Famille Durand",
        "locale": "fr",
        "registered_at": now.isoformat(),
    }


def made_fact(now: datetime) -> Fact:
    """Return the fact that such a registration was made."""
    data = made_registration(now)
    return Fact(REGISTRATION_MADE, new_id(), 1, data)
