"""Whatever refers to one row refers to another from now on, in every table that can."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Base
from services.scheduling.models.referring import referring


def repoint(db: DbSession, model: type[Base], old_id: UUID, new_id: UUID) -> None:
    """Let every row that refers to the old one refer to the new one.

    Where a row would then be there twice (somebody presents an activity under both names), one of
    the two goes. What is read by the ORM already is expired.
    """
    db.flush()
    for table, column in referring(model):
        for others in _unique_with(table, column):
            _drop_twins(db, table, column, others, old_id, new_id)
        db.execute(sa.update(table).where(column == old_id).values({column.name: new_id}))
    db.expire_all()


def _unique_with(table: sa.Table, column: sa.Column[Any]) -> Iterator[list[sa.Column[Any]]]:
    """Return the columns that are unique together with this one, for each such rule."""
    rules: list[Iterable[sa.Column[Any]]] = [table.primary_key.columns]
    rules += [rule.columns for rule in table.constraints if isinstance(rule, sa.UniqueConstraint)]
    for columns in rules:
        if column.name in {one.name for one in columns}:
            yield [one for one in columns if one.name != column.name]


def _drop_twins(
    db: DbSession,
    table: sa.Table,
    column: sa.Column[Any],
    others: list[sa.Column[Any]],
    old_id: UUID,
    new_id: UUID,
) -> None:
    twin = table.alias()
    same = [twin.c[other.name] == other for other in others]
    exists = sa.exists(sa.select(sa.literal(1)).where(twin.c[column.name] == new_id, *same))
    db.execute(sa.delete(table).where(column == old_id, exists))
