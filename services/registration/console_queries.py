"""What the console's pages of registrations read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.names import Viewer, sessions_open_to
from services.registration.domain.seats import is_overbooked
from services.registration.models import (
    Booking,
    NameAccess,
    SessionCopy,
    SessionSeats,
)

#: Where days are counted: the editions of one installation are in one country.
TIME_ZONE = "Europe/Paris"


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
    commune: str = "",
    day: date | None = None,
    organisation_id: UUID | None = None,
    venue_id: UUID | None = None,
    offset: int = 0,
    most: int = 50,
) -> tuple[Sequence[SessionLine], int]:
    """Return the sessions with registration that somebody sees, by their starts; and how many.

    Each of `words` is in a title, or in the name of the venue or of its commune. With `commune`
    those in that one alone, by its name; with `day` those that start on it; with an organisation or
    a venue those that are its own.
    """
    conditions = [SessionCopy.registration == "here", sessions_open_to(viewer)]
    if since is not None:
        conditions.append(SessionCopy.ends_at >= since)
    if commune:
        name = SessionCopy.details["venue"]["commune"]["name"].as_string()
        conditions.append(name == commune)
    if day is not None:
        conditions += _starts_on(day)
    if organisation_id is not None:
        conditions.append(SessionCopy.organisation_id == organisation_id)
    if venue_id is not None:
        conditions.append(SessionCopy.venue_id == venue_id)
    for word in words.split():
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        said = [text.ilike(f"%{escaped}%", escape="\\") for text in _searched()]
        conditions.append(sa.or_(*said))
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


def _searched() -> list[sa.ColumnElement[str]]:
    """Return the texts in which a session is searched: its titles, its venue, its commune."""
    title, venue = SessionCopy.details["title"], SessionCopy.details["venue"]
    names = (title["fr"], title["en"], venue["name"], venue["commune"]["name"])
    return [name.as_string() for name in names]


def _starts_on(day: date) -> list[sa.ColumnElement[bool]]:
    midnight = datetime.combine(day, time(), ZoneInfo(TIME_ZONE))
    return [
        SessionCopy.starts_at >= midnight,
        SessionCopy.starts_at < midnight + timedelta(days=1),
    ]


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
