"""Organisations in the console: listed, made, changed."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.scheduling.domain.duplicates import Likeness
from services.scheduling.domain.editing.organisations import (
    create_organisation,
    delete_organisation,
    save_organisation,
)
from services.scheduling.models import Organisation, PublishedSession
from services.scheduling.pages.console.editors import COORDINATION, EDITORS, READERS
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import (
    Input,
    read_identifier,
    read_web_address,
)
from services.scheduling.pages.console.noun_pages import NounPages, add_noun_pages
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import (
    row_or_404,
)
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries.console_activities import activities_of_organisation
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_page, read_words
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
    words = read_words(request.args.get("q"))
    with current_context().database.read() as db:
        found = partners.organisations(db, words)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    return render_template(
        "console/organisations.html",
        organisations=found[page.offset : page.offset + page.size],
        page=page,
        words=words,
    )


def _page(
    attempt: Attempt, row_id: UUID | None = None, *, likely: Sequence[Likeness] = ()
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        organisation = row_or_404(db, Organisation, row_id) if row_id else None
        return edit_page(
            db,
            "console/organisation.html",
            attempt,
            organisation,
            likely=likely,
            activities=activities_of_organisation(db, row_id) if row_id else [],
            communes=[
                (str(row.id), row.name, row.insee_code or "") for row in partners.communes(db)
            ],
        )


def _is_announced(attempt: Attempt) -> bool:
    with current_context().database.read() as db:
        return partners.is_announced(db, PublishedSession.organisation_id, attempt.saved.id)


add_noun_pages(
    blueprint,
    NounPages(
        Organisation,
        "organisation_id",
        FORM,
        create_organisation,
        save_organisation,
        delete_organisation,
        _page,
        readers=READERS,
        editors=EDITORS,
        makers=COORDINATION,
        waits=_is_announced,
        alike="organisations",
    ),
)
