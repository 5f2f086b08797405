"""The waitlist: freed seats are offered to those who wait, first come first served, whole parties.

An offer holds its seats until its deadline (`deadlines`); `offers` says how it ends.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from services.registration.domain import facts
from services.registration.domain.admission import Waiting, serve
from services.registration.domain.calls import note_calls
from services.registration.domain.deadlines import offer_deadline
from services.registration.domain.noting import note_gains
from services.registration.domain.seats import Change, Seats, count, session_versions
from services.registration.models import BOOKINGS, SESSION_COPIES, Booking, Registration
from shared.messaging.outbox import record_all

#: How many of those who wait for a session are looked at together.
PAGE = 100


def serve_waitlist(
    db: Session, seats: Mapping[UUID, Seats], *, now: datetime, release_id: UUID | None = None
) -> list[UUID]:
    """Offer what is left to those who wait for these sessions and fit; return their bookings.

    `seats` are the locked counters as they are now. Each registration that is offered a place is
    recorded as changed; what a release brought is noted, to be told with everything else that it
    changed. Once registration is closed nobody is offered anything; those who waited keep waiting.
    """
    served: list[UUID] = []
    changes: dict[UUID, Change] = {}
    deadlines: dict[UUID, datetime] = {}
    registrations: set[UUID] = set()
    for session_id, row in seats.items():
        chosen = list(_chosen(db, row)) if _is_served(row, now) else []
        if not chosen:
            continue
        served += [one.booking_id for one, _ in chosen]
        registrations.update(registration for _, registration in chosen)
        deadlines[session_id] = deadline_of(db, row, now=now)
        changes[session_id] = Change(
            taken=sum(one.seats for one, _ in chosen),
            bookings=len(chosen),
            waiting=-len(chosen),
            wheelchairs=sum(one.wheelchairs for one, _ in chosen),
        )
    if not served:
        return []
    offered = set(served)
    gaining = lock_registrations(db, registrations)
    gained = [one for each in gaining for one in each.bookings if one.id in offered]
    for booking in gained:
        booking.status = "offered"
        booking.offer_expires_at = deadlines[booking.session_id]
        booking.revision += 1
        booking.changed_at = now
    db.flush()
    if release_id is None:
        _record(db, gaining, offered, now)
    else:
        note_gains(db, gained, release_id=release_id)
    count(db, changes)
    return served


def deadline_of(db: Session, row: Seats, *, now: datetime) -> datetime:
    """Return until when a place in this session that is offered now is kept (UTC)."""
    copy = db.execute(
        sa.select(
            SESSION_COPIES.c.starts_at, SESSION_COPIES.c.details["time_zone"].as_string()
        ).where(SESSION_COPIES.c.id == row.session_id)
    ).one()
    return offer_deadline(now, starts_at=copy[0], closes_at=row.closes_at, zone=copy[1])


def _is_served(row: Seats, now: datetime) -> bool:
    """Tell whether there is somebody to offer something to; before it opens, too, if they wait."""
    is_closed = not row.bookable or now >= row.closes_at
    return bool(row.waiting) and not is_closed and _is_room(row.left, row.wheelchairs_left)


def _is_room(seats: int | None, wheelchairs: int | None) -> bool:
    """Tell whether anybody may fit: a party takes a seat, or a place for a wheelchair."""
    return seats != 0 or bool(wheelchairs)


def _chosen(db: Session, row: Seats) -> Iterator[tuple[Waiting, UUID]]:
    """Yield those who fit, in their order, each with the registration; a page at a time."""
    session, left, wheelchairs = row.session_id, row.left, row.wheelchairs_left
    after: UUID | None = None
    while _is_room(left, wheelchairs):
        page = _waiting(db, session, left, wheelchairs, after)
        if not page:
            return
        fitting = set(
            serve(
                {session: left},
                [one for one, _ in page],
                wheelchairs_left={session: wheelchairs},
            )
        )
        for one, registration_id in page:
            if one.booking_id in fitting:
                left = None if left is None else left - one.seats
                wheelchairs = None if wheelchairs is None else wheelchairs - one.wheelchairs
                yield one, registration_id
        after = page[-1][0].booking_id


def _waiting(
    db: Session, session_id: UUID, left: int | None, wheelchairs: int | None, after: UUID | None
) -> list[tuple[Waiting, UUID]]:
    """Return the next of those who wait and who each would fit alone in what is left."""
    query = (
        sa.select(
            BOOKINGS.c.id, BOOKINGS.c.seats, BOOKINGS.c.wheelchairs, BOOKINGS.c.registration_id
        )
        .where(BOOKINGS.c.session_id == session_id, BOOKINGS.c.status == "waitlisted")
        .order_by(BOOKINGS.c.id)
        .limit(PAGE)
    )
    if left is not None:
        query = query.where(BOOKINGS.c.seats <= left)
    if wheelchairs is not None:
        query = query.where(BOOKINGS.c.wheelchairs <= wheelchairs)
    if after is not None:
        query = query.where(BOOKINGS.c.id > after)
    return [
        (Waiting(row.id, session_id, row.seats, row.wheelchairs), row.registration_id)
        for row in db.execute(query)
    ]


def _record(
    db: Session, registrations: Iterable[Registration], offered: Collection[UUID], now: datetime
) -> None:
    sessions = {one.session_id for registration in registrations for one in registration.bookings}
    versions = session_versions(db, sessions)
    recorded = []
    for registration in registrations:
        gained = [booking for booking in registration.bookings if booking.id in offered]
        registration.version += 1
        recorded.append(facts.changed(registration, versions, [one.id for one in gained]))
        for booking in gained:
            note_offer(db, registration, booking, now=now)
    db.flush()
    record_all(db, recorded, now=now)


def note_offer(db: Session, registration: Registration, booking: Booking, *, now: datetime) -> None:
    """Note that whoever has no address is to be called about an offer, with its deadline."""
    until = booking.offer_expires_at
    details = {"offer_expires_at": facts.instant(until) if until else None}
    note_calls(db, registration, "offer", [booking.session_id], now=now, details=details)


def sessions_of(db: Session, registrations: Collection[UUID]) -> Sequence[UUID]:
    """Return the sessions of these registrations' bookings, whatever became of them.

    Whoever locks several registrations locks the seats of these sessions first (`lock_seats`), as
    somebody does who ends one of them and then offers its place to another.
    """
    return db.scalars(
        sa.select(BOOKINGS.c.session_id)
        .where(BOOKINGS.c.registration_id.in_(registrations))
        .distinct()
    ).all()


def lock_registrations(db: Session, ids: Iterable[UUID]) -> list[Registration]:
    """Lock these registrations in the order of their ids and return them as they are now."""
    wanted = list(ids)
    if not wanted:
        return []
    db.execute(
        sa.select(Registration.id)
        .where(Registration.id.in_(wanted))
        .order_by(Registration.id)
        .with_for_update(key_share=True)  # rows that refer to them may still be inserted
    )
    return list(
        db.scalars(
            sa.select(Registration)
            .where(Registration.id.in_(wanted))
            .order_by(Registration.id)
            .options(selectinload(Registration.bookings).selectinload(Booking.allotment))
            .execution_options(populate_existing=True)
        )
    )
