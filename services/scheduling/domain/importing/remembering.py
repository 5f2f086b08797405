"""What an import leaves in the history: one entry for each row that it makes or changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.history import written_in_bulk
from services.scheduling.domain.importing.outcome import Plan, Rows
from services.scheduling.models import Base, Session
from services.scheduling.models.base import Editable

#: How many rows one statement reads.
BATCH = 500

Entries = list[dict[str, Any]]


def entries_of(db: DbSession, drafted: Plan, by: Mapping[str, Any]) -> Entries:
    """Return the entries of a plan that is about to be applied: what it changes is still there.

    `by` are those arguments of `written_in_bulk` that say who applies it, when, and of what file.
    """
    titles = {planned.row["id"]: planned.parts.activity.title_fr for planned in drafted.sessions}
    sessions = [planned.row for planned in drafted.sessions]
    new = {planned.row["id"] for planned in drafted.sessions if planned.is_new}
    made = tuple(row for row in sessions if row["id"] in new)
    changed_ones = tuple(row for row in sessions if row["id"] not in new)
    inserts: tuple[Rows, ...] = (*drafted.inserts, (Session, made))
    updates: tuple[Rows, ...] = (*drafted.updates, (Session, changed_ones))
    entries: Entries = []
    for model, rows in inserts:
        if issubclass(model, Editable):
            for row in rows:
                title = titles.get(row["id"]) or _name(row)
                edition_id = _edition_of(drafted, model, row["id"])
                known = {"edition_id": edition_id, "before": None, "after": row, **by}
                entry = written_in_bulk(model, row["id"], title, **known)
                entries += [entry] if entry else []
    for model, rows in updates:
        if issubclass(model, Editable):
            for changed, before in _with_before(db, model, rows):
                row = dict(changed)
                title = titles.get(row["id"]) or _name({**before, **row})
                edition_id = _edition_of(drafted, model, row["id"])
                known = {"edition_id": edition_id, "before": before, "after": row, **by}
                entry = written_in_bulk(model, row["id"], title, **known)
                entries += [entry] if entry else []
    return entries


def _with_before(
    db: DbSession, model: type[Base], rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the rows to update, each with its columns as they are."""
    table = sa.inspect(model).local_table
    for start in range(0, len(rows), BATCH):
        batch = {row["id"]: row for row in rows[start : start + BATCH]}
        for stored in db.execute(sa.select(table).where(table.c.id.in_(batch))).mappings():
            yield batch[stored["id"]], dict(stored)


def _edition_of(drafted: Plan, model: type[Base], row_id: UUID) -> UUID | None:
    """Return the edition of what belongs to one."""
    if model.__tablename__ == "editions":
        return row_id
    return drafted.edition.id if "edition_id" in model.__table__.c else None


def _name(row: Mapping[str, Any]) -> str:
    names = (row.get(name) for name in ("title_fr", "name_fr", "name"))
    return next((name for name in names if name), "")
