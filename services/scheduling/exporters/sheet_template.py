"""The template of a spreadsheet: the headings, one example, the lists, and how to fill it in."""

from datetime import date, time

from services.scheduling.exporters.sheet_cells import Cell, in_order
from services.scheduling.exporters.sheet_csv import csv_of
from services.scheduling.exporters.sheet_lists import Lists
from services.scheduling.exporters.sheet_xlsx import xlsx_of
from services.scheduling.importers.sheet_columns import COLUMNS, Column
from services.scheduling.importers.sheet_words import AUDIENCE, KIND, WAY_IN, Choice, label_of
from services.scheduling.importers.sheets import EXAMPLE_VENUE
from shared.i18n import gettext as _

#: The columns of the template: what people fill in.
TEMPLATE: tuple[Column, ...] = tuple(
    column for column in COLUMNS if not column.technical and not column.seldom
)


def template_xlsx(first_day: date, lists: Lists) -> bytes:
    """Return the template as XLSX; its example is on the edition's first day."""
    return xlsx_of(TEMPLATE, (), lists, example=_example(first_day, lists.people))


def template_csv(first_day: date, people: tuple[Choice, ...]) -> bytes:
    """Return the template as CSV, for an edition that counts these people."""
    return csv_of(TEMPLATE, [_example(first_day, people)])


def _example(first_day: date, people: tuple[Choice, ...]) -> tuple[Cell, ...]:
    cells: dict[str, Cell] = {
        "title_fr": _("Une heure avec les muons"),
        "description_fr": _("Cette ligne est un exemple : elle n’est pas importée."),
        "audience": label_of(AUDIENCE, "families"),
        "ages": _("8 à 12 ans"),
        "theme": _("Physique et matière"),
        "format": _("Atelier"),
        "organisation": _("Nom de votre structure"),
        "organisation_email": "contact@exemple.fr",
        "presenters": "Ada Martin; Nour Belkacem",
        "languages": _("français"),
        "venue": str(EXAMPLE_VENUE),
        "address": "1 place de la Mairie",
        "postcode": "38000",
        "commune": "Grenoble",
        "insee": "38185",
        "space": _("Salle du conseil"),
        "space_capacity": 40,
        "kind": label_of(KIND, "timed"),
        "date": first_day,
        "starts": time(14, 30),
        "ends": time(15, 30),
        "registration": label_of(WAY_IN, "here"),
        "capacity": 12,
        "categories": str(next((one for one in people if one.code == "children"), people[0]).label),
    }
    return in_order(cells, (column.key for column in TEMPLATE))
