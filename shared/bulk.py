"""Many rows in one statement: PostgreSQL takes them as one JSON document, SQLite one by one.

The portable way sends every row to PostgreSQL on its own, which costs it and us more than storing
them: a batch of 32 registrations takes a third of the processor time as one document.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from shared.at_once import Undone
from shared.database import Database, insert_ignoring

_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows for one table, in their order; all have the same columns.

    `ignoring` leaves alone rows that exist already. Columns that the rows do not name take the
    database's default, not the model's.
    """

    table: sa.Table
    rows: Sequence[Mapping[str, Any]]
    ignoring: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """An UPDATE made once for each row of parameters.

    `each` takes one row; `document`, for PostgreSQL, takes them all as one JSON document (`%s`).
    """

    each: sa.Update
    document: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """Rows that must be what they are supposed to be, or nothing is stored.

    `document` is a SELECT that locks, and finds those that are (`%s` takes all `rows`, as one JSON
    document); the condition holds if it finds as many as there are.
    """

    document: str
    rows: Sequence[Mapping[str, Any]]


def insert_rows(db: Session, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows into one table, as `store_together` does, and return how many."""
    return store_together(db, Rows(table, rows))[0]


def store_together(db: Session, *parts: Rows | Update) -> list[int]:
    """Insert and update rows in several tables; return how many it were in each.

    On PostgreSQL this is one statement, hence one round trip, whatever the number of tables. So no
    part sees what another one does, but for the foreign keys.
    """
    if db.get_bind().dialect.name != "postgresql":
        return [_store_one_by_one(db, part) for part in parts]
    filled = [part for part in parts if part.rows]
    if not filled:
        return [0 for _ in parts]
    statement = _statement(tuple(_shape(part) for part in filled))
    documents = tuple(document(part.rows) for part in filled)
    stored = iter(db.connection().exec_driver_sql(statement, documents).one())
    return [next(stored) if part.rows else 0 for part in parts]


def store_at_once(database: Database, given: Given, *parts: Rows | Update) -> bool:
    """Store the parts in one statement that is a transaction of its own, for PostgreSQL.

    Return whether it was done. If not, something is not as it was `given`, a constraint refuses it,
    or nobody can tell: then it is to be done again in a way that looks first. A server that is slow
    to read the statement does nothing any more: whoever sent it may have gone.
    """
    filled = [part for part in parts if part.rows]
    statement = _given_statement(given.document, tuple(_shape(part) for part in filled))
    documents = (document(part.rows) for part in filled)
    values = (len(given.rows), document(given.rows), *documents)
    try:
        row = database.at_once(statement, values)
    except Undone:
        return False
    return row == (True,)


def _store_one_by_one(db: Session, part: Rows | Update) -> int:
    if not part.rows:
        return 0
    if isinstance(part, Update):
        return db.connection().execute(part.each, list(part.rows)).rowcount
    insert = insert_ignoring(db, part.table) if part.ignoring else sa.insert(part.table)
    insert = insert.execution_options(preserve_rowcount=True)
    return db.connection().execute(insert, list(part.rows)).rowcount


def document(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as one JSON document for PostgreSQL's `jsonb_to_recordset`.

    Ids and times that have a zone are written as text; raises `TypeError` for what JSON has not.
    """
    try:
        return orjson.dumps(rows, default=_plain, option=_STRICTLY).decode()
    except TypeError:  # it refuses more than JSON does: keys that are a kind of text, deep nesting
        return _write_slowly(rows)


def record_definition(table: sa.Table, columns: Sequence[str]) -> str:
    """Return the columns with their types, as `jsonb_to_recordset` wants them."""
    return ", ".join(f"{name} {_type(table.c[name])}" for name in columns)


def _shape(part: Rows | Update) -> "str | tuple[sa.Table, tuple[str, ...], bool]":
    if isinstance(part, Update):
        return part.document
    return part.table, tuple(part.rows[0]), part.ignoring


@cache
def _statement(shapes: "tuple[str | tuple[sa.Table, tuple[str, ...], bool], ...]") -> str:
    texts = [shape if isinstance(shape, str) else _insert(*shape) for shape in shapes]
    counts = ", ".join(f"(SELECT count(*) FROM part{n})" for n in range(len(texts)))  # noqa: S608
    return f"WITH {_parts(texts)} SELECT {counts}"


@cache
def _given_statement(
    given: str, shapes: "tuple[str | tuple[sa.Table, tuple[str, ...], bool], ...]"
) -> str:
    holds = "(SELECT holds FROM given)"
    texts = [
        f"{shape} AND {holds}" if isinstance(shape, str) else _insert(*shape, f" WHERE {holds}")
        for shape in shapes
    ]
    first = (
        "given AS (SELECT statement_timestamp() < %s AND count(*) = %s AS holds "  # noqa: S608
        f"FROM ({given}) AS found)"
    )
    return f"WITH {first}, {_parts(texts)} SELECT holds FROM given"  # noqa: S608


def _parts(texts: Sequence[str]) -> str:
    return ", ".join(f"part{n} AS ({text} RETURNING 1)" for n, text in enumerate(texts))


def _insert(table: sa.Table, columns: tuple[str, ...], ignoring: bool, where: str = "") -> str:
    names = ", ".join(columns)
    return (
        f"INSERT INTO {table.name} ({names}) "  # noqa: S608 - names from our own models
        f"SELECT {names} FROM jsonb_to_recordset(%s::jsonb) "
        f"AS row ({record_definition(table, columns)}){where}"
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


_STRICTLY = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_write_slowly = json.JSONEncoder(default=_plain, separators=(",", ":"), check_circular=False).encode
