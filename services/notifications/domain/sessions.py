"""Notifications' copies of the sessions, kept from scheduling's events."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import SessionCopy
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.messaging.copies import keep_newer
from shared.messaging.envelope import Envelope

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


def keep_session(db: Session, envelope: Envelope) -> bool:
    """Keep the session's state if it is newer than the copy; return whether it was.

    Raises `ContractError` when the event does not keep its contract.
    """
    SESSION_PUBLISHED.read(envelope.data)
    table = SessionCopy.metadata.tables[SessionCopy.__tablename__]
    return keep_newer(
        db, table, {"id": envelope.aggregate_id}, envelope, {"details": envelope.data}
    )


def known_sessions(db: Session, identifiers: Iterable[UUID]) -> dict[str, dict[str, Any]]:
    """Return what mails tell of these sessions, by id; an unknown one is left out."""
    rows = db.scalars(sa.select(SessionCopy).where(SessionCopy.id.in_(set(identifiers))))
    return {str(row.id): {name: row.details.get(name) for name in TOLD} for row in rows}
