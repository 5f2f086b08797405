"""What registration's pages and API show, each read in one go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.offers import is_over
from services.registration.domain.seats import is_overbooked, seats_left
from services.registration.models import (
    Booking,
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
class BookingPage:
    """One booking with its session; `position` is its rank on the waitlist, from 1.

    `answer_by`: it is asked whether the party still comes; `still_coming_at`: it said so. A place
    is offered until `offer_expires_at`; `is_offer_over`: that has passed, be it ended or not yet.
    `wheelchairs` of the party take a place for one; `sign_language` asks for an interpreter.
    `replaces_id`: the organiser proposed it, saying `offer_note`, in place of that booking.
    """

    id: UUID
    session: SessionPage
    party: Mapping[str, int]
    seats: int
    status: str
    revision: int
    changed_at: datetime
    ended_for: str | None
    position: int | None
    answer_by: datetime | None
    still_coming_at: datetime | None
    offer_expires_at: datetime | None
    is_offer_over: bool
    wheelchairs: int
    sign_language: bool
    replaces_id: UUID | None = None
    offer_note: str | None = None

    @property
    def stands(self) -> bool:
        """Tell whether the party has it, waits for it or may still take it."""
        is_gone = self.status == "cancelled" or self.is_offer_over
        return not is_gone and self.session.availability != "cancelled"

    @property
    def is_offered(self) -> bool:
        """Tell whether there is a place to accept or to decline."""
        is_on = self.status == "offered" and self.session.availability != "cancelled"
        return is_on and not self.is_offer_over

    @property
    def is_asked(self) -> bool:
        """Tell whether the party is to say that it still comes."""
        is_on = self.status == "confirmed" and self.session.availability != "cancelled"
        return is_on and self.answer_by is not None


@dataclass(frozen=True)
class RegistrationPage:
    """One registration, for whoever has its token; the bookings in the order of their sessions."""

    id: UUID
    token: str
    code: str
    ticket: str
    email: str | None
    name: str
    locale: str
    status: str
    version: int
    registered_at: datetime
    bookings: tuple[BookingPage, ...]

    @property
    def moves(self) -> list[tuple[BookingPage, BookingPage]]:
        """Return the moves to be answered: a booking, and the one proposed in its place."""
        return [
            (replaced, one)
            for one in self.bookings
            if one.is_offered and (replaced := self._standing(one.replaces_id)) is not None
        ]

    @property
    def own_bookings(self) -> list[BookingPage]:
        """Return the bookings without moves that are only proposed, or that nobody took."""
        return [
            one
            for one in self.bookings
            if one.replaces_id is None
            or (self._standing(one.replaces_id) is None and one.ended_for != "declined")
        ]

    def _standing(self, booking_id: UUID | None) -> BookingPage | None:
        return next((one for one in self.bookings if one.id == booking_id and one.stands), None)


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
    return [_session_page(copy, seats, now) for copy, seats in rows]


def registration_page(db: Session, token: str, *, now: datetime) -> RegistrationPage | None:
    """Return the registration that the token opens, or None."""
    rows = db.execute(
        sa.select(Registration, Booking, SessionCopy, SessionSeats)
        .join(Booking, Booking.registration_id == Registration.id)
        .join(SessionCopy, SessionCopy.id == Booking.session_id)
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(Registration.token == token)
        .order_by(SessionCopy.starts_at, Booking.id)
    ).all()
    if not rows:
        return None
    positions = _positions(db, [row[1] for row in rows])
    registration: Registration = rows[0][0]
    return RegistrationPage(
        id=registration.id,
        token=registration.token,
        code=registration.code,
        ticket=registration.ticket,
        email=registration.email,
        name=registration.name,
        locale=registration.locale,
        status=registration.status,
        version=registration.version,
        registered_at=registration.registered_at,
        bookings=tuple(
            BookingPage(
                id=booking.id,
                session=_session_page(copy, seats, now),
                party=booking.party,
                seats=booking.seats,
                status=booking.status,
                revision=booking.revision,
                changed_at=booking.changed_at,
                ended_for=booking.ended_for,
                position=positions.get(booking.id),
                answer_by=booking.answer_by,
                still_coming_at=booking.still_coming_at,
                offer_expires_at=booking.offer_expires_at,
                is_offer_over=booking.ended_for == "expired" or is_over(booking, now),
                wheelchairs=booking.wheelchairs,
                sign_language=booking.sign_language,
                replaces_id=booking.replaces_id,
                offer_note=booking.offer_note,
            )
            for _, booking, copy, seats in rows
        ),
    )


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


def _session_page(copy: SessionCopy, seats: SessionSeats, now: datetime) -> SessionPage:
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


def _positions(db: Session, bookings: list[Booking]) -> dict[UUID, int]:
    waiting = [booking for booking in bookings if booking.status == "waitlisted"]
    if not waiting:
        return {}
    mine, other = sa.orm.aliased(Booking), sa.orm.aliased(Booking)
    rows = db.execute(
        sa.select(mine.id, sa.func.count(other.id))
        .join(
            other,
            sa.and_(
                other.session_id == mine.session_id,
                other.status == "waitlisted",
                other.id <= mine.id,
            ),
        )
        .where(mine.id.in_([booking.id for booking in waiting]))
        .group_by(mine.id)
    )
    return {row[0]: row[1] for row in rows}


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
