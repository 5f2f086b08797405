"""Tours: the stops of a travelling exhibition, under a name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE, line, paragraphs, reference
from services.scheduling.domain.editing.references import InUse, count, refer
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.models import Resource, Stop, Tour
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

FIELDS = {"name": line(required=True), "note": paragraphs(5_000)}


def create_tour(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Tour:
    """Make a tour of the exhibition named by `resource_id`, for good. Raises `Invalid`."""
    draft = Draft({**FIELDS, "resource_id": reference(required=True)}, values)
    if draft.has("resource_id"):
        resource = refer(db, Resource, draft["resource_id"])
        if resource is None:
            draft.fault("resource_id", UNKNOWN_CHOICE)
        elif resource.kind != "exhibition":
            draft.fault("resource_id", _("Seule une exposition itinérante fait une itinérance."))
    tour = Tour(id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values())
    db.add(tour)
    db.flush()
    return tour


def save_tour(
    db: DbSession,
    tour_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Tour:
    """Change a tour that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`."""
    tour = take(db, Tour, tour_id, revision)
    change(tour, Draft(FIELDS, values, tour).values(), account_id=account_id, now=now)
    db.flush()
    return tour


def delete_tour(db: DbSession, tour_id: UUID, revision: int | None) -> None:
    """Delete a tour without stops. Raises `Unknown`, `Conflict` or `InUse`."""
    tour = take(db, Tour, tour_id, revision, to_delete=True)
    if count(db, Stop.tour_id, tour.id):
        raise InUse(_("Cette itinérance a des étapes : elle reste, pour qu’on sache ce qui fut."))
    db.delete(tour)
    db.flush()
