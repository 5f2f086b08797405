"""A release: an edition's changes become public together, in one transaction with their events."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain import history
from services.scheduling.domain.releasing.changes import SessionChange
from services.scheduling.domain.releasing.noting import note_alike
from services.scheduling.domain.releasing.partners_told import tell_partners
from services.scheduling.domain.releasing.pending import pending_changes
from services.scheduling.domain.releasing.presenting import present
from services.scheduling.domain.releasing.published_row import published_row
from services.scheduling.domain.session_state import edition_state
from services.scheduling.models import (
    Edition,
    PublishedPresenter,
    PublishedSession,
    Release,
    ReleasedSession,
    Session,
)
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record, record_all

#: How many sessions are written by one statement.
BATCH = 200

#: What the seats of a session begin with, until registration has counted them.
_UNCOUNTED = {
    "seats_left": None,
    "seats_taken": 0,
    "bookings": 0,
    "waiting": 0,
    "seats_version": 0,
}


class ChangedMeanwhile(Exception):
    """What waits to be released is no longer what was seen: look at it and decide again."""


@dataclass(frozen=True)
class Released:
    """What a release did; `sessions` are in order of time."""

    id: UUID
    number: int
    sessions: tuple[UUID, ...]


def release(
    db: DbSession,
    edition_id: UUID,
    *,
    now: datetime,
    account_id: UUID | None = None,
    note: str | None = None,
    seen: str | None = None,
    only: Iterable[UUID] | None = None,
    leave_out: Iterable[UUID] = (),
    blocking_conflicts: int = 0,
    progress: Callable[[int], None] = lambda _count: None,
) -> Released | None:
    """Publish an edition's pending changes, in the caller's transaction; None if there is nothing.

    What is held back stays out, and so does `leave_out`, which names sessions and organisations;
    with `only`, every other session does.
    `seen` is the digest of the pending changes that somebody confirmed: raises `ChangedMeanwhile`
    before anything is written when they are others by now. In spite of how many
    `blocking_conflicts` it is done is kept with it. `progress` is told how many more
    sessions are published. One release of an edition is made at a time.
    """
    this = sa.select(Edition.id).where(Edition.id == edition_id)
    db.execute(this.with_for_update(key_share=True)).one()  # activities may still be added to it
    pending = pending_changes(db, edition_id, only)
    if seen is not None and seen != pending.digest:
        raise ChangedMeanwhile(str(edition_id))
    left_out = set(leave_out)
    changes = [change for change in pending.to_release if change.id not in left_out]
    _keep_new_sessions(db, changes)
    is_first = pending.edition.published is None
    edition_changes = bool(pending.edition_fields) and (only is None or is_first)
    organisations = [one for one in pending.organisations if one.id not in left_out]
    if not (changes or edition_changes or organisations):
        return None
    released = Released(
        new_id(), _next_number(db, edition_id), tuple(change.id for change in changes)
    )
    if only is None or is_first:
        pending.edition.published = edition_state(pending.edition)
    row = _release(released, edition_id, account_id, note, now, changes)
    row.blocking_conflicts = blocking_conflicts
    db.add(row)
    db.flush()
    for batch in _batches(changes):
        _publish(db, batch, released.id, now)
        progress(len(batch))
    by: Any = {"account_id": account_id, "now": now, "edition_id": edition_id}
    present(db, organisations, released.number, **by)
    note_alike(db, pending)
    record(db, _closing(released, edition_id), now=now)
    told_by: Any = {"number": released.number, "account_id": account_id, "now": now}
    tell_partners(db, pending.edition, changes, release_id=released.id, **told_by)
    name = pending.edition.name_fr
    told = {"number": released.number, "sessions": len(changes)}
    if blocking_conflicts:
        told["blocking_conflicts"] = blocking_conflicts
    history.note(db, "editions", edition_id, "released", name, after=told, comment=note, **by)
    return released


def _keep_new_sessions(db: DbSession, changes: Sequence[SessionChange]) -> None:
    """Keep anybody from deleting what is about to be published; raises `ChangedMeanwhile`."""
    new = [change.id for change in changes if change.before is None]
    these = sa.select(Session.id).where(Session.id.in_(new)).order_by(Session.id)
    if new and len(db.scalars(these.with_for_update(read=True, key_share=True)).all()) < len(new):
        raise ChangedMeanwhile("a session was deleted")


def _next_number(db: DbSession, edition_id: UUID) -> int:
    latest = sa.select(sa.func.max(Release.number)).where(Release.edition_id == edition_id)
    return (db.scalar(latest) or 0) + 1


def _release(
    released: Released,
    edition_id: UUID,
    account_id: UUID | None,
    note: str | None,
    now: datetime,
    changes: Sequence[SessionChange],
) -> Release:
    return Release(
        id=released.id,
        edition_id=edition_id,
        number=released.number,
        note=note,
        released_at=now,
        account_id=account_id,
        counts=dict(Counter(change.kind for change in changes)),
    )


def _publish(
    db: DbSession, changes: Sequence[SessionChange], release_id: UUID, now: datetime
) -> None:
    created, changed, facts, told = [], [], [], []
    for change in changes:
        row = published_row(
            change.parts,
            change.after,
            version=change.version + 1,
            sequence=change.sequence + change.is_rescheduled,
            now=now,
        )
        if change.before is None:
            created.append({**row, **_UNCOUNTED})
        else:
            changed.append(row)
        facts.append(_published(row, release_id))
        told.append(_history(change, release_id))
    if created:
        db.execute(sa.insert(PublishedSession), created)
    if changed:
        db.execute(sa.update(PublishedSession), changed)
    db.execute(sa.insert(ReleasedSession), told)
    _cast(db, changes)
    record_all(db, facts, now=now)


def _cast(db: DbSession, changes: Sequence[SessionChange]) -> None:
    """Write down who presents these sessions, by whom their feeds are found."""
    ids = [change.id for change in changes]
    db.execute(sa.delete(PublishedPresenter).where(PublishedPresenter.session_id.in_(ids)))
    rows = [
        {"session_id": change.id, "presenter_id": presenter_id}
        for change in changes
        for presenter_id in change.parts.cast.ids
    ]
    if rows:
        db.execute(sa.insert(PublishedPresenter), rows)


def _published(row: dict[str, Any], release_id: UUID) -> Fact:
    return Fact(SESSION_PUBLISHED, row["id"], row["version"], row["details"], release_id=release_id)


def _history(change: SessionChange, release_id: UUID) -> dict[str, Any]:
    before, after = change.for_history()
    return {
        "release_id": release_id,
        "session_id": change.id,
        "kind": change.kind,
        "title_fr": change.after["title"]["fr"],
        "title_en": change.after["title"]["en"],
        "before": before,
        "after": after,
    }


def _closing(released: Released, edition_id: UUID) -> Fact:
    data = {
        "id": str(released.id),
        "edition_id": str(edition_id),
        "sessions": [str(session_id) for session_id in released.sessions],
    }
    return Fact(RELEASE_PUBLISHED, released.id, 1, data, release_id=released.id)


def _batches(changes: Sequence[SessionChange]) -> Iterator[Sequence[SessionChange]]:
    for start in range(0, len(changes), BATCH):
        yield changes[start : start + BATCH]
