"""Conflicts as the planner shows them: level, sentence, and the other sessions to jump to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts import Conflict
from services.scheduling.models import Activity, Edition, Session, Venue
from services.scheduling.pages.words import in_our_words


def conflicts_json(db: DbSession, conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """Return conflicts with where their sessions are, so that a link can lead there."""
    found = list(conflicts)
    wanted = {session_id for conflict in found for session_id in conflict.sessions}
    links = _links(db, wanted)
    return [
        {
            "kind": conflict.kind,
            "level": conflict.level,
            "sentence": str(conflict.sentence),
            "accepted": conflict.accepted is not None,
            "sessions": [str(each) for each in conflict.sessions],
            "links": [links[each] for each in conflict.sessions if each in links],
        }
        for conflict in found
    ]


def _links(db: DbSession, wanted: set[UUID]) -> Mapping[UUID, dict[str, Any]]:
    if not wanted:
        return {}
    rows = db.execute(
        sa.select(
            Session.id,
            Session.starts_at,
            Activity.title_fr,
            Activity.title_en,
            Edition.slug,
            sa.func.coalesce(Venue.time_zone, Edition.time_zone).label("time_zone"),
        )
        .join(Activity, Session.activity_id == Activity.id)
        .join(Edition, Session.edition_id == Edition.id)
        .join(Venue, Session.venue_id == Venue.id)
        .where(Session.id.in_(wanted))
    )
    return {
        row.id: {
            "id": str(row.id),
            "title": in_our_words(row.title_fr, row.title_en),
            "edition": row.slug,
            "day": _local(row.starts_at, row.time_zone).date().isoformat(),
        }
        for row in rows
    }


def _local(instant: datetime, time_zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(time_zone))
