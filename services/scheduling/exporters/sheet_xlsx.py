"""XLSX of sessions, ready to be filled in: headings that stay, lists to choose from, hidden ids.

Every text is written as a text, so that none is ever a formula.
"""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.sheet_cells import Cell
from services.scheduling.exporters.sheet_guide import add_guide
from services.scheduling.exporters.sheet_lists import Lists, add_lists
from services.scheduling.exporters.sheet_package import packed
from services.scheduling.exporters.sheet_rows import sheet_rows
from services.scheduling.importers.sheet_columns import Column
from services.scheduling.importers.sheet_grid import ERRORS
from services.scheduling.importers.sheet_words import category_choices
from shared.i18n import gettext as _

#: Fir green, of the design's tokens, and the ground of what is Parvis' own.
_GREEN = "FF0F4A41"
_GREY = "FFEDEAE3"

_HEADING = {
    "font": Font(name="Calibri", size=11, bold=True, color="FFFFFFFF"),
    "fill": PatternFill("solid", fgColor=_GREEN),
    "alignment": Alignment(vertical="center", wrap_text=True),
}
_TECHNICAL = {**_HEADING, "fill": PatternFill("solid", fgColor="FF6B6F6A")}
_EXAMPLE = {
    "font": Font(name="Calibri", size=11, italic=True, color="FF6B6F6A"),
    "fill": PatternFill("solid", fgColor=_GREY),
}


#: The number of A4 among the sizes of paper.
_A4 = 9


def write_xlsx_sheet(extract: Extract) -> bytes:
    """Return an edition as XLSX."""
    found = sheet_rows(extract)
    programme = extract.programme
    lists = Lists(
        venues=tuple(sorted({record.name for record in programme.venues})),
        organisations=tuple(sorted({record.name for record in programme.organisations})),
        people=category_choices(programme.edition.party_categories),
    )
    return xlsx_of(found.columns, found.rows, lists)


def xlsx_of(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    lists: Lists,
    *,
    example: Sequence[Cell] | None = None,
) -> bytes:
    """Return a workbook: the rows, the guide, and hidden lists; an `example` is the first row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Séances"))
    _set_up(sheet, columns)
    sheet.append([_heading(sheet, column) for column in columns])
    if example is not None:
        sheet.append([_styled(_cell(sheet, value), _EXAMPLE) for value in example])
    count = 1 + (example is not None)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"
    add_guide(book, columns, lists.people)
    add_lists(book, sheet, columns, lists)
    return packed(book)


def text_cell(sheet: Any, text: str) -> Any:
    """Return a cell that holds a text as a text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if text.startswith(("=", "+", "-", "@")):
        cell.quotePrefix = True
    return cell


def _set_up(sheet: Any, columns: Sequence[Column]) -> None:
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 32
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    for place, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = column.width
        dimension.hidden = column.technical


def _heading(sheet: Any, column: Column) -> Any:
    cell = text_cell(sheet, str(column.heading))
    return _styled(cell, _TECHNICAL if column.technical else _HEADING)


def _styled(cell: Any, style: dict[str, Any]) -> Any:
    for name, value in style.items():
        setattr(cell, name, value)
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, str):
        is_safe = value[:1] not in "=+-@" and value not in ERRORS
        return WriteOnlyCell(sheet, value) if is_safe else text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    elif isinstance(value, time):
        cell.number_format = "hh:mm:ss" if value.second else "hh:mm"
    return cell
