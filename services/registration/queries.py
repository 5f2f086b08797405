"""What registration's pages and API show, each read in one go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.seats import is_overbooked, seats_left
from services.registration.models import (
    IdempotencyKey,
    Registration,
    RevokedSignIn,
    SessionCopy,
    SessionSeats,
)
from shared.web.cursors import after as rows_after

#: Why a session can be booked or not: `full` still has its waitlist; `elsewhere` and `none` are
#: other ways in; `not_open_yet` is to open; `started` is over for registration; `cancelled` is off.
Availability = Literal["open", "full", "not_open_yet", "started", "cancelled", "elsewhere", "none"]


@dataclass(frozen=True)
class SessionPage:
    """One session as its form and a registration show it; `details` is scheduling's last word.

    `opens_at`: when registration opens (UTC), None where it is open as soon as it is public.
    `moved_at`: when its time or place last changed, None if they never did.
    """

    id: UUID
    version: int
    starts_at: datetime
    ends_at: datetime
    details: Mapping[str, Any]
    opens_at: datetime | None
    moved_at: datetime | None
    seats_left: int | None
    availability: Availability

    @property
    def is_open(self) -> bool:
        """Tell whether registrations are taken, be it for the waitlist."""
        return self.availability in ("open", "full")

    def title(self, locale: str) -> str:
        """Return the title in a language, else in French."""
        return translated(self.details["title"], locale)


@dataclass(frozen=True)
class Made:
    """What an idempotency key made: the hash of what was asked for, and the registration."""

    body_hash: str
    token: str
    is_active: bool


def session_page(db: Session, session_id: UUID, *, now: datetime) -> SessionPage | None:
    """Return a session that was published, or None."""
    return next(iter(session_pages(db, [session_id], now=now)), None)


def session_pages(
    db: Session, session_ids: Collection[UUID], *, now: datetime
) -> list[SessionPage]:
    """Return those of these sessions that were published, in the order of time."""
    rows = db.execute(
        sa.select(SessionCopy, SessionSeats)
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(SessionCopy.id.in_(session_ids))
        .order_by(SessionCopy.starts_at, SessionCopy.id)
    )
    return [page_of_session(copy, seats, now) for copy, seats in rows]


def made_with(db: Session, keys: Collection[str]) -> dict[str, Made]:
    """Return what was registered with these idempotency keys, by key; refusals are left out."""
    used = db.execute(
        sa.select(IdempotencyKey.key, IdempotencyKey.body_hash, IdempotencyKey.answer).where(
            IdempotencyKey.key.in_(keys)
        )
    ).all()
    tokens = {row.key: row.answer["token"] for row in used if "token" in row.answer}
    active = set(
        db.scalars(
            sa.select(Registration.token).where(
                Registration.token.in_(tokens.values()), Registration.status == "active"
            )
        )
    )
    return {
        row.key: Made(row.body_hash, tokens[row.key], tokens[row.key] in active)
        for row in used
        if row.key in tokens
    }


def translated(text: Mapping[str, str | None], locale: str) -> str:
    """Return a text of scheduling's in a language, else in French."""
    return text.get(locale) or text["fr"] or ""


def page_of_session(copy: SessionCopy, seats: SessionSeats, now: datetime) -> SessionPage:
    """Return a session as its form and a registration show it."""
    left = seats_left(seats)
    return SessionPage(
        id=copy.id,
        version=copy.version,
        starts_at=copy.starts_at,
        ends_at=copy.ends_at,
        details=copy.details,
        opens_at=seats.opens_at,
        moved_at=copy.moved_at,
        seats_left=left,
        availability=_availability(copy, seats, left, now),
    )


def _availability(
    copy: SessionCopy, seats: SessionSeats, left: int | None, now: datetime
) -> Availability:
    if copy.status == "cancelled":
        return "cancelled"
    if copy.registration == "elsewhere":
        return "elsewhere"
    if copy.registration != "here":
        return "none"
    if now >= seats.closes_at:
        return "started"
    if seats.opens_at is not None and now < seats.opens_at:
        return "not_open_yet"
    return "full" if left == 0 else "open"


def is_revoked(db: Session, sign_in_id: UUID) -> bool:
    """Tell whether scheduling ended a sign-in before its cookies expired."""
    return db.get(RevokedSignIn, sign_in_id) is not None


@dataclass(frozen=True)
class SessionCount:
    """How many people are registered for a session; `bookings` and `waiting` are parties."""

    id: UUID
    starts_at: datetime
    status: str
    registration: str
    capacity: int | None
    taken: int
    held: int
    extra: int
    bookings: int
    waiting: int

    @property
    def seats_taken(self) -> int:
        """Return how many seats somebody has."""
        return self.taken

    @property
    def seats_left(self) -> int | None:
        """Return how many seats are left for the public; None where they are not limited."""
        return seats_left(self)

    @property
    def overbooked(self) -> bool:
        """Tell whether more seats are taken than may be, since the capacity was lowered."""
        return is_overbooked(self)


def session_counts(
    db: Session,
    *,
    session_id: UUID | None = None,
    edition_id: UUID | None = None,
    after: Sequence[Any] | None = None,
    most: int = 1,
    open_to: sa.ColumnElement[bool] | None = None,
) -> list[SessionCount]:
    """Return the counts of sessions after a position (start, id), in that order.

    With `open_to`, of those sessions alone of which it is true.
    """
    query = sa.select(
        SessionCopy.id,
        SessionCopy.starts_at,
        SessionCopy.status,
        SessionCopy.registration,
        SessionSeats.capacity,
        SessionSeats.taken,
        SessionSeats.held,
        SessionSeats.extra,
        SessionSeats.bookings,
        SessionSeats.waiting,
    ).join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
    order = (SessionCopy.starts_at, SessionCopy.id)
    if session_id is not None:
        query = query.where(SessionCopy.id == session_id)
    if open_to is not None:
        query = query.where(open_to)
    if edition_id is not None:
        query = query.where(SessionCopy.edition_id == edition_id)
    if after is not None:
        query = query.where(rows_after(order, after))
    rows = db.execute(query.order_by(*order).limit(most)).mappings()
    return [SessionCount(**row) for row in rows]
