"""The ticket on paper: a page to print, and the same as PDF, one sheet for all that was booked."""

import threading
from pathlib import Path

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.manage_queries import RegistrationPage, registration_page
from services.registration.pages.paper_words import Facts, awaited, paper_facts
from services.registration.pages.unknown import unknown_registration
from services.registration.parts import with_good_ticket
from shared.i18n import LOCALES, current_locale, speaking, translator
from shared.i18n import gettext as _
from shared.pdf import write_pdf
from shared.web import current_context
from shared.web.security import keep_secret
from shared.web.site_facts import current_site

TEMPLATE = Path(__file__).resolve().parent / "print" / "ticket.typ"

#: How many sheets one process sets at a time, and how many seconds others wait for their turn: a
#: sheet takes half a second of a processor, which a rush has better use for.
AT_A_TIME, PATIENCE = 2, 15

_turns = threading.BoundedSemaphore(AT_A_TIME)

blueprint = Blueprint("paper_ticket", __name__, url_prefix="/registrations/<token>")
blueprint.after_request(keep_secret)


@blueprint.get("/ticket")
def page(token: str) -> ResponseReturnValue:
    """Show the ticket as it is printed, in the reader's language."""
    found = _found(token)
    if found is None:
        return unknown_registration()
    if not _admits(found):
        return redirect(f"/registrations/{found.token}", 303)
    return render_template("ticket.html", page=found, facts=_facts(found))


@blueprint.get("/ticket.pdf")
def pdf(token: str) -> ResponseReturnValue:
    """Give the ticket as PDF (PDF/UA-1), in the registration's language unless asked otherwise."""
    found = _found(token)
    if found is None:
        return unknown_registration()
    if not _admits(found):
        return redirect(f"/registrations/{found.token}", 303)
    asked = request.args.get("lang")
    locale = asked if asked in LOCALES else found.locale
    with speaking(translator("services.registration", locale)):
        facts = _facts(found)
        name = _("billet-%(code)s.pdf", code=found.code)
    response = Response(_set(facts), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Language"] = locale
    return response


def _set(facts: Facts) -> bytes:
    if not _turns.acquire(timeout=PATIENCE):
        abort(503)
    try:
        return write_pdf(TEMPLATE, facts)
    finally:
        _turns.release()


def _found(token: str) -> RegistrationPage | None:
    context = current_context()
    with context.database.read() as db:
        found = registration_page(db, token, now=context.clock())
    return None if found is None else with_good_ticket(found)


def _admits(found: RegistrationPage) -> bool:
    """Tell whether there is any place yet: without one, a ticket would only raise hopes."""
    return any(booking.status == "confirmed" for booking in awaited(found))


def _facts(found: RegistrationPage) -> Facts:
    context = current_context()
    facts = paper_facts(
        found, current_site(), public_url=context.settings.public_url, today=context.clock()
    )
    return {**facts, "lang": current_locale()}
