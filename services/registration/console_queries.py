"""What the console's pages of registrations read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.names import Viewer, sessions_open_to
from services.registration.domain.seats import is_overbooked
from services.registration.models import (
    Booking,
    NameAccess,
    Registration,
    SessionCopy,
    SessionSeats,
)

#: The order in which bookings are listed: those who come by name, then those who wait in turn.
_STANDING = sa.case((Booking.status == "confirmed", 0), (Booking.status == "offered", 1), else_=2)
_BY_NAME = sa.case((Booking.status == "confirmed", sa.func.lower(Registration.name)), else_="")


@dataclass(frozen=True)
class BookedParty:
    """One party of a session, with whoever registered it."""

    name: str
    email: str | None
    code: str
    status: str
    party: Mapping[str, int]
    seats: int
    registered_at: datetime


@dataclass(frozen=True)
class SessionLine:
    """One session of the list: what it is, and how full."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    status: str
    details: Mapping[str, Any]
    capacity: int | None
    taken: int
    held: int
    extra: int
    bookings: int
    waiting: int

    @property
    def is_overbooked(self) -> bool:
        """Tell whether more seats are taken than may be, since the capacity was lowered."""
        return is_overbooked(self)


def session_lines(
    db: Session,
    viewer: Viewer,
    *,
    words: str = "",
    since: datetime | None = None,
    offset: int = 0,
    most: int = 50,
) -> tuple[Sequence[SessionLine], int]:
    """Return the sessions with registration that somebody sees, by their starts; and how many."""
    conditions = [SessionCopy.registration == "here", sessions_open_to(viewer)]
    if since is not None:
        conditions.append(SessionCopy.ends_at >= since)
    if words:
        title = SessionCopy.details["title"]["fr"].as_string()
        for word in words.split():
            escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            conditions.append(title.ilike(f"%{escaped}%", escape="\\"))
    total = db.scalar(sa.select(sa.func.count()).select_from(SessionCopy).where(*conditions)) or 0
    rows = db.execute(
        sa.select(
            SessionCopy.id,
            SessionCopy.starts_at,
            SessionCopy.ends_at,
            SessionCopy.status,
            SessionCopy.details,
            SessionSeats.capacity,
            SessionSeats.taken,
            SessionSeats.held,
            SessionSeats.extra,
            SessionSeats.bookings,
            SessionSeats.waiting,
        )
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(*conditions)
        .order_by(SessionCopy.starts_at, SessionCopy.id)
        .offset(offset)
        .limit(most)
    ).mappings()
    return [SessionLine(**row) for row in rows], total


def session_line(db: Session, session_id: UUID) -> tuple[SessionCopy, SessionSeats] | None:
    """Return one session with its counters."""
    found = db.execute(
        sa.select(SessionCopy, SessionSeats)
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(SessionCopy.id == session_id)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def party_totals(db: Session, session_id: UUID) -> Mapping[str, int]:
    """Return how many people of each category have seats in a session."""
    totals: dict[str, int] = {}
    confirmed = sa.select(Booking.party).where(
        Booking.session_id == session_id, Booking.status == "confirmed"
    )
    for party in db.scalars(confirmed):
        for category, count in party.items():
            totals[category] = totals.get(category, 0) + count
    return totals


def booked_parties(db: Session, session_id: UUID) -> Sequence[BookedParty]:
    """Return the parties that come, by name, then those that wait, in turn."""
    rows = db.execute(
        sa.select(
            Registration.name,
            Registration.email,
            Registration.code,
            Booking.status,
            Booking.party,
            Booking.seats,
            Registration.registered_at,
        )
        .join(Registration, Registration.id == Booking.registration_id)
        .where(Booking.session_id == session_id, Booking.status != "cancelled")
        .order_by(_STANDING, _BY_NAME, Booking.id)
    ).mappings()
    return [BookedParty(**row) for row in rows]


def name_accesses(
    db: Session,
    *,
    account_id: UUID | None = None,
    session_id: UUID | None = None,
    before: UUID | None = None,
    most: int,
) -> Sequence[NameAccess]:
    """Return who was shown names, the latest first."""
    query = sa.select(NameAccess)
    if account_id is not None:
        query = query.where(NameAccess.account_id == account_id)
    if session_id is not None:
        query = query.where(NameAccess.session_id == session_id)
    if before is not None:
        query = query.where(NameAccess.id < before)
    return db.scalars(query.order_by(NameAccess.id.desc()).limit(most)).all()
