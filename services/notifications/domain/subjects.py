"""The subjects of the mails."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.wording import begins, in_locale
from shared.i18n import gettext as _
from shared.i18n import ngettext, speaking, translator

#: Where the mails' words are translated.
PACKAGE = "services.notifications"


def registration_subject(template: str, content: Mapping[str, Any], locale: str) -> str:
    """Return « Votre inscription : Fabrique ton glacier, samedi 10 octobre à 14 h »."""
    with speaking(translator(PACKAGE, locale)):
        what = _what(content)
        if template == "registration_cancelled":
            return _("Inscription annulée : %(what)s", what=what)
        if template == "registration_changed":
            return _("Inscription modifiée : %(what)s", what=what)
        return _("Votre inscription : %(what)s", what=what)


def sign_in_subject(locale: str) -> str:
    """Return the subject of the mail with the staff's way in; it never holds the code."""
    with speaking(translator(PACKAGE, locale)):
        return _("Votre connexion à l’espace organisateur")


def _what(content: Mapping[str, Any]) -> str:
    bookings = content["registration"]["bookings"]
    wanted = [b for b in bookings if b["status"] != "cancelled"] or bookings
    sessions = [content["sessions"][booking["session_id"]] for booking in wanted]
    if len(sessions) == 1:
        return f"{in_locale(sessions[0]['title'])}, {begins(sessions[0])}"
    edition = in_locale(sessions[0]["edition"]["name"]) if sessions else ""
    return ngettext(
        "%(n)s séance, %(edition)s", "%(n)s séances, %(edition)s", len(sessions), edition=edition
    )
