"""The console's words for letters: what state they are in, and whom they go to."""

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

STATUS_LABELS: dict[str, LazyText] = {
    "draft": _("Brouillon"),
    "planned": _("Planifiée"),
    "sending": _("En train de partir"),
    "sent": _("Envoyée"),
}

STATUS_TONES = {"draft": "plain", "planned": "warn", "sending": "brand", "sent": "good"}

FREQUENCY_WORDS: dict[str, LazyText] = {
    "weekly": _("Abonnés de chaque semaine"),
    "monthly": _("Abonnés de chaque mois"),
}
