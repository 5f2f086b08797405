"""Templates of spreadsheets: the columns to fill in, and what is known here to choose from."""

from datetime import date

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from services.scheduling.exporters.sheet_lists import Lists
from services.scheduling.exporters.sheet_template import template_csv, template_xlsx
from services.scheduling.importers.sheet_words import Choice, category_choices
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.sheet_responses import CSV, XLSX, sheet_response
from services.scheduling.pages.words import ACTIVITY_FORMATS, ACTIVITY_THEMES
from services.scheduling.queries.sheet_names import KnownNames, known_names
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("console_sheets", __name__, url_prefix="/console/editions")

#: Who fills a programme in.
WRITERS = ("coordinator", "organiser")


@blueprint.get("/<slug>/template.<kind>")
@require_staff(*WRITERS)
def template(slug: str, kind: str) -> ResponseReturnValue:
    """Give the template of a spreadsheet of this edition's sessions."""
    if kind not in ("xlsx", "csv"):
        abort(404)
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        names = known_names(db)
        people = category_choices(edition.party_categories)
    if kind == "csv":
        return sheet_response(template_csv(edition.starts_on, people), _name(slug, "csv"), CSV)
    return _xlsx(edition.starts_on, slug, names, people)


def _xlsx(first_day: date, slug: str, names: KnownNames, people: tuple[Choice, ...]) -> Response:
    lists = Lists(
        venues=names.venues,
        organisations=names.organisations,
        communes=names.communes,
        themes=tuple(map(str, ACTIVITY_THEMES)),
        formats=tuple(map(str, ACTIVITY_FORMATS)),
        people=people,
    )
    return sheet_response(template_xlsx(first_day, lists), _name(slug, "xlsx"), XLSX)


def _name(slug: str, extension: str) -> str:
    return _("modèle %(edition)s", edition=slug) + f".{extension}"
