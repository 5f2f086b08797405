"""What pages tell of the sessions and stops in a conflict: which they are, where, and whose."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.audiences import SCHOOLS
from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Organisation,
    Session,
    Stop,
    Tour,
    Venue,
)

#: How many ids one statement names: databases have a limit.
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Concerned:
    """A session of a conflict, as a page names it; times are UTC."""

    id: UUID
    title_fr: str
    title_en: str | None
    starts_at: datetime
    ends_at: datetime
    kind: str
    weekly_hours: Sequence[Any]
    slug: str
    time_zone: str
    venue_name: str
    commune_id: UUID | None
    commune_name: str | None
    organisation_id: UUID | None
    organisation_name: str | None


_CONCERNED = (
    sa.select(
        Session.id,
        Activity.title_fr,
        Activity.title_en,
        Session.starts_at,
        Session.ends_at,
        Session.kind,
        Session.weekly_hours,
        Edition.slug,
        sa.func.coalesce(Venue.time_zone, Edition.time_zone),
        Venue.name,
        Commune.id,
        Commune.name,
        Organisation.id,
        Organisation.name,
    )
    .join(Activity, Activity.id == Session.activity_id)
    .join(Edition, Edition.id == Session.edition_id)
    .join(Venue, Venue.id == Session.venue_id)
    .outerjoin(Commune, Commune.id == Venue.commune_id)
    .outerjoin(Organisation, Organisation.id == Activity.organisation_id)
)


def sessions_concerned(db: DbSession, ids: Collection[UUID]) -> dict[UUID, Concerned]:
    """Return the sessions with these ids, of whatever edition."""
    found = {}
    for some in _batches(ids):
        for row in db.execute(_CONCERNED.where(Session.id.in_(some))):
            found[row[0]] = Concerned(*row)
    return found


def communes_with_schools(db: DbSession, edition_id: UUID) -> Sequence[str]:
    """Return the INSEE codes of the communes where an edition has sessions for schools."""
    codes = (
        sa.select(Commune.insee_code)
        .join(Venue, Venue.commune_id == Commune.id)
        .join(Session, Session.venue_id == Venue.id)
        .join(Activity, Activity.id == Session.activity_id)
        .where(
            Session.edition_id == edition_id,
            Session.status != "cancelled",
            Activity.audience == SCHOOLS,
        )
        .distinct()
    )
    return [code for code in db.scalars(codes) if code is not None]


def tours_concerned(db: DbSession, ids: Collection[UUID]) -> dict[UUID, sa.Row[Any]]:
    """Return the tours of stops, by the ids of the stops: `id` and `name` of each."""
    found: dict[UUID, sa.Row[Any]] = {}
    for some in _batches(ids):
        rows = db.execute(
            sa.select(Stop.id.label("stop_id"), Tour.id, Tour.name)
            .join(Tour, Tour.id == Stop.tour_id)
            .where(Stop.id.in_(some))
        )
        found |= {row.stop_id: row for row in rows}
    return found


def _batches(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        yield some
