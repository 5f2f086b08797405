"""What the console lists of resources: what there is, who lends it, how much it is asked for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    ActivityResource,
    Edition,
    Organisation,
    Resource,
    Stop,
    Tour,
)
from shared.text import fold

Rows = Sequence[Any]


def resources(db: DbSession, words: str = "", kind: str = "") -> Rows:
    """Return the resources whose name or lender has these words, by name."""
    needs = (
        sa.select(ActivityResource.resource_id, sa.func.count().label("activities"))
        .group_by(ActivityResource.resource_id)
        .subquery()
    )
    stops = (
        sa.select(Tour.resource_id, sa.func.count().label("stops"))
        .join(Stop, Stop.tour_id == Tour.id)
        .where(Stop.state.in_(("optioned", "confirmed")))
        .group_by(Tour.resource_id)
        .subquery()
    )
    query = (
        sa.select(
            Resource.id,
            Resource.kind,
            Resource.name,
            Resource.copies,
            Organisation.name.label("organisation"),
            sa.func.coalesce(needs.c.activities, 0).label("activities"),
            sa.func.coalesce(stops.c.stops, 0).label("stops"),
        )
        .outerjoin(Organisation, Organisation.id == Resource.organisation_id)
        .outerjoin(needs, needs.c.resource_id == Resource.id)
        .outerjoin(stops, stops.c.resource_id == Resource.id)
    )
    if kind:
        query = query.where(Resource.kind == kind)
    wanted = fold(words).split()
    rows = [
        row
        for row in db.execute(query)
        if all(word in fold(f"{row.name} {row.organisation or ''}") for word in wanted)
    ]
    return sorted(rows, key=lambda row: fold(row.name))


def activities_needing(db: DbSession, resource_id: UUID) -> Rows:
    """Return the activities that need a resource, the latest edition's first, by title."""
    return db.execute(
        sa.select(
            Activity.id,
            Activity.title_fr,
            Activity.title_en,
            ActivityResource.copies,
            Edition.slug,
            Edition.name_fr,
            Edition.name_en,
        )
        .join(ActivityResource, ActivityResource.activity_id == Activity.id)
        .join(Edition, Edition.id == Activity.edition_id)
        .where(ActivityResource.resource_id == resource_id)
        .order_by(Edition.starts_on.desc(), Activity.title_fr, Activity.id)
    ).all()


def tours_of(db: DbSession, resource_id: UUID) -> Rows:
    """Return the tours of a resource, by name."""
    return db.scalars(
        sa.select(Tour).where(Tour.resource_id == resource_id).order_by(Tour.name, Tour.id)
    ).all()
