"""What the console's first page says that somebody is waited for, and what is theirs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Activity, Commune, Organisation, Resource, Stop, Tour, Venue

#: How many of somebody's own places the first page names.
MOST_PLACES = 12


@dataclass(frozen=True)
class Places:
    """The organisations and venues that somebody acts for, by name: id, name, commune."""

    organisations: Sequence[sa.Row[Any]] = ()
    venues: Sequence[sa.Row[Any]] = ()


def own_places(
    db: DbSession, organisations: Collection[UUID], venues: Collection[UUID], most: int
) -> Places:
    """Return the first of the places with these ids."""

    def named(model: type[Organisation] | type[Venue], ids: Collection[UUID]) -> Any:
        if not ids:
            return ()
        return db.execute(
            sa.select(model.id, model.name, Commune.name.label("commune"))
            .outerjoin(Commune, Commune.id == model.commune_id)
            .where(model.id.in_(ids))
            .order_by(model.name, model.id)
            .limit(most)
        ).all()

    return Places(named(Organisation, organisations), named(Venue, venues))


def projects_waiting(
    db: DbSession, organisations: Collection[UUID] | None
) -> Mapping[UUID, Mapping[str, int]]:
    """Return by edition how many projects are in each state that waits for somebody.

    `submitted` ones wait for the coordination, `changes_asked` ones for their organisation. None
    counts those of all organisations.
    """
    states = ("submitted", "changes_asked")
    query = (
        sa.select(Activity.edition_id, Activity.state, sa.func.count())
        .where(Activity.state.in_(states))
        .group_by(Activity.edition_id, Activity.state)
    )
    if organisations is not None:
        query = query.where(Activity.organisation_id.in_(organisations))
    found: dict[UUID, dict[str, int]] = {}
    for edition_id, state, count in db.execute(query):
        found.setdefault(edition_id, {})[state] = count
    return found


def stops_to_answer(
    db: DbSession,
    organisations: Collection[UUID] | None,
    venues: Collection[UUID],
    now: datetime,
) -> int:
    """Return how many requested stops to come wait for the lender's answer, or for the place's.

    None for `organisations` counts those of all lenders.
    """
    asked = sa.and_(Stop.state == "requested", Stop.closes_at > now)
    mine = sa.and_(Stop.venue_id.in_(venues), Stop.place_agrees.is_(False))
    if organisations is not None:
        mine = sa.or_(mine, Resource.organisation_id.in_(organisations))
    query = (
        sa.select(sa.func.count())
        .select_from(Stop)
        .join(Tour, Tour.id == Stop.tour_id)
        .join(Resource, Resource.id == Tour.resource_id)
        .where(asked if organisations is None else sa.and_(asked, mine))
    )
    return db.scalar(query) or 0
