"""Sessions: the dated occurrences of activities."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import (
    Field,
    email,
    flag,
    instant,
    link,
    one_of,
    reference,
    telephone,
    whole,
)
from services.scheduling.domain.editing.opening_hours import closures, weekly_hours
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.editing.searchable import refresh_searchable
from services.scheduling.domain.editing.session_rules import (
    check_opening,
    check_place,
    check_seats,
    check_time,
    check_way_in,
)
from services.scheduling.domain.editing.touring_ties import check_stop, refuse_if_toured
from services.scheduling.models import (
    Activity,
    Edition,
    PublishedSession,
    Session,
    SessionPresenter,
    Venue,
)
from shared.contracts.scheduling import KINDS, WAYS_IN
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

#: What an organiser says of a session. Its edition is its activity's; its status has functions of
#: its own, `cancel_session` and `reinstate_session`.
FIELDS = {
    "activity_id": reference(required=True),
    "venue_id": reference(required=True),
    "space_id": reference(),
    "kind": one_of(KINDS, default="timed"),
    "starts_at": instant(required=True),
    "ends_at": instant(required=True),
    "weekly_hours": weekly_hours(),
    "closures": closures(),
    "registration": one_of(WAYS_IN, default="none"),
    "registration_link": link(),
    "registration_telephone": telephone(),
    "registration_email": email(),
    "registration_full": flag(),
    "registration_opens_at": instant(),
    "registration_closes_at": instant(),
    "capacity": whole(),
    "seat_categories": Field(list),
}


def create_session(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Session:
    """Make a session, in the edition of its activity. Raises `Invalid`."""
    draft = Draft(FIELDS, values)
    check_session(db, draft, None)
    cleaned = draft.values()
    activity = db.get_one(Activity, cleaned["activity_id"])
    identifier = row_id or new_id()
    session = Session(
        id=identifier,
        uid=f"{identifier}@parvis",
        edition_id=activity.edition_id,
        edited_at=now,
        edited_by_id=account_id,
        **cleaned,
    )
    db.add(session)
    refresh_searchable(db, [identifier])
    return session


def save_session(
    db: DbSession,
    session_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Session:
    """Change a session that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`."""
    session = take(db, Session, session_id, revision)
    draft = Draft(FIELDS, values, session)
    check_session(db, draft, session.edition_id)
    check_stop(db, draft, session)
    if change(session, draft.values(), account_id=account_id, now=now):
        refresh_searchable(db, [session.id])
    return session


def cancel_session(
    db: DbSession,
    session_id: UUID,
    revision: int | None,
    *,
    account_id: UUID | None,
    now: datetime,
) -> Session:
    """Cancel a session: once released, bookings end and everybody is told.

    Cancelling a cancelled one changes nothing. Raises `Unknown` or `Conflict`.
    """
    session = take(db, Session, session_id, revision)
    change(session, {"status": "cancelled"}, account_id=account_id, now=now)
    db.flush()
    return session


def reinstate_session(
    db: DbSession,
    session_id: UUID,
    revision: int | None,
    *,
    account_id: UUID | None,
    now: datetime,
) -> Session:
    """Take a cancellation back; bookings that have ended stay so. Raises `Unknown`, `Conflict`."""
    session = take(db, Session, session_id, revision)
    change(session, {"status": "confirmed"}, account_id=account_id, now=now)
    db.flush()
    return session


def delete_session(db: DbSession, session_id: UUID, revision: int | None) -> None:
    """Delete a session that was never released. Raises `Unknown`, `Conflict` or `InUse`."""
    session = take(db, Session, session_id, revision, to_delete=True)
    if db.get(PublishedSession, session.id) is not None:
        raise InUse(_("Cette séance a été publiée : annulez-la, pour que chacun soit prévenu."))
    refuse_if_toured(db, "session_id", session.id)
    db.execute(sa.delete(SessionPresenter).where(SessionPresenter.session_id == session.id))
    db.delete(session)
    db.flush()


def check_session(db: DbSession, draft: Draft, edition_id: UUID | None) -> None:
    """Refuse what cannot be true of a session as a whole; a new one has no edition yet."""
    check_place(db, draft, edition_id)
    check_way_in(draft)
    if edition_id is None and draft.has("activity_id"):
        edition_id = db.get_one(Activity, draft["activity_id"]).edition_id
    if edition_id is None:
        return
    edition = db.get_one(Edition, edition_id)
    check_seats(draft, edition)
    if not draft.has("activity_id") or not draft.has("venue_id"):
        return
    venue = db.get_one(Venue, draft["venue_id"])
    time_zone = venue.time_zone or edition.time_zone
    check_time(draft, edition, time_zone)
    check_opening(draft, time_zone)
