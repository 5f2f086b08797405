"""Moving parties to another session of the same activity, with their consent.

The organiser proposes: a booking is made in the other session, offered until a deadline, that names
the one which it would replace (`Booking.replaces_id`). Its seats are counted as taken meanwhile, so
whoever accepts has them. Accepting ends the old booking; declining, or no answer, leaves the party
where it was. The organiser decides whom to ask, so limits that the other session sets its parties
do not count; seats and places for wheelchairs do.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain import facts
from services.registration.domain.admission import Waiting, serve
from services.registration.domain.moves import is_proposed, never_fits, note_move, proposed_for
from services.registration.domain.party import seats_beside
from services.registration.domain.questions import AskedQuestion
from services.registration.domain.rules import rules_of
from services.registration.domain.seats import (
    Change,
    Seats,
    count,
    lock_seats,
    session_versions,
)
from services.registration.domain.waitlist import deadline_of, lock_registrations, sessions_of
from services.registration.models import Booking, Registration, SessionCopy
from shared.identifiers import new_id
from shared.messaging.outbox import record_all

#: The longest sentence of the organiser, in characters.
LONGEST_NOTE = 500

#: Why a party is left where it is: the other session has no room for it, or never will; it has a
#: booking there; something is proposed to it already; it has nothing here any more.
Obstacle = Literal["full", "never", "there", "asked", "gone"]


class MoveRefused(Exception):
    """Nobody can be moved there; `code` says why.

    `unknown`: there is no such session. `not_of_activity`: it is of another activity, or the same
    session. `not_bookable`: registration for it is closed, or the session to leave is over.
    """

    def __init__(self, code: Literal["unknown", "not_of_activity", "not_bookable"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Fitting:
    """Who of those that were chosen can be moved, in the order of registration, and who not, why.

    A moved party would take so many `seats`; `offer_expires_at` is until when it is asked.
    """

    fitting: tuple[tuple[Booking, int], ...]
    left_alone: tuple[tuple[Booking, Obstacle], ...]
    offer_expires_at: datetime


def target_of(db: Session, source: SessionCopy, target_id: UUID, *, now: datetime) -> SessionCopy:
    """Return the session to which parties of another may be moved. Raises `MoveRefused`."""
    target = db.get(SessionCopy, target_id)
    if target is None:
        raise MoveRefused("unknown")
    if target.id == source.id or target.details["activity_id"] != source.details["activity_id"]:
        raise MoveRefused("not_of_activity")
    if source.ends_at <= now:
        raise MoveRefused("not_bookable")
    return target


def fit(
    db: Session,
    source: SessionCopy,
    seats: Seats,
    registrations: Sequence[Registration],
    bookings: Collection[UUID],
    *,
    now: datetime,
) -> Fitting:
    """Tell which of these bookings of a session fit into another, whose counters are given.

    Raises `MoveRefused` when registration for it is closed.
    """
    if not seats.bookable or now >= seats.closes_at:
        raise MoveRefused("not_bookable")
    chosen = [
        booking
        for registration in registrations
        for booking in registration.bookings
        if booking.id in bookings and booking.session_id == source.id
    ]
    chosen.sort(key=lambda booking: booking.id)
    needed: dict[UUID, int] = {}
    obstacles: dict[UUID, Obstacle] = {}
    for booking in chosen:
        obstacle = _obstacle(booking, seats)
        if obstacle is not None:
            obstacles[booking.id] = obstacle
        else:
            needed[booking.id] = seats_beside(
                booking.party, seats.seat_categories, booking.wheelchairs
            )
    target = seats.session_id
    asking = [
        Waiting(booking.id, target, needed[booking.id], booking.wheelchairs)
        for booking in chosen
        if booking.id in needed
    ]
    fitting = set(
        serve({target: seats.left}, asking, wheelchairs_left={target: seats.wheelchairs_left})
    )
    obstacles |= {one.booking_id: "full" for one in asking if one.booking_id not in fitting}
    return Fitting(
        tuple((one, needed[one.id]) for one in chosen if one.id in fitting),
        tuple((one, obstacles[one.id]) for one in chosen if one.id in obstacles),
        deadline_of(db, seats, now=now, before=source.starts_at),
    )


def propose(
    db: Session,
    source_id: UUID,
    target_id: UUID,
    bookings: Collection[UUID],
    *,
    note: str,
    now: datetime,
) -> Fitting:
    """Propose another session to those of these bookings' parties that fit; return who they are.

    Each contact is told, with the organiser's `note` (empty if there is none); whoever has no
    address is put on the call list. The others are left alone. Call it inside `database.write()`.
    Raises `MoveRefused`, with nothing changed.
    """
    ids = set(
        db.scalars(
            sa.select(Booking.registration_id).where(
                Booking.session_id == source_id, Booking.id.in_(bookings)
            )
        )
    )
    seats = lock_seats(db, {source_id, target_id, *sessions_of(db, ids)})
    source = db.get(SessionCopy, source_id)
    if source is None:
        raise MoveRefused("unknown")
    target = target_of(db, source, target_id, now=now)
    registrations = [one for one in lock_registrations(db, ids) if one.erased_at is None]
    found = fit(db, source, seats[target.id], registrations, bookings, now=now)
    questions = rules_of(db, [source.id, target.id])
    moves = [
        _move(booking, taking, target, found.offer_expires_at, note, now)
        for booking, taking in found.fitting
    ]
    for move, (booking, _taking) in zip(moves, found.fitting, strict=True):
        move.answers = carried(
            booking.answers, questions[source.id].questions, questions[target.id].questions
        )
    db.add_all(moves)
    db.flush()
    count(
        db,
        {
            target.id: Change(
                taken=sum(one.seats for one in moves),
                bookings=len(moves),
                wheelchairs=sum(one.wheelchairs for one in moves),
            )
        },
    )
    _tell(db, registrations, moves, source, now)
    return found


def carried(
    answers: Mapping[str, Any],
    before: Iterable[AskedQuestion],
    after: Iterable[AskedQuestion],
) -> dict[str, Any]:
    """Return the answers that hold for another session: those to what it asks in the same words."""
    known = {(one.kind, one.label["fr"]): answers[one.key] for one in before if one.key in answers}
    return {
        one.key: known[one.kind, one.label["fr"]]
        for one in after
        if (one.kind, one.label["fr"]) in known
    }


def _obstacle(booking: Booking, seats: Seats) -> Obstacle | None:
    others = booking.registration.bookings
    if booking.status == "cancelled":
        return "gone"
    if is_proposed(booking) or proposed_for(booking, others) is not None:
        return "asked"
    if any(one.session_id == seats.session_id and one.status != "cancelled" for one in others):
        return "there"
    needed = seats_beside(booking.party, seats.seat_categories, booking.wheelchairs)
    return "never" if never_fits(booking.party, needed, seats) else None


def _move(
    booking: Booking, seats: int, target: SessionCopy, until: datetime, note: str, now: datetime
) -> Booking:
    """Return the booking that is proposed in place of another.

    A calendar knows a session's entry by its session: where this one was booked before, the new
    entry comes after the old one.
    """
    before = [one.revision for one in booking.registration.bookings if one.session_id == target.id]
    return Booking(
        id=new_id(),
        registration_id=booking.registration_id,
        session_id=target.id,
        party=dict(booking.party),
        seats=seats,
        wheelchairs=booking.wheelchairs,
        sign_language=booking.sign_language,
        status="offered",
        revision=max(before) + 1 if before else 0,
        changed_at=now,
        offer_expires_at=until,
        offer_note=note or None,
        replaces_id=booking.id,
    )


def _tell(
    db: Session,
    registrations: Iterable[Registration],
    moves: Iterable[Booking],
    source: SessionCopy,
    now: datetime,
) -> None:
    by_registration: dict[UUID, list[Booking]] = {}
    for move in moves:
        by_registration.setdefault(move.registration_id, []).append(move)
    moved = lock_registrations(db, by_registration)  # with their new bookings
    versions = session_versions(
        db, {one.session_id for registration in moved for one in registration.bookings}
    )
    recorded = []
    for registration in moved:
        proposed = by_registration[registration.id]
        registration.version += 1
        recorded.append(facts.changed(registration, versions, [one.id for one in proposed]))
        for move in proposed:
            note_move(db, registration, move, source.details, now=now)
    db.flush()
    record_all(db, recorded, now=now)
