"""Lists to choose from in the cells of a spreadsheet: closed choices, and the names known here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.scheduling.domain.importing.marks import one_line
from services.scheduling.importers.sheet_columns import Column
from services.scheduling.importers.sheet_words import (
    AUDIENCE,
    CATEGORIES,
    KIND,
    WAY_IN,
    YES_NO,
    Choice,
)
from shared.i18n import gettext as _

#: The last row that has lists.
_LAST_ROW = 5_000

#: The columns with one answer of a few.
_CLOSED: dict[str, tuple[Choice, ...]] = {
    "audience": AUDIENCE,
    "kind": KIND,
    "registration": WAY_IN,
    "full": YES_NO,
    "cancelled": YES_NO,
}


@dataclass(frozen=True)
class Lists:
    """The names that are known here: other ones can be written, and are new.

    `people` are the edition's categories, of which several may stand in a cell.
    """

    venues: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    people: tuple[Choice, ...] = CATEGORIES


def add_lists(book: Any, sheet: Any, columns: Sequence[Column], lists: Lists) -> None:
    """Add a hidden sheet with the lists, and let the cells of `sheet` offer them."""
    offered: list[tuple[Column, list[str], bool]] = []
    open_lists = {
        "venue": lists.venues,
        "organisation": lists.organisations,
        "commune": lists.communes,
        "theme": lists.themes,
        "format": lists.formats,
    }
    for column in columns:
        if column.key in _CLOSED:
            labels = [str(choice.label) for choice in _CLOSED[column.key]]
            offered.append((column, labels, True))
        elif open_lists.get(column.key):
            names = filter(None, map(one_line, open_lists[column.key]))
            offered.append((column, list(dict.fromkeys(names)), False))
    beside = book.create_sheet(_("Listes"))
    beside.sheet_state = "hidden"
    beside.append([str(column.heading) for column, _values, _closed in offered])
    for row in _across([values for _column, values, _closed in offered]):
        beside.append([_text(beside, value) for value in row])
    places = {column.key: place for place, column in enumerate(columns, 1)}
    for place, (column, values, is_closed) in enumerate(offered, 1):
        letter, own = get_column_letter(place), get_column_letter(places[column.key])
        rule = DataValidation(
            type="list",
            formula1=f"'{beside.title}'!${letter}$2:${letter}${len(values) + 1}",
            allow_blank=True,
            showErrorMessage=is_closed,
            errorTitle=str(column.heading),
            error=_("Choisissez l’une des réponses de la liste."),
        )
        rule.add(f"{own}2:{own}{_LAST_ROW}")
        sheet.data_validations.append(rule)


def _text(sheet: Any, value: str | None) -> Any:
    if value is None:
        return None
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _across(columns: list[list[str]]) -> Iterable[list[str | None]]:
    """Give the rows of columns of unequal lengths."""
    for place in range(max(map(len, columns), default=0)):
        yield [values[place] if place < len(values) else None for values in columns]
