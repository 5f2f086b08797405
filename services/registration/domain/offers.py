"""Offers: places that are kept for a party that waited, until it accepts, declines or is too late.

An offer's seats are counted as taken from the moment it is made, so nobody else gets them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain import facts
from services.registration.domain.calls import drop_calls, note_calls
from services.registration.domain.ending import end, end_registration
from services.registration.domain.locking import lock_whole
from services.registration.domain.moves import replaced_by
from services.registration.domain.noting import is_untold_gain, note_gains
from services.registration.domain.seats import Change, count, lock_seats
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import BOOKINGS, SESSION_COPIES, Booking, Registration
from shared.messaging.outbox import Fact, record_all

#: How many registrations lose an offer in one transaction.
BATCH = 50


class OfferOver(Exception):
    """The offer cannot be taken or refused any more; `code` says why.

    `offer_expired`: its deadline passed. `no_offer`: nothing is offered, or nothing yet.
    `cancelled`: the booking ended otherwise. `not_bookable`: the session does not take place.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def accept_offer(booking: Booking, *, now: datetime) -> Change | None:
    """Take an offered place in place; return what that changes, None when it is taken already.

    The caller holds the lock on the session's seats. Raises `OfferOver`.
    """
    if booking.status == "confirmed":
        return None
    _check(booking, now)
    if booking.session.status == "cancelled":
        raise OfferOver("not_bookable")
    booking.status = "confirmed"
    booking.offer_expires_at = booking.offer_note = None
    return Change()


def decline_offer(booking: Booking, *, now: datetime) -> Change | None:
    """Give an offered place up in place; return what that changes, None when it is gone already.

    The caller holds the lock on the session's seats. Raises `OfferOver`.
    """
    if booking.status == "cancelled" and booking.ended_for == "declined":
        return None
    _check(booking, now)
    return end(booking, "declined")


def _check(booking: Booking, now: datetime) -> None:
    if booking.ended_for == "expired" or is_over(booking, now):
        raise OfferOver("offer_expired")
    if booking.status == "cancelled":
        raise OfferOver("cancelled")
    if booking.status != "offered":
        raise OfferOver("no_offer")


def is_over(booking: Booking, now: datetime) -> bool:
    """Tell whether an offer's deadline has passed; `expire_offers` will end it."""
    until = booking.offer_expires_at
    return until is not None and until <= now


def is_offer_over(db: Session, *, now: datetime) -> bool:
    """Tell whether there is an offer to end; read without a lock."""
    return bool(_due(db, now, most=1))


def expire_offers(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """End the offers of up to `most` registrations whose deadline has passed.

    What that frees is offered to the next in the same transaction. Returns how many registrations
    were looked at; 0 when no offer is over. Call it inside `database.write()`.
    """
    ids = _due(db, now, most)
    if not ids:
        return 0
    seats, registrations = lock_whole(db, ids)
    versions = {session: row.session_version for session, row in seats.items()}
    changes: dict[UUID, Change] = {}
    recorded = []
    for registration in registrations:
        expired = [one for one in registration.bookings if is_over(one, now)]
        if not expired:
            continue  # accepted, declined or cancelled since we looked
        for booking in expired:
            freed = end(booking, "expired") or Change()
            booking.revision += 1
            booking.changed_at = now
            changes[booking.session_id] = changes.get(booking.session_id, Change()) + freed
        recorded.append(_expired(db, registration, expired, versions, now))
    db.flush()
    count(db, changes)
    record_all(db, recorded, now=now)
    serve_waitlist(db, lock_seats(db, changes), now=now)
    return len(ids)


def _expired(
    db: Session,
    registration: Registration,
    expired: Collection[Booking],
    versions: dict[UUID, int],
    now: datetime,
) -> Fact:
    sessions = [booking.session_id for booking in expired]
    drop_calls(db, registration, ("offer", "move"), sessions)
    lost = [one.session_id for one in expired if replaced_by(one, registration.bookings) is None]
    note_calls(db, registration, "offer_expired", lost, now=now)
    registration.version += 1
    end_registration(registration, now)
    return facts.changed(registration, versions, [booking.id for booking in expired])


def _due(db: Session, now: datetime, most: int) -> Sequence[UUID]:
    """Return registrations that have an offer which is over, and know of it.

    What a release brought and nobody was told yet has not begun to run out (`telling`), and a
    cancelled session is told of as such.
    """
    return db.scalars(
        sa.select(BOOKINGS.c.registration_id)
        .join(SESSION_COPIES, SESSION_COPIES.c.id == BOOKINGS.c.session_id)
        .where(
            BOOKINGS.c.offer_expires_at <= now,
            SESSION_COPIES.c.status != "cancelled",
            ~is_untold_gain(BOOKINGS.c.registration_id, BOOKINGS.c.session_id),
        )
        .group_by(BOOKINGS.c.registration_id)
        .order_by(sa.func.min(BOOKINGS.c.offer_expires_at), BOOKINGS.c.registration_id)
        .limit(most)
    ).all()


def shorten_offers(
    db: Session, session_id: UUID, *, latest: datetime, release_id: UUID | None
) -> None:
    """Let no offer of a session outlast `latest`, the new end of its registration.

    Those concerned are noted, to be told their new deadline. The caller holds the lock on the
    session's seats.
    """
    offers = db.scalars(
        sa.select(Booking).where(
            Booking.session_id == session_id, Booking.offer_expires_at > latest
        )
    ).all()
    for booking in offers:
        booking.offer_expires_at = latest
    db.flush()
    note_gains(db, offers, release_id=release_id)
