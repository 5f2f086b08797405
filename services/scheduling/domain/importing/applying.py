"""Applying a plan: everything in one transaction, with the events that it causes."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.crediting import credit
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.history import acting, write_entries
from services.scheduling.domain.importing.options import ImportRefused, Options
from services.scheduling.domain.importing.outcome import Plan, Report, StalePlan
from services.scheduling.domain.importing.planning import plan
from services.scheduling.domain.importing.remembering import entries_of
from services.scheduling.domain.importing.stored import lock_revisions
from services.scheduling.domain.programme import Programme
from services.scheduling.domain.releasing import ChangedMeanwhile, pending_changes, release
from services.scheduling.models import Activity, Base, Edition, Organisation, Session, Venue
from shared.database import Database
from shared.i18n import lazy_gettext as _l

#: How often an import is planned again because somebody changed its sessions meanwhile.
ATTEMPTS = 5

#: How many activities are credited by one round of statements.
CREDITED = 500

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
        except (StalePlan, ChangedMeanwhile):
            continue
        except IntegrityError:  # another import made the same rows first, unless it never ends
            if attempt == ATTEMPTS - 1:
                raise
    raise ImportRefused(
        _l(
            "D’autres changent les mêmes séances en ce moment ; importez le fichier de nouveau "
            "dans une minute."
        )
    )


def apply(
    db: DbSession,
    drafted: Plan,
    now: datetime,
    progress: Progress = lambda _done, _total: None,
    account_id: UUID | None = None,
    origin: str | None = None,
) -> Report:
    """Write a plan and, unless it brings drafts, release it, in the caller's transaction.

    What had been edited here before and waits to be released goes on waiting. `origin` is the name
    of the file, for the history. Raises `StalePlan`, before writing anything, when a row of the
    source is no longer as it was planned on, and `ChangedMeanwhile` when somebody deletes at this
    moment what would be released.
    """
    if lock_revisions(db, drafted.source, drafted.own) != drafted.basis:
        raise StalePlan(drafted.source)
    steps = _Steps(drafted.size, progress)
    by: dict[str, Any] = {"account_id": account_id, "now": now}
    by["origin"] = f"import: {origin or drafted.source}"
    acting(db, **by)
    entries = entries_of(db, drafted, by)
    waiting = _waiting(db, drafted)
    for model, rows in drafted.inserts:
        if rows:
            db.execute(sa.insert(model), list(rows))
            steps.take(len(rows))
    for model, rows in drafted.updates:
        _update(db, model, rows)
        steps.take(len(rows))
    _write_sessions(db, drafted)
    steps.take(len(drafted.sessions))
    write_entries(db, entries)
    db.expire_all()
    _credit(db, drafted, account_id, now)
    _refresh_search(db, drafted)
    if not drafted.is_released:
        return drafted.report
    released = release(
        db,
        drafted.edition.id,
        now=now,
        account_id=account_id,
        only=_waiting(db, drafted) - waiting,
        progress=steps.take,
    )
    if released is None:
        return drafted.report
    written = {planned.parts.session.id for planned in drafted.sessions}
    carried = len(set(released.sessions) - written)
    return replace(drafted.report, release_id=released.id, carried=carried)


def _waiting(db: DbSession, drafted: Plan) -> set[UUID]:
    """Return the sessions of the edition that wait to be released."""
    if not drafted.is_released or db.get(Edition, drafted.edition.id) is None:
        return set()
    return {change.id for change in pending_changes(db, drafted.edition.id).changes}


def _write_sessions(db: DbSession, drafted: Plan) -> None:
    created = [planned.row for planned in drafted.sessions if planned.is_new]
    if created:
        db.execute(sa.insert(Session), created)
    _update(db, Session, [planned.row for planned in drafted.sessions if not planned.is_new])


def _credit(db: DbSession, drafted: Plan, account_id: UUID | None, now: datetime) -> None:
    """Make those whom the file names the presenters of its activities."""
    tables = (*drafted.inserts, *drafted.updates)
    written = [row["id"] for model, rows in tables if model is Activity for row in rows]
    for start in range(0, len(written), CREDITED):
        credit(db, written[start : start + CREDITED], account_id=account_id, now=now)


def _refresh_search(db: DbSession, drafted: Plan) -> None:
    """Let the sessions be found by their new places and texts, named by the file or not."""
    ids: dict[type[Base], list[UUID]] = defaultdict(list)
    for model, rows in drafted.updates:
        ids[model] += [row["id"] for row in rows]
    organised = sa.select(Activity.id).where(Activity.organisation_id.in_(ids[Organisation]))
    refresh_searchable_of(
        db,
        sa.or_(
            Session.venue_id.in_(ids[Venue]),
            Session.activity_id.in_(ids[Activity]),
            Session.activity_id.in_(organised),
        ),
    )


def _update(db: DbSession, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Update rows by their `id`, in bulk, those with the same columns together."""

    def columns(row: dict[str, Any]) -> tuple[str, ...]:
        return tuple(sorted(row))

    for _, alike in groupby(sorted(rows, key=columns), key=columns):
        # A list it must be: given anything else, SQLAlchemy updates without a condition.
        db.execute(sa.update(model), list(alike))


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
