"""A session's list of names as a file: CSV or XLSX, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.registration.domain.questions import AskedQuestion
from services.registration.list_queries import BookedParty
from services.registration.pages.words import STATUS_LABELS, category_labels, in_our_words
from shared.contracts.party_categories import codes_of
from shared.i18n import gettext as _

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: What a spreadsheet would take for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: The widths of the first columns, in letters; a later one is as wide as its head.
_WIDTHS = {1: 28, 2: 32, 3: 12, 4: 16}

Cell = str | int

#: An edition that says nothing of itself: it counts people by the usual categories.
_UNKNOWN: Mapping[str, Any] = MappingProxyType({})


def as_csv(
    parties: Sequence[BookedParty],
    time_zone: str,
    questions: Sequence[AskedQuestion] = (),
    edition: Mapping[str, Any] = _UNKNOWN,
) -> bytes:
    """Return the list as CSV, as spreadsheets in French open it: semicolons, and a mark of UTF-8.

    The categories of people are those of the `edition`, and whoever else a party counts. What
    begins like a formula has an apostrophe before it. The answers to `questions` have a column
    each, whose head says what they were asked for.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in _rows(parties, time_zone, questions, edition):
        writer.writerow([_disarmed(cell) for cell in row])
    return ("\ufeff" + text.getvalue()).encode()


def as_xlsx(
    parties: Sequence[BookedParty],
    time_zone: str,
    title: str,
    questions: Sequence[AskedQuestion] = (),
    edition: Mapping[str, Any] = _UNKNOWN,
) -> bytes:
    """Return the list as a workbook whose cells are texts and numbers, never formulas."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in title if c not in "[]:*?/\\")[:31] or "Parvis")
    sheet.freeze_panes = "A2"
    for number, row in enumerate(_rows(parties, time_zone, questions, edition)):
        if number == 0:
            for column, head in enumerate(row, 1):
                width = _WIDTHS.get(column, max(9, min(40, len(str(head)) + 2)))
                sheet.column_dimensions[get_column_letter(column)].width = width
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


def _rows(
    parties: Sequence[BookedParty],
    time_zone: str,
    questions: Sequence[AskedQuestion],
    edition: Mapping[str, Any],
) -> Iterator[list[Cell]]:
    people = category_labels(edition)
    counted = {category for one in parties for category, heads in one.party.items() if heads}
    codes = [code for code in people if code in codes_of(edition) or code in counted]
    codes += sorted(counted - people.keys())
    labels = [people.get(code, code) for code in codes]
    state = [_("Nom"), _("Adresse électronique"), _("Code"), _("État")]
    needs = [_("Places en fauteuil"), _("Langue des signes")]
    asked = [
        _(
            "%(question)s (%(purpose)s)",
            question=in_our_words(question.label),
            purpose=in_our_words(question.purpose),
        )
        for question in questions
    ]
    yield [*state, *labels, _("Places"), *needs, *asked, _("Téléphone"), _("Inscription le")]
    for one in parties:
        yield [
            one.name,
            one.email or "",
            one.code,
            str(STATUS_LABELS[one.status]),
            *(one.party.get(code, 0) for code in codes),
            one.seats,
            one.wheelchairs,
            _("oui") if one.sign_language else "",
            *(_answer(one.answers.get(question.key)) for question in questions),
            one.telephone or "",
            _local(one.registered_at, time_zone),
        ]


def _answer(answer: Any) -> str:
    """Return an answer as it is read: a consent that was given is « oui »."""
    return _("oui") if answer is True else str(answer or "")


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
