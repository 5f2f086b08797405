"""What the console's first page says that somebody is waited for, and what is theirs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    Commune,
    Organisation,
    PublishedSession,
    Resource,
    Stop,
    Tour,
    Venue,
)

#: How many of somebody's own places the first page names.
MOST_PLACES = 12


@dataclass(frozen=True)
class Registered:
    """How full somebody's sessions to come are, of those that are registered for here.

    `left` counts what is free in those with a limit; None where no session has one.
    """

    sessions: int
    taken: int
    left: int | None
    waiting: int


@dataclass(frozen=True)
class Places:
    """The organisations and venues that somebody acts for, by name: id, name, commune.

    `registered` says how full their sessions are, by those ids; what has none is not in it.
    """

    organisations: Sequence[sa.Row[Any]] = ()
    venues: Sequence[sa.Row[Any]] = ()
    registered: Mapping[UUID, Registered] = field(default_factory=dict)


def own_places(
    db: DbSession,
    organisations: Collection[UUID],
    venues: Collection[UUID],
    most: int,
    *,
    now: datetime,
) -> Places:
    """Return the first of the places with these ids, and how full their sessions to come are."""

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

    owners: tuple[tuple[InstrumentedAttribute[Any], Collection[UUID]], ...] = (
        (PublishedSession.organisation_id, organisations),
        (PublishedSession.venue_id, venues),
    )
    registered: dict[UUID, Registered] = {}
    for column, ids in owners:
        if ids:
            registered |= registered_in(db, column, ids, now)
    return Places(named(Organisation, organisations), named(Venue, venues), registered)


def registered_in(
    db: DbSession, column: InstrumentedAttribute[Any], ids: Collection[UUID], now: datetime
) -> Mapping[UUID, Registered]:
    """Return what registration last counted of the sessions of each of these places.

    `column` says whose a published session is: its `organisation_id` or its `venue_id`.
    """
    free = sa.case((PublishedSession.seats_left > 0, PublishedSession.seats_left), else_=0)
    limited = PublishedSession.seats_left.is_not(None)
    rows = db.execute(
        sa.select(
            column,
            sa.func.count(),
            sa.func.sum(PublishedSession.seats_taken),
            sa.func.sum(free).filter(limited),
            sa.func.sum(PublishedSession.waiting),
        )
        .where(
            column.in_(ids),
            PublishedSession.registration == "here",
            PublishedSession.status != "cancelled",
            PublishedSession.ends_at > now,
        )
        .group_by(column)
    )
    return {row[0]: Registered(*row[1:]) for row in rows}


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
