"""Which columns refer to the rows of a table: read from the schema, so that none is forgotten."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from services.scheduling.models.base import Base


def referring(model: type[Base]) -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    """Return every column that refers to the rows of a table, with its own table."""
    identifier = model.__table__.c.id
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is identifier for key in column.foreign_keys):
                yield table, column
