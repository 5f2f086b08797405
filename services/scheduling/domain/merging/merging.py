"""Merging venues, organisations and presenters.

Sessions, their UIDs, feeds, activities and memberships go over to the row that is kept; what it did
not know it takes from the other. What is public changes with the next release, like any edit; feeds
show the sessions of both at once. The old row's address and its name in an import lead to the new.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing import organisations, presenters, venues
from services.scheduling.domain.editing.presenters import recredit
from services.scheduling.domain.editing.revisions import take, touch
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.history import note
from services.scheduling.domain.merging.repointing import repoint
from services.scheduling.models import (
    Activity,
    MergedRow,
    Organisation,
    Presenter,
    Session,
    Space,
    Venue,
)
from shared.text import fold

Touched = TypeVar("Touched", Session, Activity)
Row = TypeVar("Row", Venue, Organisation, Presenter, Space)


#: What a kept row takes from the other where it does not know it itself; it keeps its name.
FILLED: Mapping[type[Any], tuple[str, ...]] = {
    model: tuple(name for name in fields if name != "name")
    for model, fields in (
        (Venue, venues.FIELDS),
        (Organisation, organisations.FIELDS),
        (Presenter, presenters.FIELDS),
    )
}


class SameRow(ValueError):
    """A row cannot be merged with itself."""


def merge_venues(
    db: DbSession, kept_id: UUID, gone_id: UUID, *, account_id: UUID | None, now: datetime
) -> Venue:
    """Let one venue be the other too; rooms of the same name become one.

    Raises `Unknown` or `SameRow`.
    """
    kept, gone = take_both(db, Venue, kept_id, gone_id)
    touched = _touch(db, Session, Session.venue_id.in_((kept_id, gone_id)), account_id, now)
    for twin, space in same_rooms(kept, gone):
        _fill(twin, space, ("capacity", "accessibility", "equipment"))
        _absorb(db, Space, twin, space, account_id, now)
    _fill(kept, gone, FILLED[Venue])
    _absorb(db, Venue, kept, gone, account_id, now)
    refresh_searchable_of(db, Session.id.in_(touched))
    return kept


def merge_organisations(
    db: DbSession, kept_id: UUID, gone_id: UUID, *, account_id: UUID | None, now: datetime
) -> Organisation:
    """Let one organisation be the other too. Raises `Unknown` or `SameRow`."""
    kept, gone = take_both(db, Organisation, kept_id, gone_id)
    theirs = Activity.organisation_id.in_((kept_id, gone_id))
    touched = _touch(db, Activity, theirs, account_id, now)
    _fill(kept, gone, FILLED[Organisation])
    _absorb(db, Organisation, kept, gone, account_id, now)
    refresh_searchable_of(db, Session.activity_id.in_(touched))
    return kept


def merge_presenters(
    db: DbSession, kept_id: UUID, gone_id: UUID, *, account_id: UUID | None, now: datetime
) -> Presenter:
    """Let one presenter be the other too, who is credited by the kept name from now on.

    Raises `Unknown` or `SameRow`.
    """
    kept, gone = take_both(db, Presenter, kept_id, gone_id)
    recredit(db, gone_id, gone.name, kept.name, account_id=account_id, now=now)
    _fill(kept, gone, FILLED[Presenter])
    _absorb(db, Presenter, kept, gone, account_id, now)
    return kept


def take_both(db: DbSession, model: type[Row], kept_id: UUID, gone_id: UUID) -> tuple[Row, Row]:
    """Lock both rows, in the order of their ids, as everybody does.

    Raises `Unknown` or `SameRow`.
    """
    if kept_id == gone_id:
        raise SameRow(str(kept_id))
    rows = {one: take(db, model, one, None, to_delete=True) for one in sorted((kept_id, gone_id))}
    return rows[kept_id], rows[gone_id]


def _touch(
    db: DbSession,
    model: type[Touched],
    condition: Any,
    account_id: UUID | None,
    now: datetime,
) -> list[UUID]:
    """Count a change of the rows that match, so that what is published of them is looked at."""
    rows: Sequence[Touched] = db.scalars(
        sa.select(model).where(condition).order_by(model.id).with_for_update(of=model)
    ).all()
    for row in rows:
        touch(row, account_id=account_id, now=now)
    return [row.id for row in rows]


def taken_over(kept: Any, gone: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return what the kept row takes from the other: what it does not know itself."""
    nothing: tuple[Any, ...] = (None, "", [])
    return {
        name: getattr(gone, name)
        for name in names
        if getattr(kept, name) in nothing and getattr(gone, name) not in nothing
    }


def same_rooms(kept: Venue, gone: Venue) -> list[tuple[Space, Space]]:
    """Return the rooms that both venues have, by their names: the kept one and the other."""
    rooms = {fold(space.name): space for space in kept.spaces}
    return [(rooms[fold(space.name)], space) for space in gone.spaces if fold(space.name) in rooms]


def _fill(kept: Any, gone: Any, names: Iterable[str]) -> None:
    for name, value in taken_over(kept, gone, names).items():
        setattr(kept, name, value)


def _absorb(
    db: DbSession,
    model: type[Row],
    kept: Row,
    gone: Row,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Let all that referred to the other refer to the kept one, remember it, and delete it."""
    touch(kept, account_id=account_id, now=now)
    noun, gone_id, title = model.__tablename__, gone.id, gone.name
    merged = MergedRow(
        old_id=gone_id,
        noun=noun,
        new_id=kept.id,
        source=gone.source,
        source_id=gone.source_id,
        account_id=account_id,
        merged_at=now,
    )
    db.execute(sa.update(MergedRow).where(MergedRow.new_id == gone_id).values(new_id=kept.id))
    db.add(merged)
    kept_id = kept.id
    note(db, noun, kept_id, "merged", kept.name, comment=title, account_id=account_id, now=now)
    repoint(db, model, gone_id, kept_id)
    db.execute(sa.delete(model).where(model.id == gone_id))
    db.expire_all()
