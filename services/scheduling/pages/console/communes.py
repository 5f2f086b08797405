"""Communes in the console: their names, positions and the hours of their schools."""

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts.school_time import academy_of, academy_without_calendar
from services.scheduling.domain.editing.communes import save_commune
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.models import Commune, Venue
from services.scheduling.pages.console.editors import COORDINATION, account_id
from services.scheduling.pages.console.forms import Form, Shown
from services.scheduling.pages.console.inputs import Input, read_decimal, show_decimal
from services.scheduling.pages.console.opening_inputs import hours_input
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.text import fold
from shared.web import current_context
from shared.web.paging import read_words
from shared.web.repeating import asks_for_rows
from shared.web.sign_in import require_staff

FORM = Form(
    Input("name", _l("Nom")),
    Input("latitude", _l("Latitude"), read_decimal, show_decimal),
    Input("longitude", _l("Longitude"), read_decimal, show_decimal),
    hours_input("school_hours", _l("Horaires des écoles")),
)

blueprint = Blueprint("console_communes", __name__, url_prefix="/console/communes")


@blueprint.get("")
@require_staff(*COORDINATION)
def index() -> ResponseReturnValue:
    """List the communes where there are venues."""
    words = read_words(request.args.get("q"))
    wanted = fold(words)
    with current_context().database.read() as db:
        rows: Any = db.execute(
            sa.select(Commune, sa.func.count(Venue.id).label("venues"))
            .outerjoin(Venue, Venue.commune_id == Commune.id)
            .group_by(Commune.id)
        )
        found = sorted(
            (row for row in rows if wanted in fold(row.Commune.name)),
            key=lambda row: (fold(row.Commune.name), row.Commune.insee_code or ""),
        )
        return render_template("console/communes.html", communes=found, words=words)


@blueprint.get("/<uuid:commune_id>")
@require_staff(*COORDINATION)
def edit(commune_id: UUID) -> ResponseReturnValue:
    """Show a commune's form."""
    with current_context().database.read() as db:
        shown = FORM.shown(_commune(db, commune_id))
    return _page(commune_id, shown, shown, {})


@blueprint.post("/<uuid:commune_id>")
@require_staff(*COORDINATION)
def save(commune_id: UUID) -> ResponseReturnValue:
    """Save a commune, unless somebody changed it since it was shown."""
    shown = FORM.posted(request.form)
    values, faults = FORM.values(shown)
    context = current_context()
    with context.database.write() as db:
        stored = FORM.shown(_commune(db, commune_id))
        if asks_for_rows(request.form):
            return _page(commune_id, shown, stored, {})
        if request.form.get("seen") != json.dumps(stored):
            flash(_("Quelqu’un vient de modifier cette commune : relisez, puis recommencez."))
            return _page(commune_id, stored, stored, {})
        try:
            save_commune(db, commune_id, values, account_id=account_id(), now=context.clock())
        except Invalid as invalid:
            faults = {**invalid.faults, **faults}
        if faults:
            db.rollback()
            return _page(commune_id, shown, stored, {k: str(v) for k, v in faults.items()})
    flash(_("Enregistré."), "success")
    return redirect(url_for(".index"), 303)


def _commune(db: DbSession, commune_id: UUID) -> Commune:
    return db.get(Commune, commune_id) or abort(404)


def _page(
    commune_id: UUID, shown: Shown, stored: Shown, faults: dict[str, str]
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        commune = _commune(db, commune_id)
        page = render_template(
            "console/commune.html",
            commune=commune,
            academy=academy_of(commune.insee_code),
            unknown_academy=academy_without_calendar(commune.insee_code),
            values=shown,
            seen=json.dumps(stored),
            errors=faults,
        )
    return page, 422 if faults else 200
