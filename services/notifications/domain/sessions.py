"""Notifications' copies of the sessions, kept from scheduling's events."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import SessionCopy
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.messaging.copies import keep_newer
from shared.messaging.envelope import Envelope
from shared.messaging.handlers import Parked

#: What a mail tells of a session; the rest of the copy would only make every mail's row longer.
TOLD = (
    "id",
    "uid",
    "sequence",
    "status",
    "kind",
    "starts_at",
    "ends_at",
    "time_zone",
    "weekly_hours",
    "closures",
    "title",
    "link",
    "edition",
    "organisation",
    "venue",
    "space",
    "changed_at",
)


_COPIES = SessionCopy.metadata.tables[SessionCopy.__tablename__]

#: Made once: it is asked for every mail.
_KNOWN = sa.select(_COPIES.c.id, _COPIES.c.version, _COPIES.c.details).where(
    _COPIES.c.id.in_(sa.bindparam("identifiers", expanding=True))
)


def keep_session(db: Session, envelope: Envelope) -> bool:
    """Keep the session's state if it is newer than the copy; return whether it was.

    Raises `ContractError` when the event does not keep its contract.
    """
    SESSION_PUBLISHED.read(envelope.data)
    return keep_newer(
        db, _COPIES, {"id": envelope.aggregate_id}, envelope, {"details": envelope.data}
    )


def known_sessions(db: Session, identifiers: Iterable[UUID]) -> dict[str, dict[str, Any]]:
    """Return what mails tell of these sessions, by id, with the copy's `version`.

    An unknown one is left out.
    """
    rows = db.execute(_KNOWN, {"identifiers": list(set(identifiers))})
    return {
        str(row.id): {name: row.details.get(name) for name in TOLD} | {"version": row.version}
        for row in rows
    }


def known_sessions_of(db: Session, registration: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what mails tell of the sessions that a registration books, by id."""
    return known_sessions(db, {UUID(booking["session_id"]) for booking in registration["bookings"]})


def sessions_at(db: Session, least: Mapping[UUID, int]) -> dict[str, dict[str, Any]]:
    """Return what mails tell of these sessions, each at that version or newer.

    Raises `Parked` while one of them is unknown or older.
    """
    sessions = known_sessions(db, least)
    for identifier, version in least.items():
        known = sessions.get(str(identifier))
        if known is None:
            raise Parked("a session of the registration is not known yet")
        if known["version"] < version:
            raise Parked("a session of the registration is known as it was before")
    return sessions
