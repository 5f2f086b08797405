"""Exports in the console: each format with what it is for, published or as it is being prepared."""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from services.scheduling.export_answers import answer_export
from services.scheduling.exporters import FORMATS, format_named
from services.scheduling.pages.console.editions_shown import edition_or_404, to_current_edition
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("console_exports", __name__, url_prefix="/console")

#: Who reads the whole working copy.
READERS = ("coordinator", "organiser", "reader")


@blueprint.get("/exports")
@require_staff(*READERS)
def of_latest() -> ResponseReturnValue:
    """Lead to the exports of the edition looked at last."""
    return to_current_edition("console_exports.index")


@blueprint.get("/editions/<slug>/exports")
@require_staff(*READERS)
def index(slug: str) -> ResponseReturnValue:
    """List the formats."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
    published = (edition.published or {}).get("slug")
    return render_template(
        "console/exports.html", edition=edition, published=published, formats=FORMATS
    )


@blueprint.get("/editions/<slug>/exports/<name>")
@require_staff(*READERS)
def download(slug: str, name: str) -> Response:
    """Give the working copy as a file; what is published is given to anybody, under `/api/`."""
    chosen = format_named(name) or abort(404)
    with current_context().database.read() as db:
        edition_or_404(db, slug)
    return answer_export(slug, chosen, drafts=True)
