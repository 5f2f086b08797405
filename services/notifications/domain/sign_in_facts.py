"""What the pages of the sign-in mail say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.i18n import gettext as _


def sign_in_facts(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of `sign_in.html` and `.txt`; a blanked code shows as dots."""
    asked = datetime.fromisoformat(content["requested_at"])
    expires = datetime.fromisoformat(content["expires_at"])
    code = content["code"]
    return {
        "heading": _("Entrez dans l’espace organisateur"),
        "lead": _("Voici le lien et le code que vous venez de demander."),
        "link": content["link"],
        "code": code or "••••••",
        "minutes": max(round((expires - asked).total_seconds() / 60), 1),
    }
