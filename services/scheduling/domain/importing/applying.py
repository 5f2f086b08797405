"""Applying a plan: everything in one transaction, with the events that it causes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.importing.options import ImportRefused, Options
from services.scheduling.domain.importing.outcome import Plan, PlannedSession, Report, StalePlan
from services.scheduling.domain.importing.planning import plan
from services.scheduling.domain.importing.stored import columns_of, lock_versions
from services.scheduling.domain.programme import Programme
from services.scheduling.domain.publishing import publish_release
from services.scheduling.domain.session_parts import SessionParts
from services.scheduling.models import Base, Session
from shared.database import Database

#: How often an import is planned again because somebody changed its sessions meanwhile.
ATTEMPTS = 5

#: Is told how many rows are written, and of how many.
Progress = Callable[[int, int], None]


def bring_in(
    database: Database,
    programme: Programme,
    options: Options | None = None,
    *,
    now: datetime,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Plan the programme and apply the plan, again if somebody changes its sessions meanwhile.

    Reading and planning hold no lock. Raises `ImportRefused` when others never leave it alone.
    """
    for attempt in range(ATTEMPTS):
        with database.read() as db:
            drafted = plan(db, programme, options, now=now)
        if not drafted.size:
            return drafted.report
        try:
            with database.write() as db:
                return apply(db, drafted, now, progress)
        except StalePlan:
            continue
        except IntegrityError:  # another import made the same rows first, unless it never ends
            if attempt == ATTEMPTS - 1:
                raise
    raise ImportRefused(
        "Others are changing the same sessions at this moment; import the file again in a minute."
    )


def apply(
    db: DbSession,
    drafted: Plan,
    now: datetime,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Write a plan and record its release, in the caller's transaction.

    Raises `StalePlan`, before writing anything, when a session is no longer as it was planned on.
    """
    if lock_versions(db, drafted.source) != drafted.basis:
        raise StalePlan(drafted.source)
    steps = _Steps(drafted.size, progress)
    for model, rows in drafted.inserts:
        if rows:
            db.execute(sa.insert(model), list(rows))
            steps.take(len(rows))
    for model, rows in drafted.updates:
        _update(db, model, rows)
        steps.take(len(rows))
    _write_sessions(db, drafted, now)
    steps.take(len(drafted.sessions))
    release_id = publish_release(
        db,
        drafted.edition.id,
        [_as_of(planned, now) for planned in drafted.sessions],
        now=now,
        progress=steps.take,
    )
    return replace(drafted.report, release_id=release_id)


def _write_sessions(db: DbSession, drafted: Plan, now: datetime) -> None:
    created = [planned.row | {"changed_at": now} for planned in drafted.sessions if planned.is_new]
    if created:
        db.execute(sa.insert(Session), created)
    changed = [
        planned.row | {"changed_at": now} for planned in drafted.sessions if not planned.is_new
    ]
    _update(db, Session, changed)


def _update(db: DbSession, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Update rows by their `id`, in bulk."""
    if rows:
        # A list it must be: given a tuple, SQLAlchemy updates without a condition.
        db.execute(sa.update(model), list(rows))


def _as_of(planned: PlannedSession, now: datetime) -> SessionParts:
    session = Session(**columns_of(planned.parts.session) | {"changed_at": now})
    return replace(planned.parts, session=session)


class _Steps:
    """Counts the rows that are written and tells how far it is."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def take(self, count: int) -> None:
        """Count so many more."""
        self._done += count
        self._progress(self._done, self._total)
