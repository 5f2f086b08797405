"""The form of a venue: its commune is chosen, or named with its INSEE code."""

from typing import Any

from services.scheduling.pages.code_words import ACCESSIBILITY_LABELS
from services.scheduling.pages.console.forms import Form, Part, Shown
from services.scheduling.pages.console.inputs import (
    Input,
    boxes,
    read_decimal,
    read_identifier,
    read_web_address,
    show_decimal,
)
from services.scheduling.pages.console.opening_inputs import closures_input, hours_input
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
            hours_input("opening_hours", _("Horaires d’ouverture")),
            closures_input("closures", _("Jours de fermeture")),
            boxes("accessibility", _("Accessibilité"), ACCESSIBILITY_LABELS),
            Input("accessibility_note", _("Précisions sur l’accessibilité")),
            Input("directions", _("Comment y aller")),
            Input("website", _("Site web"), read_web_address),
            Input("organisation_id", _("Structure qui gère le lieu"), read_identifier),
            Input("contact_name", _("Contact sur place")),
            Input("contact_email", _("Courriel du contact")),
            Input("contact_telephone", _("Téléphone du contact")),
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
