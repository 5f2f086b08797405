"""What a spreadsheet can say of the rows that are here already, and the marks of one from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.scheduling.domain.importing.marks import has_digest, read_mark
from services.scheduling.importers.sheet_columns import BY_KEY, COLUMNS

_FIXED = {
    "sessions": {"activity_id", "venue_id"},
    "activities": set(),
}

#: By table, what a spreadsheet can change of a row that is recognised. Venues, rooms and
#: organisations that are here are named by it and stay as they are.
SAYS: dict[str, frozenset[str]] = {
    table: frozenset(
        fixed | {name for column in COLUMNS if column.table == table for name in column.states}
    )
    for table, fixed in _FIXED.items()
}

#: Columns that hold lists.
_LISTS = frozenset(("presenters", "school_levels", "languages", "accessibility"))

#: Parts the mark of a session from that of its activity.
_BETWEEN = "."


@dataclass(frozen=True)
class RowMark:
    """The marks in one row of a spreadsheet that Parvis wrote."""

    session: str | None
    activity: str | None

    def is_unedited(self, column: str, value: Any) -> bool:
        """Tell whether a column of the activity is as Parvis wrote it."""
        digests = read_mark(self.activity, SAYS["activities"]) or {}
        value = [] if value is None and column in _LISTS else _plain(value)
        return column in digests and has_digest(column, value, digests[column])

    def knows(self, column: str) -> bool:
        """Tell whether a column of the activity has a mark."""
        return column in (read_mark(self.activity, SAYS["activities"]) or {})

    @property
    def is_known(self) -> bool:
        """Tell whether it can be told what was edited of the activity."""
        return read_mark(self.activity, SAYS["activities"]) is not None


def stated_columns(keys: Iterable[str], way_in: str | None) -> frozenset[str]:
    """Return the columns of a session that a row says something of, by the columns of its sheet.

    A `way_in` that has no link, telephone or e-mail says that there is none.
    """
    stated = {"edition_id", "activity_id", "venue_id", "starts_at", "ends_at"}
    for key in keys:
        if BY_KEY[key].table == "sessions":
            stated |= set(BY_KEY[key].states)
    if way_in == "elsewhere":
        stated.add("registration")
    if way_in in ("none", "here"):
        stated |= {
            "registration_link",
            "registration_telephone",
            "registration_email",
            "registration_full",
        }
    return frozenset(stated)


def written_mark(session: str, activity: str) -> str:
    """Return the marks of one row as they stand in its cell."""
    return f"{session}{_BETWEEN}{activity}"


def row_mark(text: str) -> RowMark | None:
    """Return the marks that stand in a cell; a text that is none gives None."""
    session, between, activity = text.strip().partition(_BETWEEN)
    return RowMark(session or None, activity or None) if between else None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
