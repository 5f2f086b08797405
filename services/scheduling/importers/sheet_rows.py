"""One row of a spreadsheet: its cells by the columns they are in, and what is wrong with them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.programme import CellFault, Sentence
from services.scheduling.importers.malformed import quoted
from services.scheduling.importers.sheet_csv import looks_twice_encoded
from services.scheduling.importers.sheet_grid import ERRORS, UNSTORED, letters_of
from services.scheduling.importers.sheet_values import read_text
from shared.i18n import lazy_gettext as _l

#: Stands in a cell for what a spreadsheet cannot carry (a text that is too long, one that no
#: importer takes): it stays as it is here.
KEPT = "⟦…⟧"

#: What a row that continues the one above never takes from it.
_OWN = frozenset(("id", "cancelled", "mark", "title_en", "description_fr", "description_en"))


class SheetRow:
    """The cells of one row, by the keys of their columns; `faults` grows as they are read.

    `above` is the row that this one continues: what is left empty is as there, but for the end
    where the beginning is another. `length` is how long its session lasts, once that is known.
    In some countries days are written with their `month_first`.
    """

    def __init__(
        self,
        sheet: str,
        number: int,
        values: tuple[Any, ...],
        places: Mapping[str, int],
        headings: Mapping[str, str],
    ) -> None:
        self.sheet = sheet
        self.number = number
        self.above: SheetRow | None = None
        self.faults: list[CellFault] = []
        self.length: timedelta | None = None
        self.month_first = False
        self._values = values
        self._places = places
        self._headings = headings

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys of the columns that the sheet has."""
        return frozenset(self._places)

    def has(self, key: str) -> bool:
        """Tell whether something stands in the cell itself."""
        return not _is_blank(self._own(key))

    def is_kept(self, key: str) -> bool:
        """Tell whether the cell stands for what the spreadsheet cannot carry."""
        value = self._own(key)
        return isinstance(value, str) and value.strip().startswith(KEPT)

    def value(self, key: str) -> Any:
        """Return what stands in the cell, or in that of the row above which this one continues."""
        own = self._own(key)
        if not _is_blank(own):
            return own
        if self.above is None or key in _OWN or (key == "ends" and self.has("starts")):
            return None
        return self.above.value(key)

    def read(self, key: str, reader: Callable[[Any], Any]) -> Any:
        """Return a cell as a reader understands it; None if it is empty, or at fault."""
        value = self.value(key)
        if value is None or self.is_kept(key):
            return None
        try:
            _check(value)
            return reader(value)
        except Fault as fault:
            self.fault(key, fault.sentence)
            return None

    def fault(self, key: str, reason: Sentence) -> None:
        """Write down what is wrong with a cell, once."""
        cell = self.cell(key)
        if any(known.cell == cell for known in self.faults):
            return
        shown = _shown(self._own(key))
        heading = self._headings.get(key, "")
        self.faults.append(CellFault(self.sheet, cell, heading, shown, reason))

    def shown(self, key: str) -> str:
        """Return what stands in the cell or is continued, for people; nothing if it is unknown."""
        return _shown(self.value(key))

    def is_at_fault(self, *keys: str) -> bool:
        """Tell whether something is wrong with one of these cells."""
        cells = {self.cell(key) for key in keys}
        return any(known.cell in cells for known in self.faults)

    def cell(self, key: str) -> str:
        """Return the place of a cell, `D17`; of a column that is not there, that of the row."""
        return f"{letters_of(self._places.get(key, 0))}{self.number}"

    def _own(self, key: str) -> Any:
        place = self._places.get(key)
        if place is None or place >= len(self._values):
            return None
        return self._values[place]


def _shown(value: Any) -> str:
    return "" if value is UNSTORED else quoted(read_text(value))


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _check(value: Any) -> None:
    """Refuse what no reader could make anything of."""
    if value is UNSTORED:
        raise Fault(
            _l(
                "Cette formule n’a pas de résultat dans le fichier : ouvrez-le et enregistrez-le "
                "dans un tableur, ou écrivez la valeur."
            )
        )
    if not isinstance(value, str):
        return
    if value.strip() in ERRORS:
        raise Fault(_l("Le tableur montre ici une erreur : %(error)s.", error=value.strip()))
    if piece := looks_twice_encoded(value):
        raise Fault(
            _l(
                "Ce texte a été lu dans un mauvais codage : « %(piece)s » est là pour une lettre "
                "accentuée.",
                piece=piece,
            )
        )
