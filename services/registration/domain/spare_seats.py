"""Seats beyond the capacity of a session, as its organiser's rules say; and how many came to it.

Whoever changes `extra` holds the lock on the session's seats. Fewer of them drop nobody: the
session is then overbooked until it empties.
"""

from collections.abc import Iterable
from datetime import datetime
from math import ceil
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.overbooking import Reasoning, Seen, extra_seats
from services.registration.domain.seats import Seats, lock_seats
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import (
    SESSION_SEATS,
    Attendance,
    Booking,
    SessionCopy,
    SessionRules,
    SessionSeats,
)

#: How many people come together, before that many parties have shown it.
USUAL_PARTY, ENOUGH_PARTIES = 3, 5

#: The most people that can be said to have come to a session.
LARGEST_ATTENDANCE = 100_000


class NotYetHeld(Exception):
    """Nobody can have come yet: the session has not begun."""


def reasoning_of(db: Session, row: Seats | SessionSeats, risk: float) -> Reasoning:
    """Return how many more seats past sessions of the same kind allow with this risk, and why.

    The same kind is the same format and theme in the same edition.
    """
    history, party = _history(db, row.session_id), _party(db, row.session_id)
    return extra_seats(row.capacity or 0, history, risk, party=party)


def renew_extra(
    db: Session,
    session_ids: Iterable[UUID],
    *,
    now: datetime,
    release_id: UUID | None = None,
) -> list[UUID]:
    """Give sessions the seats beyond their capacity that their rules say, and serve who waits.

    Returns the sessions where that changed. Call it inside `database.write()`.
    """
    ids = list(session_ids)
    seats = lock_seats(db, ids)
    rules = {
        row.session_id: row
        for row in db.scalars(sa.select(SessionRules).where(SessionRules.session_id.in_(ids)))
    }
    renewed = []
    for session_id, row in seats.items():
        extra = _extra(db, row, rules.get(session_id))
        if extra != row.extra:
            _set_extra(db, row, extra)
            renewed.append(session_id)
    if renewed:
        serve_waitlist(db, lock_seats(db, renewed), now=now, release_id=release_id)
    return renewed


def learn_again(db: Session, *, now: datetime) -> list[UUID]:
    """Renew the seats of all sessions to come that learn; return those where that changed."""
    learning = db.scalars(
        sa.select(SessionRules.session_id)
        .join(SessionCopy, SessionCopy.id == SessionRules.session_id)
        .where(SessionRules.overbooking == "learned", SessionCopy.ends_at > now)
        .order_by(SessionRules.session_id)
    ).all()
    return renew_extra(db, learning, now=now)


def note_attendance(
    db: Session, session_id: UUID, came: int, *, by: str, now: datetime
) -> Attendance:
    """Keep how many people came to the seats of a session, of those who had one; noted again, it
    is corrected. Sessions that learn from it learn at once. Raises `NotYetHeld`.
    """
    copy = db.get_one(SessionCopy, session_id)
    if copy.starts_at > now:
        raise NotYetHeld
    expected = db.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Booking.seats), 0)).where(
            Booking.session_id == session_id, Booking.status == "confirmed"
        )
    )
    noted = db.get(Attendance, session_id)
    if noted is None:
        noted = Attendance(session_id=session_id)
        db.add(noted)
    noted.expected, noted.came = int(expected or 0), came
    noted.noted_at, noted.noted_by = now, by
    db.flush()
    learn_again(db, now=now)
    return noted


def _extra(db: Session, row: Seats, rules: SessionRules | None) -> int:
    if rules is None or row.capacity is None or rules.overbooking == "off":
        return 0
    if rules.overbooking == "fixed":
        return rules.overbooking_seats or 0
    return reasoning_of(db, row, rules.overbooking_risk or 0.0).extra


def _set_extra(db: Session, row: Seats, extra: int) -> None:
    capacity = row.capacity
    db.execute(
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id == row.session_id)
        .values(
            extra=extra,
            ceiling=None if capacity is None else max(capacity + extra, row.taken + row.held),
            version=SESSION_SEATS.c.version + 1,
        )
    )


def _party(db: Session, session_id: UUID) -> int:
    """Return with how many people somebody comes who has a seat, rounded up.

    Large parties weigh as many heads as they have: they are what may stay away at once.
    """
    parties, heads, squares = db.execute(
        sa.select(
            sa.func.count(), sa.func.sum(Booking.seats), sa.func.sum(Booking.seats * Booking.seats)
        ).where(Booking.session_id == session_id, Booking.status == "confirmed", Booking.seats > 0)
    ).one()
    return ceil(squares / heads) if parties >= ENOUGH_PARTIES else USUAL_PARTY


def _history(db: Session, session_id: UUID) -> list[Seen]:
    """Return what was seen of sessions of the same kind, but of this one itself."""
    form, theme = (SessionCopy.details[name].as_string() for name in ("format", "theme"))
    this = db.execute(
        sa.select(SessionCopy.edition_id, form.label("format"), theme.label("theme")).where(
            SessionCopy.id == session_id
        )
    ).one()
    rows = db.execute(
        sa.select(Attendance.expected, Attendance.came, form, theme)
        .join(SessionCopy, SessionCopy.id == Attendance.session_id)
        .where(SessionCopy.edition_id == this.edition_id, Attendance.session_id != session_id)
    )
    kind = (this.format, this.theme)
    return [Seen(row[0], row[1]) for row in rows if (row[2], row[3]) == kind and row[0]]
