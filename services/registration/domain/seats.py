"""The seat counters: locked in one order by every writer, raised and lowered in SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.registration.models import SESSION_SEATS
from shared.bulk import Update, store_together


@dataclass(frozen=True, slots=True)
class Seats:
    """One session's seats, as they stand under the lock."""

    session_id: UUID
    capacity: int | None
    taken: int
    bookings: int
    waiting: int
    bookable: bool
    seat_categories: list[str]
    closes_at: datetime
    session_version: int
    version: int

    @property
    def left(self) -> int | None:
        """Return the seats that are left; None where they are not limited."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def is_overbooked(self) -> bool:
        """Tell whether more is taken than the capacity, which was lowered since."""
        return self.capacity is not None and self.taken > self.capacity

    def is_open(self, now: datetime) -> bool:
        """Tell whether registrations are still taken."""
        return self.bookable and now < self.closes_at


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a session's counters rise or fall."""

    taken: int = 0
    bookings: int = 0
    waiting: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.taken + other.taken, self.bookings + other.bookings, self.waiting + other.waiting
        )


_COLUMNS = (
    SESSION_SEATS.c.session_id,
    SESSION_SEATS.c.capacity,
    SESSION_SEATS.c.taken,
    SESSION_SEATS.c.bookings,
    SESSION_SEATS.c.waiting,
    SESSION_SEATS.c.bookable,
    SESSION_SEATS.c.seat_categories,
    SESSION_SEATS.c.closes_at,
    SESSION_SEATS.c.session_version,
    SESSION_SEATS.c.version,
)


def _update(session_id: Any, taken_by: Any, bookings_by: Any, waiting_by: Any) -> sa.Update:
    """Return the statement that adds to the counters of a session."""
    taken = SESSION_SEATS.c.taken + taken_by
    capacity, ceiling = SESSION_SEATS.c.capacity, SESSION_SEATS.c.ceiling
    return (
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id == session_id)
        .values(
            taken=taken,
            bookings=SESSION_SEATS.c.bookings + bookings_by,
            waiting=SESSION_SEATS.c.waiting + waiting_by,
            version=SESSION_SEATS.c.version + sa.literal_column("1"),
            # An overbooked session that empties keeps no room above its capacity.
            ceiling=sa.case(
                (ceiling <= capacity, ceiling),
                (taken >= ceiling, ceiling),
                (taken > capacity, taken),
                else_=capacity,
            ),
        )
    )


_COUNT = _update(
    sa.bindparam("of_session", type_=sa.Uuid),
    sa.bindparam("taken_by", type_=sa.Integer),
    sa.bindparam("bookings_by", type_=sa.Integer),
    sa.bindparam("waiting_by", type_=sa.Integer),
)
_changes = (
    sa.func.jsonb_to_recordset(sa.cast(sa.bindparam("changes", type_=sa.Text), JSONB))
    .table_valued(
        sa.column("of_session", sa.Uuid),
        sa.column("taken_by", sa.Integer),
        sa.column("bookings_by", sa.Integer),
        sa.column("waiting_by", sa.Integer),
        name="change",
    )
    .render_derived(with_types=True)
)
_COUNT_DOCUMENT = str(
    _update(
        _changes.c.of_session, _changes.c.taken_by, _changes.c.bookings_by, _changes.c.waiting_by
    ).compile(
        dialect=postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    )
)
_NAMES = ", ".join(column.name for column in _COLUMNS)
_LOCK = (
    f"SELECT {_NAMES} FROM {SESSION_SEATS.name} "  # noqa: S608 - names from our own models
    "WHERE session_id = ANY(%s) ORDER BY session_id FOR UPDATE"
)


def lock_seats(db: Session, sessions: Iterable[UUID]) -> dict[UUID, Seats]:
    """Lock the counters of these sessions, in the order of their ids, and return them.

    Sessions that are not known are left out. Every writer of seats comes here first; on SQLite it
    holds the file's only write lock already.
    """
    ids = list(sessions)
    if db.get_bind().dialect.name == "postgresql":
        # Written out: building the statement for many ids takes longer than running it.
        locked = db.connection().exec_driver_sql(_LOCK, (ids,)).all()
    else:
        select = sa.select(*_COLUMNS).where(SESSION_SEATS.c.session_id.in_(ids))
        locked = db.connection().execute(select.order_by(SESSION_SEATS.c.session_id)).all()
    return {row[0]: Seats(*row) for row in locked}


def session_versions(db: Session, sessions: Iterable[UUID]) -> dict[UUID, int]:
    """Return the versions of these sessions that are known here."""
    rows = db.execute(
        sa.select(SESSION_SEATS.c.session_id, SESSION_SEATS.c.session_version).where(
            SESSION_SEATS.c.session_id.in_(list(sessions))
        )
    )
    return {row.session_id: row.session_version for row in rows}


def counting(changes: Mapping[UUID, Change]) -> Update:
    """Return the statement that adds the changes to the counters, which the caller has locked.

    A CHECK of the database refuses what would oversell (`sqlalchemy.exc.IntegrityError`).
    """
    rows = [
        {
            "of_session": session,
            "taken_by": change.taken,
            "bookings_by": change.bookings,
            "waiting_by": change.waiting,
        }
        for session, change in sorted(changes.items())
        if change != Change()
    ]
    return Update(_COUNT, _COUNT_DOCUMENT, rows)


def count(db: Session, changes: Mapping[UUID, Change]) -> None:
    """Add the changes to the counters at once, as `counting` says."""
    store_together(db, counting(changes))
