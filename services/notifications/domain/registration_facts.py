"""What the pages of a mail about a registration say, put in order for their templates."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.identity import Identity
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import in_locale
from shared.i18n import gettext as _


def facts_of(template: str, content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `registration.html` and `.txt`, but for what the mail carries.

    `comes` tells whether any booking is confirmed, so that a ticket is of use.
    """
    registration, sessions = content["registration"], content["sessions"]
    changed = set(content.get("changed", ()))
    items = [
        {
            "session": sessions[booking["session_id"]],
            "party": booking["party"],
            "status": _status(booking, sessions[booking["session_id"]]),
            "changed": booking["id"] in changed,
        }
        for booking in registration["bookings"]
        if booking["status"] != "cancelled"
        or booking["id"] in changed
        or template == "registration_cancelled"
    ]
    edition = edition_of(content)
    name = one_line(registration["name"], longest=80)
    comes = any(item["status"] == "confirmed" for item in items)
    heading, lead = _opening(template, name, items)
    return {
        "heading": heading,
        "lead": lead,
        "items": items,
        "code": registration["code"],
        "comes": comes,
        "manage_url": identity.manage_url(registration["token"]),
        "is_cancelled": template == "registration_cancelled",
        "programme_url": identity.public_url + "/",
        "edition_name": in_locale(edition["name"]),
        "contact": edition["contact_email"],
    }


def edition_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the edition of the registration's first session."""
    first = content["registration"]["bookings"][0]["session_id"]
    edition: Mapping[str, Any] = content["sessions"][first]["edition"]
    return edition


def _status(booking: Mapping[str, Any], session: Mapping[str, Any]) -> str:
    return "cancelled" if session["status"] == "cancelled" else str(booking["status"])


def _opening(template: str, name: str, items: list[dict[str, Any]]) -> tuple[str, str]:
    """Return the heading and the sentence under it, which is also the preview in a list."""
    hello = _("Bonjour %(name)s,", name=name) if name else _("Bonjour,")
    if template == "registration_cancelled":
        return _("Votre inscription est annulée"), hello + " " + _(
            "nous avons bien annulé votre inscription. Les places sont rendues à d’autres."
        )
    waiting = [item for item in items if item["status"] == "waitlisted"]
    if template == "registration_changed":
        return _("Votre inscription a changé"), hello + " " + _(
            "voici votre inscription telle qu’elle est maintenant."
        )
    if items and len(waiting) == len(items):
        return _("Vous êtes sur la liste d’attente"), hello + " " + _(
            "la séance est complète. Nous vous écrirons si une place se libère."
        )
    if waiting:
        return _("Votre inscription est enregistrée"), hello + " " + _(
            "une partie de votre sélection est confirmée, le reste est sur liste d’attente."
        )
    return _("C’est noté, on vous attend !"), hello + " " + _(
        "votre inscription est confirmée. Gardez ce courriel : il contient votre billet."
    )
