"""What the page of a commune, venue, theme, organisation or presenter reads beside its sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.models import MergedRow, Organisation, PublishedSession
from services.scheduling.queries.narrowing import Narrowing

#: How often one merge may have followed another.
LONGEST_CHAIN = 20


def editions_with(db: DbSession, narrowing: Narrowing) -> set[UUID]:
    """Return the editions that have a released session of this kind."""
    query = sa.select(PublishedSession.edition_id).where(*narrowing.conditions()).distinct()
    return set(db.scalars(query))


def latest_facts(db: DbSession, narrowing: Narrowing) -> SessionFacts | None:
    """Return the session that was released last: it knows how its subject is called today."""
    details = db.scalar(
        sa.select(PublishedSession.details)
        .where(*narrowing.conditions())
        .order_by(PublishedSession.changed_at.desc(), PublishedSession.id.desc())
        .limit(1)
    )
    return None if details is None else read_facts(details)


def merged_into(db: DbSession, old_id: UUID) -> UUID | None:
    """Return what a venue, organisation or presenter became, however often it was merged."""
    current = old_id
    for _step in range(LONGEST_CHAIN):
        following = db.scalar(sa.select(MergedRow.new_id).where(MergedRow.old_id == current))
        if following is None:
            break
        current = following
    return None if current == old_id else current


@dataclass(frozen=True)
class Presentation:
    """What an organisation says of itself, as it was released last."""

    website: str | None
    description_fr: str | None
    description_en: str | None


def published_organisation(db: DbSession, organisation_id: UUID | None) -> Presentation | None:
    """Return what the public is shown of an organisation beside its sessions."""
    shown = db.scalar(sa.select(Organisation.published).where(Organisation.id == organisation_id))
    return Presentation(**shown) if shown else None


def spaces_of(db: DbSession, edition_id: UUID, venue_id: UUID) -> Sequence[Any]:
    """Return the rooms of a venue that have sessions, by name: `space_id`, `name`."""
    return db.execute(
        sa.select(PublishedSession.space_id, sa.func.max(PublishedSession.space_name).label("name"))
        .where(
            PublishedSession.edition_id == edition_id,
            PublishedSession.venue_id == venue_id,
            PublishedSession.space_id.is_not(None),
        )
        .group_by(PublishedSession.space_id)
        .order_by("name")
    ).all()


def venues_of(db: DbSession, edition_id: UUID, narrowing: Narrowing) -> Sequence[Any]:
    """Return the venues of these sessions, the largest first: `venue_id`, `name`, `sessions`."""
    sessions = sa.func.count().label("sessions")
    name = sa.func.max(PublishedSession.venue_name).label("name")
    return db.execute(
        sa.select(PublishedSession.venue_id, name, sessions)
        .where(PublishedSession.edition_id == edition_id, *narrowing.conditions())
        .group_by(PublishedSession.venue_id)
        .order_by(sessions.desc(), name, PublishedSession.venue_id)
    ).all()
