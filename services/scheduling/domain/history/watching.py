"""Watching what is written: every row that staff may edit leaves an entry when it is flushed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.history.entries import (
    ACTOR,
    SILENT,
    Values,
    as_json,
    columns_of,
    new_entry,
    note,
    write_entries,
)
from services.scheduling.domain.history.subjects import Subject, subject_of
from services.scheduling.models import Account, Edition, HistoryEntry
from services.scheduling.models.base import Editable
from shared.clock import system_clock

_MADE = "history_made"


def step(
    db: DbSession,
    row: Editable,
    action: str,
    *,
    account_id: UUID | None,
    now: datetime,
    comment: str | None = None,
) -> None:
    """Name what was just done to a row, such as `submitted`: its entry says so, with the comment.

    Call it after the change. Where nothing of the row changed, an entry is made all the same.
    """
    db.flush()
    subject = subject_of(db, row)
    made = db.info.get(_MADE, {}).get(_key(subject, row))
    if made is None or made.action != "changed":
        note(
            db,
            subject.noun,
            subject.row_id,
            action,
            subject.title,
            account_id=account_id,
            now=now,
            comment=comment,
            edition_id=subject.edition_id,
        )
        return
    made.action = action
    named = sa.update(HistoryEntry).where(HistoryEntry.id == made.id)
    db.execute(named.values(action=action, comment=comment))


@dataclass
class _Made:
    """The entry of a row in this transaction, which a later flush may add to."""

    id: UUID
    table: str
    subject: Subject
    action: str
    before: Values
    after: Values

    def join(self, table: str, action: str, before: Values, after: Values) -> None:
        """Add what was done to the row since."""
        if self.action == "deleted" and action == "created":
            # The id left one table for another: a session found its place, or lost it.
            self.action = "placed" if table == "sessions" else "unplaced"
            self.before, self.after = {}, after
        elif action == "deleted":
            self.action, self.before, self.after = action, before, {}
        else:
            self.before = {**before, **self.before}
            self.after = {**self.after, **after}
        self.table = table

    def columns(self) -> Values:
        """Return what is stored of it; of a part, what it is a part of has changed."""
        part = self.subject.part
        if part is None:
            return {"action": self.action, "before": self.before, "after": self.after}
        before = {part: self.before} if self.before else {}
        after = {part: self.after} if self.after else {}
        return {"action": "changed", "before": before, "after": after}


def _record(db: DbSession, _flush: Any) -> None:
    """Make the entries of what is being flushed."""
    kinds = (("deleted", db.deleted), ("created", db.new), ("changed", db.dirty))
    touched = [(kind, row) for kind, rows in kinds for row in rows if isinstance(row, Editable)]
    if not touched:
        return
    known: dict[tuple[str, Any], _Made] = db.info.setdefault(_MADE, {})
    new: dict[UUID, Values] = {}
    with db.no_autoflush:
        for action, row in touched:
            before, after = _differences(action, row)
            if action == "changed" and not after:
                continue
            subject = subject_of(db, row)
            key, table = _key(subject, row), sa.inspect(type(row)).local_table.name
            if key in known:
                made = known[key]
                made.join(table, action, before, after)
                if made.id in new:
                    new[made.id] |= made.columns()
                else:
                    told = sa.update(HistoryEntry).where(HistoryEntry.id == made.id)
                    db.execute(told.values(**made.columns()))
                continue
            account_id, now, origin = _actor(db, row, action)
            entry = new_entry(subject.noun, subject.row_id, action, subject.title, account_id, now)
            known[key] = made = _Made(entry["id"], table, subject, action, before, after)
            placed = {"edition_id": subject.edition_id, "origin": origin}
            new[made.id] = {**entry, **placed, **made.columns()}
    gone = [row.id for row in db.deleted if isinstance(row, Edition)]
    for entry in new.values():
        if entry["edition_id"] in gone:
            entry["edition_id"] = None
    write_entries(db, new.values())


def _let_editions_go(db: DbSession, _flush: Any, _rows: Any) -> None:
    """Keep the entries of an edition that is about to be deleted, which they would hold."""
    gone = [row.id for row in db.deleted if isinstance(row, Edition)]
    if gone:
        theirs = sa.update(HistoryEntry).where(HistoryEntry.edition_id.in_(gone))
        with db.no_autoflush:
            db.execute(theirs.values(edition_id=None))


def _forget(db: DbSession, *_transaction: Any) -> None:
    """Begin anew with the next transaction; what was rolled back has no entry to add to."""
    db.info.pop(_MADE, None)


def _differences(action: str, row: Any) -> tuple[Values, Values]:
    """Return what differs, before and after; of a new or deleted row, all that has a value."""
    if action != "changed":
        whole = {name: value for name, value in columns_of(row).items() if value not in (None, [])}
        return ({}, whole) if action == "created" else (whole, {})
    state = sa.inspect(row)
    before, after = {}, {}
    for name in state.mapper.column_attrs.keys():  # noqa: SIM118
        changed = state.attrs[name].history
        if name in SILENT or not changed.has_changes():
            continue
        old = changed.deleted[0] if changed.deleted else None
        new = changed.added[0] if changed.added else None
        if old != new:
            before[name], after[name] = old, new
    return as_json(before), as_json(after)


def _key(subject: Subject, row: Any) -> tuple[str, Any]:
    return (subject.part or subject.noun, sa.inspect(type(row)).primary_key_from_instance(row)[0])


def _actor(db: DbSession, row: Any, action: str) -> tuple[UUID | None, datetime, str | None]:
    """Return who did it, and when: what was said, else what the row says of its last change."""
    origin = None
    if ACTOR in db.info:
        account_id, now, origin = db.info[ACTOR]
    elif action == "deleted":
        account_id, now = None, system_clock()  # a command's
    else:
        account_id, now = row.edited_by_id, row.edited_at
    # An account that is not there (any more) is not named: the change is kept all the same.
    known = account_id is not None and db.get(Account, account_id) is not None
    return (account_id if known else None), now, origin


event.listen(DbSession, "before_flush", _let_editions_go)
event.listen(DbSession, "after_flush", _record)
event.listen(DbSession, "after_commit", _forget)
event.listen(DbSession, "after_soft_rollback", _forget)
