"""An XLSX file as rows: the sheets that are shown, each cell as the value that was stored last."""

import warnings
from collections.abc import Iterator
from itertools import repeat
from typing import Any

from openpyxl import load_workbook

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers.given_file import GivenFile, Progress, no_progress
from services.scheduling.importers.safe_xlsx import look_inside
from services.scheduling.importers.sheet_grid import MOST_COLUMNS, UNSTORED, Grid, Row, Sheet
from shared.i18n import lazy_gettext as _l

#: The last row that spreadsheets have.
_LAST_ROW = 1_048_576
#: How often the reader is told how far it is, in rows.
_STEP = 500


def read_xlsx(file: GivenFile, progress: Progress = no_progress) -> Grid:
    """Read a file. Raises `ImportRefused` for what is no sane spreadsheet.

    The result of a formula is the one that was stored when the file was saved; nothing is
    calculated. One without is `UNSTORED`.
    """
    inside = look_inside(file)
    return Grid(_sheets(file, inside.has_formulas, progress))


def _sheets(file: GivenFile, has_formulas: bool, progress: Progress) -> Iterator[Sheet]:
    values = _opened(file, data_only=True)
    formulas = _opened(file, data_only=False) if has_formulas else None
    try:
        for sheet in values.worksheets:
            if sheet.sheet_state != "visible":
                continue
            beside = formulas[sheet.title] if formulas else None
            yield Sheet(sheet.title, _rows(file, sheet, beside, progress))
    finally:
        values.close()
        if formulas:
            formulas.close()


def _opened(file: GivenFile, *, data_only: bool) -> Any:
    file.stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(file.stream, read_only=True, data_only=data_only, keep_links=False)
    except Exception as error:  # whatever a library meets in a file from anywhere
        raise _unread(file) from error


def _rows(file: GivenFile, sheet: Any, beside: Any, progress: Progress) -> Iterator[Row]:
    total = max(1, sheet.max_row or 1)
    sheet.reset_dimensions()
    found = _values(sheet)
    formulas = repeat(()) if beside is None else _values(beside)
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(found, None)
                formula = next(formulas, ())
        except Exception as error:
            raise _unread(file) from error
        if row is None:
            return
        number += 1
        if number % _STEP == 0:
            progress(min(number, total), total)
        yield number, _told(row, formula)


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(
        max_col=MOST_COLUMNS, max_row=_LAST_ROW, values_only=True
    )
    return rows


def _told(row: tuple[Any, ...], formula: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values up to the last, with a sign where a formula has no result."""
    if formula:
        row = tuple(
            UNSTORED if value is None and beside is not None else value
            for value, beside in zip(row, formula, strict=False)
        )
    last = len(row)
    while last and row[last - 1] is None:
        last -= 1
    return row[:last]


def _unread(file: GivenFile) -> ImportRefused:
    return ImportRefused(
        _l(
            "%(name)s ne se lit pas comme un tableur XLSX : enregistrez-le de nouveau depuis "
            "votre tableur.",
            name=file.name,
        )
    )
