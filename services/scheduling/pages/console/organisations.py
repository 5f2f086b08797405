"""Organisations in the console: listed, made, changed."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.duplicates import Likeness
from services.scheduling.domain.editing.organisations import (
    create_organisation,
    delete_organisation,
    save_organisation,
)
from services.scheduling.models import Organisation, PublishedSession
from services.scheduling.pages.console.duplicates import likely_of
from services.scheduling.pages.console.editors import COORDINATION, EDITORS, READERS, state_of
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import (
    Input,
    read_identifier,
    read_web_address,
)
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    posted_identifier,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries.console_activities import activities_of_organisation
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_page
from shared.web.repeating import asks_for_rows
from shared.web.sign_in import require_staff

PAGE_SIZE = 100

FORM = Form(
    Input("name", _l("Nom")),
    Input("email", _l("Adresse électronique")),
    Input("website", _l("Site web"), read_web_address),
    Input("description_fr", _l("Présentation")),
    Input("description_en", _l("Présentation en anglais")),
    Input("address", _l("Adresse")),
    Input("postcode", _l("Code postal")),
    Input("commune_id", _l("Commune"), read_identifier),
    Input("contact_name", _l("Personne à joindre")),
    Input("contact_telephone", _l("Téléphone")),
)

blueprint = Blueprint("console_organisations", __name__, url_prefix="/console/organisations")


@blueprint.get("")
@require_staff(*READERS)
def index() -> ResponseReturnValue:
    """List the organisations."""
    words = request.args.get("q", "").replace("\x00", "")[:100]
    with current_context().database.read() as db:
        found = partners.organisations(db, words)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    return render_template(
        "console/organisations.html",
        organisations=found[page.offset : page.offset + page.size],
        page=page,
        words=words,
    )


@blueprint.get("/new")
@require_staff(*COORDINATION)
def new() -> ResponseReturnValue:
    """Show the form of a new organisation."""
    return _page(Attempt(FORM.blank()))


@blueprint.post("/new")
@require_staff(*COORDINATION)
def create() -> ResponseReturnValue:
    """Make an organisation."""
    shown = FORM.posted(request.form)
    with current_context().database.read() as db:
        made = db.get(Organisation, posted_identifier("id") or UUID(int=0))
        likely = [] if made else likely_of(db, "organisations", shown)
    if likely and not asks_for_rows(request.form):
        return _page(Attempt(shown, is_changed=True), likely=likely)
    attempt = create_posted(FORM, Organisation, create_organisation)
    if attempt.saved is None:
        return _page(attempt)
    tell_saved(attempt, waits=False)
    return redirect(url_for(".edit", organisation_id=attempt.saved.id), 303)


@blueprint.get("/<uuid:organisation_id>")
@require_staff(*READERS)
def edit(organisation_id: UUID) -> ResponseReturnValue:
    """Show an organisation's form."""
    with current_context().database.read() as db:
        attempt = opened(FORM, row_or_404(db, Organisation, organisation_id))
    return _page(attempt, organisation_id)


@blueprint.post("/<uuid:organisation_id>")
@require_staff(*EDITORS)
def save(organisation_id: UUID) -> ResponseReturnValue:
    """Save an organisation."""
    attempt = save_posted(FORM, Organisation, organisation_id, save_organisation)
    if attempt.saved is None:
        return _page(attempt, organisation_id)
    with current_context().database.read() as db:
        waits = partners.is_announced(db, PublishedSession.organisation_id, organisation_id)
    tell_saved(attempt, waits=waits)
    return redirect(url_for(".edit", organisation_id=organisation_id), 303)


@blueprint.get("/<uuid:organisation_id>/state")
@require_staff(*READERS)
def state(organisation_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the organisation meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Organisation, organisation_id))


@blueprint.post("/<uuid:organisation_id>/delete")
@require_staff(*COORDINATION)
def delete(organisation_id: UUID) -> ResponseReturnValue:
    """Delete an organisation that proposes nothing."""
    if delete_posted(organisation_id, delete_organisation):
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".edit", organisation_id=organisation_id), 303)


def _page(
    attempt: Attempt, organisation_id: UUID | None = None, *, likely: Sequence[Likeness] = ()
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        organisation = row_or_404(db, Organisation, organisation_id) if organisation_id else None
        return edit_page(
            db,
            "console/organisation.html",
            attempt,
            organisation,
            likely=likely,
            activities=activities_of_organisation(db, organisation_id) if organisation_id else [],
            communes=[
                (str(row.id), row.name, row.insee_code or "") for row in partners.communes(db)
            ],
        )
