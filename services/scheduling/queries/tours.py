"""What the console reads of tours and their stops."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload, selectinload

from services.scheduling.domain.touring.states import USUAL_ZONE
from services.scheduling.models import Activity, Edition, Resource, Stop, Tour, Venue
from shared.text import fold

Rows = Sequence[Any]

#: For how long after an edition its activities can still be given to a stop.
GONE = timedelta(days=60)

_OF_STOP = (
    joinedload(Stop.venue).joinedload(Venue.commune),
    joinedload(Stop.space),
    joinedload(Stop.organisation),
)
_OF_TOUR = (
    joinedload(Tour.resource).joinedload(Resource.organisation),
    joinedload(Tour.resource).joinedload(Resource.home_commune),
)


def tours(db: DbSession, words: str = "") -> Sequence[Tour]:
    """Return the tours whose name, exhibition or lender has these words, with their stops."""
    found = db.scalars(
        sa.select(Tour).options(*_OF_TOUR, selectinload(Tour.stops).joinedload(Stop.venue))
    ).all()
    wanted = fold(words).split()

    def text(tour: Tour) -> str:
        lender = tour.resource.organisation
        return fold(f"{tour.name} {tour.resource.name} {lender.name if lender else ''}")

    kept = [tour for tour in found if all(word in text(tour) for word in wanted)]
    return sorted(kept, key=lambda tour: (fold(tour.resource.name), fold(tour.name), str(tour.id)))


def tour_with_stops(db: DbSession, tour_id: UUID) -> Tour | None:
    """Return a tour with its stops in the order of their delivery, and where each is."""
    return db.scalars(
        sa.select(Tour)
        .where(Tour.id == tour_id)
        .options(*_OF_TOUR, selectinload(Tour.stops).options(*_OF_STOP))
        .execution_options(populate_existing=True)
    ).one_or_none()


def stop_of_tour(db: DbSession, tour_id: UUID, stop_id: UUID) -> Stop | None:
    """Return a stop of a tour, with its place and the exhibition."""
    return db.scalars(
        sa.select(Stop)
        .where(Stop.id == stop_id, Stop.tour_id == tour_id)
        .options(*_OF_STOP, joinedload(Stop.tour).options(*_OF_TOUR))
        .execution_options(populate_existing=True)
    ).one_or_none()


def exhibitions(db: DbSession) -> Rows:
    """Return the exhibitions that can travel, by name."""
    rows: Any = db.scalars(
        sa.select(Resource)
        .where(Resource.kind == "exhibition")
        .options(joinedload(Resource.organisation))
    )
    return sorted(rows, key=lambda row: fold(row.name))


def activity_choices(db: DbSession, today: date, chosen: UUID | None = None) -> Rows:
    """Return the activities that a stop can be a session of, by edition and title.

    Those of editions long over are left out, but for the one that is chosen.
    """
    rows: Any = db.execute(
        sa.select(
            Activity.id,
            Activity.organisation_id,
            Activity.title_fr,
            Activity.title_en,
            Edition.name_fr,
            Edition.starts_on,
        )
        .join(Edition, Edition.id == Activity.edition_id)
        .where(sa.or_(Edition.ends_on >= today - GONE, Activity.id == chosen))
    )
    return sorted(rows, key=lambda row: (-row.starts_on.toordinal(), fold(row.title_fr)))


def zones_of_activities(db: DbSession) -> Mapping[UUID, str]:
    """Return the zones of the activities whose edition has other clocks than the usual ones."""
    rows = db.execute(
        sa.select(Activity.id, Edition.time_zone)
        .join(Edition, Edition.id == Activity.edition_id)
        .where(Edition.time_zone != USUAL_ZONE)
    )
    return {row.id: row.time_zone for row in rows}
