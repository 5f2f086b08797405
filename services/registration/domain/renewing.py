"""Renewing: tickets whose key was revoked are signed anew, and their people are told.

Only those of which a session is still to come: nobody asks for the others again, and their page
signs anew what it shows.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain import facts
from services.registration.domain.seats import lock_seats, session_versions
from services.registration.domain.tickets import Signs, key_named, prefix_of
from services.registration.domain.waitlist import lock_registrations, sessions_of
from services.registration.models import BOOKINGS, REGISTRATIONS, SESSION_COPIES
from shared.messaging.outbox import record_all

#: How many are renewed in one transaction.
BATCH = 200


def renew_some(
    db: Session,
    revoked: Collection[bytes],
    signer: Signs,
    *,
    now: datetime,
    after: UUID | None = None,
    most: int = BATCH,
) -> tuple[int, UUID | None]:
    """Sign tickets of revoked keys anew, of registrations after one, and record it.

    Return how many it were and the last one looked at; None when there was none left. Call it
    inside `database.write()`.
    """
    wanted = _refused(revoked, now).order_by(REGISTRATIONS.c.id).limit(most)
    ids = db.scalars(wanted if after is None else wanted.where(REGISTRATIONS.c.id > after)).all()
    # Seats first, as whoever cancels does and serves the waitlist: nobody waits in a circle.
    lock_seats(db, sessions_of(db, ids))
    refused = [
        registration
        for registration in lock_registrations(db, ids)
        if key_named(registration.ticket) in revoked  # nobody renewed it meanwhile
    ]
    sessions = {one.session_id for registration in refused for one in registration.bookings}
    versions = session_versions(db, sessions)
    for registration in refused:
        registration.ticket = signer.sign(registration.id)
        registration.version += 1
    db.flush()
    told = [facts.changed(one, versions, (), ticket_renewed=True) for one in refused]
    record_all(db, told, now=now)
    return len(refused), ids[-1] if ids else None


def count_by_key(db: Session) -> dict[str, int]:
    """Return how many active registrations have a ticket that begins so (`tickets.prefix_of`)."""
    beginning = _beginning()
    rows = db.execute(
        sa.select(beginning, sa.func.count())
        .where(REGISTRATIONS.c.status == "active", REGISTRATIONS.c.erased_at.is_(None))
        .group_by(beginning)
    )
    return {row[0]: row[1] for row in rows}


def _refused(revoked: Collection[bytes], now: datetime) -> sa.Select[UUID]:
    to_come = (
        sa.select(sa.literal(1))
        .select_from(BOOKINGS.join(SESSION_COPIES))
        .where(BOOKINGS.c.registration_id == REGISTRATIONS.c.id, SESSION_COPIES.c.ends_at > now)
    )
    return sa.select(REGISTRATIONS.c.id).where(
        _beginning().in_([prefix_of(key_id) for key_id in revoked]),
        REGISTRATIONS.c.status == "active",
        REGISTRATIONS.c.erased_at.is_(None),
        to_come.exists(),
    )


def _beginning() -> sa.ColumnElement[str]:
    return sa.func.substr(REGISTRATIONS.c.ticket, 1, len(prefix_of(bytes(4))))
