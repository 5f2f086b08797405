"""Lost links: whoever types an address is sent the links of its registrations, to that address.

What a visitor is answered, and how soon, is the same for every address: the request is only written
down, and the worker looks whether anybody is registered with it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from services.registration.domain.told import told_state
from services.registration.models import Booking, LinkRequest, Registration, SessionCopy
from shared.contracts.registration import LINKS_REQUESTED
from shared.messaging.outbox import Fact, record_all

#: Requests that are looked at together, and registrations that one mail lists, the newest.
BATCH, MOST = 50, 30

#: A mail with links is of use soon or never; after that nothing about it stays in any event.
GOOD_FOR = timedelta(hours=12)


def ask_for_links(db: Session, email: str, *, locale: str, now: datetime) -> None:
    """Write down that somebody wants the links of an address, known or not."""
    db.add(LinkRequest(email=email.strip().lower(), locale=locale, asked_at=now))


def send_links_of(db: Session, registration: Registration, *, now: datetime) -> bool:
    """Write down that the staff sends somebody their links again, to the address that is kept.

    It is answered as `ask_for_links` is. Returns whether there is an address, and anything to come.
    """
    if registration.email is None or registration.erased_at is not None:
        return False
    found = current_registrations(db, registration.email, now=now)
    if all(one.id != registration.id for one in found):
        return False
    ask_for_links(db, registration.email, locale=registration.locale, now=now)
    return True


def is_asked(db: Session) -> bool:
    """Tell whether anybody waits for links."""
    return db.scalar(sa.select(LinkRequest.id).limit(1)) is not None


def answer_requests(db: Session, *, now: datetime) -> int:
    """Record what the oldest requests found, and forget them; return how many there were.

    Requests of one address are one mail, in the language of the last.
    """
    asked = db.scalars(
        sa.select(LinkRequest)
        .order_by(LinkRequest.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    wanted = {one.email: one.locale for one in asked if one.asked_at + GOOD_FOR > now}
    facts = [
        _fact(email, locale, found, now)
        for email, locale in wanted.items()
        if (found := current_registrations(db, email, now=now))
    ]
    record_all(db, facts, now=now)
    db.execute(sa.delete(LinkRequest).where(LinkRequest.id.in_([one.id for one in asked])))
    return len(asked)


def current_registrations(db: Session, email: str, *, now: datetime) -> Sequence[Registration]:
    """Return the registrations of an address with something still to come, the newest first."""
    to_come = Registration.bookings.any(
        sa.and_(Booking.status != "cancelled", Booking.session.has(SessionCopy.ends_at > now))
    )
    return db.scalars(
        sa.select(Registration)
        .where(
            Registration.email == email,
            Registration.status == "active",
            Registration.erased_at.is_(None),
            to_come,
        )
        .order_by(Registration.id.desc())
        .limit(MOST)
        .options(selectinload(Registration.bookings).options(joinedload(Booking.session)))
    ).all()


def _fact(email: str, locale: str, found: Sequence[Registration], now: datetime) -> Fact:
    """Return the event: it is about the newest registration, so it is erased with that one.

    It tells of no new state of it, hence version 0.
    """
    data: dict[str, Any] = {
        "email": email,
        "locale": locale,
        "registrations": [_told(registration, now) for registration in found],
    }
    return Fact(LINKS_REQUESTED, found[0].id, 0, data, expires_at=now + GOOD_FOR)


def _told(registration: Registration, now: datetime) -> dict[str, Any]:
    bookings = [
        one
        for one in registration.bookings
        if one.status != "cancelled" and one.session.ends_at > now
    ]
    bookings.sort(key=lambda one: (one.session.starts_at, one.id))
    edition = bookings[0].session.details["edition"]
    return {
        "registration_id": str(registration.id),
        "name": registration.name,
        "code": registration.code,
        "token": registration.token,
        "edition": {"name": edition["name"], "contact_email": edition["contact_email"]},
        "bookings": [
            {"status": one.status, "session": told_state(one.session.details)} for one in bookings
        ],
    }
