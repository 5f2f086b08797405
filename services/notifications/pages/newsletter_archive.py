"""The letters that were sent, for anybody to read: what was written, not who got what."""

from uuid import UUID

from flask import Blueprint, abort, render_template

from services.notifications.domain.newsletter.campaigns import archived
from services.notifications.domain.newsletter.facts import raised
from services.notifications.domain.newsletter.letters import text_of
from services.notifications.models import Campaign
from services.notifications.pages.moments import ZONE
from shared.i18n import current_locale
from shared.markdown import to_html
from shared.web import current_context

blueprint = Blueprint("newsletter_archive", __name__, url_prefix="/newsletter/archive")


@blueprint.get("")
def listing() -> str:
    """List the letters, the newest first."""
    with current_context().database.read() as db:
        letters = archived(db)
    return render_template("newsletter_archive.html", letters=letters, text_of=text_of, zone=ZONE)


@blueprint.get("/<uuid:campaign_id>")
def one(campaign_id: UUID) -> str:
    """Show one letter; what has not begun to leave is nobody's to read."""
    with current_context().database.read() as db:
        letter = db.get(Campaign, campaign_id)
    if letter is None or letter.status not in ("sending", "sent"):
        abort(404)
    locale = current_locale()
    return render_template(
        "newsletter_letter.html",
        letter=letter,
        subject=text_of(letter.texts, "subject", locale),
        body=raised(to_html(text_of(letter.texts, "body", locale))),
        language=locale if letter.texts.get(f"body_{locale}") else "fr",
        zone=ZONE,
    )
