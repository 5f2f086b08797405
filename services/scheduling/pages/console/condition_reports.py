"""Condition reports of a stop and their photographs, which its parties alone see."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.editing.fields import Fault, line
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.images import (
    Prepared,
    image_file,
    store_image,
)
from services.scheduling.domain.touring.condition import (
    LARGEST_REPORT,
    prepare_photos,
    report_condition,
    stop_of_photo,
)
from services.scheduling.pages.console.editors import account_id
from services.scheduling.pages.console.stop_shown import stop_or_404, stop_page
from services.scheduling.pages.console.tour_people import TAKING_PART, parties_or_403
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.large_bodies import allow_large_bodies
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "console_reports", __name__, url_prefix="/console/tours/<uuid:tour_id>/stops/<uuid:stop_id>"
)
allow_large_bodies(blueprint, LARGEST_REPORT, "report")


@blueprint.post("/reports")
@require_staff(*TAKING_PART)
def report(tour_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Note how the exhibition arrived or left; everything of it is stored, or nothing."""
    context = current_context()
    with context.database.read() as db:
        parties_or_403(db, stop_or_404(db, tour_id, stop_id))
    errors: dict[str, str] = {}
    try:
        caption = line()(request.form.get("caption", "")) or ""
    except Fault as fault:
        errors["caption"] = str(fault.sentence)
    try:
        pictures = _pictures()
    except Fault as fault:
        errors["photos"] = str(fault.sentence)
    if not errors:
        with context.database.write() as db:
            try:
                report_condition(
                    db,
                    stop_id,
                    moment=request.form.get("moment", ""),
                    condition=request.form.get("condition", ""),
                    note=request.form.get("report_note", ""),
                    photos=[
                        (
                            store_image(
                                db,
                                picture,
                                is_private=True,
                                account_id=account_id(),
                                now=context.clock(),
                            ),
                            caption,
                        )
                        for picture in pictures
                    ],
                    account_id=account_id(),
                    now=context.clock(),
                )
            except Invalid as invalid:
                db.rollback()
                errors = {
                    {"note": "report_note"}.get(name, name): str(sentence)
                    for name, sentence in invalid.faults.items()
                }
    if errors:
        return stop_page(tour_id, stop_id, errors, report=request.form)
    flash(
        _("Le constat est noté. Il ne se modifie plus ; ajoutez-en un autre au besoin."), "success"
    )
    return redirect(
        url_for("console_stops.show", tour_id=tour_id, stop_id=stop_id, _anchor="reports"), 303
    )


@blueprint.get("/photos/<uuid:image_id>/<int:width>.webp")
@require_staff(*TAKING_PART)
def photo(tour_id: UUID, stop_id: UUID, image_id: UUID, width: int) -> Response:
    """Show a photograph of a report to who takes part in the stop."""
    with current_context().database.read() as db:
        parties_or_403(db, stop_or_404(db, tour_id, stop_id))
        if stop_of_photo(db, image_id) != stop_id:
            abort(404)
        content = image_file(db, image_id, min(width, 10_000), is_private=True) or abort(404)
    response = make_response(content)
    response.content_type = "image/webp"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _pictures() -> list[Prepared]:
    """Read the photographs that were sent; raises `Fault`, naming the file that is at fault."""
    files = [file for file in request.files.getlist("photos") if file and file.filename]
    return prepare_photos([(file.filename or "", file) for file in files])
