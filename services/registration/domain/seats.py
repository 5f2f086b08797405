"""The seat counters: locked in one order by every writer, raised and lowered in SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.registration.models import SESSION_SEATS
from shared.bulk import Given, Update, store_together


class Counted(Protocol):
    """A session's counters, wherever they were read."""

    @property
    def capacity(self) -> int | None:
        """The seats that there are; None where they are not limited."""

    @property
    def taken(self) -> int:
        """The seats that somebody has."""

    @property
    def held(self) -> int:
        """The seats that allotments keep and nobody has taken yet."""

    @property
    def extra(self) -> int:
        """The seats that may be taken beyond the capacity."""


def seats_left(row: Counted) -> int | None:
    """Return the seats that are left for the public; None where they are not limited."""
    if row.capacity is None:
        return None
    return max(0, row.capacity + row.extra - row.taken - row.held)


def is_overbooked(row: Counted) -> bool:
    """Tell whether more is taken than may be, since the capacity was lowered."""
    return row.capacity is not None and row.taken > row.capacity + row.extra


@dataclass(frozen=True, slots=True)
class Seats:
    """One session's seats, as they stand under the lock."""

    session_id: UUID
    capacity: int | None
    taken: int
    held: int
    extra: int
    bookings: int
    waiting: int
    wheelchair_places: int | None
    wheelchairs: int
    bookable: bool
    seat_categories: list[str]
    categories: list[str]
    has_rules: bool
    opens_at: datetime | None
    closes_at: datetime
    session_version: int
    version: int

    @property
    def left(self) -> int | None:
        """Return the seats that are left for the public; None where they are not limited."""
        return seats_left(self)

    @property
    def wheelchairs_left(self) -> int | None:
        """Return the places for wheelchairs that are left; None where they are not limited."""
        if self.wheelchair_places is None:
            return None
        return max(0, self.wheelchair_places - self.wheelchairs)

    @property
    def is_overbooked(self) -> bool:
        """Tell whether more is taken than may be, since the capacity was lowered."""
        return is_overbooked(self)

    def is_open(self, now: datetime) -> bool:
        """Tell whether registrations are taken: open already, and not closed yet."""
        has_opened = self.opens_at is None or self.opens_at <= now
        return self.bookable and has_opened and now < self.closes_at

    def opens_later(self, now: datetime) -> bool:
        """Tell whether registrations will be taken, and are not yet."""
        return (
            self.bookable
            and self.opens_at is not None
            and now < self.opens_at
            and now < self.closes_at
        )


def open_at(now: datetime, seats: Mapping[UUID, Seats]) -> dict[UUID, Seats]:
    """Return those sessions for which registrations are taken now."""
    return {session: row for session, row in seats.items() if row.is_open(now)}


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a session's counters rise or fall, each named as its column."""

    taken: int = 0
    held: int = 0
    bookings: int = 0
    waiting: int = 0
    wheelchairs: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.taken + other.taken,
            self.held + other.held,
            self.bookings + other.bookings,
            self.waiting + other.waiting,
            self.wheelchairs + other.wheelchairs,
        )


_COUNTERS = tuple(Change.__slots__)
_COLUMNS = tuple(SESSION_SEATS.c[name] for name in Seats.__slots__)


def _update(session_id: Any, change: Mapping[str, Any]) -> sa.Update:
    """Return the statement that adds to the counters of a session."""
    counters = {name: SESSION_SEATS.c[name] + change[name] for name in _COUNTERS}
    used = counters["taken"] + counters["held"]
    room, ceiling = SESSION_SEATS.c.capacity + SESSION_SEATS.c.extra, SESSION_SEATS.c.ceiling
    return (
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id == session_id)
        .values(
            **counters,
            version=SESSION_SEATS.c.version + sa.literal_column("1"),
            # An overbooked session that empties keeps no room above its capacity.
            ceiling=sa.case(
                (ceiling <= room, ceiling),
                (used >= ceiling, ceiling),
                (used > room, used),
                else_=room,
            ),
        )
    )


_COUNT = _update(
    sa.bindparam("of_session", type_=sa.Uuid),
    {name: sa.bindparam(f"{name}_by", type_=sa.Integer) for name in _COUNTERS},
)
_changes = (
    sa.func.jsonb_to_recordset(sa.cast(sa.bindparam("changes", type_=sa.Text), JSONB))
    .table_valued(
        sa.column("of_session", sa.Uuid),
        *(sa.column(f"{name}_by", sa.Integer) for name in _COUNTERS),
        name="change",
    )
    .render_derived(with_types=True)
)
_COUNT_DOCUMENT = str(
    _update(_changes.c.of_session, {name: _changes.c[f"{name}_by"] for name in _COUNTERS}).compile(
        dialect=postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    )
)
_NAMES = ", ".join(column.name for column in _COLUMNS)
_LOCK = (
    f"SELECT {_NAMES} FROM {SESSION_SEATS.name} "  # noqa: S608 - names from our own models
    "WHERE session_id = ANY(%s) ORDER BY session_id FOR UPDATE"
)

_AS_SEEN = (
    f"SELECT 1 FROM {SESSION_SEATS.name} "  # noqa: S608 - names from our own models
    "JOIN jsonb_to_recordset(%s::jsonb) AS seen (of_session uuid, seen_version bigint) "
    "ON session_id = of_session WHERE session_version = seen_version AND NOT has_rules "
    f"ORDER BY session_id FOR UPDATE OF {SESSION_SEATS.name}"
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


def as_seen(seen: Iterable[Seats]) -> Given:
    """Return the condition that these sessions, which have no rules, are still what was seen.

    That is all but how many come to them, for it changes with the session's version alone. They are
    locked, in the order of their ids.
    """
    rows = [{"of_session": row.session_id, "seen_version": row.session_version} for row in seen]
    return Given(_AS_SEEN, rows)


def seats_of(db: Session, session_id: UUID) -> Seats | None:
    """Return a session's counters without locking them: what they say may change at once."""
    row = db.execute(sa.select(*_COLUMNS).where(SESSION_SEATS.c.session_id == session_id)).first()
    return None if row is None else Seats(*row)


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
            **{f"{name}_by": getattr(change, name) for name in _COUNTERS},
        }
        for session, change in sorted(changes.items())
        if change != Change()
    ]
    return Update(_COUNT, _COUNT_DOCUMENT, rows)


def count(db: Session, changes: Mapping[UUID, Change]) -> None:
    """Add the changes to the counters at once, as `counting` says."""
    store_together(db, counting(changes))
