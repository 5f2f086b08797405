"""Allotments: seats of a session that are kept under a name, until they are taken or released.

What no allotment holds is the public's. Everything here locks the session's seats first; what it
frees serves the waitlist in the same transaction. Call it inside `database.write()`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.holding import held_by, room_in
from services.registration.domain.party import seats_beside
from services.registration.domain.registering import register_all
from services.registration.domain.requests import MADE, Answer, RegistrationRequest
from services.registration.domain.seats import Change, Seats, count, lock_seats, seats_of
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import ALLOTMENTS, SESSION_SEATS, Allotment, Booking

#: How many allotments a timer releases in one transaction.
BATCH = 50

#: Why something cannot be done with an allotment.
Code = Literal["unknown", "unlimited", "too_few_left", "released", "other_session"]


class AllotmentRefused(Exception):
    """It cannot be done, and nothing was changed; `code` says why.

    `unknown`: there is no such session or allotment. `unlimited`: the session's seats are not
    limited, so there is nothing to keep. `too_few_left`: fewer seats are left than are to be kept;
    `left` says how many. `released`: the allotment is released and keeps nothing any more.
    `other_session`: what is asked for is not, or not only, the allotment's session.
    """

    def __init__(self, code: Code, left: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.left = left


def allotments_of(db: Session, session_id: UUID) -> Sequence[Allotment]:
    """Return a session's allotments in the order in which they were made, released ones too."""
    query = sa.select(Allotment).where(Allotment.session_id == session_id)
    return db.scalars(query.order_by(Allotment.id)).all()


def most_seats(db: Session, session_id: UUID, allotment_id: UUID | None = None) -> int | None:
    """Return how many seats of a session an allotment may keep now, or a new one without an id.

    None where the session's seats are not limited. Nothing is locked: it may change at once.
    """
    row = seats_of(db, session_id)
    if row is None or row.left is None:
        return None
    left = max(0, row.left)
    allotment = db.get(Allotment, allotment_id) if allotment_id is not None else None
    return left if allotment is None else left + held_by(allotment) + allotment.taken


def create(
    db: Session, session_id: UUID, *, name: str, seats: int, releases_at: datetime | None = None
) -> Allotment:
    """Keep so many of a session's seats under a name, until `releases_at` (UTC) if that is given.

    Raises `AllotmentRefused` (`unknown`, `unlimited`, `too_few_left`).
    """
    row = _locked(db, session_id)
    if row.left is None:
        raise AllotmentRefused("unlimited")
    if seats > row.left:
        raise AllotmentRefused("too_few_left", row.left)
    allotment = Allotment(
        session_id=session_id, name=name, seats=seats, taken=0, releases_at=releases_at
    )
    db.add(allotment)
    db.flush()
    count(db, {session_id: Change(held=seats)})
    return allotment


def revise(
    db: Session,
    allotment_id: UUID,
    *,
    name: str,
    seats: int,
    releases_at: datetime | None,
    now: datetime,
) -> Allotment:
    """Give an allotment another name, number of seats or time (UTC) at which it is released.

    Fewer seats than are taken drop nobody. What it no longer keeps serves the waitlist. Raises
    `AllotmentRefused` (`unknown`, `released`, `too_few_left`).
    """
    allotment, row = _locked_allotment(db, allotment_id)
    if allotment.released_at is not None:
        raise AllotmentRefused("released")
    held = held_by(allotment)
    more = max(0, seats - allotment.taken) - held
    if more > 0 and row.left is not None and more > row.left:
        raise AllotmentRefused("too_few_left", row.left)
    allotment.name = name
    allotment.seats = seats
    allotment.releases_at = releases_at
    _keep(db, [allotment], {row.session_id: Change(held=more)}, now)
    return allotment


def resize(db: Session, allotment_id: UUID, seats: int, *, now: datetime) -> Allotment:
    """Give an allotment another number of seats, as `revise` does."""
    known = db.get(Allotment, allotment_id)
    if known is None:
        raise AllotmentRefused("unknown")
    return revise(
        db,
        allotment_id,
        name=known.name,
        seats=seats,
        releases_at=known.releases_at,
        now=now,
    )


def release(db: Session, allotment_id: UUID, *, now: datetime) -> Allotment:
    """Let the public have what nobody took of an allotment; what is taken stays.

    Releasing again changes nothing. Raises `AllotmentRefused` (`unknown`).
    """
    allotment, _row = _locked_allotment(db, allotment_id)
    _release(db, [allotment], now)
    return allotment


