"""Registration's copy of the sessions, kept from scheduling's events, and what it does to seats."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.deadlines import last_moment
from services.registration.domain.noting import note_change
from services.registration.domain.offers import shorten_offers
from services.registration.domain.releases import note_arrival
from services.registration.domain.seats import Seats, lock_seats
from services.registration.domain.spare_seats import renew_extra
from services.registration.domain.told import is_news, says_the_same
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import BOOKINGS, SESSION_COPIES, SESSION_SEATS
from shared.contracts.party_categories import codes_of
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.database import insert_ignoring
from shared.messaging.envelope import Envelope


def keep_session(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Take over what scheduling published of a session, unless something newer is kept.

    Those with bookings are noted when it changes what they were told and is not over. More capacity
    serves the waitlist; less than is taken leaves the session overbooked and drops nobody; seats of
    earlier bookings stay as they were counted. Where registration ends earlier now, so do offers.
    Returns whether the copy changed.
    """
    data = SESSION_PUBLISHED.read(envelope.data)
    session_id: UUID = data["id"]
    note_arrival(db, envelope.release_id, session_id)
    copy = {
        "version": envelope.aggregate_version,
        "edition_id": data["edition"]["id"],
        "status": data["status"],
        "registration": data["registration"],
        "starts_at": data["starts_at"],
        "ends_at": data["ends_at"],
        "details": envelope.data,
        "organisation_id": data["organisation"]["id"] if data["organisation"] else None,
        "venue_id": data["venue"]["id"],
    }
    inserted: Any = db.execute(insert_ignoring(db, SESSION_COPIES).values(id=session_id, **copy))
    if inserted.rowcount:
        db.execute(sa.insert(SESSION_SEATS).values(_new_seats(data, envelope)))
        return True
    [seats] = lock_seats(db, [session_id]).values()
    if seats.session_version >= envelope.aggregate_version:
        return False
    before = _details(db, session_id)
    is_moved = not says_the_same(before, envelope.data)
    if is_moved:
        copy["moved_at"] = now
    db.execute(sa.update(SESSION_COPIES).where(SESSION_COPIES.c.id == session_id).values(copy))
    if before["starts_at"] != envelope.data["starts_at"]:
        _ask_anew(db, session_id)
    rules = _rules(data, envelope)
    _set_seats(db, seats, rules)
    if is_news(before, envelope.data, now=now):
        note_change(
            db,
            session_id,
            told_version=seats.session_version,
            told_details=before,
            release_id=envelope.release_id,
        )
    shorten_offers(
        db,
        session_id,
        latest=last_moment(now, starts_at=data["starts_at"], closes_at=rules["closes_at"]),
        release_id=envelope.release_id,
    )
    if seats.has_rules:
        renew_extra(db, [session_id], now=now, release_id=envelope.release_id)
    serve_waitlist(db, lock_seats(db, [session_id]), now=now, release_id=envelope.release_id)
    return True


def _ask_anew(db: Session, session_id: UUID) -> None:
    """Drop the question who still comes at the old time: silence about that frees no seats now."""
    db.execute(
        sa.update(BOOKINGS)
        .where(BOOKINGS.c.session_id == session_id, BOOKINGS.c.answer_by.is_not(None))
        .values(answer_by=None)
    )


def _details(db: Session, session_id: UUID) -> dict[str, Any]:
    kept = sa.select(SESSION_COPIES.c.details).where(SESSION_COPIES.c.id == session_id)
    details: dict[str, Any] = db.scalars(kept).one()
    return details


def _rules(data: dict[str, Any], envelope: Envelope) -> dict[str, Any]:
    """Return how seats are given in the session, as columns of its counters."""
    usual = data["starts_at"] if data["kind"] == "timed" else data["ends_at"]
    return {
        "capacity": data["capacity"],
        "bookable": data["registration"] == "here" and data["status"] == "confirmed",
        "seat_categories": data["seat_categories"],
        "categories": list(codes_of(data["edition"])),
        "opens_at": data["registration_opens_at"],
        "closes_at": data["registration_closes_at"] or usual,
        "session_version": envelope.aggregate_version,
    }


def _new_seats(data: dict[str, Any], envelope: Envelope) -> dict[str, Any]:
    return {
        "session_id": data["id"],
        "ceiling": data["capacity"],
        "taken": 0,
        "held": 0,
        "extra": 0,
        "bookings": 0,
        "waiting": 0,
        "version": 1,
        "counted_version": -1,
        **_rules(data, envelope),
    }


def _set_seats(db: Session, before: Seats, rules: dict[str, Any]) -> None:
    capacity, used = rules["capacity"], before.taken + before.held
    db.execute(
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id == before.session_id)
        .values(
            **rules,
            ceiling=None if capacity is None else max(capacity + before.extra, used),
            version=SESSION_SEATS.c.version + 1,
        )
    )
