"""A spreadsheet given back with its faults shown: cells that are wrong in colour, with a comment.

An XLSX file comes back as it is, with its own colours and columns; a CSV as an XLSX of its rows.
"""

import io
import warnings
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import CellFault, Rejection
from services.scheduling.importers.given_file import GivenFile
from services.scheduling.importers.safe_xlsx import look_inside
from services.scheduling.importers.sheet_grid import is_empty
from services.scheduling.importers.sheets import open_grid
from shared.i18n import gettext as _

#: The largest file that is loaded whole, in bytes of its parts unpacked.
_LARGEST = 60 * 1024 * 1024
#: The most cells that are marked.
_MOST = 5_000

_WRONG = PatternFill("solid", fgColor="FFF7C9C0")


def corrections(content: bytes, name: str, rejections: Sequence[Rejection]) -> bytes | None:
    """Return a spreadsheet with its wrong cells marked, as XLSX.

    None for a file of another kind, one without faults, or one that is too large to be loaded.
    """
    faults = [fault for rejection in rejections for fault in rejection.faults][:_MOST]
    if not faults:
        return None
    file = GivenFile(name, len(content), io.BytesIO(content))
    try:
        book = _book(file) if content.startswith(b"PK\x03\x04") else _from_rows(file)
    except ImportRefused:
        return None
    if book is None:
        return None
    for fault in faults:
        _mark(book, fault)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _book(file: GivenFile) -> Any:
    if look_inside(file).size > _LARGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(file.stream, keep_links=False)
    except Exception:  # what the reader could read, and the editor cannot: the rows alone, then
        file.stream.seek(0)
        return _from_rows(file)


def _from_rows(file: GivenFile) -> Any:
    book = Workbook()
    book.remove(book.active)
    for sheet in open_grid(file).sheets:
        target = book.create_sheet(sheet.name or _("Séances"))
        for number, values in sheet.rows:
            if is_empty(values):
                continue
            for place, value in enumerate(values, 1):
                if value is None or value == "":
                    continue
                cell = target.cell(number, place, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    return book


def _mark(book: Any, fault: CellFault) -> None:
    sheet = book[fault.sheet] if fault.sheet in book.sheetnames else book.worksheets[0]
    cell = sheet[fault.cell]
    if not hasattr(cell, "fill") or type(cell).__name__ == "MergedCell":
        return
    cell.fill = _WRONG
    comment = Comment(str(fault.reason), "Parvis")
    comment.width, comment.height = 320, 110
    cell.comment = comment
