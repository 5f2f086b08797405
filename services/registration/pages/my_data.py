"""What is held of somebody, for themself: on one page, as a file, and to be erased.

Whoever has the registration's link has this. Opening an address erases nothing: the button posts.
"""

from uuid import UUID

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from services.registration.domain.erasing import erase
from services.registration.manage_queries import BookingPage, RegistrationPage, registration_page
from services.registration.pages.held_data import json_file, tables_of
from services.registration.pages.unknown import unknown_registration
from services.registration.personal_data import HeldRegistration, held_of
from shared.i18n import current_locale
from shared.web import current_context
from shared.web.security import keep_secret

blueprint = Blueprint("my_data", __name__, url_prefix="/registrations/<token>")
blueprint.after_request(keep_secret)

#: Where somebody is told that it is done: an address without a token, for there is none any more.
done = Blueprint("my_data_erased", __name__)


@blueprint.get("/my-data")
def show(token: str) -> ResponseReturnValue:
    """Show what is held, until when, and what can be done about it."""
    page, held = _held(token)
    if page is None or held is None:
        return unknown_registration()
    return render_template("my_data.html", page=page, tables=tables_of(held), held=held)


@blueprint.get("/my-data.json")
def download(token: str) -> ResponseReturnValue:
    """Return what is held as a file."""
    _page, held = _held(token)
    if held is None:
        return unknown_registration()
    return json_file([held], f"parvis-{held.code}.json")


@blueprint.get("/erase")
def ask(token: str) -> ResponseReturnValue:
    """Ask whether everything is to be erased, and say what that ends."""
    page, _held_data = _held(token)
    if page is None:
        return unknown_registration()
    return render_template("erase.html", page=page, ending=_ending(page))


@blueprint.post("/erase")
def erase_all(token: str) -> ResponseReturnValue:
    """Cancel what is to come and erase everything."""
    context = current_context()
    page, _held_data = _held(token)
    if page is None:
        return unknown_registration()
    with context.database.write() as db:
        erase(db, [page.id], reason="asked", now=context.clock())
    return redirect("/registrations/erased", 303)


@done.get("/registrations/erased")
def erased() -> ResponseReturnValue:
    """Say that it is done."""
    return render_template("erased.html")


def _held(token: str) -> tuple[RegistrationPage | None, HeldRegistration | None]:
    context = current_context()
    with context.database.read() as db:
        page = registration_page(db, token, now=context.clock())
        ids: list[UUID] = [] if page is None else [page.id]
        held = held_of(db, ids, locale=current_locale())
    return page, held[0] if held else None


def _ending(page: RegistrationPage) -> list[BookingPage]:
    """Return what is cancelled with the data: all that is still to come."""
    now = current_context().clock()
    return [
        booking
        for booking in page.own_bookings
        if booking.status != "cancelled"
        and booking.session.availability != "cancelled"
        and booking.session.ends_at > now
    ]
