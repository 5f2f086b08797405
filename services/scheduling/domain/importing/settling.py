"""Comparing what a source states of one table with what is stored there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.scheduling.domain.importing.outcome import Counts, Rows
from services.scheduling.domain.importing.stored import columns_of
from services.scheduling.models import Base
from shared.identifiers import new_id

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Settled(Generic[Row]):
    """One table: its rows as they will be, by name in the source, and what has to be written."""

    model: type[Row]
    rows: Mapping[str, Row]
    inserts: tuple[dict[str, Any], ...]
    updates: tuple[dict[str, Any], ...]

    @property
    def counts(self) -> Counts:
        """Return how many rows are created, changed and left alone."""
        created, changed = len(self.inserts), len(self.updates)
        return Counts(created, changed, len(self.rows) - created - changed)

    @property
    def to_insert(self) -> Rows:
        """Return the new rows with their table."""
        return self.model, self.inserts

    @property
    def to_update(self) -> Rows:
        """Return the changed rows with their table."""
        return self.model, self.updates


def settle(
    model: type[Row],
    stored: Mapping[str, Row],
    stated: Mapping[str, dict[str, Any]],
    *,
    source: str | None = None,
) -> Settled[Row]:
    """Compare the stated columns with the stored rows, both by their names.

    With `source`, a new row keeps it and its name there, by which it is found again.
    """
    rows: dict[str, Row] = {}
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    for name, columns in stated.items():
        before = stored.get(name)
        if before is None:
            origin = {"source": source, "source_id": name} if source else {}
            row = {**blank(model), "id": new_id(), **origin, **columns}
            inserts.append(row)
            rows[name] = model(**row)
        elif changes_anything(before, columns):
            updates.append({"id": columns_of(before)["id"], **columns})
            rows[name] = model(**{**columns_of(before), **columns})
        else:
            rows[name] = before
    return Settled(model, rows, tuple(inserts), tuple(updates))


def blank(model: type[Base]) -> dict[str, Any]:
    """Return every column of a table, null."""
    return dict.fromkeys(model.__table__.columns.keys())


def changes_anything(before: Base, columns: Mapping[str, Any]) -> bool:
    """Tell whether one of the columns differs from what is stored."""
    return any(getattr(before, name) != value for name, value in columns.items())
