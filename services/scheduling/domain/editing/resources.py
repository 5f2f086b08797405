"""Resources: the equipment, kits and travelling exhibitions that are lent."""

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
    line,
    one_of,
    paragraphs,
    reference,
    telephone,
    whole,
)
from services.scheduling.domain.editing.references import InUse, check_reference, count
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.models import (
    ActivityResource,
    Commune,
    Organisation,
    Resource,
    Tour,
    Unavailability,
)
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id
from shared.text import fold

#: What a resource is: something to plug in, a kit to unpack, an exhibition that travels.
KINDS = ("equipment", "kit", "exhibition")

#: No kit exists in more copies, nothing is longer on the road (four weeks, in minutes).
MOST_COPIES = 999
LONGEST_MINUTES = 28 * 24 * 60


def _minutes() -> Field:
    return Field(whole(largest=LONGEST_MINUTES).clean, default=0)


FIELDS = {
    "kind": one_of(KINDS, default="equipment"),
    "name": line(required=True),
    "description": paragraphs(5_000),
    "organisation_id": reference(),
    "home_commune_id": reference(),
    "copies": Field(whole(1, MOST_COPIES).clean, default=1),
    "setup_minutes": _minutes(),
    "dismantling_minutes": _minutes(),
    "transport_minutes": _minutes(),
    "insurance_value": whole(),
    "loan_conditions": paragraphs(5_000),
    "contact_name": line(),
    "contact_email": email(),
    "contact_telephone": telephone(),
}


def create_resource(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Resource:
    """Make a resource. Raises `Invalid`, also where its lender has one of that name."""
    draft = Draft(FIELDS, values)
    _check(db, draft, None)
    resource = Resource(
        id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values()
    )
    db.add(resource)
    db.flush()
    return resource


def save_resource(
    db: DbSession,
    resource_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Resource:
    """Change a resource that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`."""
    resource = take(db, Resource, resource_id, revision)
    draft = Draft(FIELDS, values, resource)
    _check(db, draft, resource.id)
    change(resource, draft.values(), account_id=account_id, now=now)
    db.flush()
    db.expire(resource, ["organisation", "home_commune"])
    return resource


def delete_resource(db: DbSession, resource_id: UUID, revision: int | None) -> None:
    """Delete a resource that nothing needs. Raises `Unknown`, `Conflict` or `InUse`."""
    resource = take(db, Resource, resource_id, revision, to_delete=True)
    if count(db, ActivityResource.resource_id, resource.id):
        raise InUse(_("Des animations ont besoin de ce matériel : retirez-le d’abord."))
    if count(db, Tour.resource_id, resource.id):
        raise InUse(_("Ce matériel a une itinérance : il ne peut pas être supprimé."))
    db.execute(sa.delete(Unavailability).where(Unavailability.resource_id == resource.id))
    db.delete(resource)
    db.flush()


def _check(db: DbSession, draft: Draft, own_id: UUID | None) -> None:
    check_reference(db, draft, "organisation_id", Organisation)
    check_reference(db, draft, "home_commune_id", Commune)
    if draft.touches("name", "organisation_id"):
        wanted = fold(draft["name"])
        others = sa.select(Resource.id, Resource.name).where(
            Resource.organisation_id == draft["organisation_id"]
        )
        if any(other != own_id and fold(name) == wanted for other, name in db.execute(others)):
            draft.fault("name", _("Un matériel de cette structure porte déjà ce nom : précisez."))
