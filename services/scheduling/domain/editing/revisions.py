"""Revisions: who saves says what they have seen, so that nobody overwrites another's change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

# Imported here so that nothing is edited unwatched.
import services.scheduling.domain.history  # noqa: F401
from services.scheduling.models.base import Editable
from shared.i18n import LazyText

Row = TypeVar("Row", bound=Editable)


class Unknown(Exception):
    """There is no such row, or no longer."""


class Conflict(Exception):
    """Somebody changed the row since it was seen; `row` is as it is now."""

    def __init__(self, row: Any) -> None:
        super().__init__(f"revision {row.revision}")
        self.row = row


class Invalid(Exception):
    """Values that cannot be saved; `faults` has a sentence for each field."""

    def __init__(self, faults: Mapping[str, LazyText | str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


def take(
    db: DbSession,
    model: type[Row],
    row_id: UUID,
    revision: int | None,
    *,
    to_delete: bool = False,
) -> Row:
    """Lock a row for changing it and return it as it is now.

    Others may refer to it meanwhile, such as a release, unless it is taken `to_delete`. Raises
    `Unknown`, and `Conflict` unless it is at the revision that was seen. None skips that check, for
    what cannot lose anybody's work.
    """
    identifier = model.__table__.c.id  # type: ignore[attr-defined]
    row = db.scalars(
        sa.select(model)
        .where(identifier == row_id)
        .with_for_update(of=model, key_share=not to_delete)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise Unknown(str(row_id))
    if revision is not None and row.revision != revision:
        db.expunge(row)  # so that it can be read when the transaction is over
        raise Conflict(row)
    return row


def touch(row: Editable, *, account_id: UUID | None, now: datetime) -> None:
    """Count a change of the row, by this account, at this instant."""
    row.revision += 1
    row.edited_at = now
    row.edited_by_id = account_id


def change(
    row: Editable, values: Mapping[str, Any], *, account_id: UUID | None, now: datetime
) -> bool:
    """Give a row its new values; return whether any differed, which counts as one change."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    if differing:
        touch(row, account_id=account_id, now=now)
    return bool(differing)
