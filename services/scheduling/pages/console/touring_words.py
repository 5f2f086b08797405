"""How the console calls what is lent and what travels."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.scheduling.pages.console.lengths import length_words
from shared.i18n import LazyText, format_hours, format_weekdays, unbroken
from shared.i18n import lazy_gettext as _

RESOURCE_KINDS: dict[str, LazyText] = {
    "equipment": _("Équipement"),
    "kit": _("Mallette"),
    "exhibition": _("Exposition itinérante"),
}

STANDINGS: dict[str, LazyText] = {
    "requested": _("Demandée"),
    "optioned": _("En option"),
    "expired": _("Option échue"),
    "confirmed": _("Confirmée"),
    "refused": _("Refusée"),
    "cancelled": _("Annulée"),
}

STANDING_TONES = {
    "requested": "plain",
    "optioned": "warn",
    "expired": "full",
    "confirmed": "good",
    "refused": "bad",
    "cancelled": "bad",
}

STEP_LABELS: dict[str, LazyText] = {
    "confirm": _("Confirmer l’étape"),
    "accept": _("Accepter pour le lieu"),
    "option": _("Mettre en option"),
    "refuse": _("Refuser"),
    "cancel": _("Annuler l’étape"),
    "request": _("Redemander"),
}

AGREEMENTS: dict[str, LazyText] = {
    "none": _("Pas encore envoyée"),
    "sent": _("Envoyée"),
    "signed": _("Signée"),
}

MOMENTS: dict[str, LazyText] = {"arrival": _("À l’arrivée"), "departure": _("Au départ")}

CONDITIONS: dict[str, LazyText] = {
    "good": _("Bon état"),
    "worn": _("Usé"),
    "damaged": _("Abîmé"),
}

CONDITION_TONES = {"good": "good", "worn": "warn", "damaged": "bad"}

#: The kinds of bars of a timeline, with what they mean.
PHASES: tuple[tuple[str, LazyText], ...] = (
    ("setup", _("Montage")),
    ("open", _("Ouvert")),
    ("dismantling", _("Démontage")),
    ("road", _("Transport")),
    ("waiting", _("Demandé, rien n’est promis")),
)


def hours_words(weekly_hours: Iterable[Mapping[str, Any]]) -> str:
    """Return weekly hours in words, days that are alike together."""
    alike: dict[tuple[str, str], list[int]] = {}
    for hours in weekly_hours:
        alike.setdefault((hours["opens"], hours["closes"]), []).append(int(hours["weekday"]))
    return ", ".join(
        f"{format_weekdays(days)} {unbroken(format_hours(opens, closes))}"
        for (opens, closes), days in sorted(alike.items())
    )


__all__ = [
    "AGREEMENTS",
    "CONDITIONS",
    "CONDITION_TONES",
    "MOMENTS",
    "PHASES",
    "RESOURCE_KINDS",
    "STANDINGS",
    "STANDING_TONES",
    "STEP_LABELS",
    "hours_words",
    "length_words",
]
