"""Entries of the history: how one is made, and written with others."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Base, HistoryEntry
from shared.identifiers import new_id

#: Columns that say nothing of their own: counters, what is derived, and where a row came from.
SILENT = frozenset(
    {"id", "uid", "revision", "edited_at", "edited_by_id", "source", "source_id", "stated"}
    | {"searchable", "published", "seats_version", "former_categories"}
)

#: How many entries one statement writes.
BATCH = 500

#: Where a session keeps who acts in it.
ACTOR = "history_actor"

Values = dict[str, Any]


def acting(
    db: DbSession, *, account_id: UUID | None, now: datetime, origin: str | None = None
) -> None:
    """Say who acts in this session, and when; needed for deleting, which a row cannot tell.

    `origin` names an import or a command.
    """
    db.info[ACTOR] = (account_id, now, origin)


def note(
    db: DbSession,
    noun: str,
    row_id: UUID,
    action: str,
    title: str,
    *,
    account_id: UUID | None,
    now: datetime,
    comment: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    edition_id: UUID | None = None,
    origin: str | None = None,
) -> None:
    """Record what the rows themselves do not tell: an action of its own, with its comment."""
    acting_origin = db.info.get(ACTOR, (None, None, None))[2]
    entry = new_entry(noun, row_id, action, title, account_id, now)
    entry |= {"comment": comment, "edition_id": edition_id, "origin": origin or acting_origin}
    entry |= {"before": as_json(before or {}), "after": as_json(after or {})}
    write_entries(db, [entry])


def written_in_bulk(
    model: type[Base],
    row_id: UUID,
    title: str,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    now: datetime,
    edition_id: UUID | None = None,
    account_id: UUID | None = None,
    origin: str | None = None,
) -> Values | None:
    """Return the entry of a row that is written without the ORM; None if nothing of it differs.

    `before` are its columns as they were, None for a new row, of which only the fact is kept.
    """
    action, old, new = "created", {}, {}
    if before is not None:
        action = "changed"
        told = (name for name in after if name not in SILENT and name in before)
        differing = [name for name in told if before[name] != after[name]]
        if not differing:
            return None
        old = as_json({name: before[name] for name in differing})
        new = as_json({name: after[name] for name in differing})
    entry = new_entry(model.__tablename__, row_id, action, title, account_id, now)
    return entry | {"before": old, "after": new, "edition_id": edition_id, "origin": origin}


def write_entries(db: DbSession, entries: Iterable[Values]) -> None:
    """Write entries, some hundreds in one statement."""
    waiting = list(entries)
    for start in range(0, len(waiting), BATCH):
        db.execute(sa.insert(HistoryEntry), waiting[start : start + BATCH])


def columns_of(row: Any) -> Values:
    """Return what a row says of itself: its columns but for the silent ones, as JSON values."""
    names = sa.inspect(type(row)).column_attrs.keys()
    return as_json({name: getattr(row, name) for name in names if name not in SILENT})


def new_entry(
    noun: str, row_id: UUID, action: str, title: str, account_id: UUID | None, now: datetime
) -> Values:
    """Return an entry of which only the fact is known yet."""
    return {
        "id": new_id(),
        "noun": noun,
        "row_id": row_id,
        "edition_id": None,
        "action": action,
        "title": title,
        "comment": None,
        "before": {},
        "after": {},
        "account_id": account_id,
        "origin": None,
        "at": now,
    }


def as_json(values: Mapping[str, Any]) -> Values:
    """Return columns as they are kept: ids as texts, instants in UTC."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