def release_due(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """Release up to `most` allotments whose time has come; return how many."""
    due = db.execute(
        sa.select(ALLOTMENTS.c.id, ALLOTMENTS.c.session_id)
        .where(_IS_DUE, ALLOTMENTS.c.releases_at <= now)
        .order_by(ALLOTMENTS.c.releases_at, ALLOTMENTS.c.id)
        .limit(most)
    ).all()
    if not due:
        return 0
    lock_seats(db, {row.session_id for row in due})
    allotments = _fresh(db, [row.id for row in due])
    return _release(db, [one for one in allotments if _has_come(one, now)], now)


def is_release_due(db: Session, *, now: datetime) -> bool:
    """Tell whether an allotment waits to be released; read without a lock."""
    due = sa.select(ALLOTMENTS.c.id).where(_IS_DUE, ALLOTMENTS.c.releases_at <= now)
    return bool(db.scalar(sa.select(due.exists())))


def register_into(
    db: Session, allotment_id: UUID, request: RegistrationRequest, *, now: datetime
) -> Answer:
    """Register a party for the one session of an allotment, in its seats first.

    What the party needs beyond the seats that the allotment holds comes from the public's. The
    answer is that of `registering.register_all`, and so are the errors; the same key again changes
    nothing. Raises `AllotmentRefused` (`unknown`, `released`, `other_session`).
    """
    allotment, row = _locked_allotment(db, allotment_id)
    if [wanted.session_id for wanted in request.bookings] != [allotment.session_id]:
        raise AllotmentRefused("other_session")
    if allotment.released_at is not None:
        raise AllotmentRefused("released")
    [wanted] = request.bookings
    needed = seats_beside(wanted.party, row.seat_categories, wanted.wheelchairs)
    room = room_in(allotment, row)
    if room is None or needed <= room:
        _lend(db, row, needed)
    [answer] = register_all(db, [request], now=now)
    if answer.status == MADE and answer.body["id"] == str(request.id):
        _claim(db, allotment, request.id)
    _hold_again(db, row.session_id)
    return answer


_IS_DUE = sa.and_(ALLOTMENTS.c.released_at.is_(None), ALLOTMENTS.c.releases_at.is_not(None))


def _has_come(allotment: Allotment, now: datetime) -> bool:
    at = allotment.releases_at
    return allotment.released_at is None and at is not None and at <= now


def _locked(db: Session, session_id: UUID) -> Seats:
    row = lock_seats(db, [session_id]).get(session_id)
    if row is None:
        raise AllotmentRefused("unknown")
    return row


def _locked_allotment(db: Session, allotment_id: UUID) -> tuple[Allotment, Seats]:
    """Return an allotment as it is under the lock on its session's seats, and those seats."""
    of_session = sa.select(ALLOTMENTS.c.session_id).where(ALLOTMENTS.c.id == allotment_id)
    session_id = db.scalar(of_session)
    if session_id is None:
        raise AllotmentRefused("unknown")
    row = _locked(db, session_id)
    [allotment] = _fresh(db, [allotment_id])
    return allotment, row


def _fresh(db: Session, ids: Sequence[UUID]) -> Sequence[Allotment]:
    query = sa.select(Allotment).where(Allotment.id.in_(ids)).order_by(Allotment.id)
    return db.scalars(query.execution_options(populate_existing=True)).all()


def _release(db: Session, allotments: Sequence[Allotment], now: datetime) -> int:
    changes: dict[UUID, Change] = {}
    standing = [one for one in allotments if one.released_at is None]
    for one in standing:
        change = Change(held=-held_by(one))
        changes[one.session_id] = changes.get(one.session_id, Change()) + change
        one.released_at = now
    _keep(db, standing, changes, now)
    return len(standing)


def _keep(
    db: Session, allotments: Sequence[Allotment], changes: dict[UUID, Change], now: datetime
) -> None:
    """Write the allotments and the counters that they changed; serve who waits for that."""
    if not allotments:
        return
    db.flush()
    count(db, changes)
    serve_waitlist(db, lock_seats(db, changes), now=now)


def _lend(db: Session, row: Seats, needed: int) -> None:
    """Let the public have as many of the held seats as a party needs, until `_hold_again`."""
    if row.capacity is None:
        return
    lent = max(0, needed - (row.capacity + row.extra - row.taken - row.held))
    if lent:
        count(db, {row.session_id: Change(held=-lent)})


def _claim(db: Session, allotment: Allotment, registration_id: UUID) -> None:
    of_registration = sa.select(Booking).where(
        Booking.registration_id == registration_id, Booking.status == "confirmed"
    )
    for booking in db.scalars(of_registration):
        booking.allotment_id = allotment.id
        allotment.taken += booking.seats
    db.flush()


def _hold_again(db: Session, session_id: UUID) -> None:
    """Hold what the session's allotments keep; the ceiling is then what it is by definition."""
    held = sum(held_by(one) for one in allotments_of(db, session_id))
    used = SESSION_SEATS.c.taken + held
    room = SESSION_SEATS.c.capacity + SESSION_SEATS.c.extra
    db.execute(
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id == session_id)
        .values(
            held=held,
            ceiling=sa.case((room.is_(None), None), (used > room, used), else_=room),
            version=SESSION_SEATS.c.version + 1,
        )
    )
