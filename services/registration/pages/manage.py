"""The page of one registration, opened by the secret address in its mail: see, change, cancel.

Opening an address changes nothing; every change is a form that posts.
"""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.domain import changing
from services.registration.form_guard import check_address
from services.registration.manage_queries import BookingPage, RegistrationPage, registration_page
from services.registration.pages.booking_form import (
    FilledForm,
    categories_of,
    limit_sentence,
    party_values,
    read_address,
    read_party,
    wheelchair_sentence,
)
from services.registration.pages.cards import Card, page_state
from services.registration.pages.unknown import unknown_registration
from services.registration.pages.words import party_words
from services.registration.parts import with_good_ticket
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.security import keep_secret

#: Refusals that are about the wheelchairs of a party rather than about its people.
WHEELCHAIR_CODES = ("no_wheelchair_place", "too_many_wheelchairs")

blueprint = Blueprint("manage", __name__, url_prefix="/registrations/<token>")
blueprint.after_request(keep_secret)


@blueprint.get("")
def show(token: str) -> ResponseReturnValue:
    """Show the registration: right after it was made, or later from the mail."""
    page = _page(token)
    return unknown_registration() if page is None else _shown(page)


@blueprint.post("/address")
def correct_address(token: str) -> ResponseReturnValue:
    """Correct the e-mail address; the confirmation is sent again, to the new one."""
    page = _page(token)
    if page is None:
        return unknown_registration()
    filled = read_address(request.form)
    if filled.errors:
        return _shown(page, address=filled, status=422)
    email = filled.body["email"]
    if email == page.email:
        flash(_("Cette adresse est déjà la vôtre, rien n’a changé."), "info")
        return _back(page)
    too_many = check_address(email)
    if too_many is not None:
        filled = filled.with_error("email", too_many.correction)
        response = _shown(page, address=filled, status=429)
        response.headers["Retry-After"] = too_many.retry_after
        return response
    refused = _change(token, changing.Wanted(email=email))
    if refused is not None:
        return _shown(page, address=filled.with_error("email", _why(refused)), status=409)
    flash(_("L’adresse est corrigée. La confirmation y repart dans un instant."), "success")
    return _back(page)


