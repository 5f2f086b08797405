"""What feeds of news and the site map read: what releases changed, and every public page."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import PublishedSession, Release, ReleasedSession

#: How many changes a feed of news has at most.
MOST_NEWS = 100


def latest_changes(
    db: DbSession, conditions: Sequence[sa.ColumnElement[bool]]
) -> Sequence[sa.Row[Any]]:
    """Return what releases changed of these sessions, the newest first, the soonest first of each.

    `change` is its kind (`new`, `moved`, `cancelled`, `reinstated`, `changed`).
    """
    return db.execute(
        sa.select(
            ReleasedSession.kind.label("change"),
            Release.number,
            Release.released_at,
            PublishedSession.id,
            PublishedSession.details,
        )
        .join(Release, Release.id == ReleasedSession.release_id)
        .join(PublishedSession, PublishedSession.id == ReleasedSession.session_id)
        .where(*conditions)
        .order_by(Release.released_at.desc(), PublishedSession.starts_at, PublishedSession.id)
        .limit(MOST_NEWS)
    ).all()


def site_state(db: DbSession) -> tuple[int, int, datetime | None]:
    """Return what tells one version of the site map from another."""
    row = db.execute(
        sa.select(
            sa.func.count(PublishedSession.id),
            sa.func.coalesce(sa.func.sum(PublishedSession.version), 0),
            sa.func.max(PublishedSession.changed_at),
        )
    ).one()
    return row[0], int(row[1]), row[2]


def every_subject(db: DbSession) -> Iterator[tuple[str, Any, str, datetime]]:
    """Give whatever has a page of its own: its noun, key, name, and when it changed last (UTC)."""
    for noun, column, name in _SUBJECTS:
        latest = sa.func.max(PublishedSession.changed_at)
        rows = db.execute(
            sa.select(column, sa.func.max(name), latest)
            .where(column.is_not(None), name.is_not(None))
            .group_by(column)
            .order_by(column)
        )
        for key, called, changed_at in rows:
            yield noun, key, called, changed_at
    sessions = sa.select(PublishedSession.id, PublishedSession.changed_at)
    for session_id, changed_at in db.execute(sessions.order_by(PublishedSession.id)):
        yield "session", session_id, "", changed_at


_SUBJECTS: tuple[tuple[str, Any, Any], ...] = (
    ("commune", PublishedSession.insee_code, PublishedSession.commune_name),
    ("theme", PublishedSession.theme_slug, PublishedSession.theme),
    ("venue", PublishedSession.venue_id, PublishedSession.venue_name),
    ("organisation", PublishedSession.organisation_id, PublishedSession.organisation_name),
    ("activity", PublishedSession.activity_id, PublishedSession.title_fr),
)
