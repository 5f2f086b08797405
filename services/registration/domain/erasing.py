"""Erasing a person: nothing that tells who it was is left here, and the others are told to forget.

What stays are counts: a booking keeps its party and seats, a session its counters, but for places
for wheelchairs, which are an access need and go from both. What is still to come is cancelled
first, so that others get the seats. All of it is one transaction for each batch of registrations: a
person is erased or is not, and a failure leaves no half.

The source is the General Data Protection Regulation, articles 5(1)(e) and 17.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.blanking import blank_events, blank_keys, keys_of
from services.registration.domain.ending import end, end_registration
from services.registration.domain.locking import lock_whole
from services.registration.domain.seats import Change, count, lock_seats
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import (
    UNTOLD_CHANGES,
    Booking,
    Call,
    Erasure,
    LinkRequest,
    Registration,
    RegistrationNote,
)
from shared.contracts.registration import REGISTRATIONS_ERASED
from shared.identifiers import new_code, new_id, new_token, read_code
from shared.messaging.outbox import Fact, record

#: Registrations that are erased in one transaction, at the most.
BATCH = 200

#: Bookings that a session's counters count as taking something.
TAKING = ("confirmed", "offered")

#: Why: the person asked, or the time is over for which their data was to be kept.
Reason = Literal["asked", "age"]


def find_of_address(db: Session, email: str) -> Sequence[UUID]:
    """Return the registrations of an address that are not erased, in any spelling of it."""
    return db.scalars(
        sa.select(Registration.id)
        .where(Registration.email == email.strip().lower())
        .order_by(Registration.id)
    ).all()


def find_of_code(db: Session, code: str) -> Sequence[UUID]:
    """Return the registration whose code this is, as it is said over the telephone; or none."""
    return db.scalars(
        sa.select(Registration.id).where(
            Registration.code == read_code(code), Registration.erased_at.is_(None)
        )
    ).all()


def erase(
    db: Session,
    registrations: Collection[UUID],
    *,
    reason: Reason,
    now: datetime,
    account_name: str | None = None,
) -> int:
    """Erase whom these registrations are of; return how many were erased now.

    Whoever is erased already stays so. `account_name` is who of the staff did it. Call it inside
    `database.write()`, with at most `BATCH` ids.
    """
    keys = keys_of(db, registrations)  # before the locks: it reads the whole table
    _seats, locked = lock_whole(db, registrations)
    found = [one for one in locked if one.erased_at is None]
    if not found:
        return 0
    addresses = {one.email for one in found if one.email}
    ended = [booking for one in found for booking in one.bookings if _is_to_come(booking, now)]
    changes = _end(ended, now)
    forgotten = _needs_of(found)
    for registration in found:
        _blank(registration, now)
        end_registration(registration, now)
    db.flush()
    ids = [registration.id for registration in found]
    db.execute(sa.delete(RegistrationNote).where(RegistrationNote.registration_id.in_(ids)))
    db.execute(sa.delete(Call).where(Call.registration_id.in_(ids)))
    db.execute(sa.delete(LinkRequest).where(LinkRequest.email.in_(addresses)))
    db.execute(sa.delete(UNTOLD_CHANGES).where(UNTOLD_CHANGES.c.registration_id.in_(ids)))
    blank_keys(db, keys)
    blank_events(db, ids, now=now)
    count(db, changes)
    count(db, forgotten)
    note_erasure(
        db,
        reason,
        registrations=ids,
        now=now,
        account_name=account_name,
        details={"cancelled": len(ended)},
    )
    if changes:
        serve_waitlist(db, lock_seats(db, changes), now=now)
    return len(ids)


def note_erasure(
    db: Session,
    reason: str,
    *,
    now: datetime,
    registrations: Collection[UUID] = (),
    needs: Mapping[UUID, Collection[UUID]] | None = None,
    account_name: str | None = None,
    details: Mapping[str, int],
) -> None:
    """Keep that something was erased, and let the others erase it: ids and numbers, no data.

    `needs` are the bookings whose access needs alone are forgotten, by registration.
    """
    erasure = Erasure(
        id=new_id(),
        reason=reason,
        registrations=len(registrations),
        erased_at=now,
        account_name=account_name,
        details=dict(details),
    )
    db.add(erasure)
    db.flush()
    if not registrations and not needs:
        return
    told: dict[str, Any] = {
        "id": str(erasure.id),
        "registrations": [str(one) for one in registrations],
        "needs": [
            {"registration_id": str(one), "bookings": [str(booking) for booking in bookings]}
            for one, bookings in (needs or {}).items()
        ],
    }
    record(db, Fact(REGISTRATIONS_ERASED, erasure.id, 1, told), now=now)


def _is_to_come(booking: Booking, now: datetime) -> bool:
    """Tell whether somebody is awaited; who waits or has an offer gives that up in any case."""
    if booking.status == "confirmed":
        return booking.session.ends_at > now
    return booking.status != "cancelled"


def _end(bookings: Collection[Booking], now: datetime) -> dict[UUID, Change]:
    changes: dict[UUID, Change] = {}
    for booking in bookings:
        freed = end(booking, "contact") or Change()
        booking.revision += 1
        booking.changed_at = now
        changes[booking.session_id] = changes.get(booking.session_id, Change()) + freed
    return changes


def _needs_of(registrations: Collection[Registration]) -> dict[UUID, Change]:
    """Return by how much the counters fall when the needs of what is over are forgotten."""
    changes: dict[UUID, Change] = {}
    for booking in (one for each in registrations for one in each.bookings):
        if booking.wheelchairs and booking.status in TAKING:
            change = Change(wheelchairs=-booking.wheelchairs)
            changes[booking.session_id] = changes.get(booking.session_id, Change()) + change
    return changes


def _blank(registration: Registration, now: datetime) -> None:
    """Leave nothing in the row that tells who it was, or that opens it."""
    registration.email = registration.telephone = None
    registration.name = registration.ticket = ""
    registration.token, registration.code = new_token(), new_code()  # nobody is told these
    registration.version += 1
    registration.erased_at = now
    for booking in registration.bookings:
        booking.wheelchairs, booking.sign_language, booking.answers = 0, False, {}
        booking.answer_by = booking.still_coming_at = None
