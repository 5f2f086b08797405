"""What each session of an activity needs: resources, each in so many copies."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import contains_eager

from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE, Fault, whole
from services.scheduling.domain.editing.references import refer
from services.scheduling.domain.editing.revisions import Invalid, Unknown, take, touch
from services.scheduling.models import Activity, ActivityResource, Resource
from shared.i18n import format_number
from shared.i18n import lazy_gettext as _


def need_resource(
    db: DbSession,
    activity_id: UUID,
    resource_id: UUID | None,
    copies: int,
    *,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Say that every session of an activity needs so many copies of a resource.

    What was said of it before is replaced. Raises `Unknown`, and `Invalid` for more copies than
    there are.
    """
    activity = take(db, Activity, activity_id, None)
    resource = refer(db, Resource, resource_id)
    if resource is None:
        raise Invalid({"resource_id": UNKNOWN_CHOICE})
    try:
        wanted = whole(1)(copies)
    except Fault as fault:
        raise Invalid({"copies": fault.sentence}) from None
    if wanted > resource.copies:
        raise Invalid(
            {
                "copies": _(
                    "Il n’existe que %(n)s exemplaires de « %(name)s ».",
                    n=format_number(resource.copies),
                    name=resource.name,
                )
                if resource.copies > 1
                else _("Il n’existe qu’un exemplaire de « %(name)s ».", name=resource.name)
            }
        )
    known = db.get(ActivityResource, (activity.id, resource.id))
    if known is None:
        db.add(ActivityResource(activity_id=activity.id, resource_id=resource.id, copies=wanted))
    elif known.copies == wanted:
        return
    else:
        known.copies = wanted
    touch(activity, account_id=account_id, now=now)
    db.flush()


def need_no_longer(
    db: DbSession,
    activity_id: UUID,
    resource_id: UUID,
    *,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Say that an activity does without a resource. Raises `Unknown`."""
    activity = take(db, Activity, activity_id, None)
    known = db.get(ActivityResource, (activity.id, resource_id))
    if known is None:
        raise Unknown(str(resource_id))
    db.delete(known)
    touch(activity, account_id=account_id, now=now)
    db.flush()


def needs_of(db: DbSession, activity_id: UUID) -> list[ActivityResource]:
    """Return what an activity needs, with the resources, by name."""
    rows = db.scalars(
        sa.select(ActivityResource)
        .join(Resource, Resource.id == ActivityResource.resource_id)
        .where(ActivityResource.activity_id == activity_id)
        .options(contains_eager(ActivityResource.resource))
        .order_by(Resource.name, Resource.id)
    )
    return list(rows)
