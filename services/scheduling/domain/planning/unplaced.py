"""Sessions without a time or a place: made, changed and deleted in the planner's tray."""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import paragraphs, reference, whole
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.editing.session_rules import (
    LONGEST,
    check_opening,
    check_place,
    check_seats,
    check_way_in,
)
from services.scheduling.domain.planning.kept import EDITED, as_json, edited_values
from services.scheduling.models import Activity, Edition, UnplacedSession
from services.scheduling.models.base import Editable
from shared.identifiers import new_id

#: How long a session lasts where neither it nor its activity says, in minutes.
USUAL_MINUTES = 60

_OWN = {
    "activity_id": reference(required=True),
    "venue_id": reference(),
    "space_id": reference(),
    "minutes": whole(1, int(LONGEST.total_seconds()) // 60),
    "note": paragraphs(2_000),
}

#: What an organiser says of a session that has no place yet: all that is said of a session but
#: when it is. The venue and the space are wishes.
FIELDS = {**_OWN, **EDITED}


def create_unplaced(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> UnplacedSession:
    """Put a new session into the tray of its activity's edition. Raises `Invalid`.

    Where its `minutes` are not given they are its activity's, else an hour.
    """
    draft = Draft(FIELDS, values)
    _check(db, draft, None)
    cleaned = draft.values()
    activity = db.get_one(Activity, cleaned["activity_id"])
    usual = activity.duration_minutes or USUAL_MINUTES
    unplaced = UnplacedSession(
        id=row_id or new_id(),
        edition_id=activity.edition_id,
        edited_at=now,
        edited_by_id=account_id,
        **_columns(cleaned, {}, usual),
    )
    db.add(unplaced)
    db.flush()
    return unplaced


def save_unplaced(
    db: DbSession,
    unplaced_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> UnplacedSession:
    """Change a session in the tray. Raises `Unknown`, `Conflict` or `Invalid`."""
    unplaced = take(db, UnplacedSession, unplaced_id, revision)
    draft = Draft(FIELDS, values, _whole(unplaced))
    _check(db, draft, unplaced.edition_id)
    columns = _columns(draft.values(), unplaced.rest, USUAL_MINUTES)
    change(unplaced, columns, account_id=account_id, now=now)
    db.flush()
    return unplaced


def delete_unplaced(db: DbSession, unplaced_id: UUID, revision: int | None) -> None:
    """Throw a session of the tray away. Raises `Unknown` or `Conflict`."""
    db.delete(take(db, UnplacedSession, unplaced_id, revision, to_delete=True))
    db.flush()


def _check(db: DbSession, draft: Draft, edition_id: UUID | None) -> None:
    check_place(db, draft, edition_id)
    check_way_in(draft)
    if draft.has("activity_id"):
        edition_id = edition_id or db.get_one(Activity, draft["activity_id"]).edition_id
        edition = db.get_one(Edition, edition_id)
        check_opening(draft, edition.time_zone)
        check_seats(draft, edition)


def _whole(unplaced: UnplacedSession) -> Editable:
    """Return the row with the fields of its `rest` beside its own."""
    own = {name: getattr(unplaced, name) for name in _OWN}
    return cast(Editable, SimpleNamespace(**edited_values(unplaced.rest), **own))


def _columns(cleaned: Mapping[str, Any], rest: Mapping[str, Any], usual: int) -> dict[str, Any]:
    """Return the columns for cleaned fields; what else `rest` keeps stays in it."""
    own = {name: cleaned[name] for name in _OWN}
    edited = as_json({name: cleaned[name] for name in EDITED})
    return {**own, "minutes": own["minutes"] or usual, "rest": {**rest, **edited}}
