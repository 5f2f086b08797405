"""Taking a release back: its changes are undone in the working copy, and released like any others.

What is public is never rewritten: people who were told of a change are told of its end. So the
undoing waits to be released, and can be looked at first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.crediting import credit
from services.scheduling.domain.editing.revisions import take, touch
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.history import note
from services.scheduling.models import (
    Activity,
    PublishedSession,
    Release,
    ReleasedSession,
    Session,
    Space,
    Venue,
)

#: Fields of a session's state that are columns of the session under the same name.
_OWN = (
    *("status", "kind", "weekly_hours", "closures", "registration", "registration_link"),
    *("registration_telephone", "registration_email", "registration_full", "capacity"),
    "seat_categories",
)
_INSTANTS = ("starts_at", "ends_at", "registration_closes_at")

#: Fields that are columns of its activity.
_OF_ACTIVITY = (
    *("audience", "age_min", "age_max", "theme", "format", "presenters", "link"),
    *("duration_minutes", "school_levels", "languages", "accessibility"),
)
_TEXTS_OF_ACTIVITY = ("title", "description", "price_note", "conditions")


@dataclass(frozen=True)
class TakenBack:
    """What came of it: sessions undone, new ones cancelled, and those changed since, left alone."""

    undone: int
    cancelled: int
    changed_since: tuple[UUID, ...]


def take_back(
    db: DbSession, release_id: UUID, *, account_id: UUID | None, now: datetime
) -> TakenBack:
    """Undo in the working copy what a release changed, in the caller's transaction.

    A session of which a later release, or somebody's draft, changed the same fields is left alone.
    A session that the release made public is cancelled. What belongs to a venue, an organisation or
    the edition stays: others share it.
    """
    release = db.get_one(Release, release_id)
    rows = db.execute(
        sa.select(ReleasedSession, PublishedSession.details)
        .join(PublishedSession, PublishedSession.id == ReleasedSession.session_id)
        .where(ReleasedSession.release_id == release_id)
        .order_by(ReleasedSession.session_id)
    ).all()
    undone, cancelled, since = 0, 0, []
    activities: set[UUID] = set()
    for released, details in rows:
        session = take(db, Session, released.session_id, None)
        if not _is_still(released.after, details) or _is_edited(session, released.after):
            since.append(session.id)
        elif not released.before:
            session.status = "cancelled"
            touch(session, account_id=account_id, now=now)
            cancelled += 1
        else:
            if _undo(db, session, released.before, account_id, now):
                activities.add(session.activity_id)
            undone += 1
    db.flush()
    if activities:
        credit(db, activities, account_id=account_id, now=now)
    changed = [released.session_id for released, _details in rows]
    refresh_searchable_of(db, sa.or_(Session.id.in_(changed), Session.activity_id.in_(activities)))
    note(
        db,
        "releases",
        release.id,
        "taken_back",
        str(release.number),
        account_id=account_id,
        now=now,
        edition_id=release.edition_id,
    )
    return TakenBack(undone, cancelled, tuple(since))


def _is_still(after: Mapping[str, Any], details: Mapping[str, Any]) -> bool:
    return all(details.get(name) == value for name, value in after.items())


def _is_edited(session: Session, after: Mapping[str, Any]) -> bool:
    """Tell whether somebody is working on the fields that the release set."""
    for name, value in after.items():
        if name in _OWN and getattr(session, name) != value:
            return True
        if name in _INSTANTS and getattr(session, name) != _instant(value):
            return True
        if name == "venue" and str(session.venue_id) != value["id"]:
            return True
    return False


def _undo(
    db: DbSession,
    session: Session,
    before: Mapping[str, Any],
    account_id: UUID | None,
    now: datetime,
) -> bool:
    """Put the fields back; return whether its activity was changed by it."""
    own = {name: before[name] for name in _OWN if name in before}
    own |= {name: _instant(before[name]) for name in _INSTANTS if name in before}
    venue = before.get("venue")
    if venue and db.get(Venue, UUID(venue["id"])) is not None:
        own["venue_id"] = UUID(venue["id"])
        space = before.get("space")
        known = space and db.get(Space, UUID(space["id"]))
        own["space_id"] = known.id if known and known.venue_id == own["venue_id"] else None
    if _set(session, own):
        touch(session, account_id=account_id, now=now)
    activity = session.activity
    values = {name: before[name] for name in _OF_ACTIVITY if name in before}
    for name in _TEXTS_OF_ACTIVITY:
        if name in before:
            text = before[name] or {"fr": None, "en": None}
            values |= {f"{name}_fr": text["fr"], f"{name}_en": text["en"]}
    is_changed = _set(activity, values)
    if is_changed:
        touch(activity, account_id=account_id, now=now)
    return is_changed


def _set(row: Session | Activity, values: Mapping[str, Any]) -> bool:
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
