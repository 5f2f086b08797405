"""Many rows in one statement: PostgreSQL takes them as one JSON document, SQLite one by one.

The portable way sends every row to PostgreSQL on its own, which costs it and us more than storing
them: a batch of 32 registrations takes a third of the processor time as one document.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from shared.database import insert_ignoring

_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_rows(
    db: Session, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, ignoring: bool = False
) -> int:
    """Insert rows, in their order, and return how many; all have the same columns.

    `ignoring` leaves alone rows that exist already. Columns that the rows do not name take the
    database's default, not the model's.
    """
    if not rows:
        return 0
    if db.get_bind().dialect.name == "postgresql":
        statement = _insert_document(table, tuple(rows[0]), ignoring)
        return db.connection().exec_driver_sql(statement, (document(rows),)).rowcount
    insert = insert_ignoring(db, table) if ignoring else sa.insert(table)
    insert = insert.execution_options(preserve_rowcount=True)
    return db.connection().execute(insert, list(rows)).rowcount


def document(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as one JSON document for PostgreSQL's `jsonb_to_recordset`."""
    return json.dumps(rows, default=_plain, separators=(",", ":"))


def record_definition(table: sa.Table, columns: Sequence[str]) -> str:
    """Return the columns with their types, as `jsonb_to_recordset` wants them."""
    return ", ".join(f"{name} {_type(table.c[name])}" for name in columns)


@cache
def _insert_document(table: sa.Table, columns: tuple[str, ...], ignoring: bool) -> str:
    names = ", ".join(columns)
    return (
        f"INSERT INTO {table.name} ({names}) "  # noqa: S608 - names from our own models
        f"SELECT {names} FROM jsonb_to_recordset(%s::jsonb) "
        f"AS row ({record_definition(table, columns)})"
        + (" ON CONFLICT DO NOTHING" if ignoring else "")
    )


def _type(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.String):
        return "text"  # the column itself refuses what is too long
    return column.type.compile(dialect=_POSTGRESQL)


def _plain(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be stored in bulk")
