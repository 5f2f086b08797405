"""What an import left as it is here though the file says otherwise, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l

COLUMN_LABELS: dict[str, LazyText] = {
    "name": _l("Nom"),
    "name_fr": _l("Nom"),
    "name_en": _l("Nom en anglais"),
    "email": _l("Adresse électronique"),
    "address": _l("Adresse"),
    "postcode": _l("Code postal"),
    "commune_id": _l("Commune"),
    "latitude": _l("Latitude"),
    "longitude": _l("Longitude"),
    "time_zone": _l("Fuseau horaire"),
    "capacity": _l("Jauge"),
    "title_fr": _l("Titre"),
    "title_en": _l("Titre en anglais"),
    "description_fr": _l("Description"),
    "description_en": _l("Description en anglais"),
    "organisation_id": _l("Structure"),
    "audience": _l("Public"),
    "age_min": _l("Âge minimum"),
    "age_max": _l("Âge maximum"),
    "theme": _l("Thématique"),
    "format": _l("Type d’animation"),
    "presenters": _l("Intervenants"),
    "link": _l("Page web"),
    "activity_id": _l("Animation"),
    "venue_id": _l("Lieu"),
    "space_id": _l("Salle ou espace"),
    "status": _l("État"),
    "kind": _l("Genre"),
    "starts_at": _l("Début"),
    "ends_at": _l("Fin"),
    "weekly_hours": _l("Horaires par semaine"),
    "closures": _l("Jours de fermeture"),
    "registration": _l("Comment venir"),
    "registration_link": _l("Adresse web pour s’inscrire"),
    "registration_telephone": _l("Téléphone"),
    "registration_email": _l("Adresse électronique"),
    "registration_full": _l("C’est complet"),
}


def kept_lines(kept: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return what was kept, a line for each thing: what it is called, and what of it."""
    lines: dict[tuple[str, str], tuple[str, dict[str, None]]] = {}
    for row in kept:
        name = row.get("title") or row["source_id"]
        _, parts = lines.setdefault((row["table"], row["source_id"]), (name, {}))
        parts[str(COLUMN_LABELS.get(row["column"], row["column"]))] = None
    return [(name, ", ".join(parts)) for name, parts in lines.values()]
