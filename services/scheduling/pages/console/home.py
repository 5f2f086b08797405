"""The console's first page: the editions, and the state of the programme's messages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.scheduling.domain.site_texts import KEYS, site_texts
from services.scheduling.pages.console.editions_shown import to_current_edition
from services.scheduling.pages.console.editors import READERS
from services.scheduling.pages.legal import HEADINGS
from services.scheduling.queries.console import editions_at_a_glance
from shared.messaging.state import message_counts
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("console", __name__, url_prefix="/console")


@blueprint.get("")
@require_staff()
def home() -> ResponseReturnValue:
    """Show the editions and the ways to the rest of the console."""
    with current_context().database.read() as db:
        editions = editions_at_a_glance(db)
        counts = message_counts(db)
        texts = site_texts(db)
    return render_template(
        "console_home.html",
        editions=editions,
        counts=counts,
        to_complete={key: HEADINGS[key] for key in KEYS if texts.missing(key)},
    )


@blueprint.get("/sessions")
@require_staff(*READERS)
def sessions() -> ResponseReturnValue:
    """Lead to the sessions of the edition looked at last."""
    return to_current_edition("console_sessions_table.index")


@blueprint.get("/changes")
@require_staff(*READERS)
def changes() -> ResponseReturnValue:
    """Lead to what waits to be released in the edition looked at last."""
    return to_current_edition("console_releases.changes")
