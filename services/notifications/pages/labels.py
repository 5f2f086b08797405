"""The console's words for the states of a mail, for what it is, and for why it stands there."""

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

STATUS_LABELS: dict[str, LazyText] = {
    "unknown": _("Sort inconnu"),
    "failed": _("Échec"),
    "bounced": _("Revenu"),
    "deferred": _("Reporté"),
    "queued": _("En attente"),
    "sending": _("En cours d’envoi"),
    "sent": _("Envoyé"),
    "withdrawn": _("Non envoyé"),
}

#: How a state's badge looks; the words say it, the colour only helps.
STATUS_TONES = {
    "unknown": "warn",
    "failed": "bad",
    "bounced": "bad",
    "deferred": "warn",
    "queued": "plain",
    "sending": "brand",
    "sent": "good",
    "withdrawn": "plain",
}

#: What a state means, said in one sentence on the mail's own page.
STATUS_MEANINGS: dict[str, LazyText] = {
    "unknown": _(
        "La connexion s’est rompue après la fin de l’envoi, avant la réponse du serveur : "
        "personne ne sait si le courriel est arrivé."
    ),
    "failed": _("Le serveur a refusé ce courriel, ou nous y avons renoncé."),
    "bounced": _("Un serveur l’avait accepté, puis l’a renvoyé : il n’est pas arrivé."),
    "deferred": _("Le serveur ne l’a pas pris cette fois : un nouvel essai aura lieu."),
    "queued": _("Il partira de lui-même, une fois son heure venue."),
    "sending": _("Il est en train de partir."),
    "sent": _("Le serveur de courriel l’a accepté."),
    "withdrawn": _("Il n’est pas parti, et c’est voulu."),
}

TEMPLATE_LABELS: dict[str, LazyText] = {
    "registration_confirmed": _("Confirmation d’inscription"),
    "registration_changed": _("Modification d’inscription"),
    "registration_cancelled": _("Annulation d’inscription"),
    "registration_asked": _("Question « venez-vous toujours ? »"),
    "registration_released": _("Places rendues faute de réponse"),
    "registration_offered": _("Places proposées"),
    "registration_expired": _("Proposition de place expirée"),
    "registration_move_proposed": _("Autre séance proposée"),
    "registration_moved": _("Séance changée"),
    "registration_kept": _("Séance gardée"),
    "registration_links": _("Liens perdus, renvoyés"),
    "organiser_message": _("Message de l’organisation"),
    "programme_changed": _("Changement du programme"),
    "sessions_rescheduled": _("Changement de séances, à qui y prend part"),
    "sign_in": _("Lien de connexion"),
    "account_invited": _("Invitation dans l’espace organisateur"),
    "proposal_moved": _("Avancée d’un projet"),
    "proposals_reminded": _("Rappel de projets à compléter"),
    "stop_moved": _("Étape d’une exposition"),
    "stop_option_reminded": _("Rappel d’une option sur une exposition"),
    "webhook_disabled": _("Webhook désactivé"),
    "subscription_asked": _("Confirmation d’un abonnement"),
    "newsletter": _("Lettre du programme"),
    "newsletter_test": _("Essai de la lettre"),
    "activity_followed": _("Nouvelles d’une animation suivie"),
}

#: Why an address is not written to any more.
SUPPRESSION_LABELS: dict[str, LazyText] = {
    "hard_bounce": _("Cette adresse n’existe pas ou ne reçoit plus"),
    "complaint": _("Cette personne a signalé nos courriels comme indésirables"),
}

_REASONS: dict[str, LazyText] = {
    "expired": _("il serait arrivé trop tard : son délai était passé"),
    "overtaken": _("un courriel plus récent l’a remplacé"),
    "unchanged": _("pour cette personne, rien n’a changé depuis le courriel précédent"),
    "gathered": _("ce qu’il disait est dans un courriel suivant"),
    "erased": _("les données de cette personne ont été effacées"),
    "suppressed: hard_bounce": _("un courriel précédent à cette adresse est revenu"),
    "suppressed: complaint": _("cette personne a signalé nos courriels comme indésirables"),
    "unsubscribed": _("cette personne s’est désabonnée entre-temps"),
    "worker lost": _("le processus d’envoi s’est arrêté"),
}


def reason_label(reason: str | None) -> str:
    """Return a reason in the reader's language; what a server said stays as it said it."""
    if not reason:
        return ""
    if reason.startswith("address: "):
        return str(_("cette adresse n’est pas utilisable"))
    return str(_REASONS.get(reason, reason))
