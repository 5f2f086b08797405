"""The desk: somebody of the staff registers a party for whoever telephones or stands before them.

It is admitted by the same rules as everybody else, into the public's seats or an allotment's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.allotments import register_into
from services.registration.domain.registering import (
    MADE,
    Answer,
    RegistrationRequest,
    WantedBooking,
    register_all,
)
from services.registration.domain.staff_notes import add_note
from services.registration.models import Booking, Registration

#: For so long the same name with the same numbers is taken for a repetition.
REPEATED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """What is entered at the desk, already validated, and by whom; `key` as in a request.

    Without `allotment_id` the seats are the public's.
    """

    key: str
    name: str
    email: str | None
    telephone: str | None
    locale: str
    note: str | None
    booking: WantedBooking
    allotment_id: UUID | None
    account_id: UUID
    account_name: str

    def as_request(self, registration_id: UUID, ticket: str) -> RegistrationRequest:
        """Return what registration asks for under an id, with its ticket."""
        return RegistrationRequest(
            id=registration_id,
            ticket=ticket,
            key=self.key,
            email=self.email,
            name=self.name,
            locale=self.locale,
            bookings=(self.booking,),
            telephone=self.telephone,
            entered_by=self.account_id,
        )


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered at the desk a moment ago, to be read out and printed."""

    registration_id: UUID
    code: str
    name: str
    party: Mapping[str, int]
    status: str


def enter(db: Session, entry: DeskEntry, request: RegistrationRequest, *, now: datetime) -> Answer:
    """Register what was entered, with its note; the same key again does nothing.

    Call it inside `database.write()`. Raises `KeyTaken`, after which it is to be tried again, and
    `AllotmentRefused`.
    """
    if entry.allotment_id is None:
        [answer] = register_all(db, [request], now=now)
    else:
        answer = register_into(db, entry.allotment_id, request, now=now)
    is_new = answer.status == MADE and answer.body["id"] == str(request.id)
    if is_new and entry.note:
        add_note(
            db,
            request.id,
            entry.note,
            account_id=entry.account_id,
            account_name=entry.account_name,
            now=now,
        )
    return answer


def entered_before(
    db: Session,
    session_id: UUID,
    *,
    name: str,
    party: Mapping[str, int],
    account_id: UUID,
    now: datetime,
) -> UUID | None:
    """Return what the same account entered just now with the same name and numbers, if anything.

    A form that comes again by Back or reload has a key of its own: this is how it is known.
    """
    entered = db.execute(
        sa.select(Registration.id, Booking.party)
        .join(Booking, Booking.registration_id == Registration.id)
        .where(
            Booking.session_id == session_id,
            Booking.status != "cancelled",
            Registration.entered_by == account_id,
            Registration.name == name,
            Registration.registered_at >= now - REPEATED_WITHIN,
        )
        .order_by(Registration.id.desc())
    )
    heads = {category: number for category, number in party.items() if number}
    return next((row.id for row in entered if row.party == heads), None)


def entered_by(
    db: Session, registration_id: UUID, session_id: UUID, account_id: UUID, *, now: datetime
) -> Entered | None:
    """Return what this account entered for the session just now, or None."""
    row = db.execute(
        sa.select(
            Registration.id, Registration.code, Registration.name, Booking.party, Booking.status
        )
        .join(Booking, Booking.registration_id == Registration.id)
        .where(
            Registration.id == registration_id,
            Booking.session_id == session_id,
            Registration.entered_by == account_id,
            Registration.registered_at >= now - REPEATED_WITHIN,
        )
    ).one_or_none()
    return Entered(*row) if row else None
