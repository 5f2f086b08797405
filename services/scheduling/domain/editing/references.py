"""What rows refer to: it must be there, and stay there until the transaction ends."""

from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE
from shared.i18n import LazyText

Row = TypeVar("Row")


class InUse(Exception):
    """A row that others refer to, or that was published, cannot be deleted; `sentence` says why."""

    def __init__(self, sentence: LazyText | str) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def refer(db: DbSession, model: type[Row], row_id: UUID | None) -> Row | None:
    """Return the row that is referred to, which cannot be deleted meanwhile; None if none is."""
    if row_id is None:
        return None
    return db.get(model, row_id, with_for_update={"read": True, "key_share": True})


def check_reference(db: DbSession, draft: Draft, name: str, model: type[Row]) -> None:
    """Refuse a draft's field that refers to a row which is not there."""
    if draft.touches(name) and draft[name] is not None and refer(db, model, draft[name]) is None:
        draft.fault(name, UNKNOWN_CHOICE)


def count(db: DbSession, column: Any, row_id: UUID) -> int:
    """Return how many rows refer to this one by that column."""
    return db.scalar(sa.select(sa.func.count()).where(column == row_id)) or 0
