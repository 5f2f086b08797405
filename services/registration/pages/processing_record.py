"""The record of processing of registrations, to be read and printed."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.registration.processing_record import recorded_editions, recorded_questions
from shared.i18n import current_locale
from shared.site import find_copied_site
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("processing_record", __name__, url_prefix="/console/registration")


@blueprint.get("/processing-record")
@require_staff("coordinator")
def show() -> ResponseReturnValue:
    """Show the record as it is today."""
    context, locale = current_context(), current_locale()
    with context.database.read() as db:
        questions = recorded_questions(db, locale=locale)
        editions = recorded_editions(db, locale=locale)
        known = find_copied_site(db)
    return render_template(
        "processing_record.html",
        questions=questions,
        editions=editions,
        known=known,
        today=context.clock().date(),
    )
