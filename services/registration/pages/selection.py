"""« Ma sélection »: what a visitor chose from the programme, before registering for all of it.

It is kept in the visitor's browser alone. The programme's pages are shared by everybody, so their
buttons carry no token of a visitor's: a browser says itself that a form comes from our own pages
(`Sec-Fetch-Site`, `Origin`); where it does not, the visitor is asked on a page of his own.
"""

from datetime import date
from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError  # type: ignore[import-untyped]

from services.registration.domain.party import LARGEST_BASKET
from services.registration.pages import selection_cookie
from services.registration.pages.basket import Basket, Entry, load_basket
from services.registration.pages.unknown import unknown_session
from services.registration.pages.warning_words import warning_sentences
from services.registration.pages.words import first_day
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.caching import uncached
from shared.web.sign_in import safe_next

blueprint = Blueprint("selection", __name__, url_prefix="/selection")


@blueprint.record_once
def _check_where_forms_come_from_here(state: BlueprintSetupState) -> None:
    """Leave it to `_comes_from_us` to tell where a form comes from."""
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show what was chosen, day by day, with how full it is and what clashes."""
    chosen = selection_cookie.selected()
    basket = load_basket(chosen)
    body = render_template(
        "selection.html",
        basket=basket,
        taking=basket.open,
        days=_by_day(basket),
        warnings=warning_sentences(basket.going),
        back=safe_next(request.args.get("from"), "/"),
    )
    response = make_response(body)
    if len(basket.ids) < len(chosen):  # what nobody published is forgotten
        selection_cookie.keep(response, [each for each in chosen if each in basket.ids])
    return uncached(response)


@blueprint.get("/sessions/<uuid:session_id>")
def ask(session_id: UUID) -> ResponseReturnValue:
    """Show one session with the button that chooses it, or the one that takes it out."""
    return _asked(session_id, removes=session_id in selection_cookie.selected())


@blueprint.post("/sessions/<uuid:session_id>")
def add(session_id: UUID) -> ResponseReturnValue:
    """Choose a session."""
    basket = load_basket([session_id])
    if not basket.entries:
        return unknown_session(session_id)
    if not _comes_from_us():
        return _asked(session_id, removes=False)
    chosen = selection_cookie.selected()
    if session_id not in chosen and len(chosen) >= LARGEST_BASKET:
        flash(
            _("Une sélection compte au plus %(n)s séances : retirez-en une.", n=LARGEST_BASKET),
            "error",
        )
        return _to_selection()
    return selection_cookie.keep(_to_selection(), dict.fromkeys([*chosen, session_id]))


@blueprint.post("/sessions/<uuid:session_id>/remove")
def remove(session_id: UUID) -> ResponseReturnValue:
    """Take a session out of the selection."""
    if not _comes_from_us():
        return _asked(session_id, removes=True)
    left = [each for each in selection_cookie.selected() if each != session_id]
    return selection_cookie.keep(_to_selection(), left)


def _asked(session_id: UUID, *, removes: bool) -> ResponseReturnValue:
    basket = load_basket([session_id])
    if not basket.entries:
        return unknown_session(session_id)
    body = render_template("selection_ask.html", session=basket.entries[0].session, removes=removes)
    return uncached(make_response(body))


def _comes_from_us() -> bool:
    """Tell whether the form was sent from a page of ours, by what the browser says or a token."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    ours = urlsplit(current_context().settings.public_url)
    if request.headers.get("Origin") == f"{ours.scheme}://{ours.netloc}":
        return True
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError:
        return False
    return True


def _by_day(basket: Basket) -> list[tuple[date | None, list[Entry]]]:
    """Return the sessions by the day on which they begin there; last, without one, exhibitions."""
    days: dict[date | None, list[Entry]] = {}
    for entry in basket.entries:
        days.setdefault(first_day(entry.session), []).append(entry)
    return sorted(days.items(), key=lambda day: day[0] or date.max)


def _to_selection() -> Response:
    """Return to the selection, which leads back to the page of the programme one came from."""
    came_from = urlsplit(request.referrer or "")
    back = came_from._replace(scheme="", netloc="", fragment="").geturl()
    query = "" if back.startswith("/selection") or back in ("", "/") else f"?from={quote(back)}"
    return uncached(make_response(redirect(f"/selection{query}", 303)))
