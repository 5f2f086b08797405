"""What is asked about: an edition with its rules, a session, or one that waits to be placed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts.tables import (
    ACTIVITIES,
    EDITION_RULES,
    EDITIONS,
    NEEDS,
    RESOURCES,
    SESSIONS,
    STOPS,
    TOURS,
    WAITING,
)
from services.scheduling.domain.editing.revisions import Unknown
from services.scheduling.domain.planning.kept import PRESENTERS, from_json
from shared.travelling import TRAVEL_KMH, TRAVEL_MARGIN_MINUTES

_RULES = (
    EDITIONS.c.time_zone,
    sa.func.coalesce(EDITION_RULES.c.travel_kmh, TRAVEL_KMH).label("travel_kmh"),
    sa.func.coalesce(EDITION_RULES.c.travel_margin_minutes, TRAVEL_MARGIN_MINUTES).label(
        "travel_margin_minutes"
    ),
)
_PUBLIC = (ACTIVITIES.c.theme, ACTIVITIES.c.audience)
_OF_SESSION = tuple(
    SESSIONS.c[name]
    for name in (
        *("id", "edition_id", "activity_id", "venue_id", "space_id", "starts_at", "ends_at"),
        *("status", "kind", "capacity", "weekly_hours", "closures"),
    )
)


@dataclass(frozen=True)
class AskedEdition:
    """An edition: its zone, from when until when it is (UTC), and how fast people travel."""

    zone: str
    starts_at: datetime
    ends_at: datetime
    travel_kmh: int
    travel_margin_minutes: int


@dataclass
class AskedSession:
    """A session, or one that waits; its time and place may be others than those it has.

    `presenter_ids` are those of its activity who are there, where a waiting one says so.
    """

    id: UUID
    edition_id: UUID
    activity_id: UUID
    theme: str | None
    audience: str
    time_zone: str
    travel_kmh: int
    travel_margin_minutes: int
    venue_id: UUID
    space_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    status: str = "confirmed"
    kind: str = "timed"
    capacity: int | None = None
    weekly_hours: tuple[Any, ...] = ()
    closures: tuple[str, ...] = ()
    presenter_ids: Collection[UUID] = ()


@dataclass(frozen=True)
class Taken:
    """A resource that a session takes, and when it is at a stop that the session is."""

    resource_id: UUID
    minutes_around: int
    arrives_at: datetime | None
    leaves_at: datetime | None


def asked_edition(db: DbSession, edition_id: UUID) -> AskedEdition:
    """Return an edition; raises `Unknown`."""
    row = db.execute(
        sa.select(EDITIONS.c.starts_on, EDITIONS.c.ends_on, *_RULES)
        .outerjoin(EDITION_RULES, EDITION_RULES.c.edition_id == EDITIONS.c.id)
        .where(EDITIONS.c.id == edition_id)
    ).one_or_none()
    if row is None:
        raise Unknown(str(edition_id))
    starts_on, ends_on, zone, *travel = row
    return AskedEdition(
        zone, _midnight(starts_on, zone), _midnight(ends_on + timedelta(days=1), zone), *travel
    )


def asked_session(db: DbSession, id_: UUID, place: dict[str, Any] | None) -> AskedSession:
    """Return a session at a place, or where it is; raises `Unknown`."""
    row = db.execute(
        sa.select(*_OF_SESSION, *_PUBLIC, *_RULES)
        .join(ACTIVITIES, ACTIVITIES.c.id == SESSIONS.c.activity_id)
        .join(EDITIONS, EDITIONS.c.id == SESSIONS.c.edition_id)
        .outerjoin(EDITION_RULES, EDITION_RULES.c.edition_id == SESSIONS.c.edition_id)
        .where(SESSIONS.c.id == id_)
    ).one_or_none()
    if row is not None:
        return AskedSession(**{**row._mapping, **(place or {})})
    if place is None:
        raise Unknown(str(id_))
    return _waiting(db, id_, place)


def _waiting(db: DbSession, id_: UUID, place: dict[str, Any]) -> AskedSession:
    row = db.execute(
        sa.select(WAITING.c.edition_id, WAITING.c.activity_id, WAITING.c.rest, *_PUBLIC, *_RULES)
        .join(ACTIVITIES, ACTIVITIES.c.id == WAITING.c.activity_id)
        .join(EDITIONS, EDITIONS.c.id == WAITING.c.edition_id)
        .outerjoin(EDITION_RULES, EDITION_RULES.c.edition_id == WAITING.c.edition_id)
        .where(WAITING.c.id == id_)
    ).one_or_none()
    if row is None:
        raise Unknown(str(id_))
    values = dict(row._mapping)
    rest = values.pop("rest")
    kept = from_json(rest)
    known = ("status", "kind", "capacity", "weekly_hours", "closures")
    values |= {name: kept[name] for name in known if kept.get(name) is not None}
    presenter_ids = frozenset(UUID(each) for each in rest.get(PRESENTERS) or ())
    return AskedSession(id=id_, presenter_ids=presenter_ids, **values, **place)


def taken_by(db: DbSession, session_id: UUID, activity_id: UUID) -> list[Taken]:
    """Return the resources that a session takes: those it needs, and the one it is a stop of."""
    around = (
        RESOURCES.c.setup_minutes + RESOURCES.c.dismantling_minutes + RESOURCES.c.transport_minutes
    )
    never = sa.null()
    rows = db.execute(
        sa.union_all(
            sa.select(RESOURCES.c.id, around, _moment(never), _moment(never))
            .join(NEEDS, NEEDS.c.resource_id == RESOURCES.c.id)
            .where(NEEDS.c.activity_id == activity_id),
            sa.select(RESOURCES.c.id, around, STOPS.c.arrives_at, STOPS.c.leaves_at)
            .join(TOURS, TOURS.c.resource_id == RESOURCES.c.id)
            .join(STOPS, STOPS.c.tour_id == TOURS.c.id)
            .where(STOPS.c.session_id == session_id),
        )
    )
    return [Taken(*row) for row in rows]


def _moment(value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(value, STOPS.c.arrives_at.type)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
