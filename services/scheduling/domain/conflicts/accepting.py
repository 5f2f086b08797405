"""Conflicts that were seen and are meant to be: who said so, and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts.conflict import Conflict
from services.scheduling.domain.conflicts.rules import RULES
from services.scheduling.domain.history import note as note_in_history
from services.scheduling.models import AcceptedConflict, Account, Edition
from shared.database import insert_ignoring

#: The most characters of a note.
LONGEST_NOTE = 500

_KEY = re.compile(r"([a-z_]{1,60})-[0-9a-f]{24}")

#: Asked about at once; above it all of the edition's are read.
_FEW = 200


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepted a conflict (a name, or none for a command), when (UTC), and why."""

    by: str | None
    at: datetime
    note: str | None


def is_key(text: str) -> bool:
    """Tell whether a text can be the key of a conflict."""
    found = _KEY.fullmatch(text)
    return found is not None and found[1] in RULES


def accept_conflict(
    db: DbSession,
    edition_id: UUID,
    key: str,
    *,
    note: str | None,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Keep that a conflict is meant to be; who accepts it again changes the note."""
    values = {"note": note, "account_id": account_id, "accepted_at": now}
    table = AcceptedConflict.__table__
    assert isinstance(table, sa.Table)  # noqa: S101 - for the type checker
    made = db.execute(insert_ignoring(db, table).values(edition_id=edition_id, key=key, **values))
    if not made.rowcount:  # type: ignore[attr-defined]
        db.execute(sa.update(AcceptedConflict).where(*_one(edition_id, key)).values(values))
    _record(db, edition_id, "accepted_conflict", note, account_id, now)


def take_back_acceptance(
    db: DbSession, edition_id: UUID, key: str, *, account_id: UUID | None, now: datetime
) -> bool:
    """Let a conflict stand in the way again; tell whether it had been accepted."""
    gone = db.execute(sa.delete(AcceptedConflict).where(*_one(edition_id, key)))
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    _record(db, edition_id, "reopened_conflict", None, account_id, now)
    return True


def with_acceptances(
    db: DbSession, edition_id: UUID, conflicts: Iterable[Conflict]
) -> list[Conflict]:
    """Return conflicts with what was said of them."""
    found = list(conflicts)
    if not found:
        return found
    wanted = (
        sa.select(
            AcceptedConflict.key,
            AcceptedConflict.note,
            AcceptedConflict.accepted_at,
            Account.name,
        )
        .outerjoin(Account, Account.id == AcceptedConflict.account_id)
        .where(AcceptedConflict.edition_id == edition_id)
    )
    if len(found) <= _FEW:
        wanted = wanted.where(AcceptedConflict.key.in_([conflict.key for conflict in found]))
    accepted = {
        row.key: Acceptance(row.name, row.accepted_at, row.note) for row in db.execute(wanted)
    }
    return [
        replace(conflict, accepted=accepted[conflict.key]) if conflict.key in accepted else conflict
        for conflict in found
    ]


def _record(
    db: DbSession,
    edition_id: UUID,
    action: str,
    comment: str | None,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Keep in the edition's history who did it."""
    note_in_history(
        db,
        "editions",
        edition_id,
        action,
        db.get_one(Edition, edition_id).name_fr,
        comment=comment,
        account_id=account_id,
        now=now,
        edition_id=edition_id,
    )


def _one(edition_id: UUID, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return AcceptedConflict.edition_id == edition_id, AcceptedConflict.key == key
