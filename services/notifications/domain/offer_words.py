"""What mails say of an offered place: until when it is kept, and what became of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from services.notifications.domain.move_words import is_proposal
from services.notifications.domain.templates import EXPIRED, OFFERED
from services.notifications.domain.wording import deadline, wheelchairs_of
from shared.i18n import gettext as _
from shared.i18n import ngettext


def offer_template_of(data: Mapping[str, Any]) -> str | None:
    """Return the template of what tells a `registration_changed`, when it is about an offer.

    What is proposed in place of something that stands is told otherwise (`move_words`).
    """
    ids, known = data["changed_bookings"], {one["id"]: one for one in data["bookings"]}
    changed = [one for one in known.values() if one["id"] in ids and not is_proposal(one, known)]
    if is_offered(changed):
        return OFFERED
    return EXPIRED if {one["ended_for"] for one in changed} == {"expired"} else None


def changed_bookings(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the bookings that changed, as a mail's content tells them."""
    changed = content.get("changed", ())
    return [one for one in content["registration"]["bookings"] if one["id"] in changed]


def places_of(booking: Mapping[str, Any]) -> int:
    """Return how many places are kept for a party, those for wheelchairs too; one at least."""
    return max(1, int(booking["seats"]) + wheelchairs_of(booking))


def is_offered(bookings: Collection[Mapping[str, Any]]) -> bool:
    """Tell whether a place is offered in one of these bookings."""
    return any(booking["status"] == "offered" for booking in bookings)


def last_deadline(content: Mapping[str, Any]) -> datetime | None:
    """Return until when a mail about offers is of use (UTC): until the last one of them ends."""
    ends = [
        datetime.fromisoformat(one["offer_expires_at"])
        for one in changed_bookings(content)
        if one["status"] == "offered" and one.get("offer_expires_at")
    ]
    return max(ends, default=None)


def offered_until(booking: Mapping[str, Any], session: Mapping[str, Any]) -> str | None:
    """Return until when a place is offered; None where none is."""
    until = booking.get("offer_expires_at")
    if until is None or booking["status"] != "offered" or session["status"] == "cancelled":
        return None
    return deadline(until, session["time_zone"])


def offered_label(booking: Mapping[str, Any]) -> str:
    """Return « Place proposée », or « Places proposées » where several are."""
    return ngettext("Place proposée", "Places proposées", places_of(booking))


def ended_label(reason: str | None) -> str:
    """Return how a booking ended, in a word."""
    if reason == "expired":
        return _("Proposition expirée")
    if reason == "moved":
        return _("Remplacée")
    return _("Déclinée") if reason == "declined" else _("Annulée")


def offer_opening(
    template: str, hello: str, items: Collection[Mapping[str, Any]]
) -> tuple[str, str]:
    """Return the heading of one of these mails, and the sentence under it."""
    if template == EXPIRED:
        lost = sum(item["places"] for item in items if item["ended_for"] == "expired")
        heading = ngettext(
            "La place n’est plus proposée", "Les places ne sont plus proposées", lost
        )
        return heading, hello + " " + ngettext(
            "nous n’avons pas eu votre réponse à temps : la place qui vous était proposée est "
            "passée à quelqu’un d’autre. Vous pouvez rejoindre la liste d’attente à nouveau.",
            "nous n’avons pas eu votre réponse à temps : les places qui vous étaient proposées "
            "sont passées à quelqu’un d’autre. Vous pouvez rejoindre la liste d’attente à nouveau.",
            lost,
        )
    offered = [item for item in items if item["changed"] and item["offered_until"]]
    if len(offered) == 1:
        places = offered[0]["places"]
        heading = ngettext("Une place vous est proposée", "Des places vous sont proposées", places)
        return heading, hello + " " + ngettext(
            "une place s’est libérée et c’est votre tour. Nous la gardons pour vous : acceptez-la "
            "d’ici au %(when)s. Sans réponse, elle ira à quelqu’un d’autre.",
            "des places se sont libérées et c’est votre tour. Nous les gardons pour vous : "
            "acceptez-les d’ici au %(when)s. Sans réponse, elles iront à quelqu’un d’autre.",
            places,
            when=offered[0]["offered_until"],
        )
    return _("Des places vous sont proposées"), hello + " " + _(
        "des places se sont libérées et c’est votre tour. Nous les gardons pour vous jusqu’à "
        "l’heure indiquée ci-dessous. Sans réponse, elles iront à d’autres."
    )
