"""Which sessions are beside others: in the same space, with the same people or things, or public.

Found by the database in its indexes, so that a move is judged without reading its whole edition.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts.board import LONGEST_OF_PUBLIC
from services.scheduling.domain.conflicts.facts import Placed
from services.scheduling.domain.conflicts.reading import TAKES_PLACE
from services.scheduling.domain.conflicts.rules.presenter_travel import HORIZON
from services.scheduling.domain.conflicts.tables import (
    ACTIVITIES,
    CASTS,
    CREDITS,
    NEEDS,
    SESSIONS,
    VENUES,
)


def longest_reach(sessions: Iterable[Placed]) -> timedelta:
    """Return how long before and after them other sessions matter: for travel, for transport."""
    activities = {placed.activity for placed in sessions}
    resources = {resource for each in activities for resource, _copies in each.resources}
    return reach_of(resource.minutes_around for resource in resources)


def reach_of(minutes_around: Iterable[int]) -> timedelta:
    """Return the same from the minutes that each resource takes beside a session."""
    return max(HORIZON, timedelta(minutes=max(minutes_around, default=0)))


def beside_edition(edition_id: UUID, first: datetime, last: datetime) -> sa.ColumnElement[bool]:
    """Return what is true of other editions' sessions that share something with this one's."""
    own = sa.select(ACTIVITIES.c.id).where(ACTIVITIES.c.edition_id == edition_id)
    in_edition = SESSIONS.c.edition_id == edition_id
    people = sa.union(
        sa.select(CREDITS.c.presenter_id).where(CREDITS.c.activity_id.in_(own)),
        sa.select(CASTS.c.presenter_id)
        .join(SESSIONS, SESSIONS.c.id == CASTS.c.session_id)
        .where(in_edition),
    )
    things = sa.select(NEEDS.c.resource_id).where(NEEDS.c.activity_id.in_(own))
    spaces = sa.select(SESSIONS.c.space_id).where(in_edition, SESSIONS.c.space_id.is_not(None))
    theirs = sa.select(CREDITS.c.activity_id).where(CREDITS.c.presenter_id.in_(people))
    cast = sa.select(CASTS.c.session_id).where(CASTS.c.presenter_id.in_(people))
    needing = sa.select(NEEDS.c.activity_id).where(NEEDS.c.resource_id.in_(things))
    return sa.and_(
        SESSIONS.c.edition_id != edition_id,
        SESSIONS.c.starts_at < last,
        SESSIONS.c.ends_at > first,
        sa.or_(
            SESSIONS.c.space_id.in_(spaces),
            SESSIONS.c.activity_id.in_(theirs),
            SESSIONS.c.id.in_(cast),
            SESSIONS.c.activity_id.in_(needing),
        ),
    )


def beside_session(
    db: DbSession, row: Any, resources: Collection[UUID], first: datetime, last: datetime
) -> list[UUID]:
    """Return the ids of the sessions that share something with one; `row` has its columns.

    `first` and `last` reach far enough for presenters, who travel, and for what is carried.
    """
    near = SESSIONS.c.starts_at < last, SESSIONS.c.ends_at > first
    parts = []
    if row.space_id is not None:
        parts.append(_during(row).where(SESSIONS.c.space_id == row.space_id))
    if row.kind != "exhibition":
        people = sa.union(
            sa.select(CREDITS.c.presenter_id).where(CREDITS.c.activity_id == row.activity_id),
            sa.select(CASTS.c.presenter_id).where(CASTS.c.session_id == row.id),
        )
        others = CREDITS.alias()
        parts.append(
            sa.select(SESSIONS.c.id)
            .join(others, others.c.activity_id == SESSIONS.c.activity_id)
            .where(others.c.presenter_id.in_(people), *near)
        )
        parts.append(
            sa.select(SESSIONS.c.id)
            .join(CASTS, CASTS.c.session_id == SESSIONS.c.id)
            .where(CASTS.c.presenter_id.in_(people), *near)
        )
    if resources:
        parts.append(
            sa.select(SESSIONS.c.id)
            .join(NEEDS, NEEDS.c.activity_id == SESSIONS.c.activity_id)
            .where(NEEDS.c.resource_id.in_(resources), *near)
        )
    if row.kind == "timed" and row.theme:
        parts.append(_same_public(row))
    if not parts:
        return []
    found = [part.where(SESSIONS.c.id != row.id, TAKES_PLACE) for part in parts]
    return list(db.scalars(sa.union(*found)))


def _same_public(row: Any) -> sa.Select[Any]:
    commune = sa.select(VENUES.c.commune_id).where(VENUES.c.id == row.venue_id).scalar_subquery()
    here = VENUES.alias()
    return (
        _during(row)
        .join(here, here.c.id == SESSIONS.c.venue_id)
        .join(ACTIVITIES, ACTIVITIES.c.id == SESSIONS.c.activity_id)
        .where(
            SESSIONS.c.edition_id == row.edition_id,
            SESSIONS.c.starts_at > row.starts_at - LONGEST_OF_PUBLIC,
            SESSIONS.c.kind == "timed",
            here.c.commune_id == commune,
            ACTIVITIES.c.theme == row.theme,
            ACTIVITIES.c.audience == row.audience,
        )
    )


def _during(row: Any) -> sa.Select[Any]:
    return sa.select(SESSIONS.c.id).where(
        SESSIONS.c.starts_at < row.ends_at, SESSIONS.c.ends_at > row.starts_at
    )
