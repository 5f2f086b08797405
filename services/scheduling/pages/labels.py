"""What the programme's codes are called on its pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.i18n import LazyText, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as lazy

AUDIENCE_LABELS: dict[str, LazyText] = {
    "everyone": lazy("Tout public"),
    "families": lazy("Familles"),
    "adults": lazy("Adultes"),
    "schools": lazy("Scolaires"),
    "teenagers": lazy("Adolescents"),
}

#: From so few seats on, the programme says that it is time to hurry.
FEW_SEATS = 5


@dataclass(frozen=True)
class WayIn:
    """How one gets into a session: what is said, how it is shown, whether the form is open."""

    words: str
    look: str
    is_open: bool = False


def way_in(session: Any, now: datetime) -> WayIn:
    """Return how one gets into a session (a row of the programme's queries) at this instant."""
    if session.status == "cancelled":
        return WayIn(_("Annulée"), "cancelled")
    if session.ends_at <= now:
        return WayIn(_("Terminée"), "past")
    if session.registration == "none":
        return WayIn(_("Entrée libre"), "free")
    if session.registration == "elsewhere":
        if session.registration_full:
            return WayIn(_("Complet"), "full")
        return WayIn(_("Réservation auprès de la structure"), "elsewhere")
    return _registration(session, now)


def ages(session: Any) -> str:
    """Return « à partir de 6 ans », « de 8 à 12 ans », or nothing where the age is free."""
    low, high = session.age_min, session.age_max
    if low and high:
        return _("de %(low)s à %(high)s ans", low=low, high=high)
    if low:
        return ngettext("à partir de %(n)s an", "à partir de %(n)s ans", low)
    if high:
        return ngettext("jusqu’à %(n)s an", "jusqu’à %(n)s ans", high)
    return ""


def _registration(session: Any, now: datetime) -> WayIn:
    if session.kind == "timed" and session.starts_at <= now:
        return WayIn(_("Inscriptions closes"), "past")
    left = session.capacity if session.seats_left is None else session.seats_left
    if left is None:
        return WayIn(_("Sur inscription"), "open", is_open=True)
    if left == 0:
        return WayIn(_("Complet, liste d’attente"), "full", is_open=True)
    if left <= FEW_SEATS:
        words = ngettext("Plus que %(n)s place", "Plus que %(n)s places", left)
        return WayIn(words, "few", is_open=True)
    return WayIn(ngettext("%(n)s place", "%(n)s places", left), "open", is_open=True)
