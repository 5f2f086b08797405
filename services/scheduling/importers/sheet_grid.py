"""The rows of a spreadsheet, whatever file they come from: values under letters and numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.scheduling.domain.programme import Sentence

#: How many rows with something in them are read, and how many columns.
MOST_ROWS = 50_000
MOST_COLUMNS = 120

#: Stands for the value of a formula of which the file does not have the result.
UNSTORED = object()

#: What spreadsheets show where a formula has no result.
ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))

#: One row: its number as the spreadsheet counts, and its values from column A on.
Row = tuple[int, tuple[Any, ...]]


@dataclass(frozen=True)
class Sheet:
    """One sheet; `name` is empty where the file has no names for them. `rows` can be read once."""

    name: str
    rows: Iterable[Row]


@dataclass(frozen=True)
class Grid:
    """A file's sheets; `notes` say what was concluded of how it is written."""

    sheets: Iterator[Sheet]
    notes: list[Sentence] = field(default_factory=list)


def letters_of(index: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_of(cell: str) -> int:
    """Return the place of a cell's column: of D17 it is 3."""
    place = 0
    for letter in cell.rstrip("0123456789"):
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def is_empty(values: Iterable[Any]) -> bool:
    """Tell whether nothing stands in any of the cells."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in values)
