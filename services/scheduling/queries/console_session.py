"""What the console reads of sessions one by one: how each stands, and what can be chosen for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.releasing import SessionChange, pending_changes
from services.scheduling.models import Commune, PublishedSession, Session, Venue
from shared.text import fold


@dataclass(frozen=True)
class Standing:
    """A working session with what was released of it, and the change that waits, if any."""

    session: Session
    published: PublishedSession | None
    change: SessionChange | None

    @property
    def time_zone(self) -> str:
        """Return the zone of the session's clocks."""
        return self.session.venue.time_zone or self.session.edition.time_zone

    @property
    def states(self) -> tuple[str, ...]:
        """Return how it stands, in the words of the console's badges."""
        known = "changed" if self.change else "released"
        found = [known if self.published is not None else "draft"]
        if self.session.held_back and self.change:
            found.append("held_back")
        if self.session.status == "cancelled":
            found.append("cancelled")
        elif self.is_overbooked:
            found.append("overbooked")
        return tuple(found)

    @property
    def is_overbooked(self) -> bool:
        """Tell whether more seats are taken than there would be."""
        if self.published is None or self.session.capacity is None:
            return False
        return self.published.seats_taken > self.session.capacity


def standing(db: DbSession, session_id: UUID) -> Standing | None:
    """Return how a session stands."""
    found = _standings(db, Session.id == session_id)
    return found[0] if found else None


def sessions_of_activity(db: DbSession, edition_id: UUID, activity_id: UUID) -> list[Standing]:
    """Return how the sessions of an activity stand, in order of time."""
    return _standings(db, Session.activity_id == activity_id)


def latest_session(db: DbSession, activity_id: UUID) -> Session | None:
    """Return the last session of an activity, which a new one is often like."""
    return db.scalars(
        sa.select(Session)
        .where(Session.activity_id == activity_id, Session.status == "confirmed")
        .order_by(Session.starts_at.desc(), Session.id.desc())
        .options(joinedload(Session.venue), joinedload(Session.edition))
        .limit(1)
    ).first()


def venue_choices(db: DbSession) -> Sequence[Any]:
    """Return the venues to choose from, by name, with their commune and their own time zone."""
    rows: Any = db.execute(
        sa.select(Venue.id, Venue.name, Venue.time_zone, Commune.name.label("commune")).outerjoin(
            Commune, Venue.commune_id == Commune.id
        )
    )
    return sorted(rows, key=lambda row: (fold(row.name), fold(row.commune or "")))


def _standings(db: DbSession, condition: sa.ColumnElement[bool]) -> list[Standing]:
    rows = db.execute(
        sa.select(Session, PublishedSession)
        .outerjoin(PublishedSession, PublishedSession.id == Session.id)
        .where(condition)
        .order_by(Session.starts_at, Session.id)
        .options(
            joinedload(Session.activity),
            joinedload(Session.edition),
            joinedload(Session.venue),
            joinedload(Session.space),
        )
    ).all()
    if not rows:
        return []
    edition_id = rows[0][0].edition_id
    pending = pending_changes(db, edition_id, [session.id for session, _published in rows])
    changes = {change.id: change for change in pending.changes}
    return [Standing(session, row, changes.get(session.id)) for session, row in rows]
