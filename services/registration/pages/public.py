"""The registration form, of one session or of a whole selection, from registration's own copies."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.domain.registering import MADE, REFUSED, Answer
from services.registration.form_guard import check_form
from services.registration.pages import selection_cookie
from services.registration.pages.basket import Basket, load_basket
from services.registration.pages.basket_form import BasketForm, empty_basket_form
from services.registration.pages.basket_reading import read_basket
from services.registration.pages.basket_refusals import refused
from services.registration.pages.opening import countdown
from services.registration.pages.submitting import is_form_key, new_form_key, register_once
from services.registration.pages.unknown import unknown_session
from services.registration.pages.warning_words import warning_sentences
from services.registration.pages.words import install_words
from services.registration.queries import SessionPage
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.caching import uncached

blueprint = Blueprint("register", __name__)
blueprint.record_once(lambda state: install_words(state.app))


@blueprint.get("/register")
def show_selection_form() -> ResponseReturnValue:
    """Show the form of the visitor's selection, if anything in it takes registrations."""
    basket = load_basket(selection_cookie.selected()).open
    if not basket.entries:
        return redirect("/selection", 303)
    return _form(empty_basket_form(basket), key=new_form_key(basket.ids), status=200)


@blueprint.post("/register")
def register_selection() -> ResponseReturnValue:
    """Register for the sessions that the form is about, all or nothing."""
    basket = load_basket(selection_cookie.parse(request.form.get("sessions", "")))
    if not basket.entries:
        return redirect("/selection", 303)
    return _register(basket)


@blueprint.get("/register/<uuid:session_id>")
def show_form(session_id: UUID) -> ResponseReturnValue:
    """Show the form of one session, or why there is none."""
    basket = load_basket([session_id], is_single=True)
    if not basket.entries:
        return unknown_session(session_id)
    if basket.closed:
        return _closed(basket.closed[0], 200)
    return _form(empty_basket_form(basket), key=new_form_key(basket.ids), status=200)


@blueprint.post("/register/<uuid:session_id>")
def register(session_id: UUID) -> ResponseReturnValue:
    """Register for one session: a basket of one."""
    basket = load_basket([session_id], is_single=True)
    return _register(basket) if basket.entries else unknown_session(session_id)


def _register(basket: Basket) -> Response:
    """Register and go to the registration's page, or show the form again with what is wrong."""
    sent = request.form.get("key", "")
    key = sent if is_form_key(sent) else new_form_key(basket.ids)
    form = read_basket(request.form, basket, current_locale())
    if form.errors:
        return _again(form, key=key, status=422)
    too_many = check_form(form.contact["email"])
    if too_many is not None:
        response = _form(form, key=key, status=429, notice=too_many.sentence)
        response.headers["Retry-After"] = too_many.retry_after
        return response
    answer, came_before = register_once(key, **form.contact, bookings=form.bookings)
    if answer.status == MADE:
        return _registered(answer, basket, came_before)
    fresh = load_basket(basket.ids, is_single=basket.is_single)
    form = read_basket(request.form, fresh, current_locale())
    if form.errors:  # a session became too small for the party, or moved
        return _again(form, key=new_form_key(fresh.ids), status=422)
    if answer.status == REFUSED:
        form = refused(form, answer.body["bookings"])
    # A new key: with the old one the same party would be refused for ever.
    return _again(form, key=new_form_key(fresh.ids), status=409)


def _registered(answer: Answer, basket: Basket, came_before: bool) -> Response:
    if came_before:
        flash(
            _(
                "Votre inscription est déjà enregistrée, la voici. "
                "Pour y changer quelque chose, faites-le sur cette page."
            ),
            "info",
        )
    response = make_response(redirect(f"/registrations/{answer.body['token']}?new=1", 303))
    chosen = selection_cookie.selected()
    left = [each for each in chosen if each not in basket.ids]
    if len(left) < len(chosen):
        selection_cookie.keep(response, left)
    return uncached(response)


def _again(form: BasketForm, *, key: str, status: int) -> Response:
    """Show a form again as it was typed, without the sessions that closed meanwhile: said so."""
    closed, basket = form.basket.closed, form.basket.open
    if not closed:
        return _form(form, key=key, status=status)
    if basket.is_single:
        return _closed(closed[0], 409)
    if not basket.entries:
        flash(_("Plus aucune de ces séances ne prend d’inscriptions."), "error")
        return uncached(make_response(redirect("/selection", 303)))
    return _form(form.about(basket), key=new_form_key(basket.ids), status=409, gone=closed)


def _form(
    form: BasketForm,
    *,
    key: str,
    status: int,
    gone: tuple[SessionPage, ...] = (),
    notice: str = "",
) -> Response:
    basket = form.basket
    is_full = basket.is_single and basket.entries[0].session.availability == "full"
    body = render_template(
        "register.html",
        basket=basket,
        form=form,
        key=key,
        gone=gone,
        notice=notice,
        sessions=selection_cookie.write(basket.ids),
        warnings=warning_sentences(basket),
        is_full=is_full,
        may_wait=basket.is_single and (is_full or status == 409),
    )
    return uncached(make_response(body, status))


def _closed(session: SessionPage, status: int) -> Response:
    if session.availability == "not_open_yet":
        return countdown(session, status)
    has_begun = current_context().clock() >= session.starts_at
    body = render_template("closed.html", session=session, has_begun=has_begun)
    return uncached(make_response(body, status))
