"""What the rows of a spreadsheet say of one thing (an activity, a venue), gathered row by row.

The first row that says something is believed; one that says another thing of the same is at fault
in that cell. An empty cell says nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from services.scheduling.importers.malformed import quoted
from services.scheduling.importers.sheet_rows import SheetRow
from services.scheduling.importers.sheet_says import RowMark
from services.scheduling.importers.sheet_values import read_text
from shared.i18n import lazy_gettext as _l

#: Columns whose field has another name.
_COLUMNS = {"organisation": "organisation_id"}


@dataclass
class Thing:
    """One thing by its name in the source; `said` are its fields, `where` the rows that said so."""

    key: str
    has_id: bool = False
    hint: str = ""
    mark: str | None = None
    said: dict[str, Any] = field(default_factory=dict)
    where: dict[str, int] = field(default_factory=dict)
    unedited: dict[str, Any] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def take(
        self, row: SheetRow, key: str, fields: dict[str, Any], mark: RowMark | None = None
    ) -> None:
        """Take what the cell `key` of a row says, as fields.

        With the `mark` of a row that Parvis wrote, what was not edited in it yields to what was.
        """
        if row.is_kept(key):
            self.kept.add(key)
            return
        is_empty = all(value in (None, "", ()) for value in fields.values())
        if mark is not None and mark.is_known and not row.is_at_fault(key):
            columns = {_COLUMNS.get(name, name): value for name, value in fields.items()}
            if all(mark.is_unedited(name, value) for name, value in columns.items()):
                self.unedited |= fields
                return
            if is_empty and all(mark.knows(name) for name in columns):
                self.said |= fields
                return
        if is_empty:
            return
        for name, value in fields.items():
            known = self.said.setdefault(name, value)
            line = self.where.setdefault(name, row.number)
            if known != value:
                row.fault(
                    key,
                    _l(
                        "La ligne %(line)s dit autre chose au même endroit : « %(text)s ».",
                        line=line,
                        text=quoted(_shown(known)),
                    ),
                )

    @property
    def fields(self) -> dict[str, Any]:
        """Return everything that is said."""
        return {
            name: value
            for name, value in {**self.unedited, **self.said}.items()
            if value not in (None, "", ())
        }


class Things:
    """All things of one kind; each is found by an id or by its names."""

    def __init__(self) -> None:
        self._by_key: dict[str, Thing] = {}
        self._by_name: dict[str, dict[tuple[str, str], Thing]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> Thing:
        return self._by_key[key]

    def of_id(self, identifier: str, name: str, within: str) -> Thing:
        """Return the thing of an id, which the rows that have none know by its names."""
        thing = self._by_key.setdefault(identifier, Thing(identifier, has_id=True))
        self._by_name.setdefault(name, {}).setdefault((within, ""), thing)
        return thing

    def named(self, name: str, within: str, hint: str = "") -> Thing:
        """Return the thing of a name `within` another (both folded).

        Where `within` is empty, the only thing of that name is meant, if there is one alone. The
        `hint` is the id of a row here, which parts two things of one name.
        """
        known = self._by_name.setdefault(name, {})
        if (within, hint) not in known:
            alike = {
                thing.key: thing
                for (inside, hinted), thing in known.items()
                if inside == within or not within
                if not hint or not hinted
            }
            if len(alike) == 1:
                return next(iter(alike.values()))
            key = " | ".join(part for part in (name, within, hint) if part)
            known[within, hint] = self._by_key.setdefault(key, Thing(key, hint=hint))
        return known[within, hint]


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return read_text(value)
