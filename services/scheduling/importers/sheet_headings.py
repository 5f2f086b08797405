"""The row of a sheet's headings: where the columns are, and what is left aside."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.scheduling.importers.sheet_columns import is_heading_row, key_of_heading
from services.scheduling.importers.sheet_grid import Row
from services.scheduling.importers.sheet_values import read_text

#: How many rows are looked through for the headings.
_BEFORE_HEADINGS = 25


@dataclass(frozen=True)
class Headings:
    """Where the columns are, by their keys, and what they are called there."""

    places: dict[str, int]
    names: dict[str, str]
    unknown: tuple[str, ...]


def read_headings(rows: Iterator[Row]) -> Headings | None:
    """Return the columns of a sheet, and leave its rows after the headings."""
    for number, values in rows:
        if is_heading_row(values):
            places: dict[str, int] = {}
            names: dict[str, str] = {}
            unknown = []
            for place, value in enumerate(values):
                key = key_of_heading(value)
                if key is not None and key not in places:
                    places[key] = place
                    names[key] = read_text(value)
                elif read_text(value):
                    unknown.append(read_text(value))
            return Headings(places, names, tuple(unknown))
        if number >= _BEFORE_HEADINGS:
            return None
    return None
