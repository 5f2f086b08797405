"""Messages of the organisers to those who are registered for one session, once each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.calls import note_calls
from services.registration.domain.seats import lock_seats
from services.registration.domain.staff_notes import Deed, keep_deed
from services.registration.domain.told import told_state
from services.registration.domain.waitlist import lock_registrations, sessions_of
from services.registration.models import IDEMPOTENCY_KEYS, Booking, Registration, SessionCopy
from shared.contracts.registration import MESSAGE_WRITTEN
from shared.database import insert_ignoring
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record_all

#: The longest subject and text of a message, in characters.
LONGEST_SUBJECT, LONGEST_MESSAGE = 150, 5000


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody of the staff wrote; `key` makes a repetition harmless."""

    key: str
    subject: str
    text: str
    account_id: UUID
    account_name: str


@dataclass(frozen=True, slots=True)
class Recipients:
    """Those a message goes to, and those who have no address and are to be called."""

    mailed: tuple[Registration, ...]
    called: tuple[Registration, ...]


def recipients_of(db: Session, session_id: UUID, bookings: Collection[UUID]) -> Recipients:
    """Return the contacts of these bookings of a session, each once, by name."""
    found = db.scalars(
        sa.select(Registration)
        .where(
            Registration.id.in_(
                sa.select(Booking.registration_id).where(
                    Booking.session_id == session_id, Booking.id.in_(bookings)
                )
            ),
            Registration.erased_at.is_(None),
        )
        .order_by(Registration.name, Registration.id)
    ).all()
    return Recipients(
        tuple(one for one in found if one.email), tuple(one for one in found if not one.email)
    )


def write_message(
    db: Session,
    session: SessionCopy,
    bookings: Collection[UUID],
    message: Message,
    *,
    now: datetime,
) -> Recipients | None:
    """Record the message for the contacts of these bookings; None when it was written already.

    Those without an address are put on the call list. The history of each registration says which.
    Call it inside `database.write()`.
    """
    used: Any = db.execute(
        insert_ignoring(db, IDEMPOTENCY_KEYS).values(
            key=f"message:{message.key}",
            body_hash="",
            status=200,
            answer={},
            used_at=now,
        )
    )
    if not used.rowcount:
        return None
    seen = recipients_of(db, session.id, bookings)
    ids = [one.id for one in (*seen.mailed, *seen.called)]
    # Seats first, as whoever cancels does and serves the waitlist: nobody waits in a circle.
    lock_seats(db, sessions_of(db, ids))
    # Whoever is being erased meanwhile is gone under the lock, and nothing of them is recorded.
    lock_registrations(db, ids)
    recipients = recipients_of(db, session.id, bookings)
    message_id = new_id()
    record_all(
        db,
        [
            Fact(MESSAGE_WRITTEN, new_id(), 1, _fact(message_id, one, session, message))
            for one in recipients.mailed
        ],
        now=now,
    )
    for one in recipients.called:
        told = {"subject": message.subject, "text": message.text}
        note_calls(db, one, "message", [session.id], now=now, details=told)
    deeds: tuple[tuple[Deed, tuple[Registration, ...]], ...] = (
        ("message_mailed", recipients.mailed),
        ("message_to_call", recipients.called),
    )
    for deed, those in deeds:
        keep_deed(
            db,
            [one.id for one in those],
            deed,
            f"{message.subject}\n\n{message.text}",
            account_id=message.account_id,
            account_name=message.account_name,
            now=now,
        )
    return recipients


def _fact(
    message_id: UUID, one: Registration, session: SessionCopy, message: Message
) -> dict[str, Any]:
    details: Mapping[str, Any] = session.details
    organisation = details["organisation"]
    return {
        "message_id": str(message_id),
        "registration_id": str(one.id),
        "email": one.email,
        "name": one.name,
        "locale": one.locale,
        "code": one.code,
        "token": one.token,
        "subject": message.subject,
        "text": message.text,
        "sender": organisation["name"] if organisation else None,
        "reply_to": organisation["email"] if organisation else None,
        "edition": {
            "name": details["edition"]["name"],
            "contact_email": details["edition"]["contact_email"],
        },
        "session_id": str(session.id),
        "session": told_state(details),
    }
