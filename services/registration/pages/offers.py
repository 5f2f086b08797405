"""The answer to an offered place, or to a proposed move; both are on the registration's own page.

Opening the page answers nothing: mail filters open links. The buttons post.
"""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from services.registration.domain import changing
from services.registration.domain.party import places_kept
from services.registration.models import Registration
from services.registration.pages.unknown import unknown_registration
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.security import keep_secret

blueprint = Blueprint("offers", __name__, url_prefix="/registrations/<token>/bookings")
blueprint.after_request(keep_secret)


@blueprint.post("/<uuid:booking_id>/accept")
def accept(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Take the place."""

    def said(places: int) -> str:
        return ngettext(
            "C’est noté : la place est à vous.", "C’est noté : les places sont à vous.", places
        )

    return _answer(changing.accept, token, booking_id, said)


@blueprint.post("/<uuid:booking_id>/decline")
def decline(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Give the place up, for whoever waits next."""

    def said(places: int) -> str:
        return ngettext(
            "C’est noté : la place va à quelqu’un d’autre. Merci d’avoir répondu.",
            "C’est noté : les places vont à quelqu’un d’autre. Merci d’avoir répondu.",
            places,
        )

    return _answer(changing.decline, token, booking_id, said)


@blueprint.post("/<uuid:booking_id>/move")
def move(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Take the place that is proposed, and give up the one that it replaces."""
    said = _("C’est noté : vous venez à la séance proposée, l’autre est rendue.")
    return _answer(changing.accept, token, booking_id, lambda _places: said, why_kept)


@blueprint.post("/<uuid:booking_id>/keep")
def keep(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Keep what was booked, and let the place that is proposed go."""
    said = _("C’est noté : vous gardez votre séance, rien n’a changé.")
    return _answer(changing.decline, token, booking_id, lambda _places: said, why_kept)


def _answer(
    answer: Callable[..., Registration],
    token: str,
    booking_id: UUID,
    said: Callable[[int], str],
    why: Callable[[str], str] | None = None,
) -> ResponseReturnValue:
    context = current_context()
    try:
        with context.database.write() as db:
            answered = answer(db, token, booking_id, now=context.clock())
            [booking] = [one for one in answered.bookings if one.id == booking_id]
            places = places_kept(booking.seats, booking.wheelchairs)
    except changing.UnknownRegistration:
        return unknown_registration()
    except changing.ChangeRefused as refused:
        flash((why or why_over)(refused.code), "error")
    else:
        flash(said(places), "success")
    return redirect(f"/registrations/{token}", 303)


def why_over(code: str) -> str:
    """Return why an offer cannot be answered any more (`changing.ChangeRefused`)."""
    if code == "offer_expired":
        return _("Trop tard : le délai est passé, la proposition va à quelqu’un d’autre.")
    if code == "not_bookable":
        return _("Cette séance n’a pas lieu : la proposition ne tient plus.")
    if code == "cancelled":
        return _("C’est déjà rendu : il n’y a plus rien à accepter.")
    return _("Aucune place ne vous est proposée ici en ce moment.")


def why_kept(code: str) -> str:
    """Return why a proposed move cannot be answered any more, as `why_over` does."""
    if code == "offer_expired":
        return _("Trop tard : le délai est passé. Vous gardez votre séance.")
    if code == "not_bookable":
        return _("La séance proposée n’a pas lieu. Vous gardez la vôtre.")
    return _("Aucune autre séance ne vous est proposée en ce moment.")
