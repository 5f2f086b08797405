"""What mails say where an organiser asks who still comes: the question, and what silence did."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.templates import ASKED, RELEASED
from services.notifications.domain.wording import deadline
from shared.i18n import gettext as _


def template_of(data: Mapping[str, Any]) -> str | None:
    """Return the template of what tells a `registration_changed`, when it is one of these two."""
    if data["asked_bookings"]:
        return ASKED
    changed = set(data["changed_bookings"])
    reasons = {one["ended_for"] for one in data["bookings"] if one["id"] in changed}
    return RELEASED if reasons == {"unanswered"} else None


def answer_by(booking: Mapping[str, Any], session: Mapping[str, Any]) -> str | None:
    """Return until when a party says that it still comes; None where nobody asks."""
    asked = booking.get("answer_by")
    if asked is None or booking["status"] != "confirmed" or session["status"] == "cancelled":
        return None
    return deadline(asked, session["time_zone"])


def opening(template: str, hello: str, is_all_over: bool) -> tuple[str, str]:
    """Return the heading of one of these mails, and the sentence under it."""
    if template == ASKED:
        return _("Venez-vous toujours ?"), hello + " " + _(
            "dites-nous si vous venez toujours. Sans réponse à temps, vos places iront à des "
            "personnes qui attendent."
        )
    if is_all_over:
        return _("Vos places sont rendues"), hello + " " + _(
            "nous n’avons pas eu votre réponse à temps : vos places iront à d’autres. "
            "S’il en reste, vous pouvez vous inscrire à nouveau."
        )
    return _("Une partie de vos places est rendue"), hello + " " + _(
        "nous n’avons pas eu votre réponse à temps pour ce qui est barré : ces places iront à "
        "d’autres. Le reste est toujours à vous."
    )
