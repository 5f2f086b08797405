"""How sessions stand: the working copy beside what was released of it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.releasing import SessionChange, pending_changes
from services.scheduling.models import PublishedSession, Session
from services.scheduling.queries.console_session import sessions_with_published


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


def standings_of_activity(db: DbSession, activity_id: UUID) -> list[Standing]:
    """Return how the sessions of an activity stand, in order of time."""
    return _standings(db, Session.activity_id == activity_id)


def _standings(db: DbSession, condition: sa.ColumnElement[bool]) -> list[Standing]:
    rows = sessions_with_published(db, condition)
    if not rows:
        return []
    edition_id = rows[0][0].edition_id
    pending = pending_changes(db, edition_id, [session.id for session, _published in rows])
    changes = {change.id: change for change in pending.changes}
    return [Standing(session, row, changes.get(session.id)) for session, row in rows]
