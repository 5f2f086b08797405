"""What mails say of a session that is proposed in place of another, and of the answer."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from services.notifications.domain.templates import KEPT, MOVE_PROPOSED, MOVED
from shared.i18n import gettext as _

#: How a proposal ends that leaves the party where it was.
_NOT_TAKEN = frozenset({"declined", "expired", "organiser"})


def move_template_of(data: Mapping[str, Any]) -> str | None:
    """Return the template of what tells a `registration_changed`, when it is about a move.

    A proposal that only follows what it is for, another party say, is not told again.
    """
    bookings = {one["id"]: one for one in data["bookings"]}
    changed = [bookings[one] for one in data["changed_bookings"] if one in bookings]
    if any(one["ended_for"] == "moved" for one in changed):
        return MOVED
    if not changed or not all(is_proposal(one, bookings) for one in changed):
        return None
    if any(one["status"] == "offered" for one in changed):
        return MOVE_PROPOSED
    return KEPT if all(one["ended_for"] in _NOT_TAKEN for one in changed) else None


def is_told(template: str, booking: Mapping[str, Any], registration: Mapping[str, Any]) -> bool:
    """Tell whether a mail shows a booking: a proposal is told by itself, with what it is for.

    A proposal that nobody took is not shown, unless nothing else is left.
    """
    bookings = {one["id"]: one for one in registration["bookings"]}
    if template == MOVE_PROPOSED:
        pairs = proposed_pairs(registration["bookings"])
        return booking["id"] in {one for pair in pairs for one in pair}
    stands = is_proposal(booking, bookings)
    if template == KEPT and stands:
        return False
    return not stands or booking["status"] not in ("offered", "cancelled")


def proposed_pairs(bookings: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the ids of the bookings that a proposal would replace, each with the proposal's."""
    known = {one["id"]: one for one in bookings}
    return [
        (one["replaces"], one["id"])
        for one in known.values()
        if one["status"] == "offered" and is_proposal(one, known)
    ]


def current_of(registration: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of the bookings in place of which something is proposed."""
    return frozenset(current for current, _proposed in proposed_pairs(registration["bookings"]))


def move_opening(
    template: str, hello: str, items: Collection[Mapping[str, Any]]
) -> tuple[str, str]:
    """Return the heading of one of these mails, and the sentence under it."""
    if template == MOVED:
        return _("Vous avez changé de séance"), hello + " " + _(
            "c’est confirmé : vous venez à la séance proposée. Vos places à l’autre sont rendues. "
            "Votre billet et votre code restent les mêmes."
        )
    if template == KEPT:
        return _("Vous gardez votre séance"), hello + " " + _(
            "rien ne change : l’autre séance ne vous est plus proposée, et voici votre inscription "
            "telle qu’elle reste."
        )
    until = next((one["offered_until"] for one in items if one["offered_until"]), None)
    return _("L’organisateur vous propose une autre séance"), hello + " " + _(
        "acceptez-la d’ici au %(when)s, ou gardez votre séance actuelle. Sans réponse, rien ne "
        "change pour vous.",
        when=until or "",
    )


def is_proposal(booking: Mapping[str, Any], bookings: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether a booking was proposed in place of one, among all by id, that still stands."""
    replaced = bookings.get(booking.get("replaces") or "")
    return replaced is not None and replaced["status"] != "cancelled"
