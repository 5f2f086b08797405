"""A session's list of names as a file: CSV or XLSX, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from services.registration.console_queries import BookedParty
from services.registration.domain.party import CATEGORIES
from services.registration.pages.words import CATEGORY_LABELS, STATUS_LABELS
from shared.i18n import gettext as _

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: What a spreadsheet would take for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int


def as_csv(parties: Sequence[BookedParty], time_zone: str) -> bytes:
    """Return the list as CSV, as spreadsheets in French open it: semicolons, and a mark of UTF-8.

    A name that begins like a formula has an apostrophe before it.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in _rows(parties, time_zone):
        writer.writerow([_disarmed(cell) for cell in row])
    return ("\ufeff" + text.getvalue()).encode()


def as_xlsx(parties: Sequence[BookedParty], time_zone: str, title: str) -> bytes:
    """Return the list as a workbook whose cells are texts and numbers, never formulas."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in title if c not in "[]:*?/\\")[:31] or "Parvis")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJK", (28, 32, 12, 16, 9, 9, 9, 14, 8, 20), strict=False):
        sheet.column_dimensions[letter].width = width
    for number, row in enumerate(_rows(parties, time_zone)):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_printable(value))
            if isinstance(value, str):
                cell.data_type = "s"
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(parties: Sequence[BookedParty], time_zone: str) -> Iterator[list[Cell]]:
    labels = [str(CATEGORY_LABELS[category]) for category in CATEGORIES]
    state = [_("Nom"), _("Adresse électronique"), _("Code"), _("État")]
    yield [*state, *labels, _("Places"), _("Inscription le")]
    for one in parties:
        yield [
            one.name,
            one.email or "",
            one.code,
            str(STATUS_LABELS[one.status]),
            *_heads(one.party),
            one.seats,
            _local(one.registered_at, time_zone),
        ]


def _heads(party: Mapping[str, int]) -> list[Cell]:
    return [party.get(category, 0) for category in CATEGORIES]


def _local(instant: datetime, time_zone: str) -> str:
    return instant.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M")


def _disarmed(cell: Cell) -> Cell:
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell


def _printable(cell: Cell) -> Cell:
    """Return a value without what XML cannot carry."""
    if isinstance(cell, str):
        return "".join(letter for letter in cell if letter.isprintable())
    return cell
