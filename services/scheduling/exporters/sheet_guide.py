"""The second sheet of a spreadsheet: how to fill it in, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.properties import PageSetupProperties

from services.scheduling.importers.sheet_columns import Column
from services.scheduling.importers.sheet_words import (
    ACCESSIBILITY,
    SCHOOL_LEVELS,
    Choice,
)
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: How wide the words are, in characters.
_WIDTH = 90
#: The number of A4 among the sizes of paper.
_A4 = 9

#: What is said of the sheet as a whole.
_RULES: tuple[LazyText, ...] = (
    _l("Une ligne est une séance : une animation, un jour, une heure, un lieu."),
    _l(
        "La même animation plusieurs fois ? Laissez son titre vide sur les lignes suivantes : tout "
        "ce qui y est vide est comme au-dessus."
    ),
    _l(
        "L’ordre des colonnes est libre, et celles qui ne vous servent pas peuvent être retirées ; "
        "gardez leurs titres tels quels."
    ),
    _l(
        "Un lieu, une salle ou une structure déjà connus ici sont retrouvés par leur nom et ne "
        "sont pas modifiés. Un nom nouveau en crée un."
    ),
    _l(
        "Rien n’est écrit quand vous déposez le fichier : vous voyez d’abord ce qui changerait, et "
        "les cellules à corriger."
    ),
    _l(
        "Pour corriger un programme déjà ici, exportez-le, modifiez le fichier et importez-le : "
        "seules les cellules que vous avez changées comptent."
    ),
)

#: What is said of a column.
NOTES: dict[str, LazyText] = {
    "title_fr": _l("Obligatoire à la première ligne de chaque animation."),
    "description_fr": _l("En Markdown simple si vous voulez : **gras**, listes, liens."),
    "audience": _l("L’une des réponses de la liste."),
    "ages": _l("« 8 à 12 ans », « à partir de 6 ans », « jusqu’à 12 ans »."),
    "presenters": _l("Plusieurs noms : séparez-les par des points-virgules."),
    "duration": _l("En minutes, ou 1h30. Sert aussi à calculer la fin si elle est vide."),
    "languages": _l("« français, anglais, langue des signes française »."),
    "venue": _l("Obligatoire. Choisissez dans la liste, ou écrivez un nom nouveau."),
    "commune": _l("Pour un lieu nouveau, et si deux lieux ont le même nom."),
    "insee": _l(
        "Pour une commune nouvelle : cinq signes, comme 38185 (ce n’est pas le code postal)."
    ),
    "space_capacity": _l("Le nombre de personnes que la salle contient, tout le monde compris."),
    "kind": _l("À heure fixe si c’est vide."),
    "date": _l("Obligatoire : 24/10/2026 ou 24 octobre 2026."),
    "starts": _l("Obligatoire, sauf pour une exposition : 14h30 ou 14:30."),
    "ends": _l("Obligatoire s’il n’y a pas de durée. 24h pour minuit."),
    "last_date": _l("Si la fin est un autre jour : le lendemain, ou le dernier jour d’exposition."),
    "hours": _l("Pour une exposition : « mar-ven 10h-12h, 14h-18h ; sam 10h-18h »."),
    "closures": _l("Pour une exposition : des dates, séparées par des points-virgules."),
    "registration": _l(
        "« Entrée libre », « Inscription ici », ou « Inscription ailleurs » avec un lien, un "
        "téléphone ou un courriel."
    ),
    "full": _l("« oui » si c’est complet, avec une inscription ailleurs."),
    "capacity": _l("Le nombre de places, avec une inscription ici ; vide : sans limite."),
    "categories": _l("Qui compte dans la jauge, avec une inscription ici."),
    "cancelled": _l("« oui » annule la séance à la publication, et prévient les inscrits."),
}

#: The columns that take several answers of a few.
_SEVERAL: dict[str, tuple[Choice, ...]] = {
    "school_levels": SCHOOL_LEVELS,
    "accessibility": ACCESSIBILITY,
}


def add_guide(book: Any, columns: Sequence[Column], people: tuple[Choice, ...]) -> None:
    """Add the sheet that says how to fill the others in; `people` are the edition's categories."""
    sheet = book.create_sheet(_("Mode d’emploi"))
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = _WIDTH
    sheet.append([_bold(sheet, _("Comment remplir ce tableau"), 14)])
    rows = [("", str(rule)) for rule in _RULES]
    for number, (name, words) in enumerate(rows, 2):
        _add(sheet, number, name, words)
    sheet.append([_bold(sheet, _("Colonne")), _bold(sheet, _("Ce qu’on y met"))])
    filled = [column for column in columns if not column.technical]
    for number, column in enumerate(filled, len(rows) + 3):
        _add(sheet, number, str(column.heading), note_of(column, people))


def _add(sheet: Any, number: int, name: str, words: str) -> None:
    sheet.row_dimensions[number].height = 15 * max(1, -(-len(words) // _WIDTH)) + 3
    sheet.append([_wrapped(sheet, name), _wrapped(sheet, words)])


def note_of(column: Column, people: tuple[Choice, ...]) -> str:
    """Return what is to be written in a column, in the reader's language."""
    words = str(NOTES[column.key]) if column.key in NOTES else ""
    choices = {**_SEVERAL, "categories": people}.get(column.key)
    if choices:
        listed = ", ".join(str(choice.label) for choice in choices)
        several = _(
            "Une ou plusieurs de ces réponses, séparées par des virgules : %(choices)s.",
            choices=listed,
        )
        words = f"{words} {several}".strip()
    return words


def _bold(sheet: Any, text: str, size: int = 11) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(name="Calibri", bold=True, size=size)
    return cell


def _wrapped(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
