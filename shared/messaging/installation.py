"""When this service's database was first installed: events older than that feed copies only."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.messaging.tables import INSTALLATION


class NotInstalled(Exception):
    """The database has not been migrated by `parvis migrate` yet."""


def installed_at(db: Session) -> datetime:
    """Return the instant of installation (UTC); raises `NotInstalled`."""
    moment: datetime | None = db.scalar(sa.select(sa.func.min(INSTALLATION.c.installed_at)))
    if moment is None:
        raise NotInstalled
    return moment
