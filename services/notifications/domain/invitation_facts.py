"""What the pages of an invitation say."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.text_safety import one_line
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: What each role lets somebody do, a sentence each.
ROLE_SENTENCES = {
    "coordinator": _l("Coordonner le festival : le programme, les comptes, les publications."),
    "organiser": _l("Proposer et tenir à jour les animations de votre structure."),
    "venue": _l("Tenir à jour les informations pratiques de votre lieu et voir ce qui s’y passe."),
    "door": _l("Accueillir le public à l’entrée."),
    "reader": _l("Lire le programme de travail, sans le modifier."),
}


def invitation_facts(content: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    """Return the variables of `account_invited.html` and `.txt`."""
    inviter = one_line(content["inviter"]) if content["inviter"] else None
    lead = _("La coordination du festival vous ouvre l’espace organisateur de Parvis.")
    if inviter:
        lead = _("%(who)s vous ouvre l’espace organisateur de Parvis.", who=inviter)
    return {
        "heading": _("Bienvenue, %(name)s", name=one_line(content["recipient"]["name"])),
        "lead": lead,
        "roles": [str(ROLE_SENTENCES[role]) for role in content["roles"]],
        "places": [one_line(name) for name in (*content["organisations"], *content["venues"])],
        "link": content["link"],
        "address": recipient,
        "inviter": inviter,
        "contact": content["inviter_email"],
    }
