"""PostgreSQL connections, and their pool, that keep the deadline of whoever waits."""

from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy.pool import QueuePool

from shared.deadlines import Breaker, seconds_left

#: Seconds for which a connection of the pool is waited for where there is no deadline.
POOL_PATIENCE = 30.0

#: The fewest seconds for which a new connection is tried: libpq takes less for two.
_SHORTEST_CONNECT = 2


class PromptConnection(psycopg.Connection[Any]):
    """A connection that is closed when its answer does not come by the deadline.

    What it asked for last may have been done or not, as with any connection that breaks: that is
    what idempotency keys are for.
    """

    breaker: Breaker

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server, no longer than until the deadline."""
        left = seconds_left(at_most=timeout)
        if left is None:
            return super().wait(gen, interval)
        try:
            found = super().wait(gen, interval, left)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            self.breaker.failed()
            raise psycopg.OperationalError("no answer came by the deadline") from error
        self.breaker.answered()
        return found


def connect(breaker: Breaker, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Return a new connection; raises `psycopg.OperationalError`, by the deadline."""
    left = seconds_left()
    if left is not None:
        if left <= 0:
            raise psycopg.OperationalError("no connection was to be had by the deadline")
        options = {**options, "connect_timeout": max(_SHORTEST_CONNECT, int(left))}
    try:
        connection = PromptConnection.connect(*arguments, **options)
    except psycopg.errors.ConnectionTimeout:
        if left is not None:
            breaker.failed()
        raise
    connection.breaker = breaker
    return connection


class PromptPool(QueuePool):
    """A pool whose connections are waited for until the deadline, and no longer."""

    @property
    def _timeout(self) -> float:
        left = seconds_left(at_most=POOL_PATIENCE)
        return POOL_PATIENCE if left is None else left

    @_timeout.setter
    def _timeout(self, _seconds: float) -> None:
        """Leave it to the deadline."""
