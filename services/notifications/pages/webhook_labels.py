"""The console's words for webhooks: what they can be told, how they stand, what went wrong."""

from services.notifications.domain.webhooks import kinds
from services.notifications.models import Webhook, WebhookAttempt, WebhookDelivery
from shared.i18n import LazyText, current_locale, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

KIND_LABELS: dict[str, LazyText] = {
    kinds.SESSION_PUBLISHED: _l("Séance publiée"),
    kinds.SESSION_CHANGED: _l("Séance modifiée"),
    kinds.SESSION_CANCELLED: _l("Séance annulée"),
    kinds.REGISTRATION_MADE: _l("Inscription faite"),
    kinds.REGISTRATION_CHANGED: _l("Inscription modifiée"),
    kinds.REGISTRATION_CANCELLED: _l("Inscription annulée"),
    kinds.TEST: _l("Essai"),
}

DELIVERY_LABELS: dict[str, LazyText] = {
    "failed": _l("Échec"),
    "held": _l("Gardé"),
    "deferred": _l("Nouvel essai prévu"),
    "queued": _l("En attente"),
    "delivered": _l("Arrivé"),
}

DELIVERY_TONES = {
    "failed": "bad",
    "held": "warn",
    "deferred": "warn",
    "queued": "plain",
    "delivered": "good",
}

#: What a state of a delivery means, said in one sentence on its own page.
DELIVERY_MEANINGS: dict[str, LazyText] = {
    "failed": _l("Aucun essai n’a abouti : Parvis n’essaie plus."),
    "held": _l("Gardé pendant un arrêt du webhook : il ne part que si vous le renvoyez."),
    "deferred": _l("Le dernier essai n’a pas abouti : un autre aura lieu."),
    "queued": _l("Il partira dans un instant."),
    "delivered": _l("Votre logiciel a répondu qu’il l’a reçu."),
}

_FAULTS: dict[str, LazyText] = {
    "unresolved": _l("ce nom de domaine n’existe pas, ou ne répond pas"),
    "private": _l("ce nom mène à une adresse privée, où Parvis n’envoie rien"),
    "target": _l("cette adresse n’est plus acceptée"),
    "certificate": _l("le certificat du serveur n’est pas valable pour ce nom"),
    "tls": _l("la connexion chiffrée n’a pas pu s’établir"),
    "connection": _l("la connexion a échoué ou s’est rompue"),
    "timeout": _l("pas de réponse en 20 secondes"),
    "not_http": _l("la réponse n’est pas du HTTP"),
    "redirect": _l("redirection refusée : donnez l’adresse finale"),
    "gone": _l("l’adresse répond qu’elle n’existe plus"),
    "status": _l("réponse d’erreur"),
}

#: Why an address cannot be a webhook's.
TARGET_FAULTS: dict[str, LazyText] = {
    "long": _l("Choisissez une adresse plus courte, de 1 000 caractères au plus."),
    "malformed": _l("Écrivez une adresse complète, comme https://agenda.example.org/parvis."),
    "https": _l("L’adresse doit commencer par https:// : rien ne part sans chiffrement."),
    "credentials": _l("Retirez le nom et le mot de passe : la signature suffit."),
    "port": _l("Utilisez le port 443, ou un port à partir de 1024."),
    "number": _l("Donnez un nom de domaine, pas une adresse IP."),
    "private": _l("Cette adresse n’est pas joignable depuis Internet : donnez un nom public."),
}


def state_of(webhook: Webhook) -> tuple[str, str]:
    """Return how a webhook stands, in words, and the tone of its badge."""
    if webhook.status == "disabled":
        return _("Désactivé"), "bad"
    if webhook.status == "paused":
        return _("En pause"), "plain"
    if webhook.failures:
        return _("En difficulté"), "warn"
    return (_("Actif"), "good") if webhook.last_success_at else (_("Prêt"), "brand")


def result_of(attempt: WebhookAttempt) -> str:
    """Return « 200 », « 503, réponse d’erreur », « pas de réponse en 20 secondes »."""
    if attempt.fault is None:
        return str(attempt.http_status)
    words = str(_FAULTS.get(attempt.fault, attempt.fault))
    return f"{attempt.http_status}, {words}" if attempt.http_status else words


def about(delivery: WebhookDelivery) -> str:
    """Return what tells a message from the next one: a session's title, how many places."""
    data = delivery.payload["data"]
    if "title" in data:
        in_english = data["title"]["en"] if current_locale() == "en" else None
        return str(in_english or data["title"]["fr"])
    if "bookings" in data:
        seats = sum(booking["seats"] for booking in data["bookings"])
        return ngettext("%(n)s place", "%(n)s places", seats)
    return ""


def scope_label(name: str) -> str:
    """Return what an organisation or an edition is called; one that is not public has no name."""
    return name or _("Votre structure")
