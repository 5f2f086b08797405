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
)
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import Input, read_identifier
from services.scheduling.pages.console.noun_pages import NounPages, add_noun_pages
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import (
    row_or_404,
)
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries import presenters as queries
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_page, read_words
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
    words = read_words(request.args.get("q"))
    with current_context().database.read() as db:
        found = queries.presenters(db, words)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    return render_template(
        "console/presenters.html",
        presenters=found[page.offset : page.offset + page.size],
        page=page,
        words=words,
    )


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


def _page(attempt: Attempt, row_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        presenter = row_or_404(db, Presenter, row_id) if row_id else None
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


def _is_renamed(attempt: Attempt) -> bool:
    return attempt.shown["name"] != attempt.seen.get("name")


add_noun_pages(
    blueprint,
    NounPages(
        Presenter,
        "presenter_id",
        FORM,
        create_presenter,
        save_presenter,
        delete_presenter,
        _page,
        readers=READERS,
        editors=EDITORS,
        makers=EDITORS,
        waits=_is_renamed,
    ),
)
