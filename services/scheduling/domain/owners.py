"""Whose an object is: the organisations and venues that a row belongs to, for `permissions.may`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.permissions import NOBODY, Owners
from services.scheduling.models import (
    Activity,
    Organisation,
    Presenter,
    Resource,
    Session,
    Space,
    Unavailability,
    UnplacedSession,
    Venue,
)

#: Whose history and whose rights a row without a page of its own follows.
_PARENTS: tuple[tuple[str, type[Any]], ...] = (
    ("presenter_id", Presenter),
    ("organisation_id", Organisation),
    ("resource_id", Resource),
    ("space_id", Space),
)

#: Where a session keeps that another rule allows what is written.
_VOUCHED = "vouched_for"


def noun_of(row: Any) -> str:
    """Return the noun that the rules know a row by: the name of its table, or of its parent's."""
    if isinstance(row, UnplacedSession):
        return "sessions"
    if isinstance(row, Unavailability):
        parent: str = next(one.__tablename__ for name, one in _PARENTS if getattr(row, name))
        return parent
    table: str = row.__tablename__
    return table


def action_on(row: Any, action: str) -> str:
    """Return what it is that is done to the noun of a row; an absence is a part of its owner."""
    if isinstance(row, Unavailability) and action in ("create", "delete"):
        return "change"
    return action


def owners_of(db: DbSession, row: Any) -> Owners:
    """Return whose a row is, as it is now; loads at most two others."""
    if row is None:
        return NOBODY
    if isinstance(row, Organisation):
        return _owners(row.id)
    if isinstance(row, Venue):
        return _owners(row.organisation_id, row.id)
    if isinstance(row, Space):
        return owners_of(db, db.get(Venue, row.venue_id))
    if isinstance(row, Session | UnplacedSession):
        activity = db.get(Activity, row.activity_id)
        return _owners(activity.organisation_id if activity else None, row.venue_id)
    if isinstance(row, Unavailability):
        name, model = next(pair for pair in _PARENTS if getattr(row, pair[0]))
        return owners_of(db, db.get(model, getattr(row, name)))
    return _owners(getattr(row, "organisation_id", None))


def owners_before(db: DbSession, row: Any) -> Owners:
    """Return whose a changed row was, as it is stored."""
    moved: dict[str, Any] = {}
    state = sa.inspect(row)
    for name in ("organisation_id", "activity_id", "venue_id"):
        if name in state.mapper.column_attrs:
            changed = state.attrs[name].history
            moved[name] = changed.deleted[0] if changed.deleted else getattr(row, name)
    if isinstance(row, Session | UnplacedSession):
        activity = db.get(Activity, moved["activity_id"])
        return _owners(activity.organisation_id if activity else None, moved["venue_id"])
    if isinstance(row, Space):
        return owners_of(db, db.get(Venue, moved["venue_id"]))
    if isinstance(row, Venue):
        return _owners(moved["organisation_id"], row.id)
    if isinstance(row, Organisation | Unavailability):
        return owners_of(db, row)
    return _owners(moved.get("organisation_id"))


def _owners(organisation_id: UUID | None, venue_id: UUID | None = None) -> Owners:
    organisations = frozenset({organisation_id} - {None})
    return Owners(organisations, frozenset({venue_id} - {None}))  # type: ignore[arg-type]


@contextmanager
def vouching(db: DbSession) -> Iterator[None]:
    """Let what is done in this block be written by whoever acts: another rule has allowed it.

    For what a rule of its own does in somebody else's programme, such as the session of a stop.
    """
    before = db.info.get(_VOUCHED, False)
    db.info[_VOUCHED] = True
    try:
        yield
        db.flush()
    finally:
        db.info[_VOUCHED] = before


def is_vouched_for(db: DbSession) -> bool:
    """Tell whether another rule allows what is being written."""
    return bool(db.info.get(_VOUCHED))
