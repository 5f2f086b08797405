"""What every public read builds on: released sessions and editions, never the working copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.session_state import known_edition
from services.scheduling.models import Edition, PublishedSession
from shared.text import fold
from shared.web.cursors import after

#: In what order sessions are listed.
SESSION_ORDER = (PublishedSession.starts_at, PublishedSession.id)

#: What lists show of each session, all of it columns: nothing has to be read from `details`.
LISTED = sa.select(
    PublishedSession.id,
    PublishedSession.activity_id,
    PublishedSession.starts_at,
    PublishedSession.ends_at,
    PublishedSession.time_zone,
    PublishedSession.kind,
    PublishedSession.status,
    PublishedSession.weekly_hours,
    PublishedSession.closures,
    PublishedSession.registration,
    PublishedSession.registration_link,
    PublishedSession.registration_telephone,
    PublishedSession.registration_email,
    PublishedSession.registration_full,
    PublishedSession.registration_opens_at,
    PublishedSession.registration_closes_at,
    PublishedSession.seats_left,
    PublishedSession.title_fr,
    PublishedSession.title_en,
    PublishedSession.audience,
    PublishedSession.age_min,
    PublishedSession.age_max,
    PublishedSession.format,
    PublishedSession.venue_id,
    PublishedSession.venue_name,
    PublishedSession.insee_code,
    PublishedSession.commune_name,
    PublishedSession.space_name,
    PublishedSession.accessibility,
)

#: All that was released of each session, and the seats that are left in it.
WHOLE = sa.select(PublishedSession.details, PublishedSession.seats_left)

#: The released slug, which may differ from the one that is being worked on.
EDITION_SLUG = Edition.published["slug"].as_string()


@dataclass(frozen=True)
class PublicEdition:
    """An edition as it was last released; dates are local to its time zone."""

    id: UUID
    slug: str
    name_fr: str
    name_en: str | None
    starts_on: date
    ends_on: date
    time_zone: str
    contact_email: str | None
    festival_fr: str
    festival_en: str | None
    party_categories: Sequence[Mapping[str, Any]]


def public_editions(db: DbSession) -> list[PublicEdition]:
    """Return every edition that was ever released, the earliest first."""
    rows = db.execute(
        sa.select(Edition.id, Edition.published).where(Edition.published.is_not(None))
    )
    return sorted(
        (_edition(row.id, row.published) for row in rows),
        key=lambda edition: (edition.starts_on, edition.id),
    )


def edition_of_slug(slug: Any) -> sa.ScalarSelect[UUID]:
    """Return a subquery for the id of the edition that the public knows by a slug."""
    return (
        sa.select(Edition.id)
        .where(slug == EDITION_SLUG)
        .order_by(Edition.id)
        .limit(1)
        .scalar_subquery()
    )


def all_words(column: Any, text: str | None) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that every word of `text` occurs in a folded column."""
    return [column.contains(word, autoescape=True) for word in fold(text or "").split()]


def page(
    db: DbSession,
    query: sa.Select[*tuple[Any, ...]],
    order: Sequence[Any],
    position: Sequence[Any] | None,
    limit: int,
) -> Sequence[Any]:
    """Return up to `limit` + 1 rows after a position, in this order."""
    if position is not None:
        query = query.where(after(order, position))
    return db.execute(query.order_by(*order).limit(limit + 1)).all()


def _edition(edition_id: UUID, published: dict[str, Any]) -> PublicEdition:
    return PublicEdition(
        id=edition_id,
        slug=published["slug"],
        name_fr=published["name_fr"],
        name_en=published["name_en"],
        starts_on=date.fromisoformat(published["starts_on"]),
        ends_on=date.fromisoformat(published["ends_on"]),
        time_zone=published["time_zone"],
        contact_email=published["contact_email"],
        festival_fr=published["festival_fr"],
        festival_en=published["festival_en"],
        party_categories=known_edition(published)["party_categories"],
    )
