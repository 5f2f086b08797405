"""What every entrypoint of a service is given: its settings, its database and the clock."""

from dataclasses import dataclass

from shared.clock import Clock, system_clock
from shared.database import Database
from shared.settings import Settings


@dataclass(frozen=True)
class ServiceContext:
    """One service's parts, put together at its composition root."""

    settings: Settings
    database: Database
    clock: Clock = system_clock

    @property
    def service(self) -> str:
        """Return the service's name."""
        return self.settings.service


def build_context(settings: Settings, *, clock: Clock = system_clock) -> ServiceContext:
    """Open the service's database and return its context."""
    return ServiceContext(settings, Database(settings.database_url), clock)
