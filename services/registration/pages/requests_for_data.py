"""The coordination's page for whoever asks what is held of them, or asks to be erased.

Everything is sent by POST: an address in a link would stay in histories and logs. Every look is
kept in the log of names, for each session that it shows.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.domain.erasing import BATCH, erase, find_of_address, find_of_code
from services.registration.domain.names import log_access
from services.registration.models import Erasure, SessionCopy
from services.registration.pages.held_data import REASONS, erasure_words, json_file, tables_of
from services.registration.pages.staff import viewer
from services.registration.personal_data import HeldRegistration, held_of
from shared.i18n import current_locale, ngettext
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "requests_for_data", __name__, url_prefix="/console/registration/personal-data"
)

#: How many past erasures the page shows.
SHOWN = 20


@blueprint.get("")
@require_staff("coordinator")
def ask() -> ResponseReturnValue:
    """Ask whom it is about, say what to do, and show what was erased lately."""
    return _asked("")


@blueprint.post("")
@require_staff("coordinator")
def show() -> ResponseReturnValue:
    """Show everything that is held of somebody."""
    who, held = _held()
    if not held:
        return _asked(who)
    _log(held, _("demande d’accès d’une personne"))
    return render_template(
        "held_by_staff.html", who=who, held=held, tables=[tables_of(one) for one in held]
    )


@blueprint.post("/file")
@require_staff("coordinator")
def download() -> ResponseReturnValue:
    """Return what is held of somebody as a file, to be sent to them."""
    who, held = _held()
    if not held:
        return _asked(who)
    _log(held, _("fichier remis à la personne"))
    return json_file(held, "parvis-registrations.json")


@blueprint.post("/erase")
@require_staff("coordinator")
def erase_all() -> ResponseReturnValue:
    """Ask once more; then cancel what is to come and erase everything."""
    who, held = _held()
    if not held:
        return _asked(who)
    if request.form.get("confirmed") != "yes":
        return render_template("erase_by_staff.html", who=who, held=held)
    erased = _erase([one.id for one in held])
    flash(
        ngettext(
            "Effacé : %(n)s inscription. Les courriels s’effacent dans un instant.",
            "Effacé : %(n)s inscriptions. Les courriels s’effacent dans un instant.",
            erased,
        ),
        "success",
    )
    return redirect("/console/registration/personal-data", 303)


def _erase(ids: Sequence[UUID]) -> int:
    """Erase them, each batch whole or not at all; return how many were not erased yet."""
    context, account = current_context(), viewer()
    erased = 0
    for start in range(0, len(ids), BATCH):
        with context.database.write() as db:
            erased += erase(
                db,
                ids[start : start + BATCH],
                reason="asked",
                now=context.clock(),
                account_name=account.name,
            )
    return erased


def _held() -> tuple[str, list[HeldRegistration]]:
    """Return whom the form names, and what is held of them."""
    who = " ".join(request.form.get("who", "").split())[:320]
    with current_context().database.read() as db:
        ids = find_of_address(db, who) if "@" in who else find_of_code(db, who)
        return who, held_of(db, ids, locale=current_locale())


def _asked(who: str) -> Response:
    """Show the form; whoever was not found is told so at the field."""
    is_sent = request.method == "POST"
    error = ""
    if is_sent:
        error = (
            _("Nous ne gardons aucune inscription à cette adresse ni à ce code.")
            if who
            else _("Indiquez l’adresse, ou le code d’une inscription.")
        )
    with current_context().database.read() as db:
        erasures = _latest(db)
    body = render_template(
        "requests_for_data.html",
        who=who,
        error=error,
        erasures=[(one, REASONS[one.reason], erasure_words(one)) for one in erasures],
    )
    return make_response(body, (404 if who else 422) if is_sent else 200)


def _latest(db: Session) -> Sequence[Erasure]:
    return db.scalars(sa.select(Erasure).order_by(Erasure.id.desc()).limit(SHOWN)).all()


def _log(held: Sequence[HeldRegistration], purpose: str) -> None:
    context, account = current_context(), viewer()
    shown = {booking.session_id for one in held for booking in one.bookings}
    with context.database.write() as db:
        copies = db.scalars(
            sa.select(SessionCopy).where(SessionCopy.id.in_(shown)).order_by(SessionCopy.id)
        ).all()
        for copy in copies:
            log_access(
                db,
                copy,
                account_id=account.id,
                account_name=account.name,
                kind="page",
                names=1,
                now=context.clock(),
                purpose=purpose,
            )
