"""Releases: what comes of one, session by session, and when it has come whole."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import RELEASE_ARRIVALS, RELEASES
from shared.contracts.scheduling import RELEASE_PUBLISHED
from shared.database import insert_ignoring
from shared.messaging.envelope import Envelope
from shared.messaging.handlers import Parked
from shared.messaging.taken import took_everything

#: The handler that notes arrivals, by its name in the inbox.
_KEEP_SESSION = "keep_session"


def note_arrival(db: Session, release_id: UUID | None, session_id: UUID) -> None:
    """Note that a release's news of a session came, be they overtaken by newer ones."""
    if release_id is not None:
        db.execute(
            insert_ignoring(db, RELEASE_ARRIVALS).values(
                release_id=release_id, session_id=session_id
            )
        )


def close_release(db: Session, envelope: Envelope, *, now: datetime) -> None:
    """Close a release, so that people are told what it changed for them (`telling`).

    Raises `Parked` until all its sessions have come: nobody is told of half a release. Arrivals are
    not noted of what an older Parvis took, nor of what the publisher no longer keeps: then it is
    enough that everything published before has been taken.
    """
    data = RELEASE_PUBLISHED.read(envelope.data)
    of_release = RELEASE_ARRIVALS.c.release_id == data["id"]
    arrived = set(db.scalars(sa.select(RELEASE_ARRIVALS.c.session_id).where(of_release)))
    if not arrived.issuperset(data["sessions"]) and not took_everything(
        db, _KEEP_SESSION, envelope.position
    ):
        raise Parked("sessions of the release have not come yet")
    db.execute(
        insert_ignoring(db, RELEASES).values(
            id=data["id"], edition_id=data["edition_id"], closed_at=now
        )
    )
    db.execute(sa.delete(RELEASE_ARRIVALS).where(of_release))
