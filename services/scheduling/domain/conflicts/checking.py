"""Checking: what is wrong with an edition, with one session somewhere, with a resource's bookings.

`now` decides which options on travelling exhibitions have ended; without it none have. Why
somebody or something is away is told where the `viewer` may know it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts.accepting import with_acceptances
from services.scheduling.domain.conflicts.asked import (
    AskedSession,
    asked_edition,
    asked_session,
    taken_by,
)
from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Conflict
from services.scheduling.domain.conflicts.facts import Placed
from services.scheduling.domain.conflicts.judging import judge
from services.scheduling.domain.conflicts.neighbours import (
    beside_edition,
    beside_session,
    longest_reach,
    reach_of,
)
from services.scheduling.domain.conflicts.reading import Reader
from services.scheduling.domain.conflicts.tables import ABSENCES, NEEDS, SESSIONS, STOPS, TOURS
from services.scheduling.domain.editing.revisions import Unknown
from services.scheduling.domain.permissions import Viewer

#: The rules that look at one resource's bookings alone.
_OF_RESOURCES = (
    "resource_overbooked",
    "resource_unavailable",
    "resource_without_time",
    "stops_overlap",
)


def check_edition(
    db: DbSession,
    edition_id: UUID,
    *,
    now: datetime | None = None,
    viewer: Viewer | None = None,
) -> list[Conflict]:
    """Return every conflict that a session of the edition is part of, the gravest first.

    Other editions' sessions in the same spaces, with the same presenters or resources, are looked
    at too. Raises `Unknown`.
    """
    edition = asked_edition(db, edition_id)
    reader = Reader(db, edition.zone)
    judged = reader.sessions(SESSIONS.c.edition_id == edition_id)
    first = min((placed.starts_at for placed in judged), default=edition.starts_at)
    last = max((placed.ends_at for placed in judged), default=edition.ends_at)
    reach = longest_reach(judged)
    others = reader.sessions(beside_edition(edition_id, first - reach, last + reach))
    during = STOPS.c.arrives_at < last + reach, STOPS.c.leaves_at > first - reach
    stops = reader.stops(sa.and_(*during), now)
    ids = {placed.id for placed in judged}
    judged_stops = frozenset(
        stop.id
        for stop in stops
        if stop.session_id in ids
        or (stop.arrives_at < edition.ends_at and edition.starts_at < stop.leaves_at)
    )
    during_these = sa.and_(ABSENCES.c.starts_at < last, ABSENCES.c.ends_at > first)
    absences = reader.absences(during_these, viewer)
    travel = edition.travel_kmh, edition.travel_margin_minutes
    board = Board(edition_id, judged, others, stops, judged_stops, absences, *travel)
    return with_acceptances(db, edition_id, judge(board))


def check_session(
    db: DbSession,
    session_id: UUID,
    *,
    now: datetime | None = None,
    viewer: Viewer | None = None,
) -> list[Conflict]:
    """Return every conflict of a session where it is placed. Raises `Unknown`."""
    return _check(db, asked_session(db, session_id, None), now, viewer)


def check_placement(
    db: DbSession,
    id_: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    venue_id: UUID,
    space_id: UUID | None,
    now: datetime | None = None,
    viewer: Viewer | None = None,
) -> list[Conflict]:
    """Return the conflicts that a session would have there and then, the gravest first.

    It may be one that waits to be placed. Times are aware. Only what is beside it is read. Raises
    `Unknown` where there is no such session, venue or space.
    """
    place = {"starts_at": starts_at, "ends_at": ends_at, "venue_id": venue_id, "space_id": space_id}
    return _check(db, asked_session(db, id_, place), now, viewer)


def _check(
    db: DbSession, asked: AskedSession, now: datetime | None, viewer: Viewer | None
) -> list[Conflict]:
    if asked.status == "cancelled":
        return []
    taken = taken_by(db, asked.id, asked.activity_id)
    resources = {each.resource_id for each in taken}
    reach = reach_of(each.minutes_around for each in taken)
    first = min((asked.starts_at, *(each.arrives_at for each in taken if each.arrives_at)))
    last = max((asked.ends_at, *(each.leaves_at for each in taken if each.leaves_at)))
    ids = beside_session(db, asked, resources, first - reach, last + reach)
    reader = Reader(db, asked.time_zone)
    try:
        others, placed = reader.sessions_and(ids, asked)
    except KeyError as error:
        raise Unknown(str(error)) from error
    if placed is None:
        return []
    stops = []
    if resources:
        during = STOPS.c.arrives_at < last + reach, STOPS.c.leaves_at > first - reach
        stops = reader.stops(sa.and_(TOURS.c.resource_id.in_(resources), *during), now)
    judged_stops = frozenset(stop.id for stop in stops if stop.session_id == asked.id)
    absences = reader.absences(_absent(placed, resources, first, last), viewer)
    travel = asked.travel_kmh, asked.travel_margin_minutes
    board = Board(asked.edition_id, [placed], others, stops, judged_stops, absences, *travel)
    return with_acceptances(db, asked.edition_id, judge(board))


def check_resource(
    db: DbSession,
    resource_id: UUID,
    *,
    now: datetime | None = None,
    viewer: Viewer | None = None,
) -> list[Conflict]:
    """Return the conflicts between all that takes a resource, whatever the edition."""
    reader = Reader(db, "Europe/Paris")
    needs = sa.select(NEEDS.c.activity_id).where(NEEDS.c.resource_id == resource_id)
    sessions = reader.sessions(SESSIONS.c.activity_id.in_(needs))
    stops = reader.stops(TOURS.c.resource_id == resource_id, now)
    absences = reader.absences(ABSENCES.c.resource_id == resource_id, viewer)
    judged_stops = frozenset(stop.id for stop in stops)
    board = Board(resource_id, sessions, [], stops, judged_stops, absences)
    return judge(board, _OF_RESOURCES, about=resource_id)


def _absent(
    placed: Placed, resources: Collection[UUID], first: datetime, last: datetime
) -> sa.ColumnElement[bool]:
    of_these: list[sa.ColumnElement[Any]] = []
    for column, ids in (
        (ABSENCES.c.presenter_id, [presenter.id for presenter in placed.presenters]),
        (ABSENCES.c.resource_id, list(resources)),
        (ABSENCES.c.space_id, [placed.space.id] if placed.space else []),
        (ABSENCES.c.organisation_id, [placed.activity.organisation_id]),
    ):
        if ids and ids != [None]:
            of_these.append(column.in_(ids))
    return sa.and_(
        sa.or_(sa.false(), *of_these), ABSENCES.c.starts_at < last, ABSENCES.c.ends_at > first
    )
