"""The time of day, passed in wherever it is needed and never read in a domain."""

from collections.abc import Callable
from datetime import UTC, datetime

#: Gives the current instant, aware and in UTC.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the current instant, in UTC, to the microsecond."""
    return datetime.now(UTC)
