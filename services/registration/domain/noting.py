"""Noting whom a release concerns, in the transaction that takes over what it says of a session.

Whoever notes holds the lock on the session's seats, as whoever registers does. So each booking was
either made before, and is noted, or is made later, by somebody who is told of the session as it is
now: never both, never neither.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.registration.domain.told import told_state
from services.registration.models import BOOKINGS, TOLD_SESSIONS, UNTOLD_CHANGES, Booking
from shared.bulk import insert_rows

_KEY = (UNTOLD_CHANGES.c.registration_id, UNTOLD_CHANGES.c.session_id)


def note_change(
    db: Session,
    session_id: UUID,
    *,
    told_version: int,
    told_details: Mapping[str, Any],
    release_id: UUID | None,
) -> None:
    """Note everybody with a booking in the session, who was told of it at `told_version`.

    Whoever is noted already was told of it earlier: that stays, and the release becomes this one.
    """
    untold = (
        sa.select(
            BOOKINGS.c.registration_id,
            BOOKINGS.c.session_id,
            sa.literal(release_id, sa.Uuid).label("release_id"),
            sa.literal(told_version, sa.BigInteger).label("told_version"),
            sa.false().label("gained"),
        )
        .where(BOOKINGS.c.session_id == session_id, BOOKINGS.c.status != "cancelled")
        .order_by(BOOKINGS.c.registration_id)
        .distinct()
    )
    insert = _insert(db).from_select([column.key for column in untold.selected_columns], untold)
    noted: Any = db.execute(
        insert.on_conflict_do_update(
            index_elements=_KEY,
            set_={
                "release_id": insert.excluded.release_id,
                "told_version": sa.func.coalesce(
                    UNTOLD_CHANGES.c.told_version, insert.excluded.told_version
                ),
            },
        ).execution_options(preserve_rowcount=True)
    )
    if noted.rowcount:
        told = {
            "session_id": session_id,
            "version": told_version,
            "state": told_state(told_details),
        }
        insert_rows(db, TOLD_SESSIONS, [told])


def note_gains(db: Session, bookings: Iterable[Booking], *, release_id: UUID | None) -> None:
    """Note that these bookings are to be told of what is offered to them, and until when.

    A release offered it, or gave it another deadline.
    """
    rows = [
        {
            "registration_id": booking.registration_id,
            "session_id": booking.session_id,
            "release_id": release_id,
            "told_version": None,
            "gained": True,
        }
        for booking in bookings
    ]
    if not rows:
        return
    insert = _insert(db)
    db.execute(
        insert.on_conflict_do_update(
            index_elements=_KEY, set_={"release_id": insert.excluded.release_id, "gained": True}
        ),
        rows,
    )


def is_untold_gain(
    registration_id: sa.ColumnElement[UUID], session_id: sa.ColumnElement[UUID]
) -> sa.ColumnElement[bool]:
    """Tell, in SQL, whether somebody was not told yet of what is offered to them in a session."""
    return sa.exists().where(
        UNTOLD_CHANGES.c.registration_id == registration_id,
        UNTOLD_CHANGES.c.session_id == session_id,
        UNTOLD_CHANGES.c.gained,
    )


def _insert(db: Session) -> Any:
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(UNTOLD_CHANGES)
