"""What changed between two releases: the changes of those in between, put together per session.

The drafts are compared as what another release would make of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.releasing.changes import ChangeKind, SessionChange
from services.scheduling.domain.releasing.pending import pending_changes
from services.scheduling.domain.session_state import SCHEDULE_FIELDS
from services.scheduling.models import Release, ReleasedSession


@dataclass
class SessionDifference:
    """One session in two releases: the fields that differ, as they were and as they became.

    `before` is empty for a session that the earlier release did not have.
    """

    session_id: UUID
    title_fr: str
    title_en: str | None
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> ChangeKind:
        """Return what kind of change it is, by what matters most to those who come."""
        if self.is_new:
            return "new"
        if self.before.get("status") != self.after.get("status"):
            return "cancelled" if self.after["status"] == "cancelled" else "reinstated"
        return "moved" if set(self.after) & set(SCHEDULE_FIELDS) else "changed"


def compare_releases(
    db: DbSession, edition_id: UUID, earlier: int, later: int
) -> list[SessionDifference]:
    """Return what differs between an edition's releases of these two numbers, in no order.

    0 is before the first release. What was changed and changed back is left out, and so is a
    session that was new in between and cancelled again.
    """
    return put_together(_rows(db, edition_id, earlier, later))


def compare_with_drafts(db: DbSession, edition_id: UUID, earlier: int) -> list[SessionDifference]:
    """Return what differs between a release and the drafts, those that are held back included.

    0 is before the first release. What is not ready to be public yet is left out.
    """
    rows = _rows(db, edition_id, earlier, None)
    waiting = pending_changes(db, edition_id).changes
    return put_together([*rows, *map(_Waiting, waiting)])


class _Waiting:
    """A change that waits, told as a release would keep it."""

    def __init__(self, change: SessionChange) -> None:
        self.session_id = change.id
        self.title_fr, self.title_en = change.after["title"]["fr"], change.after["title"]["en"]
        self.before, self.after = change.for_history()


def _rows(db: DbSession, edition_id: UUID, earlier: int, later: int | None) -> Iterable[Any]:
    wanted = (
        sa.select(
            ReleasedSession.session_id,
            ReleasedSession.title_fr,
            ReleasedSession.title_en,
            ReleasedSession.before,
            ReleasedSession.after,
        )
        .join(Release, Release.id == ReleasedSession.release_id)
        .where(Release.edition_id == edition_id, Release.number > earlier)
        .order_by(Release.number)
    )
    return db.execute(wanted if later is None else wanted.where(Release.number <= later)).all()


def put_together(rows: Iterable[Any]) -> list[SessionDifference]:
    """Return the changes of several releases, in their order, as one for each session."""
    found: dict[UUID, SessionDifference] = {}
    for row in rows:
        one = found.get(row.session_id)
        if one is None:
            one = SessionDifference(
                row.session_id, row.title_fr, row.title_en, is_new=not row.before
            )
            found[row.session_id] = one
        one.title_fr, one.title_en = row.title_fr, row.title_en
        for name, value in row.before.items():
            one.before.setdefault(name, value)
        one.after |= row.after
    return [one for one in map(_without_alike, found.values()) if _is_difference(one)]


def _without_alike(one: SessionDifference) -> SessionDifference:
    """Leave out the fields that are again as they were; a time or a place is kept whole."""
    if one.is_new:
        one.before = {}
        return one
    differing = {name for name in one.after if one.before.get(name) != one.after[name]}
    if differing & set(SCHEDULE_FIELDS):
        differing |= {name for name in SCHEDULE_FIELDS if name in one.after}
    one.before = {name: value for name, value in one.before.items() if name in differing}
    one.after = {name: value for name, value in one.after.items() if name in differing}
    return one


def _is_difference(one: SessionDifference) -> bool:
    if one.is_new:
        return one.after.get("status") != "cancelled"
    return bool(one.after)
