"""Telling people what a closed release changed for them: one event for each registration.

The releases are told in the order in which they were closed, each some registrations at a time, so
that memory and locks stay small, and a process that dies leaves no more than one batch to do again.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain import facts
from services.registration.domain.calls import Reason, drop_calls, note_calls
from services.registration.domain.ending import end, end_registration
from services.registration.domain.locking import lock_whole
from services.registration.domain.moves import note_move, replaced_by
from services.registration.domain.seats import Change, Seats, count
from services.registration.domain.told import told_state
from services.registration.domain.waitlist import deadline_of, note_offer
from services.registration.models import (
    RELEASES,
    SESSION_COPIES,
    TOLD_SESSIONS,
    UNTOLD_CHANGES,
    Booking,
    Registration,
)
from shared.messaging.outbox import record_all

#: How many registrations are told in one transaction.
BATCH = 100


def is_untold(db: Session) -> bool:
    """Tell whether there is anybody to be told of anything, or a release to be ended."""
    open_release = sa.select(RELEASES.c.id).where(RELEASES.c.told_at.is_(None))
    by_itself = sa.select(UNTOLD_CHANGES.c.session_id).where(UNTOLD_CHANGES.c.release_id.is_(None))
    return bool(db.scalar(sa.select(sa.or_(open_release.exists(), by_itself.exists()))))


def tell_some(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """Tell up to `most` registrations what one release changed for them.

    Ends the bookings of its cancelled sessions. Returns how many registrations were looked at; 0
    when everybody knows everything. Call it inside `database.write()`.
    """
    for release_id in _closed_releases(db):
        registrations = db.scalars(
            sa.select(UNTOLD_CHANGES.c.registration_id)
            .where(_of_release(release_id))
            .distinct()
            .order_by(UNTOLD_CHANGES.c.registration_id)
            .limit(most)
        ).all()
        if registrations:
            _tell(db, registrations, release_id, now)
            return len(registrations)
        if release_id is not None:
            _finish(db, release_id, now)
    return 0


def _closed_releases(db: Session) -> Iterator[UUID | None]:
    """Yield None, for sessions that were published by themselves, then what is closed, in order."""
    yield None
    yield from db.scalars(
        sa.select(RELEASES.c.id)
        .where(RELEASES.c.told_at.is_(None))
        .order_by(RELEASES.c.closed_at, RELEASES.c.id)
    ).all()


def _of_release(release_id: UUID | None) -> sa.ColumnElement[bool]:
    column = UNTOLD_CHANGES.c.release_id
    # PostgreSQL finds nothing by IS NOT DISTINCT FROM in an index.
    return column.is_(None) if release_id is None else column == release_id


def _tell(
    db: Session, registration_ids: Collection[UUID], release_id: UUID | None, now: datetime
) -> None:
    """Tell these registrations; the locks on all their sessions keep everybody else out."""
    seats, registrations = lock_whole(db, registration_ids)
    this = sa.and_(UNTOLD_CHANGES.c.registration_id.in_(registration_ids), _of_release(release_id))
    news = _News.read(db, this, seats, now)
    versions = {session: row.session_version for session, row in seats.items()}
    changes: dict[UUID, Change] = {}
    recorded = []
    for registration in registrations:
        told = news.tell(registration, now)
        if told is None:
            continue
        for session, change in told.counted.items():
            changes[session] = changes.get(session, Change()) + change
        registration.version += 1
        end_registration(registration, now)
        _note_calls(db, registration, told, now)
        recorded.append(
            facts.changed(
                registration,
                versions,
                told.bookings,
                session_changes=told.sessions,
                release_id=release_id,
            )
        )
    db.flush()
    count(db, changes)
    db.execute(sa.delete(UNTOLD_CHANGES).where(this))
    record_all(db, recorded, now=now)


def _note_calls(db: Session, registration: Registration, told: "_Told", now: datetime) -> None:
    """Note what whoever has no address is to be called about."""
    for change in told.sessions:
        is_off = change["after"]["status"] == "cancelled"
        reason: Reason = "session_cancelled" if is_off else "session_changed"
        note_calls(db, registration, reason, [UUID(change["session_id"])], now=now, details=change)
    for booking in registration.bookings:
        if booking.status == "offered" and booking.id in told.bookings:
            drop_calls(db, registration, ("offer", "move"), [booking.session_id])
            replaced = replaced_by(booking, registration.bookings)
            if replaced is None:
                note_offer(db, registration, booking, now=now)
            else:
                note_move(db, registration, booking, replaced.session.details, now=now)


@dataclass(frozen=True)
class _Told:
    """What one registration is told: its changed bookings and sessions, and what that counts."""

    bookings: list[UUID]
    sessions: list[dict[str, Any]]
    counted: dict[UUID, Change]


@dataclass(frozen=True)
class _News:
    """What is noted for some registrations, and the sessions that it is about."""

    untold: Mapping[tuple[UUID, UUID], Any]
    copies: Mapping[UUID, Any]
    told: Mapping[tuple[UUID, int], dict[str, Any]]
    deadlines: Mapping[UUID, datetime]

    @classmethod
    def read(
        cls,
        db: Session,
        this: sa.ColumnElement[bool],
        seats: Mapping[UUID, Seats],
        now: datetime,
    ) -> "_News":
        untold = db.execute(sa.select(UNTOLD_CHANGES).where(this)).all()
        sessions = {row.session_id for row in untold}
        copies = db.execute(
            sa.select(
                SESSION_COPIES.c.id,
                SESSION_COPIES.c.version,
                SESSION_COPIES.c.status,
                SESSION_COPIES.c.details,
            ).where(SESSION_COPIES.c.id.in_(sessions))
        )
        told = db.execute(sa.select(TOLD_SESSIONS).where(TOLD_SESSIONS.c.session_id.in_(sessions)))
        return cls(
            {(row.registration_id, row.session_id): row for row in untold},
            {row.id: row for row in copies},
            {(row.session_id, row.version): row.state for row in told},
            {
                session: deadline_of(db, seats[session], now=now)
                for session in {row.session_id for row in untold if row.gained}
                if now < seats[session].closes_at
            },
        )

    def tell(self, registration: Registration, now: datetime) -> _Told | None:
        """End what its sessions' cancellation ends; return what it is told, None if nothing."""
        told = _Told([], [], {})
        for booking in registration.bookings:
            untold = self.untold.get((registration.id, booking.session_id))
            if untold is None or booking.status == "cancelled":
                continue  # nothing changed, or the contact gave it up meanwhile
            if untold.told_version is not None:
                told.sessions.append(self._session_change(booking, untold.told_version))
            if self.copies[booking.session_id].status == "cancelled":
                told.counted[booking.session_id] = _end(booking, now)
                told.bookings.append(booking.id)
            elif untold.gained and self._is_offered(booking, now):
                told.bookings.append(booking.id)
        told.sessions.sort(key=lambda change: (change["after"]["starts_at"], change["session_id"]))
        return told if told.bookings or told.sessions else None

    def _is_offered(self, booking: Booking, now: datetime) -> bool:
        """Tell whether there is an offer to tell of; its time begins to run now, not before.

        A move was told of when it was proposed, and never outlasts what it would replace.
        """
        if booking.offer_expires_at is None:
            return False  # accepted meanwhile: the contact knows
        if booking.replaces_id is None:
            deadline = self.deadlines.get(booking.session_id, booking.offer_expires_at)
            booking.offer_expires_at = max(booking.offer_expires_at, deadline)
        return now < booking.offer_expires_at

    def _session_change(self, booking: Booking, told_version: int) -> dict[str, Any]:
        copy = self.copies[booking.session_id]
        return {
            "session_id": str(booking.session_id),
            "version": copy.version,
            "booking_status": booking.status,
            "before": self.told[booking.session_id, told_version],
            "after": told_state(copy.details),
        }


def _end(booking: Booking, now: datetime) -> Change:
    change = end(booking, "organiser") or Change()
    booking.revision += 1
    booking.changed_at = now
    return change


def _finish(db: Session, release_id: UUID, now: datetime) -> None:
    """Note that everybody was told of a release, and forget what nobody is to be told any more."""
    waits = UNTOLD_CHANGES.c.session_id == TOLD_SESSIONS.c.session_id
    db.execute(sa.delete(TOLD_SESSIONS).where(~sa.exists().where(waits)))
    db.execute(sa.update(RELEASES).where(RELEASES.c.id == release_id).values(told_at=now))
