"""A service's context for a test: a migrated database, known settings, a clock that is set."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.clock import Clock
from shared.context import ServiceContext, build_context
from shared.settings import Settings
from shared.testing.migrated import migrate_quickly
from shared.testing.run_folder import current_run

#: When tests take place unless they say otherwise: a Thursday, a week before the demo festival.
NOW = datetime(2026, 9, 24, 8, 0, tzinfo=UTC)

#: A key long enough to sign cookies with, known to every test.
SECRET_KEY = "only for tests: " + "0123456789abcdef" * 2


class FrozenClock:
    """A clock that stands still until it is told otherwise; call it to read it (UTC)."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """Put the clock to an aware instant."""
        self.now = now.astimezone(UTC)

    def advance(self, **duration: float) -> datetime:
        """Move the clock on by `timedelta(**duration)` and return the new instant."""
        self.now += timedelta(**duration)
        return self.now


def make_context(
    service: str, database_url: str, *, clock: Clock | None = None, **settings: Any
) -> ServiceContext:
    """Return the context of a service on this database, which is migrated first if need be.

    `settings` replaces fields of `Settings`; the data folder is a new temporary one unless given.
    The clock is a `FrozenClock` at `NOW` unless given.
    """
    clock = clock or FrozenClock()
    migrate_quickly(database_url, service, clock=clock)
    values: dict[str, Any] = {
        "amqp_url": "memory://",
        "public_url": "http://127.0.0.1:8000",
        "secret_key": SECRET_KEY,
    }
    values.update(settings)
    if "data" not in values:
        values["data"] = Path(tempfile.mkdtemp(prefix="data-", dir=current_run()))
    chosen = Settings(service=service, database_url=database_url, **values)
    return build_context(chosen, clock=clock)
