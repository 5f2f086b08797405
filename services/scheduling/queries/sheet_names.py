"""The names that the template of a spreadsheet offers to choose from."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Commune, Organisation, Venue

#: The most names of one kind that a list offers.
MOST = 2_000


@dataclass(frozen=True)
class KnownNames:
    """What is known here, by name."""

    venues: tuple[str, ...]
    organisations: tuple[str, ...]
    communes: tuple[str, ...]


def known_names(db: DbSession) -> KnownNames:
    """Return the names of venues, organisations and communes, in order, each once."""
    return KnownNames(_names(db, Venue), _names(db, Organisation), _names(db, Commune))


def _names(db: DbSession, model: Any) -> tuple[str, ...]:
    query = sa.select(model.name).distinct().order_by(model.name).limit(MOST)
    return tuple(db.scalars(query))
