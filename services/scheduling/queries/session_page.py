"""What the pages of a session and of an activity read, all of it as it was released."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.models import PublishedSession, Release, ReleasedSession
from services.scheduling.queries.released import LISTED, SESSION_ORDER
from shared.web.cursors import after

#: The most other dates that a session's page lists.
MOST_OTHER_DATES = 12

#: The most dates that an activity's page lists.
MOST_DATES = 500


def other_dates(
    db: DbSession, session_id: UUID, activity_id: UUID, now: datetime
) -> Sequence[sa.Row[Any]]:
    """Return the same activity's other sessions, to come or open, the soonest first."""
    query = LISTED.where(
        PublishedSession.activity_id == activity_id,
        PublishedSession.id != session_id,
        sa.or_(PublishedSession.ends_at > now, PublishedSession.registration_closes_at > now),
    )
    return db.execute(query.order_by(*SESSION_ORDER).limit(MOST_OTHER_DATES)).all()


def neighbours(
    db: DbSession, session: SessionFacts, now: datetime
) -> tuple[sa.Row[Any] | None, sa.Row[Any] | None]:
    """Return the same activity's sessions just before and just after that are not over."""
    place = (session.starts_at, UUID(session.id))
    of_activity = LISTED.where(
        PublishedSession.activity_id == UUID(session.activity_id), PublishedSession.ends_at > now
    )
    backwards = [column.desc() for column in SESSION_ORDER]
    comes_after = after(SESSION_ORDER, place)
    earlier = of_activity.where(sa.not_(comes_after), PublishedSession.id != place[1])
    return (
        db.execute(earlier.order_by(*backwards).limit(1)).first(),
        db.execute(of_activity.where(comes_after).order_by(*SESSION_ORDER).limit(1)).first(),
    )


def activity_facts(db: DbSession, activity_id: UUID) -> SessionFacts | None:
    """Return what is known of an activity: the facts of its session that was released last."""
    row = db.execute(
        sa.select(PublishedSession.details)
        .where(PublishedSession.activity_id == activity_id)
        .order_by(PublishedSession.changed_at.desc(), PublishedSession.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else read_facts(row.details)


def activity_sessions(db: DbSession, activity_id: UUID) -> Sequence[sa.Row[Any]]:
    """Return an activity's sessions in order, with all that was released of each."""
    query = LISTED.add_columns(
        PublishedSession.details, PublishedSession.sequence, sa.null().label("squared_km")
    ).where(PublishedSession.activity_id == activity_id)
    return db.execute(query.order_by(*SESSION_ORDER).limit(MOST_DATES)).all()


def earlier_times(db: DbSession, sessions: Iterable[UUID]) -> dict[str, datetime]:
    """Return when each of these sessions began before it was moved last, if it ever was (UTC)."""
    rows = db.execute(
        sa.select(ReleasedSession.session_id, ReleasedSession.before, ReleasedSession.after)
        .join(Release, Release.id == ReleasedSession.release_id)
        .where(ReleasedSession.session_id.in_(list(sessions)))
        .order_by(Release.number)
    )
    return {
        str(row.session_id): datetime.fromisoformat(row.before["starts_at"])
        for row in rows
        if row.before.get("starts_at") not in (None, row.after.get("starts_at"))
    }
