"""Presenters in the console: listed, made, changed, with where they are when."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.casting import casts_of
from services.scheduling.domain.duplicates import Known, likely_presenters
from services.scheduling.domain.editing.presenters import (
    create_presenter,
    delete_presenter,
    narrow_session,
    save_presenter,
)
from services.scheduling.domain.editing.unavailabilities import unavailabilities_of
from services.scheduling.models import Presenter, Session
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import (
    EDITORS,
    READERS,
    account_id,
    own_organisations,
    state_of,
)
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import Input, read_identifier
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries import presenters as queries
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_page
from shared.web.sign_in import require_staff

PAGE_SIZE = 100

FORM = Form(
    Input("name", _l("Nom")),
    Input("organisation_id", _l("Structure"), read_identifier),
    Input("email", _l("Adresse électronique")),
    Input("telephone", _l("Téléphone")),
    Input("note", _l("Note")),
)

blueprint = Blueprint("console_presenters", __name__, url_prefix="/console/presenters")


@blueprint.get("")
@require_staff(*READERS)
def index() -> ResponseReturnValue:
    """List the presenters."""
    words = request.args.get("q", "").replace("\x00", "")[:100]
    with current_context().database.read() as db:
        found = queries.presenters(db, words)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    return render_template(
        "console/presenters.html",
        presenters=found[page.offset : page.offset + page.size],
        page=page,
        words=words,
    )


@blueprint.get("/new")
@require_staff(*EDITORS)
def new() -> ResponseReturnValue:
    """Show the form of a new presenter."""
    return _page(Attempt(FORM.blank()))


@blueprint.post("/new")
@require_staff(*EDITORS)
def create() -> ResponseReturnValue:
    """Make a presenter."""
    attempt = create_posted(FORM, Presenter, create_presenter)
    if attempt.saved is None:
        return _page(attempt)
    tell_saved(attempt, waits=False)
    return redirect(url_for(".edit", presenter_id=attempt.saved.id), 303)


@blueprint.get("/<uuid:presenter_id>")
@require_staff(*READERS)
def edit(presenter_id: UUID) -> ResponseReturnValue:
    """Show a presenter's form, and where they are when."""
    with current_context().database.read() as db:
        attempt = opened(FORM, row_or_404(db, Presenter, presenter_id))
    return _page(attempt, presenter_id)


@blueprint.post("/<uuid:presenter_id>")
@require_staff(*EDITORS)
def save(presenter_id: UUID) -> ResponseReturnValue:
    """Save a presenter."""
    attempt = save_posted(FORM, Presenter, presenter_id, save_presenter)
    if attempt.saved is None:
        return _page(attempt, presenter_id)
    tell_saved(attempt, waits=attempt.shown["name"] != attempt.seen.get("name"))
    return redirect(url_for(".edit", presenter_id=presenter_id), 303)


@blueprint.get("/<uuid:presenter_id>/state")
@require_staff(*READERS)
def state(presenter_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the presenter meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Presenter, presenter_id))


@blueprint.post("/<uuid:presenter_id>/delete")
@require_staff(*EDITORS)
def delete(presenter_id: UUID) -> ResponseReturnValue:
    """Delete a presenter whom no activity credits."""
    if delete_posted(presenter_id, delete_presenter):
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".edit", presenter_id=presenter_id), 303)


@blueprint.post("/at/<slug>/<uuid:session_id>")
@require_staff(*EDITORS)
def narrow(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Say who of its activity's presenters is at a session."""
    chosen = set()
    for text in request.form.getlist("presenters"):
        try:
            chosen.add(UUID(text))
        except ValueError:
            continue
    context = current_context()
    with context.database.write() as db:
        edition_or_404(db, slug)
        row_or_404(db, Session, session_id)
        narrow_session(db, session_id, chosen, account_id=account_id(), now=context.clock())
    flash(_("C’est noté pour cette séance, à publier."), "success")
    return redirect(
        url_for("console_session.edit", slug=slug, session_id=session_id, _anchor="cast"), 303
    )


def _page(attempt: Attempt, presenter_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        presenter = row_or_404(db, Presenter, presenter_id) if presenter_id else None
        own = own_organisations()
        organisations = [
            (str(row.id), row.name)
            for row in partners.organisations(db)
            if own is None or row.id in own or (presenter and row.id == presenter.organisation_id)
        ]
        shown: dict[str, Any] = {"sessions": [], "absences": [], "twins": []}
        if presenter is not None:
            shown = {
                "sessions": _sessions_of(db, presenter.id),
                "absences": unavailabilities_of(db, "presenter_id", presenter.id),
                "twins": likely_presenters(db, Known(presenter.id, presenter.name)),
            }
        return edit_page(
            db, "console/presenter.html", attempt, presenter, organisations=organisations, **shown
        )


def _sessions_of(db: DbSession, presenter_id: UUID) -> list[Any]:
    """Return the sessions at which a presenter is, in order of time."""
    rows = queries.sessions_crediting(db, presenter_id)
    casts = casts_of(db, [row.Session for row in rows])
    return [row for row in rows if presenter_id in casts[row.Session.id].ids]
