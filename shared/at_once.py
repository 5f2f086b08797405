"""One statement that is a transaction of its own: one round trip from its first lock to its commit.

A transaction of several statements holds its locks while its client works and waits for a turn, and
each round trip costs both sides. Where the database itself can tell whether to go on, all of it can
be one statement. Whoever sends it can do the same in an ordinary transaction, which says what is
the matter if it could not be done.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.deadlines import seconds_left
from shared.glancing import lent_cursor

#: Seconds after which the server gives up such a statement, so that nothing is done of it once its
#: client has gone; and the seconds that must be left until a deadline for one to be sent.
PATIENCE, MARGIN = 2.0, 2.5


class Undone(Exception):
    """Nothing was done, or nobody can tell: ask what is there before it is done again."""


def run_at_once(engine: Engine, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run a statement in the driver's words on an engine in autocommit; return its first row.

    Its first `%s` is the instant until which the server may begin, to be compared with
    `statement_timestamp()`: one that was frozen would do it once nobody waits for it any more. With
    what the server is given to end it, that is before the deadline.

    Raises `Undone`: a constraint refused it, the server was too slow or is away, or the deadline is
    too near.
    """
    try:
        with lent_cursor(engine) as cursor:
            left = seconds_left(at_most=2 * PATIENCE) or 0.0
            if left < MARGIN:
                raise Undone
            until = datetime.now(UTC) + timedelta(seconds=left - PATIENCE)
            cursor.execute(statement, (until, *values))
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row
    except (psycopg.Error, SQLAlchemyError) as error:  # of the driver, or of its pool
        raise Undone from error
