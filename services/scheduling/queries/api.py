"""What the JSON API reads of the released programme: one statement a page, whatever its size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import aliased

from services.scheduling.domain.searching.index import Found
from services.scheduling.models import PublishedSession
from services.scheduling.queries.narrowing import Narrowing, says_in
from services.scheduling.queries.released import (
    SESSION_ORDER,
    WHOLE,
    PublicEdition,
    edition_of_slug,
    page,
    public_editions,
)

VENUE_ORDER = (PublishedSession.venue_name, PublishedSession.venue_id)


@dataclass(frozen=True)
class SessionFilter:
    """Which sessions are wanted; `None` is no condition. Times are aware.

    A session counts that lasts into the period from `starting` to `ending`. A text (`q`) is
    understood by each edition's own words: `said` is what it was taken for in each.
    """

    narrowing: Narrowing = field(default_factory=Narrowing)
    edition: str | None = None
    starting: datetime | None = None
    ending: datetime | None = None
    said: Mapping[UUID, Found[UUID] | None] | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what must be true of a released session."""
        conditions = self.narrowing.conditions()
        if self.edition is not None:
            conditions.append(PublishedSession.edition_id == edition_of_slug(self.edition))
        if self.starting is not None:
            conditions.append(PublishedSession.ends_at >= self.starting)
        if self.ending is not None:
            conditions.append(PublishedSession.starts_at <= self.ending)
        if self.said is not None:
            conditions.append(says_in(self.said))
        return conditions


def sessions_page(
    db: DbSession, wanted: SessionFilter, position: Sequence[Any] | None, limit: int
) -> Sequence[Any]:
    """Return up to `limit` + 1 sessions after a position (start, id), in that order."""
    return page(db, WHOLE.where(*wanted.conditions()), SESSION_ORDER, position, limit)


def one_session(db: DbSession, session_id: UUID) -> sa.Row[Any] | None:
    """Return one session, if it was ever released."""
    return db.execute(WHOLE.where(PublishedSession.id == session_id)).one_or_none()


def venues_page(
    db: DbSession, commune: str | None, q: str | None, position: Sequence[Any] | None, limit: int
) -> Sequence[Any]:
    """Return up to `limit` + 1 venues after a position (name, id), in that order.

    A venue is told as its session says that was released last.
    """
    conditions = [PublishedSession.insee_code == commune] if commune is not None else []
    conditions += [
        PublishedSession.venue_name.icontains(word, autoescape=True) for word in (q or "").split()
    ]
    query = (
        sa.select(PublishedSession.venue_id, PublishedSession.venue_name, PublishedSession.details)
        .join(_VENUES, PublishedSession.id == _LATEST)
        .where(*conditions)
    )
    return page(db, query, VENUE_ORDER, position, limit)


def editions_page(
    db: DbSession, position: tuple[date, UUID] | None, limit: int
) -> list[PublicEdition]:
    """Return up to `limit` + 1 editions after a position (first day, id), in that order."""
    editions = public_editions(db)
    if position is not None:
        editions = [each for each in editions if (each.starts_on, each.id) > position]
    return editions[: limit + 1]


_OF_VENUE = aliased(PublishedSession)
_VENUES = sa.select(PublishedSession.venue_id).distinct().subquery("venues_with_sessions")
_LATEST = (
    sa.select(_OF_VENUE.id)
    .where(_OF_VENUE.venue_id == _VENUES.c.venue_id)
    .order_by(_OF_VENUE.changed_at.desc(), _OF_VENUE.id.desc())
    .limit(1)
    .scalar_subquery()
)
