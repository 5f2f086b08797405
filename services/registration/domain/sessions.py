"""Registration's copy of the sessions, kept from scheduling's events, and what it does to seats."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.seats import lock_seats
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import SESSION_COPIES, SESSION_SEATS
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.database import insert_ignoring
from shared.messaging.copies import keep_newer
from shared.messaging.envelope import Envelope


def keep_session(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Take over what scheduling published of a session, unless something newer is kept.

    More capacity serves the waitlist; less than is taken leaves the session overbooked and drops
    nobody; seats of earlier bookings stay as they were counted. Returns whether the copy changed.
    """
    data = SESSION_PUBLISHED.read(envelope.data)
    changed = keep_newer(
        db,
        SESSION_COPIES,
        {"id": data["id"]},
        envelope,
        {
            "edition_id": data["edition"]["id"],
            "status": data["status"],
            "registration": data["registration"],
            "starts_at": data["starts_at"],
            "ends_at": data["ends_at"],
            "details": envelope.data,
        },
    )
    if changed:
        _set_seats(
            db,
            data["id"],
            capacity=data["capacity"],
            bookable=data["registration"] == "here" and data["status"] == "confirmed",
            seat_categories=data["seat_categories"],
            closes_at=_closes_at(data),
            now=now,
        )
    return changed


def _closes_at(data: dict[str, Any]) -> datetime:
    usual = data["starts_at"] if data["kind"] == "timed" else data["ends_at"]
    closes_at: datetime = data["registration_closes_at"] or usual
    return closes_at


def _set_seats(
    db: Session,
    session_id: UUID,
    *,
    capacity: int | None,
    bookable: bool,
    seat_categories: list[str],
    closes_at: datetime,
    now: datetime,
) -> None:
    values = {
        "capacity": capacity,
        "bookable": bookable,
        "seat_categories": seat_categories,
        "closes_at": closes_at,
    }
    db.execute(
        insert_ignoring(db, SESSION_SEATS).values(
            session_id=session_id,
            ceiling=capacity,
            taken=0,
            waiting=0,
            version=0,
            counted_version=-1,
            **values,
        )
    )
    before = lock_seats(db, [session_id])[session_id]
    db.execute(
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id == session_id)
        .values(
            **values,
            ceiling=None if capacity is None else max(capacity, before.taken),
            version=SESSION_SEATS.c.version + 1,
        )
    )
    serve_waitlist(db, lock_seats(db, [session_id]), now=now)
