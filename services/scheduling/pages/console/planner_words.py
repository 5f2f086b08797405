"""What the planner's script says, in the reader's language; `{name}` is filled in by the script."""

from typing import Any

from services.scheduling.pages.words import AUDIENCE_LABELS
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: The states that the planner filters by.
STATE_CHOICES: tuple[tuple[str, LazyText], ...] = (
    ("waiting", _l("À publier")),
    ("draft", _l("Jamais publiées")),
    ("released", _l("Publiées")),
    ("held_back", _l("Mises de côté")),
    ("cancelled", _l("Annulées")),
)


def planner_words() -> dict[str, Any]:
    """Return the words by name."""
    return {
        "levels": {"blocks": _("Bloquant"), "warns": _("Attention"), "informs": _("À savoir")},
        "tallyOne": {
            "blocks": _("{n} conflit bloquant"),
            "warns": _("{n} point d’attention"),
            "informs": _("{n} point à savoir"),
        },
        "tally": {
            "blocks": _("{n} conflits bloquants"),
            "warns": _("{n} points d’attention"),
            "informs": _("{n} points à savoir"),
        },
        "states": {
            "draft": _("Brouillon"),
            "changed": _("Modifiée, à publier"),
            "released": _("Publiée"),
            "cancelled": _("Annulée"),
        },
        "facts": {
            "organisation": _("Structure"),
            "when": _("Quand"),
            "where": _("Où"),
            "theme": _("Thématique"),
            "audience": _("Public"),
            "capacity": _("Jauge"),
            "state": _("État"),
            "note": _("Note"),
        },
        "audiences": {code: str(label) for code, label in AUDIENCE_LABELS.items()},
        "faults": {
            "activity": _("Choisissez l’animation."),
            "venue": _("Choisissez un lieu."),
            "day": _("Indiquez le jour."),
            "starts": _("Indiquez l’heure de début."),
            "ends": _("Indiquez l’heure de fin."),
            "order": _("La fin doit venir après le début."),
        },
        **_of_grid(),
        **_of_changes(),
    }


def _of_grid() -> dict[str, str]:
    return {
        "sessions": _("{n} séances"),
        "oneSession": _("{n} séance"),
        "people": _("{n} pers."),
        "many": _("plusieurs à la fois"),
        "noSpace": _("salle à préciser"),
        "anySpace": _("Salle à préciser"),
        "spaceOption": _("{name} – {n} personnes"),
        "noCommune": _("Sans commune"),
        "exhibition": _("Plusieurs jours"),
        "untilDay": _("du {from} au {to}"),
        "period": _("Du {from} au {to}"),
        "wish": _("souhaite : {place}"),
        "toPlace": _("À placer"),
        "trayEmpty": _("Rien n’attend : toutes les séances sont placées."),
        "nothingFound": _("Rien ne correspond."),
        "emptyDay": _("Aucune séance ce jour-là."),
        "free": _("Rien ne s’y oppose."),
        "accepted": _("(accepté)"),
        "more": _("et {n} autres"),
        "oneMore": _("et un autre"),
        "see": _("Voir « {title} »"),
        "show": _("La montrer"),
        "dropHere": _("Déposez sur une salle et une heure."),
        "dropInTray": _("Lâchez pour la remettre à placer."),
    }


def _of_changes() -> dict[str, str]:
    return {
        "place": _("Placer"),
        "move": _("Enregistrer"),
        "delete": _("Supprimer"),
        "reallyDelete": _("Supprimer pour de bon ?"),
        "close": _("Fermer"),
        "undo": _("Défaire"),
        "saving": _("Enregistrement…"),
        "saved": _("« {title} » : {where}."),
        "undone": _("C’est défait. « {title} » : {where}."),
        "redone": _("C’est refait. « {title} » : {where}."),
        "deleted": _("Supprimée."),
        "inTray": _("à placer"),
        "keptInTray": _("changée parmi les séances à placer"),
        "fault": _("« {title} » n’a pas bougé. {sentence}"),
        "notSaved": _("Ce n’est pas enregistré : le serveur ne répond pas. Réessayez."),
        "offline": _("Pas de réponse du serveur : ce que vous voyez peut dater."),
        "signedOut": _("Vous n’êtes plus connecté·e : reconnectez-vous dans un autre onglet."),
        "somebody": _("Quelqu’un"),
        "whoseTitle": _("{who} a changé cette séance entre-temps"),
        "gone": _("Elle n’existe plus."),
        "news": _("{who} vient de changer « {title} » : {where}."),
        "newsGone": _("« {title} » n’est plus à ce jour."),
        "newsMany": _("{n} séances viennent d’être changées par d’autres."),
    }
