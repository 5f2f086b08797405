"""The conflicts of what waits to be released, told where it is released."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts import Conflict
from services.scheduling.domain.releasing import Pending
from services.scheduling.domain.releasing.in_conflict import (
    blocking,
    conflicts_to_release,
    digest_of_conflicts,
)
from services.scheduling.queries.conflicts import sessions_concerned, tours_concerned
from shared.web import current_context
from shared.web.sign_in import current_account

#: How many are told with their sentence; the others are a link away.
_SHOWN = 5


def conflicts_shown(db: DbSession, pending: Pending) -> dict[str, Any]:
    """Return what the page of a release tells of conflicts, as its template wants it."""
    found = conflicts_to_release(
        db, pending, now=current_context().clock(), viewer=current_account()
    )
    blocked = blocking(found)
    shown = blocked[:_SHOWN]
    stops = tours_concerned(db, {each for one in shown for each in one.stops})
    return {
        "blocking": blocked,
        "blocking_digest": digest_of_conflicts(blocked),
        "blocking_shown": shown,
        "warning": len(found) - len(blocked),
        "clashing": sessions_concerned(db, {each for one in shown for each in one.sessions}),
        "clashing_tours": {one.key: _tours(one, stops) for one in shown},
    }


def is_agreed_to(blocked: Sequence[Conflict]) -> bool:
    """Tell whether who releases has ticked that just these conflicts are released all the same."""
    return not blocked or request.form.get("despite") == digest_of_conflicts(blocked)


def _tours(conflict: Conflict, by_stop: dict[UUID, Any]) -> list[Any]:
    found = {by_stop[each].id: by_stop[each] for each in conflict.stops if each in by_stop}
    return list(found.values())
