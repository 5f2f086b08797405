"""How large an edition is, for whoever is about to do something with all of it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Activity, Session


@dataclass(frozen=True)
class Size:
    """The activities of an edition that were accepted, and its sessions that take place."""

    activities: int
    sessions: int


def size_of(db: DbSession, edition_id: UUID) -> Size:
    """Return how much of an edition a copy of it would take over, at most."""
    activities = sa.select(sa.func.count()).where(
        Activity.edition_id == edition_id, Activity.state == "accepted"
    )
    sessions = sa.select(sa.func.count()).where(
        Session.edition_id == edition_id, Session.status == "confirmed"
    )
    return Size(db.scalar(activities) or 0, db.scalar(sessions) or 0)
