"""What the tests of registration build on: published sessions, requests, and how they count."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.registering import (
    Answer,
    RegistrationRequest,
    WantedBooking,
    register_all,
)
from services.registration.domain.registrar import Registrar
from services.registration.domain.releases import close_release
from services.registration.domain.sessions import keep_session
from services.registration.domain.telling import tell_some
from services.registration.domain.tickets import TicketSigner
from services.registration.models import Booking, SessionCopy, SessionSeats
from shared.context import ServiceContext
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW, SECRET_KEY

SIGNER = TicketSigner(SECRET_KEY)


def session_data(**changes: Any) -> dict[str, Any]:
    """Return the data of a session that can be registered for here, in a week."""
    data: dict[str, Any] = {
        "id": str(new_id()),
        "uid": f"{new_id()}@parvis.test",
        "sequence": 2,
        "status": "confirmed",
        "kind": "timed",
        "starts_at": (NOW + timedelta(days=7)).isoformat(),
        "ends_at": (NOW + timedelta(days=7, hours=1)).isoformat(),
        "time_zone": "Europe/Paris",
        "weekly_hours": [],
        "closures": [],
        "registration": "here",
        "registration_link": None,
        "registration_telephone": None,
        "registration_email": None,
        "registration_full": False,
        "registration_closes_at": None,
        "capacity": 10,
        "seat_categories": ["adults", "children"],
        "title": {"fr": "Voir un muon", "en": "See a muon"},
        "description": {"fr": "Une chambre à brouillard.", "en": None},
        "audience": "families",
        "age_min": 6,
        "age_max": None,
        "theme": None,
        "format": None,
        "presenters": [],
        "link": None,
        "activity_id": str(new_id()),
        "edition": {
            "id": str(new_id()),
            "slug": "fds-2026",
            "name": {"fr": "Fête de la science 2026", "en": None},
            "time_zone": "Europe/Paris",
            "contact_email": "contact@example.org",
        },
        "organisation": None,
        "venue": {
            "id": str(new_id()),
            "name": "La Casemate",
            "address": "2 place Saint-Laurent",
            "postcode": "38000",
            "commune": {"insee_code": "38185", "name": "Grenoble"},
            "latitude": 45.1985,
            "longitude": 5.7317,
        },
        "space": {"id": str(new_id()), "name": "Atelier"},
        "changed_at": NOW.isoformat(),
    }
    return data | changes


def envelope(data: dict[str, Any], version: int = 1, *, release_id: UUID | None = None) -> Envelope:
    """Return the event that publishes the session, by itself unless a release is named."""
    return Envelope(
        id=new_id(),
        type=SESSION_PUBLISHED.type,
        version=1,
        aggregate_id=UUID(data["id"]),
        aggregate_version=version,
        occurred_at=NOW,
        correlation_id="test",
        data=data,
        release_id=release_id,
    )


def publish(
    context: ServiceContext, *, version: int = 1, release_id: UUID | None = None, **changes: Any
) -> UUID:
    """Let registration learn of a session; return its id."""
    data = session_data(**changes)
    event = envelope(data, version, release_id=release_id)
    with context.database.write() as db:
        keep_session(db, event, now=context.clock())
    return UUID(data["id"])


def publish_again(
    context: ServiceContext,
    session_id: UUID,
    *,
    version: int | None = None,
    release_id: UUID | None = None,
    **changes: Any,
) -> None:
    """Let registration learn of a change to a session that it knows; the next version of it."""
    with context.database.read() as db:
        copy = db.get_one(SessionCopy, session_id)
    data = {**copy.details, **changes}
    event = envelope(data, version or copy.version + 1, release_id=release_id)
    with context.database.write() as db:
        keep_session(db, event, now=context.clock())


def release_closing(release_id: UUID, *sessions: UUID) -> Envelope:
    """Return the event that ends a release of these sessions."""
    data = {
        "id": str(release_id),
        "edition_id": str(new_id()),
        "sessions": [str(session) for session in sessions],
    }
    return Envelope(
        id=new_id(),
        type=RELEASE_PUBLISHED.type,
        version=1,
        aggregate_id=release_id,
        aggregate_version=1,
        occurred_at=NOW,
        correlation_id="test",
        data=data,
        release_id=release_id,
    )


def close(context: ServiceContext, release_id: UUID, *sessions: UUID) -> None:
    """End a release; raises `Parked` unless its sessions have come."""
    with context.database.write() as db:
        close_release(db, release_closing(release_id, *sessions), now=context.clock())


def tell(context: ServiceContext, *, most: int = 200) -> int:
    """Tell everybody everything; return in how many batches."""
    batches = 0
    while True:
        with context.database.write() as db:
            if not tell_some(db, now=context.clock(), most=most):
                return batches
        batches += 1


def told(context: ServiceContext) -> list[dict[str, Any]]:
    """Return what releases told registrations, in order."""
    return [
        data
        for name, _, data in recorded(context)
        if name == "registration_changed" and (data["release_id"] or data["session_changes"])
    ]


def moved(**by: int) -> dict[str, Any]:
    """Return when a session is that begins and ends so much later than usual."""
    begins = NOW + timedelta(days=7) + timedelta(**by)
    return {
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=1)).isoformat(),
    }


def wanted(session_id: UUID, *, may_wait: bool = False, **party: int) -> WantedBooking:
    """Return what somebody asks for in one session: two adults unless told otherwise."""
    return WantedBooking(session_id, party or {"adults": 2}, may_wait)


def request(
    *bookings: WantedBooking, key: str | None = None, **changes: Any
) -> RegistrationRequest:
    """Return a request with a key of its own."""
    registration_id = new_id()
    values: dict[str, Any] = {
        "id": registration_id,
        "ticket": SIGNER.sign(registration_id),
        "key": key or new_id().hex,
        "email": "camille@example.org",
        "name": "Camille Dupré",
        "locale": "fr",
        "bookings": bookings,
    }
    return RegistrationRequest(**(values | changes))


def register(
    context: ServiceContext, *requests: RegistrationRequest, now: datetime | None = None
) -> list[Answer]:
    """Register all in one transaction."""
    with context.database.write() as db:
        return register_all(db, requests, now=now or context.clock())


def registrar(context: ServiceContext) -> Registrar:
    """Return a registrar on the context's database."""
    return Registrar(context.database, SIGNER, context.clock)


def seats(context: ServiceContext, session_id: UUID) -> SessionSeats:
    """Return the counters of a session."""
    with context.database.read() as db:
        return db.get_one(SessionSeats, session_id)


def taken_by_bookings(db: Session, session_id: UUID) -> tuple[int, int]:
    """Return the seats that somebody has or is offered, and how many bookings wait."""
    confirmed = db.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Booking.seats), 0)).where(
            Booking.session_id == session_id, Booking.status.in_(("confirmed", "offered"))
        )
    )
    waiting = db.scalar(
        sa.select(sa.func.count())
        .select_from(Booking)
        .where(Booking.session_id == session_id, Booking.status == "waitlisted")
    )
    return int(confirmed or 0), int(waiting or 0)


def recorded(context: ServiceContext) -> list[tuple[str, int, dict[str, Any]]]:
    """Return what was recorded, in order: the event's name, its aggregate's version, its data."""
    with context.database.read() as db:
        rows = db.execute(
            sa.select(OUTBOX.c.type, OUTBOX.c.aggregate_version, OUTBOX.c.data).order_by(
                OUTBOX.c.row
            )
        )
        return [(row[0].partition(".")[2], row[1], row[2]) for row in rows]
