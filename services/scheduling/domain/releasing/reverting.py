"""Taking a session's draft back: it becomes again what the public is shown."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.revisions import take, touch
from services.scheduling.domain.editing.searchable import refresh_searchable
from services.scheduling.domain.editing.touring_ties import columns_of_stop
from services.scheduling.domain.history import step
from services.scheduling.domain.opening import own_opening
from services.scheduling.domain.party_categories import seated_of
from services.scheduling.domain.releasing.noting import note_alike
from services.scheduling.domain.releasing.pending import pending_changes
from services.scheduling.models import PublishedSession, Session

#: The columns that are a session's own and taken back as they were released.
_OWN = (
    "activity_id",
    "venue_id",
    "space_id",
    "status",
    "kind",
    "starts_at",
    "ends_at",
    "weekly_hours",
    "closures",
    "registration",
    "registration_link",
    "registration_telephone",
    "registration_email",
    "registration_full",
    "registration_closes_at",
    "capacity",
)


class NeverReleased(Exception):
    """A session that was never released has nothing to go back to: it can be deleted."""


def revert_session(
    db: DbSession, session_id: UUID, revision: int, *, account_id: UUID | None, now: datetime
) -> Session:
    """Put a session's own fields back to what was released, in the caller's transaction.

    What it shares with others (its activity's texts, its venue's name) stays as it is edited, and
    so does what it has of the stop of a tour, which it follows.
    Raises `Unknown`, `Conflict` or `NeverReleased`.
    """
    session = take(db, Session, session_id, revision)
    published = db.get(PublishedSession, session_id, populate_existing=True)
    if published is None:
        raise NeverReleased(str(session_id))
    kept = columns_of_stop(db, session_id)
    for name in _OWN:
        if name not in kept:
            setattr(session, name, getattr(published, name))
    session.registration_opens_at = own_opening(
        published.registration_opens_at, session.edition.registration_opens_at
    )
    session.seat_categories = seated_of(
        published.details["seat_categories"], session.edition.party_categories
    )
    session.held_back = False
    touch(session, account_id=account_id, now=now)
    step(db, session, "reverted", account_id=account_id, now=now)
    refresh_searchable(db, [session_id])
    note_alike(db, pending_changes(db, session.edition_id, [session_id]))
    return session
