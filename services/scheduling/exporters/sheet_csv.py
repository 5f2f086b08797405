"""CSV as spreadsheets open it: in UTF-8 with its mark, and nothing in it that they would calculate.

A text that begins like a formula gets an apostrophe before it (OWASP, "CSV injection"), which the
importer takes away again.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, time

from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.sheet_cells import Cell
from services.scheduling.exporters.sheet_rows import sheet_rows
from services.scheduling.importers.sheet_columns import Column
from services.scheduling.importers.sheet_csv import disarmed
from shared.i18n import current_locale


def write_csv_sheet(extract: Extract) -> bytes:
    """Return an edition as CSV."""
    found = sheet_rows(extract)
    return csv_of(found.columns, found.rows)


def csv_of(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as CSV: headings in the reader's language, semicolons in French, else commas."""
    separator = "," if current_locale() == "en" else ";"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow([str(column.heading) for column in columns])
    for row in rows:
        writer.writerow([disarmed(_text(value)) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()  # the one order that every country's spreadsheets read alike
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    return str(value)
