"""What the desk is told when a party cannot be registered, and at which field."""

from collections.abc import Mapping
from typing import Any

from services.registration.pages.booking_form import categories_of
from services.registration.queries import SessionPage
from services.registration.schemas import MESSAGES
from shared.i18n import gettext as _
from shared.i18n import ngettext


def refusal_words(reason: Mapping[str, Any], session: SessionPage) -> tuple[str, str]:
    """Return the field at fault and the sentence that says why a party was refused."""
    code = reason["code"]
    steps = reason["pointer"].split("/")[3:]
    limit = reason.get("limit")
    if steps[:1] == ["answers"]:
        return f"q-{steps[1]}", _("Cette question demande une réponse.")
    if code == "no_wheelchair_place":
        return "wheelchairs", ngettext(
            "La séance a %(n)s place en fauteuil.",
            "La séance a %(n)s places en fauteuil.",
            limit or 0,
        )
    asked = categories_of(session)
    field = steps[1] if len(steps) > 1 and steps[1] in asked else "party"
    if code == "unknown_category":
        return field, str(MESSAGES["unknown_category"])
    if code == "too_few":
        return field, _("Il en faut au moins %(n)s.", n=limit)
    if code == "too_many":
        return field, _("Il en faut au plus %(n)s.", n=limit)
    if code == "takes_no_seat":
        return "party", _("Comptez aussi les personnes qui prennent une place.")
    if code == "too_large":
        capacity = session.details["capacity"] or 0
        return "party", ngettext(
            "Cette séance compte %(n)s place en tout : ce groupe n’y tient pas.",
            "Cette séance compte %(n)s places en tout : ce groupe n’y tient pas.",
            capacity,
        )
    if code == "full":
        return "party", _full(reason["seats_left"] or 0)
    return "party", _("Les inscriptions à cette séance ne sont pas ouvertes.")


def _full(left: int) -> str:
    if not left:
        return _("La séance est complète : vous pouvez mettre ce groupe en attente.")
    return ngettext(
        "Il ne reste que %(n)s place : réduisez le groupe, ou mettez-le en attente.",
        "Il ne reste que %(n)s places : réduisez le groupe, ou mettez-le en attente.",
        left,
    )
