"""What a session is beside its time and its place, as JSON values: what waits in the tray keeps it.

Nothing is lost on the way to the tray and back: every column of a session that is neither its time
nor its place is kept, whatever columns there are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.domain.editing.sessions import FIELDS
from services.scheduling.models import Session
from shared.database import UtcDateTime

#: The columns that both have, or that say when the session is, and how often it was changed.
_OWN = frozenset(
    {
        *("id", "edition_id", "activity_id", "venue_id", "space_id", "starts_at", "ends_at"),
        *("revision", "edited_at", "edited_by_id", "searchable", "note"),
    }
)

#: The columns that a session in the tray keeps.
KEPT = tuple(column.name for column in Session.__table__.columns if column.name not in _OWN)

#: Those of them that organisers edit.
EDITED = {name: field for name, field in FIELDS.items() if name in KEPT}

#: Where its last time and its own presenters are kept beside the columns.
LAST_TIME = ("starts_at", "ends_at")
PRESENTERS = "presenter_ids"


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of a session as JSON values."""
    return {name: _written(value) for name, value in values.items()}


def from_json(rest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a session that are kept in `rest`; those that are not are left out."""
    names = (*KEPT, *LAST_TIME)
    return {name: _read(name, rest[name]) for name in names if name in rest}


def edited_values(rest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that organisers edit, each with what an empty one stands for."""
    known = from_json(rest)
    return {name: known.get(name, field(None)) for name, field in EDITED.items()}


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _read(name: str, value: Any) -> Any:
    kind = Session.__table__.c[name].type
    if value is not None and isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(kind, sa.Uuid):
        return UUID(value)
    return value
