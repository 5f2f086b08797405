"""What holds the copies of a resource, and when: stops, and sessions of activities that need it.

A stop holds its copies from the delivery until they are back from the road. A session holds them
for the resource's set-up before it, and for dismantling and transport after it. Whether there are
enough is told by `beyond_copies`, a pure function.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.conflicts.sweeping import crowds
from services.scheduling.domain.touring.states import USUAL_ZONE, holds, standing_of, zone_of_stop
from services.scheduling.models import (
    Activity,
    ActivityResource,
    Resource,
    Session,
    Stop,
    Tour,
    Unavailability,
)


@dataclass(frozen=True)
class Hold:
    """So many copies of a resource are held for a while (UTC, half open) by one thing.

    `kind` is `stop`, `session` or `unavailability`; `title` and `place` are the names, in French,
    of its activity and its venue, whose clocks are those of `time_zone`. `is_firm` is false for a
    stop that is only asked for, which keeps nobody from anything.
    """

    kind: str
    id: UUID
    starts_at: datetime
    ends_at: datetime
    copies: int
    title: str
    place: str = ""
    is_firm: bool = True
    time_zone: str = USUAL_ZONE


def beyond_copies(wanted: Hold, others: Iterable[Hold], copies: int) -> tuple[Hold, ...]:
    """Return the other holds of the first crowd for which there would be too few copies, if any.

    Conflicts are found by the same sweep (`domain/conflicts/sweeping.py`).
    """
    everything = [wanted, *(other for other in others if other.id != wanted.id)]
    spans = [(hold.starts_at, hold.ends_at, hold.copies, hold) for hold in everything]
    for crowd in crowds(spans, copies):
        there = [span[3] for span in crowd]
        if wanted in there:
            rivals = (hold for hold in there if hold is not wanted)
            return tuple(sorted(rivals, key=lambda hold: (hold.starts_at, str(hold.id))))
    return ()


def hold_of_stop(stop: Stop, now: datetime) -> Hold:
    """Return what a stop holds: from the delivery until the copies are back from the road."""
    return Hold(
        "stop",
        stop.id,
        stop.arrives_at,
        stop.leaves_at + timedelta(minutes=stop.transport_minutes),
        stop.copies,
        stop.venue.name,
        stop.venue.name,
        holds(standing_of(stop, now)),
        zone_of_stop(stop),
    )


def hold_of_session(session: Session, resource: Resource, copies: int) -> Hold:
    """Return what a session holds of a resource that its activity needs."""
    after = resource.dismantling_minutes + resource.transport_minutes
    return Hold(
        "session",
        session.id,
        session.starts_at - timedelta(minutes=resource.setup_minutes),
        session.ends_at + timedelta(minutes=after),
        copies,
        session.activity.title_fr,
        session.venue.name,
        time_zone=session.venue.time_zone or session.edition.time_zone,
    )


def holds_of(
    db: DbSession,
    resource: Resource,
    now: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[Hold]:
    """Return everything that holds copies of a resource in a period, in order of time.

    Stops that are refused or cancelled are left out, and so are the sessions that stops are.
    """
    found = [*_stops(db, resource, now), *_sessions(db, resource), *_absences(db, resource)]
    if since is not None:
        found = [hold for hold in found if hold.ends_at > since]
    if until is not None:
        found = [hold for hold in found if hold.starts_at < until]
    return sorted(found, key=lambda hold: (hold.starts_at, str(hold.id)))


def _stops(db: DbSession, resource: Resource, now: datetime) -> Iterable[Hold]:
    stops = db.scalars(
        sa.select(Stop)
        .join(Tour, Tour.id == Stop.tour_id)
        .where(Tour.resource_id == resource.id, Stop.state.not_in(("refused", "cancelled")))
        .options(joinedload(Stop.venue))
    )
    return [hold_of_stop(stop, now) for stop in stops]


def _sessions(db: DbSession, resource: Resource) -> Iterable[Hold]:
    of_a_stop = (
        sa.select(Stop.session_id)
        .join(Tour, Tour.id == Stop.tour_id)
        .where(Tour.resource_id == resource.id, Stop.session_id.is_not(None))
    )
    rows = db.execute(
        sa.select(Session, ActivityResource.copies)
        .join(Activity, Activity.id == Session.activity_id)
        .join(ActivityResource, ActivityResource.activity_id == Activity.id)
        .where(
            ActivityResource.resource_id == resource.id,
            Session.status == "confirmed",
            Session.id.not_in(of_a_stop),
        )
        .options(
            joinedload(Session.activity), joinedload(Session.venue), joinedload(Session.edition)
        )
    )
    return [hold_of_session(session, resource, copies) for session, copies in rows]


def _absences(db: DbSession, resource: Resource) -> Iterable[Hold]:
    rows = db.scalars(sa.select(Unavailability).where(Unavailability.resource_id == resource.id))
    return [
        Hold(
            "unavailability",
            row.id,
            row.starts_at,
            row.ends_at,
            resource.copies,
            row.note or "",
        )
        for row in rows
    ]
