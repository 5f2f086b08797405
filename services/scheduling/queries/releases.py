"""What the pages of releases read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Account, Edition, PublishedSession, Release, ReleasedSession


def releases_of(db: DbSession, edition_id: UUID) -> Sequence[sa.Row[Any]]:
    """Return an edition's releases, the latest first, with the name of who made them."""
    return db.execute(
        _RELEASES.where(Release.edition_id == edition_id).order_by(Release.number.desc())
    ).all()


def one_release(db: DbSession, edition_id: UUID, number: int) -> sa.Row[Any] | None:
    """Return one release by its number, if there is such a one."""
    return db.execute(
        _RELEASES.where(Release.edition_id == edition_id, Release.number == number)
    ).one_or_none()


def released_sessions(
    db: DbSession, release_id: UUID, kinds: Sequence[str], offset: int, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return what a release changed, by kind in this order, then by title."""
    order = sa.case({kind: number for number, kind in enumerate(kinds)}, value=ReleasedSession.kind)
    return db.execute(
        sa.select(
            ReleasedSession.session_id,
            ReleasedSession.kind,
            ReleasedSession.title_fr,
            ReleasedSession.title_en,
            ReleasedSession.before,
            ReleasedSession.after,
            PublishedSession.details,
        )
        .join(PublishedSession, PublishedSession.id == ReleasedSession.session_id)
        .where(ReleasedSession.release_id == release_id)
        .order_by(order, ReleasedSession.title_fr, ReleasedSession.session_id)
        .offset(offset)
        .limit(limit)
    ).all()


def published_details(db: DbSession, sessions: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return what is public of these sessions, by their ids."""
    rows = db.execute(
        sa.select(PublishedSession.id, PublishedSession.details).where(
            PublishedSession.id.in_(sessions)
        )
    )
    return {row.id: row.details for row in rows}


_RELEASES = sa.select(
    Release.id,
    Release.number,
    Release.note,
    Release.released_at,
    Release.counts,
    Release.blocking_conflicts,
    Account.name.label("account_name"),
).outerjoin(Account, Account.id == Release.account_id)


def latest_number(db: DbSession, edition_id: UUID) -> int:
    """Return the number of an edition's latest release, 0 before the first."""
    latest = sa.select(sa.func.max(Release.number)).where(Release.edition_id == edition_id)
    return db.scalar(latest) or 0


def edition_of_slug(db: DbSession, slug: str) -> UUID | None:
    """Return the id of the edition that the working copy knows by this slug."""
    return db.scalar(sa.select(Edition.id).where(Edition.slug == slug))
