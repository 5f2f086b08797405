"""What the operator is told of a sheet: what was concluded, and what was left aside."""

from dataclasses import dataclass, field

from services.scheduling.domain.programme import Sentence
from services.scheduling.importers.malformed import quoted
from shared.i18n import lazy_gettext as _l
from shared.i18n import lazy_ngettext

#: How many unknown columns are named.
_NAMED = 20


@dataclass
class SheetFindings:
    """Counts, row by row, what is worth a sentence; `zone` is one that nobody stated."""

    unknown: dict[str, None] = field(default_factory=dict)
    examples: int = 0
    idle_seats: int = 0
    copies: int = 0
    is_month_first: bool = False
    zone: str | None = None

    def notes(self) -> list[Sentence]:
        """Return a sentence for each thing that was found."""
        notes: list[Sentence] = []
        if self.unknown:
            notes.append(
                _l(
                    "Colonnes qui ne sont pas reconnues, laissées de côté : %(names)s.",
                    names=", ".join(map(quoted, list(self.unknown)[:_NAMED])),
                )
            )
        if self.examples:
            notes.append(
                lazy_ngettext(
                    "%(n)s ligne d’exemple est laissée de côté.",
                    "%(n)s lignes d’exemple sont laissées de côté.",
                    self.examples,
                )
            )
        if self.is_month_first:
            notes.append(_l("Les dates sont lues avec le mois avant le jour, comme 10/24/2026."))
        if self.copies:
            notes.append(
                lazy_ngettext(
                    "%(n)s ligne est la copie d’une autre : c’est une nouvelle séance.",
                    "%(n)s lignes sont les copies d’autres : ce sont de nouvelles séances.",
                    self.copies,
                )
            )
        if self.idle_seats:
            notes.append(
                lazy_ngettext(
                    "%(n)s séance a une jauge sans inscription ici : la jauge n’est pas prise.",
                    "%(n)s séances ont une jauge sans inscription ici : la jauge n’est pas prise.",
                    self.idle_seats,
                )
            )
        if self.zone:
            notes.append(_l("Les heures sont lues dans le fuseau %(zone)s.", zone=self.zone))
        return notes
