"""What the JSON API reads: one statement for a page, whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Festival,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.text import fold
from shared.web.cursors import after

SESSION_ORDER = (Session.starts_at, Session.id)
VENUE_ORDER = (Venue.name, Venue.id)
EDITION_ORDER = (Edition.starts_on, Edition.id)


@dataclass(frozen=True)
class SessionFilter:
    """Which sessions are wanted; `None` is no condition. Times are aware.

    A session counts that lasts into the period from `starting` to `ending`.
    """

    edition: str | None = None
    commune: str | None = None
    venue: UUID | None = None
    starting: datetime | None = None
    ending: datetime | None = None
    q: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what must be true of a session, its venue and its commune."""
        conditions: list[sa.ColumnElement[bool]] = []
        if self.edition is not None:
            edition = sa.select(Edition.id).where(Edition.slug == self.edition)
            conditions.append(Session.edition_id == edition.scalar_subquery())
        if self.commune is not None:
            conditions.append(Commune.insee_code == self.commune)
        if self.venue is not None:
            conditions.append(Session.venue_id == self.venue)
        if self.starting is not None:
            conditions.append(Session.ends_at >= self.starting)
        if self.ending is not None:
            conditions.append(Session.starts_at <= self.ending)
        conditions += all_words(Session.searchable, self.q)
        return conditions


_SESSIONS = (
    sa.select(
        Session.id,
        Session.uid,
        Session.starts_at,
        Session.ends_at,
        Session.kind,
        Session.status,
        Session.weekly_hours,
        Session.closures,
        Session.registration,
        Session.registration_link,
        Session.registration_telephone,
        Session.registration_email,
        Session.registration_full,
        Session.registration_closes_at,
        Session.capacity,
        Session.seats_left,
        Session.seat_categories,
        Session.activity_id,
        Session.changed_at,
        sa.func.coalesce(Venue.time_zone, Edition.time_zone).label("time_zone"),
        Activity.title_fr,
        Activity.title_en,
        Activity.description_fr,
        Activity.description_en,
        Activity.audience,
        Activity.age_min,
        Activity.age_max,
        Activity.theme,
        Activity.format,
        Activity.presenters,
        Activity.link,
        Edition.slug.label("edition_slug"),
        Edition.name_fr.label("edition_fr"),
        Edition.name_en.label("edition_en"),
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation_name"),
        Venue.id.label("venue_id"),
        Venue.name.label("venue_name"),
        Venue.address,
        Venue.postcode,
        Venue.latitude,
        Venue.longitude,
        Commune.insee_code,
        Commune.name.label("commune_name"),
        Space.id.label("space_id"),
        Space.name.label("space_name"),
    )
    .join(Session.activity)
    .join(Session.edition)
    .join(Session.venue)
    .outerjoin(Activity.organisation)
    .outerjoin(Venue.commune)
    .outerjoin(Session.space)
)


def sessions_page(
    db: DbSession, wanted: SessionFilter, position: Sequence[Any] | None, limit: int
) -> Sequence[Any]:
    """Return up to `limit` + 1 sessions after a position (start, id), in that order."""
    query = _SESSIONS.where(*wanted.conditions())
    return _page(db, query, SESSION_ORDER, position, limit)


def one_session(db: DbSession, session_id: UUID) -> sa.Row[Any] | None:
    """Return one session, if there is such a one."""
    return db.execute(_SESSIONS.where(Session.id == session_id)).one_or_none()


def venues_page(
    db: DbSession, commune: str | None, q: str | None, position: Sequence[Any] | None, limit: int
) -> Sequence[Any]:
    """Return up to `limit` + 1 venues after a position (name, id), in that order."""
    query = (
        sa.select(
            Venue.id.label("venue_id"),
            Venue.name.label("venue_name"),
            Venue.address,
            Venue.postcode,
            Venue.latitude,
            Venue.longitude,
            Commune.insee_code,
            Commune.name.label("commune_name"),
        )
        .outerjoin(Venue.commune)
        .where(*([Commune.insee_code == commune] if commune is not None else []))
        .where(*(Venue.name.icontains(word, autoescape=True) for word in (q or "").split()))
    )
    return _page(db, query, VENUE_ORDER, position, limit)


def editions_page(db: DbSession, position: Sequence[Any] | None, limit: int) -> Sequence[Any]:
    """Return up to `limit` + 1 editions after a position (first day, id), in that order."""
    query = sa.select(
        Edition.id,
        Edition.slug,
        Edition.name_fr,
        Edition.name_en,
        Edition.starts_on,
        Edition.ends_on,
        Edition.time_zone,
        Festival.name_fr.label("festival_fr"),
        Festival.name_en.label("festival_en"),
    ).join(Edition.festival)
    return _page(db, query, EDITION_ORDER, position, limit)


def _page(
    db: DbSession,
    query: sa.Select[*tuple[Any, ...]],
    order: Sequence[Any],
    position: Sequence[Any] | None,
    limit: int,
) -> Sequence[Any]:
    if position is not None:
        query = query.where(after(order, position))
    return db.execute(query.order_by(*order).limit(limit + 1)).all()


def all_words(column: Any, text: str | None) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that every word of `text` occurs in a folded column."""
    return [column.contains(word, autoescape=True) for word in fold(text or "").split()]
