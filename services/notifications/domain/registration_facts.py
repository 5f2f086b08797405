"""What the pages of a mail about a registration say, put in order for their templates."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.first_confirmations import is_modified, words_of
from services.notifications.domain.identity import Identity
from services.notifications.domain.move_words import current_of, is_told, move_opening
from services.notifications.domain.offer_words import (
    ended_label,
    offer_opening,
    offered_label,
    offered_until,
    places_of,
)
from services.notifications.domain.still_coming_words import answer_by, opening
from services.notifications.domain.templates import (
    ASKED,
    CANCELLED,
    CHANGED,
    CONFIRMED,
    EXPIRED,
    MOVE_PROPOSED,
    MOVES,
    OFFERED,
    RELEASED,
)
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import in_locale, wheelchairs_of
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.identifiers import grouped_code


def facts_of(template: str, content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `registration.html` and `.txt`, but for what the mail carries.

    `again_url` is where somebody waits anew who let the offer of one session run out.
    `comes` tells whether any booking is confirmed, so that a ticket is of use.
    """
    template = words_of(template, content)
    registration, sessions = content["registration"], content["sessions"]
    changed = set(content.get("changed", ()))
    current = current_of(registration) if template == MOVE_PROPOSED else frozenset()
    items = [
        {
            "session": sessions[booking["session_id"]],
            "party": booking["party"],
            "wheelchairs": wheelchairs_of(booking),
            "places": places_of(booking),
            "status": status_of(booking, sessions[booking["session_id"]]),
            "changed": booking["id"] in changed and template != CONFIRMED,
            "is_modified": is_modified(template, content, booking),
            "ended_for": booking.get("ended_for"),
            "answer_by": answer_by(booking, sessions[booking["session_id"]]),
            "offered_label": offered_label(booking),
            "offered_until": offered_until(booking, sessions[booking["session_id"]]),
            "ended_label": ended_label(booking.get("ended_for")),
            "is_current": booking["id"] in current,
            "offer_note": booking.get("offer_note"),
        }
        for booking in registration["bookings"]
        if booking["status"] != "cancelled" or booking["id"] in changed or template == CANCELLED
        if template != ASKED or booking["id"] in content["asked"]
        if is_told(template, booking, registration)
    ]
    if content.get("ticket_renewed"):
        heading, lead = _new_ticket(hello_of(content))
    else:
        heading, lead = _opening(template, hello_of(content), items)
    lost = [item["session"]["id"] for item in items if item["ended_for"] == "expired"]
    is_lost = template == EXPIRED and len(lost) == 1
    return common_facts(content, identity) | {
        "again_url": f"{identity.public_url}/register/{lost[0]}" if is_lost else None,
        "heading": heading,
        "lead": lead,
        "items": items,
        "comes": any(item["status"] == "confirmed" for item in items),
        "is_cancelled": registration["status"] == "cancelled",
        "is_asked": template == ASKED,
        "is_move": template == MOVE_PROPOSED,
        "is_offered": any(item["offered_until"] for item in items),
    }


def common_facts(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables that every mail about a registration has."""
    registration, edition = content["registration"], edition_of(content)
    return {
        "code": grouped_code(registration["code"]),
        "manage_url": identity.manage_url(registration["token"]),
        "programme_url": identity.public_url + "/",
        "edition_name": in_locale(edition["name"]),
        "contact": edition["contact_email"],
    }


def hello_of(content: Mapping[str, Any]) -> str:
    """Return « Bonjour Camille Martin, », with which the first sentence begins."""
    name = one_line(content["registration"]["name"], longest=80)
    return _("Bonjour %(name)s,", name=name) if name else _("Bonjour,")


def edition_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the edition of the registration's first session."""
    first = content["registration"]["bookings"][0]["session_id"]
    edition: Mapping[str, Any] = content["sessions"][first]["edition"]
    return edition


def status_of(booking: Mapping[str, Any], session: Mapping[str, Any]) -> str:
    """Return the booking's status, which a cancelled session ends."""
    return "cancelled" if session["status"] == "cancelled" else str(booking["status"])


def _new_ticket(hello: str) -> tuple[str, str]:
    return _("Voici votre nouveau billet"), hello + " " + _(
        "par précaution, nous avons remplacé votre billet : le code QR reçu auparavant ne sera "
        "plus accepté. Montrez celui-ci ; vos réservations et votre code d’inscription ne "
        "changent pas."
    )


def _opening(template: str, hello: str, items: list[dict[str, Any]]) -> tuple[str, str]:
    """Return the heading and the sentence under it, which is also the preview in a list."""
    by_organiser = any(item["changed"] and item["ended_for"] == "organiser" for item in items)
    if template == CHANGED and by_organiser:
        return _("Une de vos séances est annulée"), hello + " " + _(
            "l’organisation a dû annuler votre inscription à une séance ; le reste ne change pas. "
            "Nous en sommes désolés. Pour toute question, répondez à ce courriel."
        )
    if template == CANCELLED and any(item["ended_for"] == "organiser" for item in items):
        return _("Votre inscription est annulée"), hello + " " + _(
            "l’organisation a dû annuler votre inscription. Nous en sommes désolés. "
            "Pour toute question, répondez à ce courriel."
        )
    if template == CANCELLED and {item["ended_for"] for item in items} == {"declined"}:
        places = sum(item["places"] for item in items)
        heading = ngettext("Vous avez décliné la place", "Vous avez décliné les places", places)
        return heading, hello + " " + ngettext(
            "c’est noté : la place qui vous était proposée va à quelqu’un d’autre. "
            "Merci d’avoir répondu.",
            "c’est noté : les places qui vous étaient proposées vont à quelqu’un d’autre. "
            "Merci d’avoir répondu.",
            places,
        )
    if template == CANCELLED:
        return _("Votre inscription est annulée"), hello + " " + _(
            "nous avons bien annulé votre inscription. Les places sont rendues à d’autres."
        )
    if template in MOVES:
        return move_opening(template, hello, items)
    if template in (OFFERED, EXPIRED):
        return offer_opening(template, hello, items)
    if template in (ASKED, RELEASED):
        is_all_over = all(item["status"] == "cancelled" for item in items)
        return opening(template, hello, is_all_over)
    waiting = [item for item in items if item["status"] == "waitlisted"]
    if template == CHANGED:
        return _("Votre inscription a changé"), hello + " " + _(
            "voici votre inscription telle qu’elle est maintenant."
        )
    if items and len(waiting) == len(items):
        return _("Vous êtes sur la liste d’attente"), hello + " " + _(
            "la séance est complète. Si une place se libère à votre tour, nous vous la proposerons "
            "par courriel, et vous aurez un délai pour l’accepter."
        )
    if waiting:
        return _("Votre inscription est enregistrée"), hello + " " + _(
            "une partie de votre sélection est confirmée, le reste est sur liste d’attente."
        )
    return _("C’est noté, on vous attend !"), hello + " " + _(
        "votre inscription est confirmée. Gardez ce courriel : il contient votre billet."
    )
