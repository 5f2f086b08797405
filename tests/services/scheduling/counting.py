"""Counts the statements that a service sends to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from shared.database import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """Give a list that fills with the statements sent within the block, BEGIN left out.

    So is what the footer of every page reads of the site's texts.
    """
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN") and "site_texts" not in statement:
            sent.append(statement)

    glance = database.glance

    def noted(statement: Any, parameters: Any = None) -> Any:
        sent.append(str(statement))
        return glance(statement, parameters)

    event.listen(database.engine, "before_cursor_execute", note)
    if not database.is_sqlite:  # PostgreSQL is glanced at without SQLAlchemy's engine
        database.glance = noted  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
        database.glance = glance  # type: ignore[method-assign]