@blueprint.post("/bookings/<uuid:booking_id>/party")
def change_party(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Change who comes to one session."""
    page = _page(token)
    booking = _booking(page, booking_id)
    if page is None or booking is None:
        return unknown_registration()
    filled = read_party(
        request.form,
        booking_id,
        booking.session,
        booking.party,
        held=booking.seats,
        wheelchairs=booking.wheelchairs,
    )
    if filled.errors:
        return _shown(page, party=(booking_id, filled), status=422)
    asked = filled.body["bookings"][0]
    rolling = {booking_id: asked["wheelchairs"]} if "wheelchairs" in asked else {}
    wanted = changing.Wanted(parties={booking_id: asked["party"]}, wheelchairs=rolling)
    refused = _change(token, wanted)
    if refused is not None:
        again = _page(token) or page
        heads = {name: number for name, number in asked["party"].items() if number}
        if refused.code in WHEELCHAIR_CODES or heads == booking.party:
            filled = filled.with_error("wheelchairs", _why_not_rolling(refused))
        else:
            filled = filled.with_error("party", _why(refused, _booking(again, booking_id)))
        return _shown(again, party=(booking_id, filled), status=409)
    words = party_words(asked["party"], booking.session.details["edition"])
    flash(_("C’est noté : %(party)s.", party=words), "success")
    if _is_moving(page, booking_id) and not _is_moving(_page(token), booking_id):
        flash(
            _(
                "Votre groupe ne tient plus dans l’autre séance : "
                "elle ne vous est plus proposée, et vous gardez la vôtre."
            ),
            "info",
        )
    return _back(page)


@blueprint.get("/cancel")
def ask_to_cancel_all(token: str) -> ResponseReturnValue:
    """Ask whether everything is to be cancelled."""
    page = _page(token)
    if page is None:
        return unknown_registration()
    return _ask(page, [booking for booking in page.own_bookings if booking.stands], everything=True)


@blueprint.post("/cancel")
def cancel_all(token: str) -> ResponseReturnValue:
    """Cancel everything."""
    page = _page(token)
    if page is None:
        return unknown_registration()
    _change(token, changing.Wanted(everything_cancelled=True))
    return _back(page)


@blueprint.get("/bookings/<uuid:booking_id>/cancel")
def ask_to_cancel_one(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Ask whether one booking is to be cancelled."""
    page = _page(token)
    booking = _booking(page, booking_id)
    if page is None or booking is None:
        return unknown_registration()
    return _ask(page, [booking] if booking.stands else [], everything=False)


@blueprint.post("/bookings/<uuid:booking_id>/cancel")
def cancel_one(token: str, booking_id: UUID) -> ResponseReturnValue:
    """Cancel one booking."""
    page = _page(token)
    if page is None or _booking(page, booking_id) is None:
        return unknown_registration()
    _change(token, changing.Wanted(cancelled=(booking_id,)))
    flash(_("La séance est annulée. Les autres restent à vous."), "success")
    return _back(page)


def _page(token: str) -> RegistrationPage | None:
    context = current_context()
    with context.database.read() as db:
        page = registration_page(db, token, now=context.clock())
    return None if page is None else with_good_ticket(page)


def _booking(page: RegistrationPage | None, booking_id: UUID) -> BookingPage | None:
    bookings = page.bookings if page is not None else ()
    return next((booking for booking in bookings if booking.id == booking_id), None)


def _is_moving(page: RegistrationPage | None, booking_id: UUID) -> bool:
    """Tell whether another session is proposed in place of a booking."""
    moves = page.moves if page is not None else ()
    return any(replaced.id == booking_id for replaced, _proposed in moves)


def _change(token: str, wanted: changing.Wanted) -> changing.ChangeRefused | None:
    """Make the change; return why not, after which nothing was changed."""
    context = current_context()
    try:
        with context.database.write() as db:
            changing.change(db, token, wanted, now=context.clock())
    except changing.ChangeRefused as refused:
        return refused
    return None


def _why(refused: changing.ChangeRefused, booking: BookingPage | None = None) -> str:
    if refused.code == "cancelled":
        return _("Cette inscription est annulée et le reste.")
    if refused.fault is not None:
        fault = refused.fault
        edition = booking.session.details["edition"] if booking else {}
        return limit_sentence(fault.code, fault.category, fault.limit, edition)
    if refused.code == "unknown_category":
        return _("Cette séance ne compte plus ces personnes : leur nombre peut seulement diminuer.")
    if refused.code == "takes_no_seat":
        return _("Comptez aussi les personnes qui prennent une place.")
    if refused.code == "not_bookable" or booking is None:
        return _(
            "Les inscriptions à cette séance sont closes : "
            "votre groupe peut diminuer, mais plus grandir."
        )
    left = booking.session.seats_left or 0
    if not left:
        return _("La séance est complète : votre groupe ne peut plus grandir.")
    return ngettext(
        "Il ne reste que %(n)s place de plus : rien n’a été changé.",
        "Il ne reste que %(n)s places de plus : rien n’a été changé.",
        left,
    )


def _why_not_rolling(refused: changing.ChangeRefused) -> str:
    """Say why the same party cannot come with more, or fewer, wheelchairs."""
    if refused.code == "full":
        return _("Il ne reste pas de siège pour qui viendrait sans fauteuil roulant.")
    if refused.code in WHEELCHAIR_CODES:
        return wheelchair_sentence(refused.limit or 0)
    return _why(refused)


def _shown(
    page: RegistrationPage,
    *,
    address: FilledForm | None = None,
    party: tuple[UUID, FilledForm] | None = None,
    status: int = 200,
) -> Response:
    """Show the registration; a form that was refused is shown as it was typed."""
    refused = dict([party] if party else [])
    address = address or FilledForm({"email": page.email or ""})
    faults = address.faults()
    for booking_id, filled in refused.items():
        faults |= filled.faults(f"b{booking_id}-")
    cards = [_card(page, booking, refused.get(booking.id)) for booking in page.own_bookings]
    body = render_template(
        "registration.html",
        page=page,
        cards=cards,
        address=address,
        faults=faults,
        is_new="new" in request.args,
        state=page_state(cards),
    )
    return make_response(body, status)


def _card(page: RegistrationPage, booking: BookingPage, refused: FilledForm | None) -> Card:
    return Card(
        booking,
        refused or party_values(booking.session, booking.party, booking.wheelchairs),
        categories_of(booking.session, booking.party),
        is_over=(
            current_context().clock() >= booking.session.ends_at and not booking.session.is_open
        ),
        registered_at=page.registered_at,
    )


def _ask(
    page: RegistrationPage, bookings: list[BookingPage], *, everything: bool
) -> ResponseReturnValue:
    if not bookings:
        return _back(page)
    return render_template("cancel.html", page=page, bookings=bookings, everything=everything)


def _back(page: RegistrationPage) -> Response:
    return make_response(redirect(f"/registrations/{page.token}", 303))
