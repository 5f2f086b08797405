"""Spreadsheets for tests: CSV and XLSX of a few rows, as people and Excel write them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from services.scheduling.domain.programme import Programme
from services.scheduling.importers.sheet_sessions import KnownEdition
from services.scheduling.importers.sheets import read_sheet
from tests.services.scheduling.told import english

#: The edition that sheets are brought into.
KNOWN = KnownEdition(date(2026, 10, 2), date(2026, 10, 12), "Europe/Paris")

HEADINGS = ("Titre", "Lieu", "Commune", "Date", "Début", "Fin")
ROW = ("Voir un muon", "Muséum", "Grenoble", "3/10/2026", "14h30", "15h30")


def csv_sheet(*rows: Sequence[str], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """Return CSV as spreadsheets write it."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def with_columns(**cells: str) -> bytes:
    """Return CSV of one good row, with more columns or other cells, by their headings."""
    named = {heading.replace(" ", "_"): heading for heading in HEADINGS}
    values = dict(zip(HEADINGS, ROW, strict=True))
    for name, value in cells.items():
        values[named.get(name, name.replace("_", " "))] = value
    return csv_sheet(tuple(values), tuple(values.values()))


def xlsx_sheet(*rows: Iterable[Any], title: str = "Séances") -> bytes:
    """Return a workbook with one sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Any) -> bytes:
    """Return a workbook as a file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(content: bytes) -> Programme:
    """Read a sheet into the known edition."""
    return read_sheet(content, "fds-2026", known_edition=KNOWN)


def faults_of(programme: Programme) -> list[tuple[str, str, str]]:
    """Return the wrong cells: where, under which heading, why in English."""
    with english():
        return [
            (f"{fault.sheet}!{fault.cell}".lstrip("!"), fault.column, str(fault.reason))
            for rejection in programme.rejections
            for fault in rejection.faults
        ]
