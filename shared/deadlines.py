"""By when whoever waits is given an answer, and what everything underneath may take until then.

A page sets the deadline; the collector, the pool, the SQLite gate and PostgreSQL's connections keep
it, so that a database that is frozen, locked or overrun is a sentence within seconds. Without a
deadline, as in workers and commands, everything is as patient as it was.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class TooSlow(Exception):
    """What was asked for could not be had by the deadline; nothing of it is half done."""


@contextmanager
def answer_within(seconds: float) -> Iterator[None]:
    """Do the block under a deadline, which is never later than one that was set outside it."""
    outer = _deadline.get()
    mine = time.monotonic() + seconds
    token = _deadline.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left(*, at_most: float | None = None) -> float | None:
    """Return the seconds until the deadline, at least 0; without one, `at_most`."""
    deadline = _deadline.get()
    if deadline is None:
        return at_most
    left = max(0.0, deadline - time.monotonic())
    return left if at_most is None else min(left, at_most)


class Breaker:
    """Spares a database that answers nothing, and those who wait for it: they are told at once.

    After `FAILURES` answers in a row that did not come by their deadline it lets through one
    request a second, until one is answered. Any thread may use it.
    """

    FAILURES = 3
    PAUSE = 1.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._next_try = 0.0

    def check(self) -> None:
        """Raise `TooSlow` where it is not worth asking: only of somebody under a deadline."""
        if self._failures < self.FAILURES or _deadline.get() is None:
            return
        with self._lock:
            now = time.monotonic()
            if self._failures >= self.FAILURES and now < self._next_try:
                raise TooSlow
            self._next_try = now + self.PAUSE

    def failed(self) -> None:
        """Note that no answer came by a deadline."""
        with self._lock:
            self._failures += 1
            if self._failures == self.FAILURES:
                self._next_try = time.monotonic() + self.PAUSE

    def answered(self) -> None:
        """Note that the database answers."""
        self._failures = 0
