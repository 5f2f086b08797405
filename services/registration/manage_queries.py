"""A registration as its own page shows it, read in one go by whoever has its token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.offers import is_over
from services.registration.domain.party import places_kept
from services.registration.models import Booking, Registration, SessionCopy, SessionSeats
from services.registration.queries import SessionPage, page_of_session


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
    def places(self) -> int:
        """Return how many places the party reads of (`party.places_kept`)."""
        return places_kept(self.seats, self.wheelchairs)

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
            if one.is_offered
            and (replaced := self._replaced_by(one)) is not None
            and replaced.stands
        ]

    @property
    def own_bookings(self) -> list[BookingPage]:
        """Return the bookings without moves that are only proposed, or that nobody took."""
        return [one for one in self.bookings if self._is_own(one)]

    def _is_own(self, booking: BookingPage) -> bool:
        replaced = self._replaced_by(booking)
        if replaced is None:
            return True
        if replaced.stands:
            return False
        if booking.status != "cancelled":
            return True
        # It was taken, or stood by itself, before it ended.
        return booking.ended_for != "declined" and booking.changed_at > replaced.changed_at

    def _replaced_by(self, booking: BookingPage) -> BookingPage | None:
        return next((one for one in self.bookings if one.id == booking.replaces_id), None)


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
                session=page_of_session(copy, seats, now),
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
