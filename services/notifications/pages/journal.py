"""The journal of a mail, in words: why it was written, and each thing that happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notifications.models import DeliveryStep, OutgoingMail
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: Why somebody got a mail of this kind.
WHY: dict[str, LazyText] = {
    "registration_confirmed": _l("Cette personne s’est inscrite, ou son adresse a été corrigée."),
    "registration_changed": _l("Son inscription a changé."),
    "registration_cancelled": _l("Son inscription est annulée."),
    "registration_asked": _l("L’organisation demande si elle vient toujours."),
    "registration_released": _l("Elle n’a pas répondu : ses places sont rendues."),
    "registration_offered": _l("Des places se sont libérées pour elle."),
    "registration_expired": _l("Elle n’a pas accepté à temps les places proposées."),
    "registration_move_proposed": _l("L’organisation lui propose une autre séance."),
    "registration_moved": _l("Elle a accepté une autre séance."),
    "registration_kept": _l("Elle garde sa séance."),
    "registration_links": _l("Quelqu’un a demandé les liens des inscriptions à cette adresse."),
    "organiser_message": _l("L’organisation a écrit aux personnes inscrites."),
    "programme_changed": _l("Une publication a changé une séance à laquelle elle est inscrite."),
    "sessions_rescheduled": _l("Une publication a changé une séance à laquelle elle prend part."),
    "sign_in": _l("Quelqu’un a demandé à se connecter avec cette adresse."),
    "account_invited": _l("Quelqu’un de l’équipe l’a invitée."),
    "proposal_moved": _l("Un projet qu’elle suit a avancé."),
    "proposals_reminded": _l("Un projet qu’elle suit est à compléter avant une date limite."),
    "stop_moved": _l("Une étape d’exposition qui la concerne a changé."),
    "stop_option_reminded": _l("Une option qui la concerne prend fin."),
    "subscription_asked": _l("Quelqu’un a demandé un abonnement pour cette adresse."),
    "newsletter": _l("Elle est abonnée à la lettre du programme."),
    "newsletter_test": _l("Elle écrit la lettre, et l’essaie."),
    "activity_followed": _l("Elle suit cette animation."),
    "webhook_disabled": _l("Un webhook dont elle reçoit les pannes a été désactivé."),
}

_KINDS: dict[str, tuple[LazyText, str]] = {
    "sent": (_l("Accepté par le serveur"), "good"),
    "deferred": (_l("Refusé pour l’instant"), "warn"),
    "failed": (_l("Refusé pour de bon"), "bad"),
    "unknown": (_l("Connexion rompue avant la réponse"), "warn"),
    "relayed": (_l("Transmis plus loin"), "good"),
    "delayed": (_l("Signalé en retard"), "warn"),
    "bounced": (_l("Renvoyé par un serveur"), "bad"),
    "complaint": (_l("Signalé comme indésirable"), "bad"),
    "retried": (_l("Renvoi demandé"), "plain"),
}


@dataclass(frozen=True)
class Entry:
    """One line of a journal; `words` are those of the other side."""

    at: datetime
    label: str
    tone: str
    words: str | None


def journal_of(mail: OutgoingMail, steps: Sequence[DeliveryStep]) -> list[Entry]:
    """Return what happened to a mail, in order, from when it was asked for."""
    asked = Entry(mail.queued_at, _("Demandé"), "plain", None)
    rest = [
        Entry(step.at, str(_KINDS[step.kind][0]), _KINDS[step.kind][1], step.words)
        for step in steps
        if step.kind in _KINDS
    ]
    return [asked, *rest]
