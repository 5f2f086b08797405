"""The form of a space: what it holds and has, and its own accessibility where it differs."""

from typing import Any

from services.scheduling.pages.code_words import ACCESSIBILITY_LABELS
from services.scheduling.pages.console.forms import Faults, Form, Part, Shown
from services.scheduling.pages.console.inputs import (
    Input,
    boxes,
    read_lines,
    read_whole,
    show_lines,
)
from shared.i18n import lazy_gettext as _


class SpaceForm(Form):
    """Fields that are columns, and the choice between the venue's accessibility and its own."""

    def __init__(self) -> None:
        super().__init__(
            Input("name", _("Nom")),
            Input("capacity", _("Jauge"), read_whole),
            Input("sessions_at_once", _("Séances à la fois"), read_whole),
            Input("equipment", _("Équipement"), read_lines, show_lines),
            Input("own_accessibility", _("Accessibilité propre"), bool, lambda _own: "1"),
            boxes("accessibility", _("Accessibilité"), ACCESSIBILITY_LABELS),
        )
        together = ("own_accessibility", "accessibility")
        alone = tuple(part for part in self.parts if part.name not in together)
        self.parts = (*alone, Part("accessibility", _("Accessibilité"), together))

    def shown(self, row: Any) -> Shown:
        """Return the fields as a stored space fills them."""
        return super().shown(_Space(row))

    def values(self, shown: Shown) -> tuple[dict[str, Any], Faults]:
        """Return the columns that the fields mean."""
        values, faults = super().values(shown)
        if not values.pop("own_accessibility"):
            values["accessibility"] = None
        return values, faults


class _Space:
    """A space as its form reads it."""

    def __init__(self, row: Any) -> None:
        self._row = row
        self.own_accessibility = None if row.accessibility is None else True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
