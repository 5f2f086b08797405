"""What tours, loans and private feeds keep of other rows: it is in the way, or goes with them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.references import InUse, count
from services.scheduling.models import (
    ActivityResource,
    FeedToken,
    Resource,
    Session,
    Space,
    Stop,
    Unavailability,
)
from shared.i18n import lazy_gettext as _

#: What a session has of the stop that it is, by the stop's own columns.
_OF_STOP = {
    "venue_id": "venue_id",
    "space_id": "space_id",
    "starts_at": "opens_at",
    "ends_at": "closes_at",
    "weekly_hours": "weekly_hours",
}


def refuse_if_toured(db: DbSession, column: str, row_id: UUID) -> None:
    """Keep a row that a stop of a tour refers to by this column. Raises `InUse`."""
    if count(db, getattr(Stop, column), row_id):
        raise InUse(_("Une itinérance y passe, ou y est passée : cela ne peut pas être supprimé."))


def refuse_if_lender(db: DbSession, organisation_id: UUID) -> None:
    """Keep an organisation that lends something, or receives it. Raises `InUse`."""
    if count(db, Resource.organisation_id, organisation_id):
        raise InUse(_("Cette structure prête du matériel : elle ne peut pas être supprimée."))
    refuse_if_toured(db, "organisation_id", organisation_id)


def forget_feeds(db: DbSession, column: str, row_id: UUID) -> None:
    """Forget the private feeds of a row that is about to go."""
    db.execute(sa.delete(FeedToken).where(getattr(FeedToken, column) == row_id))


def forget_absences(db: DbSession, column: str, row_id: UUID) -> None:
    """Forget when a row that is about to go was not available."""
    db.execute(sa.delete(Unavailability).where(getattr(Unavailability, column) == row_id))


def forget_absences_at(db: DbSession, venue_id: UUID) -> None:
    """Forget when the spaces of a venue that is about to go were not available."""
    spaces = sa.select(Space.id).where(Space.venue_id == venue_id)
    db.execute(sa.delete(Unavailability).where(Unavailability.space_id.in_(spaces)))


def forget_needs(db: DbSession, activity_id: UUID) -> None:
    """Forget what an activity that is about to go needed."""
    db.execute(sa.delete(ActivityResource).where(ActivityResource.activity_id == activity_id))


def columns_of_stop(db: DbSession, session_id: UUID) -> frozenset[str]:
    """Return the columns that a session has of the stop that it is; none for any other."""
    is_a_stop = sa.select(Stop.id).where(Stop.session_id == session_id, Stop.state == "confirmed")
    if db.scalar(is_a_stop.limit(1)) is None:
        return frozenset()
    return frozenset({*_OF_STOP, "activity_id", "kind", "status"})


def check_stop(db: DbSession, draft: Draft, session: Session) -> None:
    """Refuse to move a session away from the stop of the tour that it is."""
    moved = [name for name in _OF_STOP if draft.touches(name)]
    if not moved:
        return
    stop = db.scalar(
        sa.select(Stop).where(Stop.session_id == session.id, Stop.state == "confirmed")
    )
    if stop is None:
        return
    for name in moved:
        if draft[name] != getattr(stop, _OF_STOP[name]):
            draft.fault(
                name, _("Cette séance est une étape d’itinérance : déplacez l’étape, elle suivra.")
            )
