"""What each step of a stop is called in its mail, and what it means for who reads it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.notifications.domain.templates import STOP_OPTION_REMINDED
from shared.i18n import LazyText, format_day
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: What a step does, by its name: subject, then first sentence.
STEPS: Mapping[str, tuple[LazyText, LazyText]] = {
    "request": (
        _l("Étape demandée : %(what)s"),
        _l("Une étape est demandée. À vous de la retenir, de la confirmer ou de la refuser."),
    ),
    "accept": (
        _l("Le lieu accepte : %(what)s"),
        _l("Le lieu accepte de recevoir l’exposition : l’étape peut être confirmée."),
    ),
    "option": (
        _l("Option posée : %(what)s"),
        _l(
            "L’exposition est retenue pour cette étape jusqu’au %(day)s inclus : d’ici là, "
            "personne d’autre ne peut la prendre."
        ),
    ),
    "confirm": (
        _l("Étape confirmée : %(what)s"),
        _l("C’est confirmé : l’exposition vient à ces dates."),
    ),
    "refuse": (
        _l("Étape refusée : %(what)s"),
        _l("La demande est refusée : l’exposition ne viendra pas à ces dates."),
    ),
    "cancel": (_l("Étape annulée : %(what)s"), _l("Cette étape n’aura pas lieu.")),
}

#: A request, told to who answers for the place.
TO_PLACE: tuple[LazyText, LazyText] = (
    _l("Une exposition dans votre lieu : %(what)s"),
    _l(
        "On demande une exposition dans votre lieu. Si vous l’acceptez, qui la prête peut la "
        "confirmer."
    ),
)

#: An option that comes to its end.
REMINDER: tuple[LazyText, LazyText] = (
    _l("L’option se termine le %(day)s : %(what)s"),
    _l(
        "L’option sur cette étape se termine le %(day)s au soir. Si l’étape n’est pas confirmée "
        "d’ici là, l’exposition est de nouveau libre pour d’autres."
    ),
)


def stop_words(template: str, content: Mapping[str, Any]) -> tuple[str, str]:
    """Return the subject and the first sentence, in the current language."""
    subject, lead = _words(template, content)
    place = content["commune"] or content["venue"]
    named = {
        "what": _("%(exhibition)s, %(place)s", exhibition=content["exhibition"], place=place),
        "day": option_day(content),
    }
    return str(subject) % named, str(lead) % named


def option_day(content: Mapping[str, Any]) -> str:
    """Return the last day of an option, or nothing."""
    until = content["option_until"]
    return format_day(date.fromisoformat(str(until)), year=True) if until else ""


def _words(template: str, content: Mapping[str, Any]) -> tuple[LazyText, LazyText]:
    if template == STOP_OPTION_REMINDED:
        return REMINDER
    if content["step"] == "request" and content["recipient"]["side"] == "place":
        return TO_PLACE
    return STEPS[content["step"]]
