"""Two rows side by side, for whoever decides which one is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Base, Commune
from services.scheduling.models.referring import referring


@dataclass(frozen=True)
class Compared:
    """A row, its commune's name, and how many rows of which tables refer to it."""

    row: Any
    commune: str | None
    uses: dict[str, int]


def compared(db: DbSession, model: type[Base], ids: Sequence[UUID]) -> list[Compared]:
    """Return the rows that there are of these, in this order."""
    found = []
    for row_id in ids:
        row = db.get(model, row_id)
        if row is None:
            continue
        commune_id = getattr(row, "commune_id", None)
        commune = db.get(Commune, commune_id) if commune_id else None
        found.append(Compared(row, commune.name if commune else None, _uses(db, model, row_id)))
    return found


def _uses(db: DbSession, model: type[Base], row_id: UUID) -> dict[str, int]:
    uses = {}
    for table, column in referring(model):
        number = sa.select(sa.func.count()).select_from(table).where(column == row_id)
        uses[table.name] = db.scalar(number) or 0
    return uses
