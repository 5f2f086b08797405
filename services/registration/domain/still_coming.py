"""Confirm or release: those who come are asked whether they still do; silence frees their seats.

Only where the organiser switched it on. Nobody is asked at night, nor who registered or changed
something after the others were asked. Whoever left no address is called (`domain/calls.py`), and
keeps the seats until the desk says otherwise: nothing shows that the question reached them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain import facts
from services.registration.domain.calls import drop_calls, note_calls
from services.registration.domain.changing import ChangeRefused, UnknownRegistration
from services.registration.domain.ending import end, end_registration
from services.registration.domain.locking import lock_whole
from services.registration.domain.nights import after_the_night, before_the_night, is_night
from services.registration.domain.seats import Change, count, lock_seats, session_versions
from services.registration.domain.waitlist import lock_registrations, serve_waitlist
from services.registration.models import (
    Booking,
    Registration,
    SessionCopy,
    SessionRules,
    SessionSeats,
)
from shared.messaging.outbox import Fact, record_all

#: Before the start there must be time left for whoever waits to take the seats.
LAST_ANSWER = timedelta(hours=2)

#: Whoever would have less time than this to answer is not asked.
SHORTEST_ANSWER = timedelta(hours=3)

#: How many registrations are asked, or lose seats, in one transaction.
BATCH = 100


def asks_at(starts_at: datetime, asks_hours: int, zone: str) -> datetime:
    """Return when those who come to a session are asked: so many hours before, never at night."""
    return after_the_night(starts_at - timedelta(hours=asks_hours), zone)


def answers_by(now: datetime, starts_at: datetime, answer_hours: int, zone: str) -> datetime | None:
    """Return until when somebody asked now may answer; None when it is too late to ask.

    The deadline never falls in the night, and always before the start.
    """
    latest = before_the_night(starts_at - LAST_ANSWER, zone)
    deadline = min(after_the_night(now + timedelta(hours=answer_hours), zone), latest)
    return deadline if deadline - now >= SHORTEST_ANSWER else None


@dataclass(frozen=True)
class _Asking:
    """A session of which it is asked now who still comes: since when, and until when."""

    asked_at: datetime
    answer_by: datetime


def ask_some(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """Ask up to `most` registrations whether they still come; return how many were asked.

    Each is asked once of all its sessions whose time has come. Call it inside `database.write()`.
    """
    asking = _asking(db, now)
    if not asking:
        return 0
    unasked = sa.or_(
        *(
            sa.and_(Booking.session_id == session, Booking.changed_at < one.asked_at)
            for session, one in asking.items()
        )
    )
    due = (Booking.status == "confirmed", Booking.answer_by.is_(None), unasked)
    ids = db.scalars(
        sa.select(Booking.registration_id)
        .where(*due, Booking.still_coming_at.is_(None))
        .distinct()
        .order_by(Booking.registration_id)
        .limit(most)
    ).all()
    if not ids:
        return 0
    lock_seats(db, asking)
    recorded = []
    for registration in lock_registrations(db, ids):
        asked = [booking for booking in registration.bookings if _is_due(booking, asking)]
        for booking in asked:
            booking.answer_by = asking[booking.session_id].answer_by
        if asked:
            sessions = [booking.session_id for booking in asked]
            note_calls(db, registration, "still_coming", sessions, now=now)
            recorded.append(_changed(db, registration, now, asked=[one.id for one in asked]))
    db.flush()
    record_all(db, recorded, now=now)
    return len(ids)


def confirm_coming(db: Session, token: str, booking_id: UUID, *, now: datetime) -> Registration:
    """Keep the seats of somebody who was asked: they still come. Saying so again changes nothing.

    Raises `UnknownRegistration`, and `ChangeRefused` (`cancelled`) when the seats are gone.
    """
    found = db.scalar(sa.select(Registration.id).where(Registration.token == token))
    if found is None:
        raise UnknownRegistration
    [registration] = lock_registrations(db, [found])
    booking = next((one for one in registration.bookings if one.id == booking_id), None)
    if booking is None:
        raise UnknownRegistration
    if booking.status == "cancelled":
        raise ChangeRefused("cancelled", booking.id)
    if booking.answer_by is not None:
        booking.answer_by = None
        booking.still_coming_at = now
        drop_calls(db, registration, ("still_coming",), [booking.session_id])
        db.flush()
    return registration


def release_unanswered(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """End the bookings of up to `most` registrations whose deadline has passed without a word.

    The waitlist is served with what that frees, in the same transaction. Of a session that has
    begun, or does not take place, nothing is ended: the question is dropped. Returns how many
    registrations there were. Call it inside `database.write()`.
    """
    ids = db.scalars(
        sa.select(Booking.registration_id)
        .join(Registration)
        .where(Booking.answer_by <= now, Registration.email.is_not(None))
        .distinct()
        .order_by(Booking.registration_id)
        .limit(most)
    ).all()
    if not ids:
        return 0
    seats, registrations = lock_whole(db, ids)
    held = _taking_place(db, seats, now)
    changes: dict[UUID, Change] = {}
    recorded = []
    for registration in registrations:
        ended = _end_unanswered(registration, held, now, changes)
        if ended:
            recorded.append(_changed(db, registration, now, ended=ended))
    db.flush()
    count(db, changes)
    record_all(db, recorded, now=now)
    if changes:
        serve_waitlist(db, lock_seats(db, changes), now=now)
    return len(ids)


def _asking(db: Session, now: datetime) -> dict[UUID, _Asking]:
    """Return the sessions of which it is asked now who still comes."""
    rows = db.execute(
        sa.select(
            SessionCopy.id,
            SessionCopy.starts_at,
            SessionCopy.details["time_zone"].as_string().label("zone"),
            SessionRules.asks_hours,
            SessionRules.answer_hours,
        )
        .join(SessionRules, SessionRules.session_id == SessionCopy.id)
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(
            SessionRules.asks_hours.is_not(None),
            SessionCopy.starts_at > now,
            SessionSeats.bookable.is_(True),
        )
        .order_by(SessionCopy.id)
    )
    found = {}
    for row in rows:
        asked_at = asks_at(row.starts_at, row.asks_hours, row.zone)
        if now < asked_at or is_night(now, row.zone):
            continue
        answer_by = answers_by(now, row.starts_at, row.answer_hours, row.zone)
        if answer_by is not None:
            found[row.id] = _Asking(asked_at, answer_by)
    return found


def _is_due(booking: Booking, asking: Mapping[UUID, _Asking]) -> bool:
    one = asking.get(booking.session_id)
    return (
        one is not None
        and booking.status == "confirmed"
        and booking.answer_by is None
        and booking.still_coming_at is None
        and booking.changed_at < one.asked_at
    )


def _taking_place(db: Session, sessions: Collection[UUID], now: datetime) -> set[UUID]:
    return set(
        db.scalars(
            sa.select(SessionCopy.id).where(
                SessionCopy.id.in_(sessions),
                SessionCopy.starts_at > now,
                SessionCopy.status == "confirmed",
            )
        )
    )


def _end_unanswered(
    registration: Registration, held: Collection[UUID], now: datetime, changes: dict[UUID, Change]
) -> list[UUID]:
    """End what nobody answered for; note what that frees in `changes`, return the bookings."""
    ended = []
    for booking in registration.bookings:
        if booking.answer_by is None or booking.answer_by > now:
            continue
        if booking.status == "confirmed" and booking.session_id in held:
            freed = end(booking, "unanswered") or Change()
            changes[booking.session_id] = changes.get(booking.session_id, Change()) + freed
            booking.revision += 1
            booking.changed_at = now
            ended.append(booking.id)
        booking.answer_by = None
    return ended


def _changed(
    db: Session,
    registration: Registration,
    now: datetime,
    *,
    asked: Collection[UUID] = (),
    ended: Collection[UUID] = (),
) -> Fact:
    versions = session_versions(db, [booking.session_id for booking in registration.bookings])
    registration.version += 1
    end_registration(registration, now)
    # A change even when that was the last booking: who reads of it is told why it ended.
    return facts.changed(registration, versions, ended, asked=asked)
