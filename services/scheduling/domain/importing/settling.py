"""Comparing what a source states of one table with what is stored there.

What was changed here since the last import stays: a column takes the source's value only when the
source states another one than it did before, and nobody changed the row's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from services.scheduling.domain.importing.outcome import Counts, Kept, Rows
from services.scheduling.domain.importing.own_edits import Said, own_edits
from services.scheduling.domain.importing.stored import columns_of
from services.scheduling.models import Base
from services.scheduling.models.base import Editable, Sourced
from shared.identifiers import new_id

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Settled(Generic[Row]):
    """One table: its rows as they will be, by name in the source, and what has to be written.

    `notings` are rows of which only what the source states is written down; `kept` tells what was
    changed both here and there, and stays as it is here.
    """

    model: type[Row]
    rows: Mapping[str, Row]
    inserts: tuple[dict[str, Any], ...]
    updates: tuple[dict[str, Any], ...]
    notings: tuple[dict[str, Any], ...] = ()
    kept: tuple[Kept, ...] = ()

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

    @property
    def to_note(self) -> Rows:
        """Return the rows whose source states something new that is not taken, with their table."""
        return self.model, self.notings


@dataclass(frozen=True)
class Merge:
    """What a source's columns do to one row: the columns to write, and those that are kept."""

    taken: Mapping[str, Any]
    kept: tuple[str, ...]
    stated: Mapping[str, Any]
    is_news: bool


def settle(
    model: type[Row],
    stored: Mapping[str, Row],
    stated: Mapping[str, dict[str, Any]],
    *,
    now: datetime,
    source: str | None = None,
    ours: Mapping[str, Said] | None = None,
) -> Settled[Row]:
    """Compare the stated columns with the stored rows, both by their names.

    With `source`, a new row keeps it, its name there, by which it is found again, and what was
    stated of it. Of the rows in `ours` the file that names them was written by Parvis: what was
    edited in it is taken, and nothing is noted. `now` (aware) is when rows are taken to be edited.
    """
    rows: dict[str, Row] = {}
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    notings: list[dict[str, Any]] = []
    kept: list[Kept] = []
    for name, columns in stated.items():
        before = stored.get(name)
        if before is None:
            origin = origin_of(source, name, columns) if source else {}
            row = {**blank(model), "id": new_id(), **beginning(model, now), **origin, **columns}
            inserts.append(row)
            rows[name] = model(**row)
            continue
        said = (ours or {}).get(name)
        merge = merged(before, columns) if said is None else edited_outside(before, columns, said)
        title = str(getattr(before, "title_fr", None) or getattr(before, "name", ""))
        kept += [Kept(model.__tablename__, name, column, title) for column in merge.kept]
        rows[name] = before
        if merge.taken:
            written = {**merge.taken, **edited(before, now), **stating(before, merge)}
            updates.append({"id": columns_of(before)["id"], **written})
            rows[name] = model(**{**columns_of(before), **written})
        elif merge.is_news:
            notings.append({"id": columns_of(before)["id"], **stating(before, merge)})
    return Settled(model, rows, tuple(inserts), tuple(updates), tuple(notings), tuple(kept))


def merged(
    before: Base, columns: Mapping[str, Any], together: Iterable[Collection[str]] = ()
) -> Merge:
    """Return what the stated columns change in a stored row.

    A row of which it is not known what its source stated before takes everything. Of columns that
    go `together` none is taken where one was changed here: half a move is nobody's.
    """
    known: Mapping[str, Any] | None = getattr(before, "stated", None)
    plain = {name: plain_value(value) for name, value in columns.items()}
    taken, kept = {}, []
    for name, value in columns.items():
        ours = getattr(before, name)
        if ours == value:
            continue
        if known is None or name not in known:
            taken[name] = value
        elif known[name] != plain[name]:
            if plain_value(ours) == known[name]:
                taken[name] = value
            else:
                kept.append(name)
    for group in together:
        if any(_was_changed_here(before, name, known or {}, plain) for name in group):
            kept += [name for name in group if name in taken]
            taken = {name: value for name, value in taken.items() if name not in group}
    in_order = tuple(name for name in columns if name in kept)
    return Merge(taken, in_order, plain, is_news={**(known or {}), **plain} != known)


def edited_outside(
    before: Base,
    columns: Mapping[str, Any],
    said: Said,
    together: Iterable[Collection[str]] = (),
) -> Merge:
    """Return what a file that Parvis wrote changes in the row that it names by its id."""
    edits = own_edits(before, columns, said, together)
    return Merge(edits.taken, edits.kept, stated={}, is_news=False)


def _was_changed_here(
    before: Base, name: str, known: Mapping[str, Any], stated: Mapping[str, Any]
) -> bool:
    if name not in known or name not in stated:
        return False
    return plain_value(getattr(before, name)) not in (known[name], stated[name])


def blank(model: type[Base]) -> dict[str, Any]:
    """Return every column of a table as a row begins: its default, or null."""
    return {column.name: _default(column) for column in model.__table__.columns}


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    return column.default.arg(None) if column.default.is_callable else column.default.arg


def beginning(model: type[Base], now: datetime) -> dict[str, Any]:
    """Return the columns that count a new row's edits, if its table has them."""
    return {"revision": 1, "edited_at": now} if issubclass(model, Editable) else {}


def edited(before: Base, now: datetime) -> dict[str, Any]:
    """Return the columns that count an import's edit of a row, if its table has them."""
    if not isinstance(before, Editable):
        return {}
    return {"revision": before.revision + 1, "edited_at": now, "edited_by_id": None}


def origin_of(source: str, name: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that tell where a new row came from, and what was stated of it."""
    plain = {column: plain_value(value) for column, value in columns.items()}
    return {"source": source, "source_id": name, "stated": plain}


def stating(before: Base, merge: Merge) -> dict[str, Any]:
    """Return the column that keeps what the source states of a row, if its table has it."""
    if not isinstance(before, Sourced) or not merge.stated:
        return {}
    return {"stated": {**(before.stated or {}), **merge.stated}}


def plain_value(value: Any) -> Any:
    """Return a column's value as JSON has it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value
