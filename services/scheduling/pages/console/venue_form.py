"""The form of a venue: its commune is chosen, or named with its INSEE code."""

from typing import Any

from services.scheduling.pages.console.forms import Form, Part, Shown
from services.scheduling.pages.console.inputs import (
    Input,
    read_decimal,
    read_identifier,
    show_decimal,
)
from shared.i18n import lazy_gettext as _


class VenueForm(Form):
    """Fields that are columns, and the two that name a commune which is not known yet."""

    def __init__(self) -> None:
        super().__init__(
            Input("name", _("Nom")),
            Input("address", _("Adresse")),
            Input("postcode", _("Code postal")),
            Input("commune_id", _("Commune"), read_identifier),
            Input("latitude", _("Latitude"), read_decimal, show_decimal),
            Input("longitude", _("Longitude"), read_decimal, show_decimal),
            Input("time_zone", _("Fuseau horaire")),
            Input("commune_name", _("Nom de la commune")),
            Input("insee_code", _("Code Insee")),
        )
        alone = tuple(part for part in self.parts if part.name not in _TOGETHER)
        self.parts = (
            *alone,
            Part("commune", _("Commune"), ("commune_id", "commune_name", "insee_code")),
            Part("position", _("Position"), ("latitude", "longitude")),
        )

    def shown(self, row: Any) -> Shown:
        """Return the fields as a stored venue fills them."""
        return super().shown(_Known(row))


class _Known:
    """A venue as its form reads it: its commune is known, and needs no name."""

    commune_name = None
    insee_code = None

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


_TOGETHER = ("commune_id", "commune_name", "insee_code", "latitude", "longitude")

FORM = VenueForm()
