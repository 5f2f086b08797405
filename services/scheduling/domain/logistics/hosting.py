"""What is brought and fetched at a venue, for an organisation, or where a presenter is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.logistics.moves import Move, Need, moves_of_needs, moves_of_stop
from services.scheduling.models import (
    Activity,
    ActivityResource,
    Organisation,
    PublishedPresenter,
    PublishedSession,
    Resource,
    Stop,
    Tour,
    Venue,
)


@dataclass(frozen=True)
class Staffed:
    """A released session with who can be called about it: names, telephones, addresses."""

    session: PublishedSession
    contacts: tuple[str, ...]


def sessions_of(db: DbSession, owner: str, row_id: UUID) -> Sequence[Staffed]:
    """Return what was released of a venue, an organisation or a presenter, in order of time."""
    rows = db.execute(
        sa.select(PublishedSession, Activity, Organisation)
        .join(Activity, Activity.id == PublishedSession.activity_id)
        .outerjoin(Organisation, Organisation.id == PublishedSession.organisation_id)
        .where(_theirs(owner, row_id))
        .order_by(PublishedSession.starts_at, PublishedSession.id)
    )
    return [
        Staffed(session, contacts_of(activity, organisation))
        for session, activity, organisation in rows
    ]


def contacts_of(activity: Activity, organisation: Organisation | None) -> tuple[str, ...]:
    """Return who can be called about an activity, else about its organisation."""
    own = (activity.contact_name, activity.contact_telephone, activity.contact_email)
    if any(own) or organisation is None:
        return tuple(part for part in own if part)
    theirs = (organisation.contact_name, organisation.contact_telephone, organisation.email)
    return tuple(part for part in theirs if part)


def moves_for(db: DbSession, owner: str, row_id: UUID, now: datetime) -> list[Move]:
    """Return what is brought and fetched for a venue, an organisation or a presenter, in order.

    An organisation has what it lends, and what it receives.
    """
    found = [*_stop_moves(db, owner, row_id, now), *moves_of_needs(_needs(db, owner, row_id))]
    return sorted(found, key=lambda move: (move.starts_at, move.uid))


def _theirs(owner: str, row_id: UUID) -> sa.ColumnElement[bool]:
    if owner == "presenter_id":
        return PublishedSession.id.in_(
            sa.select(PublishedPresenter.session_id).where(
                PublishedPresenter.presenter_id == row_id
            )
        )
    column: Any = getattr(PublishedSession, owner)
    theirs: sa.ColumnElement[bool] = column == row_id
    return theirs


def _stop_moves(db: DbSession, owner: str, row_id: UUID, now: datetime) -> list[Move]:
    if owner == "presenter_id":
        return []
    concerned: sa.ColumnElement[bool] = Stop.venue_id == row_id
    if owner == "organisation_id":
        concerned = sa.or_(Stop.organisation_id == row_id, Resource.organisation_id == row_id)
    stops = db.scalars(
        sa.select(Stop)
        .join(Tour, Tour.id == Stop.tour_id)
        .join(Resource, Resource.id == Tour.resource_id)
        .where(concerned, Stop.state != "requested")
        .options(
            joinedload(Stop.venue).joinedload(Venue.commune),
            joinedload(Stop.space),
            joinedload(Stop.tour).joinedload(Tour.resource).joinedload(Resource.organisation),
        )
    )
    return [move for stop in stops for move in moves_of_stop(stop, now)]


def _needs(db: DbSession, owner: str, row_id: UUID) -> list[Need]:
    concerned = _theirs(owner, row_id)
    if owner == "organisation_id":
        concerned = sa.or_(concerned, Resource.organisation_id == row_id)
    is_a_stop = (
        sa.exists()
        .where(Stop.session_id == PublishedSession.id)
        .where(Tour.id == Stop.tour_id, Tour.resource_id == Resource.id)
    )
    rows = db.execute(
        sa.select(
            PublishedSession,
            Resource,
            ActivityResource.copies,
            Activity.revision,
            Activity.edited_at,
        )
        .join(Activity, Activity.id == PublishedSession.activity_id)
        .join(ActivityResource, ActivityResource.activity_id == Activity.id)
        .join(Resource, Resource.id == ActivityResource.resource_id)
        .where(concerned, ~is_a_stop)
        .options(joinedload(Resource.organisation))
    )
    return [Need(*row) for row in rows]
