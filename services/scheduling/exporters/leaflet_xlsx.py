"""The printed programme as a table (XLSX): a row for each activity of a venue's day, ready for A4.

Communes follow one another; the headings are printed on every page, landscape.
"""

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.leaflet_entries import OfCommune, leaflet_entries
from services.scheduling.exporters.sheet_package import packed
from shared.i18n import current_locale
from shared.i18n import gettext as _

_A4 = 9
_GREEN, _SOFT = "FF0F4A41", "FFDCECE4"
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_HEADING = PatternFill("solid", fgColor=_GREEN)
_COMMUNE = PatternFill("solid", fgColor=_SOFT)
_LINE = Border(bottom=Side("hair", color="FF9AA09A"))
#: The height of a line, in points.
_LINE_HEIGHT = 14
#: The widths of the columns, in characters: they fill a landscape page.
_WIDTHS = (18, 20, 24, 30, 46, 20, 24, 20)


def write_leaflet_xlsx(extract: Extract) -> bytes:
    """Return the programme of an edition as XLSX, in the reader's language."""
    edition = extract.programme.edition
    english = edition.name_en if current_locale() == "en" else None
    book = Workbook()
    sheet = book.active
    sheet.title = _("Programme")
    _set_up(sheet, english or edition.name_fr)
    headings = (
        _("Jour"),
        _("Horaire"),
        _("Lieu"),
        _("Animation"),
        _("Texte"),
        _("Public"),
        _("Entrée"),
        _("Structure"),
    )
    _append(sheet, headings, Font(name="Calibri", bold=True, color="FFFFFFFF"), _HEADING)
    for commune in leaflet_entries(extract.facts, extract.public_url):
        _add_commune(sheet, commune)
    return packed(book)


def _set_up(sheet: Any, name: str) -> None:
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.left.text = name.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    for place, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def _add_commune(sheet: Any, commune: OfCommune) -> None:
    _append(
        sheet, (commune.commune,), Font(name="Calibri", bold=True, size=14, color=_GREEN), _COMMUNE
    )
    row = sheet.max_row
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_WIDTHS))
    for day in commune.days:
        for place in day.venues:
            for entry in place.entries:
                venue = "\n".join(filter(None, (place.venue, place.address, entry.room)))
                _append(
                    sheet,
                    (
                        day.heading,
                        entry.when,
                        venue,
                        entry.title,
                        entry.text,
                        entry.public,
                        " · ".join(filter(None, (entry.way_in, entry.access))),
                        entry.contact,
                    ),
                )


def _append(
    sheet: Any, texts: tuple[str, ...], font: Font | None = None, fill: PatternFill | None = None
) -> None:
    """Add a row of texts, each written as a text whatever it begins with."""
    lines = 1
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value is not None else 1
    for place, text in enumerate(texts, 1):
        cell = sheet.cell(row, place, text)
        cell.data_type = "s"
        cell.alignment = _WRAPPED
        cell.border = _LINE
        if font is not None:
            cell.font = font
        if fill is not None:
            cell.fill = fill
        if len(texts) > 1:
            lines = max(lines, _lines(text, _WIDTHS[place - 1]))
    sheet.row_dimensions[row].height = _LINE_HEIGHT * lines + 4 if len(texts) > 1 else 22


def _lines(text: str, width: int) -> int:
    """Return on how many lines a text stands in a column: spreadsheets do not reckon it."""
    return sum(-(-max(1, len(line)) // width) for line in text.split("\n"))
