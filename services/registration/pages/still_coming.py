"""The answer to whether a party still comes; the question is on the registration's own page.

Opening the page answers nothing: mail filters open links. The button posts.
"""

from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from services.registration.domain.changing import ChangeRefused, UnknownRegistration
from services.registration.domain.still_coming import confirm_coming
from services.registration.pages.unknown import unknown_registration
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.security import keep_secret

blueprint = Blueprint("still_coming", __name__, url_prefix="/registrations/<token>")
blueprint.after_request(keep_secret)


@blueprint.post("/bookings/<uuid:booking_id>/coming")
def say_so(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Keep the seats: the party still comes."""
    context = current_context()
    try:
        with context.database.write() as db:
            confirm_coming(db, token, booking_id, now=context.clock())
    except UnknownRegistration:
        return unknown_registration()
    except ChangeRefused:
        flash(_("Trop tard, ces places sont déjà rendues. Voyez s’il en reste."), "error")
    else:
        flash(_("Merci ! Vos places restent à vous, on vous attend."), "success")
    return redirect(f"/registrations/{token}", 303)
