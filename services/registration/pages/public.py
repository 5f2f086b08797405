"""The registration form of a session, shown and redisplayed from registration's own copy of it."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.domain.registering import MADE, Answer, WantedBooking
from services.registration.pages.booking_form import (
    FilledForm,
    categories_of,
    empty_form,
    read_registration,
)
from services.registration.pages.opening import countdown
from services.registration.pages.submitting import is_form_key, new_form_key, register_once
from services.registration.pages.words import install_words
from services.registration.queries import SessionPage, session_page
from shared.i18n import current_locale, ngettext
from shared.i18n import gettext as _
from shared.web import current_context

blueprint = Blueprint("register", __name__)
blueprint.record_once(lambda state: install_words(state.app))


@blueprint.get("/register/<uuid:session_id>")
def show_form(session_id: UUID) -> ResponseReturnValue:
    """Show the form, or why there is none."""
    session = _session(session_id)
    if session is None:
        return _unknown(session_id)
    if not session.is_open:
        return _closed(session, 200)
    return _form(session, empty_form(session), key=new_form_key(session_id), status=200)


@blueprint.post("/register/<uuid:session_id>")
def register(session_id: UUID) -> ResponseReturnValue:
    """Register and go to the registration's page, or show the form again with what is wrong."""
    session = _session(session_id)
    if session is None:
        return _unknown(session_id)
    sent = request.form.get("key", "")
    key = sent if is_form_key(sent) else new_form_key(session_id)
    filled = read_registration(request.form, session, current_locale())
    if filled.errors:
        if not session.is_open:
            return _closed(session, 409)
        return _form(session, filled, key=key, status=422)
    [wanted] = filled.body["bookings"]
    answer, came_before = register_once(
        key,
        email=filled.body["email"],
        name=filled.body["name"],
        locale=filled.body["locale"],
        booking=WantedBooking(session.id, wanted["party"], wanted["if_full"] == "waitlist"),
    )
    if answer.status == MADE:
        return _registered(answer, came_before)
    return _refused(session_id, filled)


def _registered(answer: Answer, came_before: bool) -> Response:
    if came_before:
        flash(
            _(
                "Votre inscription est déjà enregistrée, la voici. "
                "Pour y changer quelque chose, faites-le sur cette page."
            ),
            "info",
        )
    return _uncached(make_response(redirect(f"/registrations/{answer.body['token']}?new=1", 303)))


def _refused(session_id: UUID, filled: FilledForm) -> Response:
    """Show the form again after another look at the session, which filled up or closed."""
    session = _session(session_id)
    if session is None:
        return _unknown(session_id)
    if not session.is_open:
        return _closed(session, 409)
    again = read_registration(request.form, session, current_locale())
    if again.errors:  # the session became too small for the party
        return _form(session, again, key=new_form_key(session_id), status=422)
    left = session.seats_left or 0
    if left:
        sentence = ngettext(
            "Il ne reste que %(n)s place : réduisez votre groupe, ou rejoignez la liste d’attente.",
            "Il ne reste que %(n)s places : réduisez votre groupe, "
            "ou rejoignez la liste d’attente.",
            left,
        )
    else:
        sentence = _(
            "La dernière place vient d’être prise. Vous pouvez rejoindre la liste d’attente."
        )
    # A new key: with the old one the same party would be refused for ever.
    return _form(
        session, filled.with_error("party", sentence), key=new_form_key(session_id), status=409
    )


def _session(session_id: UUID) -> SessionPage | None:
    context = current_context()
    with context.database.read() as db:
        return session_page(db, session_id, now=context.clock())


def _form(session: SessionPage, filled: FilledForm, *, key: str, status: int) -> Response:
    body = render_template(
        "register.html",
        session=session,
        form=filled,
        categories=categories_of(session),
        key=key,
        may_wait=session.availability == "full" or status == 409,
    )
    return _uncached(make_response(body, status))


def _closed(session: SessionPage, status: int) -> Response:
    if session.availability == "not_open_yet":
        return countdown(session, status)
    has_begun = current_context().clock() >= session.starts_at
    body = render_template("closed.html", session=session, has_begun=has_begun)
    return _uncached(make_response(body, status))


def _unknown(session_id: UUID) -> Response:
    body = render_template("unknown_session.html", session_id=session_id)
    return _uncached(make_response(body, 404))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
