"""One SELECT at the cost of one: for what is asked very often and changes nothing.

SQLAlchemy takes four times as long over a small SELECT as its driver does: a connection, an
execution context and a result are made for it, and a connection of its pool changes between
transactions and none. Here statements are compiled once, and run by psycopg on connections that
never begin a transaction. Measured in `docs/decisions/unchanged-feeds-are-answered-first.md`.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine

#: A row: its columns by name, in their order.
GlancedRow = Any


class Glancer:
    """Runs SELECTs on an engine that is always in autocommit, and gives their first rows."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._prepared: dict[int, _Prepared] = {}

    def first(
        self, statement: sa.Select[*tuple[Any, ...]], parameters: Mapping[str, Any]
    ) -> GlancedRow | None:
        """Return the first row; parameters are values as psycopg takes them, such as `UUID`.

        Statements are known by identity: they are made once, when a module is imported. Errors are
        SQLAlchemy's, since a statement that failed is run again by it, on a new connection.
        """
        prepared = self._prepared.get(id(statement))
        if prepared is None:
            prepared = self._prepared[id(statement)] = _Prepared(statement, self.engine)
        try:
            row = self._run(prepared, parameters)
        except psycopg.Error:
            with self.engine.connect() as again:
                found = again.execute(statement, dict(parameters)).first()
            return None if found is None else prepared.row(*found)
        return None if row is None else prepared.read(row)

    def _run(self, prepared: "_Prepared", parameters: Mapping[str, Any]) -> Any:
        with lent_cursor(self.engine) as cursor:
            cursor.execute(prepared.text, {**prepared.constants, **parameters})
            return cursor.fetchone()


@contextmanager
def lent_cursor(engine: Engine) -> Iterator[Any]:
    """Give a cursor of the driver, on a connection of the pool of an engine in autocommit.

    Raises the driver's errors, `psycopg.Error`; after one the connection is not used again, unless
    it was a constraint that refused (`IntegrityError`).
    """
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        with driver.cursor(binary=True) as cursor:
            yield cursor
    except psycopg.Error as error:
        if not isinstance(error, psycopg.IntegrityError):
            connection.invalidate()
        raise
    finally:
        connection.close()


class _Prepared:
    """A statement in the driver's words, and how its rows are read."""

    def __init__(self, statement: sa.Select[*tuple[Any, ...]], engine: Engine) -> None:
        compiled = statement.compile(dialect=engine.dialect)
        self.statement = statement  # kept, so that nothing else is given its identity
        self.text = str(compiled)
        self.constants = dict(compiled.params)
        columns = list(statement.selected_columns)
        make: Any = namedtuple
        self.row = make("Row", [str(column.key) for column in columns], rename=True)
        self._readers: list[Callable[[Any], Any] | None] = [
            column.type.dialect_impl(engine.dialect).result_processor(engine.dialect, None)
            for column in columns
        ]

    def read(self, values: tuple[Any, ...]) -> GlancedRow:
        return self.row(
            *(
                read(value) if read else value
                for read, value in zip(self._readers, values, strict=True)
            )
        )
