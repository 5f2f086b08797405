"""Sessions as they were and as they are, and the event in which a release tells of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.notifications.domain import sessions
from shared.context import ServiceContext
from shared.messaging.envelope import Envelope
from tests.services.notifications.events import golden, released, session_published

#: What an event tells of a session as it was and as it is.
TOLD = (
    "status",
    "kind",
    "starts_at",
    "ends_at",
    "time_zone",
    "weekly_hours",
    "closures",
    "title",
    "venue",
    "space",
)

MUSEUM = {
    "id": "01a1b2c3-0000-7000-8000-000000000105",
    "name": "Muséum de Grenoble",
    "address": "1 rue Dolomieu",
    "postcode": "38000",
    "commune": {"insee_code": "38185", "name": "Grenoble"},
    "latitude": 45.1867,
    "longitude": 5.7366,
}

AUDITORIUM = {"id": "01a1b2c3-0000-7000-8000-000000000106", "name": "Auditorium"}

Data = dict[str, Any]


def session(number: int = 1, title: str = "Fabrique ton glacier", **changes: Any) -> Data:
    """Return a session's data; sessions of other numbers are others."""
    identifier = str(UUID(int=0x01A1B2C3_0000_7000_8000_000000001000 + number))
    named = {"fr": title, "en": None}
    base = {"id": identifier, "uid": f"{identifier}@parvis", "title": named}
    return session_published().data | base | changes


def moved(data: Data, *, hours: float = 22, **changes: Any) -> Data:
    """Return the session so many hours later, changed on purpose: its sequence counts up."""
    later = {
        name: (datetime.fromisoformat(data[name]) + timedelta(hours=hours)).isoformat()
        for name in ("starts_at", "ends_at")
    }
    return data | later | {"sequence": data["sequence"] + 1} | changes


def off(data: Data) -> Data:
    """Return the session cancelled."""
    return data | {"status": "cancelled", "sequence": data["sequence"] + 1}


def know(context: ServiceContext, *known: Data, version: int = 2) -> None:
    """Let notifications know the sessions, at that version."""
    with context.database.write() as db:
        for data in known:
            event = session_published(version=version)
            sessions.keep_session(
                db, replace(event, aggregate_id=UUID(data["id"]), data=event.data | data)
            )


def booking(data: Data, **changes: Any) -> Data:
    """Return a booking in the session; each session has its own."""
    identifier = str(UUID(int=UUID(data["id"]).int + 0x1000))
    party = {"adults": 2, "children": 1}
    base = golden("registration.registration_made").data["bookings"][0]
    return base | {"id": identifier, "session_id": data["id"], "party": party} | changes


def change(before: Data, after: Data, *, version: int = 2, was: str = "confirmed") -> Data:
    """Return what a release did to one session, whose booking `was` so before."""
    return {
        "session_id": after["id"],
        "version": version,
        "booking_status": was,
        "before": {name: before[name] for name in TOLD},
        "after": {name: after[name] for name in TOLD},
    }


def release(
    *changes: Data, bookings: list[Data] | None = None, version: int = 2, **data: Any
) -> Envelope:
    """Return what a release did to one registration.

    Without `bookings` there is one for each change; a cancelled session has ended its booking.
    """
    if bookings is None:
        bookings = [_booked(one) for one in changes]
    over = all(one["status"] == "cancelled" for one in bookings)
    return released(
        version=version,
        bookings=bookings,
        session_changes=list(changes),
        status="cancelled" if over else "active",
        **data,
    )


def _booked(one: Data) -> Data:
    ended = one["after"]["status"] == "cancelled"
    status = "cancelled" if ended else one["booking_status"]
    return booking({"id": one["session_id"]}, status=status, revision=int(ended))
