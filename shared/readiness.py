"""Whether a service can do its work: its database answers and has every migration."""

from sqlalchemy.exc import SQLAlchemyError

from shared.database import Database
from shared.migrations import is_migrated


def why_not_ready(database: Database, service: str) -> str | None:
    """Return what keeps a service from working, as a word for operators, or `None`.

    `database_unreachable`: it does not answer; `not_migrated`: it has no tables, or older ones.
    """
    try:
        return None if is_migrated(database, service) else "not_migrated"
    except SQLAlchemyError:
        return "database_unreachable"


def is_ready(database: Database, service: str) -> bool:
    """Tell whether the service's database answers and has every migration."""
    return why_not_ready(database, service) is None
