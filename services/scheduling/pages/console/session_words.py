"""The parts of a session's form in words, for choosing between two people's versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.scheduling.pages.console.forms import Shown
from services.scheduling.pages.console.opening_inputs import (
    closures_words,
    day_words,
    hours_words,
)
from shared.contracts.party_categories import label_of, labels_of
from shared.i18n import LazyText, current_locale
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: The kinds of sessions, each with what it means.
KIND_CHOICES: tuple[tuple[str, LazyText, LazyText], ...] = (
    ("timed", _l("À heure fixe"), _l("On vient au début : atelier, conférence, visite.")),
    ("drop_in", _l("En continu"), _l("On vient quand on veut entre deux heures.")),
    ("exhibition", _l("Exposition"), _l("Une période, avec des horaires par semaine.")),
)

#: The ways in, each with what it means.
WAY_IN_CHOICES: tuple[tuple[str, LazyText, LazyText], ...] = (
    ("none", _l("Entrée libre"), _l("Personne ne s’inscrit.")),
    ("here", _l("Inscription ici"), _l("Avec une jauge et une liste d’attente.")),
    ("elsewhere", _l("Inscription ailleurs"), _l("Par votre site, téléphone ou courriel.")),
)

_KINDS = {code: label for code, label, _hint in KIND_CHOICES}
_WAYS_IN = {code: label for code, label, _hint in WAY_IN_CHOICES}


def category_choices(categories: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return an edition's categories of people, each with its name in the reader's language."""
    labels = labels_of({"party_categories": categories})
    return [(code, label_of(labels, code, current_locale())) for code in labels]


def part_words(
    part: str, shown: Shown, names: Mapping[str, str], categories: Mapping[str, str]
) -> str:
    """Return what a part of the form says; `names` are the words for ids."""
    if part == "activity":
        return names.get(shown["activity_id"], "")
    if part == "when":
        return _when(shown)
    if part == "hours":
        return hours_words(shown["weekly_hours"])
    if part == "closures":
        return closures_words(shown["closures"])
    if part == "where":
        return ", ".join(
            names[shown[name]] for name in ("venue_id", "space_id") if shown[name] in names
        )
    if part == "way_in":
        return _way_in(shown)
    if part == "seats":
        return ", ".join(categories[one] for one in shown["seat_categories"] if one in categories)
    if part in ("opening", "closing"):
        name = {"opening": "opens", "closing": "closes"}[part]
        return " ".join(
            text for text in (day_words(shown[f"{name}_on"]), shown[f"{name}_at"]) if text
        )
    return str(shown["capacity"])


def _when(shown: Shown) -> str:
    kind = str(_KINDS.get(shown["kind"], ""))
    ends = " ".join(text for text in (day_words(shown["ends_on"]), shown["ends"]) if text)
    return f"{day_words(shown['day'])} {shown['starts']} – {ends} ({kind})"


def _way_in(shown: Shown) -> str:
    words = str(_WAYS_IN.get(shown["registration"], ""))
    if shown["registration"] != "elsewhere":
        return words
    ways = ("registration_link", "registration_telephone", "registration_email")
    full = [_("complet")] if shown["registration_full"] else []
    return "\n".join([words, *(shown[name] for name in ways if shown[name]), *full])
